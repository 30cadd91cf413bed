"""No log knows who wrote in the chat, nor what: the gateway's, the program's, the server's as docs/it.md sets it."""

import base64
import hashlib
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.admin import upgrade
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.logs import LogFiles
from iduo_desktop.ui.chats.end_dialog import EndDialog
from tests import memory
from tests.chat.conftest import PASSWORD, free_port
from tests.chat.intruder import converse, frame, handshake, hello, request, say
from tests.chat.talker import ORIGIN, address, secret
from tests.people import People
from tests.services.visitors import ChatService, open_always, send_away
from tests.services.world import World
from tests.ui import conftest as ui
from tests.ui.chat_place import BOTH, ChatPlace
from tests.ui.message_desk import set_up

pytestmark = [pytest.mark.slow, pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)]
no_keyring, open_program, rubbish = ui.no_keyring, ui.open_program, ui._rubbish_goes_on_this_thread

CONF = Path(__file__).resolve().parents[2] / "packaging" / "server" / "postgresql" / "iduo.conf"
SET = re.compile(r"^(log\w*|lc_messages) = '?([^'\n]*?)'?$", re.MULTILINE)
# what every library of it says to developers; it has no setting for that
TALKATIVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from iduo_desktop.admin.main import main
sys.exit(main())
"""
WHERE, TOKEN, OTHER = 0x4D4D4D, secret(), secret()
NAME, COMPANY, PAGE = "Quebracho", "algarrobo77", "/tipa77"
SAID, ANSWERED, NOTED = "lapacho77", "ceibo77", "jacaranda77"
PHONE, MAIL, HEADER = "11 4321-7719", "ombu77@example.org", "espinillo77"
DIGITS = "9471" * 10
LETTER = {"name": NAME, "company": COMPANY, "phone": PHONE, "email": MAIL, "text": SAID}
PATIENCE = 20.0


def spelled(token: str) -> Iterator[str]:
    """A secret in all the ways in which it may stand somewhere."""
    raw = base64.urlsafe_b64decode(token + "=")
    hashed = hashlib.sha256(raw).digest()
    yield from (token, raw.hex(), hashed.hex(), base64.b64encode(hashed).decode()[:40])


MARKS = (
    *(NAME, COMPANY, PAGE, SAID, ANSWERED, NOTED, PHONE, "1143217719", MAIL, HEADER, address(WHERE)),
    *spelled(TOKEN),
    *spelled(OTHER),
    DIGITS[:12],
)


@dataclass
class Gateway:
    """The chat's, with all its output in a file."""

    folder: Path
    place: tuple[str, ...]
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it said, in every one of its lives."""
        return self.folder / "gateway.log"

    def start(self) -> None:
        """It listens when this comes back."""
        config, clave = self.folder / "chat.toml", self.folder / "clave"
        clave.write_text(PASSWORD)
        config.write_text(
            f'[chat]\nlisten = "127.0.0.1:{self.port}"\norigins = ["{ORIGIN}"]\npassword_file = "{clave}"\n'
            'behind_proxy = "yes"\n'
        )
        for each in (clave, config):
            each.chmod(0o600)
        said = self.log.stat().st_size if self.log.exists() else 0
        self.process = self.run(config)
        until(lambda: b"escucha en" in self.log.read_bytes()[said:])

    def run(self, config: Path) -> subprocess.Popen[bytes]:
        """With these settings."""
        command = [sys.executable, "-X", "dev", "-c", TALKATIVE, "gateway", "--config", str(config), *self.place]
        with self.log.open("ab") as output:
            return subprocess.Popen(command, stdout=output, stderr=output)

    def kill(self) -> None:
        """As when the power fails."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of the server, whose own user has to pass through."""
    with tempfile.TemporaryDirectory(dir=memory.folder(1)) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedServer]:
    """A server of this test's own, whose log is as the guide has it: what that does not name is as it is shipped."""
    recommended = dict(SET.findall(CONF.read_text("utf-8")))
    assert recommended["log_destination"] == "jsonlog"
    shipped = {"log_min_error_statement": "error", "log_error_verbosity": "default"}
    with EmbeddedServer(folder, fsync=False, settings=shipped | recommended | {"scram_iterations": "1"}) as running:
        upgrade.create(running.superuser_conninfo, "iduo")
        yield running


