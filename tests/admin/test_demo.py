"""The demo looks like a call centre at work, and is consistent as if it had been worked through the door."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import demo, demo_companies, demo_helpline, demo_tickets, serve, upgrade
from iduo_desktop.admin.demo_cases import HERE
from iduo_desktop.admin.demo_clients import WORDS, make_clients
from iduo_desktop.admin.demo_history import IN_HAND, Month, Person
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import agenda, assistants, calls, cases, contact_records, messages, staff, tickets
from iduo_desktop.services.calls import Incoming
from iduo_desktop.terms import CallOutcome, CaseList, Level

PASSWORDS = dict.fromkeys((login for login, _, _ in serve.PEOPLE), "una clave de prueba")
PEOPLE = [Person(*row) for row in (*serve.PEOPLE, *WORDS["people"])]


@pytest.fixture(scope="module")
def filled(
    server: EmbeddedServer,
    server_connection: psycopg.Connection,
    template: str,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> Iterator[psycopg.Connection]:
    """A database with the demo in it; it takes seconds, so one is made for all tests here."""
    name = f"demo_{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    names = (sql.Identifier(name), sql.Identifier(template))
    server_connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    conninfo = make_conninfo(server.superuser_conninfo, dbname=name)
    with one_at_a_time():
        upgrade.secure_database(conninfo)
        assert demo.fill(conninfo, PASSWORDS)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection
    server_connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))


def login(filled: psycopg.Connection, name: str) -> Database:
    """A workstation on which one of the demo's people logged in."""
    info = filled.info
    return Database(Conninfo(((info.host, info.port),), info.dbname, name, PASSWORDS[name]))


def count(filled: psycopg.Connection, query: str) -> int:
    """How many rows a query finds."""
    return filled.execute(query).rowcount


def test_every_list_has_work(filled: psycopg.Connection) -> None:
    operador = login(filled, "operador")
    counts = {row.list: row.count for row in cases.counts(operador)}
    assert counts["mine"] == 9 + demo_helpline.IN_HAND
    assert all(counts[name] >= 250 for name in CaseList if name != CaseList.MINE), counts
    assert sum(counts.values()) == pytest.approx(demo.CLIENTS, rel=0.03)
    mine = cases.page(operador, CaseList.MINE)
    due = [row for row in mine if row.next_action_at and row.next_action_at <= datetime.now(HERE)]
    assert 1 <= len(due) < len(mine)
    operador.close()


def test_the_three_people_enter_with_their_roles(filled: psycopg.Connection) -> None:
    roles = {"operador": ("operator",), "coordinador": ("coordinator",), "administrador": ("admin",)}
    for name, expected in roles.items():
        database = login(filled, name)
        me = staff.me(database, "0.1.0")
        assert me.roles == expected
        assert not me.must_change_password
        database.close()


def test_filling_again_only_sets_the_passwords(
    filled: psycopg.Connection,
    server: EmbeddedServer,
    one_at_a_time: Callable[[], AbstractContextManager[None]],
) -> None:
    conninfo = make_conninfo(server.superuser_conninfo, dbname=filled.info.dbname)
    before = count(filled, "SELECT FROM audit.entry")
    with one_at_a_time():
        assert not demo.fill(conninfo, PASSWORDS)
    assert count(filled, "SELECT FROM audit.entry") == before
    login(filled, "coordinador").close()


def test_counters_are_what_the_history_says(filled: psycopg.Connection) -> None:
    wrong = """SELECT FROM iduo.case c
        CROSS JOIN LATERAL (SELECT count(*) AS all, count(*) FILTER (WHERE channel = 'email') AS emails, max(at) AS last
                            FROM iduo.attempt a WHERE a.case_id = c.id AND a.undone_at IS NULL) kept
        WHERE c.company_id IS NOT NULL AND (
            (attempts, c.emails) <> (kept.all, kept.emails) OR last_contact_at IS DISTINCT FROM kept.last
            OR version <> (SELECT count(*) + count(e.undone_at) FROM iduo.case_event e WHERE e.case_id = c.id))"""
    assert count(filled, wrong) == 0
    assert count(filled, "SELECT FROM iduo.attempt") > 4000


