"""One line of a gateway to the database: cut when it hangs, made again when it broke, its errors sorted."""

import threading
import time
from dataclasses import fields
from functools import partial
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from iduo_desktop.admin.gateway_journal import Journal
from iduo_desktop.database import errors
from iduo_desktop.database.back_off import BackOff
from iduo_desktop.database.deadline import WATCH
from iduo_desktop.database.line import hang_up

T = TypeVar("T")
# Seconds.
PATIENCE: Final = 15.0


class AwayError(Exception):
    """The database is not there; whatever was asked may have been done, and is asked again later."""


class RefusedError(Exception):
    """The database does not take this one thing; the rest goes on.

    `sentence` is for people, "" where the server said something in words of its own; `field` is what it is about.
    """

    def __init__(self, words: str, sentence: str = "", field: str = "") -> None:
        super().__init__(words)
        self.sentence, self.field = sentence, field


class Line:
    """The functions of schema api that are a service's, each one autocommit statement; one after the other."""

    def __init__(self, conninfo: str, journal: Journal) -> None:
        self._conninfo = conninfo
        self._journal = journal
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._back_off = BackOff()
        self._not_before = 0.0

    def close(self) -> None:
        """Hang up."""
        with self._lock:
            self._drop()

    def ask(self, kind: type[T] | None, function: str, **values: object) -> list[T]:
        """What a function answers; nothing is read of it where `kind` is None."""
        with self._lock:
            connection = self._connected()
            try:
                with WATCH.limit(PATIENCE, partial(hang_up, connection)), _cursor(connection, kind) as cursor:
                    cursor.execute(_statement(kind, function, tuple(values)), values)
                    found = cursor.fetchall()
            except psycopg.Error as error:
                raise self._sorted(error, function) from None
            self._back_off.end()
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
        sentence = said if kind is errors.Kind.REFUSED else ""
        return RefusedError(
            f"{function}: {error.sqlstate} {sentence}".strip(), sentence, error.diag.message_detail or ""
        )

    def _lost(self, sqlstate: str | None) -> AwayError:
        delay = self._back_off.next()
        self._not_before = time.monotonic() + delay
        words = f"Sin conexión con la base ({sqlstate or 'sin respuesta'}). Reintento en {delay:.1f} s."
        self._journal.say("lost", words, sqlstate=sqlstate)
        return AwayError()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _statement(kind: type[Any] | None, function: str, names: tuple[str, ...]) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.Identifier(one.name) for one in fields(kind)) if kind else sql.SQL("")
    arguments = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in names
    )
    return sql.SQL("SELECT {} FROM {}({})").format(columns, sql.Identifier("api", function), arguments)


def _cursor(connection: psycopg.Connection, kind: type[Any] | None) -> psycopg.Cursor[Any]:
    return connection.cursor(row_factory=class_row(kind)) if kind else connection.cursor()
