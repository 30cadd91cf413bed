"""Chats that others get while one is at something else: the guard, pauses, a colleague who leaves or is disabled."""

from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from iduo_desktop.database.connection import Database
from iduo_desktop.services import chats, supervision
from iduo_desktop.ui.chats.end_dialog import EndDialog
from iduo_desktop.ui.chats.hand_on_dialog import HandOnDialog
from iduo_desktop.ui.intake.page import IntakePage
from tests.people import PASSWORD, People
from tests.ui.chat_place import BOTH, CONTROL, ChatPlace, at_work

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
LOST = "Ya no atendés el chat de Rosa Díaz"


place = pytest.fixture(at_work)


@pytest.fixture
def marta(people: People) -> Database:
    """A colleague who is in."""
    made = people.become("marta", "operator")
    chats.page(made)
    return made


def message(place: ChatPlace) -> IntakePage:
    """F2: the message of the chat that is shown."""
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    place.see(intake.isVisible)
    return intake


def test_while_its_message_is_written(place: ChatPlace) -> None:
    """The message goes on as it is; wherever one works it is said that the chat was given to others."""
    place.visitor()
    chat = place.take()
    place.page._operations.run(place.page, chats.identify, chat.id, place.desk.company, place.desk.ana)
    place.see(lambda: place.shown().contact_id == place.desk.ana)
    place.write("Un momento")
    intake = message(place)
    intake.form.fields.text.input.setFocus()
    place.press(Qt.Key.Key_End, CONTROL)
    place.write(" Además pide factura")
    place.give_back(chat.id)
    place.see(lambda: place.window.notice.text.startswith("Ya no atendés el chat de GÓMEZ, Ana: "))
    assert "se ofreció a los demás" in place.window.notice.text
    assert "queda guardado" in place.window.notice.text
    assert place.window.rooms.currentWidget() is intake
    assert intake.form.fields.text.input.hasFocus()
    text = str(intake.form.values()["text"])
    assert text.endswith("Rosa Díaz: Buenas, no me anda internet Además pide factura")
    place.see(place.card.isVisible)
    place.press(Qt.Key.Key_Return, CONTROL)
    place.see(intake.number.isVisible)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.window.rooms.part == "chats")
    kept = place.desk.world.value("SELECT text FROM iduo.ticket WHERE call_id = %s", chat.call_id)
    assert kept == text
    place.take()
    assert place.page.talk.box.toPlainText() == "Un momento"


def test_from_the_message_nobody_comes_back_to_somebody_else(place: ChatPlace) -> None:
    """What was begun for Rosa is not finished in Juan's chat only because it stands there now."""
    juan = place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.visitor()
    chat = place.take()
    message(place)
    place.give_back(chat.id)
    place.see(lambda: LOST in place.window.notice.text)
    place.press(Qt.Key.Key_Escape)
    place.see(lambda: place.window.rooms.part == "chats")
    place.write("su clave es 4321")
    place.press(Qt.Key.Key_Return)
    place.station.settle()
    assert place.page.talk.box.toPlainText() == ""
    assert not any("4321" in line for line in juan.lines())
    place.press(Qt.Key.Key_Tab, CONTROL)
    assert place.page.talk.box.hasFocus()  # chosen, it may be written in
    place.write("hola")
    assert place.page.talk.box.toPlainText() == "hola"


def test_two_at_once(place: ChatPlace) -> None:
    place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.visitor()
    chat = place.take()
    place.desk.world.superuser.execute("UPDATE iduo.chat SET waits_since = now() - interval '2 hours'")
    place.give_back(chat.id)
    place.see(lambda: "los chats de Juan Paz y Rosa Díaz: " in place.window.notice.text)
    assert "se ofrecieron a los demás" in place.window.notice.text
    assert not place.inbox.own


def test_behind_the_lock(place: ChatPlace) -> None:
    juan = place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.visitor()
    chat = place.take()
    place.write("Su clave es")
    place.window.lock()
    place.give_back(chat.id)
    place.see(lambda: chat.id not in {each.id for each in place.inbox.own})
    assert LOST not in place.window.notice.text
    place.window.lock_screen.password.setText(PASSWORD)
    place.press(Qt.Key.Key_Return)
    place.see(place.window.frame.isVisible)
    assert LOST in place.window.notice.text
    place.write(" 4321")
    place.press(Qt.Key.Key_Return)
    place.station.settle()
    assert place.page.talk.box.toPlainText() == ""
    assert not any("4321" in line for line in juan.lines())


def test_while_it_is_being_ended(place: ChatPlace) -> None:
    place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.visitor()
    chat = place.take()
    place.press(Qt.Key.Key_X, BOTH)
    dialog = place.opened(EndDialog)
    place.give_back(chat.id)
    place.see(lambda: LOST in place.window.notice.text)
    dialog.forms[0].set_values({"outcome": "informed", "note": "Se lo expliqué"})
    dialog.keep()
    dialog.submit()
    place.see(lambda: "tomalo primero" in place.station.find(QLabel, "message", dialog).text())
    assert dialog.forms[0].values()["note"] == "Se lo expliqué"
    place.press(Qt.Key.Key_Escape)
    place.come_back()
    place.write("x")
    assert place.page.talk.box.toPlainText() == ""
    assert place.desk.calls("outcome") == [None, "handed_on"]


