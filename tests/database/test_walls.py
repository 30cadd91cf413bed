"""Behind the door: what still holds if a function had a hole, through which any statement goes in its owner's name."""

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house
from tests.database.test_matrix import MAY, with_nothing
from tests.people import People
from tests.services.world import World

HOLE = """
SET ROLE iduo_owner;
CREATE FUNCTION iduo.hole(p_statement text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_rows bigint;
BEGIN
    EXECUTE p_statement;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;
CREATE FUNCTION iduo.inside(p_calls jsonb) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v_call record;
BEGIN
    FOR v_call IN SELECT * FROM jsonb_each_text(p_calls) LOOP
        BEGIN
            EXECUTE v_call.value;
            RETURN NEXT v_call.key;
        EXCEPTION
            WHEN insufficient_privilege THEN NULL;
            WHEN OTHERS THEN RETURN NEXT v_call.key;
        END;
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA iduo TO iduo_user, iduo_guard, iduo_gateway, iduo_job, iduo_chat;
GRANT EXECUTE ON FUNCTION iduo.hole, iduo.inside TO iduo_user, iduo_guard, iduo_gateway, iduo_job, iduo_chat;
RESET ROLE
"""
ROW = re.compile(r"(\w+)  ([\w|]+)  (.+)  -- (.+)")
LINES = (Path(__file__).parent / "walls.sql").read_text("utf-8").splitlines()[2:]
TRIED = [found.groups() for line in LINES if (found := ROW.fullmatch(line))]


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[psycopg.Connection]:
    """In a clone with a hole in it."""
    with (
        house(server, server_connection, template, one_at_a_time, f"walls_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        connection.execute(HOLE)
        yield connection


@pytest.fixture(scope="module")
def people(
    superuser: psycopg.Connection, server_connection: psycopg.Connection, worker_id: str
) -> Iterator[dict[str, psycopg.Connection]]:
    """A session of each role, who all find one of each thing, of a colleague's."""
    made = People(superuser, f"walls_{worker_id}")
    sessions = {role: made.raw(role, role) for role in ("operator", "coordinator", "admin", "answerer")}
    _fill(World(superuser), made.add("other", "operator"))
    yield sessions
    made.close()
    made.forget(server_connection)


def _fill(world: World, other: str) -> None:
    """One of each thing, whose it is does not matter as long as it is another's."""
    keyed = {"key": uuid4(), "payload_hash": bytes(32), "by": other}
    company = world.company()
    client: dict[str, object] = {"company_id": company}
    case = {"case_id": world.case(company=company, assigned_to=other, risk="high")}
    route = world.value("SELECT min(id) FROM iduo.route") or world.insert("route", {"label": "x", "position": 1})
    first, second = (world.insert("contact", keyed | {"surname": "Sosa", "key": uuid4()}) for _ in range(2))
    ticket = {"kind": "claim", "channel": "phone", "caller_kind": "other", "text": "x", "phone": "1"}
    version, form = world.superuser.execute("SELECT id, form_id FROM iduo.form_version LIMIT 1").fetchall()[0]
    section = {"contact_id": first, "form_id": form, "form_version_id": version, "reserved": True, "said": "{}"}
    message = {"direction": "outbound", "channel": "sms", "address": "1", "state": "waiting", "text": "hola"}
    called = {"starts_at": world.now(), "ended_at": world.now(), "outcome": "hung_up"}
    rows: tuple[tuple[str, dict[str, object]], ...] = (
        ("case_event", case | client | {"kind": "taken", "by": other, "version_after": 1}),
        ("ticket", ticket | {"created_by": other, "key": uuid4(), "payload_hash": bytes(32)}),
        ("batch", {"kind": "clients", "file_name": "x", "sha256": "", "by": other, "key": uuid4()}),
        ("message", case | message | keyed | {"conversation_id": world.insert("conversation", client)}),
        ("call", {"direction": "inbound", "state": "held"} | called | keyed),
        ("task", {"title": "x", "due_at": world.now(), "assignee": other} | keyed),
        ("extension", client | {"until_date": world.today(), "by": other}),
        ("route_activation", {"route_id": route, "case_id": case["case_id"], "activated_by": other}),
        ("pause", {"login": other, "reason_id": world.value("SELECT min(id) FROM iduo.pause_reason"), "label": "x"}),
        ("receipt", {"actor": other, "what": "export", "subject": "x", "reason": "x"}),
        ("contact_relation", {"contact_id": first, "other_id": second, "what": "hermana", "by": other}),
        ("contact_section", section | {"by": other}),
    )
    for table, values in rows:
        world.insert(table, values)
    call = world.value("SELECT min(id) FROM iduo.call")
    visitor = {"token_hash": bytes(32), "address_hash": bytes(32), "name": "Rosa", "lines": 1}
    chat = world.insert("chat", visitor | {"state": "attended", "attended_by": other, "call_id": call})
    world.insert("chat_line", {"chat_id": chat, "seq": 1, "side": "visitor", "text": "Hola", "key": uuid4()})


def test_every_line_is_understood() -> None:
    assert len(TRIED) == len(LINES) > 50


@pytest.mark.parametrize(("who", "ends", "statement"), [each[:3] for each in TRIED], ids=[each[3] for each in TRIED])
def test_behind_a_hole(
    superuser: psycopg.Connection, people: dict[str, psycopg.Connection], who: str, ends: str, statement: str
) -> None:
    session = people[who]
    other = session.info.user.replace(who, "other")
    asked = statement.replace("{me}", session.info.user).replace("{other}", other)
    with session.transaction(force_rollback=True):
        assert through(session, asked) in ends.split("|")
    # and there was something to be seen or changed: the superuser, who has no walls, finds it
    if "0" in ends.split("|"):
        with superuser.transaction(force_rollback=True):
            superuser.execute("SET LOCAL session_replication_role = replica")
            assert superuser.execute(asked.encode()).rowcount > 0


def test_the_gate_alone_holds(superuser: psycopg.Connection, people: dict[str, psycopg.Connection]) -> None:
    """Each function asked for in its owner's name, for whom no grant is needed: the services' too, by anybody else."""
    asked = {function: with_nothing(superuser, function).as_string() for function in MAY}
    assert inside(people, asked) == set()
    with psycopg.connect(superuser.info.dsn, password=superuser.info.password, autocommit=True) as service:
        for name in ("guard", "gateway", "job", "chat"):
            service.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(f"iduo_{name}")))
            others = {one: call for one, call in asked.items() if one not in granted(superuser, f"iduo_{name}")}
            assert inside({name: service}, others) == set()
            service.execute("RESET SESSION AUTHORIZATION")


