"""The process that parses: a workbook on its standard input, its sheets as lines of JSON on its standard output."""

import csv
import gc
import importlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from typing import Any, Final

import python_calamine

from iduo_desktop.workbooks import delimited
from iduo_desktop.workbooks.container import (
    DAMAGED,
    ENCRYPTED,
    MEGABYTE,
    MOST_BYTES,
    SAVE_AGAIN,
    TOO_BIG,
    Container,
    Kind,
    look,
    open_up,
)
from iduo_desktop.workbooks.scan import Flaws, Scanned, check_places, scan
from iduo_desktop.workbooks.values import BadCell, WorkbookError, place

MEMORY: Final = 1280 * MEGABYTE  # a list of 100,000 × 12 takes 300 MB
PROCESSOR_SECONDS: Final = 120
MOST_CELLS: Final = 20_000_000
ROWS_A_LINE: Final = 1000
NUL: Final = "\\u0000"

# what the parser gives: text, numbers, yes or no, dates; never None
Cells = list[list[Any]]


def main(_words: Sequence[str] = ()) -> None:
    """Write what was read, or one sentence; whatever else goes wrong ends without an end line. Does not return."""
    limit_itself()
    gc.disable()  # millions of cells live until the end: looking for garbage among them costs a third of the time
    try:
        for line in read(sys.stdin.buffer.read(MOST_BYTES + 1)):
            sys.stdout.buffer.write(line)
    except WorkbookError as error:
        sys.stdout.buffer.write(encoded({"error": str(error)}))
    sys.stdout.buffer.flush()
    os._exit(0)  # the parser may still be at work on what was refused, and a million rows need no tidying up


def limit_itself() -> None:
    """No more memory and processor time than a sheet may need; on Windows the parent's deadline alone."""
    if sys.platform == "win32":
        return
    resource = importlib.import_module("resource")
    limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CPU: PROCESSOR_SECONDS, resource.RLIMIT_CORE: 0}
    for limit, wanted in limits.items():
        hard = resource.getrlimit(limit)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(limit, (most, most))


def read(data: bytes) -> Iterator[bytes]:
    """The lines for the parent: for each sheet its head and its rows, and an end."""
    kind = look(data)
    parsing = ThreadPoolExecutor(1).submit(parse_text if kind is Kind.CSV else parse, data)
    container = open_up(data, kind)  # the parser lets Python look inside meanwhile; nothing is told before both agree
    scanned = scan(container)
    try:
        sheets = parsing.result()
    except python_calamine.PasswordError as error:
        raise WorkbookError(ENCRYPTED) from error
    except (python_calamine.CalamineError, csv.Error) as error:
        raise WorkbookError(DAMAGED) from error
    for name, visible, rows in sheets:
        compare(rows, scanned.get(name), container)
        yield encoded({"sheet": name, "visible": visible, "rows": len(rows)})
        for first in range(0, len(rows), ROWS_A_LINE):
            yield encoded_rows(rows[first : first + ROWS_A_LINE])
    yield encoded({"end": len(sheets)})


def compare(rows: Cells, scanned: Scanned | None, container: Container) -> None:
    """As many cells came out as are written, unless some are written twice; those without a value get their mark."""
    if scanned is None:
        return
    filled = sum(len(row) - row.count("") for row in rows)
    if filled != scanned.filled:
        check_places(container.parts[scanned.part])
    put_flaws(rows, scanned.flaws)


def parse(data: bytes) -> list[tuple[str, bool, Cells]]:
    """Every sheet of cells: its name, whether it can be seen, its rows from row 1 on."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = []
    left = MOST_CELLS
    if len(set(book.sheet_names)) != len(book.sheet_names):
        raise WorkbookError(DAMAGED)
    for about in book.sheets_metadata:
        if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(about.name)
            left -= (sheet.total_height + 1) * (sheet.total_width + 1)
            if left < 0:
                last = place(sheet.total_height, sheet.total_width)
                raise WorkbookError(
                    f"La hoja «{about.name}» llega hasta la celda {last}: borrá lo que sobra debajo y a la derecha "
                    f"de la lista. {SAVE_AGAIN}"
                )
            visible = about.visible == python_calamine.SheetVisibleEnum.Visible
            sheets.append((about.name, visible, sheet.to_python(skip_empty_area=False)))
    return sheets


def parse_text(data: bytes) -> list[tuple[str, bool, Cells]]:
    """The one sheet of a .csv."""
    text = delimited.decoded(data) or ""
    rows = delimited.parse(text, delimited.separator(text) or ";")
    if sum(map(len, rows)) > MOST_CELLS:
        raise WorkbookError(TOO_BIG)
    return [("csv", True, rows)]


def put_flaws(rows: Cells, flaws: Flaws) -> None:
    """Put the cells without a value where they stand, also beyond the last that has one."""
    for (row, column), cell in flaws.items():
        if row >= len(rows) or column >= len(rows[row]):
            width = max(column + 1, len(rows[0]) if rows else 0)
            rows.extend([] for _ in range(row + 1 - len(rows)))
            rows[row].extend([""] * (width - len(rows[row])))
        rows[row][column] = cell


def encoded_rows(rows: Cells) -> bytes:
    """A line of rows; blank ones are sent empty."""
    for row in rows:
        if row.count("") == len(row):
            row.clear()
    try:
        line = encoded(rows)
    except ValueError as error:
        raise WorkbookError(f"La planilla tiene números imposibles. {SAVE_AGAIN}") from error
    if NUL.encode() in line and any(isinstance(cell, str) and "\0" in cell for row in rows for cell in row):
        raise WorkbookError(f"La planilla tiene caracteres imposibles. {SAVE_AGAIN}")
    return line


def encoded(value: object) -> bytes:
    """A line of JSON; infinity is a ValueError."""
    text = json.dumps(value, allow_nan=False, check_circular=False, separators=(",", ":"), default=encoded_cell)
    return text.encode("ascii") + b"\n"


def encoded_cell(cell: object) -> object:
    """What JSON has no word for. (Asked for every date: plain ifs are faster.)"""
    if isinstance(cell, date):
        return {"date": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    if isinstance(cell, timedelta):
        return cell / timedelta(days=1)
    if isinstance(cell, BadCell):
        return {"flaw": cell.flaw, "text": cell.text}
    raise TypeError(type(cell).__name__)


if __name__ == "__main__":
    main()
