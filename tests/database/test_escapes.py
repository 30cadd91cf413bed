"""Ways out of what one may, tried to their end: settings that last, sessions that outlive a dismissal, odd bytes."""

from collections.abc import Callable

import psycopg
import pytest

from iduo_desktop.database.embedded import EmbeddedServer
from tests.conftest import Raw
from tests.database.test_lints import LINTS
from tests.people import People
from tests.services.world import World

KEY = "A" * 43 + "="
VERIFIER = f"SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==${KEY}:{KEY}"


def refusal(session: psycopg.Connection, statement: str) -> str:
    """The SQLSTATE; "" when it passed."""
    try:
        session.execute(statement.encode())
    except psycopg.Error as error:
        return error.sqlstate or ""
    return ""


def test_nobody_wakes_up_as_another(raw: Raw, world: World) -> None:
    world.case()
    operator = raw("eva", "operator")
    for setting in ("role = 'iduo_owner'", "session_authorization = 'postgres'", "search_path = 'pg_temp'"):
        operator.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
    again = raw("eva")
    assert again.execute("SELECT current_user = session_user, session_user").fetchall() == [(True, again.info.user)]
    assert refusal(again, "TABLE iduo.case") == "42501"
    assert again.execute("SELECT * FROM api.case_counts()").rowcount > 0


def test_who_adds_people_becomes_no_member_of_them(raw: Raw, superuser: psycopg.Connection, people: People) -> None:
    login = f"{people.add('boss', 'admin')}.nueva".replace("boss_", "b")
    boss = raw("boss")
    boss.execute("SET createrole_self_grant = 'set, inherit'")
    try:
        boss.execute("SELECT api.add_person(%s, 'Nueva', '{operator}', %s)", [login, VERIFIER])
        members = "SELECT count(*) FROM pg_auth_members WHERE roleid = %s::regrole AND (inherit_option OR set_option)"
        assert superuser.execute(members, [f'"{login}"']).fetchall() == [(0,)]
        assert superuser.execute(LINTS).fetchall() == []
    finally:
        superuser.execute(f'DROP ROLE IF EXISTS "{login}"')


def test_names_in_functions_mean_what_they_meant(raw: Raw, world: World) -> None:
    """That setting changes what a name means in a function, where a column is called as a variable is."""
    operator = raw("eva", "operator")
    operator.execute("SET plpgsql.variable_conflict = 'use_variable'")
    operator.execute("SELECT * FROM api.case_counts()")
    assert operator.execute("SHOW plpgsql.variable_conflict").fetchall() == [("error",)]
    assert refusal(operator, "SET plpgsql.variable_conflict = 'use_variable'") == "42501"


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "UTF8"])
def test_bytes_that_are_no_text(raw: Raw, encoding: str) -> None:
    operator = raw("eva", "operator")
    operator.execute(f"SET client_encoding = '{encoding}'")
    for wrong in (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80"):
        literal = operator.pgconn.exec_(b"SELECT * FROM api.find_companies('" + wrong + b"')")
        parameter = operator.pgconn.exec_params(b"SELECT * FROM api.find_companies($1)", [wrong], [25], [1], 0)
        for result in (literal, parameter):
            assert b"invalid byte sequence" in result.error_message
    nul = operator.pgconn.exec_params(b"SELECT * FROM api.find_companies($1)", [b"a\0b"], [25], [1], 0)
    assert b"invalid byte sequence" in nul.error_message


@pytest.fixture
def dismissed(raw: Raw, world: World, people: People) -> Callable[[], None]:
    """Marks eva as disabled; her sessions stay, as if nobody had ended them yet."""
    world.cases(3, assigned_to=people.add("eva", "operator"))

    def dismiss() -> None:
        world.superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [people.add("eva")])

    return dismiss


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PREPARE p AS SELECT * FROM api.cases('mine')", "EXECUTE p"),
        ("BEGIN; DECLARE c CURSOR FOR SELECT * FROM api.cases('mine')", "FETCH ALL c"),
        ("BEGIN; DECLARE c CURSOR FOR SELECT api.cases('mine') FROM generate_series(1, 9); FETCH 3 c", "FETCH ALL c"),
        ("BEGIN; SELECT api.case_counts()", "SELECT api.cases('mine')"),
        ("BEGIN; SAVEPOINT s; SELECT api.case_counts()", "ROLLBACK TO s; SELECT api.cases('mine')"),
    ],
)
def test_who_is_disabled_while_connected(raw: Raw, dismissed: Callable[[], None], before: str, after: str) -> None:
    """Whatever was made ready before: it asks at the gate when it is carried out."""
    eva = raw("eva")
    assert refusal(eva, before) == ""
    dismissed()
    assert refusal(eva, after) == "42501"


def test_a_snapshot_of_before_tells_nothing(raw: Raw, dismissed: Callable[[], None], server: EmbeddedServer) -> None:
    """One's own rows that were fetched before are one's own; a cursor that goes on reading asks again for each."""
    eva = raw("eva")
    eva.execute("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT count(*) FROM api.cases('mine'); COMMIT")
    dismissed()
    assert eva.execute("FETCH ALL c").fetchall() == [(3,)]
    assert refusal(eva, "SELECT * FROM api.cases('mine')") == "42501"
