"""The operators' side of the site's chat, in the whole window, with visitors on the other side."""

from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from iduo_desktop.services import chats
from iduo_desktop.ui.chats.sayings import Saying
from iduo_desktop.ui.operations import HURRY_SECONDS, POLL_SECONDS
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.talk_lines import UNSENT
from tests.people import People
from tests.services.visitors import Visitor
from tests.services.world import World
from tests.ui.chat_place import BOTH, CONTROL, ChatPlace, at_work
from tests.ui.conftest import OpenProgram

HOSTILE = '<b>gratis</b> <script>alert(1)</script> <img src="http://x/y.png"> \u202egnirts &copy; https://mal.example'


place = pytest.fixture(at_work)


def test_a_chat_rings_and_leaves_the_keyboard_where_it_is(place: ChatPlace) -> None:
    before = QApplication.focusWidget()
    place.visitor()
    place.see(place.card.isVisible)
    assert "Rosa Díaz" in place.card.head.text()
    assert place.card.says.text() == "Buenas, no me anda internet"
    assert QApplication.focusWidget() is before
    place.card.put_away()
    assert not place.card.isVisible()
    place.visitor("Juan Paz", "Hola")
    place.see(place.card.isVisible)
    assert "1 más" in place.card.head.text()


def test_from_the_ring_to_the_end_without_a_mouse(place: ChatPlace) -> None:
    visitor = place.visitor()
    chat = place.take()
    assert not place.card.isVisible()
    assert place.window.rooms.part == "chats"
    place.write("Buenos días")
    place.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    place.write("¿su número?")
    assert place.page.talk.box.toPlainText() == "Buenos días\n¿su número?"
    place.press(Qt.Key.Key_Return)
    place.see(lambda: visitor.lines()[-1] == "Buenos días\n¿su número?")
    assert place.page.talk.box.toPlainText() == ""
    visitor.say("1204")
    place.see(lambda: place.texts()[-1:] == ["1204"])
    place.see(lambda: place.desk.world.value("SELECT staff_read FROM iduo.chat_presence") == 4)
    place.press(Qt.Key.Key_X, BOTH)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    dialog.forms[0].set_values({"outcome": "informed", "note": "Se lo pasé a ventas"})
    dialog.keep()
    dialog.submit()
    place.see(lambda: visitor.state()["state"] == "ended")
    place.see(lambda: place.page.chat is None)
    assert place.desk.calls("outcome") == ["informed"]
    assert chat.id not in {each.id for each in place.inbox.own}


def test_the_feed_is_asked_more_often_while_one_attends(place: ChatPlace) -> None:
    assert place.station.operations._pace == POLL_SECONDS
    visitor = place.visitor()
    place.take()
    assert place.station.operations._pace == HURRY_SECONDS
    visitor.leave()
    place.see(lambda: place.station.operations._pace == POLL_SECONDS)


