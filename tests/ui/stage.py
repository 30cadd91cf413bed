"""Where screens are drawn: a program of each person, on a real server with the demo's data."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import delete, isValid

from iduo_desktop.config import Profile
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.gate import Entered, Gate
from iduo_desktop.services import staff
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.door import FREE, Rules
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.login_dialog import LoginDialog
from iduo_desktop.ui.login_flow import LoginFlow
from iduo_desktop.ui.main_window import MainWindow, Surroundings
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.preferences import PreferencesFile
from iduo_desktop.ui.theme import Theme

T = TypeVar("T", bound=QWidget)
D = TypeVar("D", bound=QDialog)
PATIENCE = 20.0
QUIET_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Place:
    """A server with demo data: where, the people's passwords by login, and the superuser's way in."""

    host: str
    port: int
    dbname: str
    people: dict[str, str]
    superuser: str


@dataclass(frozen=True, slots=True)
class Login:
    """A login with its parts at hand."""

    dialog: LoginDialog
    flow: LoginFlow

    @property
    def credentials(self) -> CredentialsPage:
        """User and password."""
        assert isinstance(self.dialog.first, CredentialsPage)
        return self.dialog.first

    def enter(self, password: str) -> None:
        """Type the password and press the button."""
        self.credentials.password.setText(password)
        self.credentials.enter.click()

    def says(self, text: str) -> bool:
        """Whether the line about the server says this."""
        return text in self.dialog.state.text()


class Stage:
    """Gives screens what they need, and clears up after each."""

    def __init__(self, place: Place, theme: Theme, folder: Path):
        self.place = place
        self.theme = theme
        self._folder = folder
        self._numbers = itertools.count()
        self._operations: list[Operations] = []
        self._entries: list[Entered] = []

    def gate(self, *, port: int = 0, demo: bool = False, rules: Rules = FREE) -> Gate:
        """The way in; another `port` leads nowhere."""
        place = self.place
        profile = Profile("pantallas", False, place.dbname, ((place.host, port or place.port),), None, None, test=True)
        return Gate(profile, demo, rules)

    def login(self, who: str = "operador", gate: Gate | None = None, *, demo: bool = False) -> Login:
        """The login, with somebody's name in it."""
        dialog = LoginDialog(who, demo)
        self.theme.dress(dialog)
        dialog.show()
        flow = LoginFlow(dialog, self._new_operations(), gate or self.gate())
        self.shown(dialog)
        return Login(dialog, flow)

    def window(self, who: str = "operador", *, home: bool = False, rules: Rules = FREE) -> MainWindow:
        """The window of somebody who just came in, as big as the screen; with the cases, or with the first page."""
        entered = self.gate().enter(who, self.place.people[who])
        self._entries.append(entered)
        operations = self._new_operations()
        operations.open(entered.database, entered.feed, entered.feed.poll)
        preferences = PreferencesFile(str(self._folder / f"{next(self._numbers)}.ini"))
        program = entered.conninfo.program
        window = MainWindow(Surroundings(operations, entered, self.theme, preferences, "pantallas", program, rules))
        window.agenda._seen = not home  # what was missed in the demo is told on screens of its own
        window.showFullScreen()
        if not home:
            window.rooms.open_cases()
        return self.shown(window)

    def shown(self, widget: T) -> T:
        """Wait until it is the active window and has what it asked for."""
        widget.activateWindow()
        self.wait(widget.isActiveWindow)
        self.settle()
        return widget

    def dialog(self) -> QDialog:
        """The dialog that has just been opened."""
        self.wait(lambda: isinstance(QApplication.activeModalWidget(), QDialog))
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        return self.shown(found)

    def dialog_of(self, kind: type[D]) -> D:
        """The same, of this kind."""
        found = self.dialog()
        assert isinstance(found, kind)
        return found

    def wait(self, condition: Callable[[], object]) -> None:
        """Let the program run until something is so."""
        ends = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > ends:
                raise TimeoutError("the screen never came to that")
            pause(0.02)

    def settle(self) -> None:
        """Let the program run until it has asked for nothing for some rounds: a slow answer takes only one."""
        rounds = 0
        while rounds < QUIET_ROUNDS:
            pause(0.02)
            rounds = 0 if any(operations._unsettled for operations in self._operations) else rounds + 1

    def superuser(self) -> psycopg.Connection:
        """For what only a superuser can bring about."""
        return psycopg.connect(self.place.superuser, autocommit=True)

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Whatever a screen opened is gone after it."""
        try:
            yield
        finally:
            self._clear()

    def _clear(self) -> None:
        for operations in self._operations:
            operations.close()
        for entered in self._entries:
            entered.leave()
        for widget in sorted(QApplication.topLevelWidgets(), key=lambda each: each.windowType() is Qt.WindowType.Popup):
            if isValid(widget) and widget.parentWidget() is None:  # a list that pops up went with its box
                widget.hide()
                delete(widget)
        self._operations, self._entries = [], []
        self._forget_routes()

    def _forget_routes(self) -> None:
        """A route that nobody took would ring above the next coordinator's window, and who read too much be told of."""
        with self.superuser() as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM iduo.read_excess")
            connection.execute("UPDATE iduo.setting SET value = '500000' WHERE name = 'rows_per_hour'")
            connection.execute("DELETE FROM iduo.route_activation WHERE acknowledged_at IS NULL")

    def _new_operations(self) -> Operations:
        self._operations.append(Operations(sort_error))
        return self._operations[-1]

    def from_another_pc(self, who: str) -> Database:
        """Somebody's connection on another PC."""
        place = self.place
        address = ((place.host, place.port),)
        conninfo = Conninfo(address, place.dbname, who, place.people[who], program="iduo Desktop - PC-12 - 0.1.0 - 1")
        database = Database(conninfo)
        staff.sessions(database)
        return database


def pause(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
