"""A second process hands a call to the window that is open; whatever else it says, nothing happens."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from PySide6.QtCore import QByteArray
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import LONGEST, Ring
from iduo_desktop.ui import one_instance
from iduo_desktop.ui.one_instance import TAKEN, Listener, _understood, address, hand_over
from tests.conftest import FOLDER
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.message_desk import COMPANY, NUMBER, MessageDesk, set_up
from tests.ui.programs import Workstation

GENERATED = 500
URI = f"iduo:call?caller={NUMBER.replace('+', '%2B')}&ivr=1&company={COMPANY}&id=77.1"


@pytest.fixture
def here() -> Iterator[str]:
    """A place to listen at, with a short name, as sockets want them."""
    folder = tempfile.mkdtemp(prefix="iduo-")
    yield address(folder, "calls")
    shutil.rmtree(folder)


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """Who has called before."""
    return set_up(world, people)


@pytest.fixture
def station(desk: MessageDesk, open_program: OpenProgram, here: str, qtbot: QtBot) -> Workstation:
    """Ana at work; her window listens."""
    made = open_program("ana", "operator", address=here)
    made.log_in()
    qtbot.waitUntil(lambda: made.program._listener is not None)
    return made


def say(where: str, line: bytes) -> QLocalSocket:
    """Say something to the window, as any program of the same person could."""
    socket = QLocalSocket()
    socket.connectToServer(where)
    socket.write(QByteArray(line))
    socket.flush()
    return socket


def test_a_call_is_taken_and_said_to_be(qtbot: QtBot, here: str) -> None:
    listener = Listener(here)
    assert listener.listen()
    rung: list[Ring] = []
    listener.rung.connect(rung.append)
    socket = say(here, b"iduo:call?caller=341&ivr=2\n")
    qtbot.waitUntil(socket.canReadLine)
    assert bytes(socket.readLine().data()) == b"1\n"
    assert rung == [Ring("341", 2)]
    listener.close()


def test_what_is_no_call_is_said_not_to_be(qtbot: QtBot, here: str) -> None:
    listener = Listener(here)
    assert listener.listen()
    socket = say(here, b"iduo:quit\n")
    qtbot.waitUntil(socket.canReadLine)
    assert bytes(socket.readLine().data()) == b"0\n"
    listener.close()


def test_only_one_listens_and_what_died_is_cleared_away(qtbot: QtBot, here: str) -> None:
    first = Listener(here)
    assert first.listen()
    second = Listener(here)
    assert not second.listen()
    assert hand_over_meanwhile(qtbot, here)
    first.close()
    assert second.listen()
    second.close()
    if sys.platform != "win32":  # a pipe leaves nothing behind
        Path(here).touch()
    assert Listener(here).listen()


def hand_over_meanwhile(qtbot: QtBot, here: str, line: bytes = b"341\n") -> bool:
    """Whether a call is taken."""
    socket = say(here, line)
    qtbot.waitUntil(socket.canReadLine)
    return bytes(socket.readLine().data()) == TAKEN


def test_nobody_else_may_speak_to_it(here: str) -> None:
    listener = Listener(here)
    assert listener.listen()
    assert listener._server.socketOptions() == QLocalServer.SocketOption.UserAccessOption
    if sys.platform != "win32":
        assert Path(here).stat().st_mode & 0o077 == 0
    listener.close()


def test_who_says_nothing_or_too_much_is_hung_up_on(qtbot: QtBot, here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_instance, "PATIENCE_MS", 100)
    listener = Listener(here)
    assert listener.listen()
    silent = [say(here, b"iduo:call?") for _ in range(20)]
    long = say(here, b"x" * (LONGEST + 100))
    unconnected = QLocalSocket.LocalSocketState.UnconnectedState
    qtbot.waitUntil(lambda: all(socket.state() == unconnected for socket in (*silent, long)), timeout=5000)
    assert not listener._open
    listener.close()


def test_nobody_there_is_noticed_at_once(here: str) -> None:
    assert not hand_over(here, Ring("341"))


def test_a_second_process_hands_a_call_over_and_ends(
    qtbot: QtBot, station: Workstation, here: str, desk: MessageDesk
) -> None:
    before = QApplication.focusWidget()
    with second_process(here, URI) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=30000)
        assert process.returncode == 0
    window = station.window
    qtbot.waitUntil(window.calls.card.isVisible)
    station.settle()
    assert QApplication.focusWidget() is before
    assert desk.calls("pbx_id") == ["77.1"]


def test_a_call_before_the_login_is_shown_after_it(
    qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk, here: str
) -> None:
    station = open_program("ana", "operator", address=here)
    station.program.ring(Ring(NUMBER, id="8"))
    window = station.log_in()
    qtbot.waitUntil(window.calls.card.isVisible)


def second_process(here: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """The program once more, as a browser or a softphone starts it. Its runtime folder is where the first listens."""
    code = (
        "import sys\nfrom iduo_desktop import app\n"
        f"app._address = lambda demo: {here!r}\n"
        "sys.exit(app.main(sys.argv[1:]))\n"
    )
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, stderr=subprocess.DEVNULL)


HOSTILE = st.one_of(
    st.binary(max_size=700),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")),
    st.text(max_size=200).map(lambda text: f"iduo:call?caller=3416124410&id={text}".encode("utf-8", "replace")),
    st.builds(
        lambda caller, company, name: f"iduo:call?caller={caller}&company={company}&id={name}".encode(
            "utf-8", "replace"
        ),
        st.sampled_from(["+5493416124410", "' OR 1=1 --", "%00", "../../etc/passwd", "$(calc)", "`id`", "&&calc"]),
        st.sampled_from(["1204", "1204;DROP", "%27", "\\\\host\\share", "file:///etc/passwd", "-1"]),
        st.text(st.characters(codec="ascii"), max_size=30),
    ),
    st.sampled_from([b"", b"\n", b"\n" * 50, b"iduo:", b"iduo:call", b"--demo", b"tel:", b"sip:a@b", b"\xff\xfe\x00"]),
)


def test_hostile_callers_get_one_search_each_at_most_and_nothing_else(
    qtbot: QtBot,
    station: Workstation,
    here: str,
    desk: MessageDesk,
    people: People,
    superuser: psycopg.Connection,
    pytestconfig: pytest.Config,
    tmp_path: Path,
) -> None:
    log = next(Path(pytestconfig.stash[FOLDER]).rglob("postgres.log"))
    log_all_statements(superuser, people.add("ana"))
    station.window.omnibox.begin()
    station.settle()
    focused, files, running, logged = QApplication.focusWidget(), all_files(tmp_path), helpers(), log.stat().st_size
    said: list[bytes] = []

    @settings(max_examples=GENERATED, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(HOSTILE)
    def attack(line: bytes) -> None:
        said.append(line)
        socket = say(here, line + b"\n")
        qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState, timeout=5000)

    attack()
    station.settle()
    understood = [line for line in said if _understood(line.partition(b"\n")[0]) is not None]
    assert len(said) >= GENERATED
    assert 0 < log.read_bytes()[logged:].count(b"receive_call") <= len(understood) < len(said)
    assert QApplication.focusWidget() is focused
    assert all_files(tmp_path) == files
    assert helpers() == running
    assert superuser.execute("SELECT count(*) FROM iduo.ticket").fetchone() == (2,)
    assert hand_over_meanwhile(qtbot, here, f"{URI}\n".encode())
    qtbot.waitUntil(lambda: "77.1" in desk.calls("pbx_id"), timeout=8000)
    assert station.window.calls.card.isVisible()
    assert QApplication.focusWidget() is focused


def log_all_statements(superuser: psycopg.Connection, login: str) -> None:
    """Whatever this person's connections ask is in the server's log from now on."""
    superuser.execute(sql.SQL("ALTER ROLE {} SET log_statement = 'all'").format(sql.Identifier(login)))
    superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])


def all_files(folder: Path) -> list[Path]:
    """What there is in a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def helpers() -> set[int]:
    """The processes that this one started, but for the server's own."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if child.name() != "postgres":
                found.add(child.pid)
    return found
