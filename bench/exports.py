"""What a long export takes of the PC: the memory of a process that writes 100,000 messages beside one of 10,000."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench import Result, growth
from bench.house import House
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import clocks, listing
from iduo_desktop.services.tickets import TicketFilter

SIZE = 100_000
# There are 1,570 messages a day; those of the last eight days are still on their way.
DAYS = (14, 3650)
KIBI = 1024


def measure(house: House) -> Iterator[Result]:
    """Each in a process of its own, which holds what the program holds when it exports."""
    if sys.platform != "linux":
        return
    conninfo = growth.database(house, SIZE)
    who = house.conninfo(conninfo, "bench_coordinator", "coordinator")
    where = {"host": who.hosts[0], "dbname": who.dbname, "login": who.login, "password": who.password}
    few, many = (_child(where | {"days": days}) for days in DAYS)
    note = f"{few['rows']:,} and {many['rows']:,} rows, {few['seconds']:.0f} and {many['seconds']:.0f} s"
    ratio = many["peak"] / few["peak"]
    yield Result("memory of an export, 100k rows", many["peak"], few["peak"], "MB", ratio, 1.2, note=note)


def _child(where: dict[str, object]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.exports"], input=json.dumps(where), capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    said: dict[str, float] = json.loads(done.stdout)
    return said


def main() -> None:
    """Write the list, and say how much memory there was at most."""
    where = json.load(sys.stdin)
    database = Database(Conninfo((tuple(where["host"]),), where["dbname"], where["login"], where["password"]), 60.0)
    wanted = TicketFilter(first=clocks.now().date() - timedelta(days=where["days"]))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        path = Path(folder) / "lista.xlsx"
        made = listing.export(database, listing.TICKETS, path, "communicated", wanted.as_json(), "Para medir")
    database.close()
    status = Path("/proc/self/status").read_text("ascii")  # getrusage would count what forked us too
    peak = int(status.partition("VmHWM:")[2].split()[0]) / KIBI
    print(json.dumps({"rows": made.rows, "peak": peak, "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
