"""`iduo-admin import …`: a list goes the way of every import, and what came of it is told."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from iduo_desktop import __version__
from iduo_desktop.admin.door import JOB
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.database.connection import Database
from iduo_desktop.services import exports, importing, staff
from iduo_desktop.services.importing import Check, Done, Looked, Mapping, Progress
from iduo_desktop.workbooks.values import WorkbookError

WARNINGS_SHOWN: Final = 20
WORDS: Final = {
    "doubtful": "dudosa", "refused": "rechazada", "unknown": "desconocida", "wrong_code": "con otro control",
    "wrong_state": "no espera respuesta", "busy": "en uso", "conflict": "con otra respuesta", "empty": "vacía",
}  # fmt: skip


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
    of_batch: int | None
    dry_run: bool
    already: datetime | None
    totals: Done
    problems: tuple[Told, ...]
    warnings: tuple[Told, ...]
    kept: tuple[Told, ...]
    unread_columns: tuple[str, ...]
    errors_file: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked for: a list of a kind; a kept choice of columns; where the rows not taken are written."""

    kind: str
    path: Path
    dry_run: bool = False
    profile: str = ""
    month_first: bool = False
    errors: Path | None = None
    area_code: str | None = None


def wanted(kind: str, options: Namespace) -> Wanted:
    """From the command's options. The nightly job is nobody who has an area code of his own."""
    area_code = options.area_code if options.user != JOB else options.area_code or ""
    return Wanted(kind, options.file, options.dry_run, options.profile, options.month_first, options.errors, area_code)


def run(database: Database, wanted: Wanted, terminal: Terminal) -> Exit:
    """Import a list as the person of `database` and tell what came of it."""
    area_code = wanted.area_code if wanted.area_code is not None else staff.me(database, __version__).area_code

    def show(step: str, done: int, rows: int) -> None:
        terminal.progress(f"{step}: {shown(done)} de {shown(rows)}")

    try:
        report = import_list(database, wanted, area_code, show)
    except WorkbookError as error:
        return terminal.refuse(str(error), Exit.REFUSED)
    terminal.answer(values(report), lines(report))
    return Exit.DONE


def import_list(database: Database, wanted: Wanted, area_code: str, progress: Progress | None = None) -> ImportReport:
    """Bring a list in; numbers without area code take `area_code`. Slow: never on the UI thread.

    Only columns that are known by name, or by the profile, are read: nobody is there to look at guesses.
    A WorkbookError says that the file cannot be read; nothing was changed then.
    """
    profiles = exports.profiles(database, wanted.kind) if wanted.profile else ()
    if wanted.profile and all(one.name != wanted.profile for one in profiles):
        raise WorkbookError(f"No hay una plantilla «{wanted.profile}» para esta importación.")
    profiles = tuple(one for one in profiles if one.name == wanted.profile)
    looked = importing.look(wanted.path, wanted.kind, profiles=profiles, progress=progress)
    mapping = _decided(looked, wanted)
    if wanted.dry_run:
        check = importing.check(database, looked, mapping, area_code, uuid4(), progress)
        done = _totals(check)
    else:
        check = importing.staged(database, looked, mapping, area_code, uuid4(), progress)
        done = importing.apply(database, check, (), progress)
        check = importing.result(database, check)
    if wanted.errors is not None and _told(check, "error"):
        importing.write_errors(check, wanted.errors)
    return _report(check, wanted, done)


def _decided(looked: Looked, wanted: Wanted) -> Mapping:
    sure = importing.named(looked)
    return Mapping(wanted.kind, sure.fields, day_first=False if wanted.month_first else None)


def _totals(check: Check) -> Done:
    counts = (check.created, check.updated, check.unchanged, check.doubtful, check.refused)
    return Done(check.batch_id, check.rows, *counts)


def _report(check: Check, wanted: Wanted, done: Done) -> ImportReport:
    looked = check.looked
    fields = zip(looked.columns, check.mapping.fields, strict=True)
    problems = _told(check, "error")
    return ImportReport(
        kind=wanted.kind,
        file=looked.name,
        sheet=looked.sheet,
        batch_id=check.batch_id,
        of_batch=looked.of_batch,
        dry_run=wanted.dry_run,
        already=check.already,
        totals=done,
        problems=problems,
        warnings=_told(check, "warning"),
        kept=_told(check, "kept"),
        unread_columns=tuple(column.title for column, field in fields if not field),
        errors_file=str(wanted.errors) if wanted.errors is not None and problems else "",
    )


def _told(check: Check, severity: str) -> tuple[Told, ...]:
    told = [
        Told(one.row, group.code, one.column, one.value, one.message)
        for group in check.groups
        if group.severity == severity
        for one in group.problems
    ]
    return tuple(sorted(told, key=lambda one: one.row))


def values(report: ImportReport) -> dict[str, object]:
    """The report for scripts: the totals on top, the rows behind them below."""
    told = asdict(report) | {"already": report.already and report.already.isoformat()}
    del told["totals"]
    return asdict(report.totals) | told


def lines(report: ImportReport) -> Iterator[str]:
    """The report for people."""
    totals = report.totals
    of_batch = f", respuesta del lote {report.of_batch}" if report.of_batch else ""
    yield f"{report.file}, hoja «{report.sheet}», lote {report.batch_id}{of_batch}"
    if report.already is not None:
        yield f"Este archivo ya se había importado el {report.already.astimezone():%d/%m/%Y %H:%M}."
    yield (
        f"{shown(totals.rows)} filas: {shown(totals.created)} nuevas, {shown(totals.updated)} cambiadas, "
        f"{shown(totals.unchanged)} sin cambios, {shown(totals.doubtful)} dudosas, {shown(totals.refused)} rechazadas."
    )
    if report.dry_run:
        yield "Fue una prueba: no se cambió nada."
    elif report.kind == "clients":
        yield f"Casos: {shown(totals.cases_opened)} abiertos, {shown(totals.cases_moved)} cambiados de lista."
    yield from (f"  fila {one.row}, {WORDS[one.outcome]}: {one.message}" for one in report.problems)
    yield from _some("Se dejó como estaba acá", report.kept)
    yield from _some("Avisos", report.warnings)
    if report.unread_columns:
        yield f"Columnas que no se leen: {', '.join(report.unread_columns)}."
    if report.errors_file:
        yield f"Las filas que no entraron quedaron en {report.errors_file}."


def shown(number: int) -> str:
    """With points between thousands."""
    return f"{number:,}".replace(",", ".")


def _some(title: str, told: tuple[Told, ...]) -> Iterator[str]:
    if told:
        yield f"{title} ({shown(len(told))}):"
        yield from (f"  fila {one.row}: {one.message}" for one in told[:WARNINGS_SHOWN])
    if len(told) > WARNINGS_SHOWN:
        yield f"  … y {shown(len(told) - WARNINGS_SHOWN)} más (todos con --json)"
