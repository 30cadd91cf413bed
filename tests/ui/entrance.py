"""A login before one database, and who came in."""

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.config import Profile
from iduo_desktop.gate import Entered, Gate
from iduo_desktop.ui.door import FREE, Rules
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.login_dialog import LoginDialog
from iduo_desktop.ui.login_flow import LoginFlow
from iduo_desktop.ui.operations import Operations
from tests.people import PASSWORD


class Entrance:
    """A login dialog before one database, and who came in."""

    def __init__(self, qtbot: QtBot, profile: Profile, login: str, rules: Rules = FREE):
        self._qtbot = qtbot
        self.operations = Operations(sort_error)
        self.entered: list[Entered] = []
        self.dialog = LoginDialog(login)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.dialog.activateWindow()
        self.flow = LoginFlow(self.dialog, self.operations, Gate(profile, demo=False, rules=rules))
        self.flow.entered.connect(self.entered.append)

    def find(self, name: str) -> QWidget:
        """A widget by its name."""
        found: QWidget | None = self.dialog.findChild(QWidget, name)
        assert found is not None, name
        return found

    def text(self, name: str) -> str:
        """What a label says, if it is seen."""
        found = cast(QLabel, self.find(name))
        return found.text() if found.isVisible() else ""

    def write(self, name: str, text: str) -> None:
        """Type into a field."""
        field = cast(QLineEdit, self.find(name))
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def press_enter(self, key: Qt.Key = Qt.Key.Key_Return) -> None:
        """Enter, wherever the focus is."""
        QTest.keyClick(self.dialog.focusWidget(), key)

    def click(self, name: str) -> None:
        """Press a button."""
        cast(QPushButton, self.find(name)).click()

    def enter(self, password: str = PASSWORD) -> None:
        """Type the password and press Enter."""
        self.write("password", password)
        self.press_enter()

    def wait_for(self, name: str, beginning: str) -> str:
        """Wait until a label says something that begins so."""
        self._qtbot.waitUntil(lambda: self.text(name).startswith(beginning), timeout=8000)
        return self.text(name)

    def wait_for_entry(self) -> Entered:
        """Wait until somebody is in."""
        self._qtbot.waitUntil(lambda: bool(self.entered), timeout=8000)
        return self.entered[0]

    def close(self) -> None:
        """Everybody goes."""
        for entered in self.entered:
            entered.leave()
        self.operations.close()
