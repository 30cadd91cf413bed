"""iduo-admin serve: one line says how to connect as anybody; it stays until told, or until its caller is gone."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.admin.conftest import start

ROLES = {"operador": "iduo_operator", "coordinador": "iduo_coordinator", "administrador": "iduo_admin"}


def served(running: "subprocess.Popen[str]") -> dict[str, Any]:
    """The line that it prints."""
    assert running.stdout
    found: dict[str, Any] = json.loads(running.stdout.readline())
    return found


def end_input(running: "subprocess.Popen[str]") -> None:
    """The caller closes its end of the pipe."""
    assert running.stdin
    running.stdin.close()


def terminate(running: "subprocess.Popen[str]") -> None:
    """SIGTERM, as a service manager sends it."""
    running.send_signal(signal.SIGTERM)


def finish(running: "subprocess.Popen[str]") -> tuple[int, str]:
    """Its exit code and what it said on stderr."""
    assert running.stdout
    assert running.stderr
    errors = running.stderr.read()
    running.stdout.close()
    running.stderr.close()
    if running.stdin and not running.stdin.closed:
        running.stdin.close()
    return running.wait(60), errors


@pytest.mark.parametrize(
    "stop",
    [end_input, pytest.param(terminate, marks=pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"))],
)
def test_everybody_can_log_in_until_it_ends(folder: Path, stop: Callable[["subprocess.Popen[str]"], None]) -> None:
    running = start("--embedded", folder, "serve", "--json")
    answer = served(running)
    with psycopg.connect(answer["superuser"]) as connection:
        row = connection.execute(
            "SELECT rolsuper, current_database() FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (True, "iduo")
    assert [person["role"] for person in answer["people"]] == list(ROLES)
    for person in answer["people"]:
        with psycopg.connect(person["conninfo"]) as connection:
            member = connection.execute("SELECT pg_has_role(%s, 'USAGE')", [ROLES[person["role"]]]).fetchone()
            assert member == (True,)
            me = connection.execute("SELECT login, must_change_password FROM api.session_start('0.1.0')").fetchone()
            assert me == (person["login"], False)
    stop(running)
    assert finish(running) == (0, "")
    assert not (folder / "server" / "data" / "postmaster.pid").exists()


def test_passwords_stay_the_same_and_private(folder: Path) -> None:
    seen = []
    for _ in range(2):
        running = start("--embedded", folder, "serve", "--json")
        seen.append([person["password"] for person in served(running)["people"]])
        end_input(running)
        assert finish(running)[0] == 0
    assert seen[0] == seen[1]
    assert (folder / "people.json").stat().st_mode & 0o777 == 0o600


def test_other_commands_share_the_running_server(folder: Path) -> None:
    running = start("--embedded", folder, "serve", "--json")
    answer = served(running)
    other = start("--embedded", folder, "--json", "database", "doctor")
    findings = served(other)
    assert finish(other) == (0, "")
    assert findings == {"findings": []}
    with psycopg.connect(answer["superuser"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    end_input(running)
    assert finish(running)[0] == 0


def test_for_people_it_is_text(folder: Path) -> None:
    running = start("--embedded", folder, "serve")
    assert running.stdout
    lines = [running.stdout.readline() for _ in range(5)]
    assert [line.split(":")[0] for line in lines[:4]] == ["superusuario", *ROLES]
    assert "Ctrl+C" in lines[4]
    end_input(running)
    assert finish(running)[0] == 0
