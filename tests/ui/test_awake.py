"""After a sleep, or when it was held up, the program catches up at once: locked first, then the server is asked."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import awake
from iduo_desktop.ui.awake import Awake
from iduo_desktop.ui.formats import steady
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenProgram
from tests.ui.programs import Workstation

ROOT = Path(__file__).resolve().parents[2]
HOURS = 8 * 3600
TELL = """
import sys
from PySide6.QtGui import QGuiApplication
from iduo_desktop.ui import awake
awake.STEP_MS, awake.HELD_UP_SECONDS = 50, 0.8
application = QGuiApplication([])
watch = awake.Awake()
watch.woke.connect(lambda: print("woke", flush=True))
print("ready", flush=True)
application.exec()
"""


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Ana's agenda."""
    return set_up(world, people)


def test_a_sleep_is_noticed_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awake, "STEP_MS", 20)
    slept = [0.0]
    watch = Awake(clock=lambda: steady() + slept[0])
    woke: list[bool] = []
    watch.woke.connect(lambda: woke.append(True))
    qtbot.wait(100)
    assert woke == []
    slept[0] = HOURS
    qtbot.waitUntil(lambda: woke == [True])
    qtbot.wait(100)
    assert woke == [True]


def test_who_comes_back_does_not_wait_for_the_next_look(qapp: QApplication) -> None:
    slept = [0.0]
    watch = Awake(clock=lambda: steady() + slept[0])
    woke: list[bool] = []
    watch.woke.connect(lambda: woke.append(True))
    slept[0] = HOURS
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationInactive)
    assert woke == []
    qapp.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    assert woke == [True]


def test_a_process_that_was_stopped_notices() -> None:
    if sys.platform == "win32":
        pytest.skip("Windows does not stop a process by a signal")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", TELL]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(1.5)
            os.kill(process.pid, signal.SIGCONT)
            assert process.stdout.readline() == "woke\n"
        finally:
            process.kill()


def test_the_window_locks_asks_and_reminds_when_the_pc_wakes(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, place: AgendaPlace, open_program: OpenProgram
) -> None:
    station: Workstation = open_program("ana", "operator")
    task = place.task("Llamar a Gómez", due=timedelta(hours=1), remind=0)
    window = station.log_in()
    station.settle()
    assert not window.curtain.face
    place.pass_time("task", task, timedelta(hours=-2))
    heard: list[object] = []
    assert window.agenda.reminders is not None
    window.agenda.reminders.found.connect(heard.append)
    later = steady() + HOURS
    monkeypatch.setattr("iduo_desktop.ui.idle.steady", lambda: later)
    monkeypatch.setattr(window.awake, "_clock", lambda: later)
    began = time.monotonic()
    window.awake.look()
    assert window.curtain.face is window.lock_screen  # before anything is told
    qtbot.waitUntil(lambda: bool(heard), timeout=2000)
    assert time.monotonic() - began < 2.0


def test_who_is_at_work_is_not_locked_out_by_a_short_sleep(
    monkeypatch: pytest.MonkeyPatch, open_program: OpenProgram
) -> None:
    window = open_program("ana", "operator").log_in()
    later = steady() + 60  # the lid was closed for a minute
    monkeypatch.setattr("iduo_desktop.ui.idle.steady", lambda: later)
    monkeypatch.setattr(window.awake, "_clock", lambda: later)
    window.awake.look()
    assert window.curtain.face is None
