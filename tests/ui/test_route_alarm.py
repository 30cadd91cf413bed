"""A route is asked for: coordinators see and hear it at once, above everything, until somebody takes it."""

import os
import stat
import time
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services import agenda
from iduo_desktop.ui.agenda import route_alarm
from iduo_desktop.ui.agenda.route_alarm import RouteAlarm
from iduo_desktop.ui.agenda.sound import Sound
from tests.conftest import Figure
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenDesk, OpenProgram
from tests.ui.programs import Workstation

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Who is attended."""
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Cora coordinates."""
    made = open_program("cora", "coordinator")
    made.log_in()
    return made


def alarm(station: Workstation) -> RouteAlarm:
    """The window above all others."""
    return station.window.agenda.alarm


def raised(qtbot: QtBot, station: Workstation) -> RouteAlarm:
    """Wait for it."""
    qtbot.waitUntil(lambda: alarm(station).isVisible(), timeout=10_000)
    return alarm(station)


def said(shown: RouteAlarm, name: str) -> str:
    """What a label of it says."""
    found = shown.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def taken_by(place: AgendaPlace, route: int) -> str | None:
    """Who took it."""
    found: str | None = place.world.value("SELECT acknowledged_by FROM iduo.route_activation WHERE id = %s", route)
    return found


def test_it_is_on_the_screen_soon_after_it_was_saved(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, figure: Figure
) -> None:
    delays = []
    for number in range(4):
        qtbot.wait(1500 + 400 * number)  # at rest: somewhere between two questions of the feed
        began = time.monotonic()
        route = place.route()
        qtbot.waitUntil(lambda: alarm(station).isVisible(), timeout=10_000)
        delays.append(time.monotonic() - began)
        station.press(Qt.Key.Key_Y, CONTROL | SHIFT)
        qtbot.waitUntil(lambda route=route: taken_by(place, route) is not None)  # type: ignore[misc]  # mypy sees no default of a lambda
        qtbot.waitUntil(lambda: alarm(station).isHidden(), timeout=10_000)
    figure(f"from save to screen: {', '.join(f'{delay:.2f}' for delay in delays)} s")
    assert max(delays) < 3.0, "two seconds of the feed, and what drawing takes"


