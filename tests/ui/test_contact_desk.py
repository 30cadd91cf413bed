"""Records of persons in the window: from a search, a call, a ticket and a case, and on to a message."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.services.forms import UNSAID
from iduo_desktop.ui.contacts.page import ContactsPage
from iduo_desktop.ui.drafts import Draft
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import NUMBER, STRANGER, MessageDesk, set_up
from tests.ui.programs import Workstation
from tests.ui.reception import case_of

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """An organisation that takes messages and has the helpline; Ana Gómez is known."""
    world.set_setting("part_helpline", True)
    return set_up(world, people)


@pytest.fixture
def station(open_program: OpenProgram, desk: MessageDesk) -> Workstation:
    """Ana at work."""
    made = open_program("ana", "operator")
    made.log_in()
    return made


def page_of(station: Workstation) -> ContactsPage:
    """The page of persons."""
    page = station.window.contacts.page
    assert page is not None
    return page


def wait_for_ana(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    """Until Ana Gómez's record is there."""
    page = page_of(station)
    qtbot.waitUntil(lambda: page.person is not None and page.person.contact_id == desk.ana, timeout=8000)
    assert station.window.rooms.currentWidget() is page


def test_the_search_opens_a_record_and_f2_takes_her_message(
    qtbot: QtBot, station: Workstation, desk: MessageDesk
) -> None:
    window = station.window
    station.press(Qt.Key.Key_F3)
    QTest.keyClicks(window.omnibox, "gomez ana")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    contact = next(at for at, text in enumerate(window.omnibox.results.texts()) if text.startswith("GÓMEZ, Ana"))
    window.omnibox.results.setCurrentIndex(window.omnibox.results.model().index(contact, 0))
    QTest.keyClick(window.omnibox, Qt.Key.Key_Return)
    wait_for_ana(qtbot, station, desk)
    station.press(Qt.Key.Key_F2)
    intake = window.rooms.intake
    assert intake is not None
    qtbot.waitUntil(lambda: window.rooms.currentWidget() is intake)
    qtbot.waitUntil(lambda: intake.form.fields.contact.contact_id == desk.ana)


def test_the_card_of_a_call_leads_to_the_record(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = station.window
    window.calls.ring(Ring(NUMBER))
    qtbot.waitUntil(window.calls.card.record.isVisible, timeout=8000)
    window.calls.card.record.click()
    wait_for_ana(qtbot, station, desk)
    assert not window.calls.card.isVisible()
    assert window.calls.arrivals.current is not None


def test_who_was_looked_for_is_who_calls(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    """An unknown number: the person who is found is the caller, and her record is open."""
    window = station.window
    window.calls.ring(Ring(STRANGER))
    qtbot.waitUntil(
        lambda: window.calls.arrivals.current is not None and window.calls.arrivals.current.card is not None
    )
    assert not window.calls.card.record.isVisible()
    station.press(Qt.Key.Key_F3)
    QTest.keyClicks(window.omnibox, "gomez ana")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    hit = next(line for line in window.omnibox.results.texts() if line.startswith("GÓMEZ, Ana"))
    at = window.omnibox.results.texts().index(hit)
    window.omnibox.results.setCurrentIndex(window.omnibox.results.model().index(at, 0))
    QTest.keyClick(window.omnibox, Qt.Key.Key_Return)
    wait_for_ana(qtbot, station, desk)
    arrival = window.calls.arrivals.current
    assert arrival is not None
    assert arrival.person is not None
    assert arrival.person.contact_id == desk.ana


def test_a_ticket_leads_to_the_record_and_back(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = station.window
    window.rooms.open_ticket(desk.open)
    station.settle()
    station.find(QPushButton, "ticket_record").click()
    wait_for_ana(qtbot, station, desk)
    page = page_of(station)
    qtbot.waitUntil(lambda: bool(page.record.story._lines))
    line = next(number for number, line in enumerate(page.record.story._lines, 1) if line.kind == "ticket")
    page.record.story._open(line)
    assert window.rooms.currentWidget() is window.rooms.tickets


def test_a_case_leads_to_the_record_and_back(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    """The case of a person who is no client says how she is reached; an unsafe number is not dialled."""
    window = station.window
    phone = desk.world.value("SELECT id FROM iduo.contact_phone WHERE contact_id = %s", desk.ana)
    desk.world.superuser.execute("UPDATE iduo.contact_phone SET safe = false WHERE id = %s", [phone])
    desk.world.superuser.execute("UPDATE iduo.contact SET company_id = NULL WHERE id = %s", [desk.ana])
    case = case_of(desk.world, desk.ana)
    cases = window.rooms.cases
    assert cases is not None
    window.rooms.open_cases()
    cases.open_case(case)
    qtbot.waitUntil(lambda: cases.reader.card is not None and cases.reader.card.id == case, timeout=8000)
    assert "no seguro" in cases.panel.person._facts["Teléfonos"].text()
    cases.panel.person.record.click()
    wait_for_ana(qtbot, station, desk)
    page_of(station).record.cases.case_asked.emit(case)
    assert window.rooms.currentWidget() is cases


def test_a_section_that_was_left_half_typed_is_opened(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = station.window
    window.contacts.open(desk.ana)
    wait_for_ana(qtbot, station, desk)
    box = next(box for box in page_of(station).record.sections if "Demografía" in box.fold.text())
    box.fold.open(True)
    qtbot.waitUntil(lambda: box._form is not None)
    assert box._form is not None
    unsaid = box._form.findChild(QCheckBox, "unsaid_gender")
    assert unsaid is not None
    unsaid.setChecked(True)
    found = window.drafts.newest(f"contact_section:{box.form_id}")
    assert isinstance(found, Draft)
    box.shut()
    window.rooms.open_cases()
    window.recovery.offer((found,))
    window.recovery.open_next()
    qtbot.waitUntil(lambda: box._form is not None, timeout=8000)
    assert box._form.values() == {"gender": UNSAID}
    assert window.rooms.currentWidget() is page_of(station)


def test_a_note_of_a_call_that_was_left_is_there_again(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = station.window
    left = Draft("contact_call", desk.ana, "Llamada — GÓMEZ, Ana", uuid4(), '{"note": "Está mejor"}', datetime.now(UTC))
    window.drafts.keep(left)
    window.recovery.offer((left,))
    window.recovery.open_next()
    wait_for_ana(qtbot, station, desk)
    qtbot.waitUntil(lambda: page_of(station).record.reach.note.text() == "Está mejor", timeout=8000)
