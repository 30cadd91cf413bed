"""The lock and «Ocultar todo»: nothing to read, nothing works, and then all is as it was."""

import psycopg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.people import PASSWORD
from tests.ui.programs import Workstation


def test_the_lock_hides_everything_and_gives_it_back_as_it_was(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    field = QLineEdit("Gómez paga", window.frame)
    field.show()
    field.setFocus()
    field.setCursorPosition(5)
    window.idle.idle.emit()
    assert not window.frame.isVisible()
    assert window.lock_screen.isVisible()
    assert QApplication.focusWidget() is window.lock_screen.password.line
    window.lock_screen.password.setText("no es esta")
    station.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.lock_screen.error.text() != "")
    assert window.lock_screen.isVisible()
    window.lock_screen.password.setText(PASSWORD)
    station.press(Qt.Key.Key_Enter)
    qtbot.waitUntil(window.frame.isVisible)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    assert (field.text(), field.cursorPosition()) == ("Gómez paga", 5)


def test_nothing_works_behind_the_lock(qtbot: QtBot, station: Workstation, superuser: psycopg.Connection) -> None:
    station.window.open_list("delinquent")
    station.settle()
    station.window.lock()
    for key in (Qt.Key.Key_F8, Qt.Key.Key_F1, Qt.Key.Key_F11):
        station.press(key)
    station.settle()
    assert superuser.execute("SELECT count(*) FROM iduo.case WHERE assigned_to IS NOT NULL").fetchone() == (0,)
    assert station.window.curtain.face is station.window.lock_screen
    assert QApplication.activeModalWidget() is None


def test_an_open_dialog_goes_behind_the_lock_and_comes_back(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    dialog = QDialog(window)
    field = QLineEdit("a medio escribir", dialog)
    dialog.open()
    qtbot.waitUntil(dialog.isActiveWindow)
    field.setFocus()
    window.lock()
    assert not dialog.isVisible()
    window.lock_screen.password.setText(PASSWORD)
    window.lock_screen.unlock.click()
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.isModal()
    assert field.text() == "a medio escribir"
    assert dialog.result() == 0


def test_f11_puts_everything_away_and_back(qtbot: QtBot, station: Workstation) -> None:
    focused = QApplication.focusWidget()
    station.press(Qt.Key.Key_F11)
    assert not station.window.frame.isVisible()
    station.press(Qt.Key.Key_F11)
    assert station.window.frame.isVisible()
    assert QApplication.focusWidget() is focused


def test_the_window_locks_when_nobody_touches_it(qtbot: QtBot, station: Workstation) -> None:
    idle = station.window.idle
    idle._seconds = 1
    idle.restart()
    qtbot.wait(700)
    station.press(Qt.Key.Key_Shift)
    qtbot.wait(600)
    assert station.window.curtain.face is None
    qtbot.waitUntil(lambda: station.window.curtain.face is station.window.lock_screen, timeout=2000)
