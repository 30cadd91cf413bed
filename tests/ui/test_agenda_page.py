"""The page of the agenda: tabs, what is said beside a line, and a key for each thing that is done with it."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.agenda.page import AgendaPage
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Who is attended."""
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Ana at work."""
    made = open_program("ana", "operator")
    made.log_in()
    return made


def opened(station: Workstation, tab: str) -> AgendaPage:
    """The agenda with one of its tabs."""
    page = station.window.agenda.page
    assert page is not None
    station.window.agenda.open_tab(tab)
    station.settle()
    return page


def lines(page: AgendaPage) -> list[str]:
    """What the list says, line by line."""
    model = page.frame.model
    return [
        " | ".join(str(model.index(row, column).data()) for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]


def test_each_tab_has_what_belongs_there(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    late = place.call(-timedelta(minutes=20), remind=None)
    soon = place.task(due=timedelta(days=2))
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    assert "Llamar a" in lines(page)[0]
    assert "SOSA, Bruno" in lines(page)[0]
    assert lines(page)[0].startswith("venció ")
    assert page.item is not None
    assert page.item.id == late
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "Vencidos 1")
    opened(station, "week")
    qtbot.waitUntil(lambda: [row.item.id for row in page.frame.model.loaded() if row.item.kind == "task"] == [soon])
    opened(station, "routes")
    assert page.frame.placeholder.sentence == "Ninguna ruta espera que alguien la tome."


def test_how_to_reach_the_person_stands_beside(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    place.world.superuser.execute(
        "UPDATE iduo.contact SET safe_words = 'Digo que es del banco', safe_when = 'de 10 a 12' WHERE id = %s",
        [place.contact],
    )
    place.call(-timedelta(minutes=20), remind=None, note="Ver si fue al turno")
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: page.panel.item is not None)
    assert page.panel.number.text() == "☎ +54 9 341 612-4410"
    assert page.panel.safe.text().startswith("⚠ ")
    assert "banco" in page.panel.safe.text()
    assert page.panel.note.text() == "Ver si fue al turno"
    assert page.panel.title.text() == "Llamar a SOSA, Bruno"


def test_d_is_done_and_ctrl_z_takes_it_back(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    made = place.task(due=-timedelta(minutes=5), remind=None)
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    station.press(Qt.Key.Key_D)
    qtbot.waitUntil(lambda: place.state("task", made) == "done")
    qtbot.waitUntil(lambda: not lines(page))
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Tarea hecha"))
    station.press(Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: place.state("task", made) == "open")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)


def test_p_puts_off_by_a_digit(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    made = place.task(due=-timedelta(minutes=5), remind=0)
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    station.press(Qt.Key.Key_P)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, Qt.Key.Key_2)
    qtbot.waitUntil(
        lambda: (place.rings("task", made) or place.world.now()) > place.world.now() + timedelta(minutes=14)
    )
    assert place.state("task", made) == "open"
    qtbot.waitUntil(lambda: station.window.notice.undoable)


def test_r_moves_it_with_a_reason_that_stays(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard
) -> None:
    made = place.call(-timedelta(minutes=20), remind=None)
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    station.press(Qt.Key.Key_R)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    keyboard.write("+2d")
    keyboard.press(Qt.Key.Key_Return)
    assert station.find(QLabel, "agenda_message", dialog).text() == "Escribí el motivo: queda en la historia."
    assert keyboard.focused() == "reschedule_reason"
    keyboard.write("No atendió")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place.world.value("SELECT count(*) FROM iduo.agenda_event WHERE kind = 'moved'") == 1)
    opened(station, "week")
    qtbot.waitUntil(lambda: page.item is not None and page.item.id == made)
    qtbot.waitUntil(lambda: "No atendió" in station.find(QLabel, "move_0", page.panel).text())


def test_l_calls_and_a_digit_says_what_became_of_it(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    made = place.call(-timedelta(minutes=20), remind=None)
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    station.press(Qt.Key.Key_L)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert station.find(QLabel, "call_dialog_number", dialog).text() == "+54 9 341 612-4410"
    assert QApplication.clipboard().text() == "+5493416124410"
    QTest.keyClick(dialog, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: place.state("call", made) == "not_held")
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Llamada no realizada"))


def test_enter_opens_the_case(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    place.call(-timedelta(minutes=20), remind=None)
    page = opened(station, "overdue")
    qtbot.waitUntil(lambda: len(lines(page)) == 1)
    station.press(Qt.Key.Key_Return)
    window = station.window
    qtbot.waitUntil(lambda: window.rooms.currentWidget() is window.rooms.cases)
    qtbot.waitUntil(lambda: window.cases.reader.case_id == place.case)


def test_only_coordinators_see_everybodys(place: AgendaPlace, station: Workstation, open_program: OpenProgram) -> None:
    assert not opened(station, "today").everybody.isVisible()


def test_a_coordinator_sees_what_others_planned(qtbot: QtBot, place: AgendaPlace, open_program: OpenProgram) -> None:
    place.call(timedelta(minutes=40))
    coordinator = open_program("cora", "coordinator")
    coordinator.log_in()
    page = opened(coordinator, "week")
    assert not lines(page)
    page.everybody.click()
    qtbot.waitUntil(lambda: len(lines(page)) >= 1)
    assert "Ana" in "".join(lines(page))


def test_the_badge_counts_what_is_overdue(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    part = station.window.rail.parts["agenda"]
    assert part.accessibleName() == "Agenda"
    place.task(due=-timedelta(minutes=5), remind=None)
    qtbot.waitUntil(lambda: part.accessibleName() == "Agenda, 1 vencidos", timeout=8000)


def test_nothing_is_asked_about_what_is_not_chosen(place: AgendaPlace, station: Workstation) -> None:
    page = opened(station, "today")
    for act in ("call", "done", "postpone", "reschedule", "open"):
        page.do(act)
    assert page.frame.placeholder.sentence == "No te queda nada para hoy."
