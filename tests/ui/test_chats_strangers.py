"""What a stranger writes, wherever an operator may read it: letters, in their place, that open and hide nothing."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListView, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import chats
from iduo_desktop.ui.contacts.story import Story
from iduo_desktop.ui.widgets.transcript_dialog import TranscriptDialog
from tests.people import People
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World
from tests.ui import looks
from tests.ui.chat_place import BOTH, ChatPlace, at_work
from tests.ui.conftest import OpenProgram

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
HIDDEN = ("\u202e", "\u2066", "\u200b", "\u200f", "\u2060", "\ufeff", "\u00ad")
NAMES = (
    "<img src='file:///etc/passwd'>",
    "\u202eanA \u2066oculto\u2069",
    "Ro\u200bsa \u2060Díaz\ufeff \u00ad",
    "W" * 120,
)
TEXTS = (
    "<b>gratis</b><script>alert(1)</script><a href='https://mal.example'>ganá</a>",
    "\u202egnirts \u2066oculto\u2069",
    "n\u200bo\u200b ve\ufeff e\u0301" + "\u0301" * 40,
    "\n".join(f"línea {number}" for number in range(100)),
    "M" * 2000,
)


@pytest.fixture
def place(qtbot: QtBot, world: World, people: People, service: ChatService, open_program: OpenProgram) -> ChatPlace:
    """Ana at work, where persons have records."""
    world.set_setting("part_helpline", True)
    return at_work(qtbot, world, people, service, open_program)


def read(widget: QWidget) -> Iterator[str]:
    """All that is shown there, is said of it, or stands in a tooltip."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from (each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.windowTitle())
        if isinstance(each, QLabel | QPushButton):
            yield each.text()
        if isinstance(each, QTabBar):
            yield from (each.tabText(number) + each.tabToolTip(number) for number in range(each.count()))
        model = each.model() if isinstance(each, QListView) else None
        for row in range(model.rowCount() if model is not None else 0):
            index = model.index(row, 0) if model is not None else None
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.UserRole):
                yield str(index.data(role)) if index is not None else ""


def harmless(widget: QWidget, *, width: int) -> None:
    """Nothing turns, hides or becomes a document, and nothing grew beyond its window."""
    for text in read(widget):
        assert not any(hidden in text for hidden in HIDDEN), text
    for label in widget.findChildren(QLabel):
        assert "<" not in label.text() or label.textFormat() is Qt.TextFormat.PlainText
    for each in widget.findChildren(QWidget):
        assert not any(each.toolTip().startswith(start) for start in ("<img", "<b>", "<script"))
    assert widget.width() == width


@pytest.mark.parametrize(("name", "text"), [*zip(NAMES, TEXTS, strict=False), ("Rosa", TEXTS[4])])
def test_in_the_card_the_talk_and_the_notice(place: ChatPlace, name: str, text: str) -> None:
    visitor = Visitor(place.service, name)
    visitor.open()
    visitor.say(text)
    place.see(lambda: place.inbox.waiting and place.inbox.waiting[0].lines and place.card.isVisible())
    width = place.window.width()
    harmless(place.window, width=width)
    assert place.card.height() < 80
    place.press(Qt.Key.Key_T, BOTH)
    place.see(lambda: place.page.chat is not None and place.texts())
    place.station.settle()
    harmless(place.window, width=width)
    assert not [*looks.cut_texts(place.window)]
    assert place.page.talk.lines.area.horizontalScrollBar().maximum() == 0
    place.give_back(place.shown().id)
    place.see(lambda: "Ya no atendés el chat de" in place.window.notice.text)
    assert not any(hidden in place.window.notice.text for hidden in HIDDEN)
    harmless(place.window, width=width)


@pytest.mark.parametrize(("name", "letters"), [("Juan <b>Paz</b> 3 Gil Oro", "J. G."), ("<b>", "Visitante")])
def test_the_card_has_the_first_letters_alone(place: ChatPlace, name: str, letters: str) -> None:
    visitor = Visitor(place.service, name)
    visitor.open()
    visitor.say("Hola")
    place.see(lambda: f"Chat en espera: {letters}" in place.card.head.text())


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_in_a_record_and_its_transcript(place: ChatPlace, number: int) -> None:
    """Of the person, who may be somebody else than he said."""
    visitor = Visitor(place.service, NAMES[number % len(NAMES)])
    visitor.open()
    visitor.say(TEXTS[number])
    place.see(lambda: place.inbox.waiting and place.inbox.waiting[0].lines)
    place.press(Qt.Key.Key_T, BOTH)
    place.see(lambda: place.page.chat is not None)
    place.page._operations.run(place.page, chats.identify, place.shown().id, place.desk.company, place.desk.ana)
    place.see(lambda: place.shown().contact_id == place.desk.ana)
    place.page._operations.run(place.page, chats.end, place.shown().id, "informed", "", uuid4())
    place.see(lambda: place.page.chat is None)
    width = place.window.width()
    place.window.contacts.open(place.desk.ana)
    story = place.station.find(Story, "record_story")
    place.see(lambda: story._lines)
    lines = story.lines
    place.see(lambda: any("Chat del sitio" in str(lines.model().index(row, 0).data()) for row in rows(lines)))
    harmless(place.window, width=width)
    at = next(row for row in rows(lines) if "Chat del sitio" in str(lines.model().index(row, 0).data()))
    lines.setFocus()
    lines.setCurrentIndex(lines.model().index(at, 0))
    place.press(Qt.Key.Key_Return)
    dialog = place.opened(TranscriptDialog)
    place.see(dialog.lines.lines.written)
    place.station.settle()
    harmless(dialog, width=dialog.width())
    assert not [*looks.cut_texts(dialog)]
    assert dialog.lines.area.horizontalScrollBar().maximum() == 0
    place.press(Qt.Key.Key_Escape)
    place.come_back()
    assert lines.hasFocus()


def rows(lines: QListView) -> range:
    """Of what is shown now: each time it is another model."""
    return range(lines.model().rowCount())
