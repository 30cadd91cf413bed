"""The whole program of one person, on a real server, from the login on."""

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete, isValid

from iduo_desktop.app import Program
from iduo_desktop.config import Profile
from iduo_desktop.gate import Gate
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.door import FREE, Rules
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.preferences import Preferences, PreferencesFile
from tests.people import PASSWORD, People

W = TypeVar("W", bound=QWidget)
NONE = Qt.KeyboardModifier.NoModifier


class Workstation:
    """A program that a test logs in to and looks at."""

    def __init__(
        self,
        qtbot: QtBot,
        application: QApplication,
        people: People,
        name: str,
        folder: Path,
        port: int = 0,
        address: str = "",
        rules: Rules = FREE,
    ):
        self._qtbot = qtbot
        conninfo = people.conninfo(name)
        hosts = tuple((host, port or own) for host, own in conninfo.hosts)
        profile = Profile("prueba", False, conninfo.dbname, hosts, None, None, test=True)
        folder.mkdir(exist_ok=True)
        self.preferences = PreferencesFile(str(folder / "window.ini"))
        self.preferences.current = Preferences(last_login=conninfo.login, scheme="light")
        gate = Gate(profile, demo=False, rules=rules)
        self.program = Program(application, self.preferences, False, lambda: gate, lambda: address)
        self.program.show_login()
        qtbot.waitUntil(lambda: self.program.operations is not None, timeout=8000)

    def log_in(self, password: str = PASSWORD, *, home: bool = False) -> MainWindow:
        """Type the password and wait for the window; most tests begin with the cases, not with the first page."""
        self.credentials.password.setText(password)
        self.credentials.enter.click()
        self._qtbot.waitUntil(lambda: self.program.window is not None, timeout=8000)
        window = self.window
        window.showNormal()
        window.resize(1280, 720)
        window.activateWindow()
        self._qtbot.waitUntil(window.isActiveWindow)
        if not home:
            window.rooms.open_cases()
        self.settle()
        return window

    @property
    def window(self) -> MainWindow:
        """The window that is open."""
        assert self.program.window is not None
        return self.program.window

    @property
    def credentials(self) -> CredentialsPage:
        """The login's first page."""
        assert self.program.login is not None
        assert isinstance(self.program.login.first, CredentialsPage)
        return self.program.login.first

    @property
    def operations(self) -> Operations:
        """The workers of this session."""
        assert self.program.operations is not None
        return self.program.operations

    def find(self, kind: type[W], name: str, inside: QWidget | None = None) -> W:
        """A widget by its name."""
        found = (inside or self.window).findChild(kind, name)
        assert isinstance(found, kind), name
        return found

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key, wherever the focus is, as from a keyboard: shortcuts take it first."""
        focused = QApplication.focusWidget() or QApplication.activeWindow()
        assert focused is not None
        QTest.keyClick(focused.window().windowHandle(), key, modifiers)

    def settle(self) -> None:
        """Wait until nothing is asked for any more."""
        self._qtbot.waitUntil(lambda: self.operations._unsettled == 0, timeout=8000)
        self._qtbot.wait(20)
        self._qtbot.waitUntil(lambda: self.operations._unsettled == 0, timeout=8000)

    def close(self) -> None:
        """End the program, unless the test did, but not the application that all tests share."""
        if not isValid(self.program):
            return
        self.program.end()
        self._qtbot.waitUntil(lambda: self.program.over, timeout=20000)
        for widget in (self.program.window, self.program.login):
            if widget is not None and isValid(widget):
                delete(widget)
        delete(self.program._theme)
        assert self.program._ring is not None
        delete(self.program._ring)
        delete(self.program)
