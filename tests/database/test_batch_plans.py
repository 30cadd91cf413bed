"""With many tickets and cases, what goes out and comes in reads neither table whole, and exports page by page."""

import json
import re
from functools import partial
from uuid import uuid4

import psycopg
import pytest

from bench import million_tickets
from iduo_desktop.database.connection import Database
from iduo_desktop.services import answers, batches, exports, sending
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.terms import TicketState
from tests.database import test_plans
from tests.database.house import Filled
from tests.database.test_ticket_plans import MOST_PAGES, MOST_PAGES_FOR_NAMES
from tests.database.watched import Watched
from tests.people import People
from tests.services.test_answers import SHA, row
from tests.services.test_contact_batches import person

MANY = 60_000
BIG = re.compile(
    r"reads \[.*'(ticket|case|ticket_event|case_event)'.*\] whole|^(more )?(cases|tickets) .*reads \d+ pages"
)
CASES = """
WITH o AS (INSERT INTO iduo.company (number, kind, surname, names, service_status, plan)
           SELECT 100000 + i, 'person', 'Gómez ' || i % 977, 'Ana ' || i, 'delinquent', 'Plan ' || i % 7
           FROM generate_series(1, 60000) i
           RETURNING id, number, client_key, plan)
INSERT INTO iduo.case (company_id, list, opened_by, client_key, plan, last_contact_at)
SELECT id, CASE number % 3 WHEN 0 THEN 'delinquent' WHEN 1 THEN 'suspended' ELSE 'active' END, 'bench', client_key,
       plan, clock_timestamp() - number * interval '1 minute' FROM o"""
# all but a few hundred went out before
SENT = "UPDATE iduo.ticket SET sent_insisted = insisted WHERE state = 'open' AND id % 10 <> 0"
PERSONS = """
INSERT INTO iduo.contact (surname, names, document, document_type, by)
SELECT 'Paz ' || i, 'Eva', (30000000 + i)::text, 'dni', 'bench' FROM generate_series(1, 60000) i"""
MORE = ("SET session_replication_role = replica", CASES, SENT, PERSONS, "VACUUM ANALYZE")


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With many tickets, cases and persons."""
    return filled("batches", partial(million_tickets.fill, tickets=MANY), statements=MORE)


def ask_for_batches(watched: Watched) -> None:
    """A batch goes out, its answers come back, and both are taken back; a list of persons comes."""
    watched.ask("unsent", sending.unsent)
    first = watched.ask("prepare", sending.prepare, None, None, uuid4())
    assert 300 < first.tickets < 2000
    rows = watched.ask("tickets", sending.tickets, first.batch_id)
    watched.ask("more tickets", sending.tickets, first.batch_id, rows[-1].row - 5)
    watched.ask("send", sending.send, first.batch_id, "x.xlsx", SHA, True, uuid4())
    opened = watched.ask("open", answers.open_answers, "x.xlsx", SHA, first.batch_id, uuid4())
    told = json.dumps([row(n, one) for n, one in enumerate(rows, 1)] + [row(9001, 404), row(9002, "100 1023")])
    watched.ask("stage", batches.stage, opened.batch_id, told)
    watched.ask("trial", answers.apply, opened.batch_id, (), True)
    watched.ask("apply", answers.apply, opened.batch_id, (), False)
    watched.ask("outcomes", answers.outcomes, opened.batch_id)
    watched.ask("board", batches.board)
    watched.ask("undo answers", batches.undo, opened.batch_id, uuid4())
    watched.ask("undo batch", batches.undo, first.batch_id, uuid4())
    persons = watched.ask("open persons", batches.open_batch, "x.xlsx", SHA, uuid4(), "contacts")
    listed = json.dumps([person(n, document=str(30000000 + n)) for n in range(1, 90)] + [person(95)])
    watched.ask("stage persons", batches.stage, persons.batch_id, listed)
    watched.ask("trial of persons", batches.apply, persons.batch_id, True)
    watched.ask("apply persons", batches.apply, persons.batch_id, False)


def ask_for_pages(watched: Watched, marta: Database) -> None:
    """The first page of an export, the second, and one of a filtered list."""
    for name in ("delinquent", "active", "mine", "closed"):
        for wanted in (CaseFilter(), CaseFilter(plan="Plan 3"), CaseFilter(text="gomez 12")):
            opened = exports.open_cases(marta, name, wanted.as_json(), "x")
            page = watched.ask(f"cases {name} {wanted}", exports.cases, opened.receipt, None, 200)
            if page:
                watched.ask(f"more cases {name} {wanted}", exports.cases, opened.receipt, page[-1].position, 200)
    for state in ("", *TicketState):
        for filtered in (TicketFilter(), TicketFilter(surname="gonz"), TicketFilter(kind="claim")):
            opened = exports.open_tickets(marta, state, filtered.as_json(), "x")
            # all of a common surname are looked up before they are sorted by something else
            most = MOST_PAGES_FOR_NAMES if filtered.surname else MOST_PAGES
            page = watched.ask(f"tickets {state} {filtered}", exports.tickets, opened.receipt, None, 200, most=most)
            if page:
                position = page[-1].position
                what = f"more tickets {state} {filtered}"
                watched.ask(what, exports.tickets, opened.receipt, position, 200, most=most)


@pytest.mark.timeout(600)
def test_nothing_reads_all_of_them(superuser: psycopg.Connection, people: People) -> None:
    people.add("marta", "coordinator")
    superuser.execute("UPDATE iduo.setting SET value = '1000' WHERE name = 'exports_per_hour'")
    watched = Watched(Database(people.conninfo("marta"), deadline=120), test_plans.BIG, test_plans.MOST_PAGES)
    marta = people.become("marta")
    ask_for_batches(watched)
    ask_for_pages(watched, marta)
    watched.database.close()
    assert watched.asked > 40
    # the other tables are next to empty here, and what is done with 500 rows may look at many pages
    assert [said for said in watched.problems if BIG.search(said)] == []
