"""The tables that an administrator edits, by keyboard: results, promotions, topics, teams, sentences, the calendar."""

from collections.abc import Callable
from datetime import date, time
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.services import attentions, catalogues
from iduo_desktop.services.catalogues import Holiday, WorkingHours
from iduo_desktop.ui.settings.calendar import CalendarPage
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.scripts import ScriptsPage
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog, modal, press

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Kind = TypeVar("Kind")
Open = Callable[[str], Any]


@pytest.fixture
def open_page(frame: SettingsFrame, go: Callable[[str], None]) -> Open:
    """`open_page("Temas")`: that page."""

    def open_one(title: str) -> Any:
        go(title)
        return frame.page

    return open_one


def tabs(keyboard: Keyboard, count: int) -> None:
    """So many fields further."""
    for _ in range(count):
        keyboard.press(Qt.Key.Key_Tab)


def lines(page: ListPage[Any]) -> list[list[str]]:
    """What the list shows."""
    items = [page.list.topLevelItem(at) for at in range(page.list.topLevelItemCount())]
    return [[item.text(column) for column in range(item.columnCount())] for item in items if item is not None]


def test_a_result_is_added_after_the_key_was_taken(
    qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk
) -> None:
    page = open_page("Resultados")
    qtbot.waitUntil(lambda: len(lines(page)) == 9)
    press(keyboard, page.buttons["add"])
    shown = dialog(qtbot, "result_dialog")
    keyboard.write("Pide descuento")
    tabs(keyboard, 1)
    keyboard.write("3")
    tabs(keyboard, 1)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    problem = shown.findChild(QLabel, "error_digit")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "Otro resultado ya usa la tecla 3.")
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.press(Qt.Key.Key_Delete)
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    made = next(one for one in catalogues.results(desk.database) if one.label == "Pide descuento")
    assert (made.digit, made.reached, made.promise, made.lists, made.active) == (None, True, False, (), True)
    qtbot.waitUntil(lambda: lines(page)[-1] == ["—", "Pide descuento", "habló", "todas", "✔ en uso"])


def test_the_order_is_changed_and_the_line_stays_chosen(
    qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk
) -> None:
    page = open_page("Resultados")
    qtbot.waitUntil(lambda: len(lines(page)) == 9)
    page.list.setFocus()
    keyboard.press(Qt.Key.Key_Down)
    press(keyboard, page.buttons["up"])
    qtbot.waitUntil(lambda: [line[1] for line in lines(page)][:2] == ["Ocupado", "No contesta"])
    assert page.list.row().label == "Ocupado"
    qtbot.waitUntil(page.buttons["up"].isEnabled)
    press(keyboard, page.buttons["down"])
    qtbot.waitUntil(lambda: [line[1] for line in lines(page)][:2] == ["No contesta", "Ocupado"])


def test_a_promotion_that_ends_before_it_begins(qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk) -> None:
    page = open_page("Promociones")
    press(keyboard, page.buttons["add"])
    shown = dialog(qtbot, "promotion_dialog")
    for text in ("Dos por uno", "Dos meses al precio de uno", "25/12/2026", "1/12/2026", "Fibra 300, Fibra 600"):
        keyboard.write(text)
        tabs(keyboard, 1)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    problem = shown.findChild(QLabel, "error_valid_until")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "Termina antes de empezar.")
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write("31/12/2026")
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    (made,) = catalogues.promotions(desk.database)
    assert (made.valid_from, made.valid_until) == (date(2026, 12, 25), date(2026, 12, 31))
    assert (made.plans, made.lists) == (("Fibra 300", "Fibra 600"), ("active",))


def test_a_topic_is_switched_off(qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk) -> None:
    page = open_page("Temas")
    qtbot.waitUntil(lambda: len(lines(page)) == 7)
    page.list.setFocus()
    keyboard.press(Qt.Key.Key_Return)
    dialog(qtbot, "topic_dialog")
    tabs(keyboard, 2)
    keyboard.press(Qt.Key.Key_Right)
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: lines(page)[-1] == ["Consulta general", "Consulta", "apagado"])
    assert not catalogues.topics(desk.database)[-1].active


def test_a_route_is_added_renamed_and_switched_off(
    qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk
) -> None:
    page = open_page("Rutas")
    qtbot.waitUntil(lambda: len(lines(page)) == 4)
    page.add()
    dialog(qtbot, "route_dialog")
    keyboard.write("Vivienda")
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: ["Vivienda", "✔ en uso"] in lines(page))
    page.window().activateWindow()
    page.list.setFocus()
    keyboard.press(Qt.Key.Key_Return)
    dialog(qtbot, "route_dialog")
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write("Salud mental")
    tabs(keyboard, 1)
    keyboard.press(Qt.Key.Key_Right)
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: lines(page)[-1] == ["Salud mental", "apagado"])
    assert not attentions.routes(desk.database)[-1].active


def test_a_team_is_added(qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk) -> None:
    page = open_page("Equipos")
    press(keyboard, page.buttons["add"])
    dialog(qtbot, "team_dialog")
    keyboard.write("Mañana")
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: lines(page) == [["Mañana", "0", "✔ en uso"]])


def test_a_sentence_is_changed_and_restored(qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk) -> None:
    page = open_page("Guion")
    assert isinstance(page, ScriptsPage)
    qtbot.waitUntil(lambda: bool(page.rows) and keyboard.focused() == "field_collection")
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write("Buen día, ¿hablo con {cliente}?")
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    kept = {script.situation: script for script in catalogues.scripts(desk.database)}
    assert kept["collection"].text == "Buen día, ¿hablo con {cliente}?"
    keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focused() == "restore_collection"
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    kept = {script.situation: script for script in catalogues.scripts(desk.database)}
    assert kept["collection"].text == kept["collection"].shipped


def test_hours_and_holidays(qtbot: QtBot, open_page: Open, keyboard: Keyboard, desk: Desk) -> None:
    page = open_page("Calendario")
    assert isinstance(page, CalendarPage)
    qtbot.waitUntil(lambda: bool(page.kept))
    for key, text in (("opens_6", "9"), ("closes_6", "8")):
        page.rows[key].editor.input.setFocus()
        keyboard.write(text)
    keyboard.save()
    problem = page.findChild(QLabel, "error_closes_6")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "La hora de cierre tiene que ser después de la de apertura.")
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write("13")
    keyboard.save()
    qtbot.waitUntil(lambda: not page.is_dirty())
    assert catalogues.working_hours(desk.database)[5] == WorkingHours(6, time(9), time(13))
    press(keyboard, page.holidays.add)
    dialog(qtbot, "holiday_dialog")
    keyboard.write("25/12/2026")
    tabs(keyboard, 1)
    keyboard.write("Navidad")
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: page.holidays.list.row() == Holiday(date(2026, 12, 25), "Navidad"))
    press(keyboard, page.holidays.remove)
    qtbot.waitUntil(lambda: page.holidays.list.row() is None)
    desk.notice.undo()
    qtbot.waitUntil(lambda: page.holidays.list.row() is not None)
