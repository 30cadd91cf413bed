"""What clients answer: in the panel as it comes, read by whoever has the case, unread in one's list, sent again."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.services import messages
from iduo_desktop.services.messages import Outgoing
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.cases.composer import draft_of
from iduo_desktop.ui.cases.panel_tabs import CONVERSATION, DATA
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.widgets.message_lines import Written
from tests.people import People
from tests.services.gateway import Gateway
from tests.services.persons import attend, person
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.programs import Workstation
from tests.ui.test_message_lines import HOSTILE
from tests.ui.workplace import Workplace
from tests.ui.writing import MAIL, reachable_client

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
Arrive = Callable[..., Workplace]


@pytest.fixture
def gateway(superuser_conninfo: str, world: World) -> Iterator[Gateway]:
    """It sends at once."""
    world.set_setting("message_delay_seconds", 0)
    made = Gateway(superuser_conninfo)
    made.beat("email", "sms")
    yield made
    made.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk("ana", "operator")


@pytest.fixture
def case(world: World, desk: Desk) -> int:
    """Ana's, of a client who can be reached."""
    return world.case(company=reachable_client(world), assigned_to=desk.login)


@pytest.fixture
def ana(qtbot: QtBot, desk: Desk, case: int) -> Workplace:
    """Ana looks at her cases."""
    place = Workplace(qtbot, desk)
    place.open(CaseList.MINE)
    place.wait_for(lambda: place.page.reader.card is not None)
    return place


def send(desk: Desk, case: int, text: str = "Le recordamos su saldo.") -> int:
    sent = messages.send(desk.database, case, Outgoing("email", MAIL, "Su cuenta", text), uuid4())
    return sent.message_id


def shown(place: Workplace) -> tuple[Written, ...]:
    return place.page.panel.conversation.lines.written()


def cell(place: Workplace, case: int) -> str:
    """What stands in the column «Mensajes»."""
    row = place.row(case)
    assert row is not None
    column = next(column for column in place.page.frame.model.columns if column.key == "messages")
    at = place.page.frame.model.index(place.page.frame.model.number(case), place.page.frame.model.columns.index(column))
    assert at.data() == column.text(row)
    return str(at.data())


def unread(world: World) -> int:
    return int(world.value("SELECT count(*) FROM iduo.message WHERE direction = 'inbound' AND read_at IS NULL"))


def test_an_answer_comes_in_and_is_read_by_whoever_has_the_case(
    gateway: Gateway, world: World, ana: Workplace, case: int, keyboard: Keyboard
) -> None:
    """It is marked in the list and on the tab; looked at for a second, it is read."""
    assert cell(ana, case) == "—"
    gateway.receive("Ya pagué el lunes", sender=MAIL)
    ana.wait_for(lambda: cell(ana, case).startswith("● 1 · "))
    assert cell(ana, case) == "● 1 · Ya pagué el lun…"
    ana.wait_for(lambda: ana.page.panel.tabs.tabText(CONVERSATION) == "Conversación ● 1")
    assert ana.page.panel.tabs.currentIndex() == DATA, "what one is looking at is not turned away"
    assert unread(world) == 1
    keyboard.press(Key.Key_M, CONTROL | SHIFT)
    assert ana.page.panel.tabs.talking
    assert keyboard.focused() == "cases_mine"
    (line,) = shown(ana)
    assert (line.incoming, line.fresh, line.text.endswith("Ya pagué el lunes")) == (True, True, True)
    ana.wait_for(lambda: unread(world) == 0)
    ana.wait_for(lambda: ana.page.panel.tabs.tabText(CONVERSATION) == "Conversación")
    ana.wait_for(lambda: cell(ana, case).startswith("← "))
    assert not shown(ana)[0].fresh


def test_an_unread_answer_is_what_one_sees_first(
    qtbot: QtBot, gateway: Gateway, world: World, desk: Desk, case: int
) -> None:
    gateway.receive("Ya pagué", sender=MAIL)
    place = Workplace(qtbot, desk)
    place.open(CaseList.MINE)
    place.wait_for(lambda: place.page.panel.tabs.talking)
    assert place.page.panel.conversation.isVisible()


def test_others_only_look(
    qtbot: QtBot, gateway: Gateway, world: World, open_desk: Callable[..., Desk], case: int
) -> None:
    """A coordinator reads it, and for the operator it stays unread."""
    gateway.receive("Ya pagué", sender=MAIL)
    place = Workplace(qtbot, open_desk("marta", "coordinator"))
    place.open(CaseList.DELINQUENT)
    place.wait_for(lambda: place.page.panel.tabs.talking and shown(place))
    qtbot.wait(1_500)
    assert unread(world) == 1
    assert shown(place)[0].fresh


