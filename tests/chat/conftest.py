"""The chat's gateway as a process of its own, at an hour at which somebody attends; a site with the box; a browser."""

import functools
import http.server
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.watching import Sending
from tests.chat.talker import ORIGIN
from tests.conftest import Become
from tests.services.visitors import open_always
from tests.services.world import World

PASSWORD = "la clave del chat"


@pytest.fixture(scope="session")
def chat_password(
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> str:
    """One for the whole server: the role belongs to it."""
    with one_at_a_time():
        change = sql.SQL("ALTER ROLE iduo_chat PASSWORD {}")
        server_connection.execute(change.format(sql.Literal(PASSWORD)))
    return PASSWORD


@dataclass
class Entrance:
    """Gateways of one database that do nothing but the chat."""

    folder: Path
    place: tuple[str, ...]
    world: World
    origins: list[str] = field(default_factory=lambda: [ORIGIN])
    running: dict[int, Sending] = field(default_factory=dict)

    def start(self, port: int = 0, behind_proxy: bool = True) -> int:
        """One more, or the one at this port again; the port. It listens when this comes back."""
        port = port or free_port()
        said = ", ".join(f'"{origin}"' for origin in self.origins)
        path = self.folder / f"chat-{port}.toml"
        path.write_text(
            f'[chat]\nlisten = "127.0.0.1:{port}"\norigins = [{said}]\npassword_file = "{self.folder / "clave"}"\n'
            f'behind_proxy = "{"yes" if behind_proxy else "no"}"\n'
        )
        path.chmod(0o600)
        self.running[port] = Sending("--config", str(path), *self.place)
        self.running[port].until("listening", seconds=60)
        return port

    def kill(self, port: int) -> None:
        """As when the power fails."""
        self.running[port].kill()


def free_port() -> int:
    """One that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def entrance(
    server: EmbeddedServer, database_name: str, superuser: psycopg.Connection, chat_password: str, tmp_path: Path
) -> Iterator[Entrance]:
    """Nothing runs yet."""
    open_always(superuser)
    world = World(superuser)
    for name, value in (("chat_lines_per_minute", 200), ("chats_per_address", 1000)):
        world.set_setting(name, value)
    secret = tmp_path / "clave"
    secret.write_text(chat_password)
    secret.chmod(0o600)
    place = ("--host", server.host, "--port", str(server.port), "--dbname", database_name)
    made = Entrance(tmp_path, place, world)
    yield made
    for one in made.running.values():
        one.end()


@pytest.fixture
def ana(become: Become) -> Database:
    """An operator."""
    return become("ana", "operator")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    server: "_Server"

    def log_message(self, *said: object) -> None:
        """Not said."""

    def end_headers(self) -> None:
        """With the rules of a careful site."""
        if self.server.csp:
            self.send_header("Content-Security-Policy", self.server.csp)
        super().end_headers()


class _Server(http.server.ThreadingHTTPServer):
    """Gives out a folder; `csp` is what a careful site forbids."""

    csp = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))


@dataclass
class Site:
    """A site of somebody's with the box on its page."""

    folder: Path
    server: _Server

    @property
    def origin(self) -> str:
        """As browsers say it."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def page(self, port: int, more: str = "", times: int = 1, how: str = "defer") -> str:
        """Write its page; the address."""
        script = f'<script src="http://127.0.0.1:{port}/chat.js" {how}></script>' * times
        self.folder.joinpath("index.html").write_text(
            '<!doctype html><html lang="es"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f"<title>iduo</title>{more}<body><h1>iduo</h1><p>Internet para todos.</p><a href='#x'>Planes</a>{script}"
        )
        return f"{self.origin}/index.html"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """On another port than the gateway: another origin."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = _Server(folder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(folder, server)
    server.shutdown()
    server.server_close()
    thread.join()
