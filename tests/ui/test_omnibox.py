"""One box for everything: tickets first, each hit says why, headings are stepped over, nothing found has a way on."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.services.search import Found
from iduo_desktop.services.tickets import TicketHit
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.omnibox import MORE, Omnibox, describe_ticket
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.message_desk import STRANGER, MessageDesk, set_up
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier
HIT = TicketHit(
    *(7, 104237, "4", TicketState.AWAITING_COMMUNICATION.value, "GÓMEZ, Ana", "24118903", "Panificadora Sur SRL"),
    *(datetime(2025, 11, 12, 15, tzinfo=UTC), "apellido", False),
)


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """Who has called before."""
    return set_up(world, people)


@pytest.fixture
def station(desk: MessageDesk, open_program: OpenProgram) -> Workstation:
    """Ana at work where messages are taken."""
    made = open_program("ana", "operator")
    made.log_in()
    return made


def look_for(qtbot: QtBot, station: Workstation, text: str) -> tuple[Omnibox, tuple[str, ...]]:
    """Type into the box; what it shows."""
    box = station.window.omnibox
    station.press(Qt.Key.Key_F3)
    box.clear()
    Keyboard(qtbot).write(text)
    qtbot.waitUntil(lambda: box._asked is None and box.results.isVisible() and not box._pause.isActive())
    return box, box.results.texts()


def test_answers_to_read_out_come_first_under_their_heading(
    qtbot: QtBot, station: Workstation, desk: MessageDesk
) -> None:
    box, lines = look_for(qtbot, station, "gómez ana")
    assert lines[0] == "Tickets"
    assert "☎ Pendiente de comunicación · GÓMEZ, Ana · doc. 24.118.903" in lines[1]
    assert "○ Abierto" in lines[2]
    assert lines[3].startswith("Contactos")
    assert lines[4].startswith("GÓMEZ, Ana · doc. 24.118.903")
    current = box.results.current()
    assert isinstance(current, TicketHit)
    assert current.ticket_id == desk.answered
    assert current.why


def test_arrows_step_over_the_headings_and_around(qtbot: QtBot, station: Workstation) -> None:
    box, lines = look_for(qtbot, station, "gomez")
    chosen = []
    for _ in range(3):
        chosen.append(box.results.currentIndex().row())
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert chosen == [1, 2, 4]
    assert box.results.currentIndex().row() == 1
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.results.currentIndex().row() == len(lines) - 1


@pytest.mark.parametrize("form", ["{}", "#{}", "{:,}"])
def test_a_number_in_any_form_opens_its_ticket(
    qtbot: QtBot, station: Workstation, desk: MessageDesk, form: str
) -> None:
    number = form.format(desk.number(desk.open)).replace(",", " ")
    box, _ = look_for(qtbot, station, number)
    QTest.keyClick(box, Qt.Key.Key_Return)
    page = station.window.rooms.tickets
    assert page is not None
    qtbot.waitUntil(lambda: page.reader.card is not None and page.reader.card.id == desk.open)
    assert box.text() == ""


def test_ctrl_enter_opens_and_keeps_the_search(qtbot: QtBot, station: Workstation) -> None:
    box, _ = look_for(qtbot, station, "gomez")
    QTest.keyClick(box, Qt.Key.Key_Return, CONTROL)
    assert station.window.rooms.part == "tickets"
    assert box.text() == "gomez"


def test_a_person_begins_a_message(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    box, lines = look_for(qtbot, station, "gomez")
    row = next(number for number, line in enumerate(lines) if line.startswith("GÓMEZ, Ana"))
    box.results.setCurrentIndex(box.results.model().index(row, 0))
    QTest.keyClick(box, Qt.Key.Key_Return)
    rooms = station.window.rooms
    assert rooms.intake is not None
    assert rooms.currentWidget() is rooms.intake
    assert rooms.intake.form.fields.contact.contact_id == desk.ana


def test_a_person_found_during_the_call_of_a_stranger_is_who_calls(
    qtbot: QtBot, station: Workstation, desk: MessageDesk
) -> None:
    window = station.window
    window.calls.ring(Ring(STRANGER, id="5"))
    qtbot.waitUntil(lambda: bool(window.calls.arrivals.current and window.calls.arrivals.current.card))
    box, lines = look_for(qtbot, station, "gomez")
    row = next(number for number, line in enumerate(lines) if line.startswith("GÓMEZ, Ana"))
    box.results.setCurrentIndex(box.results.model().index(row, 0))
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert window.rooms.intake is not None
    current = window.calls.arrivals.current
    assert current is not None
    assert current.who == "GÓMEZ, Ana — Panificadora Sur SRL (1204)"
    assert current.card is not None
    assert window.rooms.intake.form.call_id == current.card.id
    assert window.rooms.intake.form.fields.contact.contact_id == desk.ana


def test_e_and_a_number_is_a_company(qtbot: QtBot, station: Workstation) -> None:
    _, lines = look_for(qtbot, station, "e 1204")
    assert lines[0] == "Empresas y clientes"
    assert lines[1].startswith("1204 · Panificadora Sur SRL")


def test_nothing_found_offers_a_message(qtbot: QtBot, station: Workstation) -> None:
    box, lines = look_for(qtbot, station, "zzyzx")
    assert lines == (
        "No encontramos “zzyzx”. Probá con el documento o con menos letras.",
        "» Nuevo mensaje a iduo",
    )
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert station.window.rooms.currentWidget() is station.window.rooms.intake


def test_what_was_not_all_looked_at_is_said(station: Workstation) -> None:
    box = station.window.omnibox
    lines = [line.text for line in box._lines("gomez", Found(tickets=(replace(HIT, capped=True),)))]
    assert lines == ["Tickets", describe_ticket(HIT), MORE]
    assert MORE not in [line.text for line in box._lines("gomez", Found(tickets=(HIT,)))]


def test_a_hit_is_said_as_it_is_read() -> None:
    assert describe_ticket(HIT) == (
        "104\N{NO-BREAK SPACE}237-4 ☎ Pendiente de comunicación · GÓMEZ, Ana · doc. 24.118.903 · 12/11/2025"
    )


def test_who_answers_finds_tickets_alone(qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk) -> None:
    station = open_program("rita", "answerer")
    station.log_in()
    _, lines = look_for(qtbot, station, "gomez")
    assert lines[0] == "Tickets"
    assert not any(line.startswith(("Contactos", "Empresas")) for line in lines)
    _, lines = look_for(qtbot, station, "zzyzx")
    assert lines == ("No encontramos “zzyzx”. Probá con el documento o con menos letras.",)
    assert QApplication.focusWidget() is station.window.omnibox
