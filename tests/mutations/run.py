"""A server with the schema whole; for each wall a template without it, in which the tests behind it run."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.database.embedded import EmbeddedServer
from tests import memory
from tests.conftest import GIVEN, SERVER_SETTINGS, TEMPLATE
from tests.mutations.walls import Wall

PREFIX = "iduo-mutations-"
WHOLE = "iduo_whole"
FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)
DEFINITION = "SELECT pg_get_functiondef(%s::regproc)"


class NoSuchWallError(Exception):
    """What was to be taken out is not there any more: the wall is elsewhere now, and the list is wrong."""


class Bench:
    """The server on which walls are taken out."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._connection = psycopg.connect(server.superuser_conninfo, autocommit=True)
        upgrade.create(server.superuser_conninfo, WHOLE)

    def without(self, wall: Wall | None) -> None:
        """Make the template anew, without this wall."""
        self._connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        self._connection.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE {WHOLE}")
        if wall:
            with psycopg.connect(self._server.superuser_conninfo, dbname=TEMPLATE) as connection:
                break_in(connection, wall)
        self._connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Something about the template as it is now."""
        self._connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS true")
        place = make_conninfo(self._server.superuser_conninfo, dbname=TEMPLATE)
        upgrade.secure_database(place)
        with psycopg.connect(place) as connection:
            return connection.execute(query.encode()).fetchall()

    def failures(self, tests: Sequence[str], *options: str) -> tuple[str, ...]:
        """Which of the tests turn red; an error if they cannot be run at all."""
        given = {GIVEN: f"{self._server.port}:{self._server.password}", "QT_QPA_PLATFORM": "offscreen"}
        command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", "-rf", *options, *tests)
        ran = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
        if ran.returncode not in (0, 1):
            raise RuntimeError(ran.stdout + ran.stderr)
        found = tuple(FAILED.findall(ran.stdout))
        if bool(found) != bool(ran.returncode):
            raise RuntimeError(ran.stdout + ran.stderr)
        return found

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def bench() -> Iterator[Bench]:
    """A server of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=memory.folder(2)) as folder:
        Path(folder).chmod(0o755)
        with EmbeddedServer(Path(folder), fsync=False, settings=SERVER_SETTINGS) as server:
            made = Bench(server)
            yield made
            made.close()


def break_in(connection: psycopg.Connection, wall: Wall) -> None:
    """Take one wall out of a database."""
    if not wall.function:
        connection.execute(wall.put.encode())
        return
    ((text,),) = connection.execute(DEFINITION, [wall.function]).fetchall()
    if wall.drop not in text:
        raise NoSuchWallError(f"{wall.name}: {wall.function} has no «{wall.drop}»")
    connection.execute(text.replace(wall.drop, wall.put).encode())
