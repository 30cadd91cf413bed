"""«Inicio»: what waits, what is next, the daily look; every number opens its list, and the feed keeps them true."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.terms import CaseList
from iduo_desktop.ui.home.page import HomePage, greeting
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenProgram
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier


def test_the_greeting_belongs_to_the_hour() -> None:
    said = [greeting(hour) for hour in range(24)]
    assert said == ["Buenas noches"] * 5 + ["Buen día"] * 8 + ["Buenas tardes"] * 7 + ["Buenas noches"] * 4


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Who is attended; three in Morosos."""
    world.cases(3)
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Ana just came in."""
    made = open_program("ana", "operator")
    made.log_in(home=True)
    return made


def home(station: Workstation) -> HomePage:
    """The first page."""
    found = station.window.agenda.home
    assert found is not None
    return found


def number(station: Workstation, name: str) -> str:
    """What a tile says."""
    return home(station).tiles[name].number.text()


def test_it_is_the_first_thing_one_sees(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    assert window.rooms.currentWidget() is home(station)
    assert QApplication.focusWidget() is home(station).tiles["due_now"]
    qtbot.waitUntil(lambda: number(station, "mine") == "1")
    assert number(station, "delinquent") == "3"
    assert home(station).tiles["delinquent"].more.text() == "3 sin contactar hoy"
    assert "Ana" in station.find(QLabel, "home_greeting").text()
    assert [*home(station).tiles] == ["due_now", "overdue", "mine", "routes", "suspended", "delinquent"]


def test_the_lists_are_a_key_away(qtbot: QtBot, station: Workstation) -> None:
    station.press(Qt.Key.Key_3, CONTROL)
    assert station.window.cases.frame.which is CaseList.DELINQUENT
    station.press(Qt.Key.Key_0, CONTROL)
    assert station.window.rooms.currentWidget() is home(station)
    station.press(Qt.Key.Key_7, CONTROL)
    assert station.window.rooms.currentWidget() is station.window.agenda.page


def test_every_number_opens_its_list(qtbot: QtBot, station: Workstation) -> None:
    window, tiles = station.window, home(station).tiles
    page = window.agenda.page
    assert page is not None
    for name, tab in (("due_now", "today"), ("overdue", "overdue"), ("routes", "routes")):
        tiles[name].click()
        assert window.rooms.currentWidget() is page
        assert page.frame.tab == tab
        window.rooms.open_part("home")
    tiles["mine"].click()
    assert window.cases.frame.which.value == CaseList.MINE
    window.rooms.open_part("home")
    qtbot.waitUntil(lambda: number(station, "delinquent") == "3")
    tiles["delinquent"].click()
    assert window.cases.frame.which.value == CaseList.DELINQUENT
    assert window.cases.frame.filter.not_contacted_today


def test_enter_and_arrows_do_without_a_mouse(qtbot: QtBot, station: Workstation) -> None:
    station.press(Qt.Key.Key_Right)
    assert QApplication.focusWidget() is home(station).tiles["overdue"]
    station.press(Qt.Key.Key_Return)
    assert station.window.rooms.currentWidget() is station.window.agenda.page


def test_the_feed_keeps_it_true(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    qtbot.waitUntil(lambda: number(station, "overdue") == "0")
    place.task(due=-timedelta(minutes=5), remind=None)
    qtbot.waitUntil(lambda: number(station, "overdue") == "1", timeout=10_000)
    qtbot.waitUntil(lambda: any("Pedir turno" in text for text in home(station).next.texts()))


def test_without_a_helpline_there_are_no_routes(
    qtbot: QtBot, place: AgendaPlace, world: World, open_program: OpenProgram
) -> None:
    world.set_setting("part_helpline", False)
    station = open_program("ana", "operator")
    station.log_in(home=True)
    assert "routes" not in home(station).tiles


def test_where_it_is_low_the_rail_says_words_and_counts(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    part = station.window.rail.parts["agenda"]
    place.task(due=-timedelta(minutes=5), remind=None)
    qtbot.waitUntil(lambda: part.accessibleName() == "Agenda, 1 vencidos", timeout=8000)
    assert part.text() == "Agenda"
    station.window.resize(683, 384)
    qtbot.waitUntil(lambda: part.text() == "Agenda 1")
