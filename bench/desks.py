"""What desks cost the server: its processes' memory and connections, with real logins that all ask what a desk asks."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg

from bench import Result, serving
from bench.house import House
from iduo_desktop.database.connection import Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import agenda, cases, search, tickets

DESKS = (1, 10, 25, 50)
LOGINS = 25


def measure(house: House) -> Iterator[Result]:
    """Each desk holds two connections, one for its questions and one for the feed; what each connection takes."""
    if sys.platform != "linux":
        return
    conninfo = house.empty()
    with house.superuser(conninfo) as superuser:
        plain = psycopg.connect(conninfo)
        alone = serving.memory([plain.info.backend_pid])
        plain.close()
        open_now: list[Database] = []
        for count in DESKS:
            while len(open_now) < 2 * count:
                open_now += _desk(house, conninfo, len(open_now) // 2)
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(_work, range(count), open_now[0::2], open_now[1::2]))
            pids = [row[0] for row in superuser.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename ^@ 'bench_desk'").fetchall()]  # fmt: skip
            total = serving.memory(pids) / serving.MEBI
            each = total / len(pids)
            note = f"{len(pids)} connections, {total:.0f} MB in all"
            name = f"memory of a connection, {count} desks"
            yield Result(name, each, alone / serving.MEBI, "MB", each * serving.MEBI / alone, None, note=note)
        for one in open_now:
            one.close()


def _desk(house: House, conninfo: str, number: int) -> tuple[Database, Database]:
    """Four connections a person are allowed: two desks share a login here."""
    login = f"bench_desk{number % LOGINS}"
    return house.person(conninfo, login), house.person(conninfo, login)


def _work(number: int, worker: Database, feed: Database) -> None:
    """What the window asks when it opens, and a message."""
    Feed(feed).poll()
    for name in ("mine", "active", "delinquent"):
        cases.page(worker, name)
    cases.counts(worker)
    cases.filter_choices(worker)
    agenda.counts(worker)
    tickets.page(worker, "open")
    tickets.desk(worker)
    search.everything(worker, f"Pérez {number}")
    new = tickets.NewTicket("phone", "client", "Sin internet.", 1, surname="Pérez", email="ana@correo.example")
    tickets.create(worker, new, uuid4())
