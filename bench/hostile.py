"""Somebody who takes tickets while three people hinder on purpose, and the guard beside the database as it runs."""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench import Result
from bench.house import House
from bench.timing import milliseconds, percentile
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import NewTicket

# One ticket every so often, as people do; a phase is long enough for the guard to end the endless twice.
PAUSE = 0.05
SECONDS = 40.0
SETTLE = 2.0
GOAL = 3.0
PEOPLE = 3
EACH = 4
NEW = NewTicket(
    channel="phone", caller_kind="client", text="Sin internet desde ayer.", surname="Paz", phone="3416007000"
)
OPEN = """SELECT api.create_ticket('phone', 'client', 'abierto', NULL, NULL, NULL, NULL, NULL, 'Paz', '', '',
                                   '3416007000', NULL, '', '', '', '', NULL, '{}', gen_random_uuid())"""
FREE = ("SET statement_timeout = 0", "SET idle_in_transaction_session_timeout = 0")
ENDLESS = "SELECT count(*) FROM generate_series(1, 1e12::bigint)"
# What a session does again and again; None: nothing, with whatever it holds.
ATTACKS: dict[str, tuple[str | None, ...]] = {
    "endless query": (ENDLESS,),
    "idle transaction": ("BEGIN", OPEN, None),
    "sort in memory": (
        "SET work_mem = '2GB'",
        "SELECT count(*) FROM (SELECT repeat(md5(n::text), 8) AS x FROM generate_series(1, 2e6::int) n ORDER BY 1) s",
    ),
    "temporary files": (
        "SET work_mem = '64kB'",
        "SELECT count(*) FROM (SELECT repeat(md5(n::text), 8) AS x FROM generate_series(1, 1e8::int) n ORDER BY 1) s",
    ),
    "parallel scans": (
        "SET max_parallel_workers_per_gather = 64",
        "SET parallel_setup_cost = 0",
        "SET parallel_tuple_cost = 0",
        "SET min_parallel_table_scan_size = 0",
        "SELECT count(*) FROM pg_proc a, pg_proc b, pg_attribute c WHERE a.proname || b.proname = c.attname::text",
    ),
    "regular expression": ("SELECT repeat('a', 100000) ~ '(a|aa)*(b|aab)*(c|(aa)*)*d'",),
    "recursion": ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",),
    "huge jsonb": ("SELECT length(jsonb_agg(jsonb_build_object('n', n))::text) FROM generate_series(1, 2e6::int) n",),
    "400 calls in a statement": ("SELECT count(*) FROM generate_series(1, 400) n, LATERAL api.my_day() d",),
    "notifications": (f"NOTIFY iduo_change, '{'x' * 7000}'",),
    "statistics and locks": (
        "SELECT count(*) FROM generate_series(1, 1e9::int) n, LATERAL pg_lock_status() l WHERE n > 0",
    ),
    "coming and going": (),
}
THREE = ("endless query", "idle transaction", "temporary files")


@dataclass(slots=True)
class Hostile:
    """One session that does its worst, and comes back at once when it is ended; it counts how often that was.

    `limited`: how often the server refused by itself, for too many temporary files.
    """

    conninfo: Conninfo
    attack: str
    stop: threading.Event = field(default_factory=threading.Event)
    ended: int = 0
    limited: int = 0
    pids: set[int] = field(default_factory=set)
    _connection: psycopg.Connection | None = None

    def work(self) -> None:
        """Until told to stop."""
        while not self.stop.is_set():
            try:
                with psycopg.connect(autocommit=True, **self.conninfo.keywords(3600)) as connection:
                    self._connection = connection
                    self.pids.add(connection.info.backend_pid)
                    self._hinder(connection)
            except psycopg.OperationalError:
                self.ended += not self.stop.is_set()

    def end(self) -> None:
        """Stop, in the middle of a statement."""
        self.stop.set()
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.cancel_safe(timeout=5)

    def _hinder(self, connection: psycopg.Connection) -> None:
        for statement in FREE:
            connection.execute(statement)
        while not self.stop.is_set() and ATTACKS[self.attack]:
            for step in ATTACKS[self.attack]:
                if step is None:
                    self._wait(connection)
                else:
                    self._do(connection, step)

    def _do(self, connection: psycopg.Connection, step: str) -> None:
        try:
            connection.execute(step.encode())
        except psycopg.errors.ConfigurationLimitExceeded:
            self.limited += 1
        except psycopg.errors.QueryCanceled:
            return

    def _wait(self, connection: psycopg.Connection) -> None:
        """Do nothing until one is ended: only then is there something to read."""
        while not self.stop.wait(0.05):
            if connection.closed or not _alive(connection):
                raise psycopg.OperationalError("ended")
        connection.rollback()


