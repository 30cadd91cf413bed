"""Sending: the day's messages as a numbered batch that goes out in a file; no state without its file."""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid5

from iduo_desktop import __version__
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, clocks, staff
from iduo_desktop.services.batches import BatchRow
from iduo_desktop.services.importing import Progress
from iduo_desktop.terms import Labelled, TicketChannel, TicketKind
from iduo_desktop.workbooks import places, sent
from iduo_desktop.workbooks.sent import SentRow
from iduo_desktop.workbooks.values import WorkbookError

PAGE: Final = 1000
KIND: Final = "sent"
# how long after it a batch is looked for in its folder, and an unfinished file is somebody's who is still at it
LOOKED_FOR: Final = timedelta(days=1)
STALE_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of tickets that is ready to be written into a file; nothing was moved yet. `again` are reiterations."""

    batch_id: int
    tickets: int
    again: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many open tickets were never sent; `capped`: there are even more."""

    count: int
    capped: bool


@dataclass(frozen=True, slots=True)
class SentTicket:
    """A row of a batch that goes out. `code` is its check code; `remark` what the caller said since (reiteración)."""

    row: int
    ticket_id: int
    number: int
    check: str
    code: str
    again: bool
    at: datetime
    kind: str
    channel: str
    topic: str
    surname: str
    names: str
    document: str
    phone: str
    email: str
    company_number: int | None
    company: str
    text: str
    remark: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch went out. `moved` tickets now wait for an answer; `left` were changed meanwhile and stay as they are."""

    batch_id: int
    moved: int
    left: int
    replayed: bool


def prepare(database: Database, first: date | None, last: date | None, key: UUID) -> Prepared:
    """Begin a batch of the open tickets that were not sent, and of those insisted on since; taken between two days."""
    return database.one(Prepared, "prepare_batch", first=first, last=last, key=key)


def unsent(database: Database) -> Unsent:
    """How many open tickets were never sent, counted up to 10,000; those insisted on since are not among them."""
    return database.one(Unsent, "unsent_tickets")


def tickets(database: Database, batch_id: int, after: int = 0, limit: int = 1000) -> tuple[SentTicket, ...]:
    """What a batch holds, by row number; the same at any time, so that its file can be written again."""
    return database.rows(SentTicket, "batch_tickets", batch=batch_id, after=after, limit=limit)


def send(database: Database, batch_id: int, file_name: str, sha256: str, move: bool, key: UUID) -> Sent:
    """Say that the file of a batch is written and checked: its open tickets now wait for an answer, if `move`."""
    return database.one(Sent, "send_batch", batch=batch_id, file_name=file_name, sha256=sha256, move=move, key=key)


@dataclass(frozen=True, slots=True)
class SentDay:
    """The day's messages went out; `tickets` is 0, and there is no file, when there was nothing to send.

    `again` of them are reiterations, `moved` now wait for an answer, `left` were changed meanwhile.
    """

    batch_id: int
    path: Path
    tickets: int
    again: int
    moved: int
    left: int


def send_day(
    database: Database,
    folder: Path,
    first: date | None,
    last: date | None,
    move: bool,
    profile: Sequence[str],
    key: UUID,
    progress: Progress | None = None,
) -> SentDay:
    """Send what was not sent yet: written, read back and compared; only then do the states move; then it gets its name.

    `profile` are the columns in their order, all if none are named. Wherever it is cut, no state is without its file,
    or `recover` writes it again; asked again with the same key it goes on. Cancelled from `progress` leaves everything
    as it was. Slow: never on the UI thread.
    """
    tell = progress or (lambda _step, _done, _of: None)
    tell("Preparando", 0, 0)
    prepared = prepare(database, first, last, key)
    path = folder / sent.file_name(prepared.batch_id, clocks.now())
    if not prepared.tickets:
        return SentDay(prepared.batch_id, path, 0, 0, 0, 0)
    return send_into(database, prepared, path, move, profile, key, progress)


def send_into(
    database: Database,
    prepared: Prepared,
    path: Path,
    move: bool,
    profile: Sequence[str],
    key: UUID,
    progress: Progress | None = None,
) -> SentDay:
    """The same for a batch that is prepared, into a file of that name."""
    tell = progress or (lambda _step, _done, _of: None)
    part = places.part_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = list(_rows(database, prepared.batch_id, prepared.tickets, progress))
        tell("Escribiendo", 0, len(rows))
        sha256 = sent.write(part, prepared.batch_id, _title(prepared.batch_id), rows, tuple(profile) or sent.KEYS)
        places.settle(part)
        tell("Enviando", len(rows), len(rows))
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    try:
        done = send(database, prepared.batch_id, path.name, sha256, move, uuid5(key, "send"))
    except UserError:
        part.unlink(missing_ok=True)  # refused; whatever else happens leaves the file, for the states may have moved
        raise
    places.put(path)
    return SentDay(prepared.batch_id, path, prepared.tickets, prepared.again, done.moved, done.left)


def write_again(database: Database, batch_id: int, path: Path) -> Path:
    """Write the file of a batch again, equal in its data, with all columns."""
    rows = list(_rows(database, batch_id, 0, None))
    path.parent.mkdir(parents=True, exist_ok=True)
    with places.put_in_place(path) as part:
        sent.write(part, batch_id, _title(batch_id), rows, sent.KEYS)
        places.settle(part)
    return path


def recover(database: Database, folder: Path) -> tuple[Path, ...]:
    """After a crash: own batches of the last day whose file is not in the folder get it; leftovers go.

    A file that was whole gets its name; one that is missing is written again.
    """
    if not folder.is_dir():
        return ()
    me = staff.me(database, __version__).login
    since = datetime.now(UTC) - LOOKED_FOR
    found = []
    for batch in _sent(database):
        path = folder / batch.file_name
        if batch.by != me or batch.at < since or path.exists():
            continue
        if not _put(batch, path):
            write_again(database, batch.id, path)
        found.append(path)
    for left in folder.glob(f"{sent.PREFIX}*{places.PART}"):
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            left.unlink(missing_ok=True)
    return tuple(found)


def finish(database: Database, path: Path) -> BatchRow | None:
    """Give a file its name that was whole, and its batch sent, when something cut the work; None if there is none."""
    return next((batch for batch in _sent(database) if batch.file_name == path.name and _put(batch, path)), None)


def _put(batch: BatchRow, path: Path) -> bool:
    """Put the unfinished file in its place, if it is this batch's."""
    part = places.part_of(path)
    if not part.exists() or hashlib.sha256(part.read_bytes()).hexdigest() != batch.sha256:
        return False
    places.put(path)
    return True


