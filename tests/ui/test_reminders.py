"""Reminders: to the minute, without the keyboard, until something is done; after sleep, a lost server, a late start."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from iduo_desktop.admin import upgrade
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda import reminders
from iduo_desktop.ui.agenda.reminder_cards import ReminderCards
from iduo_desktop.ui.agenda.reminders import Pending, Reminders
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenDesk, OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.programs import Workstation

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NOW, LATE = timedelta(minutes=5), -timedelta(minutes=5)


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Who is attended."""
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Ana at work."""
    made = open_program("ana", "operator")
    made.log_in()
    return made


def cards(station: Workstation) -> ReminderCards:
    """The reminders of a window."""
    return station.window.agenda.cards


def texts(station: Workstation) -> list[str]:
    """What the cards say."""
    return [card.head.text() for card in cards(station).cards]


def rung(qtbot: QtBot, station: Workstation, count: int = 1) -> ReminderCards:
    """Wait for so many cards."""
    qtbot.waitUntil(lambda: len(cards(station).cards) == count and not cards(station).isHidden(), timeout=10_000)
    return cards(station)


def test_it_reminds_to_the_second_and_names_nobody(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    due = timedelta(minutes=10, seconds=8)
    began = time.monotonic()
    place.call(due, remind=10)
    station.settle()
    assert cards(station).isHidden()
    rung(qtbot, station)
    assert 7 < time.monotonic() - began < 16
    (said,) = texts(station)
    assert "Llamada agendada · caso" in said
    assert "SOSA" not in said


@pytest.mark.parametrize(("late", "most"), [(-0.0003, 250), (0, 250), (0.001, 250), (1, 1000), (60, 5000)])
def test_the_server_s_clock_may_be_behind(open_desk: OpenDesk, late: float, most: int) -> None:
    """What should remind by now and does not yet is asked for again soon: a rounded moment makes nobody wait."""
    began = datetime.now(UTC)
    waiting = Reminders(open_desk("ana", "operator").operations, lambda: began)
    waiting._next = began - timedelta(seconds=late)
    waiting._arm()
    assert waiting._timer.interval() == most


def test_without_a_helpline_it_says_who(
    qtbot: QtBot, place: AgendaPlace, world: World, open_program: OpenProgram
) -> None:
    world.set_setting("part_helpline", False)
    station = open_program("ana", "operator")
    station.log_in()
    place.call(NOW)
    rung(qtbot, station)
    assert "SOSA, Bruno" in texts(station)[0]


def test_it_takes_no_keyboard_and_no_letter(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    box = station.window.omnibox
    box.begin()
    QTest.keyClicks(box, "gom")
    place.call(NOW)
    rung(qtbot, station)
    assert QApplication.focusWidget() is box
    QTest.keyClicks(box, "ez 12")
    assert box.text() == "gomez 12"


def test_f10_goes_there_d_is_done_and_one_is_back(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard
) -> None:
    task = place.task(due=NOW)
    rung(qtbot, station)
    station.window.omnibox.setFocus()
    station.press(Qt.Key.Key_F10)
    assert QApplication.focusWidget() is cards(station).cards[0].done
    station.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is station.window.omnibox
    assert not cards(station).isHidden()
    station.press(Qt.Key.Key_O, CONTROL | SHIFT)
    keyboard.press(Qt.Key.Key_D)
    qtbot.waitUntil(lambda: place.state("task", task) == "done")
    qtbot.waitUntil(lambda: cards(station).isHidden())
    qtbot.waitUntil(lambda: QApplication.focusWidget() is station.window.omnibox)


def test_it_comes_back_when_it_was_put_off(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard
) -> None:
    task = place.task(due=NOW)
    rung(qtbot, station)
    station.press(Qt.Key.Key_F10)
    keyboard.press(Qt.Key.Key_P)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    QTest.keyClick(menu, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: cards(station).isHidden())
    place.pass_time("task", task, timedelta(seconds=1))
    assert station.window.agenda.reminders is not None
    station.window.agenda.reminders.look()
    rung(qtbot, station)


def test_it_stays_until_a_colleague_has_done_it(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, open_program: OpenProgram
) -> None:
    place.call(NOW, anybody=True)
    colleague = open_program("berta")
    place.berta.close()
    colleague.log_in()
    rung(qtbot, station)
    rung(qtbot, colleague)
    item = cards(colleague).cards[0].item
    colleague.window.agenda.commands.finish(item)
    qtbot.waitUntil(lambda: cards(station).isHidden(), timeout=8000)


def test_a_minimised_window_is_told_all_the_same(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    window = station.window
    window.showMinimized()
    place.call(NOW)
    rung(qtbot, station)
    assert window.isMinimized()
    window.agenda.announcer.chosen.emit()
    assert not window.isMinimized()
    assert cards(station).isVisible()


def test_many_stack_and_the_rest_is_counted(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    for number in range(5):
        place.task(f"Tarea {number}", due=NOW)
    shown = cards(station)
    station.window.resize(1366, 768)
    qtbot.waitUntil(lambda: len(shown._items) == 5 and len(shown.cards) > 1, timeout=10_000)
    assert shown.all.text() == f"Ver {5 - len(shown.cards)} más"
    shown.all.click()
    assert station.window.rooms.currentWidget() is station.window.agenda.page


def test_what_was_missed_is_said_once_and_stands_in_overdue(
    qtbot: QtBot, place: AgendaPlace, open_program: OpenProgram
) -> None:
    for number in range(3):
        place.task(f"Tarea {number}", due=LATE)
    place.call(NOW)
    station = open_program("ana", "operator")
    station.log_in()
    shown = rung(qtbot, station, 1)
    assert shown.missed.text() == "Mientras no estabas, 3 cosas vencieron."
    shown.all.click()
    page = station.window.agenda.page
    assert page is not None
    assert page.frame.tab == "overdue"
    qtbot.waitUntil(lambda: page.frame.model.rowCount() == 3)
    assert not shown.missed.isVisible()
    assert len(shown.cards) == 1


def test_a_pc_that_slept_reminds_when_it_wakes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, place: AgendaPlace, open_desk: OpenDesk
) -> None:
    monkeypatch.setattr(reminders, "STEP_MS", 100)
    slept = [timedelta(0)]

    def clock() -> datetime:
        return formats.now() + slept[0]

    task = place.task(due=timedelta(hours=1), remind=0)
    desk = open_desk("ana", "operator")
    watch = Reminders(desk.operations, clock)
    found: list[Pending] = []
    watch.found.connect(found.append)
    watch.look()
    qtbot.waitUntil(lambda: bool(found))
    assert not found[-1].ringing
    place.pass_time("task", task, LATE)
    qtbot.wait(400)
    assert len(found) == 1, "nothing is asked while nothing is due"
    slept[0] = timedelta(hours=8)
    qtbot.waitUntil(lambda: [item.id for item in found[-1].ringing] == [task])


def test_after_the_line_was_cut_it_is_asked_again(
    qtbot: QtBot, place: AgendaPlace, people: People, open_program: OpenProgram
) -> None:
    with Proxy(people.conninfo("ana").hosts[0][1]) as proxy:
        station = open_program("ana", "operator", port=proxy.port)
        station.log_in()
        task = place.task(due=timedelta(hours=1), remind=0)
        station.settle()
        proxy.refusing = True
        proxy.cut()
        qtbot.waitUntil(lambda: not station.operations.online, timeout=10_000)
        place.pass_time("task", task, LATE)
        proxy.refusing = False
        rung(qtbot, station)


def test_hidden_means_cards_alarms_and_notifications(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    window = station.window
    place.task("Primera", due=NOW)
    rung(qtbot, station)
    station.press(Qt.Key.Key_F11)
    assert not cards(station).isVisible()
    place.task("Segunda", due=NOW)
    reminder = window.agenda.reminders
    assert reminder is not None
    with qtbot.waitSignal(reminder.found, timeout=8000):
        reminder.look()
    assert len(cards(station).cards) == 1, "what comes meanwhile waits"
    assert window.agenda.announcer._hushed
    station.press(Qt.Key.Key_F11)
    rung(qtbot, station, 2)
    assert cards(station).isVisible()


def test_after_the_server_was_stopped_and_started(
    qtbot: QtBot, tmp_path: Path, no_keyring: None, qapp: QApplication
) -> None:
    folder = tmp_path / "server"
    tmp_path.chmod(0o755)
    with EmbeddedServer(folder, fsync=False) as server:
        upgrade.create(server.superuser_conninfo, "iduo")
        made = psycopg.connect(server.superuser_conninfo, dbname="iduo", autocommit=True)
        people = People(made, "stop")
        place = set_up(World(made), people)
        task = place.task(due=timedelta(hours=1), remind=0)
        place.berta.close()
        proxy = Proxy(made.info.port)
        proxy.__enter__()
        station = Workstation(qtbot, qapp, people, "ana", tmp_path / "ana", proxy.port)
        station.log_in()
        place.pass_time("task", task, LATE)
        made.close()
        proxy.refusing = True
        proxy.cut()
    try:
        qtbot.waitUntil(lambda: not station.operations.online, timeout=20_000)
        with EmbeddedServer(folder, fsync=False) as server:
            port = psycopg.conninfo.conninfo_to_dict(server.superuser_conninfo)["port"]
            proxy._target, proxy.refusing = ("127.0.0.1", int(str(port))), False
            rung(qtbot, station)
            station.close()
    finally:
        proxy.__exit__(None, None, None)
