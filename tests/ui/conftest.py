"""Workstations of one test: operations on a real login, drafts in a folder of the test, and the keyboard."""

import gc
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import psycopg
import pytest
from keyring.backends import fail
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.door import FREE, Rules
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.post import Post, hurry, posting
from tests.ui.programs import Workstation

OpenDesk = Callable[..., Desk]
OpenProgram = Callable[..., Workstation]
TESTS, WHOLE = itertools.count(1), 25


@pytest.fixture(scope="session", autouse=True)
def _what_was_put_off_is_done() -> Iterator[None]:
    """At the end nothing is left that was not looked through."""
    yield
    collect_all()


@pytest.fixture(autouse=True)
def _rubbish_goes_on_this_thread() -> Iterator[None]:
    """Python's collector runs on whatever thread allocates; widgets must not be destroyed on a worker's.

    After a test its own rubbish is collected, after some also what hung on to theirs.
    """
    gc.disable()
    yield
    if next(TESTS) % WHOLE:
        gc.collect(1)
        gc.freeze()  # again and again: at its end a program's own collector lets everything go
    else:
        collect_all()
    gc.enable()


def collect_all() -> None:
    """Look through everything; what is left is not looked at again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture
def open_desk(qtbot: QtBot, people: People, tmp_path: Path) -> Iterator[OpenDesk]:
    """`open_desk("ana", "operator")`: a workstation on which that person works."""
    opened: list[Desk] = []

    def open_one(name: str = "ana", *roles: str) -> Desk:
        login = people.add(name, *roles)
        desk = Desk(login, people.become(name), people.become(name), tmp_path)
        opened.append(desk)
        return desk

    yield open_one
    for desk in opened:
        desk.close()


@pytest.fixture
def post(
    qtbot: QtBot,
    people: People,
    superuser: psycopg.Connection,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Post]:
    """Ana, on a line that can be cut."""
    hurry(monkeypatch)
    with Proxy(superuser.info.port) as line, posting(qtbot, people, line, world, tmp_path) as made:
        yield made


@pytest.fixture
def keyboard(qtbot: QtBot) -> Keyboard:
    """Types into whatever has the focus."""
    return Keyboard(qtbot)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """An active window to open dialogs on."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """The keyring of whoever runs the tests stays out of them."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring has no types there
    yield
    keyring.set_keyring(before)


@pytest.fixture
def open_program(
    qtbot: QtBot, qapp: QApplication, people: People, no_keyring: None, tmp_path: Path
) -> Iterator[OpenProgram]:
    """`open_program("ana", "operator")`: her program, before the login; `port` for another way to the server.

    `address` is where it is told of calls.
    """
    opened: list[Workstation] = []

    def open_one(name: str = "ana", *roles: str, port: int = 0, address: str = "", rules: Rules = FREE) -> Workstation:
        people.add(name, *roles)
        opened.append(Workstation(qtbot, qapp, people, name, tmp_path / str(len(opened)), port, address, rules))
        return opened[-1]

    yield open_one
    for workstation in opened:
        workstation.close()


@pytest.fixture
def station(open_program: OpenProgram, world: World) -> Workstation:
    """Ana at work, with three cases in Morosos."""
    world.cases(3)
    made = open_program("ana", "operator")
    made.log_in()
    return made
