"""A server that stands still, or does not know us any more: said within five seconds, nothing lost, back by itself."""

import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.database.errors import WRONG_PASSWORD
from iduo_desktop.gate import FEED_SECONDS
from iduo_desktop.services import staff
from iduo_desktop.ui.operations import POLL_SECONDS
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.programs import Workstation

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenProgram = Callable[..., Workstation]
BACK_MS = 20000


@pytest.fixture
def line(people: People) -> Iterator[Proxy]:
    """The line to the server."""
    people.add("ana", "operator")
    with Proxy(people.conninfo("ana").hosts[0][1]) as made:
        yield made


@pytest.fixture
def ana(open_program: OpenProgram, line: Proxy, world: World) -> Workstation:
    """Ana at work, over it, with three cases in Morosos."""
    world.cases(3)
    station = open_program("ana", port=line.port)
    station.log_in()
    station.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    station.settle()
    return station


def banner(station: Workstation) -> QLabel:
    """What says that there is no connection."""
    return station.find(QLabel, "banner_text")


def test_it_is_looked_often_enough() -> None:
    """Whoever asks every two seconds, and waits so long for the answer, knows within five."""
    assert POLL_SECONDS + FEED_SECONDS < 5.0


def test_a_frozen_server_is_said_and_comes_back_by_itself(
    qtbot: QtBot, ana: Workstation, line: Proxy, world: World, request: pytest.FixtureRequest
) -> None:
    frame, field = ana.window.cases.frame, ana.find(QLineEdit, "omnibox")
    ended: list[object] = []
    line.freeze()
    began = time.monotonic()
    ana.operations.run(ana.window, staff.sessions).then(ended.append).failed(ended.append)
    QTest.keyClicks(field, "lo que estaba escribiendo")
    qtbot.waitUntil(banner(ana).isVisible, timeout=15000)
    request.config.get_terminal_writer().line(f"a frozen server was said after {time.monotonic() - began:.1f} s")
    assert ended == []  # what was asked is given longer than that
    assert banner(ana).text().startswith("○ Sin conexión desde ")
    assert "lo que escribas no se pierde" in ana.find(QLabel, "banner_more").text()
    assert ana.find(QLabel, "connection").text() == "○ Sin conexión"
    assert QApplication.activeModalWidget() is None
    assert frame.age.startswith("Sin conexión: son los datos de las ")
    added = world.case()
    line.thaw()
    qtbot.waitUntil(lambda: not banner(ana).isVisible(), timeout=BACK_MS)
    qtbot.waitUntil(lambda: added in {row.id for row in frame.model.loaded()}, timeout=BACK_MS)
    assert frame.age == ""
    assert field.text() == "lo que estaba escribiendo"
    assert world.value("SELECT count(*) FROM iduo.case_event") == 0


def test_whose_password_was_changed_meanwhile_stands_before_the_door(
    qtbot: QtBot, ana: Workstation, line: Proxy, people: People, superuser: psycopg.Connection
) -> None:
    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
    superuser.execute(change.format(sql.Identifier(people.conninfo("ana").login), sql.Literal("otra clave larga")))
    line.cut()
    qtbot.waitUntil(lambda: ana.program.login is not None, timeout=BACK_MS)
    assert ana.credentials.error.text() == WRONG_PASSWORD
    ana.log_in("otra clave larga")
