"""`iduo-admin import …`: a list is read in a child process, staged row by row, applied at once, and told."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, TypeVar
from uuid import uuid4

from iduo_desktop import __version__
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.services import batches, staff
from iduo_desktop.services.batches import Applied, Outcome
from iduo_desktop.workbooks import clients, companies, lists, reading
from iduo_desktop.workbooks.client_row import ClientRow
from iduo_desktop.workbooks.company_row import CompanyRow
from iduo_desktop.workbooks.lists import Listed, Numbered, Problem
from iduo_desktop.workbooks.values import Workbook, WorkbookError

ROWS_A_CALL: Final = 5000
OUTCOMES_A_CALL: Final = 1000
WARNINGS_SHOWN: Final = 20
WORDS: Final = {"doubtful": "dudosa", "refused": "rechazada"}

# what is being done, how much of it is done, and how much there is
Progress = Callable[[str, int, int], object]
R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """What can be imported: the batch's word, how a list of it is read, and how a row of it is sent."""

    word: str
    read: Callable[[Workbook, str, lists.Progress], Listed[R]]
    staged: Callable[[R], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Told:
    """Something about a row: why it was not taken, a warning, or what was kept as it stands here."""

    row: int
    outcome: str
    column: str
    what: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. `problems` are the rows behind doubtful and refused; all rows add up."""

    kind: str
    file: str
    sheet: str
    batch_id: int
    dry_run: bool
    already: datetime | None
    totals: Applied
    problems: tuple[Told, ...]
    warnings: tuple[Told, ...]
    kept: tuple[Told, ...]
    unread_columns: tuple[str, ...]


def run(database: Database, kind: str, file: Path, dry_run: bool, terminal: Terminal) -> Exit:
    """Import a list of "clients" or "companies" as the person of `database` and tell what came of it."""
    area_code = staff.me(database, __version__).area_code

    def show(step: str, done: int, rows: int) -> None:
        terminal.progress(f"{step}: {shown(done)} de {shown(rows)}")

    try:
        report = import_list(KINDS[kind], database, file, area_code, dry_run, show)
    except WorkbookError as error:
        return terminal.refuse(str(error), Exit.REFUSED)
    terminal.answer(values(report), lines(report))
    return Exit.DONE


def import_list(
    kind: Kind[R], database: Database, path: Path, area_code: str, dry_run: bool, progress: Progress | None = None
) -> ImportReport:
    """Bring a list in; numbers without area code take `area_code`. Slow: never on the UI thread.

    A WorkbookError says that the file cannot be read; nothing was changed then.
    """
    tell = progress or (lambda _step, _done, _rows: None)
    book = reading.read(path, lambda done, rows: tell("Leyendo", done, rows))
    found = kind.read(book, area_code, lambda done, rows: tell("Revisando", done, rows))
    rows = staged_rows(kind, found)
    # a name that is not Unicode (Linux allows it) could not be sent
    name = book.name.encode(errors="replace").decode()
    opened = batches.open_batch(database, name, book.sha256, uuid4(), kind.word)
    for first in range(0, len(rows), ROWS_A_CALL):
        tell("Enviando", first, len(rows))
        batches.stage(database, opened.batch_id, json.dumps(rows[first : first + ROWS_A_CALL]))
    tell("Probando" if dry_run else "Importando", len(rows), len(rows))
    totals = batches.apply(database, opened.batch_id, dry_run)
    outcomes = tuple(_outcomes(database, opened.batch_id))
    by_row = {problem.row: problem for problem in found.problems}
    return ImportReport(
        kind=kind.word,
        file=name,
        sheet=found.sheet,
        batch_id=opened.batch_id,
        dry_run=dry_run,
        already=opened.already,
        totals=totals,
        problems=tuple(_told(one, by_row.get(one.row)) for one in outcomes if one.outcome in WORDS),
        warnings=tuple(_told(one, None) for one in outcomes if one.message and one.row not in by_row),
        kept=tuple(Told(one.row, one.outcome, "", "", one.kept) for one in outcomes if one.kept),
        unread_columns=found.unread,
    )


def staged_rows(kind: Kind[R], found: Listed[R]) -> list[dict[str, object]]:
    """All rows of a list in their order, as the database takes them; those not taken with their outcome."""
    rows = [kind.staged(row) for row in found.rows]
    rows += [{"row": one.row, "outcome": one.outcome, "message": one.message} for one in found.problems]
    return sorted(rows, key=lambda row: int(str(row["row"])))


def staged_client(row: ClientRow) -> dict[str, object]:
    """A client as JSON; every key is there, also of what the row does not say."""
    return staged(row) | {
        "status": row.status.value,
        "cutoff_date": row.cutoff_date and row.cutoff_date.isoformat(),
        "extended_until": row.extended_until and row.extended_until.isoformat(),
        "debt": None if row.debt is None else str(row.debt),
    }


def staged(row: ClientRow | CompanyRow) -> dict[str, object]:
    """A row as it is sent."""
    # its warnings are put together into one message there
    return asdict(row) | {"warnings": [warning.removesuffix(".") for warning in row.warnings]}


CLIENTS: Final = Kind("clients", clients.read, staged_client)
COMPANIES: Final = Kind("companies", companies.read, staged)
KINDS: Final[Mapping[str, Kind[Any]]] = {kind.word: kind for kind in (CLIENTS, COMPANIES)}


def values(report: ImportReport) -> dict[str, object]:
    """The report for scripts: the totals on top, the rows behind them below."""
    told = asdict(report) | {"already": report.already and report.already.isoformat()}
    del told["totals"]
    return asdict(report.totals) | told


def lines(report: ImportReport) -> Iterator[str]:
    """The report for people."""
    totals = report.totals
    yield f"{report.file}, hoja «{report.sheet}», lote {report.batch_id}"
    if report.already is not None:
        yield f"Este archivo ya se había importado el {report.already.astimezone():%d/%m/%Y %H:%M}."
    yield (
        f"{shown(totals.rows)} filas: {shown(totals.created)} nuevas, {shown(totals.updated)} cambiadas, "
        f"{shown(totals.unchanged)} sin cambios, {shown(totals.doubtful)} dudosas, {shown(totals.refused)} rechazadas."
    )
    if report.dry_run:
        yield "Fue una prueba: no se cambió nada."
    elif report.kind == CLIENTS.word:
        yield f"Casos: {shown(totals.cases_opened)} abiertos, {shown(totals.cases_moved)} cambiados de lista."
    yield from (f"  fila {one.row}, {WORDS[one.outcome]}: {one.message}" for one in report.problems)
    yield from _some("Se dejó como estaba acá", report.kept)
    yield from _some("Avisos", report.warnings)
    if report.unread_columns:
        yield f"Columnas que no se leen: {', '.join(report.unread_columns)}."


def shown(number: int) -> str:
    """With points between thousands."""
    return f"{number:,}".replace(",", ".")


def _some(title: str, told: tuple[Told, ...]) -> Iterator[str]:
    if told:
        yield f"{title} ({shown(len(told))}):"
        yield from (f"  fila {one.row}: {one.message}" for one in told[:WARNINGS_SHOWN])
    if len(told) > WARNINGS_SHOWN:
        yield f"  … y {shown(len(told) - WARNINGS_SHOWN)} más (todos con --json)"


def _outcomes(database: Database, batch_id: int) -> Iterator[Outcome]:
    after = 0
    while page := batches.outcomes(database, batch_id, after, OUTCOMES_A_CALL):
        yield from page
        after = page[-1].row


def _told(outcome: Outcome, problem: Problem | None) -> Told:
    column, what = (problem.column, problem.what) if problem else ("", "")
    return Told(outcome.row, outcome.outcome, column, what, outcome.message)
