"""`iduo-admin import no-contact`: a list of numbers and addresses not to be contacted, hundreds of thousands."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from iduo_desktop.admin.imports import shown
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.services import pressure
from iduo_desktop.workbooks import cells, reading
from iduo_desktop.workbooks.values import Cell, Row, WorkbookError

AT_ONCE: Final = 10_000
LOOKED_AT: Final = 2_000
DEADLINE: Final = 900.0
HERE: Final = ZoneInfo("America/Argentina/Buenos_Aires")


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it; new ones, those that were there, and what cannot be read add up to the rows."""

    file: str
    name: str
    purpose: str
    as_of: str
    list_id: int
    rows: int
    added: int
    kept: int
    refused: int


def run(database: Database, options: Namespace, terminal: Terminal) -> Exit:
    """Bring a list in and tell what came of it."""
    try:
        addresses = tuple(read(options.file))
    except WorkbookError as error:
        return terminal.refuse(str(error), Exit.REFUSED)
    report = load(database, options, addresses, terminal)
    terminal.answer(asdict(report), lines(report, options.as_of))
    return Exit.DONE


def read(path: Path) -> Iterator[str]:
    """What stands in the column of numbers or addresses of the first sheet that has one, as it is written."""
    book = reading.read(path, deadline=DEADLINE)
    for sheet in book.sheets:
        column = best_column(sheet.rows)
        if sheet.visible and column is not None:
            written = [written_in(row[column]) for row in sheet.rows if len(row) > column]
            titles = 0 if written and is_address(written[0]) else 1
            yield from (text for text in written[titles:] if text)
            return
    raise WorkbookError(f"En «{path.name}» no hay ninguna columna de teléfonos ni de mails.")


def best_column(rows: tuple[Row, ...]) -> int | None:
    """The column in which most of the first rows read as a number with its area code, or as an address."""
    first = rows[:LOOKED_AT]
    width = max((len(row) for row in first), default=0)
    counts = [sum(len(row) > n and is_address(written_in(row[n])) for row in first) for n in range(width)]
    return counts.index(max(counts)) if any(counts) else None


def written_in(cell: Cell) -> str:
    """A cell as text; a broken one is a question mark, so that it is counted and not taken."""
    try:
        return cells.text(cell).strip()
    except cells.CellError:
        return "?"


def is_address(text: str) -> bool:
    """Whether it reads as a telephone with its area code, or as an address."""
    digits = sum(letter.isdigit() for letter in text)
    letters = any(letter.isalpha() for letter in text)
    return "@" in text or (10 <= digits <= 15 and not letters and "/" not in text)


def load(database: Database, options: Namespace, addresses: tuple[str, ...], terminal: Terminal) -> Report:
    """All of them by ten thousand; only the first begins the list anew."""
    as_of = moment(options.as_of)
    list_id = added = kept = refused = done = 0
    left = iter(addresses)
    while (portion := tuple(islice(left, AT_ONCE))) or not done:
        taken = tuple(text[:254] for text in portion)
        replace = options.replace and not done
        one = pressure.load_no_contact(database, options.name, options.purpose, as_of, taken, replace)
        list_id, added, kept = one.list_id, added + one.added, kept + one.kept
        refused, done = refused + one.refused, done + len(portion)
        terminal.progress(f"Cargando: {shown(done)} de {shown(len(addresses))}")
        if not portion:
            break
    said = options.file.name, options.name, options.purpose, options.as_of.isoformat()
    return Report(*said, list_id, len(addresses), added, kept, refused)


def moment(day: date) -> datetime:
    """The first moment of a day here."""
    return datetime.combine(day, time(), HERE)


def lines(report: Report, day: date) -> Iterator[str]:
    """The report for people."""
    yield f"Lista «{report.name}» del {day:%d/%m/%Y}, de {report.file}: {shown(report.rows)} números o mails."
    known = f"{shown(report.kept)} que ya estaban"
    yield f"{shown(report.added)} nuevos, {known}, {shown(report.refused)} que no se entienden."
