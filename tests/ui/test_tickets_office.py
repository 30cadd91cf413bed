"""The back office on the real server: answer one or many, take, send back; rights of each role; filters."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services.tickets import Answered, TicketFilter
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.tickets.commands import outcome_sentence
from iduo_desktop.ui.tickets.rights import Verb
from tests.services.world import World
from tests.ui.counter import Counter, Office
from tests.ui.desk import CONTROL, Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Arrive = Callable[..., Counter]
Key = Qt.Key
SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
ROLES = ("operator", "answerer")
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def arrive(qtbot: QtBot, open_desk: OpenDesk) -> Arrive:
    """`arrive("ana", "operator")`: that person sits down."""
    return lambda name="ana", *roles: Counter(qtbot, open_desk(name, *roles))


@pytest.fixture
def office(open_desk: OpenDesk, world: World) -> Office:
    """Pía takes messages, Rita answers them."""
    return Office(open_desk("pia", "operator").database, open_desk("rita", "answerer").database)


def offered(counter: Counter) -> set[str]:
    """The buttons of the ticket that are seen."""
    names = {
        *("communicate_button", "insist_button", "verb_take", "verb_answer", "verb_send_back", "save_answer"),
        *("same_contact", "note_button", "fold_assistants"),
    }
    return {name for name in names if counter.button(name).isVisible()}


def test_each_role_has_its_buttons(arrive: Arrive, office: Office, world: World) -> None:
    """An operator does not answer; who answers does not communicate; coordinators answer where the setting says so."""
    waiting, answered = office.message(company_id=world.company(service_status="active")), office.answered()
    ana, rosa, juan = arrive("ana"), arrive("rosa", "answerer"), arrive("juan", "coordinator")
    world.set_setting("coordinators_answer", True)
    marta = arrive("marta", "coordinator")
    for counter in (ana, rosa, marta):
        counter.read(waiting)
        counter.rest_of_it()
    always = {"note_button"}
    calls = always | {"insist_button", "same_contact", "fold_assistants"}
    assert offered(ana) == calls
    assert offered(rosa) == always | {"verb_take", "save_answer"}
    assert offered(marta) == calls | {"verb_take", "verb_answer"}
    assert [counter.page.frames[TicketState.OPEN].markable for counter in (ana, rosa, marta)] == [False, True, True]
    world.set_setting("coordinators_answer", False)
    juan.read(waiting)
    juan.rest_of_it()
    assert offered(juan) == calls
    assert not juan.page.frames[TicketState.OPEN].markable
    for counter in (ana, rosa):
        counter.read(answered)
        counter.rest_of_it()
    assert offered(ana) == always | {"communicate_button", "verb_send_back", "same_contact"}
    assert offered(rosa) == always | {"verb_send_back"}


def test_keys_are_bound_to_rights(arrive: Arrive, office: Office) -> None:
    """Who only answers has no Ctrl+M at all, an operator no Ctrl+Shift+R."""
    ana, rosa = ({action.objectName() for action in arrive(name, name).page.actions()} for name in ROLES)
    assert {"communicate", "insist"} <= ana
    assert not {"answer", "take"} & ana
    assert {"answer", "take"} <= rosa
    assert not {"communicate", "insist", "assistants"} & rosa


def test_answering_one_after_the_other(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Enter, the answer, Ctrl+Enter: saved, and the next message has the keyboard."""
    first, second = office.message("Paz"), office.message("Sosa")
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    keyboard.press(Key.Key_Return)
    assert keyboard.focused() == "text_answer"
    keyboard.write("Ya va")
    keyboard.save()
    rosa.wait_for(lambda: office.card(first).answer == "Ya va")
    rosa.wait_for(lambda: rosa.page.panel.ticket_id == second)
    rosa.wait_for(lambda: rosa.listed() == [second])
    keyboard.reaches("text_answer")
    keyboard.write("Mañana")
    keyboard.save()
    rosa.wait_for(lambda: office.card(second).answer == "Mañana")
    rosa.wait_for(lambda: rosa.page.frame.placeholder.sentence == "No hay mensajes abiertos.")


