"""Attacks with psql and one's own password: nothing passes that is not on a golden list, each line with its reason."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import pq, sql

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.attackers import HIDDEN, VOLATILE, against_relations, call, passed, tried
from tests.database.house import Hold, house
from tests.database.test_lints import LINTS
from tests.database.test_matrix import MAY, NOT_ALLOWED, RECORDS, ROLES
from tests.people import People
from tests.services.world import World

PERSONS = (*ROLES, "disabled")
HERE = Path(__file__).parent
ANOTHER = (
    *(
        "iduo_owner",
        "iduo_audit",
        "iduo_useradmin",
        "iduo_search",
        "iduo_guard",
        "iduo_gateway",
        "iduo_job",
        "iduo_chat",
        "iduo_user",
    ),
    "postgres",
)
GOLDEN = dict(line.split("  -- ") for line in (HERE / "golden.sql").read_text("utf-8").splitlines()[1:])
TRIED = [
    line.replace("{role}", role)
    for line in (HERE / "hostile.sql").read_text("utf-8").splitlines()[1:]
    for role in (ANOTHER if "{role}" in line else [""])
]
OPEN = [line.split("  -- ")[0] for line in (HERE / "open_functions.txt").read_text("utf-8").splitlines()[1:]]
ODD = {
    "empty": {"text": "''", "jsonb": "'{}'", "text[]": "'{}'", "bigint": "0", "integer": "0"},
    "huge": {
        "text": "repeat('ñ', 300000)",
        "jsonb": "to_jsonb(array_fill(1, ARRAY[60000]))",
        "numeric": "'1e100000'",
        "date": "'5874897-12-31'",
        "bigint": "9223372036854775807",
        "integer": "2147483647",
        "text[]": "array_fill('x'::text, ARRAY[20000])",
        "timestamp with time zone": "'infinity'",
        "uuid": "gen_random_uuid()",
        "boolean": "true",
        "interval": "'100000 years'",
    },
    "odd": {
        "text": "E'%\\'; DROP TABLE x; --\\x01\\\\'",
        "jsonb": "'[[[[null]]]]'",
        "numeric": "'NaN'",
        "date": "'-infinity'",
        "bigint": "-1",
        "integer": "-2147483648",
        "text[]": "ARRAY[NULL, '']",
        "timestamp with time zone": "'-infinity'",
        "uuid": "'00000000-0000-0000-0000-000000000000'",
        "time without time zone": "'24:00'",
    },
    "crooked": {
        "text": "repeat(U&'\\202Ea\\200B\\0301<b>', 9)",
        "jsonb": "(repeat('[', 900) || repeat(']', 900))::jsonb",
        "numeric": "'-Infinity'",
        "date": "'4714-11-24 BC'",
        "bigint": "-9223372036854775808",
        "integer": "1",
        "text[]": "'[5:6]={open,active}'",
        "bigint[]": "'[-3:-2][7:7]={{1},{NULL}}'",
        "integer[]": "'[0:1]={2147483647,-1}'",
        "numeric[]": "'{NaN,Infinity}'",
        "timestamp with time zone": "'294276-12-31 23:59:59.999999 UTC'",
        "interval": "'-178000000 years'",
        "uuid": "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
        "boolean": "NULL",
    },
}


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[psycopg.Connection]:
    """In a clone with a client, of whom nobody may learn in these ways."""
    with (
        house(server, server_connection, template, one_at_a_time, f"attacks_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        World(connection).case(subject="secreto")
        yield connection


@pytest.fixture(scope="module")
def attackers(
    superuser: psycopg.Connection, server_connection: psycopg.Connection, worker_id: str
) -> Iterator[dict[str, psycopg.Connection]]:
    """A session of each role, and of somebody with all of them who was disabled."""
    people = People(superuser, f"attacks_{worker_id}")
    made = {name: people.raw(name, *([name] if name in ROLES else ROLES)) for name in PERSONS}
    superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [people.add("disabled")])
    yield made
    people.close()
    people.forget(server_connection)


@pytest.fixture(params=PERSONS)
def attacker(request: pytest.FixtureRequest, attackers: dict[str, psycopg.Connection]) -> psycopg.Connection:
    """Each of them."""
    return attackers[request.param]


def test_there_are_enough_of_them(superuser: psycopg.Connection) -> None:
    assert len(list(against_relations(superuser))) + len(TRIED) + len(GOLDEN) + 3 * len(MAY) > 1500


def test_no_relation_opens(superuser: psycopg.Connection, attacker: psycopg.Connection) -> None:
    assert passed(attacker, against_relations(superuser)) == {}


def test_no_function_behind_the_door_opens(superuser: psycopg.Connection, attacker: psycopg.Connection) -> None:
    hidden = [statement for (statement,) in superuser.execute(HIDDEN).fetchall()]
    assert len(hidden) > 60
    assert passed(attacker, iter(hidden)) == {}


def test_nothing_passes_that_is_not_golden(superuser: psycopg.Connection, attacker: psycopg.Connection) -> None:
    found = passed(attacker, iter((*TRIED, *GOLDEN)))
    assert found.keys() - GOLDEN.keys() == set()
    assert GOLDEN.keys() - found.keys() == set(), "it does not pass any more: take it off the list"
    assert all(GOLDEN.values())
    assert superuser.execute(LINTS).fetchall() == []
    assert tried(attacker, "SELECT 1") == ""


def test_what_is_open_of_the_servers_own_is_known(attackers: dict[str, psycopg.Connection]) -> None:
    names = [name for (name,) in attackers["operator"].execute(VOLATILE).fetchall()]
    assert [name for name in names if not any(re.fullmatch(pattern, name) for pattern in OPEN)] == []


def test_what_others_do_is_hidden(attacker: psycopg.Connection, superuser: psycopg.Connection) -> None:
    superuser.execute("SELECT 'secreto en curso'")
    seen = attacker.execute(
        "SELECT string_agg(a::text, '') FROM pg_stat_activity a WHERE usename <> session_user"
    ).fetchone()
    assert "secreto" not in str(seen)
    assert attacker.execute("SELECT count(*) FROM pg_stats WHERE schemaname IN ('iduo', 'audit')").fetchone() == (0,)
    assert attacker.execute("SELECT DISTINCT rolpassword FROM pg_roles").fetchall() == [("********",)]


@pytest.mark.parametrize("kind", ODD)
def test_odd_arguments_let_nobody_in_and_break_nothing(
    superuser: psycopg.Connection, attackers: dict[str, psycopg.Connection], kind: str
) -> None:
    wrong = {}
    for function in sorted(MAY.keys() - {"end_session", "change_password"}):
        statement = call(superuser, function, ODD[kind])
        for person, connection in attackers.items():
            state, message, inside = answered(connection, statement)
            shut = state == "42501" and message.startswith(NOT_ALLOWED)
            # a value that its type refuses ends before the function is asked
            bad_value = state.startswith("22") and not inside
            # nonsense that no program of ours sends may end in the server's own words; nothing is done then
            known = (
                state[:2] in ("", "IU", "22")
                or state in ("23505", "0A000")
                or (state == "42501" and function in RECORDS)
            )
            if not bad_value and (shut != (person not in MAY[function]) or not (shut or known)):
                wrong[person, function] = (state, message)
    assert wrong == {}


def answered(connection: psycopg.Connection, statement: str) -> tuple[str, str, str]:
    """SQLSTATE, message and in which function, taken back afterwards."""
    connection.pgconn.exec_(b"BEGIN")
    result = connection.pgconn.exec_(statement.encode())
    parts = (pq.DiagnosticField.SQLSTATE, pq.DiagnosticField.MESSAGE_PRIMARY, pq.DiagnosticField.CONTEXT)
    said = tuple((result.error_field(part) or b"").decode() for part in parts)
    connection.pgconn.exec_(b"ROLLBACK")
    return said[0], said[1], said[2]


@pytest.mark.parametrize("setting", ["REPEATABLE READ", "SERIALIZABLE"])
def test_old_snapshots_are_refused(attackers: dict[str, psycopg.Connection], setting: str) -> None:
    operator = attackers["operator"]
    for begin in (f"BEGIN ISOLATION LEVEL {setting}", f"SET default_transaction_isolation = '{setting.lower()}'"):
        operator.execute(begin)
        assert refused(operator, "SELECT api.case_counts()") == "25001"
        operator.pgconn.exec_(b"ROLLBACK")
        operator.pgconn.exec_(b"DISCARD ALL")
    for odd in ("SET standard_conforming_strings = off", "SET DateStyle = 'German'"):
        operator.execute(odd)
        assert refused(operator, "SELECT api.case_counts()") == "25001"
        operator.execute("DISCARD ALL")
    assert refused(operator, "SELECT api.case_counts()") == ""


def refused(connection: psycopg.Connection, statement: str) -> str:
    """The SQLSTATE within the transaction that is open, "" when it passed."""
    state = connection.pgconn.exec_(statement.encode()).error_field(pq.DiagnosticField.SQLSTATE)
    return (state or b"").decode()


def test_a_read_that_is_taken_back_reads_nothing(attackers: dict[str, psycopg.Connection]) -> None:
    admin = attackers["admin"]
    read = "SELECT * FROM api.audit_log({}, NULL, NULL, NULL, NULL)"
    open_it = "SELECT receipt FROM api.open_access('audit', 'log', 'a ver')"
    admin.execute("BEGIN")
    receipt = admin.execute(open_it).fetchall()[0][0]
    assert refused(admin, read.format(receipt)) in ("25001", "42501")
    admin.execute("ROLLBACK")
    assert refused(admin, read.format(receipt)) == "42501"
    # nor in one statement, nor from a savepoint
    assert refused(admin, read.format(f"({open_it})")) in ("25001", "42501")
    admin.execute("BEGIN; SAVEPOINT s")
    receipt = admin.execute(open_it).fetchall()[0][0]
    admin.execute("RELEASE s")
    assert refused(admin, read.format(receipt)) in ("25001", "42501")
    admin.execute("ROLLBACK")


def test_limits_hold_for_400_calls_in_one_statement(
    superuser: psycopg.Connection, attackers: dict[str, psycopg.Connection]
) -> None:
    limit = int(
        superuser.execute("SELECT value #>> '{}' FROM iduo.setting WHERE name = 'receipts_per_hour'").fetchall()[0][0]
    )
    asked = "SELECT api.open_access('person', n::text, 'de a muchos') FROM generate_series(1, 400) n"
    assert refused(attackers["admin"], asked) == "IU001"
    ((count,),) = superuser.execute("SELECT count(*) FROM iduo.receipt WHERE reason = 'de a muchos'").fetchall()
    assert count <= limit


def test_names_that_could_be_shadowed_are_not(attackers: dict[str, psycopg.Connection]) -> None:
    operator = attackers["operator"]
    operator.execute(sql.SQL("SET search_path = pg_temp, api, public"))
    for statement in ("CREATE TEMP TABLE staff AS SELECT 1", "CREATE TYPE pg_temp.staff AS (active boolean)"):
        assert refused(operator, statement) == "42501"
    assert refused(operator, "SELECT case_counts()") == ""
    operator.execute("DISCARD ALL")