def inside(people: dict[str, psycopg.Connection], asked: dict[str, str]) -> set[tuple[str, str]]:
    """Who got where he may not."""
    got = set()
    for who, session in people.items():
        calls = Jsonb({function: call for function, call in asked.items() if who not in MAY[function]})
        with session.transaction(force_rollback=True):
            got |= {(who, name) for (name,) in session.execute("SELECT iduo.inside(%s)", [calls])}
    return got


def granted(superuser: psycopg.Connection, role: str) -> set[str]:
    """The functions of the door that are for a service."""
    query = """SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
               AND has_function_privilege(%s, p.oid, 'EXECUTE')"""
    return {name for (name,) in superuser.execute(query, [role])}


def through(session: psycopg.Connection, statement: str) -> str:
    """The SQLSTATE with which it ends, or how many rows it touched."""
    try:
        return str(session.execute("SELECT iduo.hole(%s)", [statement]).fetchall()[0][0])
    except psycopg.Error as error:
        return error.sqlstate or ""


def test_what_is_allowed_passes_through_the_hole(people: dict[str, psycopg.Connection]) -> None:
    """Else nothing above would say anything."""
    operator = people["operator"]
    with operator.transaction(force_rollback=True):
        mine = next(statement for _, _, statement, name in TRIED if name == "a ticket in another's name")
        assert through(operator, mine.replace("{other}", operator.info.user)) == "1"
        assert through(operator, "UPDATE iduo.company SET surname = 'Otro'") == "1"
        assert through(operator, "SELECT * FROM iduo.case") == "1"
