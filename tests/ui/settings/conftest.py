"""An administrator's settings, on a real login."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__
from iduo_desktop.services import passwords, staff
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.frame import PAGES, SettingsFrame
from tests.people import PASSWORD, People
from tests.ui.desk import Desk, Keyboard

OpenDesk = Callable[..., Desk]
Hire = Callable[..., str]


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """The workstation of an administrator."""
    return open_desk("root", "admin", "coordinator")


@pytest.fixture
def hire(desk: Desk, mark: str, server_connection: psycopg.Connection) -> Iterator[Hire]:
    """`hire("ana", "operator")`: a person whom the administrator added, as in life; the answer is his login."""
    logins: list[str] = []

    def one(name: str, *roles: str) -> str:
        logins.append(f"{name}_{mark}")
        passwords.add_person(desk.database, logins[-1], name.title(), roles or ("operator",), "", None, PASSWORD)
        return logins[-1]

    yield one
    for login in logins:
        server_connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))


@pytest.fixture
def frame(qtbot: QtBot, desk: Desk, people: People) -> SettingsFrame:
    """The settings on the screen."""
    me = staff.me(desk.database, __version__)
    made = SettingsFrame(desk.operations, me, desk.notice, desk.drafts, formats.now)
    qtbot.addWidget(made)
    made.resize(1298, 690)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.begin()
    return made


@pytest.fixture
def go(qtbot: QtBot, frame: SettingsFrame, keyboard: Keyboard) -> Callable[[str], None]:
    """`go("Personas")`: choose a page with the arrows and step into it."""

    def choose(title: str) -> None:
        frame.titles.setFocus()
        at = [page.title for page in PAGES].index(title)
        key = Qt.Key.Key_Down if at > frame.titles.currentRow() else Qt.Key.Key_Up
        while frame.titles.currentRow() != at:
            keyboard.press(key)
        keyboard.press(Qt.Key.Key_Return)

    return choose
