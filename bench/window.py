"""How long the window's thread works without coming back to its event loop: pages, dialogs, keys, themes, what arrives.

Processor time of that thread, the quickest of several processes; that nothing waits for the line there is tested
elsewhere (tests/ui/test_slow_line.py).
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import zip_longest
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from bench import Result
from bench.house import House
from iduo_desktop.admin import demo, staff
from iduo_desktop.app import Program
from iduo_desktop.config import Profile
from iduo_desktop.gate import Gate
from iduo_desktop.services.passwords import new_password
from iduo_desktop.terms import CaseList, Role, TicketState
from iduo_desktop.ui.application import new_application
from iduo_desktop.ui.cases.rights import Verb
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.preferences import Preferences, PreferencesFile

ROUNDS = 2
GOAL = 50.0
WORST = 4
QUIET_ROUNDS, ROUND = 6, 20  # milliseconds
PATIENCE = 60.0
LOGIN = "bench_window"
# What ends the session or hides the window is no page and no dialog; lists and parts are gone through by themselves.
LEFT_OUT = ("Ir a", "Salir", "Bloquear", "Ocultar", "Modo", "Tema", "Pausa")
KEYS_LEFT_OUT = {"hide_all", "undo", "take_next", "take_chat", "pause"}
PAGE_KEYS = (
    *("log_contact", "call", "whatsapp", "email", "sms", "conversation", "script", "surveys", "panel", "filter"),
    *("answer", "insist", "note", "send_back", "next_record", "new_contact", "reschedule", "templates"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """How one logs in."""

    host: str
    port: int
    dbname: str
    password: str


class Pulse:
    """Ticks in the thread that makes it; of each step, the most processor time between two ticks in milliseconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def begin(self) -> None:
        """What comes now is a step of its own."""
        self._tick()
        self.longest = 0.0

    def end(self) -> float:
        """Its longest block."""
        self._tick()
        return self.longest * 1000

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now


class Walk:
    """A person with every role goes through the whole window; `blocks` has what each step took, time after time."""

    def __init__(self, way: Way, folder: str) -> None:
        self.blocks: dict[str, list[float]] = defaultdict(list)
        self._way = way
        application = new_application()
        preferences = PreferencesFile(f"{folder}/window.ini")
        preferences.current = Preferences(last_login=LOGIN, scheme="light")
        gate = Gate(Profile("bench", False, way.dbname, ((way.host, way.port),), None, None, test=True), demo=False)
        self._program = Program(application, preferences, False, lambda: gate)
        self._pulse = Pulse()

    @property
    def window(self) -> MainWindow:
        """The window."""
        assert self._program.window is not None
        return self._program.window

    @property
    def operations(self) -> Operations:
        """Its workers."""
        assert self._program.operations is not None
        return self._program.operations

    def enter(self) -> None:
        """From the login to the window."""
        self._program.show_login()
        self._wait(lambda: self._program.operations is not None and not self._program._loader.is_alive())
        assert self._program.login is not None
        page = self._program.login.first
        assert isinstance(page, CredentialsPage)
        page.password.setText(self._way.password)
        self._step("login: the window", page.enter.click, lambda: self._program.window is not None)
        self.window.resize(1366, 768)
        self._come_back()

    def go(self) -> None:
        """Everything once."""
        self._pages()
        self._keys()
        self._keys_of_pages()
        window = self.window
        for scheme in ("dark", "light"):
            self._step(f"theme: {scheme}", partial(window._dress, scheme, window._around.theme.density))
        for text in ("gonzalez", "1204"):
            self._step(f"arrives: search {text}", partial(self._type, text), window.omnibox.results.isVisible)
        window.rooms.open_list(CaseList.ACTIVE.value)
        self._settle()
        bar = window.cases.frame.view.verticalScrollBar()
        for at in range(3):
            self._step(f"arrives: page {at + 2} of a list", lambda: bar.setValue(bar.maximum()))

    def change(self, superuser: psycopg.Connection) -> None:
        """A colleague's work comes in while the list and its panel are seen."""
        self.window.rooms.open_list(CaseList.DELINQUENT.value)
        self._settle()

        def work() -> None:
            superuser.execute("UPDATE iduo.company SET locality = locality WHERE id % 5 = 0")
            self.operations.poll_now()

        self._step("arrives: changes of 600 clients", work)

    def leave(self) -> None:
        """Sign out and end."""
        self._program.end()
        self._wait(lambda: self._program.over)

    def _pages(self) -> None:
        rooms = self.window.rooms
        for name in rooms.names:
            self._step(f"page: {name}", partial(rooms.open_part, name))
        for kind in CaseList:
            self._step(f"page: list {kind.value}", partial(rooms.open_list, kind.value))
        for state in TicketState:
            self._step(f"page: messages {state.value}", partial(rooms.open_state, state.value))
        self._step("page: settings", rooms.open_settings)
        assert rooms.settings is not None
        for at, page in enumerate(rooms.settings._kinds):
            self._step(f"page: settings, {page.name}", partial(rooms.settings.titles.setCurrentRow, at))

    def _keys(self) -> None:
        window = self.window
        self._come_back()
        for action in window.frame.actions():
            name = action.objectName()
            if not (name in KEYS_LEFT_OUT or name.startswith("list_") or name in window.rooms.names):
                self._step(f"key: {name}", action.trigger)
        for command in window.omnibox.commands:
            if not command.text.startswith(LEFT_OUT):
                self._step(f"key: {command.text}", command.act)

    def _keys_of_pages(self) -> None:
        """On a case of one's own, and wherever else a page has keys."""
        rooms = self.window.rooms
        rooms.open_list(CaseList.DELINQUENT.value)
        self._settle()
        self.window.cases.do(Verb.TAKE)
        self._settle()
        ways: list[tuple[str, Callable[[], None]]] = [
            ("case", partial(rooms.open_list, CaseList.MINE.value)),
            ("message", partial(rooms.open_state, TicketState.OPEN.value)),
            *((name, partial(rooms.open_part, name)) for name in rooms.names),
        ]
        for name, way in ways:
            for key in PAGE_KEYS:
                way()
                self._settle()
                owners = [owner for owner in rooms.findChildren(QWidget) if owner.isVisible()]
                found = [action for owner in owners for action in owner.actions() if action.objectName() == key]
                if found:
                    self._step(f"key: {key} of a {name}", found[0].trigger)
        for verb in (Verb.CLOSE, Verb.MOVE, Verb.EXTEND):
            rooms.open_list(CaseList.MINE.value)
            self._settle()
            self._step(f"key: {verb.value} a case", partial(self.window.cases.do, verb))

    def _type(self, text: str) -> None:
        self.window.omnibox.begin()
        self.window.omnibox.clear()
        QTest.keyClicks(self.window.omnibox, text)

    def _step(self, name: str, act: Callable[[], object], until: Callable[[], object] = lambda: True) -> None:
        self._pulse.begin()
        act()
        self._wait(until)
        self._settle()
        self.blocks[name].append(self._pulse.end())
        self._come_back()

    def _come_back(self) -> None:
        """Away with dialogs and lists that popped up; the window has the keyboard, on the page one came from."""
        for _ in range(8):
            shown = QApplication.activePopupWidget() or QApplication.activeModalWidget()
            if shown is None:
                break
            shown.reject() if isinstance(shown, QDialog) else shown.close()
            QTest.qWait(ROUND)
        self.window.rooms.leave_message()
        self.window.activateWindow()
        self._wait(self.window.isActiveWindow)
        self._settle()

    def _settle(self) -> None:
        """Until nothing has been asked for some rounds."""
        rounds = 0
        while rounds < QUIET_ROUNDS:
            QTest.qWait(ROUND)
            rounds = rounds + 1 if self.operations.settled else 0

    def _wait(self, until: Callable[[], object]) -> None:
        ends = time.monotonic() + PATIENCE
        while not until():
            if time.monotonic() > ends:
                raise TimeoutError("the window never came to that")
            QTest.qWait(ROUND)


