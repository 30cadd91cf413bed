"""50 to 500 workstations on one server, then ever quicker ones: latency, connections, memory, and where the knee is.

With IDUO_BENCH_DESKS=500 IDUO_BENCH_PACE=120 in the environment so many begin, with so many seconds between two acts.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench import Result, million_desk, serving
from bench.house import House
from bench.timing import percentile
from iduo_desktop.admin.passwords import new_password, verifier

DESKS = tuple(map(int, os.environ.get("IDUO_BENCH_DESKS", "50,100,200,350,500").split(",")))
EACH = 50
# Seconds between two things that an operator does, on the average; so many times quicker for finding the knee.
PACE = float(os.environ.get("IDUO_BENCH_PACE", "20"))
QUICKER = (2, 4, 8, 16)
SETTLE, WINDOW = 8.0, 30.0
KNEE, OVERRUN = 3.0, 20.0  # times what 50 desks wait: more is too slow to work with; so much more teaches nothing new
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
KINDS = (
    *("page", "scroll", "search", "card", "next", "contact", "release", "call", "message", "tickets"),
    *("question", "by itself", "feed", "told"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One step: who worked how fast, how long everything took, and what the server took for it."""

    desks: int
    pace: float
    spent: Mapping[str, Sequence[float]]
    trouble: Mapping[str, int]
    server: float
    clients: float
    commits: float
    connections: int
    memory: float
    load: float

    @property
    def slow(self) -> float:
        """The slow end of what operators wait for."""
        return percentile(self.spent["question"], 0.95)

    @property
    def actions(self) -> float:
        """What all of them did in a minute."""
        return len(self.spent["question"]) * 60 / WINDOW


