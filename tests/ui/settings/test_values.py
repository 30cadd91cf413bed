"""Settings: changed together by keyboard, refused each at its place, restored, with their history."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.config import Source, merge
from iduo_desktop.services import settings
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.history_dialog import HistoryDialog
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.settings.values import this_pc
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog, press

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Callable[[str], None], keyboard: Keyboard) -> TypedPage:
    """The settings, loaded."""
    go("Ajustes")
    shown = frame.page
    assert isinstance(shown, TypedPage)
    qtbot.waitUntil(lambda: bool(shown.rows) and keyboard.focused() == "field_reminder_minutes")
    return shown


def kept(desk: Desk, name: str) -> str:
    """What the database keeps."""
    return next(setting.value for setting in settings.settings(desk.database) if setting.name == name)


def write(page: TypedPage, keyboard: Keyboard, name: str, text: str) -> None:
    """Type another value into a setting."""
    page.rows[name].editor.input.setFocus()
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write(text)


def test_several_are_saved_together(qtbot: QtBot, page: TypedPage, keyboard: Keyboard, desk: Desk) -> None:
    write(page, keyboard, "open_cases_limit", "45")
    write(page, keyboard, "area_code", "341")
    assert page.is_dirty()
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    assert (kept(desk, "open_cases_limit"), kept(desk, "area_code")) == ("45", "341")
    assert desk.notice.text == "Cambios guardados"


def test_an_error_is_at_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, page: TypedPage, keyboard: Keyboard, desk: Desk
) -> None:
    write(page, keyboard, "open_cases_limit", "0")
    write(page, keyboard, "reminder_minutes", "20")
    keyboard.save()
    problem = page.findChild(QLabel, "error_open_cases_limit")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "Tiene que ser un número entre 1 y 500.")
    keyboard.reaches("field_open_cases_limit")
    assert page.changes() == {"open_cases_limit": "0", "reminder_minutes": "20"}
    assert kept(desk, "open_cases_limit") == "30"


def test_what_a_colleague_saved_comes_in_beside_what_is_typed(
    qtbot: QtBot, page: TypedPage, keyboard: Keyboard, desk: Desk
) -> None:
    write(page, keyboard, "open_cases_limit", "45")
    settings.save(desk.database, "reminder_minutes", "25")
    qtbot.waitUntil(lambda: page.rows["reminder_minutes"].editor.value() == "25")
    assert page.changes() == {"open_cases_limit": "45"}


def test_leaving_asks_first(
    qtbot: QtBot, frame: SettingsFrame, page: TypedPage, keyboard: Keyboard, desk: Desk
) -> None:
    for answer, left, then in (("unsaved_stay", False, "30"), ("unsaved_discard", True, "30")):
        write(page, keyboard, "open_cases_limit", "45")
        frame.titles.setFocus()
        keyboard.press(Qt.Key.Key_Up)
        assert frame.page is page
        assert keyboard.focused() == "unsaved_save"
        press(keyboard, page.findChild(QPushButton, answer))  # type: ignore[arg-type]  # it is there
        assert (frame.page is not page) is left
        assert kept(desk, "open_cases_limit") == then
    frame.titles.setFocus()
    keyboard.press(Qt.Key.Key_Down)
    write(page, keyboard, "open_cases_limit", "45")
    frame.titles.setFocus()
    keyboard.press(Qt.Key.Key_Up)
    keyboard.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: frame.page is not page)
    assert kept(desk, "open_cases_limit") == "45"


def test_restore_and_history(qtbot: QtBot, page: TypedPage, keyboard: Keyboard, desk: Desk) -> None:
    settings.save(desk.database, "open_cases_limit", "45")
    restore = page.findChild(QPushButton, "restore_open_cases_limit")
    assert restore is not None
    qtbot.waitUntil(restore.isVisible)
    page.rows["open_cases_limit"].editor.input.setFocus()
    press(keyboard, restore)
    assert page.changes() == {"open_cases_limit": "30"}
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    press(keyboard, page.findChild(QPushButton, "history_open_cases_limit"))  # type: ignore[arg-type]  # it is there
    shown = dialog(qtbot, "history_dialog")
    assert isinstance(shown, HistoryDialog)
    qtbot.waitUntil(lambda: shown.list.topLevelItemCount() == 2)
    first = shown.list.topLevelItem(0)
    assert first is not None
    assert [first.text(column) for column in (1, 2, 3)] == ["Root", "45", "30"]
    keyboard.press(Qt.Key.Key_Escape)


def test_what_it_fixed_is_locked_with_the_reason() -> None:
    known = merge([(Source.POLICY, {"remember_password": 0}), (Source.USER, {"remember_password": True})])
    fixed = {one.key: one for one in this_pc(known)}
    assert fixed["remember_password"].value == "No"
    assert "política" in fixed["remember_password"].reason
    assert fixed["profile"].reason == "De fábrica"
