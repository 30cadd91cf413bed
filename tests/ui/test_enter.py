"""Enter presses the button that has the keyboard, and nothing that Enter is for elsewhere changes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QToolButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop.ui.widgets.enter_presses import EnterPresses
from tests.ui.programs import Workstation

CONTROL, KEYPAD = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.KeypadModifier
ENTER, RETURN = Qt.Key.Key_Enter, Qt.Key.Key_Return


class _Listening(QWidget):
    """Notes the keys that nobody inside it wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[int] = []
        QVBoxLayout(self)

    def add(self, button: QPushButton | QToolButton, pressed: list[str]) -> None:
        """One more button in it."""
        button.clicked.connect(lambda: pressed.append(button.text()))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(button)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.key())


@pytest.fixture
def rule(qapp: QApplication) -> Iterator[None]:
    """As in the program."""
    parent = QObject()
    EnterPresses(qapp, parent)
    yield
    delete(parent)


def shown(qtbot: QtBot, widget: QWidget) -> None:
    """On the screen, with the keyboard."""
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is widget)


@pytest.mark.usefixtures("rule")
@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_enter_presses_the_button_that_has_the_keyboard(
    qtbot: QtBot, kind: type[QPushButton] | type[QToolButton]
) -> None:
    pressed: list[str] = []
    place = _Listening()
    one, two = kind(), kind()
    one.setText("Uno")
    two.setText("Dos")
    place.add(one, pressed)
    place.add(two, pressed)
    shown(qtbot, place)
    one.setFocus()
    QTest.keyClick(one, RETURN)
    two.setFocus()
    QTest.keyClick(two, ENTER, KEYPAD)
    assert pressed == ["Uno", "Dos"]
    assert place.keys == []
    QTest.keyClick(two, RETURN, CONTROL)  # saves, wherever one is
    assert (pressed, place.keys[-1]) == (["Uno", "Dos"], RETURN)


@pytest.mark.usefixtures("rule")
def test_a_key_that_is_held_down_presses_nothing(qtbot: QtBot) -> None:
    pressed: list[str] = []
    place = _Listening()
    button = QPushButton("Borrar")
    place.add(button, pressed)
    shown(qtbot, place)
    button.setFocus()
    held = QKeyEvent(QEvent.Type.KeyPress, RETURN, Qt.KeyboardModifier.NoModifier, "\r", autorep=True)
    QApplication.sendEvent(button, held)
    assert pressed == []


@pytest.mark.usefixtures("rule")
def test_choices_of_a_form_leave_enter_to_the_form(qtbot: QtBot) -> None:
    pressed: list[str] = []
    place = _Listening()
    choice, greyed = QPushButton("Atendió"), QPushButton("No se puede")
    choice.setCheckable(True)
    place.add(choice, pressed)
    place.add(greyed, pressed)
    shown(qtbot, place)
    choice.setFocus()
    QTest.keyClick(choice, RETURN)
    assert (pressed, place.keys) == ([], [RETURN])
    greyed.setFocus()
    greyed.setEnabled(False)
    QTest.keyClick(greyed, RETURN)
    assert pressed == []


@pytest.mark.usefixtures("rule")
def test_a_dialog_keeps_its_default_button(qtbot: QtBot) -> None:
    pressed: list[str] = []
    dialog = QDialog()
    other, usual = QPushButton("Cambiar", dialog), QPushButton("Guardar", dialog)
    other.setAutoDefault(False)
    usual.setDefault(True)
    for button in (other, usual):
        button.clicked.connect(lambda _on=False, button=button: pressed.append(button.text()))
    shown(qtbot, dialog)
    other.setFocus()
    QTest.keyClick(other, RETURN)
    assert pressed == ["Guardar"]


def test_in_the_program_enter_presses_what_is_offered(station: Workstation) -> None:
    undone: list[int] = []
    station.window.notice.show("Caso tomado", undo=lambda: undone.append(1))
    station.find(QPushButton, "notice_action").setFocus()
    station.press(RETURN)
    assert undone == [1]