def test_who_left_has_to_be_settled(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    visitor.leave()
    place.see(lambda: "terminó el chat" in place.page.talk.stands.text())
    assert place.page.talk.box.isReadOnly()
    assert not place.page.talk.hand_on.isVisible()
    assert place.page.talk.end.text().startswith("Decir cómo terminó")
    place.see(lambda: QApplication.focusWidget() is not None)


def test_several_at_once_keep_what_is_typed_in_each(place: ChatPlace) -> None:
    rosa = place.visitor()
    place.take()
    place.visitor("Juan Paz", "Quiero el plan")
    place.write("para Rosa")
    place.take("Juan Paz")
    assert place.page.tabs.count() == 2
    place.write("para Juan")
    rosa.say("¿Sigue ahí?")
    place.see(lambda: "Rosa Díaz (1)" in place.page.tabs.tabText(0))
    place.press(Qt.Key.Key_Tab, CONTROL)
    assert place.page.talk.box.toPlainText() == "para Rosa"
    assert place.page.talk.box.hasFocus()
    place.see(lambda: place.page.tabs.tabText(0) == "Rosa Díaz")
    place.press(Qt.Key.Key_Tab, CONTROL)
    assert place.page.talk.box.toPlainText() == "para Juan"


def test_of_two_who_take_it_one_is_told(place: ChatPlace, people: People) -> None:
    place.visitor()
    (chat,) = place.inbox.waiting
    chats.take(people.become("marta", "operator"), chat.id, uuid4())
    place.inbox.take(chat)
    place.see(lambda: "Ese chat lo tomó" in place.window.notice.text)
    place.see(lambda: not place.card.isVisible())


def test_a_slash_offers_answers_and_fills_them_in(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    place.station.settle()
    place.write("/salu")
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.page.talk.box.toPlainText().startswith("Buenos días, soy Ana"))
    place.press(Qt.Key.Key_Return)
    place.see(lambda: visitor.lines()[-1].startswith("Buenos días, soy Ana"))
    place.write("/ingresado")
    place.press(Qt.Key.Key_Return)
    place.see(lambda: "{ticket}" in place.page.talk.box.toPlainText())
    place.press(Qt.Key.Key_Return)
    assert "ticket" in place.page.talk.problem.text()
    assert "{ticket}" not in visitor.lines()[-1]
    place.page.talk.box.setPlainText("/nada que exista")
    place.press(Qt.Key.Key_Return)
    assert "No hay ninguna respuesta" in place.page.talk.problem.text()


def test_what_a_stranger_writes_is_letters_and_nothing_else(place: ChatPlace) -> None:
    visitor = Visitor(place.service, "<i>Rosa</i> & Cía")
    visitor.open()
    visitor.say(HOSTILE)
    place.see(lambda: place.inbox.waiting)
    assert "<i>Rosa</i>" in place.card.head.text()
    place.press(Qt.Key.Key_T, BOTH)
    place.see(lambda: place.page.chat is not None and place.texts())
    shown = place.texts()[0]
    assert "<script>" in shown
    assert "\u202e" not in shown
    labels = place.page.findChildren(QLabel)
    assert all(each.textFormat() is Qt.TextFormat.PlainText for each in labels if "<" in each.text())
    assert "&&" in place.page.tabs.tabText(0)


def test_what_could_not_be_sent_stays_and_goes_once(place: ChatPlace) -> None:
    visitor = place.visitor()
    chat = place.take()
    sayings = place.inbox.sayings(chat)
    sayings.open = []
    sayings.say("uno")
    place.see(lambda: visitor.lines()[-1] == "uno" and not sayings.open)
    sayings.open.append(Saying(uuid4(), "dos", "No hay conexión con el servidor."))
    sayings.say("tres")
    place.see(lambda: [line.verb for line in place.page.talk.lines.lines.written()][-2:] == ["Reintentar", ""])
    assert visitor.lines()[-1] == "uno"
    place.page.talk.lines.lines.asked.emit(UNSENT)
    place.see(lambda: visitor.lines()[-2:] == ["dos", "tres"])
    place.see(lambda: not sayings.open)
    assert visitor.lines().count("dos") == 1


def test_a_message_is_taken_with_what_was_said(place: ChatPlace) -> None:
    visitor = place.visitor()
    chat = place.take()
    visitor.say("Soy de la 1204")
    place.see(lambda: len(place.texts()) >= 3)
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    assert place.window.rooms.currentWidget() is intake
    values = intake.form.values()
    assert values["channel"] == "chat"
    assert values["#call"] == chat.call_id
    assert values["#chat"] == chat.id
    assert "Rosa Díaz: Soy de la 1204" in values["text"]
    assert "Le atiende" not in values["text"]
    place.press(Qt.Key.Key_Escape)
    assert place.window.rooms.part == "chats"
    assert place.page.talk.box.hasFocus()


def test_it_is_handed_on_with_a_note(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.press(Qt.Key.Key_W, BOTH)
    place.see(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, FormDialog)
    dialog.forms[0].set_values({"to": "*", "note": "Pregunta por el plan"})
    dialog.keep()
    dialog.submit()
    place.see(lambda: place.inbox.waiting and not place.inbox.own)
    assert place.inbox.waiting[0].handed_note == "Pregunta por el plan"


def test_a_locked_window_shows_nothing_of_a_chat(place: ChatPlace) -> None:
    place.window.lock()
    place.visitor()
    assert not place.card.isVisible()
    assert place.card.head.text() == ""
    place.window._unlock()
    place.see(place.card.isVisible)


def test_who_takes_no_messages_has_no_chats(world: World, open_program: OpenProgram) -> None:
    window = open_program("ana", "operator").log_in()
    assert window.chats.inbox is None
    assert "chats" not in window.rail.parts


def test_names_for_screen_readers(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    talk = place.page.talk
    assert talk.accessibleName() == "Chat con Rosa Díaz"
    assert talk.hand_on.accessibleName() == "Pasar a otra persona"
    place.see(lambda: place.page.tabs.accessibleTabName(0) == "Rosa Díaz")
    assert talk.box.accessibleName() == "Escribile al visitante"
