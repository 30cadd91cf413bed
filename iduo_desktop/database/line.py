"""One connection to the server, with a second handle on its socket so that another thread can cut it."""

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql
from psycopg.abc import RV, PQGen
from psycopg.types.json import set_json_loads

from iduo_desktop.database.bell import Bell
from iduo_desktop.database.conninfo import Conninfo
from iduo_desktop.database.deadline import WATCH
from iduo_desktop.database.servers import Place

# Calls of others in one wait; the guard calls twice a second.
_MOST_STRANGERS = 200
_DEAF_SECONDS = 60.0


def _loads(text: str | bytes) -> Any:
    """Numbers with a point are money or the like, never binary fractions."""
    return json.loads(text, parse_float=Decimal)


class _Wire(psycopg.Connection[tuple[Any, ...]]):
    """A connection that lets go when told to: on Windows, who waits for a socket does not notice that it was shut."""

    let_go = False

    def wait(self, gen: PQGen[RV], *args: Any, **options: Any) -> RV:
        """As the driver does, with an ear for us."""
        return super().wait(self._attentive(gen), *args, **options)

    def _attentive(self, gen: PQGen[RV]) -> PQGen[RV]:
        """The same conversation; it listens whenever something comes, and ten times a second."""
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if self.let_go:
                    raise psycopg.OperationalError("the line was cut from this side")
                wanted = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value


class Line:
    """An autocommit connection. One thread asks; `cut` and `cancel` may be called by any."""

    def __init__(self, conninfo: Conninfo, deadline: float) -> None:
        self._connection = _Wire.connect(autocommit=True, **conninfo.keywords(deadline))
        self._connection.add_notice_handler(self._notice)
        self._connection.add_notify_handler(lambda word: self._callers.add(word.pid))
        set_json_loads(_loads, self._connection)
        # A handle of our own: the driver may close its one at any moment, and the number would mean another socket.
        self._handle = socket.fromfd(self._connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        self._channel = ""
        self._deaf_until = 0.0
        self._callers: set[int] = set()
        self._cancelling: threading.Thread | None = None
        self._begins = threading.Lock()
        self.expired = False
        self.cancelled = False
        self.unconfirmed = False

    def ask(self, statement: bytes, values: Mapping[str, Any], seconds: float) -> Sequence[Any]:
        """The rows of one statement. After `seconds` the line is cut, whatever the server does."""
        self._settle()
        self.cancelled = False
        try:
            with WATCH.limit(seconds, self._expire):
                cursor = self._connection.execute(statement, values)
                return cursor.fetchall()
        finally:
            self._settle()

    @property
    def host(self) -> tuple[str, int]:
        """Which of the servers it leads to."""
        return self._connection.info.host, self._connection.info.port

    def place(self, seconds: float) -> Place | None:
        """Which server it is; None where it does not say it, or not to this person."""
        try:
            with WATCH.limit(seconds, self._expire):
                row = self._connection.execute("SELECT system, timeline FROM api.server_place()").fetchone()
        except psycopg.ProgrammingError:  # an older database, or somebody who is not let in: he is told so elsewhere
            return None
        return Place(*row) if row is not None else None

    def hear(self, channel: str, caller: int | None, seconds: float, bell: Bell) -> bool:
        """True when that session calls on the channel; False after so many seconds, or when the bell rings."""
        until = monotonic() + seconds
        if channel != self._channel and monotonic() >= self._deaf_until:
            with WATCH.limit(seconds, self._expire):
                self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._channel = channel
        strangers = 0
        while caller not in self._callers:
            # others can call too, and are not heard
            self._callers.clear()
            left = until - monotonic()
            if left <= 0 or not bell.wait(self._handle, left):
                return False
            self._connection.pgconn.consume_input()
            while word := self._connection.pgconn.notifies():
                self._callers.add(word.be_pid)
                strangers += 1
            if strangers > _MOST_STRANGERS:
                self._go_deaf(seconds)
        self._callers.clear()
        return True

    def _go_deaf(self, seconds: float) -> None:
        """Somebody calls without end: for a while nobody is listened to, and looking from time to time has to do."""
        self._channel, self._deaf_until = "", monotonic() + _DEAF_SECONDS
        with WATCH.limit(seconds, self._expire):
            self._connection.execute("UNLISTEN *")

    def verifier(self, login: str, password: str) -> str:
        """What the server keeps instead of the password."""
        made = self._connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
        return made.decode("ascii")

    def cancel(self) -> None:
        """Ask the server to stop what is under way; does not wait for it."""
        with self._begins:
            if self._cancelling is None:
                self.cancelled = True
                self._cancelling = threading.Thread(target=self._send_cancel, name="cancel", daemon=True)
                self._cancelling.start()

    def cut(self) -> None:
        """End the conversation at once; who waits for an answer gets an error."""
        self._connection.let_go = True
        with suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give everything back; only when nobody asks any more."""
        self._connection.close()
        self._handle.close()

    def _settle(self) -> None:
        """A cancel that is still on its way must not hit the next statement."""
        with self._begins:  # one that is just beginning cannot be waited for
            cancelling = self._cancelling
        if cancelling:
            cancelling.join()
            self._cancelling = None

    def _expire(self) -> None:
        self.expired = True
        self.cut()

    def _send_cancel(self) -> None:
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=3)

    def _notice(self, notice: psycopg.errors.Diagnostic) -> None:
        """The commit is on disk here, but the standby did not confirm it: a failover might lose it."""
        if notice.source_function == "SyncRepWaitForLSN":
            self.unconfirmed = True


def hang_up(connection: psycopg.Connection) -> None:
    """Cut one that has no second handle, from another thread: a frozen server is not noticed by who waits for it."""
    with (
        suppress(OSError, psycopg.Error),
        socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as handle,
    ):
        handle.shutdown(socket.SHUT_RDWR)
