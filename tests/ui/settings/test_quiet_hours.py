"""Hours in which nobody is contacted: a table typed by keyboard, its switch, what does not go together."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.services import pressure, settings
from iduo_desktop.services.pressure import QuietHours
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.quiet_hours import ON, QuietHoursPage
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Callable[[str], None]) -> QuietHoursPage:
    """The page, loaded."""
    go("Horarios no permitidos")
    shown = frame.page
    assert isinstance(shown, QuietHoursPage)
    qtbot.waitUntil(lambda: bool(shown.kept))
    return shown


def kept(desk: Desk, purpose: str, weekday: int) -> list[tuple[int, int]]:
    """What the database keeps of a day."""
    found = pressure.quiet_hours(desk.database)
    return sorted((each.starts, each.ends) for each in found if (each.purpose, each.weekday) == (purpose, weekday))


def write(page: QuietHoursPage, keyboard: Keyboard, key: str, text: str) -> None:
    """Type another hour."""
    page.rows[key].editor.input.setFocus()
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write(text) if text else keyboard.press(Qt.Key.Key_Delete)


def error(page: QuietHoursPage, key: str) -> str:
    """What is said under a field."""
    found = page.findChild(QLabel, f"error_{key}")
    return found.text() if found is not None else ""


def test_what_ships_is_there_and_switched_off(page: QuietHoursPage) -> None:
    assert page.rows[ON].editor.value() is False
    assert page.rows["collection.1.1.starts"].editor.value() == "00:00"
    assert page.rows["collection.1.1.ends"].editor.value() == "08:00"
    assert page.rows["collection.1.2.ends"].editor.value() == "00:00"
    assert page.rows["service.1.1.starts"].editor.value() is None


def test_a_day_is_typed_and_all_is_saved_with_the_switch(
    qtbot: QtBot, page: QuietHoursPage, keyboard: Keyboard, desk: Desk
) -> None:
    assert keyboard.focused() == f"field_{ON}"
    page.rows[ON].editor.set_value(True)
    page.tabs.setFocus()
    keyboard.press(Qt.Key.Key_Right)
    write(page, keyboard, "service.2.1.starts", "21")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("0:00")
    keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focused() == "field_service.2.2.starts"
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    assert kept(desk, "service", 2) == [(21 * 60, 24 * 60)]
    assert kept(desk, "collection", 1) == [(0, 480), (1200, 1440)]
    assert next(each.value for each in settings.settings(desk.database) if each.name == ON) == "true"


def test_what_does_not_go_together_is_said_at_its_place(page: QuietHoursPage, keyboard: Keyboard, desk: Desk) -> None:
    write(page, keyboard, "promotion.1.1.ends", "")
    keyboard.save()
    assert error(page, "promotion.1.1.ends").startswith("Completá desde y hasta")
    assert page.tabs.currentIndex() == 2
    keyboard.reaches("field_promotion.1.1.ends")
    write(page, keyboard, "promotion.1.1.starts", "22")
    write(page, keyboard, "promotion.1.1.ends", "8")
    keyboard.save()
    assert error(page, "promotion.1.1.ends").startswith("Tiene que terminar después de empezar")
    assert kept(desk, "promotion", 1) == [(0, 480), (1200, 1440)]


def test_more_stretches_than_have_room_stay(qtbot: QtBot, page: QuietHoursPage, keyboard: Keyboard, desk: Desk) -> None:
    three = tuple(QuietHours("service", 3, start, start + 60) for start in (60, 180, 300))
    pressure.save_quiet_hours(desk.database, "service", three)
    qtbot.waitUntil(lambda: page.rows["service.3.2.starts"].editor.value() == "03:00")
    write(page, keyboard, "service.3.1.starts", "1:30")
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    assert kept(desk, "service", 3) == [(90, 120), (180, 240), (300, 360)]
