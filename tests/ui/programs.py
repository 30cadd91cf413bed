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
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.preferences import PreferencesFile
from tests.people import PASSWORD, People

W = TypeVar("W", bound=QWidget)
NONE = Qt.KeyboardModifier.NoModifier


class Workstation:
    """A program that a test logs in to and looks at."""

    def __init__(self, qtbot: QtBot, application: QApplication, people: People, name: str, folder: Path, port: int = 0):
        self._qtbot = qtbot
        conninfo = people.conninfo(name)
        hosts = tuple((host, port or own) for host, own in conninfo.hosts)
        profile = Profile("prueba", False, conninfo.dbname, hosts, None, None, test=True)
        self.preferences = PreferencesFile(folder / "window.json")
        self.preferences.current = type(self.preferences.current)(last_login=conninfo.login, scheme="light")
        self.program = Program(application, profile, False, self.preferences)
        self.program.ask_who()

    def log_in(self, password: str = PASSWORD) -> MainWindow:
        """Type the password and wait for the window."""
        login = self.program._login
        assert login is not None
        login.credentials.password.setText(password)
        login.credentials.enter.click()
        self._qtbot.waitUntil(lambda: self.program._window is not None, timeout=8000)
        window = self.window
        window.showNormal()
        window.resize(1280, 720)
        window.activateWindow()
        self._qtbot.waitUntil(window.isActiveWindow)
        self.settle()
        return window

    @property
    def window(self) -> MainWindow:
        """The window that is open."""
        assert self.program._window is not None
        return self.program._window

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
        self._qtbot.waitUntil(lambda: self.program._operations._unsettled == 0, timeout=8000)
        self._qtbot.wait(20)
        self._qtbot.waitUntil(lambda: self.program._operations._unsettled == 0, timeout=8000)

    def close(self) -> None:
        """End the program, but not the application that all tests share."""
        self.program._operations.close()
        self.program._gate.close()
        for widget in (self.program._window, self.program._login):
            if widget is not None and isValid(widget):
                delete(widget)
        delete(self.program._theme)
        delete(self.program._ring)
        delete(self.program)
        QApplication.instance().setStyleSheet("")  # type: ignore[union-attr]