def test_every_closed_case_has_its_form(filled: psycopg.Connection) -> None:
    assert 300 <= count(filled, "SELECT FROM iduo.case WHERE state = 'closed'") <= 600
    formless = """SELECT FROM iduo.case c WHERE state = 'closed'
        AND NOT EXISTS (SELECT FROM iduo.closing g WHERE g.case_id = c.id AND g.at = c.closed_at)"""
    assert count(filled, formless) == 0
    # what was agreed for a next contact was to come then
    check = """SELECT iduo.check_form(g.form_version_id, g.values - 'next_date' - 'next_time', c.list)
        FROM iduo.closing g JOIN iduo.case c ON c.id = g.case_id"""
    assert count(filled, check) >= 300


def test_there_is_something_to_offer_and_to_ask(filled: psycopg.Connection) -> None:
    assert count(filled, "SELECT FROM iduo.promotion WHERE active AND valid_until > current_date") == 3
    published = """SELECT FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published'
        WHERE f.kind = 'survey'"""
    assert count(filled, published) == 2
    offered = """SELECT FROM iduo.suggestions(ARRAY(
        SELECT c.id FROM iduo.case c WHERE c.state = 'open' AND c.list = 'active'))"""
    assert count(filled, offered) > 100


@pytest.mark.parametrize(
    "kind",
    ["imported", "created", "taken", "taken_over", "released", "returned", "moved", "attempt", "closed", "reopened"],
)
def test_everything_that_happens_happened(filled: psycopg.Connection, kind: str) -> None:
    assert filled.execute("SELECT FROM iduo.case_event WHERE kind = %s", [kind]).rowcount >= 10


def test_every_level_is_there(filled: psycopg.Connection) -> None:
    query = "SELECT DISTINCT level FROM iduo.pressures(ARRAY(SELECT id FROM iduo.company), '{}')"
    assert {level for (level,) in filled.execute(query)} == {*Level}


def test_promises_callbacks_moves_and_extensions(filled: psycopg.Connection) -> None:
    assert count(filled, "SELECT FROM iduo.promise WHERE state = 'broken'") > 50
    assert count(filled, "SELECT FROM iduo.promise WHERE state = 'pending'") > 20
    assert count(filled, "SELECT FROM iduo.case WHERE state = 'open' AND next_action_at < clock_timestamp()") >= 20
    waiting = "SELECT FROM iduo.case WHERE list = 'suspended' AND move_reason <> '' AND move_until > current_date"
    assert count(filled, waiting) >= 5  # 9 on a Sunday, more on a Tuesday
    assert count(filled, "SELECT FROM iduo.company WHERE extended_until > current_date AND note <> ''") >= 5


def test_corrections_are_in_the_audit_log_with_who_made_them(filled: psycopg.Connection) -> None:
    query = "SELECT FROM audit.entry WHERE table_name = 'company' AND operation = 'UPDATE' AND actor <> 'postgres'"
    assert count(filled, query) >= 30
    assert count(filled, "SELECT FROM iduo.company WHERE cardinality(corrected) > 0") >= 30


def test_messages_stand_in_all_states(filled: psycopg.Connection) -> None:
    operador = login(filled, "operador")
    counts = {row.state: row.count for row in tickets.counts(operador)}
    assert sum(counts.values()) == demo_tickets.TICKETS
    assert all(count >= 10 for count in counts.values()), counts
    assert staff.me(operador, "0.1.0").parts == ("cases", "tickets", "helpline")
    operador.close()
    for kind in ("created", "taken", "insisted", "answered", "sent_back", "communicated", "note"):
        assert count(filled, f"SELECT FROM iduo.ticket_event WHERE kind = '{kind}'") >= 10, kind
    out_of_order = """SELECT FROM (
            SELECT at, lag(at) OVER w AS before, version_after - lag(version_after) OVER w AS steps
            FROM iduo.ticket_event WINDOW w AS (PARTITION BY ticket_id ORDER BY id)) e
        WHERE at < before OR steps NOT IN (0, 1)"""
    assert count(filled, out_of_order) == 0


