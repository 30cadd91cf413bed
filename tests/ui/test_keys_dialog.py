"""Other keys: understood or refused in words, kept on this PC, and used at the next login."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import actions
from iduo_desktop.ui.keys_dialog import KeysDialog


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    """The map as it ships, before and after."""
    actions.adopt({})
    yield
    actions.adopt({})


@pytest.mark.parametrize(
    ("name", "keys", "why"),
    [
        ("take", "Ctrl+Alt+T", "Con Alt"),
        ("take", "Ctrl+Shift+7", "símbolos"),
        ("take", "T", "Una tecla sola"),
        ("take", "Ctrl+V", "campos de texto"),
        ("take", "F7", "«Cerrar caso»"),
        ("take", "Ctrl+K, Ctrl+T", "no se puede usar"),
        ("take", "cualquiera", "no se puede usar"),
        ("nothing", "Ctrl+B", "no se puede usar"),
        ("take", "Ctrl+B", ""),
        ("take", "Shift+F12", ""),
        ("take", "", ""),
        ("call", "K", ""),
    ],
)
def test_a_key_is_refused_in_words(name: str, keys: str, why: str) -> None:
    said = actions.problem(name, keys, {})
    assert why in said
    assert bool(said) == bool(why)


def test_two_keys_change_places() -> None:
    actions.adopt({"close_case": "F8", "take_next": "F7"})
    assert (actions.shown("close_case"), actions.shown("take_next")) == ("F8", "F7")


def test_what_would_mean_two_things_stays_as_it_ships() -> None:
    actions.adopt({"close_case": "F8", "take": "Ctrl+B", "panel": "Ctrl+B", "search": "garbage"})
    assert actions.shown("close_case") == "F7"
    assert actions.shown("take") == "Ctrl+T"
    assert actions.shown("search") == "F3"


def test_letters_alone_can_be_switched_off() -> None:
    actions.adopt({}, letters=False)
    assert not actions.shown("whatsapp")
    assert actions.shown("open")


def test_an_action_takes_the_chosen_key(qtbot: QtBot) -> None:
    actions.adopt({"take": "Ctrl+B", "panel": ""})
    owner, done = QWidget(), list[str]()
    qtbot.addWidget(owner)
    actions.make(owner, "take", lambda: done.append("take"))
    actions.make(owner, "panel", lambda: done.append("panel"))
    owner.show()
    owner.activateWindow()
    qtbot.waitUntil(owner.isActiveWindow)
    for key, modifier in (
        (Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_F12, Qt.KeyboardModifier(0)),
    ):
        QTest.keyClick(owner, key, modifier)
    assert not done
    QTest.keyClick(owner, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert done == ["take"]


def test_the_dialog_by_keyboard(qtbot: QtBot) -> None:
    dialog = KeysDialog({}, letters=True)
    qtbot.addWidget(dialog)
    said: list[tuple[dict[str, str], bool]] = []
    dialog.chosen.connect(lambda keys, letters: said.append((keys, letters)))
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.list.choose("close_case")
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert dialog.edit.hasFocus()
    QTest.keyClick(dialog.edit, Qt.Key.Key_F8)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "«Tomar el siguiente»" in dialog.problem.text()
    assert not said
    dialog.edit.setFocus()
    QTest.keyClick(dialog.edit, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1] == ({"close_case": "Ctrl+B"}, True)
    dialog.letters.click()
    assert said[-1] == ({"close_case": "Ctrl+B"}, False)