def _sent(database: Database) -> Iterator[BatchRow]:
    """The newest batches that went out and were not taken back."""
    return (
        batch for batch in batches.board(database)
        if batch.kind == KIND and batch.applied_at is not None and batch.undone_at is None
    )  # fmt: skip


def _title(batch_id: int) -> str:
    return f"Mensajes a iduo, lote {batch_id:04}"


def _rows(database: Database, batch_id: int, expected: int, progress: Progress | None) -> Iterator[SentRow]:
    """Everything that a batch holds; a WorkbookError when not all of it came."""
    after = done = 0
    while page := tickets(database, batch_id, after, PAGE):
        yield from map(_row, page)
        after, done = page[-1].row, done + len(page)
        if progress is not None:
            progress("Leyendo", done, max(expected, done))
    if done < expected:
        raise WorkbookError("No llegaron todos los mensajes del lote. No se cambió nada: probá de nuevo.")


def _row(ticket: SentTicket) -> SentRow:
    return SentRow(
        number=f"{ticket.number}-{ticket.check}" if ticket.check else str(ticket.number),
        code=ticket.code,
        again=ticket.again,
        at=clocks.on_the_wall(ticket.at),
        kind=_label(TicketKind, ticket.kind),
        channel=_label(TicketChannel, ticket.channel),
        topic=ticket.topic,
        surname=ticket.surname,
        names=ticket.names,
        document=ticket.document,
        phone=ticket.phone,
        email=ticket.email,
        company_number=ticket.company_number,
        company=ticket.company,
        text=ticket.text,
        remark=ticket.remark,
    )


def _label(kind: type[Labelled], word: str) -> str:
    return kind(word).label if word else ""
