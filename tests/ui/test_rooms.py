"""Who sees which part of the window: what the organisation switched on, as far as one's roles go."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import actions
from iduo_desktop.ui.main_window import MainWindow
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import COMPANY, NUMBER, MessageDesk, set_up


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """An organisation that takes messages."""
    return set_up(world, people)


def _parts(window: MainWindow) -> set[str]:
    """What of the rail depends on the parts that are switched on."""
    return set(window.rail.parts) & {"cases", "tickets", "contacts", "settings", "help"}


def test_without_messages_nothing_of_them_is_there(open_program: OpenProgram, world: World) -> None:
    station = open_program("ana", "operator")
    window = station.log_in()
    assert _parts(window) == {"cases", "help"}
    assert not station.find(QToolButton, "current_call").isVisible()
    assert not {"new_message", "call_card", "add_number"} & {key.name for key in actions.keys_here(window)}
    window.calls.ring(Ring(NUMBER))
    station.press(Qt.Key.Key_F2)
    assert window.rooms.currentWidget() is window.rooms.cases
    assert window.calls.arrivals.current is None
    assert "comando" in window.omnibox.placeholderText() or window.omnibox.placeholderText() == "Buscar…"


def test_a_message_desk_without_cases(qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk) -> None:
    desk.world.set_setting("part_cases", False)
    station = open_program("ana", "operator")
    window = station.log_in()
    assert _parts(window) == {"tickets", "contacts", "help"}
    tickets = window.rooms.tickets
    assert window.rooms.currentWidget() is tickets
    assert tickets is not None
    assert tickets.frame.state is TicketState.AWAITING_COMMUNICATION
    station.press(Qt.Key.Key_F3)
    QTest.keyClicks(window.omnibox, f"e {COMPANY}")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    QTest.keyClick(window.omnibox, Qt.Key.Key_Return)
    assert window.rooms.currentWidget() is window.rooms.intake
    qtbot.waitUntil(lambda: window.rooms.intake is not None and window.rooms.intake.form.fields.company.company_id == 1)


class _Shown(QObject):
    """What was shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(watched.objectName())
        return False


def test_no_part_of_the_window_is_shown_before_it_is_in_it(open_program: OpenProgram, desk: MessageDesk) -> None:
    """It would flash, and take the keyboard away from what one types in."""
    desk.world.set_setting("part_helpline", True)
    station = open_program("ana", "operator", "coordinator", "admin")
    shown = _Shown()
    QApplication.instance().installEventFilter(shown)  # type: ignore[union-attr]  # there is one
    window = station.log_in()
    for name in window.rooms.names:
        window.rooms.open_part(name)
    window.attention.new()
    assert {*window.rooms.names} == {"home", "chats", "contacts", "agenda", "board", "batches"}
    assert set(shown.names) <= {"login_dialog", "main_window"}


def test_nothing_switched_on_is_said(open_program: OpenProgram, world: World) -> None:
    world.set_setting("part_cases", False)
    station = open_program("ana", "operator")
    window = station.log_in()
    assert [*window.rail.parts] == ["help"]
    assert station.find(QLabel, "nothing_to_see").isVisible()
    window.refresh()
    station.press(Qt.Key.Key_F6)


def test_an_administrator_reads_messages_and_takes_none(open_program: OpenProgram, desk: MessageDesk) -> None:
    station = open_program("ada", "admin")
    window = station.log_in()
    assert _parts(window) == {"cases", "tickets", "contacts", "settings", "help"}
    assert window.rooms.intake is None
    window.rail.parts["tickets"].click()
    assert window.rooms.currentWidget() is window.rooms.tickets
    window.rail.parts["settings"].click()
    assert window.rooms.currentWidget() is window.rooms.settings
    window.rail.parts["cases"].click()
    assert window.rooms.currentWidget() is window.rooms.cases


def test_a_message_stands_over_the_page_one_came_from(open_program: OpenProgram, desk: MessageDesk) -> None:
    station = open_program("ana", "operator")
    window = station.log_in()
    before = QApplication.focusWidget()
    station.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.rooms.currentWidget() is window.rooms.intake
    station.press(Qt.Key.Key_Escape)
    assert window.rooms.currentWidget() is window.rooms.cases
    assert QApplication.focusWidget() is before
