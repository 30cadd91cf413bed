"""The chats by the keyboard alone: it is never lost, every part is reached, and the help names every key."""

from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from iduo_desktop.services import chats
from iduo_desktop.ui import actions
from iduo_desktop.ui.chats.end_dialog import EndDialog
from iduo_desktop.ui.chats.hand_on_dialog import HandOnDialog
from iduo_desktop.ui.chats.identify_dialog import IdentifyDialog
from iduo_desktop.ui.shortcuts_dialog import ShortcutsDialog
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from tests.people import People
from tests.ui.chat_place import BOTH, CONTROL, ChatPlace, at_work

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key = Qt.Key
KEYS = ("chats", "take_chat", "next_chat", "previous_chat", "identify", "hand_on", "end_chat", "templates", "panel")


place = pytest.fixture(at_work)


def focus() -> QWidget:
    """What has the keyboard: something that is seen."""
    found = QApplication.focusWidget()
    assert found is not None
    assert found.isVisible()
    return found


def fill(place: ChatPlace, kind: type[FormDialog], **values: str) -> None:
    """Answer a dialog and send it."""
    dialog = place.opened(kind)
    dialog.forms[0].set_values(values)
    dialog.keep()
    place.press(Key.Key_Return, CONTROL)
    place.come_back()


@pytest.mark.parametrize("way", ["key", "card", "list"])
def test_after_taking_one_writes(place: ChatPlace, way: str) -> None:
    place.visitor()
    place.see(place.card.isVisible)
    if way == "key":
        place.press(Key.Key_T, BOTH)
    elif way == "card":
        for _ in range(6):
            if not place.card.isAncestorOf(focus()):
                place.press(Key.Key_F6)
        assert focus() is place.card.take
        place.press(Key.Key_Return)
    else:
        place.press(Key.Key_8, CONTROL)
        place.see(place.page.waiting.list.hasFocus)
        place.press(Key.Key_Return)
    place.see(lambda: place.page.chat is not None)
    place.see(place.page.talk.box.hasFocus)


@pytest.mark.parametrize("more", ["none", "waits", "own"])
@pytest.mark.parametrize("way", ["end", "hand_on", "left"])
def test_after_letting_go(place: ChatPlace, way: str, more: str) -> None:
    """One's next chat, else who waits, else the page: never nothing."""
    if more == "own":
        place.visitor("Juan Paz", "Hola")
        place.take("Juan Paz")
    visitor = place.visitor()
    place.take()
    if more == "waits":
        place.visitor("Juan Paz", "Hola")
    if way == "hand_on":
        place.press(Key.Key_W, BOTH)
        fill(place, HandOnDialog, to="*", note="Pregunta por el plan")
    else:
        if way == "left":
            visitor.leave()
            place.see(place.page.talk.box.isReadOnly)
        place.press(Key.Key_X, BOTH)
        fill(place, EndDialog, outcome="informed")
    place.see(lambda: "Rosa Díaz" not in {each.name for each in place.inbox.own})
    place.station.settle()
    if more == "own":
        assert focus() is place.page.talk.box
    elif more == "waits" or way == "hand_on":
        assert focus() is place.page.waiting.list
    else:
        assert focus() is place.page
    place.press(Key.Key_F6)
    focus()
    place.press(Key.Key_8, CONTROL)
    focus()


@pytest.mark.parametrize("key", [Key.Key_Q, Key.Key_W, Key.Key_X])
def test_esc_gives_the_keyboard_back(place: ChatPlace, key: Qt.Key) -> None:
    kinds = {Key.Key_Q: IdentifyDialog, Key.Key_W: HandOnDialog, Key.Key_X: EndDialog}
    place.visitor()
    place.take()
    place.write("a medias")
    place.press(key, BOTH)
    place.opened(kinds[key])
    place.press(Key.Key_Escape)
    place.come_back()
    assert focus() is place.page.talk.box
    place.write(" y sigue")
    assert place.page.talk.box.toPlainText() == "a medias y sigue"


