"""A round trip that takes half a second holds up nobody who draws the screen: lists, dialogs and closing go on."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import staff
from tests.database.proxy import Proxy
from tests.people import PASSWORD, People
from tests.services.world import World
from tests.ui.desk import Keyboard
from tests.ui.programs import Workstation
from tests.ui.pulse import Pulse
from tests.ui.workplace import focused_in_dialog

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier
OpenProgram = Callable[..., Workstation]
DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5, Qt.Key.Key_6)


@pytest.fixture
def line(people: People) -> Iterator[Proxy]:
    """The line to the server."""
    people.add("ana", "operator", "coordinator", "admin")
    with Proxy(people.conninfo("ana").hosts[0][1]) as made:
        yield made


class Morning:
    """What somebody does at her window, by keyboard, with a name for each step."""

    def __init__(self, qtbot: QtBot, station: Workstation, line: Proxy, pulse: Pulse) -> None:
        self._qtbot = qtbot
        self._station = station
        self._line = line
        self._pulse = pulse
        self._keyboard = Keyboard(qtbot)

    def whole(self) -> None:
        """From the login to the end."""
        steps = (self.enter, self.lists, self.search, self.take, self.close_a_case, self.message, self.pages)
        for step in (*steps, self.lock, self.lose_the_line, self.leave):
            self._pulse.begin(step.__name__)
            step()

    def enter(self) -> None:
        self._station.credentials.password.setText(PASSWORD)
        self._station.credentials.enter.click()
        self._wait(lambda: self._station.program.window is not None)
        window = self._station.window
        window.showNormal()
        window.resize(1280, 720)
        window.activateWindow()
        self._wait(window.isActiveWindow)
        self._settle()

    def lists(self) -> None:
        for digit in DIGITS[:3]:
            self._station.press(digit, CONTROL)
            self._settle()

    def search(self) -> None:
        window = self._station.window
        self._station.press(Qt.Key.Key_F3)
        QTest.keyClicks(window.omnibox, "gonzalez")
        self._wait(window.omnibox.results.isVisible)
        self._station.press(Qt.Key.Key_Escape)
        window.activateWindow()  # a list that went away leaves no window active on the offscreen platform
        self._wait(window.isActiveWindow)

    def take(self) -> None:
        self._station.press(Qt.Key.Key_F8)
        self._settle()
        self._wait(lambda: "Tomaste" in self._station.window.notice.text)
        self._settle()
        self._wait(lambda: self._station.window.cases.reader.case_id == self._station.window.cases.panel.case_id)

    def close_a_case(self) -> None:
        panel = self._station.window.cases.panel
        closes = self._station.find(QAbstractButton, "verb_close", panel)
        self._wait(lambda: closes.isVisible() and closes.isEnabled())
        self._station.press(Qt.Key.Key_F7)
        self._wait(lambda: focused_in_dialog() == "field_reason")
        self._settle()
        self._keyboard.press(Qt.Key.Key_1)
        self._keyboard.save()
        self._wait(lambda: QApplication.activeModalWidget() is None)
        self._station.window.activateWindow()
        self._settle()

    def message(self) -> None:
        self._station.press(Qt.Key.Key_F2)
        self._settle()
        self._keyboard.write("1204")
        self._keyboard.press(Qt.Key.Key_Return)
        self._settle()

    def pages(self) -> None:
        window = self._station.window
        opened: tuple[Callable[[], None], ...] = (window.open_settings, lambda: window.rooms.open_part("board"))
        for open_one in opened:
            open_one()
            self._settle()
        self._station.press(Qt.Key.Key_7, CONTROL)
        self._settle()
        self._station.press(Qt.Key.Key_F5)
        self._settle()

    def lock(self) -> None:
        window = self._station.window
        window.lock()
        window.lock_screen.password.setText(PASSWORD)
        window.lock_screen.unlock.click()
        self._wait(window.frame.isVisible)

    def lose_the_line(self) -> None:
        self._line.cut()
        self._station.window.refresh()
        self._settle()
        self._wait(lambda: self._station.operations.online)

    def leave(self) -> None:
        self._station.window.close()
        self._wait(lambda: self._station.program.over)

    def _wait(self, until: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(until()), timeout=30000)

    def _settle(self) -> None:
        self._wait(lambda: self._station.operations.settled)
        self._qtbot.wait(20)
        self._wait(lambda: self._station.operations.settled)


def gone_through(qtbot: QtBot, open_program: OpenProgram, line: Proxy, world: World, delay: float) -> Pulse:
    """Her morning on such a line."""
    world.company(number=1204, kind="organisation", surname="", name="Panificadora Sur")
    world.case(company=world.company(surname="González", names="Ana"))
    world.cases(3)
    station = open_program("ana", port=line.port)
    line.delay = delay
    with Pulse() as pulse:
        Morning(qtbot, station, line, pulse).whole()
    line.delay = 0.0
    return pulse


@pytest.mark.timeout(300)
def test_the_window_waits_for_nobody(
    qtbot: QtBot, open_program: OpenProgram, line: Proxy, world: World, request: pytest.FixtureRequest
) -> None:
    delay = 0.5 if request.config.getoption("--long") else 0.1
    pulse = gone_through(qtbot, open_program, line, world, delay)
    gaps = ", ".join(f"{step} {gap * 1000:.0f}" for step, gap in pulse.gaps.items() if step)
    request.config.get_terminal_writer().line(f"{delay * 1000:.0f} ms a round trip; longest gaps in ms: {gaps}")
    assert not pulse.caught, "\n".join(pulse.caught)


def test_who_waits_there_is_caught(qtbot: QtBot, station: Workstation, people: People) -> None:
    """One round trip on the window's thread, which is what the test above looks for."""
    near = people.conninfo("ana")
    with Proxy(near.hosts[0][1]) as slow, Pulse() as pulse:
        database = Database(replace(near, hosts=(("127.0.0.1", slow.port),)))
        slow.delay = 0.2
        pulse.begin("ask")
        staff.sessions(database)
        qtbot.wait(20)
        database.close()
    assert pulse.gaps["ask"] > 0.2
    assert any("ask" in where for where in pulse.caught)
