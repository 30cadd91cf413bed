"""When something reminds: asked of the database at the start, when its time comes, and whenever that may be another."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import Database, agenda
from iduo_desktop.services.agenda import Activation, Counts, Item
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pace import Pace
from iduo_desktop.ui.widgets.date_box import Clock

ROUTES = "route_activation"
TABLES = {"call", "task", "case", "promise", "callback_rest", "contact", "pause", ROUTES}
COLLECT_MS, REST_MS = 300, 3_000
STEP_MS = 15_000
SOON_MS, RETRY_MS = 250, 5_000
JUMP = timedelta(seconds=5)
AT_LEAST_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pending:
    """What stands in the agenda, what reminds now, and the routes that nobody has taken."""

    counts: Counts
    ringing: tuple[Item, ...]
    routes: tuple[Activation, ...]


class Reminders(QObject):
    """One timer, set to the next time that something reminds, in steps that notice a PC that slept.

    `found` brings what is pending. Whoever does not work at the desk has nothing in it but routes that are late.
    """

    found = Signal(object)

    def __init__(self, operations: Operations, clock: Clock, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._next: datetime | None = None
        self._expected = self._asked_at = clock()
        self._asking = self._again = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tick)
        self._pace = Pace(operations, COLLECT_MS, REST_MS, self)
        self._pace.due.connect(self.look)
        operations.changed.connect(self._note_change)
        operations.connection_changed.connect(lambda online: self.look() if online else None)

    def look(self) -> None:
        """Ask what reminds now, and when something will."""
        if self._asking:
            self._again = True
            return
        self._asking, self._again = True, False
        self._pace.begin()
        asked = self._operations.refresh(self, _look)
        asked.then(self._know).refused(self._wait).failed(self._wait)

    def _know(self, pending: Pending) -> None:
        self._asking = False
        self._asked_at = self._clock()
        self._next = pending.counts.next_ring
        self._arm()
        self.found.emit(pending)
        if self._again:
            self.look()

    def _wait(self, _error: object) -> None:
        """Without an answer: the line that comes back asks at once, anything else in a while."""
        self._asking = False
        self._next = self._clock()
        self._expected = self._next + timedelta(milliseconds=RETRY_MS)
        self._timer.start(RETRY_MS)

    def _arm(self) -> None:
        now = self._clock()
        wait = STEP_MS
        if self._next is not None:
            left = round((self._next - now).total_seconds() * 1000)
            # the server's clock may be a little behind: soon at first, then ever more slowly
            wait = min(wait, left if left > 0 else min(max(-left, SOON_MS), RETRY_MS))
        self._expected = now + timedelta(milliseconds=wait)
        self._timer.start(wait)

    def _tick(self) -> None:
        now = self._clock()
        due = self._next is not None and now >= self._next
        jumped = abs(now - self._expected) > JUMP
        if due or jumped or now - self._asked_at > AT_LEAST_EVERY:
            self.look()
        else:
            self._arm()

    def _note_change(self, table: str, _id: object) -> None:
        """A route does not wait."""
        if table == ROUTES:
            self.look()
        elif table in TABLES:
            self._pace.note()


def _look(database: Database) -> Pending:
    """Each desk asks after each change, and mostly nothing is pending: what the counts rule out is not asked."""
    counts = agenda.counts(database)
    ringing = agenda.ringing(database) if counts.ringing else ()
    return Pending(counts, ringing, agenda.activations(database) if counts.routes else ())
