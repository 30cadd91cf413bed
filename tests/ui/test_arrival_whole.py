"""The two commonest tasks of the desk, from the call to the database: within four command keys, and not with three."""

import shutil
import tempfile
from collections.abc import Iterator
from uuid import uuid4

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.services import search, tickets
from iduo_desktop.services.search import Found
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.one_instance import address
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.message_desk import MessageDesk, set_up, ticket
from tests.ui.programs import Workstation
from tests.ui.test_arrival_handed import URI, second_process

# the list of topics grabs the keyboard, of which a screen without a display knows nothing
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
TEXT = "No le llega la factura de noviembre"
TOPIC = "fac"
BUDGET = 4
TAKEN = "SELECT count(*) FROM iduo.ticket WHERE id > %s AND state = 'open' AND topic_id IS NOT NULL AND text = %s"
ROW = """
    SELECT t.channel, t.caller_kind, t.ivr_option, t.text, t.kind, o.label, t.state, t.company_id, t.contact_id,
           t.surname, t.names, t.document, t.phone_key, t.call_id, c.caller, c.company_keyed, c.pbx_id, c.ivr_option
    FROM iduo.ticket t JOIN iduo.topic o ON o.id = t.topic_id JOIN iduo.call c ON c.id = t.call_id WHERE t.id > %s
"""
_MOUSE = {QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel}


class Hands(QObject):
    """Counts what somebody does: keys that command (not those that write a text), and the mouse.

    Whatever key is in `missing` is not pressed. Every key goes to what has the keyboard, and nowhere else.
    """

    def __init__(self, qtbot: QtBot, station: Workstation) -> None:
        super().__init__()
        self._qtbot = qtbot
        self._station = station
        self._typist = Keyboard(qtbot)
        self.missing = ""
        self.commands: list[str] = []
        self.mouse = 0
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # there is one

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.mouse += event.type() in _MOUSE
        return False

    def command(self, name: str, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key that commands; then wait for what it brings."""
        if name != self.missing:
            self.commands.append(name)
            self._typist.press(key, modifiers)
        self._station.settle()

    def write(self, text: str) -> None:
        """Letters of a text; then wait for what is looked up while one types."""
        self._typist.write(text)
        self._qtbot.wait(100)
        self._station.settle()

    def leave(self) -> None:
        """Take the hands away."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # there is one


@pytest.fixture
def here() -> Iterator[str]:
    """Where the window listens."""
    folder = tempfile.mkdtemp(prefix="iduo-")
    yield address(folder, "calls")
    shutil.rmtree(folder)


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """Who has called before, and what one can ask about."""
    made = set_up(world, people)
    world.insert("topic", {"label": "Factura no recibida", "kind": "claim", "position": 1})
    return made


@pytest.fixture
def station(desk: MessageDesk, open_program: OpenProgram, here: str, qtbot: QtBot) -> Workstation:
    """Ana at work; her window listens."""
    made = open_program("ana", "operator", address=here)
    made.log_in()
    qtbot.waitUntil(lambda: made.program._listener is not None)
    return made


@pytest.fixture
def hands(qtbot: QtBot, station: Workstation) -> Iterator[Hands]:
    """Somebody's."""
    made = Hands(qtbot, station)
    yield made
    made.leave()


def register(qtbot: QtBot, station: Workstation, hands: Hands, here: str) -> None:
    """F2 · topic Tab · text · Ctrl+Enter → number → Enter, in a call that a second process hands over."""
    with second_process(here, URI) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=30000)
    qtbot.waitUntil(station.window.calls.card.isVisible)
    station.settle()
    hands.command("F2", Qt.Key.Key_F2)
    hands.write(TOPIC)
    hands.command("Tab", Qt.Key.Key_Tab)
    hands.write(TEXT)
    hands.command("Ctrl+Enter", Qt.Key.Key_Return, CONTROL)
    hands.command("Enter", Qt.Key.Key_Return)


