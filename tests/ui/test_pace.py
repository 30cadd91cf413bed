"""How often a window asks by itself: at once in a quiet place, rarely where hundreds work, at once after one's own."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QElapsedTimer
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pace import Pace

SOON, REST = 20, 600


@pytest.fixture
def operations(qtbot: QtBot) -> Operations:
    """Whose acts count."""
    return Operations(sort_error)


@pytest.fixture
def pace(operations: Operations) -> Pace:
    """Of something that asks as soon as it may."""
    made = Pace(operations, SOON, REST, operations)
    made.due.connect(made.begin)
    return made


@pytest.fixture
def waited(qtbot: QtBot, pace: Pace) -> Callable[[], int]:
    """The milliseconds until it asks."""

    def wait() -> int:
        clock = QElapsedTimer()
        clock.start()
        with qtbot.waitSignal(pace.due):
            pass
        return clock.elapsed()

    return wait


def test_in_a_quiet_place_word_is_followed_at_once(qtbot: QtBot, pace: Pace, waited: Callable[[], int]) -> None:
    pace.note()
    assert waited() < REST / 2
    qtbot.wait(REST)
    pace.note()
    assert waited() < REST / 2


def test_much_word_is_one_question_and_then_another_after_a_rest(qtbot: QtBot, pace: Pace) -> None:
    asked = []
    pace.due.connect(lambda: asked.append(True))
    for _ in range(REST // 20):
        pace.note()
        qtbot.wait(10)
    assert len(asked) == 1
    assert pace.waiting
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert not pace.waiting


def test_who_acts_sees_it_at_once(operations: Operations, pace: Pace, waited: Callable[[], int]) -> None:
    pace.begin()
    pace.note()
    operations.acted.emit()
    assert waited() < REST / 2
    operations.acted.emit()
    pace.note(unseen=True)
    assert waited() < REST / 2


def test_what_nobody_sees_may_wait(qtbot: QtBot, pace: Pace, waited: Callable[[], int]) -> None:
    pace.begin()
    qtbot.wait(REST)
    pace.note(unseen=True)
    assert waited() > REST / 2
    qtbot.wait(REST)
    pace.note(unseen=True)
    pace.note()
    assert waited() < REST / 2
