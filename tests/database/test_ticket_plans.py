"""With a million tickets no list, search or command reads them all, asked as an operator under row security."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from bench import million_tickets
from iduo_desktop.database.connection import Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import TicketFilter
from iduo_desktop.terms import TicketState
from tests.database import test_plans
from tests.database.house import Filled
from tests.database.test_plans import ROWS
from tests.database.watched import Watched
from tests.people import People
from tests.services.messages import new

TODAY = datetime.now(UTC).date()
# The commonest words of a million messages are looked for among the last 100,000 of them, old ones behind all that came
# since, in an index; the table has 150,000 pages.
MOST_PAGES_FOR_WORDS = 60_000
# All 25,000 of a common surname are looked up before they are sorted by something else.
MOST_PAGES_FOR_NAMES = 100_000
MOST_PAGES = 15_000
SORTS = ("work", "number", "person", "company")
FILTERS = (
    *(TicketFilter(text="gonzalez"), TicketFilter(text="sin internet desde"), TicketFilter(text="numerado4711")),
    *(TicketFilter(text="100042"), TicketFilter(text="zzyzx"), TicketFilter(company_number="100042")),
    *(TicketFilter(company_number="1"), TicketFilter(surname="gonz"), TicketFilter(surname="zzyzx")),
    *(TicketFilter(document="24118903"), TicketFilter(document="24"), TicketFilter(phone_key="3410006007")),
    *(TicketFilter(email="correo77"), TicketFilter(email="nadie@"), TicketFilter(topic_id=3), TicketFilter(topic_id=7)),
    *(TicketFilter(kind="claim"), TicketFilter(channel="outbound"), TicketFilter(channel="fax")),
    *(TicketFilter(caller_kind="other"), TicketFilter(caller_kind="nobody"), TicketFilter(taken_by="bench")),
    *(TicketFilter(taken_by="ana"), TicketFilter(first=TODAY, last=TODAY)),
    *(TicketFilter(first=TODAY - timedelta(400), last=TODAY - timedelta(399)), TicketFilter(first=TODAY)),
    *(TicketFilter(last=TODAY - timedelta(600)), TicketFilter(surname="gonz", kind="claim", channel="chat")),
    TicketFilter(first=TODAY - timedelta(90), last=TODAY - timedelta(60), kind="claim"),
)
TYPED = (
    *("100042", "100 042", "1000421", "P-0042-0000", "24118903", "24.118", "2411", "341 15 000-6007", "4236007"),
    *("gonzalez", "gonz", "go", "zz", "zzyzx", "maria", "jose gonz", "gonz mar", "gonzález maría luz", "peña", "a b"),
    *("internet", "reclamo", "reclamo num", "numerado4711", "vive en mitre", "sin internet desde ayer"),
    *("empresa gonzalez", "banco", "cuadrilla", "técnico", "de la", "en", "zzz zzz"),
)


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With a million tickets."""
    return filled("tickets", million_tickets.fill, statements=[ROWS])


def deep(superuser: psycopg.Connection, state: str, sort: str) -> str:
    """A position in the middle of a list."""
    column = {"person": 'person_key COLLATE "C"', "company": 'company_key COLLATE "C"', "number": "number"}.get(sort)
    column = column or ("communicated_at" if state == "communicated" else "work_key")
    query = f"""
        SELECT jsonb_build_array({column}, id)::text FROM iduo.ticket WHERE state = %s ORDER BY {column}, id
        OFFSET (SELECT count(*) / 2 FROM iduo.ticket WHERE state = %s) LIMIT 1"""
    ((position,),) = superuser.execute(query, [state, state]).fetchall()
    return str(position)


def ask_for_lists(watched: Watched, superuser: psycopg.Connection) -> None:
    """Every list in every order: its first and a middle page, and what each filter leaves of it."""
    for state in TicketState:
        for sort in SORTS:
            for descending in (False, True):
                for after in (None, deep(superuser, state, sort)):
                    what = f"{state} by {sort}{' descending' if descending else ''} after {after}"
                    page = watched.ask(what, tickets.page, state, TicketFilter(), sort, descending, after)
                    assert page
            for wanted in FILTERS:
                most = MOST_PAGES_FOR_NAMES if wanted.surname or wanted.document else MOST_PAGES
                most = MOST_PAGES_FOR_WORDS if wanted.text or wanted.first or wanted.last else most
                watched.ask(f"{state} by {sort} {wanted}", tickets.page, state, wanted, sort, most=most)
        only = tuple(row.id for row in tickets.page(watched.database, state))
        watched.ask(f"{state} only", tickets.page, state, only=only)
        watched.ask(f"{state} only, filtered", tickets.page, state, TicketFilter(kind="claim"), only=only)


def ask_for_the_rest(watched: Watched) -> None:
    """Counts, searches, cards and every command."""
    watched.ask("counts", tickets.counts)
    for typed in TYPED:
        watched.ask(f"find {typed}", tickets.find, typed, most=MOST_PAGES_FOR_WORDS)
    found = tickets.page(watched.database, "awaiting_communication", limit=3)
    watched.ask("card", tickets.card, found[0].id)
    for given in ((77, None, "", "", ""), (None, 5, "24118903", "3410006007", "sin internet")):
        watched.ask("similar", tickets.similar, *given)
    watched.ask("create", tickets.create, new(), uuid4())
    watched.ask("insist", tickets.insist, tickets.page(watched.database, "open", limit=1)[0].id, "x", uuid4())
    done = watched.ask("communicate", tickets.communicate, found[0].id, "Ana", found[0].version, uuid4())
    watched.ask("undo", tickets.undo, done.event)
    watched.ask("send back", tickets.send_back, found[1].id, "x", uuid4())
    watched.ask("take", tickets.take, tickets.page(watched.database, "open", limit=1)[0].id, uuid4())
    watched.ask("note", tickets.add_note, found[2].id, "x", uuid4())
    rows = tickets.page(watched.database, "awaiting_answer", limit=50)
    watched.ask("answer", tickets.answer, tuple(row.id for row in rows), "x", uuid4())


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_reads_all_tickets(superuser: psycopg.Connection, people: People) -> None:
    """One test, because making the million takes longer than asking everything of them."""
    superuser.execute("UPDATE iduo.setting SET value = 'true' WHERE name = 'ticket_check_digit'")
    people.add("ana", "operator", "answerer")
    watched = Watched(Database(people.conninfo("ana"), deadline=60), test_plans.BIG, test_plans.MOST_PAGES)
    ask_for_lists(watched, superuser)
    ask_for_the_rest(watched)
    watched.database.close()
    assert watched.asked > 500
    assert watched.problems == []
