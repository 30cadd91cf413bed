"""A message desk in a test to whose site somebody writes, and Ana's window that follows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services.chats import Chat
from iduo_desktop.ui.chats.inbox import Inbox
from iduo_desktop.ui.chats.page import ChatsPage
from iduo_desktop.ui.chats.ring_card import RingCard
from iduo_desktop.ui.main_window import MainWindow
from tests.people import People
from tests.services.visitors import ChatService, Visitor
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.message_desk import MessageDesk, set_up
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier
BOTH = CONTROL | Qt.KeyboardModifier.ShiftModifier
FAST = 15_000
D = TypeVar("D", bound=QDialog)


@dataclass(frozen=True, slots=True)
class ChatPlace:
    """What a test of the chats has at hand."""

    qtbot: QtBot
    service: ChatService
    station: Workstation
    desk: MessageDesk

    @property
    def window(self) -> MainWindow:
        """Ana's."""
        return self.station.window

    @property
    def page(self) -> ChatsPage:
        """The page."""
        return self.window.chats.page

    @property
    def inbox(self) -> Inbox:
        """What is known there."""
        assert self.window.chats.inbox is not None
        return self.window.chats.inbox

    @property
    def card(self) -> RingCard:
        """What rings."""
        assert self.window.chats.card is not None
        return self.window.chats.card

    def visitor(self, name: str = "Rosa Díaz", text: str = "Buenas, no me anda internet") -> Visitor:
        """Somebody who waits, and whom the window knows of."""
        made = Visitor(self.service, name)
        made.open()
        made.say(text)
        self.see(lambda: any(chat.name == name and chat.last_text == text for chat in self.inbox.all))
        return made

    def take(self, name: str = "Rosa Díaz") -> Chat:
        """Ana attends whoever waits longest, by the key, and sees what was said."""
        self.press(Qt.Key.Key_T, BOTH)
        self.see(lambda: self.page.chat is not None and self.page.chat.name == name)
        self.see(self.page.talk.box.hasFocus)
        self.see(lambda: self.inbox.is_read(self.shown()))
        chat = self.page.chat
        assert chat is not None
        return chat

    def see(self, condition: Callable[[], object]) -> None:
        """Until it is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=FAST)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, wherever the keyboard is."""
        self.station.press(key, modifiers)

    def write(self, text: str) -> None:
        """Into whatever has the keyboard, letter by letter."""
        Keyboard(self.qtbot).write(text)

    def texts(self) -> list[str]:
        """What is read in the talk."""
        return [line.text for line in self.page.talk.lines.lines.written()]

    def push(self, name: str, inside: QWidget | None = None) -> None:
        """Press a button."""
        self.station.find(QPushButton, name, inside).click()

    def opened(self, kind: type[D]) -> D:
        """The dialog that is on the screen, once it is there."""
        self.see(lambda: isinstance(QApplication.activeModalWidget(), kind))
        found = QApplication.activeModalWidget()
        assert isinstance(found, kind)
        return found

    def come_back(self) -> None:
        """A dialog closed: a screen gives the keyboard back by itself, the one of the tests does not."""
        self.see(lambda: QApplication.activeModalWidget() is None)
        self.window.activateWindow()
        self.see(self.window.isActiveWindow)

    def shown(self) -> Chat:
        """The chat on the page."""
        chat = self.page.chat
        assert chat is not None
        return chat

    def guard(self) -> None:
        """The guard's round."""
        world = self.desk.world
        world.superuser.execute("SET SESSION AUTHORIZATION iduo_guard")
        world.superuser.execute("SELECT * FROM api.guard_chats()")
        world.superuser.execute("RESET SESSION AUTHORIZATION")

    def give_back(self, chat_id: int) -> None:
        """What the guard does with a chat that nobody answers."""
        late = "UPDATE iduo.chat SET waits_since = now() - interval '2 hours' WHERE id = %s"
        self.desk.world.superuser.execute(late, (chat_id,))
        self.guard()


def at_work(
    qtbot: QtBot, world: World, people: People, service: ChatService, open_program: OpenProgram, port: int = 0
) -> ChatPlace:
    """Ana on the list of cases; behind `port` may be a line that can be broken."""
    desk = set_up(world, people)
    station = open_program("ana", "operator", port=port)
    station.log_in()
    return ChatPlace(qtbot, service, station, desk)
