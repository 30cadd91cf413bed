"""The file that installers write: what was said and nothing else, whatever is in a value; never over another one."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from iduo_desktop import config
from iduo_desktop.admin import machine_file
from iduo_desktop.admin.main import main
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.config import Source

HOSTILE = [
    'iduo"\nremember_password = true\n#',
    'iduo" ]\n[profiles.central]\nhosts = ["rogue"]',
    "iduo\x7f",
    "iduo\x00",
    "iduo\ud800",
    "\u2028",
]


def said(*words: str) -> int:
    """Run the command."""
    return main(["config", "machine", *words])


def test_what_an_installer_says(tmp_path: Path) -> None:
    path = tmp_path / "iduo" / "config.toml"
    certificate = str(tmp_path / 'ca "raíz".pem')
    empty = ("--dbname=", "--test=", "--remember-password=", "--dial-with=")
    words = ("--hosts=db1, db2:5433", "--port=5434", f"--sslrootcert={certificate}", "--support=Mesa", *empty)
    assert said(*words, f"--file={path}", "--if-absent") == 0
    values = tomllib.loads(path.read_text("utf-8"))
    assert values == {
        "profile": "central",
        "support": "Mesa",
        "profiles": {"central": {"hosts": ["db1:5434", "db2:5433"], "sslrootcert": certificate}},
    }
    assert config.merge([(Source.MACHINE, values)]).problems == ()


def test_a_file_that_is_there_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.toml"
    path.write_text("remember_password = false\n", encoding="utf-8")
    assert said("--hosts=db1", f"--file={path}", "--if-absent", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(path), "done": "kept"}
    assert said("--hosts=db1", f"--file={path}") == 1
    assert path.read_text("utf-8") == "remember_password = false\n"
    assert said("--hosts=db1", f"--file={path}", "--replace") == 0
    assert "db1" in path.read_text("utf-8")


def test_nothing_said_writes_nothing(tmp_path: Path) -> None:
    assert said("--hosts=", "--port=", "--test=", f"--file={tmp_path / 'config.toml'}") == 0
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "words",
    [
        ("--hosts=db1:otro",),
        ("--hosts=db1", "--port=99999"),
        ("--hosts=db1", "--remember-password=quizás"),
        ("--hosts=db1", "--dial-with=fax"),
        ("--hosts=db1", "--sslrootcert=ca.pem"),
        ("--hosts=db1", "--profile-name=a.b"),
        ("--dbname=iduo",),
    ],
)
def test_nonsense_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    assert said(*words, f"--file={tmp_path / 'config.toml'}") == 2
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert said("--hosts=db1", f"--file={tmp_path / 'file' / 'config.toml'}") == 1
    assert "No se pudo escribir" in capsys.readouterr().err


@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_becomes_a_second_key(value: str) -> None:
    for name in ("dbname", "sslrootcert", "support"):
        with pytest.raises(WrongUseError, match="no puede ser"):
            machine_file.text({"hosts": ["db1"], name: value})


@given(some.dictionaries(some.sampled_from(["dbname", "sslrootcert", "support"]), some.text()), some.text(min_size=1))
def test_a_file_says_what_it_was_given_or_is_refused(values: dict[str, str], name: str) -> None:
    given = {"hosts": ["db1"], **values}
    try:
        read = tomllib.loads(machine_file.text(given, name))
    except WrongUseError:
        return
    inner = read.pop("profiles")
    assert [*inner] == [name]
    assert read.pop("profile") == name
    assert read | inner[name] == given