@pytest.fixture
def superuser(server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """The superuser, autocommit."""
    with psycopg.connect(make_conninfo(server.superuser_conninfo, dbname="iduo"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE iduo_chat PASSWORD {}").format(sql.Literal(PASSWORD)))
        open_always(connection)
        yield connection


@pytest.fixture
def people(superuser: psycopg.Connection) -> Iterator[People]:
    """Who works there."""
    made = People(superuser, "here")
    yield made
    made.close()


@pytest.fixture
def gateway(server: EmbeddedServer, superuser: psycopg.Connection, tmp_path: Path) -> Iterator[Gateway]:
    """It runs; nothing of it stays."""
    made = Gateway(tmp_path, ("--host", server.host, "--port", str(server.port), "--dbname", "iduo"), free_port())
    made.start()
    yield made
    made.kill()


@pytest.fixture
def place(
    qtbot: QtBot, superuser: psycopg.Connection, people: People, open_program: ui.OpenProgram, tmp_path: Path
) -> Iterator[ChatPlace]:
    """Ana at work; her program's log says all that it can."""
    logs = LogFiles(tmp_path / "program")
    logging.getLogger("iduo").setLevel(logging.DEBUG)
    world = World(superuser)
    world.set_setting("chats_per_address", 100)
    desk = set_up(world, people)
    service = ChatService(superuser.info.dsn + f" password={superuser.info.password}")
    station = open_program("ana", "operator")
    station.log_in()
    yield ChatPlace(qtbot, service, station, desk)
    service.connection.close()
    logs.close()


@pytest.fixture
def logs(
    server: EmbeddedServer, folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], set[str]]:
    """`logs("word")`: in which of all logs a word stands, in big letters or small."""
    printed: list[str] = []

    def holding(word: str) -> set[str]:
        printed.extend(capfd.readouterr())
        found = {"printed"} if word.lower() in "".join(printed).lower() else set()
        places = {"gateway": tmp_path.glob("gateway.log"), "program": (tmp_path / "program").iterdir()}
        places["server"] = (path for path in (folder / "server").resolve().rglob("*") if _is_log(path))
        for name, paths in places.items():
            if any(word.lower() in path.read_text("utf-8", "replace").lower() for path in paths):
                found.add(name)
        return found

    return holding


def _is_log(path: Path) -> bool:
    return path.suffix in {".log", ".json"} and path.is_file()


def talk(place: ChatPlace, gateway: Gateway) -> None:
    """An honest one: taken, answered, made a ticket, ended; the one line too many is refused."""
    opening = handshake(gateway.port, WHERE, more=f"User-Agent: {HEADER}\r\n")
    introduced = hello(TOKEN, name=NAME, company=COMPANY, page=PAGE)
    assert "state" in converse(gateway.port, opening, [frame(introduced), frame(say(SAID))]).kinds
    place.see(place.card.isVisible)
    place.take(NAME)
    place.write(ANSWERED)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.texts()[-1] == ANSWERED)
    chat = place.page.chat
    assert chat is not None
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    place.see(intake.isVisible)
    place.station.settle()
    intake.form.fields.set_values({**intake.form.values(), "caller_kind": "other", "phone": PHONE, "email": MAIL})
    intake.form.submit()
    place.see(intake.number.isVisible)
    place.press(Qt.Key.Key_Return)
    place.see(place.page.talk.box.hasFocus)
    place.press(Qt.Key.Key_X, BOTH)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EndDialog)
    dialog.forms[0].set_values({"outcome": "message", "note": NOTED})
    dialog.keep()
    dialog.submit()
    place.see(lambda: place.page.chat is None)
    refused = converse(gateway.port, opening, [frame(introduced), frame(say(SAID))])
    assert {"lines", "refused"} <= refused.kinds


def strange_frames(port: int) -> None:
    """What no box says, with words that must not be told."""
    key = str(uuid4())
    introduced = frame(hello(OTHER, name=NAME, company=COMPANY, page=PAGE))
    many = [frame(say(f"{SAID} {number}")) for number in range(24)]
    nonsense: Iterable[list[bytes]] = (
        [introduced, frame(say(SAID, key)), frame(say(f"{SAID} otra vez", key))],
        [introduced, *many],
        [introduced, frame(say(SAID * 900))],
        [introduced, frame(say({"text": SAID}))],
        [introduced, frame(say(f"{SAID}\ud800\0"))],
        [introduced, frame(say(SAID, NAME))],
        [introduced, frame(f"{SAID} {{".encode())],
        [introduced, frame(json.dumps({"t": SAID, "text": NAME}).encode())],
        [introduced, frame(SAID.encode() + b"\xff\xfe")],
        [introduced, frame(SAID.encode() * 5000)],
        [introduced, frame(SAID.encode(), kind=11)],
        [introduced, frame(SAID.encode(), masked=False)],
        [frame(hello(TOKEN[:-1], name=NAME))],
        [frame(hello(f"{TOKEN}{OTHER}", name=NAME))],
        [frame(hello(secret(), name=NAME * 100))],
        [frame(hello(secret(), name="", company=COMPANY))],
        [frame(hello(secret(), name=NAME, after=SAID))],
        [frame(hello(secret(), name=NAME, company=DIGITS, page=PAGE * 100)), frame(say(SAID))],
    )
    for frames in nonsense:
        converse(port, handshake(port, WHERE), frames)
    for path, more in ((f"/chat/{SAID}", ""), (f"/chat/ws?{TOKEN}", f"Cookie: {HEADER}\r\n"), (f"/{SAID}\x01 ", "")):
        converse(port, handshake(port, WHERE, path=path, more=more))
    converse(port, handshake(port, WHERE, origin=f"https://{HEADER}.example"))
    converse(port, f"{SAID} {NAME}\r\n\r\n".encode())


