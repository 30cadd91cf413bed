"""A private PostgreSQL for the demo and the tests: SCRAM, loopback, not as root, gone with its users."""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg.conninfo import make_conninfo

import iduo_desktop
from iduo_desktop.database import binaries
from iduo_desktop.database.binaries import NoServerError
from iduo_desktop.database.locks import FileLock
from iduo_desktop.database.watchdog import as_owner, on_its_own

HOST = "127.0.0.1"
SUPERUSER = "postgres"
# Seconds that a server has to start; after a crash it replays what it had written.
_START = 120

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "120",
    "superuser_reserved_connections": "3",
    "reserved_connections": "3",
    "max_prepared_transactions": "0",
    "temp_file_limit": "512MB",
    "jit": "off",
    "authentication_timeout": "5s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "10s",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Values of statements are personal data: neither statements nor details go to the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_SETTINGS_UNIX = {"client_connection_check_interval": "1s", "tcp_user_timeout": "10s", "tcp_keepalives_idle": "15s"}


class EmbeddedServer:
    """A server kept in a folder (made if missing), used by one program or several at once.

    The first one starts it; it stops when the last one has left or was killed. What it holds stays for the next time.
    """

    def __init__(self, directory: Path, fsync: bool = True, settings: Mapping[str, str] | None = None) -> None:
        """`fsync=False` only for tests: a crash of the machine loses everything. `settings` overrule ours."""
        self._directory = directory.absolute()
        safety = {} if fsync else {"fsync": "off", "full_page_writes": "off"}
        self._settings = _SETTINGS | ({} if os.name == "nt" else _SETTINGS_UNIX) | safety | dict(settings or {})
        self._lock: FileLock | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self.host = HOST
        self.port = 0
        self.password = ""

    @property
    def superuser_conninfo(self) -> str:
        """How the superuser connects to the database `postgres`."""
        return make_conninfo(
            host=HOST,
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname="postgres",
            sslmode="disable",
            gssencmode="disable",
            require_auth="scram-sha-256",
            connect_timeout=5,
        )

    def __enter__(self) -> Self:
        """Start the server, or share the one that runs here already."""
        self._directory.mkdir(parents=True, exist_ok=True)
        starting = FileLock(self._directory / "start.lock")
        starting.take()
        try:
            self._lock = FileLock(self._directory / "users.lock")
            self._lock.share()
            self._serve()
        except BaseException:
            self._leave()
            raise
        finally:
            starting.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; the last one to leave waits until everything is written."""
        self._leave()

    def _leave(self) -> None:
        lock, self._lock = self._lock, None
        last = lock is not None and lock.alone()
        if lock:
            lock.close()
        if self._watchdog and last:
            self._watchdog.wait()
        elif self._watchdog:
            # others go on using its server; it is our child still, and somebody has to take note of its end
            threading.Thread(target=self._watchdog.wait, name="watchdog", daemon=True).start()

    def _serve(self) -> None:
        folder = self._server_folder()
        self.password = self._superuser_password()
        data = folder / "data"
        if not data.exists():
            self._initialise(folder)
        elif not self._running(data):
            self._start(folder)

    def _server_folder(self) -> Path:
        """Where the server's own user keeps its files: inside our folder, or where root keeps such things."""
        folder = self._directory / "server"
        if binaries.owner() == "-":
            folder.mkdir(mode=0o700, exist_ok=True)
            return folder
        if not folder.exists() and not binaries.reachable(self._directory):
            binaries.kept_elsewhere(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        binaries.give(folder)
        return folder.resolve()

    def _superuser_password(self) -> str:
        path = self._directory / "superuser.password"
        if not path.exists():
            _write_private(path, secrets.token_urlsafe(24))
        return path.read_text("ascii")

    def _running(self, data: Path) -> bool:
        """True when another program's server answers here, and takes our password."""
        self.port = _port_if_ready(data)
        if not self.port:
            return False
        try:
            psycopg.connect(self.superuser_conninfo).close()
        except psycopg.OperationalError:
            return False
        return True

    def _initialise(self, folder: Path) -> None:
        """Make the cluster under another name first, so that an interrupted try leaves nothing half done."""
        fresh = folder / f"data-{secrets.token_hex(4)}"
        password = folder / f"password-{secrets.token_hex(4)}"
        _write_private(password, self.password)
        binaries.give(password)
        try:
            self._initdb(fresh, password)
        finally:
            password.unlink()
        (fresh / "pg_hba.conf").write_text(f"host all all {HOST}/32 scram-sha-256\n", "ascii")
        with (fresh / "postgresql.conf").open("a", encoding="ascii") as conf:
            conf.write("\ninclude 'iduo.conf'\n")
        fresh.rename(folder / "data")
        self._start(folder)
        with psycopg.connect(self.superuser_conninfo, autocommit=True) as connection:
            connection.execute("ALTER ROLE CURRENT_USER SET statement_timeout = 0")
            connection.execute("ALTER ROLE CURRENT_USER SET idle_in_transaction_session_timeout = 0")

    def _initdb(self, data: Path, password: Path) -> None:
        programs = _programs()
        builtin = binaries.version_of(programs) > 16
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else []
        # libc on Windows knows no C.UTF-8; the built-in provider does everywhere.
        locale.append("--locale=C" if os.name == "nt" else "--locale=C.UTF-8")
        common = ["-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync", "-E", "UTF8"]
        done = subprocess.run(
            [programs / "initdb", "-D", data, *common, *locale],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd=data.parent,
            env={**os.environ, "LC_ALL": "C"},
            **as_owner(binaries.owner()),
        )
        if done.returncode:
            raise NoServerError(f"No se pudo preparar el servidor en {data.parent}: {done.stderr.strip()}")

    def _start(self, folder: Path) -> None:
        programs = _programs()
        made_by = (folder / "data" / "PG_VERSION").read_text("ascii").strip()
        if made_by != str(binaries.version_of(programs)):
            raise NoServerError(f"{self._directory} es de PostgreSQL {made_by} y esta máquina tiene otra versión.")
        for pause in (0.0, 1.0, 5.0):  # sessions of a server that was killed may take that long to notice
            time.sleep(pause)
            self.port = _free_port()
            settings = self._settings | {"port": str(self.port)}
            lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
            (folder / "data" / "iduo.conf").write_text("".join(lines), "ascii")
            if self._watch(folder, programs):
                return
        raise NoServerError(f"El servidor no arrancó. Mirá {folder / 'postgres.log'}")

    def _watch(self, folder: Path, programs: Path) -> bool:
        """Start the watchdog, which starts the server; True when it takes connections."""
        data, log = folder / "data", folder / "postgres.log"
        command = [*_watchdog_command(), self._directory / "users.lock", log, binaries.owner()]
        self._watchdog = subprocess.Popen(
            [*command, programs, data],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._directory,
            env={**os.environ, "PYTHONPATH": str(Path(iduo_desktop.__file__).parents[1]), "PYTHONSAFEPATH": "1"},
            **on_its_own(),
        )
        ends = time.monotonic() + _START
        while self._watchdog.poll() is None and time.monotonic() < ends:
            if _port_if_ready(data) == self.port:
                return True
            time.sleep(0.01)
        return False


def _programs() -> Path:
    return binaries.reachable_programs(binaries.find_programs())


def _watchdog_command() -> list[str | Path]:
    """The watchdog is a program of its own; in the frozen bundle it is a hidden verb of iduo-admin."""
    if getattr(sys, "frozen", False):
        return [Path(sys.executable).with_name("iduo-admin" + Path(sys.executable).suffix), "watchdog"]
    return [sys.executable, "-m", "iduo_desktop.database.watchdog"]


def _port_if_ready(data: Path) -> int:
    """The port from the file that the server writes, 0 while there is no server that is ready."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return 0
    return int(lines[3]) if len(lines) > 7 and lines[7].strip() == "ready" else 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _write_private(path: Path, text: str) -> None:
    """Nobody else may read it, not even for a moment."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
