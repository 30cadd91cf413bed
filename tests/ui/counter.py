"""The page of messages of one person in a test, messages to look at, and what is asked of both."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__
from iduo_desktop.database.connection import Database
from iduo_desktop.services import staff, tickets
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.tickets.page import TicketsPage
from tests.ui.desk import Desk
from tests.ui.workplace import focused_in_dialog

ANSWER = "Ya se la enviamos por mail."


class Counter:
    """A page on the screen, who sits there, and what he sees."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        me = staff.me(desk.database, __version__)
        self.page = TicketsPage(desk.operations, me, desk.notice, desk.drafts, formats.clock_of(me.server_time))
        qtbot.addWidget(self.page)
        self.page.resize(1290, 640)

    def come_here(self) -> None:
        """Its window has the keyboard."""
        self.page.show()
        self.page.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.page)
        self.page.setFocus()

    def open(self, state: TicketState) -> None:
        """Look at a list and wait for it."""
        self.page.open_state(state.value)
        self.come_here()
        self.rest()

    def read(self, ticket: int) -> None:
        """Look at a ticket by itself and wait for it."""
        self.page.open_ticket(ticket)
        self.come_here()
        self.wait_for(lambda: self.page.panel.ticket_id == ticket)

    def rest(self) -> None:
        """Wait until everything that was asked is answered."""
        self.qtbot.waitUntil(self._quiet)

    def _quiet(self) -> bool:
        page, model = self.page, self.page.frame.model
        unread = page.reader.ticket_id and page.panel.ticket_id != page.reader.ticket_id
        waiting = model._asked or model._pace.waiting or page.reader.waiting or self.desk.operations._unsettled
        return bool(model.started and not waiting and not unread)

    def rest_of_it(self) -> None:
        """Wait until all about a ticket that stands alone is here."""
        page, operations = self.page, self.desk.operations
        self.qtbot.waitUntil(lambda: not (page.reader.waiting or operations._unsettled))

    def listed(self) -> list[int]:
        """The tickets in the list, in its order."""
        return [row.id for row in self.page.frame.model.loaded()]

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Until something is so; a poll of the feed is in it."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def state(self) -> str:
        """The state of the ticket that is shown."""
        card = self.page.reader.card
        return card.state if card is not None else ""

    def wait_for_field(self, name: str) -> None:
        """Until a dialog is there and this field of it has the keyboard."""
        self.wait_for(lambda: focused_in_dialog() == f"field_{name}")

    def button(self, name: str) -> QPushButton:
        """A button by its name."""
        found = self.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    def text(self, name: str) -> str:
        """What a label says, empty when it is not seen."""
        found = self.page.findChild(QWidget, name)
        assert found is not None
        return str(found.property("text")) if found.isVisible() else ""


class Office:
    """Messages of a test, taken by one person and answered by another."""

    def __init__(self, operator: Database, answerer: Database) -> None:
        self.operator = operator
        self.answerer = answerer

    def message(self, surname: str = "Gómez", **values: Any) -> int:
        """A message; its id."""
        given = NewTicket("phone", "client", "No le llegó la factura", surname=surname, names="Ana", phone="4321-5678")
        return tickets.create(self.operator, replace(given, **values), uuid4()).ticket_id

    def answered(self, surname: str = "Gómez", answer: str = ANSWER, **values: Any) -> int:
        """A message with its answer; its id."""
        ticket = self.message(surname, **values)
        self.answer(ticket, answer)
        return ticket

    def answer(self, ticket: int, text: str = ANSWER) -> None:
        """The back office answers."""
        tickets.answer(self.answerer, (ticket,), text, uuid4())

    def card(self, ticket: int) -> tickets.TicketCard:
        """All about a ticket."""
        return tickets.card(self.operator, ticket)


def type_text(widget: QWidget, text: str) -> None:
    """Letters, one by one."""
    QTest.keyClicks(widget, text, Qt.KeyboardModifier.NoModifier)
