"""iduo-admin: what may be said to it, and what each failure ends with."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iduo_desktop import __version__
from iduo_desktop.admin.main import VERBS, main
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.admin.parser import HELP, make_parser
from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.conftest import Admin, start

ENGLISH = re.compile(r"usage|required|argument|invalid|options?:|positional|show|choose|could|expected|error\b")


def test_options_may_stand_before_or_after_the_command() -> None:
    parser = make_parser(VERBS)
    for words in (
        ["--embedded", "DIR", "--json", "serve"],
        ["serve", "--embedded", "DIR", "--json"],
        ["--embedded", "DIR", "serve", "--json"],
    ):
        options = parser.parse_args(words)
        assert (options.embedded, options.json, options.dbname) == (Path("DIR"), True, "iduo")
    options = parser.parse_args(["--port", "5433", "staff", "--dbname", "otra", "reset", "ana", "--host", "db"])
    assert (options.host, options.port, options.dbname, options.json) == ("db", 5433, "otra", False)


def test_help_lists_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert VERBS.keys() == HELP.keys()
    for words in ([], ["database"], ["staff", "add"], ["import", "clients"]):
        with pytest.raises(SystemExit) as left:
            main([*words, "--help"])
        assert left.value.code == 0
        text = capsys.readouterr().out
        assert not ENGLISH.search(text)
        assert all(f"  {int(code)}  " in text for code in Exit)


@pytest.mark.parametrize(
    "words",
    [
        *(
            [],
            ["database"],
            ["staff", "add", "ana"],
            ["nada"],
            ["database", "create", "--secreto"],
            ["--json=1", "demo"],
        ),
        *(["--port", "x", "demo"], ["guard", "--idle-seconds"], ["staff", "add", "a", "--name", "A", "--role", "jefe"]),
        *(["import"], ["import", "clients"], ["staff", "add", "ana", "--r", "x", "--p", "1"]),
    ],
)
def test_wrong_use(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == Exit.WRONG_USE
    said = capsys.readouterr().err
    assert said.startswith("uso: iduo-admin")
    assert not ENGLISH.search(said)


def test_no_password_can_be_given_as_an_argument() -> None:
    text = make_parser(VERBS).format_help()
    assert "--password-file" in text
    assert "--password " not in text


def test_options_that_do_not_go_together(iduo_admin: Admin, tmp_path: Path) -> None:
    assert "sslrootcert" in (remote := iduo_admin("database", "doctor", "--host", "db.example.org")).answer["error"]
    missing = iduo_admin("database", "doctor", "--host", "localhost", "--password-file", tmp_path / "no-hay")
    nowhere = [iduo_admin(word) for word in ("serve", "demo")]
    assert {ended.code for ended in (remote, missing, *nowhere)} == {Exit.WRONG_USE}
    assert {ended.answer["exit"] for ended in (remote, missing, *nowhere)} == {2}


def test_no_server_there(iduo_admin: Admin, tmp_path: Path) -> None:
    ended = iduo_admin("database", "doctor", "--host", "127.0.0.1", "--port", "1", "--user", "postgres")
    assert ended.code == Exit.NO_CONNECTION
    assert "No hay conexión" in ended.answer["error"]


def test_wrong_password(iduo_admin: Admin, server: EmbeddedServer, tmp_path: Path) -> None:
    (tmp_path / "clave").write_text("otra\n")
    place = ("--host", server.host, "--port", str(server.port), "--user", "postgres")
    ended = iduo_admin("database", "doctor", *place, "--password-file", tmp_path / "clave")
    assert ended.code == Exit.NO_CONNECTION
    assert "contraseña no coinciden" in ended.answer["error"]


def test_a_private_server_that_cannot_be_started(iduo_admin: Admin, tmp_path: Path) -> None:
    (tmp_path / "servidor" / "server" / "data").mkdir(parents=True)
    (tmp_path / "servidor" / "server" / "data" / "PG_VERSION").write_text("9\n")
    ended = iduo_admin("--embedded", tmp_path / "servidor", "database", "doctor")
    assert ended.code == Exit.NO_SERVER
    assert "PostgreSQL 9" in ended.answer["error"]


def test_refusals_go_to_stderr_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve"]) == Exit.WRONG_USE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "iduo-admin: serve necesita --embedded CARPETA\n"


def test_database_is_made_once_and_brought_up_to_date(iduo_admin: Admin, central: tuple[str, ...], mark: str) -> None:
    name = ("--dbname", f"made_{mark}")
    assert iduo_admin("database", "upgrade", *central, *name).code == Exit.REFUSED
    assert "No hay una base" in iduo_admin("database", "doctor", *central, *name).answer["findings"][-1]["problem"]
    made = iduo_admin("database", "create", *central, *name)
    assert (made.code, made.answer["database"]) == (Exit.DONE, name[1])
    again = iduo_admin("database", "create", *central, *name)
    assert again.code == Exit.REFUSED
    assert "upgrade" in again.answer["error"]
    assert iduo_admin("database", "upgrade", *central, *name) == made


def test_as_a_program() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "iduo_desktop.admin", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == __version__
    wrong = subprocess.run(
        [sys.executable, "-m", "iduo_desktop.admin", "demo", "--json"], capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, json.loads(wrong.stdout)["exit"], wrong.stderr) == (2, 2, "")


def test_an_answer_that_nobody_reads_is_no_failure(central: tuple[str, ...]) -> None:
    running = start("database", "doctor", *central, "--dbname", "no_hay")
    assert running.stdout
    running.stdout.close()
    running.stdout = None
    _, said = running.communicate()
    assert (running.returncode, said) == (Exit.REFUSED, "")
