"""Tries a frozen folder, on Linux, on Windows or in the lab: `smoke.py FOLDER [--server FILE] [--report OUT.json]`.

Needs nothing but Python. What the programs say on their standard error, and on an output where nothing is expected,
is a failure: there is no warning that one gets used to.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

SUFFIX = ".exe" if os.name == "nt" else ""
MINUTES = 15
LICENCES = ("LGPL-3.0.txt", "GPL-3.0.txt", "Qt-PySide6.txt", "Python.txt")
NOT_IN_IT = re.compile(r"opengl32sw|d3dcompiler|Qt6?(Quick|Qml|Pdf|VirtualKeyboard)|/(pytest|PyInstaller)/")
TRANSLATION = re.compile(r"\.qm$")


def main(arguments: Sequence[str]) -> int:
    """Say what is wrong, line by line; nothing is wrong, 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--server", type=Path, help="what `iduo-admin serve --json` answered; else one of its own")
    parser.add_argument("--report", type=Path, help="keep here what the program found")
    parser.add_argument("--expect", action="append", default=[], help="what a system says that is no failure")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="iduo-smoke-") as temporary:
        out = options.report or Path(temporary) / "report.json"
        problems = [
            *wrong_files(options.folder),
            *wrong_answers(options.folder, Path(temporary)),
            *wrong_window(options.folder, Path(temporary), out, options.server, options.expect),
        ]
    for problem in problems:
        print(f"smoke: {problem}")
    print(f"smoke: {'FAILED' if problems else 'ok'}, {megabytes(options.folder):.0f} MB in {options.folder}")
    return int(bool(problems))


def megabytes(folder: Path) -> float:
    """What the folder takes; links count nothing."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def wrong_files(folder: Path) -> Iterator[str]:
    """What should be there and is not, and the other way round."""
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    for name in (f"iduo-desktop{SUFFIX}", f"iduo-admin{SUFFIX}", *(f"licencias/{text}" for text in LICENCES)):
        if name not in names:
            yield f"{name} is missing"
    for name in names:
        if NOT_IN_IT.search(f"/{name}") or (TRANSLATION.search(name) and not name.endswith("/qtbase_es.qm")):
            yield f"{name} is of no use"


def wrong_answers(folder: Path, home: Path) -> Iterator[str]:
    """The console program, and what the window's program answers without a window."""
    admin, desktop = folder / f"iduo-admin{SUFFIX}", folder / f"iduo-desktop{SUFFIX}"
    version = asked(admin, "--version", home=home)
    yield from unexpected("iduo-admin --version", version, said=r"\d+\.\d+\.\d+\n?")
    configuration = asked(desktop, "--print-config", home=home)
    yield from unexpected(
        "iduo-desktop --print-config", configuration, said=r"(?s)iduo Desktop .*profile .*", code=None
    )


def wrong_window(folder: Path, home: Path, out: Path, server: Path | None, expected: Sequence[str]) -> Iterator[str]:
    """The whole program, by its own test."""
    words = ["--smoke-test", str(out), *(["--server", str(server)] if server else [])]
    for text in expected:
        words += ["--expect", text]
    done = asked(folder / f"iduo-desktop{SUFFIX}", *words, home=home)
    done.stderr = without(done.stderr, expected)
    yield from unexpected("iduo-desktop --smoke-test", done, said="")
    if not out.is_file():
        yield "iduo-desktop --smoke-test wrote no report"
        return
    report = json.loads(out.read_text("utf-8"))
    yield from (f"{name}: {found}" for name, found in wrong_in(report))


def wrong_in(report: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """What the program found wrong, and what it should have found."""
    found = {check["name"]: check["found"] for check in report["checks"]}
    yield from ((name, found[name]) for name in report["wrong"])
    yield from (("problem", problem) for problem in report["problems"])
    if not report["frozen"]:
        yield "frozen", False
    if not report["ok"] and not report["wrong"] and not report["problems"]:
        yield "ok", False
    for person, seen in report["seen"].items():
        if not seen:
            yield person, "saw nothing"


def asked(program: Path, *words: str, home: Path) -> "subprocess.CompletedProcess[str]":
    """Run it as somebody who has never used it, without a screen where there is none."""
    names = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
    places = {} if os.name == "nt" else {f"XDG_{name}": str(home) for name in names}
    screen = {} if os.name == "nt" or os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [program, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **screen, **places},
        timeout=MINUTES * 60,
        check=False,
    )


def without(text: str, expected: Sequence[str]) -> str:
    """What was said besides what was to be expected."""
    for known in expected:
        text = text.replace(known, "")
    return text.strip()


def unexpected(what: str, done: "subprocess.CompletedProcess[str]", said: str, code: int | None = 0) -> Iterator[str]:
    """An exit code, a line on the standard error or an answer that should not be."""
    if code is not None and done.returncode != code:
        yield f"{what}: exit code {done.returncode}"
    yield from (f"{what}: {line}" for line in done.stderr.splitlines())
    if not re.fullmatch(said, done.stdout):
        yield f"{what} answers {done.stdout!r}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