def registered(station: Workstation, desk: MessageDesk) -> bool:
    """Whether the goal is reached: the ticket is there as it was typed, its number was read, and the call is over."""
    taken = desk.world.value(TAKEN, desk.open, TEXT)
    return taken == 1 and desk.calls("outcome") == ["message"] and station.window.rooms.part == "cases"


def test_a_call_becomes_a_ticket_whose_number_was_read(
    qtbot: QtBot, station: Workstation, hands: Hands, here: str, desk: MessageDesk
) -> None:
    register(qtbot, station, hands, here)
    assert hands.commands == ["F2", "Tab", "Ctrl+Enter", "Enter"]
    assert len(hands.commands) <= BUDGET
    assert hands.mouse == 0
    assert registered(station, desk)
    row = desk.world.superuser.execute(ROW, [desk.open]).fetchone()
    assert row == (
        *("phone", "client", 1, TEXT, "claim", "Factura no recibida", "open"),
        *(desk.company, desk.ana, "Gómez", "Ana", "24118903", "3416124410", desk.calls("id")[0]),
        *("+5493416124410", "1204", "77.1", 1),
    )


@pytest.mark.parametrize("missing", ["F2", "Tab", "Ctrl+Enter", "Enter"])
def test_with_one_key_fewer_it_does_not(
    qtbot: QtBot, station: Workstation, hands: Hands, here: str, desk: MessageDesk, missing: str
) -> None:
    hands.missing = missing
    register(qtbot, station, hands, here)
    assert not registered(station, desk)


@pytest.fixture
def second(desk: MessageDesk, people: People) -> int:
    """Another answer for a Gómez, newer than the first, so that the first is not the first to be found."""
    made = ticket(people.become("berta"), "Otra cosa", desk.company, desk.ana)
    tickets.answer(people.become("rita"), (made,), "Ya está.", uuid4())
    return made


def read_out(station: Workstation, hands: Hands) -> None:
    """F3 · surname · ↓ Enter · Ctrl+M."""
    hands.command("F3", Qt.Key.Key_F3)
    hands.write("gomez")
    hands.command("↓", Qt.Key.Key_Down)
    hands.command("Enter", Qt.Key.Key_Return)
    hands.command("Ctrl+M", Qt.Key.Key_M, CONTROL)


def states(desk: MessageDesk, *ids: int) -> list[str]:
    """Where these tickets stand."""
    return [desk.world.value("SELECT state FROM iduo.ticket WHERE id = %s", each) for each in ids]


def test_an_answer_is_found_by_surname_and_read_out(
    station: Workstation, second: int, hands: Hands, desk: MessageDesk
) -> None:
    read_out(station, hands)
    assert hands.commands == ["F3", "↓", "Enter", "Ctrl+M"]
    assert len(hands.commands) <= BUDGET
    assert hands.mouse == 0
    assert sorted(states(desk, desk.answered, second)) == ["awaiting_communication", "communicated"]
    communicated = desk.answered if states(desk, second) == ["awaiting_communication"] else second
    assert desk.world.value("SELECT communicated_to FROM iduo.ticket WHERE id = %s", communicated) == "Ana Gómez"


@pytest.mark.parametrize("missing", ["F3", "↓", "Enter", "Ctrl+M"])
def test_with_one_key_fewer_it_is_not(
    qtbot: QtBot, station: Workstation, second: int, hands: Hands, desk: MessageDesk, missing: str
) -> None:
    found = second_found(qtbot, station)
    hands.missing = missing
    read_out(station, hands)
    assert states(desk, found) == [TicketState.AWAITING_COMMUNICATION]


def second_found(qtbot: QtBot, station: Workstation) -> int:
    """The ticket that stands second among those that the search finds."""
    got: list[Found] = []
    station.operations.run(station.window, search.everything, "gomez").then(got.append)
    qtbot.waitUntil(lambda: bool(got))
    assert [hit.state for hit in got[0].tickets][:2] == [TicketState.AWAITING_COMMUNICATION] * 2
    return got[0].tickets[1].ticket_id
