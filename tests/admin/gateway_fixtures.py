"""A gateway for one test: its password, its configuration, messages that wait, and what became of them."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.main import main
from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import cases, messages
from iduo_desktop.services.messages import Outgoing
from tests.admin.gateway_servers import HOST, PASSWORD, USER, Authority
from tests.admin.watching import Sending
from tests.conftest import Become
from tests.services.gateway import Gateway
from tests.services.world import World

SECRET = "la clave del proveedor"
MANY = """
WITH model AS (SELECT * FROM iduo.message WHERE id = %(model)s), made AS (
    INSERT INTO iduo.message (conversation_id, case_id, direction, channel, address, subject, state, message_ref, text,
                              at, by, key, payload_hash)
    SELECT m.conversation_id, m.case_id, 'outbound', m.channel,
           CASE WHEN n %% 50 = 0 THEN 'refuse5@example.net' ELSE 'c' || n || '@example.net' END, 'Aviso ' || n,
           'waiting', gen_random_uuid() || '@iduo.local', 'Mensaje ' || n, clock_timestamp() + interval '1 day', m.by,
           gen_random_uuid(), m.payload_hash
    FROM model m, generate_series(1, %(count)s) n RETURNING id)
INSERT INTO iduo.outbox (message_id, channel, next_try_at) SELECT id, 'email', clock_timestamp() FROM made"""


@pytest.fixture(scope="session")
def gateway_password(
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> str:
    """One for the whole server: the role belongs to it."""
    password = "la clave de la pasarela"
    with one_at_a_time():
        change = sql.SQL("ALTER ROLE iduo_gateway PASSWORD {}")
        server_connection.execute(change.format(sql.Literal(password)))
    return password


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the certificates of the servers here."""
    return Authority(tmp_path_factory.mktemp("ca"))


@dataclass
class Post:
    """Writes messages, and runs the gateway that sends them."""

    folder: Path
    place: tuple[str, ...]
    authority: Authority
    world: World
    ana: Database
    parts: dict[str, str] = field(default_factory=dict)
    case: int = 0

    def part(self, name: str, text: str, **values: object) -> None:
        """A table of the configuration; `values` are put in, and all that is usual."""
        usual = {"host": HOST, "ca": self.authority.ca_file.as_posix(), "user": USER}
        usual |= {"password": self.secret("correo", PASSWORD), "secret": self.secret("proveedor", SECRET)}
        for key, value in {**usual, **values}.items():
            text = text.replace(f"<{key}>", str(value))
        self.parts[name] = f"[{name}]\n{text}\n"

    def mail(self, port: int, tls: str = "starttls", more: str = "") -> None:
        """A mail server."""
        text = (
            'host = "<host>"\nport = <port>\ntls = "<tls>"\nca_file = "<ca>"\nuser = "<user>"\ntimeout = 2\n'
            'password_file = "<password>"\nfrom_address = "<user>"\nfrom_name = "Atención"\nper_minute = 100000\n'
        )
        self.part("mail", text + more, port=port, tls=tls)

    def secret(self, name: str, password: str) -> str:
        """A file with a password."""
        path = self.folder / name
        path.write_text(password)
        path.chmod(0o600)
        return path.as_posix()

    def config(self) -> Path:
        """The file."""
        path = self.folder / "gateway.toml"
        path.write_text("\n".join(self.parts.values()))
        path.chmod(0o600)
        return path

    def write(
        self,
        address: str = "cliente@example.net",
        channel: str = "email",
        subject: str = "Su cuenta",
        text: str = "Hola, señora Ñandú.",
    ) -> int:
        """A message that waits; its id."""
        if not self.case:
            self.case = self.world.case()
            cases.take(self.ana, self.case, uuid4())
        subject = subject if channel == "email" else ""
        return messages.send(self.ana, self.case, Outgoing(channel, address, subject, text), uuid4()).message_id

    def write_many(self, count: int) -> None:
        """So many that wait, every fiftieth to an address that is refused; none grows old meanwhile."""
        model = self.write()
        self.world.superuser.execute("DELETE FROM iduo.outbox")
        self.change(model, "state", "cancelled")
        with self.world.superuser.transaction():
            self.world.superuser.execute("SET LOCAL session_replication_role = replica")
            self.world.superuser.execute(MANY, {"model": model, "count": count})

    def change(self, message: int, column: str, value: object) -> None:
        """What no function would write, or nobody may change any more."""
        change = sql.SQL("UPDATE iduo.message SET {} = %s WHERE id = %s").format(sql.Identifier(column))
        with self.world.superuser.transaction():
            self.world.superuser.execute("SET LOCAL session_replication_role = replica")
            self.world.superuser.execute(change, [value, message])

    def state(self, message: int) -> tuple[str, str]:
        """Where it stands, and why."""
        row = self.world.superuser.execute("SELECT state, error FROM iduo.message WHERE id = %s", [message]).fetchone()
        assert row is not None
        return str(row[0]), str(row[1])

    def received(self) -> list[dict[str, Any]]:
        """What came in."""
        with self.world.superuser.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute("SELECT * FROM iduo.message WHERE direction = 'inbound' ORDER BY id").fetchall()

    def options(self, *more: str) -> list[str]:
        """What is said to iduo-admin."""
        return ["gateway", "--config", str(self.config()), *self.place, *more]

    def start(self) -> Sending:
        """A gateway of its own process."""
        return Sending(*self.options()[1:])


Once = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def gateway_place(server: EmbeddedServer, database_name: str, gateway_password: str, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead a gateway to this test's database."""
    (tmp_path / "gateway").write_text(gateway_password)
    options = ("--host", server.host, "--port", str(server.port), "--password-file", str(tmp_path / "gateway"))
    return (*options, "--dbname", database_name)


@pytest.fixture
def post(
    gateway_place: tuple[str, ...],
    tmp_path: Path,
    authority: Authority,
    superuser: psycopg.Connection,
    superuser_conninfo: str,
    become: Become,
) -> Post:
    """Messages go out at once, and as many to one client as a test likes."""
    world = World(superuser)
    world.set_setting("message_delay_seconds", 0)
    superuser.execute(
        "UPDATE iduo.contact_policy SET limit_1=1000, limit_2=2000, limit_3=3000, limit_4=4000, limit_5=5000"
    )
    gateway = Gateway(superuser_conninfo)
    gateway.beat("email", "sms")
    gateway.close()
    return Post(tmp_path, gateway_place, authority, world, become("ana", "operator"))


@pytest.fixture
def once(post: Post, capsys: pytest.CaptureFixture[str]) -> Once:
    """Run a round of every duty in this process, so many times; the lines that it said."""

    def run(*more: str, times: int = 1, code: int | None = 0) -> list[dict[str, Any]]:
        for _ in range(times):
            found = main([*post.options("--once", "--json"), *more])
            assert code is None or found == code
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run
