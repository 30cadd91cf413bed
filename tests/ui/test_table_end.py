"""The end of a long list: as far as its last line, with a sign on the way, and nobody has to wait for it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.database.errors import Busy
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from tests.ui.shelf import NoDatabase, Shelf
from tests.ui.test_table import Stand

END, ESCAPE, PAGE_DOWN = Qt.Key.Key_End, Qt.Key.Key_Escape, Qt.Key.Key_PageDown


@pytest.fixture
def stand(qtbot: QtBot) -> Iterator[Stand]:
    """Four thousand lines."""
    operations = Operations(sort_error)
    operations.open(NoDatabase(), NoDatabase(), lambda: ())
    made = Stand(qtbot, operations, Shelf().fill(4000))
    made.begin()
    yield made
    operations.close()


def test_end_goes_to_the_true_last_line(qtbot: QtBot, stand: Stand) -> None:
    QTest.keyClick(stand.view, END)
    qtbot.waitUntil(lambda: stand.view.current_id == 4000)
    stand.rest()
    assert stand.model.whole
    assert stand.model.rowCount() == 4000
    assert len(list(stand.model.loaded())) <= 2000
    assert stand.view.rowViewportPosition(3999) < stand.view.viewport().height()
    assert stand.frame.placeholder.sentence == ""
    QTest.keyClick(stand.view, Qt.Key.Key_Home)
    stand.rest()
    assert stand.view.current_id == 1
    asked = len(stand.shelf.asked)
    QTest.keyClick(stand.view, END)  # known by now: only its page is asked for
    stand.rest()
    assert stand.view.current_id == 4000
    assert len(stand.shelf.asked) - asked <= 3


def test_the_way_to_the_end_is_told_and_can_be_left(qtbot: QtBot, stand: Stand) -> None:
    stand.shelf.gate.clear()
    QTest.keyClick(stand.view, END)
    assert stand.frame.placeholder.sentence == ""
    known = stand.model.rowCount()
    told = f"Vamos al final de la lista: {known} libros hasta acá…"
    qtbot.waitUntil(lambda: stand.frame.placeholder.sentence == told)
    assert stand.view.current_id == 1
    cancel = stand.frame.placeholder.findChild(QPushButton, "placeholder_choice_1")
    assert isinstance(cancel, QPushButton)
    cancel.click()
    assert stand.frame.placeholder.sentence == ""
    stand.shelf.gate.set()
    stand.rest()
    assert not stand.model.whole
    assert stand.view.current_id == 1


@pytest.mark.parametrize("key", [ESCAPE, Qt.Key.Key_Down, Qt.Key.Key_Home])
def test_another_key_stays_where_one_is(stand: Stand, key: Qt.Key) -> None:
    stand.go_to(50)
    stand.shelf.gate.clear()
    QTest.keyClick(stand.view, END)
    assert stand.model.ending
    QTest.keyClick(stand.view, key)
    assert not stand.model.ending
    stand.shelf.gate.set()
    stand.rest()
    assert stand.view.current_id == {ESCAPE: 50, Qt.Key.Key_Down: 51, Qt.Key.Key_Home: 1}[key]


def test_another_list_and_a_failure_end_the_way(qtbot: QtBot, stand: Stand) -> None:
    stand.shelf.error = Busy("Está ocupado.")
    QTest.keyClick(stand.view, END)
    qtbot.waitUntil(lambda: "Está ocupado." in stand.frame.age)
    assert not stand.model.ending
    stand.shelf.error = None
    QTest.keyClick(stand.view, END)
    stand.begin()
    assert not stand.model.ending
    assert stand.view.current_id == 1


def test_what_changes_on_the_way_does_not_stop_it(qtbot: QtBot, stand: Stand) -> None:
    stand.shelf.gate.clear()
    QTest.keyClick(stand.view, END)
    stand.model.reload()
    stand.shelf.gate.set()
    qtbot.waitUntil(lambda: stand.view.current_id == 4000)


def test_page_down_goes_on_as_soon_as_lines_come(qtbot: QtBot, stand: Stand) -> None:
    known = stand.model.rowCount()
    page = stand.view.viewport().height() // 30
    stand.shelf.gate.clear()
    stand.view.choose(known - 3)
    QTest.keyClick(stand.view, PAGE_DOWN)
    assert stand.view.current_id == known
    stand.shelf.gate.set()
    qtbot.waitUntil(lambda: stand.view.current_id == known - 3 + page)
    stand.rest()
    assert stand.view.current_id == known - 3 + page
