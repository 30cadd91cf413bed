"""Processes that all do the same at the same moment, each with a connection of its own."""

import multiprocessing
import sys
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg

Keywords = dict[str, Any]
Job = Callable[[psycopg.Connection, Sequence[int]], list[int]]
# one process that has everything loaded, and forks the others; Windows has no such thing
METHOD = "spawn" if sys.platform == "win32" else "forkserver"


def race(job: Job, racers: Iterable[Keywords], cases: Sequence[int]) -> list[list[int]]:
    """What each racer got: `job(connection, cases)` of all of them, begun when the last one is connected."""
    context: Any = multiprocessing.get_context(METHOD)
    if METHOD == "forkserver":
        context.set_forkserver_preload([__name__, "psycopg"])
    racers = [*racers]
    barrier = context.Barrier(len(racers))
    lines = [context.Pipe(duplex=False) for _ in racers]
    running = [
        context.Process(target=_run, args=(job, keywords, cases, barrier, line[1]), daemon=True)
        for keywords, line in zip(racers, lines, strict=True)
    ]
    for process in running:
        process.start()
    for _, end in lines:
        end.close()
    answers = [receiver.recv() for receiver, _ in lines]
    for process in running:
        process.join(30)
    failed = [answer for answer in answers if isinstance(answer, str)]
    assert not failed, failed[:3]
    return answers


def _run(job: Job, keywords: Keywords, cases: Sequence[int], barrier: Barrier, line: Connection) -> None:
    try:
        with psycopg.connect(autocommit=True, **keywords) as connection:
            barrier.wait(60)
            line.send(job(connection, cases))
    except Exception as error:  # noqa: BLE001  # told to the test, which fails with it
        barrier.abort()
        line.send(repr(error))


def take_each(connection: psycopg.Connection, cases: Sequence[int]) -> list[int]:
    """Take one case after the other through the door; those that one got."""
    got = []
    for case in cases:
        try:
            connection.execute("SELECT api.take_case(%s, gen_random_uuid())", [case])
        except psycopg.Error as error:
            # somebody else's
            assert error.sqlstate == "IU001", error  # noqa: PT017  # only that is expected
        else:
            got.append(case)
    return got


def look_then_take_each(connection: psycopg.Connection, cases: Sequence[int]) -> list[int]:
    """The same as most programs do it: look whether it is free, then take it."""
    got = []
    for case in cases:
        ((holder,),) = connection.execute("SELECT assigned_to FROM iduo.case WHERE id = %s", [case]).fetchall()
        if holder is None:
            change = (
                "UPDATE iduo.case SET assigned_to = 'nobody', assigned_at = clock_timestamp(), version = version + 1"
            )
            connection.execute(change + " WHERE id = %s", [case])
            got.append(case)
    return got


def take_next(connection: psycopg.Connection, cases: Sequence[int]) -> list[int]:
    """F8 until the list is empty."""
    got: list[int] = []
    while True:
        query = "SELECT case_id FROM api.take_next_case('delinquent', '{}', gen_random_uuid())"
        found = connection.execute(query).fetchone()
        if found is None:
            return got
        got.append(found[0])


def contact_own(connection: psycopg.Connection, cases: Sequence[int]) -> list[int]:
    """Register 8 contacts with the case among these that is one's own."""
    query = """SELECT attempt_id FROM api.log_attempt(%s, 'call', 'outbound', '', 1, '', NULL, NULL, NULL, 'x',
                                                      gen_random_uuid())"""
    ((own,),) = connection.execute("SELECT id FROM api.cases('mine')").fetchall()
    assert own in cases
    return [connection.execute(query, [own]).fetchall()[0][0] for _ in range(8)]
