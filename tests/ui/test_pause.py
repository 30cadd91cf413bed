"""A pause: begun by key, menu or command, plainly shown, silent, and over when somebody says so."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.services import supervision
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenProgram
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier
HELD = "SELECT count(*) FROM iduo.pause WHERE ended_at IS NULL"


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Somebody is attended here."""
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Ana at work."""
    made = open_program("ana", "operator")
    made.log_in()
    return made


def begin(qtbot: QtBot, station: Workstation) -> None:
    """Ctrl+P, and the first reason."""
    pauses = station.window.pauses
    qtbot.waitUntil(lambda: bool(pauses.pauses.reasons))
    station.press(Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    QTest.keyClick(pauses.menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pauses.pauses.pause is not None, timeout=8000)


def test_by_key_and_back(qtbot: QtBot, station: Workstation, world: World) -> None:
    desk = station.window.pauses
    assert desk.strip.isHidden()
    begin(qtbot, station)
    assert desk.strip.isVisible()
    assert desk.strip.text.text().startswith("En pausa: Almuerzo 00:0")
    assert desk.button.text() == "En pausa ▾"
    assert world.value(HELD) == 1
    station.press(Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(desk.strip.isHidden, timeout=8000)
    assert world.value(HELD) == 0
    assert station.window.notice.text == ""  # one knows what one did oneself


def test_by_command(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    qtbot.waitUntil(lambda: bool(window.pauses.pauses.reasons))
    command = next(each for each in window.omnibox.commands if each.fits("pausa desc"))
    command.act()
    qtbot.waitUntil(lambda: window.pauses.pauses.pause is not None, timeout=8000)
    assert "Descanso" in window.pauses.strip.text.text()
    back = next(each for each in window.omnibox.commands if each.fits("volver"))
    back.act()
    qtbot.waitUntil(window.pauses.strip.isHidden, timeout=8000)
    assert not any(each.fits("volver") for each in window.omnibox.commands)
    assert sum(each.text == "Pausa: Descanso" for each in window.omnibox.commands) == 1


def test_longer_than_it_is_meant_to_be(qtbot: QtBot, station: Workstation, world: World) -> None:
    begin(qtbot, station)
    strip = station.window.pauses.strip
    assert strip.property("surface") == "selection"
    world.age("pause", world.value("SELECT id FROM iduo.pause"), "started_at", minutes=61)
    station.window.pauses.pauses._ask()
    qtbot.waitUntil(lambda: strip.text.text().startswith("⚠ En pausa: Almuerzo 1:01:"), timeout=8000)
    assert strip.property("surface") == "notice"
    assert "60 minutos" in strip.more.text()


def test_a_coordinator_ends_it(qtbot: QtBot, station: Workstation, place: AgendaPlace) -> None:
    begin(qtbot, station)
    supervision.end_pause_of(place.berta, place.ana, "Hay cola")
    qtbot.waitUntil(station.window.pauses.strip.isHidden, timeout=8000)
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Tu pausa terminó"))


def test_nothing_rings_until_one_is_back(qtbot: QtBot, station: Workstation, place: AgendaPlace) -> None:
    begin(qtbot, station)
    cards, calls = station.window.agenda.cards, station.window.calls
    place.task(due=timedelta(minutes=5), remind=10)
    calls.ring(Ring("3415551234", id="una"))
    qtbot.wait(1500)
    assert cards.isHidden()
    assert calls.arrivals.current is None
    station.window.lock()
    station.window._unlock()  # looking away and back ends no pause
    assert calls.arrivals.current is None
    station.press(Qt.Key.Key_P, CONTROL)
    qtbot.waitUntil(lambda: calls.arrivals.current is not None, timeout=8000)
    qtbot.waitUntil(cards.isVisible, timeout=8000)


def test_it_lasts_over_a_restart_of_the_window(qtbot: QtBot, station: Workstation, open_program: OpenProgram) -> None:
    """As long as one does not leave: here another window of hers is still open."""
    begin(qtbot, station)
    other = open_program("ana")
    window = other.log_in()
    qtbot.waitUntil(window.pauses.strip.isVisible, timeout=8000)
