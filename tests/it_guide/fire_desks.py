"""Carried out on the guide's machines: desks that work without a pause, and what is there of what they were told.

hire: on the primary, as postgres; its output goes to `work`, on db3; what that leaves goes to `judge`, as hire.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psycopg

from iduo_desktop.database.conninfo import Conninfo
from iduo_desktop.database.servers import Servers
from tests.database.desks import PASSWORD, Desk, hire, judge, kept_already

DESKS, CASES = 6, 400
HOSTS = (("db1.example.org", 5432), ("db2.example.org", 5432))
AUTHORITY = Path("/etc/iduo-desktop/ca.pem")
END = Path("/mnt/it/fire.end")
SOCKET = "host=/var/run/postgresql dbname=iduo user=postgres"


def hire_all(prefix: str) -> None:
    """Print who has which cases, and how much there is before they work."""
    with psycopg.connect(SOCKET) as connection:
        row = connection.execute("SELECT coalesce(max(number), 20000) FROM iduo.company").fetchone()
        begin = int(row[0]) - 20000 if row else 0
        kept = kept_already(connection)
        hired = {
            f"{prefix}{number}": hire(connection, f"{prefix}{number}", CASES, begin + number * CASES)
            for number in range(DESKS)
        }
    print(json.dumps({"hired": hired, "kept": kept}))


def work(hired: str, told: str) -> None:
    """Until somebody ends it; leaves what every desk was told and when."""
    begun = json.loads(Path(hired).read_text("utf-8"))
    servers, end = Servers(Path("/root/servers.json"), "fire"), threading.Event()
    desks = [
        Desk(Conninfo(HOSTS, "iduo", login, PASSWORD, AUTHORITY, servers=servers), end, mine)
        for login, mine in begun["hired"].items()
    ]
    workers = [threading.Thread(target=desk.work) for desk in desks]
    for worker in workers:
        worker.start()
    while not END.exists():
        time.sleep(0.1)
    end.set()
    for worker in workers:
        worker.join(60)
    left = [
        {
            "said": [[what, str(key), number] for (what, key), number in desk.said.items()],
            "times": desk.times,
            "troubles": desk.troubles,
        }
        for desk in desks
    ]
    Path(told).write_text(json.dumps({"desks": left, "kept": begun["kept"]}), "utf-8")


def judge_all(told: str) -> None:
    """Print how much of each there is; fails when something is lost or there twice."""
    desks, found = [], json.loads(Path(told).read_text("utf-8"))
    for left in found["desks"]:
        desk = Desk(Conninfo((), "", "", ""), threading.Event())
        desk.said = {(what, UUID(key)): number for what, key, number in left["said"]}
        desks.append(desk)
    with psycopg.connect(SOCKET) as connection:
        print(json.dumps(judge(desks, connection, found["kept"])))


def watch() -> None:
    """Print when this server begins to take what is written; it may be away for a moment."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        row: tuple[object, ...] | None = None
        with suppress(psycopg.OperationalError), psycopg.connect(SOCKET, autocommit=True) as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        if row == (False,):
            print(time.monotonic())
            return
        time.sleep(0.05)
    sys.exit("it does not take over")


VERBS: dict[str, Callable[..., None]] = {"hire": hire_all, "work": work, "judge": judge_all, "watch": watch}

if __name__ == "__main__":
    VERBS[sys.argv[1]](*sys.argv[2:])
