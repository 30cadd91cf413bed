"""The page of persons of one person in a test, persons to look at, and what is asked of both."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__, phones
from iduo_desktop.database.connection import Database
from iduo_desktop.services import contact_records, contacts, staff
from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.page import ContactsPage
from iduo_desktop.ui.contacts.record_view import RecordView
from tests.services.world import World
from tests.ui.desk import Desk

NUMBER = "+5493416124410"


class Reception:
    """A page on the screen, and who sits there."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        me = staff.me(desk.database, __version__)
        self.page = ContactsPage(desk.operations, me, desk.notice, desk.drafts, formats.clock_of(me.server_time))
        qtbot.addWidget(self.page)
        self.page.resize(1290, 640)

    @property
    def view(self) -> RecordView:
        """The record."""
        return self.page.record

    @property
    def record(self) -> ContactRecord:
        """Whose record is shown."""
        record = self.view.record
        assert record is not None
        return record

    def come_here(self) -> None:
        """Its window has the keyboard."""
        self.page.show()
        self.page.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.page)
        self.page.setFocus()

    def open_list(self) -> None:
        """Look at the list and wait for it."""
        self.come_here()
        self.rest()

    def open(self, contact: int) -> None:
        """Look at somebody's record and wait for it."""
        self.come_here()
        self.page.open_contact(contact)
        self.wait_for(lambda: self.view.record is not None and self.record.id == contact)
        self.rest()

    def rest(self) -> None:
        """Wait until everything that was asked is answered."""
        self.qtbot.waitUntil(lambda: not self.desk.operations._unsettled, timeout=8000)

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Until something is so; a poll of the feed is in it."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def focus(self, name: str) -> QWidget:
        """Give the keyboard to what is called so."""
        found = self.find(name)
        found.setFocus()
        return found

    def find(self, name: str) -> QWidget:
        """What is called so, in the page or in the dialog over it."""
        holders: list[QObject] = [widget for widget in (QApplication.activeModalWidget(), self.page) if widget]
        found = next((each for holder in holders if (each := holder.findChild(QWidget, name)) is not None), None)
        assert isinstance(found, QWidget), name
        return found

    def click(self, name: str) -> None:
        """Press the button that is called so."""
        button = self.find(name)
        assert isinstance(button, QPushButton)
        button.click()

    def text(self, name: str) -> str:
        """What a label or a line says, empty when it is not seen."""
        found = self.find(name)
        return str(found.property("text")) if found.isVisible() else ""

    def listed(self) -> list[str]:
        """The persons in the list, in its order."""
        return [row.person for row in self.page.list.model.loaded()]


def person(database: Database, surname: str = "Gómez", names: str = "Ana", phone: str = NUMBER, **values: Any) -> int:
    """Somebody, with a telephone unless it is empty; his id."""
    number = phones.parse(phone, "341")
    reach = (phone, number.e164, number.search_key, number.kind, number.valid) if phone else ("", None, "", "", False)
    given = NewContact(surname, names, values.pop("document", ""), *reach, **values)
    return contacts.create(database, given, uuid4()).contact_id


def case_of(world: World, contact: int, subject: str = "Pide acompañamiento", **values: Any) -> int:
    """An open case of a person who is no client; its id."""
    given = {"contact_id": contact, "list": "active", "opened_by": "nobody", "subject": subject}
    if values.get("assigned_to"):
        given |= {"assigned_at": world.now()}
    return world.insert("case", given | values)


def change(database: Database, contact: int, field: str, value: str) -> None:
    """A colleague corrects something."""
    version = contact_records.record(database, contact).version
    contact_records.change(database, contact, field, value, version, uuid4())
