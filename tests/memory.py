"""Where servers of tests keep their files: in memory where there is plenty of it, else on the disk."""

import os
import shutil
import sys
from pathlib import Path

from iduo_desktop.database.locks import FileLock

SHARED = Path("/dev/shm")  # noqa: S108  # the folder in it gets a name that nobody can foresee
LIMIT = Path("/sys/fs/cgroup/memory.max")
GIGABYTE = 1 << 30


def folder(gigabytes: float) -> str | None:
    """A folder in memory that holds so much, for `tempfile`; None where that would leave less than as much again.

    A thousand new files, of which a database is made, take the disk of a virtual machine most of a second.
    """
    if sys.platform != "linux" or not os.access(SHARED, os.W_OK):
        return None
    room = os.statvfs(SHARED)
    wanted = gigabytes * GIGABYTE
    if room.f_flag & os.ST_NOEXEC or room.f_bavail * room.f_frsize < wanted or _memory() < 2 * wanted:
        return None
    return str(SHARED)


def sweep(prefix: str) -> None:
    """Take away what runs that were killed left there: a server's folder that no program uses."""
    for lock in SHARED.glob(f"{prefix}*/users.lock"):
        using = FileLock(lock)
        left = using.alone()
        using.close()
        if left:
            shutil.rmtree(lock.parent, ignore_errors=True)


def _memory() -> float:
    """Bytes that programs may still take."""
    lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    free = next(float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    limit = LIMIT.read_text("ascii").strip() if LIMIT.is_file() else "max"
    return free if limit == "max" else min(free, float(limit))
