"""A pair of servers: a primary, and a standby that confirms what is saved before the program is told."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.database import binaries
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.watchdog import as_owner

NAME = "otro"
SETTINGS = {"scram_iterations": "1", "wal_level": "replica", "max_wal_senders": "4"}


class Standby:
    """A copy of the primary that follows it, until it is promoted."""

    def __init__(self, folder: Path, primary: EmbeddedServer) -> None:
        self._programs = binaries.reachable_programs(binaries.find_programs())
        self._data = folder / "data"
        self._log = folder / "standby.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.conninfo = make_conninfo(primary.superuser_conninfo, port=self.port)
        source = make_conninfo(primary.superuser_conninfo, application_name=NAME, dbname="")
        copy: list[str | Path] = [
            self._programs / "pg_basebackup",
            "-D",
            self._data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            source,
        ]
        subprocess.run(copy, check=True, capture_output=True, cwd=folder, **as_owner(binaries.owner()))
        with (self._data / "iduo.conf").open("a", encoding="ascii") as settings:
            settings.write(f"port = {self.port}\nsynchronous_standby_names = ''\n")
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it, and wait until it can be asked."""
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data],
                stdout=log,
                stderr=log,
                env=os.environ | {"LC_ALL": "C"},
                **as_owner(binaries.owner()),
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                psycopg.connect(self.conninfo).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self._log.read_text("utf-8", "replace"))

    def promote(self) -> None:
        """From now on it takes what is written."""
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            assert connection.execute("SELECT pg_promote()").fetchone() == (True,)

    def stop(self) -> None:
        """At once: it is thrown away."""
        if self._server:
            kill(self._server.pid)
            self._server.wait(30)


@contextmanager
def pair(folder: Path) -> Iterator[tuple[EmbeddedServer, Standby]]:
    """Both running, with a database of this release; each command on the primary waits for the standby."""
    folder.chmod(0o755)
    with EmbeddedServer(folder / "primary", fsync=False, settings=SETTINGS) as primary:
        upgrade.create(primary.superuser_conninfo, "iduo")
        data = (folder / "primary" / "server").resolve() / "data"
        with (data / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write("host replication all 127.0.0.1/32 scram-sha-256\n")
        other = folder / "standby"
        other.mkdir(mode=0o700)
        binaries.give(other)
        with psycopg.connect(primary.superuser_conninfo, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
            standby = Standby(other, primary)
            try:
                standby.start()
                connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
                connection.execute("SELECT pg_reload_conf()")
                _wait_until_confirming(connection)
                yield primary, standby
            finally:
                standby.stop()


def kill(pid: int) -> None:
    """As a power cut does: none of the server's processes can say anything."""
    server = psutil.Process(pid)
    for process in [server, *server.children(recursive=True)]:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def pid_of(primary: EmbeddedServer) -> int:
    """The server's own process."""
    with psycopg.connect(primary.superuser_conninfo) as connection:
        row = connection.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer").fetchone()
        return int(row[0]) if row else 0


def _wait_until_confirming(connection: psycopg.Connection) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if connection.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone():
            return
        time.sleep(0.05)
    raise AssertionError("the standby does not confirm")