def test_somebody_else_answered_meanwhile(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """It is said who did; the text is still there to be copied, and goes when it is not wanted."""
    ticket = office.message()
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    keyboard.press(Key.Key_Return)
    keyboard.write("Ya va")
    office.answer(ticket, "Está resuelto.")
    compose = rosa.page.panel.composes[Verb.ANSWER]
    rosa.wait_for(lambda: rosa.text("message_answer") == "Rita ya respondió este mensaje. Tu texto sigue acá.")
    assert rosa.text("ticket_answer") == "Está resuelto."
    assert compose.text.toPlainText() == "Ya va"
    keyboard.save()
    assert office.card(ticket).answer == "Está resuelto."
    rosa.button("copy_answer").click()
    assert QApplication.clipboard().text() == "Ya va"
    rosa.button("drop_answer").click()
    assert not compose.isVisible()
    assert rosa.desk.drafts.find("ticket_answer", ticket) is None


def test_somebody_else_answered_in_the_same_second(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """The server refuses before word of it came; the text stays as well."""
    ticket = office.message()
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    keyboard.press(Key.Key_Return)
    keyboard.write("Ya va")
    office.answer(ticket, "Está resuelto.")
    keyboard.save()
    compose = rosa.page.panel.composes[Verb.ANSWER]
    rosa.wait_for(lambda: "ya" in rosa.text("message_answer") and not compose.running)
    rosa.wait_for(lambda: rosa.state() == TicketState.AWAITING_COMMUNICATION)
    rosa.rest_of_it()
    assert office.card(ticket).answer == "Está resuelto."
    assert compose.text.toPlainText() == "Ya va"
    assert compose.isVisible()


def test_many_with_the_same_text(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Space marks, Ctrl+Shift+R answers them together; what became of each is said."""
    first, second, third = (office.message(f"Cliente {number}") for number in range(3))
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    for _ in range(3):
        keyboard.press(Key.Key_Space)
    assert rosa.button("answer_together").text().startswith("Responder 3 juntos")
    rosa.page.frame.unmark((third,))
    assert rosa.button("answer_together").text().startswith("Responder 2 juntos")
    keyboard.press(Key.Key_R, SHIFT)
    rosa.wait_for_field("answer")
    office.answer(second, "Está resuelto.")
    keyboard.write("Ya va")
    keyboard.save()
    rosa.wait_for(lambda: office.card(first).answer == "Ya va")
    number = f"{office.card(second).number:,}".replace(",", NBSP)
    rosa.wait_for(lambda: rosa.desk.notice.text == f"Respondiste 1 mensaje; {number} ya tenía respuesta")
    assert office.card(third).state == TicketState.OPEN
    assert not rosa.page.frame.marks
    rosa.wait_for(lambda: rosa.listed() == [third])
    assert QApplication.activeModalWidget() is None


def test_what_became_of_several_in_words() -> None:
    """Three numbers at most; the text says what there is to do."""
    outcomes = [Answered(1, 104001, "answered"), Answered(2, 104002, "same")]
    assert outcome_sentence(tuple(outcomes)) == "Respondiste 2 mensajes"
    outcomes += [Answered(number, 104000 + number, "wrong_state") for number in range(3, 8)]
    outcomes += [Answered(8, 104008, "busy"), Answered(9, None, "unknown")]
    said = outcome_sentence(tuple(outcomes)).replace(NBSP, " ")
    assert said == (
        "Respondiste 2 mensajes; 104 003, 104 004, 104 005 y 2 más ya tenían respuesta; "
        "104 008 lo está cambiando otra persona; 1 ya no está"
    )
    assert outcome_sentence((Answered(1, 104001, "busy"),)).startswith("No se respondió ninguno; ")


def test_taking_tells_the_others(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+T: it waits for an answer, and its card says who has it."""
    ticket = office.message()
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    keyboard.press(Key.Key_T, CONTROL)
    rosa.wait_for(lambda: office.card(ticket).state == TicketState.AWAITING_ANSWER)
    rosa.wait_for(lambda: rosa.text("ticket_held").startswith("Lo tomó Rosa para responder"))
    keyboard.press(Key.Key_T, CONTROL)
    assert rosa.desk.notice.text == "Ya espera respuesta."


def test_sending_back_with_a_reason(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """An operator finds that the answer does not serve: it waits for another one, and the reason is kept."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    keyboard.press(Key.Key_B, SHIFT)
    assert keyboard.focused() == "text_send_back"
    keyboard.write("No dice desde cuándo")
    keyboard.save()
    ana.wait_for(lambda: ana.state() == TicketState.AWAITING_ANSWER)
    assert ana.desk.notice.text.startswith("Devolviste la respuesta del ticket ")
    assert office.card(ticket).events[-1].text == "No dice desde cuándo"
    ana.wait_for(lambda: ana.button("insist_button").isVisible())


def test_filtering_by_keyboard(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+Shift+F, the surname without accent, Enter; a chip takes it away again; nobody: what to do."""
    gomez, sosa = office.message("Gómez"), office.message("Sosa")
    ana = arrive()
    ana.open(TicketState.OPEN)
    keyboard.press(Key.Key_F, SHIFT)
    ana.wait_for_field("surname")
    keyboard.write("gomez")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.listed() == [gomez])
    assert ana.button("chip_surname").accessibleName() == "Quitar el filtro Apellido: gomez"
    ana.page.open_state(TicketState.AWAITING_ANSWER.value)
    ana.wait_for(lambda: ana.page.frame.placeholder.sentence == "Ningún mensaje con esos filtros.")
    ana.page.open_state(TicketState.OPEN.value)
    ana.button("chip_surname").click()
    ana.wait_for(lambda: ana.listed() == [gomez, sosa])


def test_every_field_that_was_taken_filters(arrive: Arrive, office: Office, world: World) -> None:
    """Each of them finds its message and not the other one."""
    topic = world.value("SELECT id FROM iduo.topic WHERE kind = 'claim' LIMIT 1")
    company = world.company(service_status="active")
    number = world.value("SELECT number FROM iduo.company WHERE id = %s", company)
    other = office.message("Sosa", channel="chat", caller_kind="other", text="Otra cosa", phone="4999-0000")
    reach = {"document": "24118903", "email": "ana@ejemplo.com.ar", "phone": "341 4218890", "phone_key": "3414218890"}
    ticket = office.message("Gómez", topic_id=topic, company_id=company, **reach)
    ana = arrive()
    ana.open(TicketState.OPEN)
    chosen = {"surname": "gom", "document": "24.118.903", "email": "ana@", "phone_key": "3414218890", "text": "factura"}
    chosen |= {"company_number": str(number), "kind": "claim", "channel": "phone", "caller_kind": "client"}
    for field, value in [*chosen.items(), ("topic_id", topic)]:
        ana.page.filters.narrow(TicketFilter(**{field: value}))
        ana.wait_for(lambda: ana.listed() == [ticket])
        ana.rest()
        assert ana.page.findChild(QPushButton, f"chip_{field}") is not None or field == "text"
        ana.page.filters.clear()
        ana.wait_for(lambda: ana.listed() == [other, ticket])
    ana.page.filters.narrow(TicketFilter(taken_by="pia"))
    ana.wait_for(lambda: ana.listed() == [other, ticket])
    ana.page.filters.narrow(TicketFilter(first=world.today(), last=world.today()))
    ana.rest()
    assert ana.listed() == [other, ticket]


def test_the_line_filters_while_one_types(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Words of the message; Esc empties it."""
    office.message("Sosa", text="No anda el teléfono")
    ticket = office.message("Gómez")
    ana = arrive()
    ana.open(TicketState.OPEN)
    line = ana.page.findChild(QLineEdit, "filter_tickets")
    assert line is not None
    line.setFocus()
    keyboard.write("factura")
    ana.wait_for(lambda: ana.listed() == [ticket])
    keyboard.press(Key.Key_Escape)
    ana.wait_for(lambda: len(ana.listed()) == 2)
    keyboard.press(Key.Key_Down)
    assert keyboard.focused() == "tickets_open"


def test_all_are_marked_at_once(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+A marks the list, again it marks none; what another list has marked is its own."""
    for number in range(3):
        office.message(f"Cliente {number}")
    rosa = arrive("rosa", "answerer")
    rosa.open(TicketState.OPEN)
    keyboard.press(Key.Key_A, CONTROL)
    assert rosa.button("answer_together").text().startswith("Responder 3 juntos")
    rosa.open(TicketState.AWAITING_ANSWER)
    assert not rosa.button("answer_together").isVisible()
    rosa.open(TicketState.OPEN)
    assert rosa.button("answer_together").isVisible()
    keyboard.press(Key.Key_A, CONTROL)
    assert not rosa.button("answer_together").isVisible()
