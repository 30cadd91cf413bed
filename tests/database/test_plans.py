"""With a million cases no list, search or command reads a big table whole, asked as an operator under row security."""

import json
from uuid import uuid4

import psycopg
import pytest

from bench import million, million_desk
from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, assistants, calls, cases, companies, contacts, forms, policies, staff
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.contacts import NewContact
from tests.database.house import Filled
from tests.database.watched import Plan, Watched
from tests.people import People

BIG = {"company", "company_phone", "case", "case_event", "attempt", "ticket", *million_desk.TABLES}
# Pages of 8 kB that one statement and those inside it may read; the smallest big table has more than 20,000.
MOST_PAGES = 15_000
# The commonest name of a million people, in the list in which it is rarest: each is asked whether he is in it.
MOST_PAGES_FOR_NAMES = 200_000
LISTS = ("mine", "suspended", "delinquent", "withdrawn", "active", "closed")
SORTS = ("work", "client", "debt", "cutoff", "contact")
FILTERS = (
    CaseFilter(plan="Fibra 300"),
    CaseFilter(plan="nobody has it"),
    CaseFilter(locality="Rosario"),
    CaseFilter(locality="nobody lives there"),
    CaseFilter(plan="Fibra 300", locality="Rosario", free=True),
    CaseFilter(extended=True),
    CaseFilter(extended=False),
    CaseFilter(not_contacted_today=True),
    CaseFilter(free=True),
    CaseFilter(extended=True, not_contacted_today=True, free=True),
    CaseFilter(text="gonzalez"),
    CaseFilter(text="maria del"),
    CaseFilter(text="zz"),
    CaseFilter(text="100042"),
    CaseFilter(text="zzyzx", plan="Fibra 300"),
)
TYPED = (
    *("ze", "zq", "gonzalez", "gonz mar", "mar gonz jo", "a b", "an ju", "zzzzzz", "g", "go 5"),
    *("100042", "5200000", "52", "20-12345678-9", "3416007", "0341 15-600-7000", "4236007", "+54 9 341 601 2014"),
)
SAID = (
    *("paz ana", "núñez maría josé", "persona4000@correo.example", "persona4", "24118903", "AB123456", "20-5200000-1"),
    *("0341 15-600-7013", "+54 9 341 601 4026", "interno 4", "", "%"),
)
KEYED = ("1204", "100042", "4", "UG-04", "ug 1999", "ug", "zona norte", "0", "", "9" * 12)

HERS = """
    UPDATE iduo.case SET assigned_to = %s, assigned_at = clock_timestamp(), touched_at = clock_timestamp(),
                         next_action_at = NULL, version = version + 1 WHERE id %% 40000 = 1 AND state = 'open'"""
ONE = """
    SELECT id, company_id FROM iduo.case WHERE state = 'open' AND list = 'suspended' AND assigned_to IS NULL
    ORDER BY id DESC LIMIT 1"""

# Every fifth company has messages; one of them has 30,000.
MESSAGES = """
    INSERT INTO iduo.ticket (kind, channel, caller_kind, company_id, company_number, contact_id, surname, phone,
                             phone_key, text, state, answer, answered_at, answered_by, created_by, key, payload_hash)
    SELECT 'question', 'phone', 'client', o.id, o.number, p.id, p.surname, f.typed, f.search_key, 'No puedo entrar',
           CASE WHEN w THEN 'awaiting_communication' ELSE 'open' END, CASE WHEN w THEN 'Ya está.' ELSE '' END,
           CASE WHEN w THEN now() END, CASE WHEN w THEN 'bench' END, 'bench', gen_random_uuid(), sha256('')
    FROM generate_series(1, 120000) n, LATERAL (SELECT n % 3 = 0 AS w, 1 + n * 5 % CASE WHEN n % 4 = 0 THEN 10
         ELSE 1000000 END AS id) x JOIN iduo.company o ON o.id = x.id JOIN iduo.contact p ON p.id = x.id
    JOIN iduo.contact_phone f ON f.contact_id = x.id"""
