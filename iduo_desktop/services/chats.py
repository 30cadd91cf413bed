"""Chats: visitors of the site who wait, those one attends, and what is written in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.messages import Filled


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat in the list. `state` is a ChatState; `asked_for` is a login when it waits for one person alone.

    `offered`: he waits so long that he may leave a message instead.

    `lines` and `read` count lines; `waits_since` is the visitor's first line that nobody answered; `here` whether the
    visitor was seen a moment ago; `call_id` belongs to one's own.
    """

    id: int
    state: str
    name: str
    company_keyed: str
    company_id: int | None
    company: str | None
    contact_id: int | None
    person: str | None
    page: str
    call_id: int | None
    at: datetime
    queued_at: datetime
    asked_for: str | None
    handed_by: str | None
    handed_note: str
    attended_by: str | None
    attended_name: str | None
    waits_since: datetime | None
    ended_by: str | None
    lines: int
    read: int
    last_side: str | None
    last_text: str | None
    here: bool
    offered: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `side` is visitor, operator or system, `by_name` the operator's."""

    seq: int
    side: str
    by_name: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """A chat that is one's own now, and the call that belongs to it."""

    chat_id: int
    call_id: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A line that was written."""

    seq: int
    at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A chat that was ended or handed on."""

    chat_id: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who is in and not in a pause, and how many chats he attends."""

    login: str
    full_name: str
    chats: int


@dataclass(frozen=True, slots=True)
class Queue:
    """How it stands. `unanswered` are attended and wait too long; `left_today` went before anybody answered."""

    waiting: int
    for_me: int
    longest_wait_since: datetime | None
    attended: int
    unanswered: int
    ended_today: int
    left_today: int
    running: bool


def page(database: Database) -> tuple[Chat, ...]:
    """Those that wait and one's own, the longest wait first; a coordinator sees all that are not over."""
    return database.rows(Chat, "chats")


def lines(database: Database, chat_id: int, after: int) -> tuple[Line, ...]:
    """At most 200 lines after that one."""
    return database.rows(Line, "chat_lines", chat=chat_id, after=after)


def take(database: Database, chat_id: int, key: UUID) -> Taken:
    """Attend a chat that waits."""
    return database.one(Taken, "take_chat", chat=chat_id, key=key)


def say(database: Database, chat_id: int, text: str, key: UUID) -> Said:
    """Write to the visitor."""
    return database.one(Said, "say_in_chat", chat=chat_id, text=text, key=key)


def read(database: Database, chat_id: int, seq: int) -> None:
    """Note up to which line it was read."""
    database.call("read_chat", chat=chat_id, seq=seq)


def identify(database: Database, chat_id: int, company_id: int | None, contact_id: int | None) -> None:
    """Note who it turned out to be."""
    database.call("identify_chat", chat=chat_id, company=company_id, contact=contact_id)


def hand_on(database: Database, chat_id: int, to: str | None, note: str, key: UUID) -> Done:
    """Pass it to a colleague, or with None to whoever is in."""
    return database.one(Done, "hand_on_chat", chat=chat_id, to=to, note=note, key=key)


def end(database: Database, chat_id: int, outcome: str, note: str, key: UUID) -> Done:
    """End it, or settle one that the visitor ended. `outcome` is a CallOutcome."""
    return database.one(Done, "end_chat", chat=chat_id, outcome=outcome, note=note, key=key)


def fill(database: Database, template_id: int, chat_id: int) -> Filled:
    """A canned answer for one's own chat; of the client only what anybody may read is put in."""
    return database.one(Filled, "fill_chat_template", template=template_id, chat=chat_id)


def colleagues(database: Database) -> tuple[Colleague, ...]:
    """Who could go on with a chat, those with the fewest first."""
    return database.rows(Colleague, "chat_colleagues")


def queue(database: Database) -> Queue:
    """How the queue stands."""
    return database.one(Queue, "chat_queue")