def test_a_pause_rings_nothing_and_coming_back_does(place: ChatPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    alerts: list[object] = []
    monkeypatch.setattr(QApplication, "alert", lambda *given: alerts.append(given))
    pause(place)
    place.visitor()
    place.station.settle()
    assert place.card.isHidden()
    assert alerts == []
    badge = place.window.rail.parts["chats"]
    assert badge.accessibleName() == "Chats"
    place.press(Qt.Key.Key_P, CONTROL)
    place.see(place.card.isVisible)
    assert badge.accessibleName() == "Chats, 1 por atender"
    place.visitor("Juan Paz", "Hola")
    place.see(lambda: alerts)


def test_a_pause_puts_the_ring_away(place: ChatPlace) -> None:
    place.visitor()
    place.see(place.card.isVisible)
    place.press(Qt.Key.Key_F6)
    pause(place)
    place.see(place.card.isHidden)
    assert QApplication.focusWidget() is not None
    place.window.lock()
    place.window._unlock()  # looking away and back ends no pause
    assert place.card.isHidden()


def test_a_pause_with_open_chats_says_what_becomes_of_them(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    place.write("Ya lo")
    pause(place)
    assert place.window.notice.text.startswith("En pausa con 1 chat: sigue siendo tuyo")
    visitor.say("¿Sigue ahí?")
    place.see(lambda: place.texts()[-1:] == ["¿Sigue ahí?"])
    assert place.page.talk.box.toPlainText() == "Ya lo"
    place.visitor("Juan Paz", "Hola")
    place.take("Juan Paz")
    place.press(Qt.Key.Key_P, CONTROL)
    place.see(lambda: not place.window.pauses.strip.isVisible())
    pause(place)
    assert place.window.notice.text.startswith("En pausa con 2 chats: siguen siendo tuyos")


def test_a_colleague_who_just_went_into_a_pause(place: ChatPlace, marta: Database) -> None:
    place.visitor()
    chat = place.take()
    place.press(Qt.Key.Key_W, BOTH)
    dialog = place.opened(HandOnDialog)
    to = login(place, "Marta")
    supervision.begin_pause(marta, supervision.pause_reasons(marta)[0].id)
    hand_on(dialog, to)
    told = "Marta está en pausa: elegí a otra persona."
    place.see(lambda: told in " ".join(each.text() for each in dialog.findChildren(QLabel)))
    assert [each.id for each in place.inbox.own] == [chat.id]
    assert dialog.forms[0].values()["note"] == "Pregunta por el plan"
    hand_on(dialog, "*")
    place.see(lambda: not place.inbox.own)
    assert [each.handed_note for each in place.inbox.waiting] == ["Pregunta por el plan"]


def test_what_waits_for_somebody_who_pauses_is_offered_to_all(place: ChatPlace, marta: Database) -> None:
    place.visitor()
    chat = place.take()
    place.press(Qt.Key.Key_W, BOTH)
    dialog = place.opened(HandOnDialog)
    to = login(place, "Marta")
    hand_on(dialog, to)
    place.see(lambda: place.page.chat is None)
    place.come_back()
    place.guard()
    assert place.card.isHidden()
    assert [each.asked_for for each in chats.page(marta)] == [to]
    supervision.begin_pause(marta, supervision.pause_reasons(marta)[0].id)
    place.guard()
    place.see(place.card.isVisible)
    assert "Pregunta por el plan" in place.card.says.text()
    assert place.take().id == chat.id


def test_whose_operator_was_disabled_is_offered_at_once(place: ChatPlace, marta: Database) -> None:
    visitor = place.visitor()
    (chat,) = place.inbox.waiting
    place.card.put_away()
    chats.take(marta, chat.id, uuid4())
    chats.say(marta, chat.id, "Buenas", uuid4())
    place.see(lambda: not place.inbox.waiting)
    place.guard()
    place.inbox.look()
    place.station.settle()
    assert not place.inbox.waiting
    disable = "UPDATE iduo.staff SET active = false, disabled_at = now() WHERE login = %s"
    place.desk.world.superuser.execute(disable, [login(place, "Marta")])
    place.guard()
    place.see(place.card.isVisible)
    assert "Quien lo atendía ya no está." in place.card.says.text()
    assert visitor.state()["state"] == "waiting"
    place.take()


def hand_on(dialog: HandOnDialog, to: str) -> None:
    """To this person, or to whoever is in."""
    dialog.forms[0].set_values({"to": to, "note": "Pregunta por el plan"})
    dialog.keep()
    dialog.submit()


def login(place: ChatPlace, full_name: str) -> str:
    """As the server knows somebody."""
    return str(place.desk.world.value("SELECT login FROM iduo.staff WHERE full_name = %s", full_name))


def pause(place: ChatPlace) -> None:
    """Ana goes, by whatever way."""
    pauses = place.window.pauses.pauses
    place.see(lambda: pauses.reasons)
    pauses.begin(pauses.reasons[0])
    place.see(lambda: pauses.pause is not None)
