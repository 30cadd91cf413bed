"""Listing: a whole list, as it is filtered, into a workbook; page by page, so that memory stays flat."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeVar

from iduo_desktop.database.connection import Database
from iduo_desktop.services import clocks, exports
from iduo_desktop.services.exports import ExportedCase, ExportedContact, ExportedTicket
from iduo_desktop.services.importing import Progress
from iduo_desktop.terms import CallerKind, CaseList, Labelled, ServiceStatus, TicketChannel, TicketKind, TicketState
from iduo_desktop.workbooks import exported
from iduo_desktop.workbooks.places import put_in_place
from iduo_desktop.workbooks.writing import LONGEST, Column, Value, write_list

PAGE: Final = 1000
CUT: Final = "… (sigue en iduo)"
PERSONS: Final = {"all": "Personas", "open": "Personas con casos abiertos"}
STATES: Final = {"open": "Abierto", "closed": "Cerrado"}

R = TypeVar("R", ExportedCase, ExportedTicket, ExportedContact)


@dataclass(frozen=True, slots=True)
class Exported:
    """A list was written: where it is, and how many rows it has."""

    path: Path
    rows: int


def export_cases(
    database: Database,
    path: Path,
    list: str,
    filter: str,
    reason: str,
    fields: Sequence[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write a case list as it is filtered; `fields` are the columns in their order, all if none are named.

    The receipt comes first. Cancelled from `progress` leaves no file. Slow: never on the UI thread.
    """
    opened = exports.open_cases(database, list, filter, reason)
    pages = _pages(exports.cases, database, opened.receipt)
    title = f"Casos: {CaseList(list).label.lower()}, {clocks.now():%d/%m/%Y %H:%M}"
    columns = _chosen(exported.CASES, fields)
    return _write(path, title, columns, _told(pages, columns, opened.rows, progress))


def export_tickets(
    database: Database,
    path: Path,
    state: str,
    filter: str,
    reason: str,
    fields: Sequence[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write a list of messages as it is filtered; otherwise as `export_cases`."""
    opened = exports.open_tickets(database, state, filter, reason)
    pages = _pages(exports.tickets, database, opened.receipt)
    label = TicketState(state).label.lower() if state not in {"", "all"} else "todos"
    columns = _chosen(exported.TICKETS, fields)
    title = f"Mensajes: {label}, {clocks.now():%d/%m/%Y %H:%M}"
    return _write(path, title, columns, _told(pages, columns, opened.rows, progress))


def export_contacts(
    database: Database,
    path: Path,
    list: str,
    filter: str,
    reason: str,
    fields: Sequence[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write the list of persons as it is filtered; otherwise as `export_cases`."""
    opened = exports.open_contacts(database, list, filter, reason)
    pages = _pages(exports.contacts, database, opened.receipt)
    columns = _chosen(exported.CONTACTS, fields)
    title = f"{PERSONS[list]}, {clocks.now():%d/%m/%Y %H:%M}"
    return _write(path, title, columns, _told(pages, columns, opened.rows, progress))


def _chosen(known: Mapping[str, Column], fields: Sequence[str]) -> Mapping[str, Column]:
    """The columns of a profile; one that this release does not know is left out."""
    return {key: known[key] for key in fields if key in known} or known


def _pages(
    ask: Callable[[Database, int, str | None, int], tuple[R, ...]], database: Database, receipt: int
) -> Iterator[tuple[R, ...]]:
    after: str | None = None
    while page := ask(database, receipt, after, PAGE):
        yield page
        after = page[-1].position
        if len(page) < PAGE:
            return


def _told(
    pages: Iterator[tuple[R, ...]], columns: Mapping[str, Column], rows: int, progress: Progress | None
) -> Iterator[list[Value]]:
    done = 0
    for page in pages:
        for row in page:
            yield [shown(row, key, column.kind) for key, column in columns.items()]
        done += len(page)
        if progress is not None:
            progress("Exportando", done, max(rows, done))


def shown(row: ExportedCase | ExportedTicket | ExportedContact, key: str, kind: str) -> Value:
    """What stands in a cell: words for codes, local time, text for numbers that are names."""
    value: Any = getattr(row, key)
    if isinstance(value, datetime):
        return clocks.on_the_wall(value)
    if key == "number" and isinstance(row, ExportedTicket):
        return f"{value}-{row.check}" if row.check else str(value)
    if value is None or kind in {"day", "money", "number"}:
        return None if value is None else Decimal(value) if kind == "money" else value
    words = _LABELS.get((type(row), key))
    text = words.get(str(value), str(value)) if words is not None else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def _labels(kind: type[Labelled]) -> dict[str, str]:
    return {one.value: one.label for one in kind}


_LABELS: Final[dict[tuple[type, str], dict[str, str]]] = {
    (ExportedCase, "list"): _labels(CaseList),
    (ExportedCase, "state"): STATES,
    (ExportedCase, "closing_status"): _labels(ServiceStatus),
    (ExportedTicket, "state"): _labels(TicketState),
    (ExportedTicket, "kind"): _labels(TicketKind),
    (ExportedTicket, "channel"): _labels(TicketChannel),
    (ExportedTicket, "caller_kind"): _labels(CallerKind),
}


def _write(path: Path, title: str, columns: Mapping[str, Column], rows: Iterator[list[Value]]) -> Exported:
    path.parent.mkdir(parents=True, exist_ok=True)
    with put_in_place(path) as part:
        written = write_list(part, "Lista", title, tuple(columns.values()), rows)
    return Exported(path, written)
