"""The intake page of one person in a test, and the callers that it hears from."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__, phones
from iduo_desktop.services import calls, contacts, staff
from iduo_desktop.services.calls import CallCard, Incoming
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.ui import formats
from iduo_desktop.ui.intake.page import IntakePage
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard

PHONE = "0341 15-612-4410"
SHIFT = Qt.KeyboardModifier.ShiftModifier


class IntakePlace:
    """A page on the screen, who sits there, and how many keys of command were pressed."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        self.keyboard = Keyboard(qtbot)
        self.commands = 0
        me = staff.me(desk.database, __version__)
        self.page = IntakePage(desk.operations, me, desk.notice, desk.drafts, formats.clock_of(me.server_time))
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
        self.wait(lambda: not self.desk.operations._unsettled)

    def command(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key that is no text; it counts."""
        self.commands += 1
        self.keyboard.press(key, modifiers)
        if QApplication.activePopupWidget() is None:
            self.page.activateWindow()  # a list that went away leaves no window active on the offscreen platform

    def register(self) -> None:
        """Ctrl+Enter, and the number is there."""
        self.command(Qt.Key.Key_Return, CONTROL)
        self.wait(self.page.number.isVisible)

    def text(self, name: str) -> str:
        """What a label says; empty while it is hidden."""
        found = self.page.findChild(QLabel, name)
        assert isinstance(found, QLabel)
        return found.text() if found.isVisible() else ""


def firm(world: World, number: int, name: str = "Panificadora Sur SRL", **values: Any) -> int:
    """A company; its id."""
    return world.company(number=number, kind="organisation", surname="", name=name, **values)


def person(desk: Desk, surname: str, names: str = "Ana", company: int | None = None, phone: str = PHONE) -> int:
    """Somebody with a telephone; his id."""
    parsed = phones.parse(phone, "341")
    given = NewContact(surname, names, "24118903", phone, parsed.e164, parsed.search_key, company_id=company)
    return contacts.create(desk.database, given, uuid4()).contact_id


def ring(desk: Desk, phone: str = PHONE, ivr: int | None = None, company: str = "") -> CallCard:
    """A call that comes in."""
    parsed = phones.parse(phone, "341")
    incoming = Incoming(phone, parsed.e164, parsed.search_key, ivr, company)
    return calls.receive(desk.database, incoming, uuid4())


def assistant(world: World, company: int, role: str, name: str) -> int:
    """Who is what for a company; his id."""
    given: dict[str, Any] = {
        "name": name,
        "whatsapp": "0341 15-555-0101",
        "e164": "+5493415550101",
        "email": "ana.luz@iduo.example",
    }
    made = world.insert("assistant", given)
    world.superuser.execute(
        "INSERT INTO iduo.company_assistant (company_id, role, assistant_id) VALUES (%s, %s, %s)", [company, role, made]
    )
    return made
