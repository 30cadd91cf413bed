"""iduo-admin run as a program and in this process; a private server of its own for what changes a whole server."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.admin.main import main
from iduo_desktop.admin.target import Target
from iduo_desktop.database.embedded import EmbeddedServer


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
