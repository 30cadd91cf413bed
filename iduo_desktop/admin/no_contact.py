"""`iduo-admin import no-contact`: a list of numbers and addresses not to be contacted, hundreds of thousands."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Final

from iduo_desktop.admin.imports import shown
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.services import clocks, no_contact_files, pressure
from iduo_desktop.services.no_contact_files import Column, ListFile
from iduo_desktop.workbooks.values import WorkbookError

LOOKED_AT: Final = 2_000
WHOLE: Final = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it; new ones, those that were there, and what cannot be read add up to `numbers`."""

    file: str
    column: str
    name: str
    purpose: str
    as_of: str
    list_id: int
    numbers: int
    added: int
    kept: int
    refused: int


def run(database: Database, options: Namespace, terminal: Terminal) -> Exit:
    """Bring a list in and tell what came of it."""

    def show(step: str, done: int, of: int) -> None:
        terminal.progress(f"{step}: {shown(done)} de {shown(of)}")

    try:
        file = no_contact_files.look(options.file, show)
        column = likeliest(file)
        # numbers without area code take the organisation's, in the database
        numbers = no_contact_files.addresses(file, column.index, "", show)
    except WorkbookError as error:
        return terminal.refuse(str(error), Exit.REFUSED)
    report = load(database, options, column.title, numbers, terminal)
    terminal.answer(asdict(report), lines(report, options.as_of))
    return Exit.DONE


def likeliest(file: ListFile) -> Column:
    """Nobody is there to choose: the column that has the most whole numbers or addresses; dates are shorter."""

    def whole(column: Column) -> int:
        cells = (str(row[column.index]) for row in file.rows[:LOOKED_AT] if column.index < len(row))
        return sum("@" in cell or sum(letter.isdecimal() for letter in cell) >= WHOLE for cell in cells)

    return max(file.columns, key=whole)


def load(database: Database, options: Namespace, column: str, numbers: tuple[str, ...], terminal: Terminal) -> Report:
    """All of them, ten thousand at a time; only the first begins the list anew."""
    as_of = datetime.combine(options.as_of, time(), clocks.zone())
    list_id = added = kept = refused = done = 0
    for part in no_contact_files.parts(numbers) or ((),):
        taken = tuple(text[:254] for text in part)
        replace = options.replace and not done
        one = pressure.load_no_contact(database, options.name, options.purpose, as_of, taken, replace)
        list_id, done = one.list_id, done + len(part)
        added, kept, refused = added + one.added, kept + one.kept, refused + one.refused
        terminal.progress(f"Cargando: {shown(done)} de {shown(len(numbers))}")
    said = options.file.name, column, options.name, options.purpose, options.as_of.isoformat()
    return Report(*said, list_id, len(numbers), added, kept, refused)


def lines(report: Report, day: date) -> Iterator[str]:
    """The report for people."""
    column = f"columna «{report.column}» de {report.file}"
    yield f"Lista «{report.name}» del {day:%d/%m/%Y}, {column}: {shown(report.numbers)} números o mails."
    known = f"{shown(report.kept)} que ya estaban"
    yield f"{shown(report.added)} nuevos, {known}, {shown(report.refused)} que no se entienden."