def measure(house: House) -> Iterator[Result]:
    """The longest block of each kind, when something is first seen and again; `beside` is the goal."""
    conninfo = house.filled("bench_window", _fill)
    password = new_password()
    with psycopg.connect(conninfo) as connection:
        for role in (Role.OPERATOR, Role.COORDINATOR, Role.ADMIN):
            staff.enrol(connection, LOGIN, "Bench Window", role.value, password)
    info = conninfo_to_dict(conninfo)
    way = Way(str(info["host"]), int(info["port"] or 0), str(info["dbname"]), password)
    rounds = [apart(way, conninfo) for _ in range(ROUNDS)]
    steps: dict[str, list[float]] = defaultdict(list)
    for name in dict.fromkeys(name for each in rounds for name in each):
        for times in zip_longest(*(each.get(name, ()) for each in rounds), fillvalue=math.inf):
            steps[name].append(min(times))
    for kind in dict.fromkeys(name.partition(":")[0] for name in steps):
        for turn, when in enumerate(("first", "again")):
            own = {name: times for name, times in steps.items() if name.startswith(f"{kind}:") and len(times) > turn}
            found = {name.partition(": ")[2]: times[turn] for name, times in own.items()}
            if found:
                yield _result(f"window's longest block, {kind}, {when}", found)


def _fill(conninfo: str) -> None:
    demo.fill(conninfo, {})


def _result(name: str, found: dict[str, float]) -> Result:
    worst = sorted(found.items(), key=lambda one: -one[1])[:WORST]
    over = sum(block > GOAL for block in found.values())
    said = ", ".join(f"{what} {block:.0f}" for what, block in worst)
    note = f"{over} of {len(found)} above: {said}"
    return Result(name, worst[0][1], GOAL, "ms", worst[0][1] / GOAL, 1.0, note=note)


def apart(way: Way, conninfo: str) -> dict[str, list[float]]:
    """The blocks that a process of its own finds: what is first seen in it is new there."""
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        places = dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"), folder)
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **keyring, **places}
        done = subprocess.run(
            [sys.executable, "-m", "bench.window", folder],
            input=json.dumps([asdict(way), conninfo]),
            cwd=Path(__file__).parents[1],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    blocks: dict[str, list[float]] = json.loads(done.stdout)
    return blocks


def main(arguments: Sequence[str]) -> None:
    """Walk through the window twice and print the blocks for the process that asked."""
    way, conninfo = json.load(sys.stdin)
    walk = Walk(Way(**way), arguments[0])
    walk.enter()
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        for _ in range(2):
            walk.go()
            walk.change(superuser)
    walk.leave()
    print(json.dumps(walk.blocks))


if __name__ == "__main__":
    main(sys.argv[1:])