ROWS = "UPDATE iduo.setting SET value = '1000000' WHERE name = 'rows_per_hour'"


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With a million cases."""
    return filled("million", million.fill, million_desk.fill, statements=[ROWS])


def positions(superuser: psycopg.Connection, login: str, name: str, sort: str) -> tuple[list[str], list[str]]:
    """Where the middle and the last page begin, and where the last one begins when the order is turned."""
    column = {"client": 'client_key COLLATE "C"', "debt": "debt_key", "cutoff": "cutoff_key"}.get(sort, "work_key")
    column = "closed_at" if (name, sort) == ("closed", "work") else column
    inside = {"mine": "state = 'open' AND assigned_to = %(login)s", "closed": "state = 'closed'"}
    where = inside.get(name, "state = 'open' AND list = %(name)s")
    part = int(sort == "work" and name != "closed")
    if part:
        where += " AND coalesce(next_action_at > clock_timestamp(), true)"
    values: dict[str, object] = {"login": login, "name": name}
    ((count,),) = superuser.execute(f"SELECT count(*) FROM iduo.case WHERE {where}", values).fetchall()

    def at(order: str, number: int) -> str:
        query = f"""
            SELECT jsonb_build_array({part}, {column}, id, clock_timestamp())::text FROM iduo.case WHERE {where}
            ORDER BY {column} {order}, id {order} OFFSET %(number)s LIMIT 1"""
        ((position,),) = superuser.execute(query, values | {"number": number}).fetchall()
        return str(position)

    last = at("DESC", min(count - 1, 150))
    first = at("ASC", min(count - 1, 150))
    turned = (name, sort) == ("closed", "work")
    return [at("ASC", count // 2), first if turned else last], [last if turned else first]


def ask_for_lists(watched: Watched, superuser: psycopg.Connection, login: str) -> None:
    """Every list in every order: its first, a middle and its last page, and what a filter leaves of it."""
    for name in LISTS:
        for sort in SORTS:
            for descending, deep in zip((False, True), positions(superuser, login, name, sort), strict=True):
                what = f"{name} by {sort}{' descending' if descending else ''}"
                watched.ask(what, cases.page, name, sort=sort, descending=descending)
                for after in deep:
                    page = watched.ask(f"{what} after {after}", cases.page, name, CaseFilter(), sort, descending, after)
                    assert page or name == "mine"
        for wanted in FILTERS:
            most = MOST_PAGES_FOR_NAMES if wanted.text else MOST_PAGES
            for sort in SORTS:
                watched.ask(f"{name} by {sort} {wanted}", cases.page, name, wanted, sort, most=most)
        rows = cases.page(watched.database, name)
        only = tuple(row.id for row in rows)
        watched.ask(f"{name} only", cases.page, name, only=only)
        watched.ask(f"{name} only, filtered", cases.page, name, CaseFilter(plan="Fibra 300"), only=only[:20])


def ask_for_the_rest(watched: Watched, case: int, company: int) -> None:
    """Counts, searches, the card and what else a window asks all day."""
    watched.ask("counts", cases.counts)
    watched.ask("choices", cases.filter_choices)
    for typed in TYPED:
        watched.ask(f"find {typed}", companies.find, typed, most=MOST_PAGES_FOR_NAMES)
    watched.ask("card", cases.card, case)
    for before in (None, 1_000, 1):
        watched.ask("timeline", cases.timeline, company, before)
    for event in (None, 0, 10**9):
        watched.ask("taken from me", cases.taken_from_me, event)
    watched.ask("form", forms.closing_form, case)
    watched.ask("dispositions", policies.dispositions)
    watched.ask("me", staff.me, "9.0.0")


def ask_for_moves(watched: Watched, case: int, company: int) -> None:
    """Every command of an operator."""
    for wanted in (CaseFilter(), *FILTERS):
        for name in LISTS:
            most = MOST_PAGES_FOR_NAMES if wanted.text else MOST_PAGES
            found = watched.ask(f"next of {name} {wanted}", cases.take_next, name, wanted, uuid4(), most=most)
            if found:
                cases.undo(watched.database, found.event)
    watched.ask("take", cases.take, case, uuid4())
    watched.ask("watch", cases.watch, case, True)
    watched.ask("contact", activities.log_attempt, case, activities.Attempt("call", 1, override_reason="x"), uuid4())
    watched.ask("move", cases.move, case, "active", "x", None, uuid4())
    watched.ask("correct", companies.correct, company, "street", "Mitre 5", 1, uuid4())
    released = watched.ask("release", cases.release, case, uuid4())
    watched.ask("undo", cases.undo, released.event)
    watched.ask("create", cases.create, company, "x", "active", False, uuid4())
    values = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "x"}
    watched.ask("close", cases.close, case, 1, json.dumps(values), uuid4())


def ask_for_the_desk(watched: Watched, superuser: psycopg.Connection) -> None:
    """Who calls, which company, who its assistants are: what is asked while somebody waits on the line."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(MESSAGES)
    superuser.execute("ANALYZE iduo.ticket")
    for keyed in KEYED:
        watched.ask(f"companies {keyed}", assistants.companies_by_number, keyed)
    # 1 has all those messages, 20 a unit and assistants
    for company in (1, 6, 20, 500_000, 0):
        if company:
            watched.ask(f"desk {company}", assistants.company, company)
        for said in (*TYPED, *SAID):
            watched.ask(f"contacts {said}", contacts.find, said, company or None, most=MOST_PAGES_FOR_NAMES)
    for caller, keyed in (
        ("3410007013", ""),
        ("3410042078", "100001"),
        ("3410007013", "4"),
        ("", "100006"),
        ("9" * 10, ""),
    ):
        call = Incoming(caller, None, caller, 1, keyed, f"{caller}{keyed}")
        card = watched.ask(f"call {caller} {keyed}", calls.receive, call, uuid4())
        assert card.callers or caller == "9" * 10
        watched.ask("the same call", calls.receive, call, uuid4())
        watched.ask("end of a call", calls.end, card.id, "test", "", uuid4())
    kept = watched.ask("new contact", contacts.create, NewContact("Paz", "Ana", company_id=20), uuid4())
    number = ("4210000", None, "3414210000", "fixed", True)
    watched.ask("another telephone", contacts.add_phone, kept.contact_id, *number, uuid4())
    assert watched.ask("disclosure", assistants.disclose, 20, "asked", "Ana", None, None, uuid4())


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_reads_a_big_table_whole(superuser: psycopg.Connection, people: People) -> None:
    """One test, because making the million cases takes longer than asking everything of them."""
    login = people.add("ana", "operator")
    superuser.execute(HERS, [login])
    superuser.execute("UPDATE iduo.company SET extended_until = current_date + 3 WHERE id % 500 = 7")
    superuser.execute("ANALYZE iduo.case, iduo.company")
    watched = Watched(Database(people.conninfo("ana"), deadline=60), BIG, MOST_PAGES)
    ((case, company),) = superuser.execute(ONE).fetchall()
    ask_for_lists(watched, superuser, login)
    ask_for_the_rest(watched, case, company)
    ask_for_moves(watched, case, company)
    ask_for_the_desk(watched, superuser)
    watched.database.close()
    assert watched.asked > 800
    assert watched.problems == []


def test_a_whole_scan_is_noticed() -> None:
    """The test above can fail."""
    plan = Plan(
        "x",
        {"Node Type": "Limit", "Shared Hit Blocks": 7, "Plans": [{"Node Type": "Seq Scan", "Relation Name": "case"}]},
    )
    assert plan.whole_tables == {"case"}
    assert plan.pages == 7
