"""Opening and closing a case through the door, with history, audit and feed, beside one plain statement."""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg

from bench import Result
from bench.house import House
from bench.timing import in_turns
from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, forms

ROUNDS = 150
LIST = "active"
INSERT = """INSERT INTO iduo.case (company_id, subject, list, opened_by, assigned_to, assigned_at, client_key)
    VALUES (%s, 'Reclamo', 'active', 'bench', 'bench', clock_timestamp(), 'gomez, ana') RETURNING id"""
UPDATE = """UPDATE iduo.case SET state = 'closed', closed_at = clock_timestamp(), closed_by = 'bench',
    closing_reason = 'Otro', version = version + 1 WHERE id = %s"""
VALUES = {
    "reason": "paid",
    "contact_reason": "collection",
    "status": "solved",
    "description": "Pagó por transferencia.",
}


def measure(house: House) -> Iterator[Result]:
    """With the disk waited for, as it is to be, and without."""
    conninfo = house.big()
    operator = house.person(conninfo, "bench_closer")
    with house.superuser(conninfo) as superuser:
        # no triggers: history, audit and feed are what the door adds
        superuser.execute("SET session_replication_role = replica")
        yield from _both(operator, superuser, "fsync on", 3.0)
        with house.without_fsync():
            yield from _both(operator, superuser, "fsync off", None)
    operator.close()


def _both(operator: Database, superuser: psycopg.Connection, disk: str, goal: float | None) -> Iterator[Result]:
    companies = iter(row.company_id for row in every_case(operator, LIST) if row.company_id is not None)
    ours: list[int] = []
    theirs: list[int] = []
    create, insert = in_turns(ROUNDS, *_creating(operator, superuser, companies, ours, theirs))
    yield Result(f"opening a case, {disk}", create, insert, "ms", create / insert, goal, note="beside: one INSERT")
    version = forms.closing_form(operator, ours[0]).version

    def close() -> None:
        cases.close(operator, ours.pop(), version, json.dumps(VALUES), uuid4())

    closed, updated = in_turns(ROUNDS, close, lambda: superuser.execute(UPDATE, [theirs.pop()]))
    yield Result(f"closing a case, {disk}", closed, updated, "ms", closed / updated, goal, note="beside: one UPDATE")


def _creating(
    operator: Database, superuser: psycopg.Connection, companies: Iterator[int], ours: list[int], theirs: list[int]
) -> tuple[Callable[[], None], Callable[[], None]]:
    """Two ways of opening a case; what they made is kept for closing."""

    def create() -> None:
        ours.append(cases.create(operator, next(companies), "Reclamo", LIST, True, uuid4()).case_id)

    def insert() -> None:
        theirs.extend(number for (number,) in superuser.execute(INSERT, [next(companies)]).fetchall())

    return create, insert


def every_case(database: Database, list: str) -> Iterator[cases.CaseRow]:
    """Rows of a list, page after page."""
    after: str | None = None
    while page := cases.page(database, list, after=after):
        yield from page
        after = page[-1].position
