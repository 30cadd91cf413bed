"""One window for each person and session: it comes forward when asked, and is seen however it was started."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msi_additions
import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop import app, identity
from iduo_desktop.app import Program
from iduo_desktop.config import Profile
from iduo_desktop.gate import Gate
from iduo_desktop.ui import desktop_session, one_instance
from iduo_desktop.ui.door import Rules
from iduo_desktop.ui.one_instance import address, hand_over
from iduo_desktop.ui.preferences import PreferencesFile

ROOT = Path(__file__).resolve().parents[2]
WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="only Windows has it; the lane of Windows runs it")
HIDDEN = 0
SHOW_A_DIALOG = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from iduo_desktop.ui import desktop_session
desktop_session.begin()
application = QApplication([])
dialog = QDialog()
dialog.resize(200, 100)
dialog.show()
def tell():
    seen = dialog.isVisible()
    if sys.platform == "win32":
        import ctypes
        seen = bool(ctypes.windll.user32.IsWindowVisible(ctypes.c_void_p(int(dialog.winId()))))
    print("seen" if seen else "hidden", flush=True)
    application.quit()
QTimer.singleShot(500, tell)
application.exec()
"""


def is_wine() -> bool:
    """Whether this Windows is Wine."""
    return sys.platform == "win32" and hasattr(ctypes.windll.ntdll, "wine_get_version")


@pytest.fixture
def here(tmp_path: Path) -> str:
    """Where the window of this test listens."""
    return address(str(tmp_path), "calls")


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, tmp_path: Path, here: str, no_keyring: None) -> Iterator[Program]:
    """A program that has no server to work with."""
    profile = Profile("demo", True, "iduo", (), None, tmp_path / "demo", test=True)
    gate = Gate(profile, demo=False, rules=Rules(blocked="No hay servidor."))
    made = Program(qapp, PreferencesFile(str(tmp_path / "window.ini")), False, lambda: gate, lambda: here)
    yield made
    if made.login is not None:
        qtbot.addWidget(made.login)
    made.end()
    qtbot.waitUntil(lambda: made.over)
    if made._ring is not None:  # the application's, as it lives as long as it does; others test without
        delete(made._ring)
    delete(made._theme)
    delete(made)
    qapp.setStyleSheet("")


def ask_to_come(here: str) -> "subprocess.Popen[bytes]":
    """The program once more, without a call."""
    code = f"import sys; from iduo_desktop.ui.one_instance import hand_over; sys.exit(not hand_over({here!r}, None))"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE)


def test_started_again_it_comes_forward(qtbot: QtBot, program: Program, here: str) -> None:
    program.show_login(minimized=True)
    login = program.login
    assert login is not None
    assert login.isMinimized()
    qtbot.waitUntil(lambda: program._listener is not None, timeout=8000)  # loaded though nothing was painted
    assert login.isMinimized()
    with ask_to_come(here) as asking:
        qtbot.waitUntil(lambda: asking.poll() is not None, timeout=30_000)
        assert asking.stderr is not None
        assert (asking.returncode, asking.stderr.read()) == (0, b"")
    qtbot.waitUntil(lambda: not login.isMinimized())
    assert login.isVisible()


def test_it_does_not_come_for_other_words(qtbot: QtBot, program: Program, here: str) -> None:
    program.show_login(minimized=True)
    qtbot.waitUntil(lambda: program._listener is not None, timeout=8000)
    assert program._listener is not None
    asked: list[bool] = []
    program._listener.called.connect(lambda: asked.append(True))
    for line in (b"come", b"come \n", b"COME\n", b"comes\n"):
        assert one_instance._understood(line) is None
        assert line != one_instance.COME
    assert asked == []


def test_nobody_there_takes_nothing(here: str) -> None:
    assert not hand_over(here, None)


def test_two_sessions_never_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of one person, and two people: the names that they listen and lock by are different."""
    places, locks = set(), set()
    for number, person in ((1, "ana"), (2, "ana"), (2, "luis")):
        monkeypatch.setattr(desktop_session, "session", lambda number=number: number)
        monkeypatch.setattr("getpass.getuser", lambda person=person: person)
        places.add(address(str(tmp_path), "calls"))
        locks.add((person, app._lock_name()))
    assert len(locks) == 3
    assert len(places) == (3 if sys.platform == "win32" else 1)  # elsewhere the folder is the person's own


def test_whose_window_listens_is_looked_at(
    qtbot: QtBot, program: Program, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.show_login(minimized=True)
    qtbot.waitUntil(lambda: program._listener is not None, timeout=8000)
    monkeypatch.setattr(desktop_session, "is_ours", lambda _process: False)
    assert not hand_over(here, None)


def test_one_window_at_a_time_and_one_where_nothing_can_be_written(tmp_path: Path) -> None:
    first, second = (QLockFile(str(tmp_path / "open.lock")) for _ in range(2))
    assert app._take(first)
    assert not app._take(second)
    nowhere = QLockFile(str(tmp_path / "absent" / "open.lock"))
    assert app._take(nowhere)


def test_the_shortcut_and_the_windows_are_one_button() -> None:
    assert identity.APP_USER_MODEL_ID in repr(msi_additions.tables(UUID(int=0), ""))


@WINDOWS
@pytest.mark.skipif(is_wine(), reason="Wine takes the name and does not keep it")
def test_windows_knows_the_program_by_its_name() -> None:
    code = (
        "import ctypes\nfrom iduo_desktop.ui import desktop_session\ndesktop_session.begin()\n"
        "name = ctypes.c_wchar_p()\n"
        "ctypes.windll.shell32.GetCurrentProcessExplicitAppUserModelID(ctypes.byref(name))\nprint(name.value)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == identity.APP_USER_MODEL_ID


@WINDOWS
def test_the_other_end_of_a_pipe_is_known(qtbot: QtBot, program: Program, here: str) -> None:
    program.show_login(minimized=True)
    qtbot.waitUntil(lambda: program._listener is not None, timeout=8000)
    socket = QLocalSocket()
    socket.connectToServer(here)
    assert socket.waitForConnected(1000)
    assert desktop_session.server_of(int(socket.socketDescriptor())) == os.getpid()
    assert desktop_session.is_ours(os.getpid())
    assert not desktop_session.is_ours(0)
    socket.abort()


def test_who_is_started_hidden_is_seen() -> None:
    """As softphones start a program."""
    options: dict[str, object] = {}
    if sys.platform == "win32":
        hidden = subprocess.STARTUPINFO()
        hidden.dwFlags, hidden.wShowWindow = subprocess.STARTF_USESHOWWINDOW, HIDDEN
        options["startupinfo"] = hidden
    command = [sys.executable, "-c", SHOW_A_DIALOG]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60, **options)  # type: ignore[call-overload]  # the option is Windows' own
    assert done.stdout.split() == ["seen"]
