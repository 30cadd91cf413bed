"""Sending: the day's messages as a numbered batch that goes out in a file; no state without its file."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of tickets that is ready to be written into a file; nothing was moved yet. `again` are reiterations."""

    batch_id: int
    tickets: int
    again: int


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


def tickets(database: Database, batch_id: int, after: int = 0, limit: int = 1000) -> tuple[SentTicket, ...]:
    """What a batch holds, by row number; the same at any time, so that its file can be written again."""
    return database.rows(SentTicket, "batch_tickets", batch=batch_id, after=after, limit=limit)


def send(database: Database, batch_id: int, file_name: str, sha256: str, move: bool, key: UUID) -> Sent:
    """Say that the file of a batch is written and checked: its open tickets now wait for an answer, if `move`."""
    return database.one(Sent, "send_batch", batch=batch_id, file_name=file_name, sha256=sha256, move=move, key=key)
