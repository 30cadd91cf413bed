"""Listing: a whole list, as it is filtered, into a workbook; page by page, so that memory stays flat."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from iduo_desktop.database.connection import Database
from iduo_desktop.services import clocks, exports
from iduo_desktop.services.exports import ExportedCase, ExportedContact, ExportedTicket, ExportOpened
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


@dataclass(frozen=True, slots=True)
class Source(Generic[R]):
    """A list that can be exported: how its trace is left, how its pages are read, its columns and what it is called.

    `leave` takes the list or state, its filter as JSON and the reason; `entitle` the list or state.
    """

    leave: Callable[[Database, str, str, str], ExportOpened]
    page: Callable[[Database, int, str | None, int], tuple[R, ...]]
    columns: Mapping[str, Column]
    entitle: Callable[[str], str]


CASES: Final = Source(
    exports.open_cases, exports.cases, exported.CASES, lambda name: f"Casos: {CaseList(name).label.lower()}"
)
TICKETS: Final = Source(
    exports.open_tickets,
    exports.tickets,
    exported.TICKETS,
    lambda name: f"Mensajes: {TicketState(name).label.lower() if name not in {'', 'all'} else 'todos'}",
)
CONTACTS: Final = Source(exports.open_contacts, exports.contacts, exported.CONTACTS, PERSONS.__getitem__)


def export(
    database: Database,
    source: Source[R],
    path: Path,
    name: str,
    filter: str,
    reason: str,
    fields: Sequence[str] = (),
    progress: Progress | None = None,
) -> Exported:
    """Write a list as it is filtered; `fields` are the columns in their order, all if none are named.

    The receipt comes first. Cancelled from `progress` leaves no file. Slow: never on the UI thread.
    """
    opened = source.leave(database, name, filter, reason)
    columns = _chosen(source.columns, fields)
    title = f"{source.entitle(name)}, {clocks.now():%d/%m/%Y %H:%M}"
    lines = _told(_pages(source, database, opened.receipt), columns, opened.rows, progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    with put_in_place(path) as part:
        return Exported(path, write_list(part, "Lista", title, tuple(columns.values()), lines))


def _chosen(known: Mapping[str, Column], fields: Sequence[str]) -> Mapping[str, Column]:
    """The columns of a profile; one that this release does not know is left out."""
    return {key: known[key] for key in fields if key in known} or known


def _pages(source: Source[R], database: Database, receipt: int) -> Iterator[tuple[R, ...]]:
    after: str | None = None
    while page := source.page(database, receipt, after, PAGE):
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
