"""One workstation of a test, and a keyboard that types into whatever has the focus."""

from pathlib import Path

from cryptography.fernet import Fernet
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
KEY = Fernet.generate_key()


class Desk:
    """What a window of one person is made of."""

    def __init__(self, login: str, database: Database, feeding: Database, folder: Path) -> None:
        self.login = login
        self.database = database
        self.operations = Operations(sort_error)
        feed = Feed(feeding)
        feed.poll()  # what changes from here on is told
        self.operations.open(database, feed, feed.poll)
        self.notice = Notice(self.operations)
        self.operations.refused.connect(self.notice.refuse)
        self.operations.failed.connect(self.notice.fail)
        self.drafts = Drafts(self.operations, "prueba", login, lambda _profile, _login: KEY, folder)
        self.drafts.load()

    def close(self) -> None:
        """Leave."""
        self.drafts.close()
        self.operations.close()


class Keyboard:
    """Presses keys one by one, each where the focus is by then."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """One key."""
        QTest.keyClick(self._target(), key, modifiers)

    def write(self, text: str) -> None:
        """A text, letter by letter; accents as a keyboard would bring them."""
        for letter in text:
            key = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
            shift = Qt.KeyboardModifier.ShiftModifier if letter.isupper() else NO_MODIFIER
            QTest.sendKeyEvent(QTest.KeyAction.Click, self._target(), key, letter, shift)

    def save(self) -> None:
        """Ctrl+Enter."""
        self.press(Qt.Key.Key_Return, CONTROL)

    def focus(self) -> QWidget:
        """What has the focus; waits for a dialog that is just opening."""
        self._qtbot.waitUntil(_somewhere)
        focused = QApplication.focusWidget()
        assert focused is not None
        return focused

    def _target(self) -> QWidget:
        """Where a key goes: to a list that popped up, else to what has the focus."""
        return QApplication.activePopupWidget() or self.focus()

    def focused(self) -> str:
        """The name of what has the focus."""
        return self.focus().objectName()

    def reaches(self, name: str) -> None:
        """What has this name gets the focus, by an answer that is on its way perhaps."""

        def there() -> None:
            assert self.focused() == name

        self._qtbot.waitUntil(there)


def _somewhere() -> bool:
    """Whether the keyboard is somewhere. The offscreen platform activates no window by itself."""
    modal = QApplication.activeModalWidget()
    if modal is not None and QApplication.activeWindow() is not modal:
        modal.activateWindow()
    return QApplication.focusWidget() is not None
