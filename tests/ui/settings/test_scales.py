"""The scale of contacts: what it looks like while it is typed, saved by keyboard, refused at its field."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.services import settings
from iduo_desktop.services.settings import ContactScale
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.scales import ScalesPage
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Callable[[str], None]) -> ScalesPage:
    """The scales, loaded."""
    go("Escala de contactos")
    shown = frame.page
    assert isinstance(shown, ScalesPage)
    qtbot.waitUntil(lambda: bool(shown.kept))
    return shown


def scale(desk: Desk, purpose: str) -> ContactScale:
    """What the database keeps."""
    return next(one for one in settings.contact_scales(desk.database) if one.purpose == purpose)


def write(page: ScalesPage, keyboard: Keyboard, key: str, text: str) -> None:
    """Type another value."""
    page.rows[key].editor.input.setFocus()
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write(text)


def test_the_chips_follow_what_is_typed_and_it_is_saved(
    qtbot: QtBot, page: ScalesPage, keyboard: Keyboard, desk: Desk
) -> None:
    assert keyboard.focused() == "scale_purposes"
    view = page.views["collection"]
    write(page, keyboard, "collection.limit_5", "12")
    assert view.chips[5].accessibleName().startswith("Contactos: nivel 5 de 5, en pausa: 12 contactos")
    assert "muy alto" not in view.example.text()
    write(page, keyboard, "collection.weight_email", "1,5")
    assert "suman 5: muy alto" in view.example.text()
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    kept = scale(desk, "collection")
    assert (kept.limit_5, str(kept.weight_email).rstrip("0"), kept.daily_limit) == (12, "1.5", None)


def test_limits_that_do_not_rise_are_refused_on_their_tab(
    qtbot: QtBot, page: ScalesPage, keyboard: Keyboard, desk: Desk
) -> None:
    keyboard.press(Qt.Key.Key_Right)
    write(page, keyboard, "service.limit_3", "99")
    page.tabs.setCurrentIndex(0)
    keyboard.save()
    problem = page.findChild(QLabel, "error_service.limit_1")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "Cada nivel empieza con más contactos que el anterior.")
    assert page.tabs.currentIndex() == 1
    assert page.changes() == {"service.limit_3": "99"}
    assert scale(desk, "service").limit_3 == 4


def test_a_week_a_rest_and_holidays(qtbot: QtBot, page: ScalesPage, keyboard: Keyboard, desk: Desk) -> None:
    write(page, keyboard, "collection.weekly_limit", "6")
    keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focused() == "field_collection.gap_hours"
    write(page, keyboard, "collection.gap_hours", "24")
    page.rows["collection.holidays_quiet"].editor.input.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    kept = scale(desk, "collection")
    assert (kept.weekly_limit, kept.gap_hours, kept.holidays_quiet) == (6, 24, True)
    write(page, keyboard, "collection.daily_limit", "9")
    keyboard.save()
    problem = page.findChild(QLabel, "error_collection.weekly_limit")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text().startswith("El máximo por semana va de 1 a 999"))