def test_the_message_desk_has_its_companies(filled: psycopg.Connection) -> None:
    operador = login(filled, "operador")
    assert count(filled, "SELECT FROM iduo.company WHERE number BETWEEN 1000 AND 1200") == demo_companies.COMPANIES
    (company, *others) = filled.execute("SELECT id FROM iduo.company WHERE number BETWEEN 1000 AND 1200").fetchall()
    told = assistants.company(operador, *company)
    assert [one.role for one in told.assistants] == ["functional", "administrative", "commercial"]
    shared = """SELECT unit_digits FROM iduo.company WHERE management_unit <> ''
        GROUP BY unit_digits HAVING count(*) > 1 ORDER BY 1 LIMIT 1"""
    ((unit,),) = filled.execute(shared).fetchall()
    found = assistants.companies_by_number(operador, unit)
    assert len(found) > 1
    assert {match.management_unit for match in found} == {f"UG-{int(unit):02}"}
    assert len(others) == demo_companies.COMPANIES - 1
    operador.close()


def test_callers_are_known_by_their_number(filled: psycopg.Connection) -> None:
    operador = login(filled, "operador")
    assert count(filled, "SELECT FROM iduo.contact WHERE company_id IS NOT NULL") >= demo_companies.COMPANIES
    query = """SELECT f.typed, f.e164, f.search_key, f.contact_id FROM iduo.contact_phone f
        WHERE NOT EXISTS (SELECT FROM iduo.company_phone o WHERE o.search_key = f.search_key) ORDER BY f.id LIMIT 1"""
    ((typed, e164, key, contact),) = filled.execute(query).fetchall()
    card = calls.receive(operador, Incoming(typed, e164, key), uuid4())
    assert [caller.contact_id for caller in card.callers] == [contact]
    calls.end(operador, card.id, CallOutcome.TEST, "", uuid4())
    operador.close()


def test_the_next_case_gets_the_next_number(filled: psycopg.Connection) -> None:
    for table in ("company", "case", "case_event", "attempt", "batch", "ticket", "ticket_event"):
        query = sql.SQL("SELECT nextval(pg_get_serial_sequence({}, 'id')) > (SELECT max(id) FROM {})")
        names = (sql.Literal(f'iduo."{table}"'), sql.Identifier("iduo", table))
        assert filled.execute(query.format(*names)).fetchone() == (True,)


@pytest.mark.parametrize("moment", ["2026-11-24 11:30", "2026-11-23 08:05", "2026-11-22 02:15", "2027-01-02 14:00"])
def test_it_looks_right_at_any_moment(moment: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=HERE)
    labels = {(field, key): key for field in ("reason", "status") for key in (*WORDS["closings"], "solved", "agreed")}
    labels |= {("status", status): status for status in ("not_solved", "not_reached")}
    clients = make_clients(Random(1), now.date(), 700)
    told = [Month(Random(1), now, PEOPLE, labels).tell(clients) for _ in range(2)]
    desk = told[0]
    assert [(e.at, e.case.id, e.detail) for e in desk.events] == [(e.at, e.case.id, e.detail) for e in told[1].events]
    assert max(event.at for event in desk.events) <= now
    assert max(event.at for event in desk.events) > now - timedelta(hours=44)
    held = [case for case in desk.cases if case.assigned_to and case.state == "open"]
    assert sum(case.assigned_to == "operador" for case in held) == len(IN_HAND)
    assert all(now - case.touched_at < timedelta(hours=48) for case in held)
    hours = {event.at.hour for event in desk.events if event.kind == "attempt"}
    assert min(hours) >= 9
    assert max(hours) <= 18


