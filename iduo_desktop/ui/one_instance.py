"""The running window is told by a second process of a call, or to come forward; and by nobody but the same person."""

import getpass
import hashlib
import sys
from functools import partial

from PySide6.QtCore import QByteArray, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from iduo_desktop import caller
from iduo_desktop.caller import NotACall, Ring
from iduo_desktop.ui import desktop_session

ANSWER_MS = 1_500
PATIENCE_MS = 2_000
AT_ONCE = 8
TAKEN, NOT_TAKEN = b"1\n", b"0\n"
COME = b"come\n"


def address(folder: str, name: str) -> str:
    """Where the window of this person and session listens. `folder` is his own, and is made already."""
    if sys.platform == "win32":
        # pipes are seen by everybody on the PC, so the name is of one person in one session
        who = f"{getpass.getuser()}\n{folder}\n{desktop_session.session()}"
        return f"iduo-desktop-{name}-{hashlib.sha256(who.encode()).hexdigest()[:24]}"
    return f"{folder}/{name}.socket"


def hand_over(where: str, ring: Ring | None) -> bool:
    """Give a call to the window that listens there, or without one ask it to come forward; False when none took it.

    Waits, for a process without a window.
    """
    socket = QLocalSocket()
    socket.connectToServer(where)
    if not socket.waitForConnected(ANSWER_MS):
        return False
    process = desktop_session.server_of(int(socket.socketDescriptor()))
    if not desktop_session.is_ours(process):
        return False
    desktop_session.let_come_forward(process)
    socket.write(QByteArray(COME if ring is None else f"{ring.uri()}\n".encode()))
    socket.flush()
    while not socket.canReadLine() and socket.waitForReadyRead(ANSWER_MS):
        pass
    return bytes(socket.readLine(len(TAKEN) + 1).data()) == TAKEN


class Listener(QObject):
    """`rung` tells of a call that somebody handed over, `called` that the window is to come forward."""

    rung = Signal(object)
    called = Signal()

    def __init__(self, where: str, parent: QObject | None = None):
        super().__init__(parent)
        self._where = where
        self._open: set[QLocalSocket] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._receive)

    def listen(self) -> bool:
        """Begin; False when another window listens there. What a program that died left behind is cleared away."""
        if _somebody_listens(self._where):  # listening would take its place without a word
            return False
        QLocalServer.removeServer(self._where)
        return self._server.listen(self._where)

    def close(self) -> None:
        """Listen no more."""
        self._server.close()
        for socket in tuple(self._open):
            socket.abort()

    def _receive(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            if len(self._open) >= AT_ONCE:
                socket.abort()
                socket.deleteLater()
            else:
                self._attend(socket)

    def _attend(self, socket: QLocalSocket) -> None:
        """One line each, soon; then that is all."""
        self._open.add(socket)
        socket.setReadBufferSize(caller.LONGEST + 2)
        socket.readyRead.connect(partial(self._read, socket))
        socket.disconnected.connect(partial(self._leave, socket))
        QTimer.singleShot(PATIENCE_MS, socket, socket.abort)
        self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.property("heard"):
            return
        if socket.canReadLine():
            socket.setProperty("heard", True)
            self._hear(socket, bytes(socket.readLine(caller.LONGEST + 2).data()))
        elif socket.bytesAvailable() > caller.LONGEST:
            socket.abort()

    def _hear(self, socket: QLocalSocket, line: bytes) -> None:
        ring = None if line == COME else _understood(line)
        socket.write(QByteArray(TAKEN if ring is not None or line == COME else NOT_TAKEN))
        socket.disconnectFromServer()
        if line == COME:
            self.called.emit()
        elif ring is not None:
            self.rung.emit(ring)

    def _leave(self, socket: QLocalSocket) -> None:
        if socket in self._open:
            self._open.discard(socket)
            socket.deleteLater()


def _understood(line: bytes) -> Ring | None:
    """The call that a line says; None when it says none."""
    try:
        return caller.read(line.decode("ascii").removesuffix("\n"))
    except (UnicodeDecodeError, NotACall):
        return None


def _somebody_listens(where: str) -> bool:
    socket = QLocalSocket()
    socket.connectToServer(where)
    there = socket.waitForConnected(ANSWER_MS)
    socket.abort()
    return there
