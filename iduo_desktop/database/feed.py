"""Which rows changed since the last look, one's own changes and colleagues' alike; and when to look."""

from dataclasses import dataclass
from typing import NamedTuple

from iduo_desktop.database.bell import Bell
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import Busy
from iduo_desktop.database.servers import Place

# What the guard sends, without a word in it, when something changed.
CHANNEL = "iduo_change"
# A cursor that no server has come to: the answer to it is that everything may be different.
_OF_NO_TIME = "9223372036854775807:9223372036854775807:"
# How long an answer may take that was not there within the feed's usual time, though the server is.
PATIENT_SECONDS = 15.0


class Change(NamedTuple):
    """A row that changed; `id` None: many rows of that table."""

    table_name: str
    id: int | None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the answer; the one without a table brings only the cursor."""

    cursor: str
    table_name: str | None
    id: int | None
    waker: int | None


class Feed:
    """Asks again and again; nothing is skipped between two looks, also across a lost connection."""

    def __init__(self, database: Database) -> None:
        """`database` serves the feed only: it asks while commands are under way."""
        self._database = database
        self._bell = Bell()
        self._waker: int | None = None
        self._cursor: str | None = None
        self._place: Place | None = None

    def poll(self) -> tuple[Change, ...]:
        """What changed since the last poll; the first one answers nothing and begins."""
        self._bell.clear()
        try:
            rows = self._ask()
        except Busy:
            with self._database.patient(PATIENT_SECONDS):
                rows = self._ask()
        if self._place not in (None, self._database.place):
            rows = self._ask(_OF_NO_TIME)  # another server: what this one counted has nothing to do with it
        self._place = self._database.place
        for row in rows:
            self._cursor, self._waker = row.cursor, row.waker
        return tuple(Change(row.table_name, row.id) for row in rows if row.table_name is not None)

    def _ask(self, since: str | None = None) -> tuple[_Row, ...]:
        return self._database.rows(_Row, "changes", since=since or self._cursor)

    def wait(self, seconds: float) -> bool:
        """Between two polls: True as soon as the guard says that something changed, False after that time."""
        return self._database.hear(CHANNEL, self._waker, seconds, self._bell)

    def wake(self) -> None:
        """End the wait, from any thread."""
        self._bell.ring()

    def close(self) -> None:
        """Hang up, from any thread."""
        self._bell.ring()
        self._database.close()
