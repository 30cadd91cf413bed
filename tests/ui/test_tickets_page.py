"""The page of messages on the real server, by keyboard: read the answer out, insist, answer, send back; two at once."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import tickets
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.tickets.rights import Verb
from tests.services.world import World
from tests.ui.counter import Counter, Office
from tests.ui.desk import CONTROL, Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Arrive = Callable[..., Counter]
Key = Qt.Key
SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def arrive(qtbot: QtBot, open_desk: OpenDesk) -> Arrive:
    """`arrive("ana", "operator")`: that person sits down."""
    return lambda name="ana", *roles: Counter(qtbot, open_desk(name, *roles))


@pytest.fixture
def office(open_desk: OpenDesk, world: World) -> Office:
    """Pía takes messages, Rita answers them."""
    return Office(open_desk("pia", "operator").database, open_desk("rita", "answerer").database)


def test_the_answer_is_read_and_communicated(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+M says that it was read, to the person of the ticket; Ctrl+Z within five minutes takes it back."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: keyboard.focused() == "ticket_answer")
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    keyboard.press(Key.Key_M, CONTROL)
    ana.wait_for(lambda: ana.state() == TicketState.COMMUNICATED)
    assert office.card(ticket).communicated_to == "Ana Gómez"
    assert ana.desk.notice.text.endswith("comunicado a Ana Gómez")
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.state() == TicketState.AWAITING_COMMUNICATION)


def test_nothing_is_communicated_that_was_not_on_the_screen(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """A long answer has to be scrolled to its end: Ctrl+M shows more of it, and only then it says it was read."""
    ticket = office.answered(answer="\n".join(f"{line}. Traiga este papel." for line in range(120)))
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: keyboard.focused() == "ticket_answer")
    keyboard.press(Key.Key_M, CONTROL)
    assert ana.text("ticket_remark") == "Leé la respuesta hasta el final y después marcala (Ctrl+M)."
    presses = 0
    while not ana.page.panel.answer.text.seen:
        keyboard.press(Key.Key_M, CONTROL)
        ana.qtbot.wait(30)
        presses += 1
        assert presses < 40
    assert presses > 1
    assert office.card(ticket).state == TicketState.AWAITING_COMMUNICATION
    keyboard.press(Key.Key_M, CONTROL)
    ana.wait_for(lambda: ana.state() == TicketState.COMMUNICATED)


def test_the_folded_ticket_is_unfolded_first(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """With the ticket folded away, Ctrl+M shows the answer; the next one communicates it."""
    ticket = office.answered()
    ana = arrive()
    ana.page.toggle_panel()
    ana.open(TicketState.AWAITING_COMMUNICATION)
    assert ana.page.panel.isHidden()
    keyboard.press(Key.Key_M, CONTROL)
    assert ana.page.panel.isVisible()
    assert office.card(ticket).state == TicketState.AWAITING_COMMUNICATION
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    keyboard.press(Key.Key_M, CONTROL)
    ana.wait_for(lambda: office.card(ticket).state == TicketState.COMMUNICATED)


def test_it_asks_to_whom(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Nobody's name is known: Ctrl+M asks for it, Enter confirms."""
    ticket = office.answered(surname="", names="")
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    keyboard.press(Key.Key_M, CONTROL)
    assert keyboard.focused() == "communicated_to"
    assert ana.text("answer_message") == "Escribí a quién se la leés."
    keyboard.write("Marta, la hija")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.state() == TicketState.COMMUNICATED)
    assert office.card(ticket).communicated_to == "Marta, la hija"
    keyboard.reaches("ticket_answer")


