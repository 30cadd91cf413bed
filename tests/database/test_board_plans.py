"""With 200,000 contacts and 40,000 messages no plot of a day reads them all, asked as a coordinator."""

from datetime import timedelta
from functools import partial

import psycopg
import pytest

from bench import million_board
from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, clocks, supervision
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.supervision import Span
from tests.database.house import Filled
from tests.database.watched import Watched
from tests.people import People

PART = 0.2
BIG = {"company", "case", "attempt", "promise", "ticket", "call"}
# 500 lines with their clients, a list of 18,000 cases by its index; 500 cases without a next action are sorted first.
MOST_PAGES = 6_000
MOST_OF_ORPHANS = 12_000
KINDS = (
    *("contacts", "calls", "reached", "promises", "kept", "broken", "pending", "closed", "tickets", "communicated"),
    *("overrides", "doubtful"),
)


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With three months of a busy desk."""
    return filled("board", partial(million_board.fill, part=PART))


@pytest.mark.timeout(300)
def test_nothing_of_the_board_reads_it_whole(superuser: psycopg.Connection, people: People) -> None:
    people.add("marta", "coordinator")
    marta = Watched(Database(people.conninfo("marta"), deadline=60), BIG, MOST_PAGES)
    today = clocks.now().date()
    ((team,),) = superuser.execute("SELECT id FROM iduo.team").fetchall()
    for span in (Span(today, today), Span(today - timedelta(days=40), today - timedelta(days=40), team)):
        for ask in (
            *(supervision.figures, supervision.tickets_by_hour, supervision.promises_by_day, supervision.operators),
            supervision.pauses,
        ):
            marta.ask(f"{ask.__name__} {span}", ask, span)
        for kind in KINDS:
            marta.ask(f"{kind} of all", supervision.work, kind, None, span)
            assert marta.ask(f"{kind} of one", supervision.work, kind, "desk5", span) is not None
    marta.ask("ages", supervision.unanswered_by_age)
    marta.ask("people", supervision.people_in, None)
    for kind in ("no_action", "absent"):
        marta.ask(kind, supervision.orphan_cases, kind, most=MOST_OF_ORPHANS)
    for name in ("delinquent", "active", "withdrawn"):
        assert sum(bar.value for bar in marta.ask(f"levels of {name}", supervision.contacts_by_level, name)) >= 0
        for wanted in (CaseFilter(level=0), CaseFilter(level=1), CaseFilter(level=5), CaseFilter(never_contacted=True)):
            rows = marta.ask(f"{name} {wanted}", cases.page, name, wanted)
            marta.ask(f"{name} {wanted} only", cases.page, name, wanted, only=tuple(row.id for row in rows[:20]))
    marta.database.close()
    assert marta.asked > 60
    assert marta.problems == []
