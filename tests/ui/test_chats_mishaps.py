"""Chats when something goes wrong: the line breaks, somebody leaves, one is taken away, strangers play tricks."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.services import chats
from iduo_desktop.ui.chats.end_dialog import EndDialog
from iduo_desktop.ui.chats.hand_on_dialog import HandOnDialog
from iduo_desktop.ui.chats.identify_dialog import IdentifyDialog
from iduo_desktop.ui.formats import now
from iduo_desktop.ui.widgets.inert import inert
from iduo_desktop.ui.widgets.transcript_dialog import TranscriptDialog
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World
from tests.ui.chat_place import BOTH, CONTROL, ChatPlace, at_work
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import COMPANY, set_up

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
LOST = "Ya no atendés el chat de"
BACK_MS = 20_000
TRICKS = (
    "<img src=\"file:///etc/passwd\" onerror='x()'><a href='https://mal.example'>ganá</a>",
    "\u202egnirts \u2066oculto\u2069 \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "W" * 2000,
    "👩‍👩‍👧 é" + "\u0301" * 200 + "\u0007\u001b[31m\u0085",
    "{ticket} %s %(x)s {0} \\n &amp; &#60;b&#62;",
)


@pytest.fixture
def line(superuser: psycopg.Connection) -> Iterator[Proxy]:
    """The line to the server."""
    with Proxy(superuser.info.port) as made:
        yield made


@pytest.fixture
def place(
    qtbot: QtBot, world: World, people: People, service: ChatService, open_program: OpenProgram, line: Proxy
) -> ChatPlace:
    """Ana at work, over a line that can be broken."""
    return at_work(qtbot, world, people, service, open_program, line.port)


def test_what_the_line_broke_goes_by_itself_and_once(place: ChatPlace, line: Proxy) -> None:
    visitor = place.visitor()
    place.take()
    place.station.settle()
    line.refusing = True
    line.cut()
    for text in ("Ya lo miro", "Un momento"):
        place.write(text)
        place.press(Qt.Key.Key_Return)
    place.see(lambda: not place.station.operations.online)
    rows = place.page.talk.lines.lines.written
    place.see(lambda: [row.state for row in rows()][-2:] == ["Sin conexión: sale sola cuando vuelva"] * 2)
    place.write("y a medias")
    line.refusing = False
    place.qtbot.waitUntil(lambda: visitor.lines()[-2:] == ["Ya lo miro", "Un momento"], timeout=BACK_MS)
    place.see(lambda: place.texts()[-2:] == ["Ya lo miro", "Un momento"])
    assert visitor.lines().count("Ya lo miro") == 1
    assert place.page.talk.box.toPlainText() == "y a medias"
    assert place.page.talk.box.hasFocus()


def test_without_a_line_nothing_rings(place: ChatPlace, line: Proxy) -> None:
    place.visitor()
    card = place.window.chats.card
    assert card is not None
    place.see(card.isVisible)
    line.refusing = True
    line.cut()
    place.station.operations.poll_now()
    place.see(card.isHidden)
    line.refusing = False
    place.qtbot.waitUntil(card.isVisible, timeout=BACK_MS)


def test_who_leaves_while_one_types_presses_no_button(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    place.write("Ya lo")
    visitor.leave()
    place.see(place.page.talk.box.isReadOnly)
    place.write(" miro ")
    place.press(Qt.Key.Key_Space)
    assert place.page.talk.box.hasFocus()
    assert QApplication.activeModalWidget() is None
    assert place.window.rooms.part == "chats"
    place.press(Qt.Key.Key_Return)
    assert "no se envió" in place.page.talk.problem.text()
    assert place.page.talk.box.toPlainText() == "Ya lo"
    assert "Ya lo" not in visitor.lines()


def test_the_rest_of_a_sentence_goes_to_nobody_else(place: ChatPlace, people: People) -> None:
    """Whoever takes too long is not attending it any more: what is typed must not reach another visitor."""
    juan = place.visitor("Juan Paz", "Quiero el plan")
    place.take("Juan Paz")
    place.visitor()
    chat = place.take()
    place.write("Su clave es")
    place.give_back(chat.id)
    place.see(lambda: place.page.chat is not None and place.page.chat.name == "Juan Paz")
    place.write(" 4321")
    place.press(Qt.Key.Key_Return)
    place.station.settle()
    assert LOST in place.window.notice.text
    assert place.page.talk.box.toPlainText() == ""
    assert [line for line in juan.lines() if "4321" in line] == []
    assert [each.name for each in place.inbox.own] == ["Juan Paz"]
    place.take()
    assert place.page.talk.box.toPlainText() == "Su clave es"


def test_the_only_one_is_taken_away(place: ChatPlace) -> None:
    place.visitor()
    chat = place.take()
    place.write("a medias")
    place.give_back(chat.id)
    place.see(lambda: place.page.chat is None)
    place.press(Qt.Key.Key_Return)
    place.station.settle()
    assert not place.inbox.own
    place.take()
    assert place.page.talk.box.toPlainText() == "a medias"


def test_it_comes_back_from_a_colleague_with_what_was_typed(place: ChatPlace, people: People) -> None:
    place.visitor()
    chat = place.take()
    place.write("a medias")
    place.press(Qt.Key.Key_W, BOTH)
    dialog = place.opened(HandOnDialog)
    dialog.forms[0].set_values({"to": "*", "note": "Pregunta por el plan"})
    dialog.keep()
    dialog.submit()
    place.see(lambda: place.page.chat is None)
    assert LOST not in place.window.notice.text
    place.come_back()
    back = place.take()
    assert back.id == chat.id
    assert place.page.talk.box.toPlainText() == "a medias"
    assert "Pregunta por el plan" in place.page.talk.handed.text()


def test_a_ring_takes_nothing_from_whoever_types(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.write("Uno, ")
    place.visitor("Juan Paz", "Hola")
    place.see(place.card.isVisible)
    place.write("dos")
    assert place.page.talk.box.toPlainText() == "Uno, dos"
    place.press(Qt.Key.Key_F6)
    assert not place.page.talk.box.hasFocus()


def test_it_is_said_who_writes(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.press(Qt.Key.Key_Q, BOTH)
    dialog = place.opened(IdentifyDialog)
    place.write("gómez")
    place.see(lambda: dialog.hits.current() is not None)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.shown().contact_id == place.desk.ana)
    place.see(lambda: place.page.talk.head.text().startswith("G"))
    assert place.shown().company_id == place.desk.company
    assert place.page.talk.record.isVisible()
    place.see(place.page.panel.isVisible)
    place.see(lambda: any("Panificadora Sur" in each.text() for each in place.page.panel.findChildren(QLabel)))


def test_what_cannot_be_found_is_said_and_esc_changes_nothing(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.press(Qt.Key.Key_Q, BOTH)
    dialog = place.opened(IdentifyDialog)
    place.write("nadieasí")
    place.see(lambda: "No encontramos" in place.station.find(QLabel, "identify_says", dialog).text())
    place.press(Qt.Key.Key_Escape)
    place.see(lambda: QApplication.activeModalWidget() is None)
    place.come_back()
    assert place.shown().contact_id is None
    assert place.page.talk.box.hasFocus()


def test_a_company_by_its_number(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.press(Qt.Key.Key_Q, BOTH)
    dialog = place.opened(IdentifyDialog)
    assert isinstance(QApplication.focusWidget(), QLineEdit)
    place.write(str(COMPANY))
    place.see(lambda: dialog.hits.current() is not None)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.shown().company_id == place.desk.company)
    assert place.shown().contact_id is None


def test_the_coordinator_reads_the_queue(
    qtbot: QtBot, world: World, people: People, service: ChatService, open_program: OpenProgram
) -> None:
    desk = set_up(world, people)
    station = open_program("clara", "coordinator")
    station.log_in()
    place = ChatPlace(qtbot, service, station, desk)
    place.visitor()
    place.visitor("Juan Paz", "Hola")
    place.press(Qt.Key.Key_8, CONTROL)
    place.see(lambda: place.page.queue_line.text().startswith("2 esperan, el que más hace "))
    assert "0 en curso" in place.page.queue_line.text()
    attended = next(each for each in place.inbox.waiting if each.name == "Rosa Díaz")
    chats.take(people.become("marta", "operator"), attended.id, uuid4())
    place.see(lambda: "1 en curso" in place.page.queue_line.text())


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_are_letters_wherever_they_are_read(place: ChatPlace, trick: str) -> None:
    visitor = Visitor(place.service, trick[:120].replace("\u0007", "").replace("\u001b", "").replace("\u0085", ""))
    visitor.open()
    visitor.say(trick.replace("\u0007", "").replace("\u001b", "").replace("\u0085", ""))
    place.see(lambda: place.inbox.waiting and place.card.isVisible())
    assert "\u202e" not in place.card.head.text() + place.card.says.text()
    width = place.window.width()
    place.press(Qt.Key.Key_T, BOTH)
    place.see(lambda: place.page.chat is not None and place.texts())
    place.station.settle()
    for each in place.window.findChildren(QLabel):
        if (each.text() and not each.text().isascii()) or "<" in each.text():
            assert each.textFormat() is not Qt.TextFormat.RichText
            assert "\u202e" not in each.text()
        assert not any(hidden in each.toolTip() for hidden in ('<img src="', "<a href", "\u202e"))
    assert place.window.width() == width
    assert place.page.talk.lines.area.horizontalScrollBar().maximum() == 0
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    text = str(intake.form.values()["text"])
    assert "\u202e" not in text
    assert inert(trick)[:20] in text


def test_a_ticket_with_the_conversation_and_then_its_end(place: ChatPlace, superuser: psycopg.Connection) -> None:
    visitor = place.visitor()
    chat = place.take()
    visitor.say(TRICKS[0])
    place.press(Qt.Key.Key_Q, BOTH)
    dialog = place.opened(IdentifyDialog)
    place.write("gómez")
    place.see(lambda: dialog.hits.current() is not None)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.shown().contact_id == place.desk.ana)
    place.come_back()
    place.press(Qt.Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    place.station.settle()
    place.press(Qt.Key.Key_Return, CONTROL)
    place.see(intake.number.isVisible)
    place.press(Qt.Key.Key_Return)
    place.see(lambda: place.window.rooms.part == "chats")
    place.see(place.page.talk.box.hasFocus)
    found = superuser.execute("SELECT channel, text, call_id FROM iduo.ticket ORDER BY id DESC LIMIT 1").fetchone()
    assert found is not None
    assert found[0] == "chat"
    assert f"Rosa Díaz: {TRICKS[0]}" in found[1]
    assert found[2] == chat.call_id
    assert visitor.state()["state"] == "attended"
    place.press(Qt.Key.Key_X, BOTH)
    end = place.opened(EndDialog)
    assert end.forms[0].values()["outcome"] == "message"
    place.press(Qt.Key.Key_Return, CONTROL)
    place.see(lambda: visitor.state()["state"] == "ended")
    assert place.desk.calls("outcome") == ["message"]


def test_answers_are_counted_wherever_one_works(place: ChatPlace) -> None:
    visitor = place.visitor()
    place.take()
    badge = place.window.rail.parts["chats"]
    place.see(lambda: badge.accessibleName() == "Chats")
    place.window.rooms.open_cases()
    visitor.say("¿Sigue ahí?")
    place.see(lambda: badge.accessibleName() == "Chats, 1 por atender")
    place.press(Qt.Key.Key_8, CONTROL)
    place.see(lambda: badge.accessibleName() == "Chats")


def test_a_transcript_is_letters(place: ChatPlace) -> None:
    visitor = place.visitor("<b>Rosa</b>", TRICKS[0])
    place.take("<b>Rosa</b>")
    visitor.say(TRICKS[1])
    place.see(lambda: len(place.texts()) >= 3)
    chat = place.shown()
    dialog = TranscriptDialog(place.station.operations, now, chat.id, place.window)
    dialog.open()
    place.see(lambda: len(dialog.lines.lines.written()) >= 3)
    read = [line.text for line in dialog.lines.lines.written()]
    assert read[0] == TRICKS[0]
    assert read[-1] == inert(TRICKS[1])
    dialog.reject()