def test_a_colleague_was_faster(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Whoever reads the same answer a moment later is told who read it to whom."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    stale = ana.page.reader.card
    assert stale is not None
    tickets.communicate(office.operator, ticket, "Ana Gómez", stale.version, uuid4())
    ana.page.commands.communicate(stale, "Ana Gómez", ana.page.panel.answer)
    ana.wait_for(lambda: "Pia ya se la leyó a Ana Gómez" in ana.text("answer_message"))
    ana.wait_for(lambda: ana.state() == TicketState.COMMUNICATED)
    assert not ana.button("communicate_button").isVisible()


def test_another_answer_has_to_be_read_again(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """It was sent back and answered anew while it was on the screen."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    tickets.send_back(office.operator, ticket, "No dice cuándo.", uuid4())
    ana.wait_for(lambda: ana.state() == TicketState.AWAITING_ANSWER)
    office.answer(ticket, "Mañana a las 10.")
    ana.wait_for(lambda: ana.page.panel.answer.text.text() == "Mañana a las 10.")
    assert ana.button("communicate_button").isVisible()


def test_lists_by_state_with_counts(arrive: Arrive, office: Office) -> None:
    """The ones that insisted come first, then the oldest; each tab says how many."""
    first, second, third = (office.message(f"Cliente {number}") for number in range(3))
    tickets.insist(office.operator, third, "Sigue igual.", uuid4())
    office.answered()
    ana = arrive()
    ana.open(TicketState.OPEN)
    assert ana.listed() == [third, first, second]
    ana.wait_for(lambda: ana.page.tabs.tabText(0) == "○ Abiertos 3")
    assert ana.page.tabs.tabText(2) == "☎ Pendientes de comunicación 1"
    row = ana.page.frame.model.row(0)
    assert row is not None
    person = next(column for column in ana.page.frame.model.columns if column.key == "person")
    assert person.spoken is not None
    assert person.spoken(row).endswith("insistió 1 vez")


def test_a_ticket_that_leaves_the_list_is_still_read(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """A colleague answers what one is looking at: it stays, says where it went, and the next arrow goes on."""
    first, second, third = (office.message(f"Cliente {number}") for number in range(3))
    ana = arrive()
    ana.open(TicketState.OPEN)
    keyboard.press(Key.Key_Down)
    ana.rest()
    assert ana.page.panel.ticket_id == second
    office.answer(second)
    ana.wait_for(lambda: ana.listed() == [first, third])
    ana.wait_for(lambda: "Pendientes de comunicación" in ana.text("ticket_remark"))
    assert ana.page.panel.ticket_id == second
    keyboard.press(Key.Key_Up)
    ana.wait_for(lambda: ana.page.panel.ticket_id in {first, third})


def test_insisting(arrive: Arrive, office: Office, keyboard: Keyboard, world: World) -> None:
    """Ctrl+R, what he says now, Ctrl+Enter; the next time it says how often he did, and what to say."""
    ticket = office.message()
    world.age("ticket", ticket, "at", days=9)
    ana = arrive()
    ana.read(ticket)
    assert "⚠ Todavía no hay respuesta. Ingresó hace " in ana.text("waited")
    keyboard.press(Key.Key_R, CONTROL)
    assert keyboard.focused() == "text_insist"
    keyboard.save()
    assert ana.text("message_insist") == "Escribí qué dice ahora."
    keyboard.write("Lo necesita hoy")
    keyboard.save()
    ana.wait_for(lambda: ana.text("insisted") == "↺ Ya insistió 1 vez")
    assert ana.desk.notice.text.startswith("Sumaste el reclamo al ticket ")
    assert "le di prioridad" in ana.text("waiting_sentence")
    assert not ana.page.panel.composes[Verb.INSIST].isVisible()
    assert office.card(ticket).events[-1].text == "Lo necesita hoy"


def test_a_remark_survives_the_program(
    arrive: Arrive, office: Office, keyboard: Keyboard, qtbot: QtBot, open_desk: OpenDesk
) -> None:
    """What was typed and not sent opens by itself when that ticket is looked at again."""
    ticket, other = office.message(), office.message("Paz")
    ana = arrive()
    ana.read(ticket)
    keyboard.press(Key.Key_R, CONTROL)
    keyboard.write("Lo necesita")
    ana.page.open_ticket(other)
    ana.wait_for(lambda: ana.page.panel.ticket_id == other)
    assert not ana.page.panel.composes[Verb.INSIST].isVisible()
    again = Counter(qtbot, ana.desk)
    again.read(ticket)
    assert again.page.panel.composes[Verb.INSIST].isVisible()
    assert again.page.panel.composes[Verb.INSIST].text.toPlainText() == "Lo necesita"


def test_other_ways_are_copied_with_a_digit(arrive: Arrive, office: Office, keyboard: Keyboard, world: World) -> None:
    """Mail and form have one; an office that is not set is not offered."""
    world.set_setting("contact_office", "")
    ana = arrive()
    ana.read(office.message())
    ana.wait_for(ana.button("fold_other_ways").isVisible)
    ana.button("fold_other_ways").setFocus()
    keyboard.press(Key.Key_Space)
    keyboard.press(Key.Key_2)
    assert QGuiApplication.clipboard().text() == "www.iduo.com.ar/Contacto.html"
    keyboard.press(Key.Key_1)
    assert QGuiApplication.clipboard().text() == "contacto@iduo.com.ar"
    assert ana.desk.notice.text == "Copiaste contacto@iduo.com.ar"
    assert not ana.button("copy_way_3").isVisible()


def test_the_number_is_copied(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+Shift+C, as digits."""
    ticket = office.message()
    ana = arrive()
    ana.read(ticket)
    keyboard.press(Key.Key_C, SHIFT)
    assert QGuiApplication.clipboard().text() == str(office.card(ticket).number)


def test_notes_are_for_colleagues(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """A note of one is in the history of the other."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    keyboard.press(Key.Key_I, SHIFT)
    keyboard.write("Llamar al celular")
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Nota agregada al ticket "))
    rita = arrive("rita2", "answerer")
    rita.read(ticket)
    shown = rita.page.panel.story._lines.model()
    spoken = [str(shown.index(row, 0).data()) for row in range(shown.rowCount())]
    assert any("Nota interna, Llamar al celular" in line for line in spoken)


def test_back_to_the_list_by_esc(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """A ticket that was looked for stands alone; Esc shows it in the list of its state."""
    office.answered("Paz")
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    assert ana.page.alone
    keyboard.press(Key.Key_Escape)
    ana.rest()
    assert not ana.page.alone
    assert ana.page.frame.state is TicketState.AWAITING_COMMUNICATION
    ana.wait_for(lambda: ana.page.frame.view.current_id == ticket)
    keyboard.reaches("tickets_awaiting_communication")


def test_the_company_and_one_more_message(arrive: Arrive, office: Office, world: World, qtbot: QtBot) -> None:
    """The card goes to whoever takes the next message of the same person."""
    company = world.company(service_status="active")
    ticket = office.message(company_id=company)
    ana = arrive()
    ana.read(ticket)
    with qtbot.waitSignal(ana.page.new_message_requested) as more:
        ana.button("same_contact").click()
    assert more.args is not None
    assert more.args[0].id == ticket
    with qtbot.waitSignal(ana.page.company_requested) as asked:
        ana.button("ticket_company").click()
    assert asked.args == [company]


def test_the_answer_takes_one_key(arrive: Arrive, office: Office, keyboard: Keyboard, qtbot: QtBot) -> None:
    """From the ticket on: Ctrl+M and nothing else, sent to whatever has the focus; without it nothing happens."""
    ticket = office.answered()
    ana = arrive()
    pressed = Presses()
    QApplication.instance().installEventFilter(pressed)  # type: ignore[union-attr]  # there is one
    ana.read(ticket)
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    ana.rest_of_it()
    assert office.card(ticket).state == TicketState.AWAITING_COMMUNICATION
    keyboard.press(Key.Key_M, CONTROL)
    ana.wait_for(lambda: office.card(ticket).state == TicketState.COMMUNICATED)
    QApplication.instance().removeEventFilter(pressed)  # type: ignore[union-attr]  # there is one
    assert (pressed.keys, pressed.clicks) == (1, 0)
    card = office.card(ticket)
    assert (card.communicated_by, card.communicated_to) == ("Ana", "Ana Gómez")


def test_assistants_for_a_known_client(arrive: Arrive, office: Office, keyboard: Keyboard, world: World) -> None:
    """Ctrl+Shift+D, a digit for the reason: telephone and mail are there; who was told, for which ticket, is kept."""
    company = world.company(service_status="active")
    assistant = world.insert(
        "assistant", {"name": "Agustina Ruiz", "whatsapp": "341 612-4410", "email": "ar@iduo.com.ar"}
    )
    world.superuser.execute(
        "INSERT INTO iduo.company_assistant (company_id, role, assistant_id) VALUES (%s, 'functional', %s)",
        [company, assistant],
    )
    ticket = office.message(company_id=company)
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(ana.button("fold_assistants").isVisible)
    keyboard.press(Key.Key_D, SHIFT)
    ana.wait_for(lambda: keyboard.focused().startswith("reason_"))
    assert not ana.page.panel.assistants.box.shown
    keyboard.press(Key.Key_2)
    ana.wait_for(lambda: ana.page.panel.assistants.box.shown)
    told = world.superuser.execute("SELECT reason, told_to, ticket_id FROM iduo.disclosure").fetchall()
    assert told == [("second_contact", "Ana Gómez", ticket)]
    ana.read(office.message())
    assert not ana.page.panel.assistants.isVisible()
    ana.read(ticket)
    assert not ana.page.panel.assistants.box.shown


def test_late_ones_have_a_sign(arrive: Arrive, office: Office, world: World) -> None:
    """From the organisation's number of working days on, in the list and for screen readers."""
    world.set_setting("ticket_late_days", 5)
    old, new = office.message("Viejo"), office.message("Nuevo")
    world.age("ticket", old, "at", days=14)
    ana = arrive()
    ana.open(TicketState.OPEN)
    ana.rest()
    age = next(column for column in ana.page.frame.model.columns if column.key == "age")
    assert age.spoken is not None
    rows = {row.id: row for row in ana.page.frame.model.loaded()}
    assert age.text(rows[old]).startswith("⚠ ")
    assert age.spoken(rows[old]).endswith("días, demorado")
    assert age.text(rows[new]) == "hoy"


class Presses(QObject):
    """Counts keys and mouse buttons as they reach the widgets."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = self.clicks = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and event.type() == QEvent.Type.KeyPress and watched.hasFocus():
            self.keys += 1
        self.clicks += isinstance(watched, QWidget) and event.type() == QEvent.Type.MouseButtonPress
        return False


def test_extra_fields_are_read_with_the_message(arrive: Arrive, office: Office, world: World) -> None:
    """What the administrator asks besides, by its label."""
    form = world.insert("form", {"kind": "ticket", "title": "Mensaje"})
    version = world.insert("form_version", {"form_id": form, "state": "published", "published_at": world.now()})
    field = {"version_id": version, "key": "floor", "label": "Piso", "kind": "text", "position": 1}
    world.insert("form_field", field)
    ana = arrive()
    ana.read(office.message(form_version=version, values='{"floor": "3.º B"}'))
    assert ana.text("ticket_extras") == "Piso: 3.º B"


def test_the_page_comes_back_as_it_was_left(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """First the answers to read out; later the same ticket, with the keyboard on its answer."""
    ticket = office.answered()
    ana = arrive()
    ana.page.resume()
    ana.come_here()
    ana.rest()
    assert ana.page.frame.state is TicketState.AWAITING_COMMUNICATION
    ana.read(ticket)
    ana.page.panel.answer.to.setFocus()
    ana.page.resume()
    assert ana.page.alone
    assert keyboard.focused() == "ticket_answer"


def test_a_long_answer_scrolls_with_the_keyboard(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Page down, from the answer itself; a screen reader reads the whole of it."""
    ana = arrive()
    ana.read(office.answered(answer="\n".join(f"{line}. Hay que presentar este papel." for line in range(60))))
    ana.wait_for(lambda: keyboard.focused() == "ticket_answer")
    bar = ana.page.panel._scroll.verticalScrollBar()
    ana.qtbot.wait(50)
    before = bar.value()
    keyboard.press(Key.Key_PageDown)
    assert bar.value() > before
    assert "59. Hay que presentar este papel." in ana.page.panel.answer.text.accessibleName()