def test_the_helpline_has_persons(filled: psycopg.Connection) -> None:
    operador, coordinador = login(filled, "operador"), login(filled, "coordinador")
    assert "helpline" in staff.me(operador, "0.1.0").parts
    rows = contact_records.page(operador, open_only=True)
    assert len(rows) == len(demo_helpline.PERSONS)
    own = [row.client for row in cases.page(operador, CaseList.MINE) if row.contact_id is not None]
    assert len(own) == demo_helpline.IN_HAND
    rocio = next(row for row in rows if row.person == "MANSILLA, Rocío")
    record = contact_records.record(operador, rocio.id)
    assert (record.network, record.flags[0].text) == (2, "Prefiere que la atienda una mujer")
    assert record.call_first == record.phones[0].id
    # her record says that somebody may be the same person, and what is next; nothing rings yet
    assert [one.person for one in record.duplicates] == ["MANSILLA, Rocio"]
    assert record.next_at is not None
    assert record.next_at > datetime.now(HERE)
    assert all(section.filled_at for section in record.sections)
    kinds = {line.kind for line in contact_records.story(coordinador, rocio.id)}
    assert kinds >= {"call", "case", "change", "route"}
    assert agenda.counts(coordinador).routes == 0
    operador.close()
    coordinador.close()


def test_the_agenda_has_work_and_nothing_rings(filled: psycopg.Connection) -> None:
    operador, coordinador = login(filled, "operador"), login(filled, "coordinador")
    counts = agenda.counts(operador)
    assert (counts.overdue >= 2, counts.week >= 5, counts.routes, counts.ringing >= 0) == (True, True, 0, True)
    late = [item for item in agenda.items(operador, "overdue") if item.kind in ("call", "task")]
    assert sorted(item.kind for item in late) == ["call", "task"]
    assert all(item.rings_at is not None and item.rings_at > item.due_at for item in late)
    assert {item.kind for item in agenda.items(operador, "week")} >= {"call", "task"}
    assert [item.title for item in agenda.items(coordinador, "overdue") if item.kind == "task"] == [
        "Cerrar el informe mensual"
    ]
    seen = agenda.activations(coordinador, open_only=False)
    assert any(one.acknowledged_by_name for one in seen)
    assert not [item for item in agenda.ringing(operador) if item.kind in ("call", "task")]
    operador.close()
    coordinador.close()


def test_the_board_has_teams_and_pauses(filled: psycopg.Connection) -> None:
    teams = filled.execute(
        "SELECT count(*) FROM iduo.team t WHERE EXISTS (SELECT FROM iduo.staff s WHERE s.team_id = t.id)"
    )
    assert teams.fetchone() == (2,)
    ((ended, lasting, wrong),) = filled.execute(
        "SELECT count(ended_at), count(*) FILTER (WHERE ended_at IS NULL), count(*) FILTER (WHERE ended_at > now())"
        " FROM iduo.pause"
    ).fetchall()
    assert ended > 100
    assert (lasting, wrong) == (1, 0)
    ((days,),) = filled.execute("SELECT count(DISTINCT day) FROM iduo.attendance").fetchall()
    assert days >= 9


def test_the_operator_has_conversations(filled: psycopg.Connection) -> None:
    """Unread answers, one that failed, one that is doubtful, and each with its day."""
    operador = login(filled, "operador")
    found = messages.of_my_cases(operador)
    operador.close()
    assert len(found) >= 4
    assert sum(each.conversation.unread > 0 for each in found.values()) >= 2
    states = {each.conversation.last_state for each in found.values()}
    assert {"failed", "doubtful", "received"} <= states
    assert count(filled, "SELECT FROM iduo.message WHERE at < clock_timestamp() - interval '2 days'") >= 2
    assert count(filled, "SELECT FROM iduo.message WHERE case_id IS NULL AND direction = 'inbound'") == 1
