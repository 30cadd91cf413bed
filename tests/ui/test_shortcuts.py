"""The keyboard map: no key that writes a letter somewhere, none twice, and every letter reaches every field."""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import actions
from iduo_desktop.ui.actions import AGENDA, KEYS, TABLE, WINDOW, Key
from tests.people import People
from tests.services.world import World
from tests.ui.programs import Workstation

EVERY_KEY = [pytest.param(key, id=key.name) for key in KEYS]
Bound = tuple[str, Qt.ShortcutContext, QWidget]
TWINLESS = {"help", "refresh", "next_zone", "previous_zone"}  # what the system itself calls so


@pytest.mark.parametrize("key", EVERY_KEY)
def test_keys_that_write_letters_are_left_alone(key: Key) -> None:
    for keys in key.keys:
        parts = keys.split("+")
        assert not {"Ctrl", "Alt"} <= set(parts), "Ctrl+Alt is AltGr"
        assert "Alt" not in parts, "Alt with a letter belongs to menus"
        assert not re.fullmatch(r"Ctrl\+Shift\+(\d|U)", keys), "symbols of the layout, Unicode input"
        assert parts[-1] not in set("/?[]\\`'"), "needs Shift or AltGr here"
        if len(parts) == 1 and len(keys) == 1:
            assert key.where != WINDOW, "single letters only with the cursor in a list"


@pytest.mark.parametrize("key", EVERY_KEY)
def test_function_keys_have_a_twin_for_laptops(key: Key) -> None:
    on_function_key = re.fullmatch(r"(Shift\+)?F\d+", key.keys[0])
    assert not on_function_key or len(key.keys) > 1 or key.name in TWINLESS


@pytest.mark.parametrize("key", EVERY_KEY)
def test_qt_understands_and_people_can_read(key: Key) -> None:
    for keys in key.keys:
        assert QKeySequence(keys).toString() == keys
    assert key.label[0].isupper()
    assert not key.label.endswith(".")
    assert actions.shown(key.name)


@pytest.mark.parametrize("where", [WINDOW, TABLE, AGENDA])
def test_no_key_means_two_things(where: str) -> None:
    known = [keys for key in KEYS if key.where == where for keys in key.keys]
    assert len(known) == len(set(known))


def test_return_and_the_keypads_enter_are_the_same() -> None:
    for key in KEYS:
        with_return = {keys.replace("Return", "Enter") for keys in key.keys if keys.endswith("Return")}
        assert with_return <= set(key.keys)


@pytest.fixture
def station(
    qtbot: QtBot, qapp: QApplication, people: People, world: World, no_keyring: None, tmp_path: Path
) -> Iterator[Workstation]:
    """Somebody who may do everything, with cases in hand."""
    login = people.add("ana", "operator", "coordinator", "admin")
    world.cases(2, assigned_to=login)
    made = Workstation(qtbot, qapp, people, "ana", tmp_path)
    made.log_in()
    yield made
    made.close()


def bound(window: QWidget) -> Iterator[Bound]:
    """Every key of a window, what is bound to it, and where it works."""
    for owner in (window, *window.findChildren(QWidget)):
        for action in owner.actions():
            yield from ((keys.toString(), action.shortcutContext(), owner) for keys in action.shortcuts())
        for shortcut in owner.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly):
            yield from ((keys.toString(), shortcut.context(), owner) for keys in [*shortcut.keys()])


def doubles(window: QWidget) -> set[str]:
    """Keys that Qt would not know what to do with: bound twice where both can be seen and reached at once."""
    seen = [one for one in bound(window) if one[2].isVisible()]
    pairs = itertools.combinations(seen, 2)
    return {one[0] for one, other in pairs if one[0] == other[0] and _meet(one, other)}


def _meet(one: Bound, other: Bound) -> bool:
    in_lists = Qt.ShortcutContext.WidgetWithChildrenShortcut
    (_, one_context, here), (_, other_context, there) = one, other
    if not one_context is other_context is in_lists:
        return True
    return here is there or here.isAncestorOf(there) or there.isAncestorOf(here)


def test_in_the_real_window_no_key_is_bound_twice(station: Workstation) -> None:
    window = station.window
    assert not doubles(window)
    station.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    station.settle()
    assert window.cases.strip.isVisible()
    assert not doubles(window)
    window.open_settings()
    station.settle()
    assert not doubles(window)


def test_every_key_of_the_window_is_in_the_table(station: Workstation) -> None:
    known = {keys for key in KEYS for keys in key.keys}
    known |= {QKeySequence(keys).toString() for keys in known}
    strange = {keys for keys, _, owner in bound(station.window) if owner.objectName() and keys} - known
    assert not strange


def test_tooltips_name_the_key(station: Workstation) -> None:
    for action in station.window.findChildren(QAction):
        if action.objectName() in {key.name for key in KEYS}:
            assert actions.shown(action.objectName()) in action.toolTip()


@pytest.mark.parametrize("letters", ["@ñáü€", "¿?¡!/#%&()=+*[]{}~|", "aAzZ0123456789"])
def test_every_letter_reaches_every_field(
    qtbot: QtBot, station: Workstation, letters: str, press_altgr: Callable[[QLineEdit, str], None]
) -> None:
    fields = [f for f in station.window.findChildren(QLineEdit) if f.isVisible() and not f.isReadOnly()]
    assert len(fields) >= 2
    for field in fields:
        field.setFocus()
        field.clear()
        for letter in letters:
            press_altgr(field, letter)
        assert field.text() == letters, field.objectName()
        field.clear()


@pytest.fixture
def press_altgr() -> Callable[[QLineEdit, str], None]:
    """A letter as AltGr brings it on Windows, with Ctrl and Alt, and through the window, where shortcuts look first."""

    def press(field: QLineEdit, letter: str) -> None:
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        modifiers = both if letter in "@€#~|[]{}" else Qt.KeyboardModifier.NoModifier
        QTest.sendKeyEvent(QTest.KeyAction.Click, field, Qt.Key(ord(letter.upper())), letter, modifiers)

    return press


def test_letters_are_actions_in_a_list_only(qtbot: QtBot, station: Workstation) -> None:
    field = station.window.omnibox
    field.setFocus()
    QTest.keyClicks(field, "lwmsa")
    assert field.text() == "lwmsa"
