"""iduo-admin run as a program and in this process; a private server of its own for what changes a whole server."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.admin.main import main
from iduo_desktop.admin.target import Target
from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.gateway_fixtures import authority, gateway_password, gateway_place, once, post
from tests.admin.watching import Watching

__all__ = ["authority", "gateway_password", "gateway_place", "once", "post"]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code and the JSON that it answered."""

    code: int
    answer: dict[str, Any]


Admin = Callable[..., Ended]


@pytest.fixture
def iduo_admin(capsys: pytest.CaptureFixture[str]) -> Admin:
    """Run a command in this process with --json."""

    def run(*arguments: str | Path) -> Ended:
        code = main([*map(str, arguments), "--json"])
        return Ended(code, json.loads(capsys.readouterr().out))

    return run


@pytest.fixture
def central(server: EmbeddedServer, tmp_path: Path) -> tuple[str, ...]:
    """The options for the server of the run, as if it were a central one on this machine."""
    secret = tmp_path / "clave"
    secret.write_text(f"{server.password}\nsegunda línea\n")
    return ("--host", server.host, "--port", str(server.port), "--user", "postgres", "--password-file", str(secret))


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    """iduo-admin as a program of its own, with a pipe for its input."""
    return subprocess.Popen(
        [sys.executable, "-m", "iduo_desktop.admin", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder for a private server that its user can reach; for all tests of a module."""
    with tempfile.TemporaryDirectory(prefix="iduo-admin-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "servidor"


@pytest.fixture(scope="module")
def private(folder: Path) -> Iterator[Target]:
    """A private server with a database, as iduo-admin makes them."""
    with EmbeddedServer(folder) as server:
        upgrade.create(server.superuser_conninfo, "iduo")
        conninfo = make_conninfo(server.superuser_conninfo, dbname="iduo")
        yield Target(conninfo, server.superuser_conninfo, "iduo", folder)


@pytest.fixture(scope="session")
def guard_password(
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> str:
    """One for the whole server: the role belongs to it."""
    password = "la clave de la vigilancia"
    with one_at_a_time():
        change = sql.SQL("ALTER ROLE iduo_guard PASSWORD {}")
        server_connection.execute(change.format(sql.Literal(password)))
    return password


@pytest.fixture
def place(server: EmbeddedServer, database_name: str, guard_password: str, tmp_path: Path) -> tuple[str, ...]:
    """The options that lead a guard to this test's database."""
    (tmp_path / "guard").write_text(guard_password)
    options = ("--host", server.host, "--port", str(server.port), "--password-file", str(tmp_path / "guard"))
    return (*options, "--dbname", database_name)


@pytest.fixture
def watch(place: tuple[str, ...]) -> Iterator[Callable[..., Watching]]:
    """Start a guard; it has looked once when this comes back."""
    started: list[Watching] = []

    def begin(*arguments: str) -> Watching:
        started.append(Watching(*place, *arguments))
        started[-1].until("connected", seconds=20)
        return started[-1]

    yield begin
    for one in started:
        one.end()
