"""The page of messages on the real server, by keyboard: read the answer out, insist, answer, send back; two at once."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.terms import TicketState
from tests.services.world import World
from tests.ui.counter import Counter, Office
from tests.ui.desk import CONTROL, Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Arrive = Callable[..., Counter]
Key = Qt.Key
SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def arrive(qtbot: QtBot, open_desk: OpenDesk) -> Arrive:
    """`arrive("ana", "operator")`: that person sits down."""
    return lambda name="ana", *roles: Counter(qtbot, open_desk(name, *roles))


@pytest.fixture
def office(open_desk: OpenDesk, world: World) -> Office:
    """Pía takes messages, Rita answers them."""
    return Office(open_desk("pia", "operator").database, open_desk("rita", "answerer").database)


def test_the_answer_is_read_and_communicated(arrive: Arrive, office: Office, keyboard: Keyboard) -> None:
    """Ctrl+M says that it was read, to the person of the ticket; Ctrl+Z within five minutes takes it back."""
    ticket = office.answered()
    ana = arrive()
    ana.read(ticket)
    ana.wait_for(lambda: keyboard.focused() == "ticket_answer")
    ana.wait_for(lambda: ana.page.panel.answer.text.seen)
    keyboard.press(Key.Key_M, CONTROL)
    ana.wait_for(lambda: ana.state() == TicketState.COMMUNICATED)
    assert office.card(ticket).communicated_to == "Ana Gómez"
    assert ana.desk.notice.text.endswith("comunicado a Ana Gómez")
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.state() == TicketState.AWAITING_COMMUNICATION)
