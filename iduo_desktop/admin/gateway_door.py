"""The gateway's one connection to the database: shared by its threads, cut when it hangs, made again when it broke."""

import random
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.database import errors
from iduo_desktop.database.deadline import WATCH

# Seconds.
BACK_OFF: Final = (0.1, 5.0)
PATIENCE: Final = 15.0


class AwayError(Exception):
    """The database is not there; whatever was asked may have been done, and is asked again later."""


class RefusedError(Exception):
    """The database does not take this one thing; the rest goes on."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is ours to send now. `message_ref` is its Message-ID, `reply_to_ref` that of what it answers."""

    message_id: int
    key: UUID
    channel: str
    address: str
    subject: str
    text: str
    message_ref: str
    reply_to_ref: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in."""

    channel: str
    provider_id: str
    sender: str
    to: str
    subject: str
    text: str
    in_reply_to: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message that came in: `replayed` when it was there already, `matched` when we know of whom."""

    message_id: int | None
    replayed: bool
    matched: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The day's batch: whether it has to go out now, and to whom."""

    day: date
    addresses: list[str]
    due: bool


class GatewayDoor:
    """The functions of schema api that are the gateway's, each one autocommit statement."""

    def __init__(self, conninfo: str, journal: Journal) -> None:
        self._conninfo = conninfo
        self._journal = journal
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._failures = 0
        self._not_before = 0.0

    def take(self, channel: str, worker: UUID) -> Waiting | None:
        """The next message of a channel, if one waits; from now on it is being sent."""
        found = self._ask(Waiting, "gateway_take", channels=[channel], limit=1, worker=worker)
        return found[0] if found else None

    def sent(self, message: int, worker: UUID, provider_id: str) -> None:
        """It went out."""
        self._ask(None, "gateway_sent", message=message, worker=worker, provider_id=provider_id)

    def failed(self, message: int, worker: UUID, error: str, again: bool) -> None:
        """It certainly did not go out; `again` when a later try may help."""
        self._ask(None, "gateway_failed", message=message, worker=worker, error=error, again=again)

    def doubtful(self, message: int, worker: UUID, error: str) -> None:
        """Nobody knows whether it went out."""
        self._ask(None, "gateway_doubtful", message=message, worker=worker, error=error)

    def recover(self, worker: UUID) -> int:
        """What dead gateways were sending becomes doubtful; how many."""
        return int(self._ask(_Recovered, "gateway_recover", worker=worker)[0].recovered)

    def receive(self, message: Incoming) -> Taken:
        """It is committed when this comes back."""
        (taken,) = self._ask(
            Taken,
            "gateway_receive",
            channel=message.channel,
            provider_id=message.provider_id,
            **{"from": message.sender},
            to=message.to,
            subject=message.subject,
            text=message.text,
            in_reply_to=list(message.in_reply_to),
            at=message.at,
        )
        return Taken(taken.message_id, taken.replayed, taken.matched)

    def delivery(self, provider_id: str, delivered: bool, error: str) -> None:
        """What the provider, or a bounce, says of a message of ours."""
        self._ask(None, "gateway_delivery", provider_id=provider_id, delivered=delivered, error=error)

    def beat(self, started_at: datetime, channels: Sequence[str], complaint: str) -> None:
        """It runs, and what hinders it."""
        self._ask(None, "gateway_beat", started_at=started_at, channels=list(channels), complaint=complaint)

    def batch_due(self) -> Due | None:
        """Whether the day's batch has to go out."""
        found = self._ask(Due, "gateway_batch_due")
        return found[0] if found else None

    def batch_mailed(self, day: date, batch: int | None, error: str) -> None:
        """What became of the day's batch."""
        self._ask(None, "gateway_batch_mailed", day=day, batch=batch, error=error)

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._drop()

    def _ask(self, kind: type[Any] | None, function: str, **values: object) -> list[Any]:
        with self._lock:
            connection = self._connected()
            try:
                with WATCH.limit(PATIENCE, partial(_hang_up, connection)), _cursor(connection, kind) as cursor:
                    cursor.execute(_statement(kind, function, tuple(values)), values)
                    found = cursor.fetchall()
            except psycopg.Error as error:
                raise self._sorted(error, function) from None
            self._failures = 0
            return found

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            if time.monotonic() < self._not_before:
                raise AwayError
            try:
                self._connection = psycopg.connect(self._conninfo, autocommit=True)
            except psycopg.OperationalError as error:
                raise self._no_connection(error) from None
            self._journal.say("connected", "Conectado.")
        return self._connection

    def _no_connection(self, error: psycopg.OperationalError) -> Exception:
        """A door that is shut for good ends the gateway; a server that is away is looked for again."""
        reason = errors.from_connecting(str(error)) if error.sqlstate is None else None
        return reason if isinstance(reason, errors.UserError) else self._lost(error.sqlstate)

    def _sorted(self, error: psycopg.Error, function: str) -> Exception:
        if isinstance(error, psycopg.DataError) and error.sqlstate is None:
            return RefusedError(errors.BAD_TEXT)  # the driver refused a text before sending it
        kind = errors.kind_of(error.sqlstate, error.diag.source_function == "exec_stmt_raise")
        if kind in (errors.Kind.LOST, errors.Kind.STALE):
            self._drop()
            return self._lost(error.sqlstate)
        if kind in (errors.Kind.BUSY, errors.Kind.AGAIN):
            return AwayError()
        if isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.UndefinedFunction):
            return error
        said = error.diag.message_primary or type(error).__name__
        return RefusedError(f"{function}: {error.sqlstate} {said if kind is errors.Kind.REFUSED else ''}".strip())

    def _lost(self, sqlstate: str | None) -> AwayError:
        delay = min(BACK_OFF[1], BACK_OFF[0] * 2**self._failures) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        self._failures = min(self._failures + 1, 10)
        self._not_before = time.monotonic() + delay
        words = f"Sin conexión con la base ({sqlstate or 'sin respuesta'}). Reintento en {delay:.1f} s."
        self._journal.say("lost", words, sqlstate=sqlstate)
        return AwayError()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True, slots=True)
class _Recovered:
    recovered: int


def _statement(kind: type[Any] | None, function: str, names: tuple[str, ...]) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(one.name) for one in fields(kind)) if kind else sql.SQL("")
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in names
    )
    return sql.SQL("SELECT {} FROM {}({})").format(columns, sql.Identifier("api", function), arguments)


def _cursor(connection: psycopg.Connection, kind: type[Any] | None) -> psycopg.Cursor[Any]:
    return connection.cursor(row_factory=class_row(kind)) if kind else connection.cursor()


def _hang_up(connection: psycopg.Connection) -> None:
    """From another thread: a frozen server is not noticed by who waits for it."""
    with (
        suppress(OSError, psycopg.Error),
        socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)