class Crowd:
    """Processes with some workstations each."""

    def __init__(self, where: dict[str, Any], people: Sequence[tuple[str, str]]) -> None:
        self._where, self._people = where, people
        self._children: list[subprocess.Popen[str]] = []
        self.logins: list[float] = []

    @property
    def size(self) -> int:
        """How many workstations are open."""
        return min(len(self._people), len(self._children) * EACH)

    def grow(self, count: int) -> None:
        """Open more, until there are so many."""
        while self.size < count:
            first = self.size
            people = [(first + place, *one) for place, one in enumerate(self._people[first : first + EACH])]
            child = subprocess.Popen(
                [sys.executable, "-m", "bench.crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                cwd=Path(__file__).parents[1],
            )  # fmt: skip
            self._children.append(child)
            self._tell(child, json.dumps(self._where | {"people": people}))
            self.logins += self._answer(child)["spent"]["login"]

    def tell(self, words: str) -> None:
        """The same to all."""
        for child in self._children:
            self._tell(child, words)

    def report(self) -> tuple[dict[str, list[float]], Counter[str], float]:
        """What they saw since the last `mark` or report, and how many seconds of processor they took until now."""
        self.tell("report")
        spent: dict[str, list[float]] = defaultdict(list)
        trouble: Counter[str] = Counter()
        cpu = 0.0
        for said in map(self._answer, self._children):
            trouble.update(said["trouble"])
            cpu += said["cpu"]
            for name, times in said["spent"].items():
                spent[name] += times
        return spent, trouble, cpu

    def close(self) -> None:
        """Everybody goes home."""
        for child in self._children:
            if child.stdin:
                child.stdin.close()
        for child in self._children:
            child.wait(60)
            if child.stdout:
                child.stdout.close()

    @staticmethod
    def _tell(child: "subprocess.Popen[str]", words: str) -> None:
        assert child.stdin is not None
        child.stdin.write(words + "\n")
        child.stdin.flush()

    @staticmethod
    def _answer(child: "subprocess.Popen[str]") -> dict[str, Any]:
        assert child.stdout is not None
        answer: dict[str, Any] = json.loads(child.stdout.readline())
        return answer


def measure(house: House) -> Iterator[Result]:
    """Each step is told on stderr, kind by kind; what is answered are the slow ends beside those of the first step."""
    if sys.platform != "linux":
        return
    conninfo = house.big()
    million_desk.fill(conninfo)
    seen: list[Seen] = []
    with at_work(house, conninfo, max(DESKS), PACE) as (crowd, superuser):
        for count in DESKS:
            if seen and seen[-1].slow > OVERRUN * seen[0].slow:
                break
            crowd.grow(count)
            seen.append(step(crowd, superuser, PACE))
        for times in QUICKER:
            if seen[-1].slow > KNEE * seen[0].slow:
                break
            seen.append(step(crowd, superuser, PACE / times))
        print_costs(superuser)
        print_line("login", crowd.logins)
    yield from results(seen)


@contextmanager
def at_work(house: House, conninfo: str, count: int, pace: float) -> Iterator[tuple[Crowd, psycopg.Connection]]:
    """People with logins of their own, a guard beside the database, and nobody at work yet."""
    with ExitStack() as stack:
        superuser = stack.enter_context(house.superuser(conninfo))
        people = enrol(house, conninfo, count)
        superuser.execute("ALTER SYSTEM SET track_functions = 'pl'")
        superuser.execute("SELECT pg_reload_conf(), pg_stat_reset()")
        stack.callback(superuser.execute, "ALTER SYSTEM RESET track_functions")
        stack.enter_context(guard(superuser, conninfo))
        info = conninfo_to_dict(conninfo)
        where = {"host": (str(info["host"]), int(info["port"] or 0)), "dbname": info["dbname"], "pace": pace}
        crowd = Crowd(where, people)
        stack.callback(crowd.close)
        yield crowd, superuser


def enrol(house: House, conninfo: str, count: int) -> list[tuple[str, str]]:
    """Operators who may log in."""
    logins = [f"bench_station{number}" for number in range(count)]
    made = [house.conninfo(conninfo, login) for login in logins]
    return [(one.login, one.password) for one in made]


@contextmanager
def guard(superuser: psycopg.Connection, conninfo: str) -> Iterator[None]:
    """The service that wakes the workstations, as a process of its own."""
    password = new_password()
    role = sql.SQL("ALTER ROLE iduo_guard PASSWORD {}")
    superuser.execute(role.format(sql.Literal(verifier(superuser, "iduo_guard", password))))
    info = conninfo_to_dict(conninfo)
    with TemporaryDirectory() as folder:
        secret = Path(folder) / "password"
        secret.touch(0o600)
        secret.write_text(password, "ascii")
        options = ["--host", str(info["host"]), "--port", str(info["port"]), "--dbname", str(info["dbname"])]
        command = [sys.executable, "-m", "iduo_desktop.admin", "guard", *options, "--password-file", str(secret)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        yield
        process.terminate()
        process.wait(30)


def step(crowd: Crowd, superuser: psycopg.Connection, pace: float) -> Seen:
    """Let all of them work for a while."""
    crowd.tell(f"pace {pace}")
    time.sleep(SETTLE)
    before, (_, _, cpu) = serving.now(superuser), crowd.report()
    time.sleep(WINDOW)
    after, (spent, trouble, cpu_after) = serving.now(superuser), crowd.report()
    busy, commits = after.since(before)
    pids = serving.processes(superuser)
    counted = superuser.execute(CONNECTIONS).fetchone()
    seen = Seen(
        crowd.size, pace, spent, trouble, busy, (cpu_after - cpu) / (after.at - before.at), commits,
        counted[0] if counted else 0, serving.memory(pids) / serving.MEBI, psutil.getloadavg()[0],
    )  # fmt: skip
    tell(seen)
    return seen


def tell(seen: Seen) -> None:
    """What was seen in one step, for people."""
    print(
        f"\n{seen.desks} desks, something every {seen.pace:g} s each: {seen.actions:,.0f} actions a minute, server "
        f"{seen.server:.2f} processors, desks {seen.clients:.2f}, load {seen.load:.1f}, {seen.commits:,.0f} commits/s, "
        f"{seen.connections} connections, {seen.memory:,.0f} MB",
        file=sys.stderr,
    )
    for kind in KINDS:
        print_line(kind, seen.spent.get(kind, ()))
    for what, count in sorted(seen.trouble.items()):
        print(f"  {count} × {what}", file=sys.stderr, flush=True)


def print_line(kind: str, times: Sequence[float]) -> None:
    """p50, p95 and p99 in milliseconds."""
    if times:
        p50, p95, p99 = (percentile(times, part) for part in (0.5, 0.95, 0.99))
        print(f"  {kind:10}{len(times):8,}{p50:9.1f}{p95:9.1f}{p99:9.1f} ms", file=sys.stderr)


def print_costs(superuser: psycopg.Connection) -> None:
    """Which functions cost the server most."""
    for name, calls, total, alone in serving.dearest(superuser):
        each = f"{calls:9,} × {total / max(calls, 1):8.2f} ms = {total / 1000:8.1f} s"
        print(f"  {name:32}{each} ({alone / 1000:.1f} by itself)", file=sys.stderr)


def results(seen: Sequence[Seen]) -> Iterator[Result]:
    """Each step beside the first; then how many this machine carries."""
    few = seen[0].slow
    carried = seen[0]
    for one in seen:
        note = (
            f"{one.actions:,.0f} actions a minute, server {one.server:.2f} processors, desks {one.clients:.2f}, "
            f"{one.connections} connections, {one.memory:,.0f} MB, {one.commits:,.0f} commits/s"
        )
        goal = KNEE if one.pace == PACE else None
        yield Result(
            f"{one.desks} desks, every {one.pace:g} s, p95", one.slow, few, "ms", one.slow / few, goal, note=note
        )
        if one.slow <= KNEE * few:
            carried = one
    note = f"{carried.desks} desks at something every {carried.pace:g} s; the desks themselves share the machine"
    more = carried.actions / seen[0].actions
    yield Result("actions a minute before the knee", carried.actions, seen[0].actions, "/min", more, None, note=note)