def test_the_states_of_what_was_sent(gateway: Gateway, ana: Workplace, case: int) -> None:
    """By enviar, enviado, no se pudo enviar, no sabemos: each as the gateway says it."""
    first = send(ana.desk, case)
    ana.page.panel.tabs.turn()
    ana.wait_for(lambda: shown(ana) and shown(ana)[0].state.startswith("Por enviar"))
    assert "vos" in shown(ana)[0].head
    gateway.take()
    gateway.sent(first, "abc")
    ana.wait_for(lambda: shown(ana)[0].state.startswith("Enviado "))
    second, third = send(ana.desk, case, "Otro"), send(ana.desk, case, "Y otro")
    gateway.take()
    gateway.failed(second, "No existe esa casilla.")
    gateway.doubtful(third)
    ana.wait_for(lambda: [line.trouble for line in shown(ana)] == [True, True, False])
    assert shown(ana)[1].state == "⚠ No se pudo enviar: No existe esa casilla."
    assert "puede recibirlo dos veces" in shown(ana)[0].state
    ana.wait_for(lambda: cell(ana, case).startswith("⚠ No sabemos si salió"))


def test_sent_again_with_enter(gateway: Gateway, world: World, ana: Workplace, case: int, keyboard: Keyboard) -> None:
    """A person decides; it can be taken back while it waits; once."""
    world.set_setting("message_delay_seconds", 60)
    first = send(ana.desk, case)
    world.superuser.execute("UPDATE iduo.outbox SET next_try_at = clock_timestamp() - interval '1 second'")
    gateway.take()
    gateway.doubtful(first)
    ana.page.panel.tabs.turn()
    lines = ana.page.panel.conversation.lines
    ana.wait_for(lambda: shown(ana) and shown(ana)[0].verb == "Reenviar")
    lines.setFocus()
    keyboard.press(Key.Key_Down)
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    ana.wait_for(lambda: [line.verb for line in shown(ana)] == ["", ""])
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.desk.notice.text == "Anulaste el mensaje: no sale.")
    states = world.superuser.execute("SELECT state FROM iduo.message ORDER BY id").fetchall()
    assert states == [("doubtful",), ("cancelled",)]


def test_sent_again_in_spite_of_all_with_a_reason(
    gateway: Gateway, world: World, ana: Workplace, case: int, keyboard: Keyboard
) -> None:
    """Who is not to be contacted by now is written to again with a reason, which coordinators read."""
    first = send(ana.desk, case)
    gateway.take()
    gateway.failed(first, "No existe esa casilla.")
    world.age("attempt", world.value("SELECT id FROM iduo.attempt"), "at", days=2)
    world.superuser.execute(
        "INSERT INTO iduo.no_contact (address, search_key, channel, purpose, origin, by) "
        "VALUES (%s, %s, '', '', 'Lo pidió', 'nobody')",
        [MAIL, MAIL],
    )
    ana.page.panel.tabs.turn()
    ana.wait_for(lambda: shown(ana) and shown(ana)[0].verb == "Reenviar")
    ana.page.panel.conversation.resend(first)
    keyboard.reaches("resend_reason")
    keyboard.press(Key.Key_Return)
    dialog = keyboard.focus().window()
    assert dialog.accessibleName() == "Reenviar igual"
    assert keyboard.focused() == "resend_reason", "without a reason it stays"
    keyboard.write("Lo pidio el")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    assert world.value("SELECT override_reason FROM iduo.attempt ORDER BY id DESC LIMIT 1") == "Lo pidio el"


def test_older_ones_by_the_hundred(
    gateway: Gateway, world: World, ana: Workplace, case: int, keyboard: Keyboard
) -> None:
    for number in range(205):
        gateway.receive(f"Mensaje {number}", sender=MAIL)
    ana.page.panel.tabs.turn()
    conversation = ana.page.panel.conversation
    ana.wait_for(lambda: len(shown(ana)) == 100)
    ana.wait_for(lambda: shown(ana)[0].text.endswith("Mensaje 204"))
    for count in (200, 205):
        conversation._more.setFocus()
        keyboard.press(Key.Key_Space)
        ana.wait_for(lambda: len(shown(ana)) == count)  # noqa: B023  # waited for at once
    assert conversation._more.isHidden()
    assert shown(ana)[-1].text.endswith("Mensaje 0")
    gateway.receive("Uno más", sender=MAIL)
    ana.wait_for(lambda: len(shown(ana)) == 206)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_answers_stay_letters(gateway: Gateway, ana: Workplace, case: int, text: str) -> None:
    """From the provider to the screen: cell, tooltip, thread, notice."""
    gateway.receive(text.replace("\x00", ""), sender=MAIL, subject=text.replace("\x00", "")[:200])
    ana.page.panel.tabs.turn()
    ana.wait_for(lambda: shown(ana))
    ana.wait_for(lambda: cell(ana, case) != "—")
    ana.page.grab()
    seen = shown(ana)[0].text + cell(ana, case)
    assert not {*seen} & {*"\u202e\u2066\u200b\ufeff\u00ad\U000e0041\x07\x1b"}
    assert len(cell(ana, case)) < 80


