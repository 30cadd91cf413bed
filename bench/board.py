"""The board at a million contacts: each figure and plot for a day and for a month, beside a plain count of the rows."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg

from bench import Result, million_board
from bench.house import House
from bench.timing import in_turns
from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, clocks, supervision
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.supervision import Span

NAME = "bench_board"
ROUNDS = 15
# Milliseconds within which a plot stands there.
GOAL_MS = 300
LIST = "delinquent"

CONTACTS = "SELECT count(*) FROM iduo.attempt a WHERE a.at >= %(since)s AND a.at < %(until)s"
TICKETS = "SELECT count(*) FROM iduo.ticket t WHERE t.at >= %(since)s AND t.at < %(until)s"
WINDOW = "SELECT count(*) FROM iduo.attempt a WHERE a.at > now() - interval '7 days'"
UNANSWERED = "SELECT count(*) FROM iduo.ticket t WHERE t.state IN ('open', 'awaiting_answer')"
DUE = "SELECT count(*) FROM iduo.promise p WHERE p.due_date BETWEEN %(first)s AND %(last)s"
OPEN = "SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.list = 'delinquent'"
MINE = "SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to IS NOT NULL"

Ask = Callable[[Database, Span], object]


def measure(house: House) -> Iterator[Result]:
    """As a coordinator, through the program's own layer; the counts beside are the superuser's."""
    conninfo = house.filled(NAME, million_board.fill)
    coordinator = house.person(conninfo, "bench_board", "coordinator")
    today = clocks.now().date()
    with house.superuser(conninfo) as superuser:
        for name, days in (("a day", 0), ("30 days", 29)):
            span = Span(today - timedelta(days=days), today)
            for what, ask, beside in (
                ("figures", supervision.figures, CONTACTS),
                ("tickets by hour", supervision.tickets_by_hour, TICKETS),
                ("promises", supervision.promises_by_day, DUE),
                ("operators", supervision.operators, CONTACTS),
            ):
                yield _measured(f"board, {what}, {name}", coordinator, superuser, ask, beside, span)
        for what, asked, beside in _now():
            yield _measured(f"board, {what}", coordinator, superuser, asked, beside, Span(today, today))
    coordinator.close()


def _now() -> Iterator[tuple[str, Ask, str]]:
    """What does not go by days, and the lists behind bars."""
    yield "contacts by level", lambda database, _: supervision.contacts_by_level(database, LIST), WINDOW
    yield "unanswered by age", lambda database, _: supervision.unanswered_by_age(database), UNANSWERED
    yield "who is in", lambda database, _: supervision.people_in(database, None), "SELECT count(*) FROM iduo.staff"
    yield "without a next action", lambda database, _: supervision.orphan_cases(database, "no_action"), MINE
    yield "of absent people", lambda database, _: supervision.orphan_cases(database, "absent"), MINE
    yield "work behind a figure", lambda database, span: supervision.work(database, "contacts", None, span), CONTACTS
    for level in (0, 3):
        yield f"list at level {level}", _at_level(level), OPEN


def _at_level(level: int) -> Ask:
    return lambda database, _: cases.page(database, LIST, CaseFilter(level=level))


def _measured(
    name: str, coordinator: Database, superuser: psycopg.Connection, ask: Ask, beside: str, span: Span
) -> Result:
    def count() -> object:
        values = {
            "since": f"{span.first} 00:00-03",
            "until": f"{span.last + timedelta(days=1)} 00:00-03",
            "first": span.first,
            "last": span.last,
        }
        return superuser.execute(beside, values).fetchall()

    spent, counted = in_turns(ROUNDS, lambda: ask(coordinator, span), count)
    note = f"goal {GOAL_MS} ms: the ratio is of it; {spent / counted:.1f} times a plain count"
    return Result(name, spent, counted, "ms", spent / GOAL_MS, 1.0, note=note)
