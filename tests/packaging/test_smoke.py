"""The smoke test itself: from source on a server of the tests, what it finds wrong, and, with --long, frozen."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import smoke

import iduo_desktop
from iduo_desktop import __version__, config_print
from iduo_desktop.config import merge
from iduo_desktop.config_keys import Source
from iduo_desktop.smoke.checks import CHECKS
from tests.people import PASSWORD, People

ROOT = Path(iduo_desktop.__file__).parents[1]
KNOWN = ("QtWindows::DpiAwareness", "EnableNonClientDpiScaling")  # Qt's words on Wine; nothing says so elsewhere

EXPECTED = [word for text in KNOWN for word in ("--expect", text)]


def environment(home: Path) -> dict[str, str]:
    """A person's own, without a keyring that might ask something."""
    places = {f"XDG_{name}": str(home) for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")}
    return {**os.environ, **places, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "PYTHONUTF8": "1"}


def program(*words: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run the program from source."""
    return subprocess.run(
        [sys.executable, "-m", "iduo_desktop", *words],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def server_file(folder: Path, people: People, password: str, *names: str) -> Path:
    """How to get in, as `iduo-admin serve --json` says it."""
    place = people.conninfo(names[0])
    (host, port), *_ = place.hosts
    persons = [{"role": name, "login": people.conninfo(name).login, "password": password} for name in names]
    path = folder / "server.json"
    path.write_text(json.dumps({"host": host, "port": port, "dbname": place.dbname, "people": persons}), "utf-8")
    return path


def tried(folder: Path, server: Path) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
    """What the program says, and its report."""
    out = folder / "out.json"
    done = program("--smoke-test", str(out), "--server", str(server), *EXPECTED, home=folder)
    return done, json.loads(out.read_text("utf-8"))


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has one keyring, which smoke.py tries in the frozen folder"
)
def test_the_whole_program_is_opened(tmp_path: Path, people: People, superuser: psycopg.Connection) -> None:
    """Two people, every part that each has, not a word on the standard error."""
    people.add("ana", "operator")
    people.add("silvia", "admin")
    superuser.execute("UPDATE iduo.setting SET value = 'true' WHERE name = 'part_tickets'")
    done, report = tried(tmp_path, server_file(tmp_path, people, PASSWORD, "ana", "silvia"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert report["ok"]
    assert (report["wrong"], report["problems"]) == ([], [])
    assert report["version"] == __version__
    assert "rail_tickets: tickets_page" in report["seen"]["ana"]
    assert "settings: settings_people" in report["seen"]["silvia"]
    assert {check["name"] for check in report["checks"]} == set(CHECKS)
    assert dict(smoke.wrong_in(report)) == {"frozen": False}


def test_who_is_not_let_in_is_a_failure(tmp_path: Path, people: People) -> None:
    """It says what the login says, and does not wait."""
    people.add("ana", "operator")
    done, report = tried(tmp_path, server_file(tmp_path, people, "otra cosa", "ana"))
    assert done.returncode == 1
    assert not report["ok"]
    assert any("the login says: El usuario o la contraseña no coinciden" in problem for problem in report["problems"])


def test_it_stops_at_the_login_when_only_the_start_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = program("--smoke-test", str(out), "--login-only", *EXPECTED, home=tmp_path)
    report = json.loads(out.read_text("utf-8"))
    assert (done.returncode, list(report["moments"]), report["checks"]) == (0, ["login"], [])


def test_the_configuration_is_printed_with_its_sources(tmp_path: Path) -> None:
    """Values in columns; a file where one is named; wrong values make the exit code 1."""
    done = program("--print-config", home=tmp_path)
    assert "remember_password" in done.stdout
    assert "lo que trae el programa" in done.stdout
    written = program("--print-config", str(tmp_path / "config.txt"), home=tmp_path)
    assert (written.stdout, written.stderr) == ("", "")
    assert (tmp_path / "config.txt").read_text("utf-8") == done.stdout
    said = {"remember_password": False, "profiles": {"central": {"hosts": ["db1.example.org"]}}, "colour": 3}
    lines = list(config_print.lines(merge([(Source.MACHINE, said)])))
    assert any(
        line.split()[:2] == ["remember_password", "false"] and line.endswith("archivo de la PC") for line in lines
    )
    assert any("«colour»" in line for line in lines)


def test_a_folder_without_its_licences_or_with_too_much_is_wrong(tmp_path: Path) -> None:
    for name in (
        f"iduo-desktop{smoke.SUFFIX}",
        f"iduo-admin{smoke.SUFFIX}",
        *(f"licencias/{one}" for one in smoke.LICENCES),
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert list(smoke.wrong_files(tmp_path)) == []
    (tmp_path / "licencias" / "LGPL-3.0.txt").unlink()
    (tmp_path / "opengl32sw.dll").touch()
    assert list(smoke.wrong_files(tmp_path)) == ["licencias/LGPL-3.0.txt is missing", "opengl32sw.dll is of no use"]


def test_a_word_on_the_standard_error_is_wrong() -> None:
    done = subprocess.CompletedProcess[str]([], 0, "", "Qt has a cold\n")
    assert list(smoke.unexpected("it", done, said="")) == ["it: Qt has a cold"]
    done.stderr = smoke.without(done.stderr, ["Qt has a cold"])
    assert list(smoke.unexpected("it", done, said="")) == []
    assert list(smoke.unexpected("it", done, said="a version")) == ["it answers ''"]


@pytest.mark.timeout(1800)
def test_the_frozen_folder(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """Freeze both programs, move the folder elsewhere, run them. Minutes, so only with --long."""
    if not pytestconfig.getoption("--long"):
        pytest.skip("freezing takes minutes: --long, or dev.py build --smoke")
    spec = ROOT / "packaging" / "pyinstaller" / "iduo-desktop.spec"
    places = ("--distpath", str(tmp_path / "dist"), "--workpath", str(tmp_path / "build"))
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", *places, str(spec)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    moved = tmp_path / "elsewhere" / "iduo"
    shutil.move(tmp_path / "dist" / "iduo-desktop", moved)
    assert smoke.main([str(moved)]) == 0
