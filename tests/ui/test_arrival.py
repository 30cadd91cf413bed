"""A call arrives: one card, no focus stolen, who it may be, what is pending, and a record of what became of it."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import CallState, Ring
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.intake.arrival_number import AddNumberDialog
from iduo_desktop.ui.main_window import MainWindow
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import COMPANY, NUMBER, STRANGER, MessageDesk, person, set_up
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


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


def ring(qtbot: QtBot, station: Workstation, **values: Any) -> MainWindow:
    """The telephone rings; wait until the card knows who it may be."""
    window = station.window
    given: dict[str, Any] = {"caller": NUMBER, "ivr": 1, "company": str(COMPANY), "id": "1.1"}
    window.calls.ring(Ring(**(given | values)))
    current = window.calls.arrivals.current
    qtbot.waitUntil(lambda: current is None or current.card is not None)
    return window


def said(window: MainWindow, name: str) -> str:
    """What a label of the card says."""
    found = window.calls.card.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def offered(window: MainWindow) -> list[str]:
    """The buttons that the card shows."""
    return [button.accessibleName() for button in window.calls.card.findChildren(QPushButton) if button.isVisible()]


def test_the_card_says_who_and_what_is_pending(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    card = window.calls.card
    assert card.isVisible()
    assert said(window, "call_head") == "☎ Llamada entrante · opción 1 (ya es usuario)"
    assert said(window, "call_number") == "+54 9 341 612-4410"
    assert said(window, "call_who") == "GÓMEZ, Ana — Panificadora Sur SRL (1204)"
    assert said(window, "call_keyed") == "por teléfono y empresa marcada 1204"
    first, second = card.hits.texts()
    assert first.startswith("☎")
    assert first.endswith("con respuesta sin comunicar")
    assert second.startswith("○")
    assert card.communicate.isVisible()
    assert "Buscar por apellido o documento" not in offered(window)
    bar = station.find(QToolButton, "current_call")
    assert bar.text().startswith("☎ 00:0")
    assert "GÓMEZ" in bar.text()


def test_it_takes_no_keyboard_and_no_letter(qtbot: QtBot, station: Workstation) -> None:
    box = station.window.omnibox
    box.begin()
    QTest.keyClicks(box, "gom")
    ring(qtbot, station)
    assert QApplication.focusWidget() is box
    QTest.keyClicks(box, "ez 12")
    assert box.text() == "gomez 12"
    assert station.window.calls.card.isVisible()


def test_f4_goes_there_and_esc_esc_comes_back_where_one_was(qtbot: QtBot, station: Workstation) -> None:
    window = ring(qtbot, station)
    window.omnibox.setFocus()
    station.press(Qt.Key.Key_F4)
    assert QApplication.focusWidget() is window.calls.card.hits
    station.press(Qt.Key.Key_Escape)
    assert said(window, "call_reasons") == "¿Cómo terminó?"
    station.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.omnibox
    assert not window.calls.card.isVisible()
    assert window.calls.arrivals.current is not None
    station.press(Qt.Key.Key_L, CONTROL | SHIFT)
    assert window.calls.card.isVisible()


@pytest.mark.parametrize(
    ("digit", "outcome"),
    [(1, "hung_up"), (2, "silent"), (3, "wrong_number"), (4, "test"), (5, "informed"), (6, "assistant")],
)
def test_a_digit_ends_a_call_without_conversation(
    qtbot: QtBot, station: Workstation, desk: MessageDesk, digit: int, outcome: str
) -> None:
    window = ring(qtbot, station)
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key(Qt.Key.Key_0 + digit))
    station.settle()
    assert desk.calls("outcome") == [outcome]
    assert not window.calls.card.isVisible()
    assert station.find(QToolButton, "current_call").text() == "☎ Sin llamada  F4"


def test_enter_opens_the_answer_to_communicate(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key.Key_Return)
    tickets = window.rooms.tickets
    assert tickets is not None
    qtbot.waitUntil(lambda: tickets.reader.card is not None)
    assert tickets.reader.card is not None
    assert tickets.reader.card.id == desk.answered
    assert tickets.reader.card.state == TicketState.AWAITING_COMMUNICATION
    assert not window.calls.card.isVisible()


def test_an_unknown_number_can_be_looked_for_and_added(
    qtbot: QtBot, station: Workstation, desk: MessageDesk, world: World
) -> None:
    window = ring(qtbot, station, caller=STRANGER, company="")
    assert said(window, "call_says") == "No encontramos este número."
    assert offered(window)[:3] == [
        "Nuevo mensaje",
        "Buscar por apellido o documento",
        "Agregar este número a un contacto",
    ]
    station.press(Qt.Key.Key_G, CONTROL | SHIFT)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, AddNumberDialog)
    dialog.activateWindow()
    QTest.keyClicks(dialog.box, "gomez")
    qtbot.waitUntil(lambda: dialog.hits.current() is not None)
    QTest.keyClick(dialog.box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said(window, "call_who").startswith("GÓMEZ, Ana"))
    keys = {row[0] for row in world.superuser.execute("SELECT search_key FROM iduo.contact_phone")}
    assert keys == {"3416124410", "1143215678"}


def test_several_may_be_calling_and_one_is_chosen(
    qtbot: QtBot, station: Workstation, desk: MessageDesk, people: People
) -> None:
    person(people.become("berta"), "Gómez", "Bruno", None)
    window = ring(qtbot, station)
    assert said(window, "call_says") == "2 coincidencias: elegí con ↑↓ y ⏎."
    assert window.calls.card.hits.texts()[0].startswith("GÓMEZ, Ana — Panificadora")
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key.Key_Down)
    station.press(Qt.Key.Key_Return)
    assert said(window, "call_who") == "GÓMEZ, Bruno"


def test_a_call_is_told_once_by_its_id(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    for state in CallState:
        ring(qtbot, station, state=state)
    station.settle()
    assert desk.calls() == [1]
    assert said(window, "call_reasons") == "La llamada terminó. ¿Qué pasó?"
    assert station.find(QToolButton, "current_call").text().startswith("☎ terminó")


def test_without_an_id_the_same_number_is_the_same_call_until_it_is_over(
    qtbot: QtBot, station: Workstation, desk: MessageDesk
) -> None:
    ring(qtbot, station, id="")
    ring(qtbot, station, id="", state=CallState.ANSWERED)
    ring(qtbot, station, id="", state=CallState.ENDED)
    station.settle()
    assert desk.calls() == [1]
    ring(qtbot, station, id="")
    station.settle()
    assert desk.calls() == [2]


def test_the_end_of_a_call_that_nobody_saw_shows_nothing(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    ring(qtbot, station, state=CallState.ENDED)
    station.settle()
    assert desk.calls() == [0]
    assert not station.window.calls.card.isVisible()


def test_f4_without_a_call_opens_one_by_hand(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    station.press(Qt.Key.Key_F4)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    station.find(QLineEdit, "by_hand_number", dialog).setText("hola")
    station.find(QPushButton, "by_hand_open", dialog).click()
    assert dialog.isVisible()
    station.find(QLineEdit, "by_hand_number", dialog).setText("0341 15 612 4410")
    station.find(QLineEdit, "by_hand_company", dialog).setText("1204")
    station.find(QPushButton, "by_hand_open", dialog).click()
    window = station.window
    qtbot.waitUntil(lambda: said(window, "call_who") != "")
    assert said(window, "call_head").startswith("☎ Llamada cargada a mano")
    assert said(window, "call_who") == "GÓMEZ, Ana — Panificadora Sur SRL (1204)"


def test_a_call_by_hand_may_say_nothing(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key.Key_Return)
    window = station.window
    qtbot.waitUntil(lambda: said(window, "call_says") == "No se sabe quién llama.")
    assert said(window, "call_number") == "Número oculto"


def test_two_calls_the_newer_first(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    ring(qtbot, station, caller=STRANGER, company="", id="1.2")
    assert said(window, "call_number") == "+54 11 4321-5678"
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key.Key_3)
    station.settle()
    assert said(window, "call_number") == "+54 9 341 612-4410"
    assert desk.calls("outcome") == [None, "wrong_number"]


def test_f2_writes_a_message_of_the_call(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    station.press(Qt.Key.Key_F2)
    assert window.rooms.currentWidget() is window.rooms.intake
    assert not window.calls.card.isVisible()
    current = window.calls.arrivals.current
    assert current is not None
    assert current.card is not None
    assert window.rooms.intake is not None
    assert window.rooms.intake.form.call_id == current.card.id


def test_f2_before_anybody_knows_who_calls_waits_for_that(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    window.calls.ring(Ring(NUMBER, 1, "1204", "9"))
    window.calls.new_message()
    intake = window.rooms.intake
    assert intake is not None
    qtbot.waitUntil(lambda: window.rooms.currentWidget() is intake)
    assert intake.form.call_id is not None


def test_behind_the_lock_a_call_waits(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = station.window
    window.lock()
    ring(qtbot, station)
    station.settle()
    assert desk.calls() == [0]
    window.lock_screen.unlocked.emit()
    qtbot.waitUntil(window.calls.card.isVisible)
    station.settle()
    assert desk.calls() == [1]


def test_without_connection_the_card_says_so_and_asks_again_with_its_key(
    qtbot: QtBot, open_program: OpenProgram, people: People, desk: MessageDesk
) -> None:
    people.add("ana")
    with Proxy(people.conninfo("ana").hosts[0][1]) as proxy:
        station = open_program("ana", port=proxy.port)
        window = station.log_in()
        proxy.refusing = True
        proxy.cut()
        window.calls.ring(Ring(NUMBER, 1, "1204", "9"))
        qtbot.waitUntil(lambda: "Todavía no pudimos buscar" in said(window, "call_says"), timeout=10000)
        assert said(window, "call_number") == NUMBER
        proxy.refusing = False
        qtbot.waitUntil(lambda: said(window, "call_who") != "", timeout=20000)
        assert desk.calls() == [1]


def test_the_clock_of_a_call_runs(qtbot: QtBot, station: Workstation) -> None:
    window = ring(qtbot, station)
    current = window.calls.arrivals.current
    assert current is not None
    current.at -= timedelta(seconds=132)
    window.calls.card._tick()
    assert said(window, "call_time").startswith("02:1")


def test_who_takes_no_messages_is_not_rung(qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk) -> None:
    station = open_program("rita", "answerer")
    window = station.log_in()
    window.calls.ring(Ring(NUMBER))
    station.settle()
    assert window.calls.arrivals.current is None
    assert desk.calls() == [0]
    assert not station.find(QToolButton, "current_call").isVisible()
    assert window.rooms.cases is None
    assert window.rooms.intake is None
    assert window.rooms.currentWidget() is window.rooms.tickets
    assert [*window.rail.parts] == ["tickets", "help"]


def test_reading_an_answer_out_ends_the_call(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    window = ring(qtbot, station)
    station.press(Qt.Key.Key_F4)
    station.press(Qt.Key.Key_Return)
    tickets = window.rooms.tickets
    assert tickets is not None
    qtbot.waitUntil(lambda: tickets.reader.card is not None)
    station.settle()
    station.press(Qt.Key.Key_M, CONTROL)
    station.settle()
    qtbot.waitUntil(lambda: desk.calls("outcome") == ["answer"])
    assert window.calls.arrivals.current is None


def test_the_rail_counts_the_answers_to_read_out(qtbot: QtBot, station: Workstation, desk: MessageDesk) -> None:
    button = station.window.rail.parts["tickets"]
    qtbot.waitUntil(lambda: button.accessibleName() == "Mensajes, 1 para comunicar")
    station.window.rail.expand(True)
    state = station.window.rail.states[TicketState.OPEN]
    qtbot.waitUntil(lambda: state.accessibleName() == "Abiertos, 1")
    state.click()
    assert station.window.rooms.part == "tickets"
    assert state.isChecked()
    assert not any(line.isChecked() for line in station.window.rail.lists.values())


def test_one_more_message_of_whose_ticket_is_read_belongs_to_the_call(
    qtbot: QtBot, station: Workstation, desk: MessageDesk
) -> None:
    window = ring(qtbot, station)
    window.calls.card.communicate.click()
    tickets, intake = window.rooms.tickets, window.rooms.intake
    assert tickets is not None
    assert intake is not None
    qtbot.waitUntil(lambda: tickets.reader.card is not None)
    tickets.new_message_requested.emit(tickets.reader.card)
    current = window.calls.arrivals.current
    assert current is not None
    assert current.card is not None
    assert window.rooms.currentWidget() is intake
    assert intake.form.call_id == current.card.id
    assert intake.form.fields.contact.contact_id == desk.ana
