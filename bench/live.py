"""How long after a command the other workstations know of it: asking every 2 seconds, and woken."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from bench import Result
from bench.house import House
from bench.timing import percentile
from iduo_desktop.database.connection import Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter

# What the program does: ui/operations.py, which cannot be loaded here without Qt.
POLL_SECONDS = 2.0
FEW, MANY = 2, 200
COMMANDS = 12
WOKEN_COMMANDS = 60


@dataclass(slots=True)
class Workstation:
    """A feed that is asked in a thread of its own, and when it heard of which row of a table."""

    feed: Feed
    table: str = "case"
    wake: threading.Event = field(default_factory=threading.Event)
    heard: dict[int, float] = field(default_factory=dict)
    closed: bool = False

    def work(self, first: float) -> None:
        """Ask now and then, at once when woken, until closed."""
        self.feed.poll()
        wait = first
        while not self.closed:
            self.wake.wait(wait)
            self.wake.clear()
            for change in self.feed.poll():
                if change.table_name == self.table and change.id is not None:
                    self.heard.setdefault(change.id, time.monotonic())
            wait = POLL_SECONDS


Afterwards = Callable[[Sequence[Workstation]], object]


def measure(house: House) -> Iterator[Result]:
    """The delay of two and of two hundred workstations."""
    conninfo = house.big()
    writer = house.person(conninfo, "bench_writer")
    feeds = [Feed(house.person(conninfo, f"bench_{number}")) for number in range(MANY)]
    for how, commands, afterwards, goal in (
        (f"asking every {POLL_SECONDS:g} s", COMMANDS, None, 10.0),
        # nothing wakes them yet; here all of them share the machine with the server
        ("woken at once", WOKEN_COMMANDS, wake, None),
    ):
        few, many = (sorted(_delays(writer, feeds[:number], commands, afterwards)) for number in (FEW, MANY))
        middle, slow = statistics.median(few), percentile(many, 0.95)
        note = f"p50 {statistics.median(many):.0f} ms; beside: {FEW} workstations, p50"
        yield Result(f"live update p95, {MANY} workstations {how}", slow, middle, "ms", slow / middle, goal, note=note)
    for feed in feeds:
        feed.close()
    writer.close()


def wake(stations: Sequence[Workstation]) -> None:
    """Let them ask at once."""
    for station in stations:
        station.wake.set()


def _delays(writer: Database, feeds: Sequence[Feed], commands: int, afterwards: Afterwards | None) -> Iterator[float]:
    """Milliseconds from the answer to a command until each workstation knew; each command takes another case."""
    free = [row.id for row in cases.page(writer, "delinquent", CaseFilter(free=True), limit=commands)]
    with at_work(feeds) as stations:
        for case_id in free:
            cases.take(writer, case_id, uuid4())
            done = time.monotonic()
            if afterwards is not None:
                afterwards(stations)
            ends = done + 5 * POLL_SECONDS
            while any(case_id not in station.heard for station in stations) and time.monotonic() < ends:
                time.sleep(0.02)
            yield from ((station.heard[case_id] - done) * 1000 for station in stations)


@contextmanager
def at_work(feeds: Sequence[Feed], table: str = "case") -> Iterator[list[Workstation]]:
    """Workstations that ask, spread over the two seconds as real ones are; what they hear of is in one table."""
    stations = [Workstation(feed, table) for feed in feeds]
    with ThreadPoolExecutor(len(stations)) as pool:
        done = [
            pool.submit(station.work, POLL_SECONDS * place / len(stations)) for place, station in enumerate(stations)
        ]
        try:
            time.sleep(POLL_SECONDS)
            yield stations
        finally:
            for station in stations:
                station.closed = True
            wake(stations)
        for one in done:
            one.result()
