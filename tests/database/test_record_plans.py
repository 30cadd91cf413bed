"""Among many persons nothing that is asked of their records reads them all, as an operator under row security."""

from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, contact_records, contacts
from iduo_desktop.services.cases import CaseFilter
from tests.database import test_plans
from tests.database.house import Filled
from tests.database.watched import Watched
from tests.people import People
from tests.services.persons import HEALTH

MOST_PAGES = 900
MOST_PAGES_WITH_CATALOGUE = 1_450
# Two hundred lines, each with its telephone, its cases, its flags and what is next.
MOST_PAGES_FOR_LINES = 6_000
# All who have an open case are looked up before they are sorted.
MOST_PAGES_FOR_OPEN = 30_000
# A short text is the beginning of many names, and each of those is asked whether he has a case in the list.
MOST_PAGES_FOR_NAMES = 30_000
# Enough that reading all of them shows: their table has more than 1,500 pages.
MANY = (
    "INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Bench')",
    "SET session_replication_role = replica",
    """INSERT INTO iduo.contact (surname, names, document_type, document, birth_date, by)
    SELECT (ARRAY['González', 'Rodríguez', 'Gómez', 'Fernández', 'Núñez', 'Paz', 'Zárate'])[1 + n % 7]
           || ' ' || n / 300, (ARRAY['Ana', 'Eva', 'Luis', 'María Luz', 'José'])[1 + n % 5], 'dni',
           (5200000 + n)::text, date '1950-01-01' + n % 20000, 'bench' FROM generate_series(1, 60000) n""",
    """INSERT INTO iduo.contact_phone (contact_id, typed, search_key, valid)
    SELECT n, '0341 15-' || n, '341' || lpad((n::bigint * 7013 % 9999991)::text, 7, '0'), true
    FROM generate_series(1, 60000) n""",
    """INSERT INTO iduo.contact_email (contact_id, address, valid)
    SELECT n, 'persona' || n || '@correo.example', true FROM generate_series(4, 60000, 4) n""",
    """INSERT INTO iduo.company (number, kind, surname, service_status)
    SELECT n, 'person', 'Cliente ' || n, 'active' FROM generate_series(1, 60000 / 3) n""",
    """INSERT INTO iduo.case (contact_id, subject, list, opened_by, client_key, state, closed_at)
    SELECT n, 'Ayuda', 'active', 'bench', c.person_key, CASE n % 30 WHEN 7 THEN 'open' ELSE 'closed' END,
           CASE n % 30 WHEN 7 THEN NULL ELSE clock_timestamp() END
    FROM generate_series(1, 60000) n JOIN iduo.contact c ON c.id = n""",
    "VACUUM ANALYZE iduo.contact, iduo.contact_phone, iduo.contact_email, iduo.company, iduo.case",
)


@pytest.fixture
def database_name(filled: Filled) -> str:
    """With many persons."""
    return filled("records", statements=MANY)


def ask_for_lists(watched: Watched) -> None:
    """The list by name: its first page, those after it, and what a text leaves of it."""
    page = contact_records.page
    rows = watched.ask("page", page, most=MOST_PAGES_FOR_LINES)
    for after in (rows[-1].position, '["nunez 99, eva", 30000]', '["zzz", 1]'):
        watched.ask(f"page after {after}", page, "", False, after, most=MOST_PAGES_FOR_LINES)
    for text in ("g", "gonz", "gomez 12", "zzyzx", "núñez", "%"):
        found = watched.ask(f"page of {text}", page, text, most=MOST_PAGES_FOR_LINES)
        if found:
            watched.ask(f"page of {text} after", page, text, False, found[-1].position, most=MOST_PAGES_FOR_LINES)
    for text in ("", "gonz"):
        assert watched.ask("page of open cases", page, text, True, most=MOST_PAGES_FOR_OPEN)
    for text in ("paz", "gonz an", "5230007", "3410007013", "zzyzx"):
        for name in ("active", "mine", "closed"):
            most = MOST_PAGES_FOR_NAMES
            watched.ask(f"cases {name} {text}", cases.page, name, CaseFilter(text=text), most=most)


def ask_for_duplicates(watched: Watched) -> None:
    """Who may be the same, at every stage of typing."""
    for surname, names, document, phone, email in (
        ("G", "", "", "", ""),
        ("Gonz", "A", "", "", ""),
        ("González 17", "Ana", "", "", ""),
        ("Paz", "María", "5230007", "3410007013", "persona400@correo.example"),
        ("", "", "5", "3", "p"),
        ("", "", "", "", ""),
    ):
        given = (surname, names, document, phone, email, None)
        watched.ask(f"like {given}", contact_records.like, *given, most=MOST_PAGES)
    assert contact_records.like(watched.database, "", "", "", "3410007013", "", None)


def ask_for_records(watched: Watched, who: int, other: int) -> None:
    """All that is done with one record."""
    watched.ask("record", contact_records.record, who, most=MOST_PAGES_FOR_LINES)
    case = watched.ask("case", cases.create, None, "x", "active", True, uuid4(), who).case_id
    # what is asked of a number is planned once for a connection, which reads the catalogue
    planned = (activities.log_attempt, case, activities.Attempt("call", 1), uuid4())
    watched.ask("first contact", *planned, most=MOST_PAGES_WITH_CATALOGUE)
    watched.ask("contact", activities.log_attempt, case, activities.Attempt("call", 1), uuid4(), most=MOST_PAGES)
    watched.ask("card", cases.card, case, most=MOST_PAGES)
    watched.ask("timeline", cases.timeline, None, None, 50, who, most=MOST_PAGES)
    watched.ask("change", contact_records.change, who, "note", "x", 1, uuid4(), most=MOST_PAGES)
    form = next(each for each in contact_records.section_forms(watched.database) if each.title == HEALTH)
    watched.ask("fill", contact_records.save_section, who, form.version, '{"allergies": "x"}', uuid4(), most=MOST_PAGES)
    section = contact_records.record(watched.database, who).sections[1].form_id
    receipt = watched.ask("receipt", contact_records.open_section, who, section, "x", most=MOST_PAGES).receipt
    assert watched.ask("read", contact_records.section, who, section, receipt, most=MOST_PAGES).values != "{}"
    watched.ask("relate", contact_records.relate, who, 5, "x", "", uuid4(), most=MOST_PAGES)
    watched.ask("flag", contact_records.raise_flag, who, "x", None, uuid4(), most=MOST_PAGES)
    watched.ask("compare", contact_records.compare, who, other, most=MOST_PAGES)
    merged = watched.ask("merge", contact_records.merge, who, other, [], uuid4(), most=MOST_PAGES)
    assert watched.ask("story", contact_records.story, who, most=MOST_PAGES)
    assert watched.ask("story of a word", contact_records.story, who, (), "caso", most=MOST_PAGES)
    watched.ask("unmerge", contact_records.unmerge, merged.merge, uuid4(), most=MOST_PAGES)
    watched.ask("find", contacts.find, "gonzalez 17", most=MOST_PAGES_FOR_NAMES)


@pytest.mark.timeout(300)
def test_nothing_reads_all_the_persons(superuser: psycopg.Connection, people: People) -> None:
    """One test, because making so many takes longer than asking everything of them."""
    people.add("ana", "operator")
    watched = Watched(Database(people.conninfo("ana"), deadline=60), test_plans.BIG, test_plans.MOST_PAGES)
    ask_for_lists(watched)
    ask_for_duplicates(watched)
    ask_for_records(watched, 7, 37)
    watched.database.close()
    assert watched.asked > 50
    assert watched.problems == []
