"""What the web chat's service asks of the database: the visitors' functions, over a few lines of its own role."""

import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import psycopg

from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.admin.gateway_line import AwayError, Line
from iduo_desktop.database import errors

T = TypeVar("T")
# The role may have eight; a second gateway may begin while the first one ends. One more is for what is asked for all.
LINES: Final = 3
PATIENCE: Final = 10.0
PART: Final = "chat-database"


@dataclass(frozen=True, slots=True)
class Hours:
    """Whether somebody attends, from when on if not, and how many wait."""

    open: bool
    opens_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a chat stands. `place` is 0 when it does not wait; `attended_by` is a first name; `lines` counts them."""

    state: str
    place: int
    attended_by: str
    lines: int
    offered: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line; `key` is the visitor's own name for a line of his."""

    seq: int
    side: str
    name: str
    text: str
    at: datetime
    key: UUID | None


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the visitor's that is kept."""

    seq: int
    at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class News:
    """A row of what happened: the first has the cursor alone."""

    cursor: str
    everything: bool
    token: bytes | None
    state: str | None
    place: int | None
    attended_by: str | None
    lines: int | None
    offered: bool | None


@dataclass(frozen=True, slots=True)
class Left:
    """A message that became a ticket; `check` is its check digit, "" without one."""

    number: int
    check: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a visitor leaves it."""

    name: str
    company: str
    phone: str
    phone_e164: str | None
    phone_key: str
    email: str
    text: str


class ChatDoor:
    """Used by any number of threads at a time. RefusedError in words; AwayError where the database is not there.

    A door that is shut (the password, the rights) is away as well: the rest of the gateway goes on, and says so.
    """

    def __init__(self, conninfo: str, journal: Journal) -> None:
        self._journal = journal
        self._own = Line(conninfo, journal)
        self._lines = [Line(conninfo, journal) for _ in range(LINES)]
        self._free: queue.SimpleQueue[Line] = queue.SimpleQueue()
        for line in self._lines:
            self._free.put(line)

    def hours(self) -> Hours:
        """Now."""
        return self._one(lambda line: line.ask(Hours, "visitor_hours"))

    def open(self, token: bytes, address: bytes, name: str, company: str, page: str) -> Standing:
        """Begin a chat, or find the one of this secret."""
        return self._one(
            lambda line: line.ask(
                Standing, "visitor_open", token=token, address=address, name=name, company=company, page=page
            )
        )

    def standing(self, token: bytes) -> Standing | None:
        """Where it stands; None where no chat has this secret."""
        with self._line() as line:
            found = line.ask(Standing, "visitor_state", token=token)
        return found[0] if found else None

    def say(self, token: bytes, text: str, key: UUID) -> Said:
        """Keep a line; it is committed when this comes back."""
        return self._one(lambda line: line.ask(Said, "visitor_say", token=token, text=text, key=key))

    def lines(self, token: bytes, after: int) -> Sequence[Spoken]:
        """At most 200 lines after that one."""
        with self._line() as line:
            return line.ask(Spoken, "visitor_lines", token=token, after=after)

    def news(self, since: str | None) -> Sequence[News]:
        """What happened in all chats since that cursor."""
        with self._watched():
            found = self._own.ask(News, "visitor_news", since=since)
        self._journal.relieve(PART)
        return found

    def leave(self, token: bytes) -> None:
        """The visitor ends it."""
        with self._line() as line:
            line.ask(None, "visitor_leave", token=token)

    def here(self, tokens: Sequence[bytes], started_at: datetime) -> None:
        """Who is there."""
        with self._watched():
            self._own.ask(None, "visitors_here", tokens=list(tokens), started_at=started_at)
        self._journal.relieve(PART)

    def message(self, token: bytes | None, address: bytes, letter: Letter, key: UUID) -> Left:
        """Leave a message; it is committed when this comes back."""
        return self._one(
            lambda line: line.ask(
                Left,
                "visitor_message",
                token=token,
                address=address,
                name=letter.name,
                company=letter.company,
                phone=letter.phone,
                phone_e164=letter.phone_e164,
                phone_key=letter.phone_key,
                email=letter.email,
                text=letter.text,
                key=key,
            )
        )

    def close(self) -> None:
        """Hang up."""
        for line in (self._own, *self._lines):
            line.close()

    def _one(self, ask: Callable[[Line], Sequence[T]]) -> T:
        with self._line() as line:
            return ask(line)[0]

    @contextmanager
    def _line(self) -> Iterator[Line]:
        try:
            line = self._free.get(timeout=PATIENCE)
        except queue.Empty:
            raise AwayError from None
        try:
            with self._watched():
                yield line
        finally:
            self._free.put(line)

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except errors.UserError as error:
            self._journal.complain(PART, f"Chat del sitio: {error.message}")
            raise AwayError from None
        except psycopg.Error:
            words = "La base no está al día (iduo-admin database upgrade), o la cuenta no es iduo_chat."
            self._journal.complain(PART, f"Chat del sitio: {words}")
            raise AwayError from None