def strange_letters(port: int) -> None:
    """The same in messages that are left."""
    key = str(uuid4())
    letters: Iterable[object] = (
        LETTER | {"key": key},
        LETTER | {"key": key, "text": f"{SAID} otra vez"},
        LETTER | {"key": str(uuid4()), "email": f"{HEADER}@"},
        LETTER | {"key": str(uuid4()), "phone": f"{PHONE} {PHONE * 3}"},
        LETTER | {"key": str(uuid4()), "phone": HEADER, "email": ""},
        LETTER | {"key": str(uuid4()), "token": OTHER},
        LETTER | {"key": str(uuid4()), "token": secret()},
        LETTER | {"key": SAID},
        LETTER | {"key": str(uuid4()), "company": DIGITS, "phone": DIGITS},
        [LETTER],
        SAID,
    )
    for letter in letters:
        converse(port, request(json.dumps(letter).encode(), WHERE))
    assert httpx.get(f"http://127.0.0.1:{port}/chat/hours", headers={"Origin": ORIGIN}).status_code == 200


def while_locked(place: ChatPlace, gateway: Gateway, superuser: psycopg.Connection) -> None:
    """Somebody holds the chat for longer than both sides wait: both are told, and the server notes it."""
    send_away(superuser)
    token = secret()
    introduced = frame(hello(token, name=NAME, page=PAGE))
    converse(gateway.port, handshake(gateway.port, WHERE), [introduced, frame(say(SAID))])
    place.see(lambda: any(chat.last_text == SAID for chat in place.inbox.waiting))
    place.window.activateWindow()
    place.see(QApplication.focusWidget)
    place.take(NAME)
    with superuser.transaction():
        superuser.execute("SELECT FROM iduo.chat FOR UPDATE")
        place.write(ANSWERED)
        place.press(Qt.Key.Key_Return)
        with suppress(TimeoutError):
            converse(gateway.port, handshake(gateway.port, WHERE), [introduced, frame(say(f"{SAID} 2"))], seconds=4.0)
        place.qtbot.waitUntil(lambda: bool(place.inbox.own and _trouble(place)), timeout=20_000)


def _trouble(place: ChatPlace) -> bool:
    chat = place.page.chat
    return chat is not None and any(each.trouble for each in place.inbox.sayings(chat).open)


def cut_lines(place: ChatPlace, gateway: Gateway, superuser: psycopg.Connection) -> None:
    """Every session is cut, the gateway killed; a talk goes on after it."""
    place.write(ANSWERED)
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'iduo'"
    )
    place.press(Qt.Key.Key_Return)
    converse(gateway.port, handshake(gateway.port, WHERE), [frame(hello(OTHER, name=NAME)), frame(say(SAID))])
    gateway.kill()
    gateway.start()
    told = converse(gateway.port, handshake(gateway.port, WHERE), [frame(hello(TOKEN, name=NAME))])
    assert SAID in str(told.told)


def test_no_log_knows_who_wrote_nor_what(
    place: ChatPlace, gateway: Gateway, superuser: psycopg.Connection, logs: Callable[[str], set[str]]
) -> None:
    talk(place, gateway)
    strange_frames(gateway.port)
    strange_letters(gateway.port)
    while_locked(place, gateway, superuser)
    cut_lines(place, gateway, superuser)
    assert {mark: logs(mark) for mark in MARKS if logs(mark)} == {}
    # what is known to be there is found by the same search
    assert logs("escucha en") == {"gateway"}
    assert logs("api.say_in_chat") >= {"program"}
    assert logs("visitor_say") >= {"server"}


def test_what_is_logged_is_found(
    place: ChatPlace, gateway: Gateway, superuser: psycopg.Connection, logs: Callable[[str], set[str]]
) -> None:
    """The other way round: each log, made to say what it must not, is caught."""
    assert logs(SAID) == set()
    superuser.execute("ALTER SYSTEM SET log_parameter_max_length_on_error = -1")
    superuser.execute("SELECT pg_reload_conf()")
    until(lambda: superuser.execute("SHOW log_parameter_max_length_on_error").fetchone() == ("-1",))
    logging.getLogger("iduo").warning("%s", NAME)
    gateway.run(gateway.folder / f"{MAIL}.toml").wait(PATIENCE)  # there is none: it says which
    again = str(uuid4())
    frames = [frame(hello(TOKEN, name="Rosa")), frame(say(SAID, again)), frame(say(f"{SAID} otra vez", again))]
    assert "refused" in converse(gateway.port, handshake(gateway.port, WHERE), frames).kinds
    until(lambda: logs(SAID) == {"server"})
    assert logs(NAME) == {"program"}
    assert logs(MAIL) == {"gateway"}
