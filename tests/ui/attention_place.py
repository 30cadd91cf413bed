"""«Nueva atención» of one person in a test, and calls that come in."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__, phones
from iduo_desktop.database.connection import Database
from iduo_desktop.services import attentions, calls, contacts, staff
from iduo_desktop.services.attentions import Attention
from iduo_desktop.services.calls import CallCard, Incoming
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.ui import formats
from iduo_desktop.ui.attention.page import AttentionPage
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard

PHONE = "0341 15-612-4410"
NONE = Qt.KeyboardModifier.NoModifier


class AttentionPlace:
    """A page on the screen, who sits there, and how many keys of command were pressed."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        self.keyboard = Keyboard(qtbot)
        self.commands = 0
        me = staff.me(desk.database, __version__)
        self.clock = formats.clock_of(me.server_time)
        self.page = AttentionPage(desk.operations, me, desk.notice, desk.drafts, self.clock)
        self.form = self.page.form
        qtbot.addWidget(self.page)
        self.page.resize(1166, 680)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.page)
        self.rest()

    def wait(self, condition: Callable[[], object]) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def rest(self) -> None:
        """Until nothing is asked any more."""
        self.qtbot.wait(20)
        self.wait(lambda: not self.desk.operations._unsettled)

    def command(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key that is no text; it counts."""
        self.commands += 1
        self.keyboard.press(key, modifiers)
        if QApplication.activePopupWidget() is None:
            self.page.activateWindow()  # a list that went away leaves no window active on the offscreen platform

    def say(self, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
        """A text, and the key that goes on."""
        self.keyboard.write(text)
        self.command(key)

    def text(self, name: str) -> str:
        """What a label says; empty while it is hidden."""
        found = self.page.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found.text() if found.isVisible() else ""


def helpline(world: World) -> None:
    """Switch the helpline on; it has routes and sections from the start."""
    world.set_setting("part_helpline", True)


def person(database: Database, surname: str, names: str = "Ana", phone: str = PHONE, document: str = "24118903") -> int:
    """Somebody with a telephone; his id."""
    parsed = phones.parse(phone, "341")
    given = NewContact(surname, names, document, phone, parsed.e164, parsed.search_key, parsed.kind, parsed.valid)
    return contacts.create(database, given, uuid4()).contact_id


def ring(database: Database, phone: str = PHONE) -> CallCard:
    """A call that comes in."""
    parsed = phones.parse(phone, "341")
    return calls.receive(database, Incoming(phone, parsed.e164, parsed.search_key), uuid4())


def case_of(database: Database, contact: int, subject: str) -> int:
    """A case of a person's; its id."""
    given = Attention(contact_id=contact, subject=subject, holds_call=False)
    return attentions.attend(database, given, uuid4()).case_id
