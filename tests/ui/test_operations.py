"""The bridge to slow work: threads, callbacks, owners that go, lost lines, and the change feed."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop.database.errors import Busy, ConnectionLost, InDoubt, UserError
from iduo_desktop.ui import operations as module
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Change, Fault, Operations


class Line:
    """Something that can be closed, with a feed that the test fills and breaks."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.cancelled = threading.Event()
        self.news: list[Change] = []
        self.error: Exception | None = None
        self.polls = 0
        self.calls = threading.Event()
        self.woken = threading.Event()

    def close(self) -> None:
        """Closed from any thread."""
        self.woken.set()
        self.closed.set()

    def wait(self, seconds: float) -> bool:
        """Between two polls, until the test calls."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.woken.wait(0.01):
            if self.calls.is_set():
                self.calls.clear()
                return True
        self.woken.clear()
        return False

    def wake(self) -> None:
        """End the wait."""
        self.woken.set()

    def cancel(self) -> None:
        """Cancelled from any thread."""
        self.cancelled.set()

    def poll(self) -> tuple[Change, ...]:
        """What the test put here, once."""
        self.woken.clear()
        self.polls += 1
        if self.error is not None:
            raise self.error
        news, self.news = tuple(self.news), []
        return news


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def operations(qtbot: QtBot, line: Line) -> Iterator[Operations]:
    made = Operations(sort_error)
    made.open(line, line, line.poll)
    yield made
    made.close()


@pytest.fixture
def owner() -> QObject:
    return QObject()


def thread_of(_line: Line) -> int:
    """Which thread works."""
    return threading.get_ident()


def raising(error: Exception) -> Callable[[Line], None]:
    """A function of a service that fails."""

    def fail(_line: Line) -> None:
        raise error

    return fail


def test_work_in_a_worker_and_callback_on_the_ui_thread(qtbot: QtBot, operations: Operations, owner: QObject) -> None:
    threads: list[object] = []
    operations.run(owner, thread_of).then(threads.append).then(lambda _: threads.append(threading.get_ident()))
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threading.get_ident() == threads[1]
    assert QThread.currentThread().isMainThread()


def test_values_and_the_database_are_handed_over(
    qtbot: QtBot, operations: Operations, owner: QObject, line: Line
) -> None:
    got: list[object] = []
    operations.run(owner, lambda *values: values, 1, "two").then(got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert got == [(line, 1, "two")]


def test_local_work_is_not_behind_the_database(qtbot: QtBot, operations: Operations, owner: QObject) -> None:
    gate, got = threading.Event(), list[str]()
    operations.run(owner, lambda _: gate.wait(5)).then(lambda _: got.append("database"))
    operations.run_local(owner, str.upper, "file").then(got.append)
    qtbot.waitUntil(lambda: got == ["FILE"])
    gate.set()
    qtbot.waitUntil(lambda: got == ["FILE", "database"])


def test_no_callback_when_the_owner_is_gone(qtbot: QtBot, operations: Operations) -> None:
    parent, gate, got = QWidget(), threading.Event(), list[object]()
    owner = QWidget(parent)
    operations.run(owner, lambda _: gate.wait(5)).then(got.append)
    operations.run(owner, raising(UserError("No."))).refused(got.append)
    delete(parent)
    gate.set()
    qtbot.waitUntil(lambda: operations._unsettled == 0)
    assert got == []


def test_nothing_is_kept_after_the_callback(qtbot: QtBot, operations: Operations) -> None:
    owner, got = QObject(), list[object]()
    gone = weakref.ref(operations.run(owner, thread_of).then(got.append))
    qtbot.waitUntil(lambda: bool(got))
    gc.collect()
    qtbot.waitUntil(lambda: gone() is None)


def test_cancel_forgets_and_what_waits_never_begins(qtbot: QtBot, operations: Operations, owner: QObject) -> None:
    gate, ran, got = threading.Event(), list[int](), list[object]()
    first = operations.run(owner, lambda _: gate.wait(5)).then(got.append)
    second = operations.run(owner, lambda _: ran.append(2)).then(got.append)
    first.cancel()
    second.cancel()
    gate.set()
    operations.run(owner, lambda _: "third").then(got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert (ran, got) == ([], ["third"])


def test_stop_cancels_on_the_server_when_nothing_else_waits(
    qtbot: QtBot, operations: Operations, owner: QObject, line: Line
) -> None:
    begun, got = threading.Event(), list[object]()

    def search(line: Line) -> None:
        begun.set()
        line.cancelled.wait(5)

    stale = operations.run(owner, search).then(got.append)
    assert begun.wait(5)
    stale.stop()
    assert line.cancelled.is_set()
    operations.run(owner, lambda _: "next").then(got.append)
    qtbot.waitUntil(lambda: got == ["next"])


def test_stop_leaves_alone_what_waits_behind(qtbot: QtBot, operations: Operations, owner: QObject, line: Line) -> None:
    begun, gate, got = threading.Event(), threading.Event(), list[object]()

    def search(_line: Line) -> None:
        begun.set()
        gate.wait(5)

    stale = operations.run(owner, search)
    operations.run(owner, lambda _: "saved").then(got.append)
    assert begun.wait(5)
    stale.stop()
    gate.set()
    qtbot.waitUntil(lambda: got == ["saved"])
    assert not line.cancelled.is_set()


def test_busy_disables_and_gives_the_focus_back(qtbot: QtBot, operations: Operations) -> None:
    window, gate = QWidget(), threading.Event()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    button, field = QPushButton("Guardar"), QLineEdit()
    layout.addWidget(button)
    layout.addWidget(field)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    button.setFocus()
    operations.run(window, lambda _: gate.wait(5)).busy(button)
    assert not button.isEnabled()
    gate.set()
    qtbot.waitUntil(button.isEnabled)
    assert QApplication.focusWidget() is button


def test_busy_leaves_the_focus_where_the_operator_took_it(qtbot: QtBot, operations: Operations) -> None:
    window, gate = QWidget(), threading.Event()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    button, field, other = QPushButton("Guardar"), QLineEdit(), QLineEdit()
    for widget in (button, field, other):
        layout.addWidget(widget)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    button.setFocus()
    operations.run(window, lambda _: gate.wait(5)).busy(button)
    other.setFocus()
    gate.set()
    qtbot.waitUntil(button.isEnabled)
    assert QApplication.focusWidget() is other


def test_busy_leaves_disabled_what_was_disabled(qtbot: QtBot, operations: Operations, owner: QObject) -> None:
    button, got = QPushButton(), list[object]()
    qtbot.addWidget(button)
    button.setEnabled(False)
    operations.run(owner, thread_of).busy(button).then(got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert not button.isEnabled()


@pytest.mark.parametrize("error", [UserError("No."), Busy(), InDoubt(), ConnectionLost()])
def test_errors_go_to_who_can_act(qtbot: QtBot, operations: Operations, owner: QObject, error: Exception) -> None:
    refused, failed = list[object](), list[object]()
    operations.run(owner, raising(error)).refused(refused.append).failed(failed.append)
    qtbot.waitUntil(lambda: bool(refused or failed))
    assert (refused, failed) == (([error], []) if isinstance(error, UserError) else ([], [error]))


def test_errors_that_nobody_takes_reach_the_window_and_can_be_retried(
    qtbot: QtBot, operations: Operations, owner: QObject
) -> None:
    tries, got = list[str](), list[str]()

    def flaky(_line: Line, key: str) -> str:
        tries.append(key)
        if len(tries) == 1:
            raise Busy
        return key

    with qtbot.waitSignal(operations.failed) as failed:
        operations.run(owner, flaky, "same key").then(got.append)
    assert failed.args is not None
    error, operation = failed.args
    assert isinstance(error, Busy)
    operation.retry()
    qtbot.waitUntil(lambda: got == ["same key"])
    assert tries == ["same key", "same key"]


def test_our_mistakes_are_raised_on_the_ui_thread_after_the_widgets_are_free(
    qtbot: QtBot, operations: Operations, owner: QObject
) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    with qtbot.captureExceptions() as raised:
        operations.run(owner, raising(ValueError("ours"))).busy(button)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][0] is ValueError
    assert button.isEnabled()


def test_the_feed_tells_of_changes_at_once_after_a_command(
    qtbot: QtBot, operations: Operations, owner: QObject, line: Line
) -> None:
    changes = list[Change]()
    operations.changed.connect(lambda table, row: changes.append((table, row)))
    qtbot.waitUntil(lambda: line.polls == 1)
    operations.run(owner, lambda line: line.news.extend([("case", 42), ("company", None)]))
    qtbot.waitUntil(lambda: changes == [("case", 42), ("company", None)], timeout=1000)


def test_the_feed_is_asked_again_and_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, operations: Operations, line: Line
) -> None:
    monkeypatch.setattr(operations, "_pace", 0.05)
    qtbot.waitUntil(lambda: line.polls >= 4)


def test_a_lost_line_is_told_once_and_comes_back_by_itself(
    qtbot: QtBot, operations: Operations, owner: QObject, line: Line
) -> None:
    told = list[bool]()
    operations.connection_changed.connect(told.append)
    line.error = ConnectionLost()
    operations.run(owner, raising(ConnectionLost())).failed(lambda _: None)
    qtbot.waitUntil(lambda: told == [False])
    qtbot.waitUntil(lambda: line.polls >= 3)
    assert not operations.online
    line.error = None
    qtbot.waitUntil(lambda: told == [False, True])
    assert operations.online


def test_back_off_grows_to_its_limit(qtbot: QtBot, operations: Operations, line: Line) -> None:
    qtbot.waitUntil(lambda: line.polls == 1)
    for _ in range(10):
        operations._settle_poll_error(ConnectionLost())
    assert operations._wait == module.BACK_OFF_SECONDS[1]
    assert operations._timer.interval() <= 5000


def test_the_feed_is_asked_at_once_when_it_is_called(qtbot: QtBot, operations: Operations, line: Line) -> None:
    qtbot.waitUntil(lambda: line.polls == 1)
    line.news = [("case", 9)]
    with qtbot.waitSignal(operations.changed, timeout=1_000) as changed:
        line.calls.set()
    assert changed.args == ["case", 9]
    assert line.polls == 2
    line.calls.set()
    line.calls.set()
    qtbot.waitUntil(lambda: line.polls == 3)


def test_who_listens_is_not_in_the_way_of_a_poll(qtbot: QtBot, operations: Operations, line: Line) -> None:
    qtbot.waitUntil(lambda: line.polls == 1)
    began = time.monotonic()
    operations.poll_now()
    qtbot.waitUntil(lambda: line.polls == 2)
    assert time.monotonic() - began < 1.0


def test_a_refused_feed_ends_the_session(qtbot: QtBot, operations: Operations, line: Line) -> None:
    line.error = UserError("Tu usuario está desactivado. Hablá con tu coordinador.")
    with qtbot.waitSignal(operations.ended) as ended:
        operations.poll_now()
    assert ended.args == [line.error]


def test_closing_waits_for_what_is_under_way_and_calls_nobody(qtbot: QtBot, line: Line, owner: QObject) -> None:
    operations = Operations(sort_error)
    operations.open(line, line, line.poll)
    begun, finished, got = threading.Event(), list[int](), list[object]()

    def save(_line: Line) -> None:
        begun.set()
        QThread.msleep(50)
        finished.append(1)

    operations.run(owner, save).then(got.append)
    assert begun.wait(5)
    operations.close()
    QApplication.processEvents()
    assert (finished, got) == ([1], [])
    assert line.closed.is_set()


def test_no_session_no_database(owner: QObject) -> None:
    operations = Operations(lambda _: Fault.BUG)
    with pytest.raises(RuntimeError):
        operations.run(owner, thread_of)
    operations.close()


def test_one_worker_holds_the_connection(qtbot: QtBot, operations: Operations, owner: QObject) -> None:
    threads = list[object]()
    for _ in range(20):
        operations.run(owner, thread_of).then(threads.append)
    qtbot.waitUntil(lambda: len(threads) == 20)
    assert len(set(threads)) == 1
    assert isinstance(operations._commands, ThreadPoolExecutor)
