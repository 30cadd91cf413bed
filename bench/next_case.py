"""«Tomar el siguiente» by 1, 8 and 50 people at once on one list, beside the same that waits for locked rows."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import psycopg

from bench import Result
from bench.house import House

LIST = "suspended"
PEOPLE = (1, 8, 50)
SECONDS = 3.0
ROUNDS = 3
ALL = 50_000
LONGEST = 400.0
NEXT = "SELECT case_id FROM api.take_next_case(%s, '{}', %s)"
WAITING = "SELECT case_id FROM api.take_next_waiting(%s, '{}', %s)"


def measure(house: House) -> Iterator[Result]:
    """Cases a second; and 50,000 taken by fifty people, none of them twice."""
    conninfo = house.big()
    with house.superuser(conninfo) as superuser:
        _make_reference(superuser)
    everybody = [house.raw(conninfo, f"bench_{number}") for number in range(max(PEOPLE))]
    for number in PEOPLE:
        taken: dict[str, list[int]] = {NEXT: [], WAITING: []}
        for _ in range(ROUNDS):
            for query, found in taken.items():
                found.extend(_take(everybody[:number], query, SECONDS))
                _close_all(house, conninfo)
        ours, theirs = (len(found) / SECONDS / ROUNDS for found in taken.values())
        goal = 3.0 if number == max(PEOPLE) else None
        note = f"{_doubles(taken[NEXT])} doubles"
        yield Result(f"next case, {number} at once", ours, theirs, "/s", ours / theirs, goal, True, note)
    yield _without_doubles(house, conninfo, everybody)
    for connection in everybody:
        connection.close()


def _without_doubles(house: House, conninfo: str, everybody: Sequence[psycopg.Connection]) -> Result:
    """Goes on until enough are taken; without waiting for the disk, which is quicker and as crowded."""
    taken: list[int] = []
    begun = time.monotonic()
    with house.without_fsync():
        while len(taken) < ALL and time.monotonic() - begun < LONGEST:
            taken += _take(everybody, NEXT, SECONDS)
            _close_all(house, conninfo)
    doubles = _doubles(taken)
    return Result(f"doubles among {len(taken):,} taken by 50", doubles, 0, "", float(doubles), 0.5)


def _take(everybody: Sequence[psycopg.Connection], query: str, seconds: float) -> list[int]:
    """What all of them together take in that time."""
    together = Barrier(len(everybody))

    def work(connection: psycopg.Connection) -> list[int]:
        found = []
        together.wait()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            try:
                found += [case for (case,) in connection.execute(query, [LIST, uuid4()]).fetchall()]
            except psycopg.errors.LockNotAvailable:
                continue
        return found

    with ThreadPoolExecutor(len(everybody)) as pool:
        return [case for found in pool.map(work, everybody) for case in found]


def _doubles(taken: Sequence[int]) -> int:
    return sum(times - 1 for times in Counter(taken).values())


def _close_all(house: House, conninfo: str) -> None:
    """Nobody keeps what he took, or counting his open cases would become the work."""
    with house.superuser(conninfo) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            """UPDATE iduo.case SET state = 'closed', closed_at = clock_timestamp(), closed_by = 'bench'
            WHERE state = 'open' AND assigned_to LIKE 'bench%'"""
        )


def _make_reference(superuser: psycopg.Connection) -> None:
    """The same two functions, but for rows that somebody holds they wait."""
    for schema, name in (("iduo", "first_free"), ("api", "take_next_case")):
        query = "SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace = %s::regnamespace AND proname = %s"
        ((made,),) = superuser.execute(query, [schema, name]).fetchall()
        made = made.replace("SKIP LOCKED", "").replace("first_free(", "first_free_waiting(")
        superuser.execute("SET ROLE iduo_owner")
        superuser.execute(made.replace("take_next_case(", "take_next_waiting("))
        superuser.execute("RESET ROLE")
    superuser.execute("GRANT EXECUTE ON FUNCTION api.take_next_waiting TO iduo_operator")