def test_the_tab_that_was_wished_stays(
    gateway: Gateway, world: World, ana: Workplace, case: int, keyboard: Keyboard
) -> None:
    """From client to client; typing in the data is never turned away from."""
    other = world.case(company=reachable_client(world, surname="PAZ"), assigned_to=ana.desk.login)
    ana.wait_for(lambda: ana.row(other) is not None)
    ana.page.panel.tabs.setFocus()
    keyboard.press(Key.Key_Right)
    assert ana.page.panel.tabs.talking
    ana.page.frame.view.setFocus()
    ana.page.frame.view.choose(other)
    ana.rest()
    assert ana.page.panel.tabs.talking
    assert shown(ana) == ()


@pytest.fixture
def program(open_program: Callable[..., Workstation], people: People, world: World) -> Workstation:
    """Ana's whole program, with a case of hers."""
    made = open_program("ana", "operator")
    world.case(company=reachable_client(world), assigned_to=people.conninfo("ana").login)
    return made


def wait_for_answer(qtbot: QtBot, window: MainWindow, gateway: Gateway, said: str) -> None:
    window.rooms.open_cases()
    qtbot.waitUntil(lambda: window.cases.inbox._known is not None, timeout=8000)
    gateway.receive("Ya pagué", sender=MAIL)
    qtbot.waitUntil(lambda: window.notice.text == said, timeout=8000)


def test_the_window_tells_of_an_answer(
    qtbot: QtBot, gateway: Gateway, program: Workstation, keyboard: Keyboard
) -> None:
    """With the way there; nothing takes the keyboard."""
    window = program.log_in()
    before = keyboard.focused()
    wait_for_answer(qtbot, window, gateway, "Contestó GÓMEZ, Ana")
    assert keyboard.focused() == before
    assert window.notice.action is not None
    window.notice.action[1]()
    qtbot.waitUntil(lambda: window.cases.panel.tabs.talking, timeout=8000)


def test_with_the_helpline_no_name_is_told(qtbot: QtBot, gateway: Gateway, world: World, program: Workstation) -> None:
    world.set_setting("part_helpline", True)
    wait_for_answer(qtbot, program.log_in(), gateway, "Contestó un cliente")


def test_what_was_left_half_written_is_gone_on_with(qtbot: QtBot, gateway: Gateway, program: Workstation) -> None:
    """From the list of drafts that a new start offers."""
    window = program.log_in()
    qtbot.waitUntil(lambda: window.cases.reader.card is not None, timeout=8000)
    card = window.cases.reader.card
    assert card is not None
    draft = draft_of(window.drafts, card, "sms")
    draft.keep({"channel": "sms", "address": "", "subject": "", "text": "A medias", "template": None, "reason": ""})
    window.cases.frame.view.setFocus()
    window.open_list("delinquent")
    (kept,) = window.drafts._held.values()
    window.recovery.offer((kept,))
    window.recovery.open_next()
    composer = window.cases.composer
    qtbot.waitUntil(composer.isVisible, timeout=8000)
    assert (composer.channel, composer.text.toPlainText()) == ("sms", "A medias")


def test_what_dials_is_chosen_in_ones_menu(program: Workstation) -> None:
    window = program.log_in()
    (sip,) = (action for action in window.top_bar.dials.actions() if action.data() == "sip")
    assert window.cases.contacting.writing.dial_with() == "tel"
    sip.trigger()
    assert window.cases.contacting.writing.dial_with() == "sip"
    assert sip.isChecked()


def test_a_persons_record_has_the_conversation(
    qtbot: QtBot, gateway: Gateway, world: World, open_program: Callable[..., Workstation], people: People
) -> None:
    """The last of its tabs; for a person without a case there is nothing."""
    world.set_setting("part_helpline", True)
    program = open_program("ana", "operator")
    database = people.become("ana")
    contact = person(database, "Sosa", "Marta", "0341 15-612-4410")
    attend(database, contact)
    gateway.receive("No puedo hablar ahora", channel="sms", sender="+5493416124410", subject="")
    window = program.log_in()
    window.contacts.open(contact)
    view = window.contacts.page.record
    qtbot.waitUntil(lambda: view.record is not None, timeout=8000)
    view.tabs.setCurrentIndex(view.tabs.count() - 1)
    lines = view.conversation.lines
    qtbot.waitUntil(lambda: [line.text for line in lines.written()] == ["No puedo hablar ahora"], timeout=8000)
    assert lines.isVisible()
    assert not view.story.isVisible()
    database.close()
