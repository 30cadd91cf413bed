"""The one bridge to slow work: function in, callback on the UI thread out, and word of what changed."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QRandomGenerator, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

T = TypeVar("T")

POLL_SECONDS = 2.0
HURRY_SECONDS = 0.3  # while somebody waits for every word
POLL_GAP_SECONDS = 0.1
# When called, the feed is asked after so many times what an answer takes: hundreds of desks hear the same call.
REST_SHARE = 20
BACK_OFF_SECONDS = (0.1, 5.0)
# How long somebody who goes waits for what the server has not answered yet.
LAST_SECONDS = 3.0


class Fault(Enum):
    """Who can act on an error: the operator, the operator by asking again, nobody until the line is back, or us."""

    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"
    BUG = "bug"


class Connection(Protocol):
    """What operations has to know of a connection: it can be closed, from any thread."""

    def close(self) -> None:
        """Close it; a call under way ends with an error of kind LOST."""


class Feed(Connection, Protocol):
    """The connection that the feed uses; between two polls somebody may listen on it."""

    def wait(self, seconds: float) -> bool:
        """True as soon as something changed, False after that time or when woken."""

    def wake(self) -> None:
        """End the wait, from any thread."""


class Database(Connection, Protocol):
    """The connection that questions and commands take."""

    def cancel(self) -> None:
        """Stop the call under way without waiting; it ends with an error of kind FAILED, or done."""


Change = tuple[str, int | None]
Sort = Callable[[BaseException], Fault]
Poll = Callable[[], Iterable[Change]]


class Operation(Generic[T]):
    """Work under way. Callbacks run on the UI thread, once, and not at all when the owner is gone."""

    def __init__(self, operations: "Operations", owner: QObject, executor: ThreadPoolExecutor, work: Callable[[], T]):
        self.changes_something = True
        self._operations = operations
        self._owner = owner
        self.executor = executor
        self._work = work
        self._widgets: list[QWidget] = []
        self._focus: tuple[QWidget, QWidget | None] | None = None
        self._then: list[Callable[[T], object]] = []
        self._refused: Callable[[Any], object] = operations.refused.emit
        self._failed: Callable[[Any], object] = lambda error: operations.failed.emit(error, self)
        self._future: Future[T] | None = None

    def busy(self, *widgets: QWidget) -> "Operation[T]":
        """Disable these while it runs; then enable them again and give the focus back."""
        self._widgets = [widget for widget in widgets if widget.isEnabled()]
        if self._future is not None:
            self._disable()
        return self

    def then(self, callback: Callable[[T], object]) -> "Operation[T]":
        """Call back with the result."""
        self._then.append(callback)
        return self

    def refused(self, callback: Callable[[Any], object]) -> "Operation[T]":
        """Call back with the UserError instead of showing its sentence in the window's notice."""
        self._refused = callback
        return self

    def failed(self, callback: Callable[[Any], object]) -> "Operation[T]":
        """Call back with Busy, InDoubt or ConnectionLost instead of offering «Reintentar» in the notice."""
        self._failed = callback
        return self

    def cancel(self) -> None:
        """Forget it: no callback will come, and work that has not begun will not begin."""
        future, self._future = self._future, None
        self._enable()
        if future is not None:
            future.cancel()

    @property
    def running(self) -> bool:
        """True while its worker is at it."""
        return self._future is not None and self._future.running()

    def stop(self) -> None:
        """Cancel a question whose answer nobody wants any more, on the server too, unless others wait behind it."""
        running = self.running
        self.cancel()
        if running:
            self._operations.stop_running()

    def retry(self) -> None:
        """Ask again with the same values, and so with the same key."""
        self.start()
        self._disable()

    def start(self) -> None:
        """Hand the work to its worker; called by Operations."""
        self._operations.begin(self)
        self._future = self.executor.submit(self._work)
        self._future.add_done_callback(lambda future: self._operations.done.emit(self, future))

    def settle(self, future: Future[T]) -> None:
        """On the UI thread: the work has ended."""
        if future is not self._future or future.cancelled():
            return
        self._future = None
        self._enable()
        error = future.exception()
        if error is not None:
            self._settle_error(error)
            return
        for callback in self._then:
            if isValid(self._owner):
                callback(future.result())

    def _settle_error(self, error: BaseException) -> None:
        fault = self._operations.sort(error)
        if fault is Fault.BUG:
            raise error
        if isValid(self._owner):
            (self._refused if fault is Fault.REFUSED else self._failed)(error)

    def _disable(self) -> None:
        focus = QApplication.focusWidget()
        for widget in self._widgets:
            widget.setEnabled(False)
        if focus is not None and not focus.isEnabled():
            self._focus = (focus, QApplication.focusWidget())

    def _enable(self) -> None:
        for widget in self._widgets:
            if isValid(widget):
                widget.setEnabled(True)
        if self._focus is None:
            return
        (before, meanwhile), self._focus = self._focus, None
        # Whoever went on to another field in the meantime stays there.
        if isValid(before) and QApplication.focusWidget() is meanwhile:
            before.setFocus(Qt.FocusReason.OtherFocusReason)


