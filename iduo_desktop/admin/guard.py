"""iduo-admin guard: beside the database, ends sessions that hinder, wakes workstations, seals the audit log."""

import time
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row

from iduo_desktop.admin import target
from iduo_desktop.admin.outcome import Exit, Terminal
from iduo_desktop.admin.serve import listen_for_the_end
from iduo_desktop.admin.target import WrongUseError
from iduo_desktop.database import errors
from iduo_desktop.database.back_off import LONGEST, BackOff
from iduo_desktop.database.deadline import WATCH
from iduo_desktop.database.feed import CHANNEL
from iduo_desktop.database.line import hang_up

ROLE = "iduo_guard"
# Seconds.
ROUND = 0.5
BEAT = 5.0
PRUNE = 60.0
CARE = 30.0
CHATS = 5.0
PATIENCE = 10.0
STUCK = 5.0
# Entries of one seal, and seals of one round: who hinders others does not wait for a log that was never sealed.
SEALED, SEALS = 500, 2

# People here, and strangers who got in: whoever is not one of the active ones goes at once. The services that stand at
# the Internet, the chat's and that of messages, count as one of them. A transaction counts from its beginning, so that
# a slow trickle of statements does not keep it open. Who brings in a list holds a lock that nobody can take but by the
# function that does it, and may take longer: while that function runs, called as our program does, in a transaction
# that began with it. The nightly job may take its time, too, but leaves nothing open.
SWEEP = r"""
WITH people AS MATERIALIZED (SELECT p.login FROM api.guarded_people() p),
sessions AS MATERIALIZED (
    SELECT s.pid, s.usename::text AS login, CASE
        WHEN s.usename NOT IN (SELECT p.login FROM people p) THEN 'disabled'
        WHEN s.state ^@ 'idle in transaction' AND s.state_change < clock_timestamp() - %(idle)s THEN 'idle_transaction'
        WHEN s.xact_start >= clock_timestamp() - %(query)s OR s.usename = 'iduo_job' THEN NULL
        WHEN s.xact_start < clock_timestamp() - %(apply)s THEN 'query'
        WHEN s.xact_start IS NOT NULL THEN CASE WHEN s.query_start > s.xact_start + interval '5 s'
            OR s.query !~ '^SELECT ["a-z0-9_, ]+ FROM "api"\."[a-z_]+"\(("p_[a-z_]+" => \$\d+(, )?)*\)$' OR NOT EXISTS (
            SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            WHERE l.pid = s.pid AND l.granted AND l.mode = 'ShareUpdateExclusiveLock'
              AND c.relname = 'batch_row' AND c.relnamespace::regnamespace::text = 'iduo') THEN 'query' END
        END AS reason,
        coalesce(extract(epoch FROM clock_timestamp() - s.xact_start), 0)::integer AS seconds
    FROM pg_stat_activity s JOIN pg_roles r ON r.oid = s.usesysid
    WHERE s.datname = current_database() AND s.backend_type = 'client backend' AND s.pid <> pg_backend_pid()
      AND NOT r.rolsuper
      AND (r.rolname IN ('iduo_chat', 'iduo_gateway', 'iduo_job')
           OR NOT r.rolname ^@ 'iduo_' AND pg_has_role(r.oid, 'iduo_user', 'MEMBER'))
)
SELECT e.pid, e.login, e.reason, e.seconds FROM sessions e WHERE e.reason IS NOT NULL AND pg_terminate_backend(e.pid)"""
WORDS = {
    "disabled": "de una persona desactivada",
    "idle_transaction": "con una transacción abierta y sin uso ({seconds} s)",
    "query": "con una consulta de {seconds} s",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended, and why."""

    pid: int
    login: str
    reason: str
    seconds: int

    def known(self) -> dict[str, object]:
        """What may stand in a journal: not whose it was."""
        return {"pid": self.pid, "reason": self.reason, "seconds": self.seconds}

    def __str__(self) -> str:
        return f"sesión {self.pid}, {WORDS[self.reason].format(seconds=self.seconds)}"


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the audit log's chain. Noted outside the database it shows whether all of it was written anew."""

    seal: int
    entries: int
    hash: str

    def __str__(self) -> str:
        return f"Sellado del registro: sello {self.seal} {self.hash}, {self.entries} entradas."


@dataclass(frozen=True, slots=True)
class Chats:
    """What became of chats: offered to others, offered to leave a message, and ended because the visitor left."""

    given_back: int = 0
    offered: int = 0
    ended: int = 0

    def __str__(self) -> str:
        return f"Chats: {self.given_back} a otros, {self.offered} sin respuesta, {self.ended} sin visitante."


@dataclass(frozen=True, slots=True)
class Round:
    """What one look led to."""

    ended: tuple[Ended, ...]
    woke: bool
    pruned: int
    returned: int
    escalated: int
    chats: Chats
    seals: tuple[Seal, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person's session may take, and how long changes are kept, in seconds."""

    query: float
    idle: float
    apply: float
    keep: float
    seal: float = 15.0

    def values(self) -> Mapping[str, timedelta]:
        """For the statement that looks for them."""
        return {name: timedelta(seconds=getattr(self, name)) for name in ("query", "idle", "apply")}


@dataclass(slots=True)
class Guard:
    """One guard of one database. Says an event a line: what happened, never to whom."""

    terminal: Terminal
    limits: Limits
    end: Event = field(default_factory=Event)
    _started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _cursor: str | None = None
    _told: Mapping[int, float] = field(default_factory=dict)
    _stuck: frozenset[int] = frozenset()
    _beat_at: float = -BEAT
    _prune_at: float = -PRUNE
    _care_at: float = -CARE
    _chats_at: float = -CHATS
    _seal_at: float = field(default_factory=time.monotonic)
    _back_off: BackOff = field(default_factory=BackOff)
    _waiting: bool = False

    def watch(self, conninfo: str) -> None:
        """Until told to end; comes back by itself when the server does."""
        self.say("started", "En marcha.")
        while not self.end.is_set():
            try:
                with psycopg.connect(conninfo, autocommit=True, prepare_threshold=None) as connection:
                    self.say("connected", "Conectado.")
                    self._waiting = False
                    self._rounds(connection)
            except psycopg.OperationalError as error:
                self._wait_for_the_server(error)
        self.say("stopped", "Terminado.")

    def once(self, connection: psycopg.Connection, *, seal: bool = False) -> Round:
        """Look once, and do what is due; `seal`: also what is not due yet."""
        with WATCH.limit(PATIENCE, partial(hang_up, connection)):
            ended = self._sweep(connection)
            woke = self._wake(connection)
            now = time.monotonic()
            if now - self._beat_at >= BEAT:
                self._beat_at = now
                connection.execute("SELECT api.guard_beat(%s)", [self._started_at])
            pruned, care, chats = 0, (0, 0), Chats()
            if now - self._prune_at >= PRUNE:
                self._prune_at = now
                pruned = self._prune(connection)
            if now - self._care_at >= CARE:
                self._care_at = now
                care = self._care(connection)
            if now - self._chats_at >= CHATS:
                self._chats_at = now
                chats = self._look_after_chats(connection)
            seals: tuple[Seal, ...] = ()
            if seal or now - self._seal_at >= self.limits.seal:
                before, self._seal_at = self._seal_at, now
                seals = self._seal(connection)
                if len(seals) == SEALS and seals[-1].entries == SEALED:  # there is more
                    self._seal_at = before
        return Round(ended, woke, pruned, *care, chats, seals)

    def say(self, event: str, words: str, **values: object) -> None:
        """One line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.terminal.answer({"at": at, "event": event, **values}, [words])

    def _rounds(self, connection: psycopg.Connection) -> None:
        self._beat_at = -BEAT  # a new session has a new number
        while not self.end.is_set():
            done = self.once(connection)
            self._back_off.end()
            self._tell(done)
            self.end.wait(ROUND)

    def _tell(self, done: Round) -> None:
        for one in done.ended:
            self.say("ended", f"Terminada: {one}.", **one.known())
        if done.pruned:
            self.say("pruned", f"Cambios viejos quitados: {done.pruned}.", rows=done.pruned)
        if done.returned:
            self.say("returned", f"Casos sin movimiento devueltos a sus listas: {done.returned}.", cases=done.returned)
        if done.escalated:
            self.say("escalated", f"Rutas que nadie recibió a tiempo: {done.escalated}.", routes=done.escalated)
        if done.chats != Chats():
            self.say("chats", str(done.chats), **asdict(done.chats))
        for seal in done.seals:
            self.say("sealed", str(seal), **asdict(seal))

    def _sweep(self, connection: psycopg.Connection) -> tuple[Ended, ...]:
        with connection.cursor(row_factory=class_row(Ended)) as cursor:
            found = cursor.execute(SWEEP, self.limits.values()).fetchall()
        # a session that is slow to go is told again, and said once
        now, before = time.monotonic(), self._told
        self._told = {one.pid: before.get(one.pid, now) for one in found}
        ended = tuple(one for one in found if one.pid not in before)
        self._say_who_stays(frozenset(pid for pid, told in self._told.items() if now - told > STUCK))
        for one in ended:
            connection.execute("SELECT api.guard_note(%s, %s)", [one.reason, one.login])
        return ended

    def _say_who_stays(self, stuck: frozenset[int]) -> None:
        """PostgreSQL looks whether it is to end between rows and statements only: one row can hold it for hours."""
        for pid in stuck - self._stuck:
            mend = f"si frena a otros, en el servidor: kill -9 {pid} (todas las sesiones se cortan y vuelven)"
            self.say("stuck", f"La sesión {pid} no termina, está en una cuenta que no se interrumpe: {mend}.", pid=pid)
        self._stuck = stuck

    def _wake(self, connection: psycopg.Connection) -> bool:
        row = connection.execute("SELECT cursor, changed FROM api.guard_look(%s)", [self._cursor]).fetchone()
        self._cursor, changed = row or (None, False)
        if changed:
            connection.execute(sql.SQL("NOTIFY {}").format(sql.Identifier(CHANNEL)))
        return bool(changed)

    def _prune(self, connection: psycopg.Connection) -> int:
        row = connection.execute(
            "SELECT pruned FROM api.guard_prune(%s)", [timedelta(seconds=self.limits.keep)]
        ).fetchone()
        return int(row[0]) if row else 0

    def _care(self, connection: psycopg.Connection) -> tuple[int, int]:
        row = connection.execute("SELECT returned, escalated FROM api.guard_care()").fetchone()
        return (row[0], row[1]) if row else (0, 0)

    def _look_after_chats(self, connection: psycopg.Connection) -> Chats:
        with connection.cursor(row_factory=class_row(Chats)) as cursor:
            return cursor.execute("SELECT given_back, offered, ended FROM api.guard_chats()").fetchone() or Chats()

    def _seal(self, connection: psycopg.Connection) -> tuple[Seal, ...]:
        seals: list[Seal] = []
        with connection.cursor(row_factory=class_row(Seal)) as cursor:
            while len(seals) < SEALS and (not seals or seals[-1].entries == SEALED):
                made = cursor.execute("SELECT seal, entries, hash FROM api.guard_seal(%s)", [SEALED]).fetchone()
                if made is None:
                    break
                seals.append(made)
        return tuple(seals)

    def _wait_for_the_server(self, error: psycopg.OperationalError) -> None:
        """A little longer each time; a door that is shut for good is said, and ends it."""
        reason = errors.from_connecting(str(error)) if error.sqlstate is None else None
        if isinstance(reason, errors.UserError):
            raise reason from None
        if "read-only" in str(error):  # the standby of a pair: its turn comes when it is promoted
            if not self._waiting:
                self.say("standby", "Este servidor es el secundario: espero su turno.")
            self._waiting = True
            self.end.wait(LONGEST)
            return
        delay = self._back_off.next()
        code = error.sqlstate or "sin respuesta"
        self.say("lost", f"Sin conexión ({code}). Reintento en {delay:.1f} s.", sqlstate=error.sqlstate)
        self.end.wait(delay)


def run(options: Namespace, terminal: Terminal) -> Exit:
    """Guard until SIGTERM or SIGINT; one round with --once."""
    if options.embedded is not None:
        raise WrongUseError("guard cuida un servidor central: --embedded no va")
    options.user = options.user or ROLE
    guard = Guard(terminal, _limits(options))
    conninfo = make_conninfo(target.central(options), dbname=options.dbname, application_name="iduo-admin guard")
    conninfo = make_conninfo(conninfo, options="-c synchronous_commit=off -c statement_timeout=8s -c lock_timeout=3s")
    try:
        if options.once:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                done = guard.once(connection, seal=True)
            values = asdict(done) | {"ended": [one.known() for one in done.ended]}
            lines = [*map(str, (*done.ended, *done.seals)), f"Terminadas: {len(done.ended)}."]
            terminal.answer(values, lines)
        else:
            guard.end = listen_for_the_end()
            guard.watch(conninfo)
    except (psycopg.errors.InvalidSchemaName, psycopg.errors.InsufficientPrivilege):
        message = f"La base no está al día (iduo-admin database upgrade), o {options.user} no es {ROLE}."
        return terminal.refuse(message, Exit.REFUSED)
    return Exit.DONE


def _limits(options: Namespace) -> Limits:
    seconds = (options.query_seconds, options.idle_seconds, options.import_seconds, options.keep_minutes * 60)
    limits = Limits(*seconds, options.seal_seconds)
    if min(limits.query, limits.idle, limits.apply, limits.seal) < 1 or limits.keep < 60:
        raise WrongUseError("cada límite es de al menos un segundo, y los cambios se guardan al menos un minuto")
    return limits
