"""What a server of one's own takes meanwhile: processors, memory and connections of its processes, commits, costs."""

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

MEBI = 2**20
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
DEAREST = """
SELECT schemaname || '.' || funcname, calls, total_time, self_time FROM pg_stat_user_functions
WHERE schemaname = 'api' ORDER BY total_time DESC LIMIT 12"""


@dataclass(frozen=True, slots=True)
class Moment:
    """How far its counters are."""

    at: float
    cpu: float
    commits: int

    def since(self, before: "Moment") -> tuple[float, float]:
        """Processors that were busy on the average, and commits a second."""
        spent = self.at - before.at
        return (self.cpu - before.cpu) / spent, (self.commits - before.commits) / spent


def now(superuser: psycopg.Connection) -> Moment:
    """Its counters now; processes that ended meanwhile are not among them."""
    row = superuser.execute(COMMITS).fetchone()
    return Moment(time.monotonic(), sum(map(_cpu, processes(superuser))), int(row[0]) if row else 0)


def processes(superuser: psycopg.Connection) -> list[int]:
    """The postmaster and its children."""
    row = superuser.execute("SELECT current_setting('data_directory')").fetchone()
    assert row is not None
    master = int((Path(row[0]) / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
    return [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text("ascii").split())]


def memory(pids: list[int]) -> float:
    """Bytes that these processes alone need: their own memory and their share of what they have in common."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            said = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
            total += sum(int(kilo) for kilo in re.findall(r"^Pss_(?:Anon|File): +(\d+)", said, re.MULTILINE))
    return total * 1024.0


def dearest(superuser: psycopg.Connection) -> list[tuple[str, int, float, float]]:
    """Functions of the door by what they cost since the last reset: calls, milliseconds in all and by themselves."""
    return superuser.execute(DEAREST).fetchall()


def _cpu(pid: int) -> float:
    """Seconds of processor that a process took."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK
