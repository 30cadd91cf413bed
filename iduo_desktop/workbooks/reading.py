"""Reading a workbook: the file is parsed in a child process with limits, its rows come back as frozen values."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final

import iduo_desktop
from iduo_desktop.workbooks import collector
from iduo_desktop.workbooks.container import DAMAGED, SAVE_AGAIN
from iduo_desktop.workbooks.values import BadCell, Cell, Flaw, Row, Sheet, Workbook, WorkbookError

DEADLINE: Final = 60.0
VERB: Final = "--read-workbook"
CHILD: Final = "iduo_desktop.workbooks.child"

Progress = Callable[[int, int], object]


def read(path: Path, progress: Progress | None = None, deadline: float = DEADLINE) -> Workbook:
    """The sheets of a file; a WorkbookError says in a sentence why not. Slow: never on the UI thread.

    `progress` is told rows read and rows in all of the sheet at hand; `deadline` is in seconds.
    """
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            with collector.at_rest():
                sheets = tuple(_sheets(_lines(_output(file, deadline)), progress or (lambda _done, _rows: None)))
    except FileNotFoundError as error:
        raise WorkbookError(f"No se encuentra el archivo «{path.name}».") from error
    except (PermissionError, IsADirectoryError) as error:
        raise WorkbookError(f"No se puede abrir «{path.name}». ¿Lo tiene abierto otro programa?") from error
    return Workbook(path.name, sha256, sheets)


def command() -> list[str]:
    """What starts the child: a module, or a hidden verb of the frozen program."""
    if getattr(sys, "frozen", False):
        return [sys.executable, VERB]
    return [sys.executable, "-E", "-s", "-m", CHILD]


def _lines(output: Generator[bytes, None, None]) -> Iterator[Any]:
    """What the child says; with whoever listens it ends too."""
    try:
        with closing(output):
            for line in output:
                yield json.loads(line, object_hook=_cell)
    except (ValueError, TypeError, KeyError, RecursionError) as error:  # the child is no longer itself
        raise WorkbookError(DAMAGED) from error


def _output(file: IO[bytes], deadline: float) -> Generator[bytes, None, None]:
    """What the child writes, line by line. It ends with the deadline, or when nobody wants more of it."""
    child = subprocess.Popen(
        command(),
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(iduo_desktop.__file__).parent.parent,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    timer = threading.Timer(deadline, child.kill)
    end = monotonic() + deadline
    timer.start()
    try:
        for line in child.stdout or ():  # noqa: UP028 - yield from would close the pipe before communicate
            yield line
    finally:
        timer.cancel()
        child.kill()
        child.communicate()
    if monotonic() >= end:
        raise WorkbookError(f"La lectura tardó más de {deadline:.0f} segundos y se cortó. {SAVE_AGAIN}")


def _sheets(lines: Iterator[Any], progress: Progress) -> Iterator[Sheet]:
    """Put the lines together; a child that ends before its end line found what it could not bear."""
    sheet: Sheet | None = None
    rows: list[Row] = []
    expected = 0
    for line in lines:
        match line:
            case {"error": str(sentence)}:
                raise WorkbookError(sentence)
            case list() if sheet is not None and all(isinstance(row, list) for row in line):
                rows.extend(map(tuple, line))
                progress(len(rows), expected)
                continue
        if sheet is not None:
            yield replace(sheet, rows=tuple(rows))
        match line:
            case {"sheet": str(name), "visible": bool(visible), "rows": int(expected)}:
                sheet, rows = Sheet(name, visible, ()), []
            case {"end": int()}:
                return
            case _:
                break
    raise WorkbookError(
        f"La planilla está dañada, o tiene algo escrito muy lejos de la lista y pide demasiada memoria. {SAVE_AGAIN}"
    )


def _cell(value: dict[str, Any]) -> dict[str, Any] | Cell:
    """What JSON has no word for; heads of sheets stay as they are. (Asked for every date: plain ifs are faster.)"""
    text = value.get("date")
    if text is not None:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    if "time" in value:
        return time.fromisoformat(value["time"])
    if "flaw" in value:
        return BadCell(Flaw(value["flaw"]), str(value["text"]))
    return value