def _alive(connection: psycopg.Connection) -> bool:
    connection.pgconn.consume_input()
    return connection.pgconn.status == psycopg.pq.ConnStatus.OK


@contextmanager
def hindering(people: Sequence[Conninfo], attacks: Sequence[str]) -> Iterator[list[Hostile]]:
    """Each attack by the next person, in threads of their own."""
    found = [Hostile(people[place % len(people)], attack) for place, attack in enumerate(attacks)]
    threads = [threading.Thread(target=one.work, daemon=True) for one in found]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        for one in found:
            one.end()
        for thread in threads:
            thread.join(20)


@contextmanager
def guarded(conninfo: str, *options: str) -> Iterator[None]:
    """The guard as a program of its own, with the limits that it ships with."""
    password = new_password()
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute(sql.SQL("ALTER ROLE iduo_guard PASSWORD {}").format(sql.Literal(password)))
    known = conninfo_to_dict(conninfo)
    with tempfile.NamedTemporaryFile("w", suffix=".guard") as secret:
        secret.write(password)
        secret.flush()
        where = ("--host", str(known["host"]), "--port", str(known["port"]), "--dbname", str(known["dbname"]))
        command = [
            sys.executable,
            "-m",
            "iduo_desktop.admin",
            "guard",
            *where,
            "--password-file",
            secret.name,
            *options,
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            yield
            process.terminate()


def take_tickets(operator: Database, seconds: float) -> list[float]:
    """How long each one took, in milliseconds."""
    ends = time.monotonic() + seconds
    spent = []
    while time.monotonic() < ends:
        spent.append(milliseconds(lambda: tickets.create(operator, NEW, uuid4())))
        time.sleep(PAUSE)
    return spent


def measure(house: House) -> Iterator[Result]:
    """The three whom the goal names; then three of each kind, and twelve: all that three people can open."""
    conninfo = house.empty()
    operator = house.person(conninfo, "bench_victim")
    people = [house.conninfo(conninfo, f"bench_hostile_{place}") for place in range(PEOPLE)]
    take_tickets(operator, 1)
    with guarded(conninfo):
        time.sleep(SETTLE)
        yield _beside(operator, people, "endless, idle and temporary files", THREE, SECONDS, GOAL)
        yield _beside(operator, people, "the same, four sessions each", THREE * EACH, SECONDS, GOAL)
        for attack in ATTACKS:
            yield _beside(operator, people, f"three: {attack}", [attack] * PEOPLE, SECONDS / 4, None)
    operator.close()


def _beside(
    operator: Database,
    people: Sequence[Conninfo],
    name: str,
    attacks: Sequence[str],
    seconds: float,
    goal: float | None,
) -> Result:
    """Quiet before and after, so that a noisy machine slows both."""
    quiet = take_tickets(operator, seconds / 4)
    with hindering(people, attacks) as sessions:
        time.sleep(SETTLE)
        hindered = take_tickets(operator, seconds)
    time.sleep(SETTLE)
    quiet += take_tickets(operator, seconds / 4)
    was, now = percentile(quiet, 0.95), percentile(hindered, 0.95)
    ended = sum(one.ended for one in sessions)
    note = f"p50 {statistics.median(quiet):.1f} → {statistics.median(hindered):.1f} ms; ended {ended} times"
    return Result(f"a ticket's p95 beside {name}", now, was, "ms", now / was, goal, note=note)
