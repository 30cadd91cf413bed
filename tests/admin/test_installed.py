"""What the installer says of itself: four words, written once, and no way to say a fifth thing inside one of them."""

import shlex
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from iduo_desktop.admin.main import main

# what a property may hold that would be something else on a command line, in TOML, or to Windows Installer
HOSTILE = (
    'db1" "5432" "iduo" "',
    'db1" --replace "',
    'db1" --file "C:\\x',
    "db1\\",
    'db1"\nremember_password = false\n#',
    "db1\nautostart = true",
    "db1]\n[profiles.rogue",
    "[DBNAME]",
    "[~]db1",
    "#db1",
    "db1,rogue password=x",
    "db1;rogue:port",
    "--replace",
    "--",
)


def called(path: Path, *properties: str) -> int:
    """As Windows Installer calls: every property in its quotes, split again as Windows' programs do it."""
    line = " ".join(f'"{value}"' for value in properties)
    return main(["config", "installed", "--file", str(path), "--", *windows_split(line)])


def windows_split(line: str) -> list[str]:
    """The words of a command line as CommandLineToArgvW sees them: a backslash counts only before a quote."""
    words, word, quoted, backslashes = [], "", False, 0
    for char in line:
        if char == "\\":
            backslashes += 1
            continue
        word += "\\" * (backslashes // 2 if char == '"' else backslashes)
        if char == '"' and backslashes % 2:
            word += char
        elif char == '"':
            quoted = not quoted
        elif char == " " and not quoted:
            words.append(word)
            word = ""
        else:
            word += char
        backslashes = 0
    return [*words, word + "\\" * backslashes]


def keys(path: Path) -> set[str]:
    """Every key of the file, with those of the profile."""
    said = tomllib.loads(path.read_text("utf-8"))
    inner = said.pop("profiles", {})
    assert set(inner) <= {"central"}
    return {*said, *inner.get("central", {})}


def test_an_installation_writes_what_was_said(tmp_path: Path) -> None:
    """Empty is the usual."""
    path = tmp_path / "iduo" / "Desktop" / "config.toml"
    certificate = str(tmp_path / "raíz de la casa.pem")
    assert called(path, "db1,db2:5433", "6432", "", certificate) == 0
    assert tomllib.loads(path.read_text("utf-8")) == {
        "profile": "central",
        "profiles": {"central": {"hosts": ["db1:6432", "db2:5433"], "sslrootcert": certificate}},
    }


def test_it_is_written_once(tmp_path: Path) -> None:
    """Neither an upgrade nor a repair says anything again."""
    path = tmp_path / "config.toml"
    assert called(path, "db1", "", "", "") == 0
    before = path.read_bytes()
    assert called(path, "db2", "", "", "") == 0
    assert path.read_bytes() == before


def test_without_a_server_nothing_is_written(tmp_path: Path) -> None:
    """The folder is made all the same: it has to be the administrators'."""
    path = tmp_path / "Desktop" / "config.toml"
    assert called(path, "", "", "", "") == 0
    assert path.parent.is_dir()
    assert not path.exists()


@pytest.mark.parametrize("value", HOSTILE, ids=shlex.quote)
@pytest.mark.parametrize("place", range(4))
def test_a_hostile_value_is_no_second_key(tmp_path: Path, value: str, place: int) -> None:
    """It is refused, or it is one value."""
    path = tmp_path / "config.toml"
    words = ["db1", "5432", "iduo", str(tmp_path / "ca.pem")]
    words[place] = value
    assert_harmless(path, words)


@settings(max_examples=40)
@given(some.lists(some.text("a\\\" \n[]=#-'", max_size=8), min_size=4, max_size=4))
def test_no_four_values_make_another_key(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    """All four at once: one may end with what the next begins with."""
    assert_harmless(tmp_path_factory.mktemp("installed") / "config.toml", words)


def assert_harmless(path: Path, words: list[str]) -> None:
    """Nothing but the file's own keys, or no file; nothing else in the folder."""
    try:
        code = called(path, *words)
    except SystemExit as refused:  # an option that is none
        code = int(str(refused.code))
    written = path.exists()
    assert not written or (code == 0 and words[0].strip())
    assert [one.name for one in path.parent.iterdir()] == (["config.toml"] if written else [])
    assert not written or keys(path) <= {"profile", "hosts", "dbname", "sslrootcert"}


@pytest.mark.parametrize("count", [0, 3, 5])
def test_four_words_and_no_other_number(tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int) -> None:
    """A quote inside a property makes more of them."""
    assert called(tmp_path / "config.toml", *["db1"] * count) == 2
    assert "cuatro valores" in capsys.readouterr().err