def test_it_names_nobody_and_takes_no_keyboard(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    box = station.window.omnibox
    box.begin()
    QTest.keyClicks(box, "gom")
    place.route()
    shown = raised(qtbot, station)
    assert QApplication.focusWidget() is box
    assert QApplication.activeWindow() is station.window
    QTest.keyClicks(box, "ez")
    assert box.text() == "gomez"
    assert said(shown, "route_head") == "⚑ Ruta activada: Salud"
    texts = [label.text() for label in shown.findChildren(QLabel)]
    assert not any("Sosa" in text or "SOSA" in text for text in texts)
    assert shown.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_its_key_takes_it_wherever_one_types(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    station.window.omnibox.begin()
    route = place.route()
    raised(qtbot, station)
    station.press(Qt.Key.Key_Y, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: str(taken_by(place, route)).startswith("cora"))
    qtbot.waitUntil(lambda: alarm(station).isHidden())
    assert station.window.notice.text == "✔ Tomaste la ruta «Salud»".removeprefix("✔ ")


def test_a_note_goes_with_it(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    route = place.route()
    shown = raised(qtbot, station)
    station.press(Qt.Key.Key_F10)
    QTest.keyClicks(shown.note, "Llamo a la guardia")
    QTest.keyClick(shown.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: taken_by(place, route) is not None)
    remark = place.world.value("SELECT remark FROM iduo.route_activation WHERE id = %s", route)
    assert remark == "Llamo a la guardia"


def test_it_cannot_be_closed_and_goes_on_until_somebody_takes_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: AgendaPlace, open_program: OpenProgram
) -> None:
    monkeypatch.setattr(route_alarm, "REPEAT_MS", 100)
    heard = tmp_path / "heard"
    player = tmp_path / "paplay"
    player.write_text(f'#!/bin/sh\necho "$1" >> {heard}\n')
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    station = open_program("cora", "coordinator")
    station.log_in()
    colleague = open_program("carla", "coordinator")
    colleague.log_in()
    place.route()
    shown = raised(qtbot, station)
    raised(qtbot, colleague)
    shown.close()
    assert shown.isVisible()
    qtbot.waitUntil(lambda: heard.exists() and len(heard.read_text().splitlines()) > 4, timeout=8000)
    assert heard.read_text().splitlines()[0].endswith("route.wav")
    alarm(colleague).take()
    qtbot.waitUntil(lambda: alarm(station).isHidden() and alarm(colleague).isHidden(), timeout=8000)


def test_it_is_there_at_the_next_login(qtbot: QtBot, place: AgendaPlace, open_program: OpenProgram) -> None:
    place.route()
    station = open_program("cora", "coordinator")
    station.log_in()
    raised(qtbot, station)


def test_see_opens_the_case(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    place.route()
    shown = raised(qtbot, station)
    station.find(QPushButton, "route_see", shown).click()
    qtbot.waitUntil(lambda: station.window.cases.reader.case_id == place.case)
    assert shown.isVisible(), "looking at it is not taking it"


def test_administrators_see_it_when_nobody_took_it_in_time(
    qtbot: QtBot, place: AgendaPlace, world: World, open_program: OpenProgram, station: Workstation
) -> None:
    admin = open_program("ada", "admin")
    admin.log_in()
    route = place.route()
    shown = raised(qtbot, station)
    assert said(shown, "route_late") == ""
    assert alarm(admin).isHidden()
    world.age("route_activation", route, "activated_at", minutes=30)
    for one in (admin, station):
        reminder = one.window.agenda.reminders
        assert reminder is not None
        reminder.look()
    raised(qtbot, admin)
    qtbot.waitUntil(lambda: said(shown, "route_late") == "Pasó el tiempo y nadie la tomó.")
    alarm(admin).take()
    qtbot.waitUntil(lambda: str(taken_by(place, route)).startswith("ada"))


def test_whoever_asked_for_it_sees_who_took_it(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, open_program: OpenProgram
) -> None:
    operator = open_program("ana", "operator")
    operator.log_in()
    place.route()
    raised(qtbot, station)
    own = operator.window.agenda
    qtbot.waitUntil(lambda: len(own._own) == 1)
    assert alarm(operator).isHidden()
    alarm(station).take()
    qtbot.waitUntil(lambda: operator.window.notice.text.startswith("⚑ Salud: La vio Cora"), timeout=8000)


def test_hidden_it_is_neither_seen_nor_heard_and_comes_back(
    qtbot: QtBot, place: AgendaPlace, station: Workstation
) -> None:
    place.route()
    shown = raised(qtbot, station)
    shown.note.setText("Llamo")
    station.window.activateWindow()
    station.press(Qt.Key.Key_F11)
    assert shown.isHidden()
    assert not shown._repeats.isActive()
    station.press(Qt.Key.Key_F11)
    assert shown.isVisible()
    assert shown.note.text() == "Llamo"


def test_taken_while_hidden_it_does_not_come_back(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, people: People
) -> None:
    route = place.route()
    shown = raised(qtbot, station)
    station.press(Qt.Key.Key_F11)
    agenda.acknowledge(place.berta, route, "", uuid4())
    reminder = station.window.agenda.reminders
    assert reminder is not None
    with qtbot.waitSignal(reminder.found, timeout=8000):
        reminder.look()
    station.press(Qt.Key.Key_F11)
    assert shown.isHidden()


def test_a_locked_screen_says_that_there_is_one_and_not_which(
    qtbot: QtBot, place: AgendaPlace, station: Workstation
) -> None:
    station.window.lock()
    route = place.route()
    shown = raised(qtbot, station)
    assert said(shown, "route_head") == "⚑ Ruta activada"
    assert said(shown, "route_late") == route_alarm.LOCKED
    assert not shown.mine.isVisible()
    shown.take()
    station.settle()
    assert taken_by(place, route) is None


def test_without_a_player_the_system_beeps(qtbot: QtBot, open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk("ana", "operator")
    unwritable = tmp_path / "file"
    unwritable.write_text("", "utf-8")
    sound = Sound(desk.operations, folder=unwritable)
    good = Sound(desk.operations, folder=tmp_path)
    qtbot.waitUntil(lambda: good.path != "")
    assert sound.path == ""
    sound.play()
    assert Path(good.path).read_bytes().startswith(b"RIFF")
