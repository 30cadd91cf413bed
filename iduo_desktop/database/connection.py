"""One autocommit connection for each worker: functions of schema api in, frozen dataclasses out, errors sorted."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

import psycopg
from psycopg import sql

from iduo_desktop.database import errors
from iduo_desktop.database.back_off import BackOff, chance
from iduo_desktop.database.bell import Bell
from iduo_desktop.database.conninfo import Conninfo
from iduo_desktop.database.deadline import SleepSensor
from iduo_desktop.database.errors import (
    Busy,
    Cancelled,
    ConnectionLost,
    InDoubt,
    Kind,
    LeftBehind,
    OperationError,
    UserError,
)
from iduo_desktop.database.line import Line
from iduo_desktop.database.records import names_of, once, row_maker
from iduo_desktop.database.servers import Place

__all__ = ["Conninfo", "Database"]

T = TypeVar("T")
log = logging.getLogger("iduo.database")

# Seconds that a call goes on trying to connect before it says that there is no server.
PATIENCE = 2.0
# How often one call is asked at most, when the server says "again" or the line breaks.
TRIES = 5


class Database:
    """The door to schema api, used by one worker thread at a time. Connects when first asked, and again when cut.

    What answers rows may be asked twice (it reads, has a key, or says the same again); `call` without a key is not.
    """

    def __init__(self, conninfo: Conninfo, deadline: float = 15.0) -> None:
        """`deadline`: seconds after which a call ends, even when the server is frozen; connecting has its own."""
        self._conninfo = conninfo
        self._deadline = deadline
        self._calls = threading.Lock()
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._sleep = SleepSensor()
        self._back_off = BackOff()
        self._line: Line | None = None
        self._closed = False
        self.place: Place | None = None  # which server answered last

    def one(self, kind: type[T], function: str, /, **values: object) -> T:
        """The only row; a UserError when there is none."""
        found = self._ask(_Question(kind, function, values))
        if not found:
            raise UserError(errors.NOT_FOUND)
        return _only(kind, function, found)

    def maybe(self, kind: type[T], function: str, /, **values: object) -> T | None:
        """The only row, or None."""
        found = self._ask(_Question(kind, function, values))
        return _only(kind, function, found) if found else None

    def rows(self, kind: type[T], function: str, /, **values: object) -> tuple[T, ...]:
        """All rows that the function answers."""
        return tuple(map(row_maker(kind), self._ask(_Question(kind, function, values))))

    def call(self, function: str, /, **values: object) -> None:
        """Carry out a command that answers nothing."""
        self._ask(_Question(None, function, values))

    def verifier(self, login: str, password: str) -> str:
        """The SCRAM verifier of a new password: what may travel and be kept instead of it."""
        with self._calls:
            return self._connected(_Question(None, "verifier", {}), doubt=False).verifier(login, password)

    def hear(self, channel: str, caller: int | None, seconds: float, bell: Bell) -> bool:
        """Wait at rest until that session calls on the channel, so many seconds at most, or until the bell rings.

        Without a line nobody is heard. A line that breaks counts as a call: the next question finds out.
        """
        with self._calls:
            try:
                return self._line is not None and not self._closed and self._line.hear(channel, caller, seconds, bell)
            except psycopg.Error:
                return True
            finally:
                if self._closed:
                    self._drop()

    @contextmanager
    def patient(self, deadline: float) -> Iterator[None]:
        """Inside, calls may take up to `deadline` seconds: a long list is brought in."""
        before = self._deadline
        self._give(max(before, deadline))
        try:
            yield
        finally:
            self._give(before)

    def cancel(self) -> None:
        """Stop the call under way, from any thread and without waiting; it ends as Cancelled, or done."""
        with self._guard:
            if self._calls.locked() and self._line:
                self._line.cancel()

    def close(self) -> None:
        """Hang up for good, from any thread; a call under way ends as ConnectionLost."""
        with self._guard:
            self._closed = True
            self._wake.set()
            if self._line:
                self._line.cut()
        if self._calls.acquire(blocking=False):
            self._drop()
            self._calls.release()

    def _give(self, deadline: float) -> None:
        """The server was told the old deadline: it hears of the new one on a new line."""
        with self._calls:
            if deadline != self._deadline:
                self._deadline = deadline
                self._drop()

    def _ask(self, question: "_Question") -> Sequence[Any]:
        began = time.monotonic()
        with self._calls:
            if self._sleep.slept():
                self._drop()
            try:
                return self._until_answered(question)
            finally:
                if self._closed:
                    self._drop()
                log.debug("api.%s %.0f ms", question.function, (time.monotonic() - began) * 1000)

    def _until_answered(self, question: "_Question") -> Sequence[Any]:
        doubt, until = False, 0.0
        for turn in range(1, TRIES + 1):
            line = self._connected(question, doubt)
            until = until or time.monotonic() + self._deadline  # on a slow line connecting alone takes seconds
            try:
                answer = line.ask(question.statement(), question.values, until - time.monotonic())
                if not line.unconfirmed:
                    return answer
                self._drop()
            except (psycopg.Error, UnicodeEncodeError) as error:
                self._sort(error, line, question)
                if turn == TRIES or time.monotonic() > until:
                    raise question.lost() if self._line is None else Busy() from None
            doubt = doubt or (self._line is None and question.command)
        raise InDoubt

    def _connected(self, question: "_Question", doubt: bool) -> Line:
        """The line, or a new one; once a command was sent, no failure to connect may say that nothing was done."""
        if self._line is not None:
            return self._line
        try:
            return self._connect(time.monotonic() + PATIENCE)
        except (UserError, OperationError) as error:
            log.info("no connection for api.%s: %s", question.function, type(error).__name__)
            if doubt and not self._closed:
                raise InDoubt from None
            raise

    def _connect(self, until: float) -> Line:
        behind: tuple[tuple[str, int], ...] = ()
        while True:
            self._stop_if_closed()
            try:
                line = Line(self._but_for(behind), self._deadline)
                current = self._current(line)
            except psycopg.OperationalError as error:
                reason = errors.from_connecting(str(error))
                lost = isinstance(reason, ConnectionLost)
                self._wait_to_connect(LeftBehind() if behind and lost else reason, until)
                continue
            if not current:
                log.warning("a server that was left behind answers")
                behind = (*behind, line.host)
                line.close()
                if len(behind) >= len(self._conninfo.hosts):
                    self._wait_to_connect(LeftBehind(), until)
                    behind = ()
                continue
            self._back_off.end()
            with self._guard:
                self._line = line
            self._stop_if_closed()
            return line

    def _but_for(self, behind: tuple[tuple[str, int], ...]) -> Conninfo:
        """The way to the other servers of the pair."""
        hosts = tuple(host for host in self._conninfo.hosts if host not in behind)
        return replace(self._conninfo, hosts=hosts) if hosts else self._conninfo

    def _current(self, line: Line) -> bool:
        """Whether it leads to a server to work with; one that another took the place of is not."""
        servers = self._conninfo.servers
        self.place = line.place(PATIENCE) if servers is not None else None
        return servers is None or self.place is None or servers.admits(self.place)

    def _wait_to_connect(self, reason: UserError | OperationError, until: float) -> None:
        """Wait a little longer each time, 0.1 to 5 s, everybody differently; or give up with the reason."""
        if isinstance(reason, UserError):
            raise reason from None
        lost = isinstance(reason, ConnectionLost)  # else the server is there: a place becomes free within seconds
        delay = self._back_off.next() if lost else chance.uniform(0.2, 0.4)
        if time.monotonic() + delay > until:
            if isinstance(reason, ConnectionLost):
                reason.retry_in = delay
            raise reason from None
        self._wake.wait(delay)

    def _stop_if_closed(self) -> None:
        if self._closed:
            self._drop()
            raise ConnectionLost

    def _drop(self) -> None:
        with self._guard:
            line, self._line = self._line, None
        if line:
            line.close()

    def _sort(self, error: psycopg.Error | UnicodeEncodeError, line: Line, question: "_Question") -> None:
        """Raise what the error means, or return when the same is to be asked again."""
        if isinstance(error, UnicodeEncodeError) or _unsendable(error):
            raise UserError(errors.BAD_TEXT) from None
        if error.sqlstate is None and not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            raise errors.UnexpectedError(None, question.function, type(error).__name__) from None
        kind = errors.kind_of(error.sqlstate, error.diag.source_function == "exec_stmt_raise")
        log.info("api.%s: %s", question.function, error.sqlstate or "line lost")
        if kind in (Kind.LOST, Kind.STALE):
            self._drop()
            self._stop_if_closed()
            if kind is Kind.LOST and (line.expired or not question.repeatable):
                raise question.lost() from None
        elif kind is Kind.AGAIN:
            self._wake.wait(chance.uniform(0.0, 0.05))
        else:
            _refuse(error, kind, line, question)


@dataclass(frozen=True, slots=True)
class _Question:
    """One call of one function."""

    kind: type[Any] | None
    function: str
    values: Mapping[str, Any]

    def statement(self) -> bytes:
        return _statement(self.kind, self.function, tuple(self.values))

    @property
    def repeatable(self) -> bool:
        return self.kind is not None or "key" in self.values

    @property
    def command(self) -> bool:
        return self.kind is None or "key" in self.values

    def lost(self) -> OperationError:
        """What to say when the line broke while the server had the question."""
        return InDoubt() if self.command else ConnectionLost()


@once
def _statement(kind: type[Any] | None, function: str, names: tuple[str, ...]) -> bytes:
    """SELECT the dataclass's fields by name; names are constants of ours, values always parameters."""
    columns = sql.SQL(", ").join(map(sql.Identifier, names_of(kind) if kind else ()))
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in names
    )
    call = sql.SQL("SELECT {} FROM {}({})").format(columns, sql.Identifier("api", function), arguments)
    return call.as_bytes(None)


def _only(kind: type[T], function: str, found: Sequence[Any]) -> T:
    if len(found) > 1:
        raise errors.UnexpectedError(None, function, f"{len(found)} rows")
    return row_maker(kind)(found[0])


def _unsendable(error: psycopg.Error) -> bool:
    """True when the driver refused a text before sending it (NUL)."""
    return isinstance(error, psycopg.DataError) and error.sqlstate is None


def _refuse(error: psycopg.Error, kind: Kind, line: Line, question: _Question) -> NoReturn:
    """The server said no; its words are shown only when a function of ours chose them."""
    state, said = error.sqlstate or "", error.diag
    if kind is Kind.REFUSED:
        ours = said.source_function == "exec_stmt_raise"
        raise errors.refusal(state, said.message_primary or "", said.message_detail, ours) from None
    if kind is Kind.BUSY:
        raise (Cancelled() if line.cancelled and state == "57014" else errors.busy(state)) from None
    place = " ".join(filter(None, (said.schema_name, said.table_name, said.constraint_name, said.source_function)))
    raise errors.UnexpectedError(state, question.function, place) from None