class Operations(QObject):
    """Workers: one for the database, one for its change feed, one for files and the keyring, one for drafts.

    The first two have a connection each. `changed` brings what anybody changed; `acted`: one's own question is done.
    """

    changed = Signal(str, object)
    acted = Signal()
    connection_changed = Signal(bool)
    refused = Signal(object)
    failed = Signal(object, object)
    ended = Signal(object)
    done = Signal(object, object)
    _polled = Signal(object)
    _heard = Signal(object)

    def __init__(self, sort: Sort, parent: QObject | None = None):
        super().__init__(parent)
        self._sort = sort
        self._database: Database | None = None
        self._feed: Feed | None = None
        self._poll: Poll | None = None
        self._online = True
        self._closed = False
        self._polling = self._poll_again = False
        self._polled_at, self._pace, self._poll_takes = -POLL_GAP_SECONDS, POLL_SECONDS, 0.0
        self._wait, self._unsettled = BACK_OFF_SECONDS[0], 0
        self._commands = ThreadPoolExecutor(1, "database")
        self._feeding = ThreadPoolExecutor(1, "feed")
        self._local = ThreadPoolExecutor(1, "local")
        self._keeping = ThreadPoolExecutor(1, "keeping")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._ask_feed)
        self.done.connect(self._settle, Qt.ConnectionType.QueuedConnection)
        self._polled.connect(self._settle_poll, Qt.ConnectionType.QueuedConnection)
        self._heard.connect(self._settle_heard, Qt.ConnectionType.QueuedConnection)

    @property
    def online(self) -> bool:
        """False while the connection is lost."""
        return self._online

    @property
    def settled(self) -> bool:
        """True while nothing is asked of the database."""
        return self._unsettled == 0

    def open(self, database: Database, feed: Feed, poll: Poll) -> tuple[Connection, ...]:
        """Begin a session: `database` is passed to what runs; `poll` asks `feed` what changed since the last time.

        The answer are the connections of before, if any, for the caller to close.
        """
        before = tuple(old for old in (self._database, self._feed) if old is not None)
        self._database, self._feed, self._poll = database, feed, poll
        self._timer.start(0)
        return before

    def run(self, owner: QObject, function: Callable[..., T], *values: object) -> Operation[T]:
        """Run `function(database, *values)` in the database's worker."""
        database = self._database
        if database is None:
            raise RuntimeError("no session is open")
        return self._start(Operation(self, owner, self._commands, lambda: function(database, *values)))

    def refresh(self, owner: QObject, function: Callable[..., T], *values: object) -> Operation[T]:
        """As `run`, for what the window asks by itself when word came: it changes nothing, so the feed is not asked."""
        operation = self.run(owner, function, *values)
        operation.changes_something = False
        return operation

    def run_local(self, owner: QObject, function: Callable[..., T], *values: object) -> Operation[T]:
        """Run `function(*values)`, slow work without the database, in a worker of its own."""
        return self._start(Operation(self, owner, self._local, lambda: function(*values)))

    def run_keeping(self, owner: QObject, function: Callable[..., T], *values: object) -> Operation[T]:
        """Run `function(*values)`, which keeps what is typed, in a worker that nothing long stands in the way of."""
        return self._start(Operation(self, owner, self._keeping, lambda: function(*values)))

    def poll_now(self) -> None:
        """Ask the feed without waiting for the next turn (F5, «Reintentar ahora»)."""
        if self._polling:
            self._poll_again = True
        else:
            self._poll_after(POLL_GAP_SECONDS)

    def hurry(self, *, on: bool) -> None:
        """Ask the feed more often from now on, or as usual again."""
        self._pace = HURRY_SECONDS if on else POLL_SECONDS
        if on and not self._polling:
            self._poll_after(self._pace)

    def _poll_after(self, gap: float) -> None:
        """So long after the last poll, or sooner if that was planned."""
        if self._poll is not None and not self._closed:
            rest = max(0, round((self._polled_at + gap - time.monotonic()) * 1000))
            if not 0 <= self._timer.remainingTime() <= rest:
                self._timer.start(rest)

    def sort(self, error: BaseException) -> Fault:
        """Whose fault an error is; a lost line is noticed here."""
        fault = self._sort(error)
        if fault is Fault.LOST:
            self._lost()
        return fault

    def stop(self) -> None:
        """On the UI thread, before `close`: from here on nothing begins and nothing is called back."""
        self._closed = True
        self._timer.stop()

    def close(self) -> None:
        """Wait for what is under way, but not long for a frozen server, then hang up. After `stop` from any thread."""
        if not self._closed:
            self.stop()
        self.finish_files()
        if self._feed is not None:
            self._feed.close()
        self._feeding.shutdown(wait=True, cancel_futures=True)
        patience = threading.Timer(LAST_SECONDS, self._hang_up)
        patience.start()
        self._commands.shutdown(wait=True, cancel_futures=True)
        patience.cancel()
        self._hang_up()

    def finish_files(self) -> None:
        """Files and the keyring are written to the end, drafts too."""
        self._local.shutdown(wait=True)
        self._keeping.shutdown(wait=True)

    def _hang_up(self) -> None:
        if self._database is not None:
            self._database.close()

    def begin(self, operation: Operation[Any]) -> None:
        """Count what waits for the database's worker."""
        self._unsettled += operation.executor is self._commands

    def stop_running(self) -> None:
        """Cancel the only question under way; with others behind it the wrong one might be hit."""
        if self._database is not None and self._unsettled == 1:
            self._database.cancel()

    def interrupt(self, operation: Operation[Any]) -> None:
        """Stop on the server what this one asks now; it is still called back, with what became of it."""
        if operation.running and operation.executor is self._commands:
            self.stop_running()

    def _start(self, operation: Operation[T]) -> Operation[T]:
        if not self._closed:  # a timer or a focus that leaves may still ask while the window goes
            operation.start()
        return operation

    @Slot(object, object)
    def _settle(self, operation: Operation[Any], future: Future[Any]) -> None:
        if self._closed:
            return
        if operation.executor is self._commands:
            self._unsettled -= 1
            if operation.changes_something:
                self.acted.emit()
                self.poll_now()
        operation.settle(future)

    def _ask_feed(self) -> None:
        if self._poll is None or self._feed is None or self._closed:
            return
        self._feed.wake()
        self._polling, self._poll_again = True, False
        self._polled_at = time.monotonic()
        poll = self._poll
        future = self._feeding.submit(self._timed, poll)
        future.add_done_callback(self._polled.emit)

    def _timed(self, poll: Poll) -> tuple[Change, ...]:
        """In the feed's worker: how long an answer takes says how busy the server is."""
        begun = time.monotonic()
        found = tuple(poll())
        self._poll_takes = time.monotonic() - begun
        return found

    @Slot(object)
    def _settle_poll(self, future: Future[tuple[Change, ...]]) -> None:
        self._polling = False
        if self._closed or future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._settle_poll_error(error)
            return
        self._back()
        self._timer.start(round(self._pace * 1000))
        self._listen()
        if self._poll_again:
            self.poll_now()
        for table, row in future.result():
            self.changed.emit(table, row)

    def _listen(self) -> None:
        """Until the next poll its worker has nothing else to do."""
        if self._feed is not None:
            self._feeding.submit(self._feed.wait, self._pace).add_done_callback(self._heard.emit)

    @Slot(object)
    def _settle_heard(self, future: Future[bool]) -> None:
        if not self._closed and not future.cancelled() and future.result():
            self._poll_after(min(max(REST_SHARE * self._poll_takes, POLL_GAP_SECONDS), POLL_SECONDS))

    def _settle_poll_error(self, error: BaseException) -> None:
        fault = self.sort(error)
        if fault is Fault.REFUSED:
            self._poll = None
            self.ended.emit(error)
            return
        jitter = 0.5 + QRandomGenerator.global_().generateDouble() / 2
        self._timer.start(round(self._wait * jitter * 1000))
        self._wait = min(self._wait * 2, BACK_OFF_SECONDS[1])
        if fault is Fault.BUG:
            raise error

    def _lost(self) -> None:
        if self._online and self._poll is not None and not self._closed:
            self._online = False
            self.connection_changed.emit(False)

    def _back(self) -> None:
        self._wait = BACK_OFF_SECONDS[0]
        if not self._online:
            self._online = True
            self.connection_changed.emit(True)
