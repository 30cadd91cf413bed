"""What hands do in the settings: wait for a dialog, go to a button and press it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk import Keyboard

PATIENCE_MS = 15_000


def dialog(qtbot: QtBot, name: str) -> QWidget:
    """The dialog of this name, once it is there."""
    qtbot.waitUntil(lambda: modal() == name, timeout=PATIENCE_MS)
    found = QApplication.activeModalWidget()
    assert found is not None
    found.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is found)
    return found


def modal() -> str:
    """The name of the dialog that is open."""
    found = QApplication.activeModalWidget()
    return "" if found is None else found.objectName()


def press(keyboard: Keyboard, button: QPushButton) -> None:
    """Tab to a button and press it. The offscreen platform activates no window by itself."""
    button.window().activateWindow()
    for _ in range(30):
        if keyboard.focus() is button:
            break
        keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focus() is button
    keyboard.press(Qt.Key.Key_Space)