def test_from_a_message_and_from_elsewhere(place: ChatPlace) -> None:
    place.visitor()
    place.take()
    place.write("a medias")
    for _ in range(2):
        place.press(Key.Key_F2)
        assert focus() is not place.page.talk.box
        place.press(Key.Key_Escape)
        assert focus() is place.page.talk.box
    place.press(Key.Key_1, CONTROL)
    place.station.settle()
    place.press(Key.Key_8, CONTROL)
    assert focus() is place.page.talk.box
    assert place.page.talk.box.toPlainText() == "a medias"
    place.press(Key.Key_Escape)  # there is nothing to leave
    assert focus() is place.page.talk.box


def test_ctrl_tab_goes_round(place: ChatPlace) -> None:
    names = ("Rosa Díaz", "Juan Paz", "Ema Sosa")
    for name in names:
        place.visitor(name, "Hola")
        place.take(name)
    seen = []
    for modifiers in (*[CONTROL] * 3, *[BOTH] * 3):
        place.press(Key.Key_Tab, modifiers)
        seen.append(place.shown().name)
        assert focus() is place.page.talk.box
    assert seen == ["Rosa Díaz", "Juan Paz", "Ema Sosa", "Juan Paz", "Rosa Díaz", "Ema Sosa"]


def test_all_of_the_page_is_reached(place: ChatPlace, people: People) -> None:
    """Every button, list and box that is seen has its turn, whoever waits or is attended."""
    place.visitor()
    place.take()
    place.page._operations.run(place.page, chats.identify, place.shown().id, place.desk.company, place.desk.ana)
    place.see(lambda: place.shown().contact_id == place.desk.ana)
    place.visitor("Juan Paz", "Hola")
    place.see(place.card.isVisible)
    place.station.settle()
    wanted = {each for each in (*inside(place.page), *inside(place.card)) if each.isVisible() and each.isEnabled()}
    reached: set[QWidget] = set()
    for key in (Key.Key_Tab, Key.Key_F6):
        for _ in range(60):
            place.press(key)
            reached.add(focus())
    named = {each.objectName() for each in wanted - reached}
    assert not named
    assert {"chat_text", "chat_identify", "chat_ticket", "chat_hand_on", "chat_end", "chat_lines"} <= {
        each.objectName() for each in reached
    }


def inside(widget: QWidget) -> list[QWidget]:
    """What takes the keyboard in it."""
    return [each for each in widget.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]


def test_the_help_names_each_key_with_a_chat_and_without(place: ChatPlace) -> None:
    for step in ("elsewhere", "page", "chat"):
        if step == "page":
            place.press(Key.Key_8, CONTROL)
        elif step == "chat":
            place.visitor()
            place.take()
        names = KEYS if step != "elsewhere" else ("chats", "take_chat")
        place.press(Key.Key_F1)
        dialog = place.opened(ShortcutsDialog)
        told = " ".join(each.text() for each in dialog.findChildren(QLabel))
        assert [name for name in names if actions.key_of(name).label not in told] == []
        assert [name for name in names if actions.shown(name) not in told] == []
        place.press(Key.Key_Escape)
        place.come_back()
        focus()


def test_keys_without_a_chat_do_nothing_and_say_so(place: ChatPlace) -> None:
    place.press(Key.Key_8, CONTROL)
    for key in (Key.Key_Q, Key.Key_W, Key.Key_X):
        place.press(key, BOTH)
    place.press(Key.Key_Tab, CONTROL)
    place.press(Key.Key_J, CONTROL)
    place.station.settle()
    assert QApplication.activeModalWidget() is None
    focus()
    place.press(Key.Key_T, BOTH)
    assert place.window.notice.text == "No espera ningún chat."


def test_who_loses_the_race_keeps_the_keyboard(place: ChatPlace, people: People) -> None:
    place.visitor()
    (chat,) = place.inbox.waiting
    before = focus()
    chats.take(people.become("marta", "operator"), chat.id, uuid4())
    place.inbox.take(chat)
    place.see(lambda: "Ese chat lo tomó" in place.window.notice.text)
    place.see(place.card.isHidden)
    assert focus() is before
