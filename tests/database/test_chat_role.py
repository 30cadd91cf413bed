"""The chat's role: logs in, calls the visitors' functions, reads no table and does nothing that a person does."""

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import staff
from tests.conftest import Become, ServiceLogin
from tests.database.test_contract import CHAT
from tests.database.test_matrix import MAY, NOT_ALLOWED, answer, with_nothing
from tests.services.refusals import refusal

TABLES = ("staff", "chat", "chat_line", "chat_presence", "ticket", "company", "contact", "call", "setting", "change")
# What somebody who holds the service's password could try if a function of it had a hole.
HOLES = (
    "UPDATE iduo.chat SET attended_by = 'nobody', state = 'attended', call_id = 1",
    "UPDATE iduo.chat SET name = 'otro'",
    """INSERT INTO iduo.chat_line (chat_id, seq, side, by, text, key)
       SELECT id, 2000, 'operator', 'nobody', 'x', gen_random_uuid() FROM iduo.chat""",
    "UPDATE iduo.chat_line SET text = 'x'",
    "DELETE FROM iduo.chat_line",
    "UPDATE iduo.setting SET value = '99' WHERE name = 'chats_per_address'",
    "UPDATE iduo.company SET note = 'x'",
    """INSERT INTO iduo.call (direction, state, starts_at, by, key)
       VALUES ('inbound', 'held', clock_timestamp(), 'nobody', gen_random_uuid())""",
    "UPDATE iduo.staff SET full_name = 'x' WHERE login = 'nobody'",
)


@pytest.fixture
def keywords(service_login: ServiceLogin) -> Conninfo:
    """How the service connects."""
    return service_login("iduo_chat")


def test_it_calls_the_visitors_functions_and_no_other(superuser: psycopg.Connection, keywords: Conninfo) -> None:
    granted = superuser.execute(
        """SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
           AND has_function_privilege('iduo_chat', p.oid, 'EXECUTE')"""
    ).fetchall()
    assert {name for (name,) in granted} == CHAT
    with psycopg.connect(autocommit=True, **keywords.keywords(30.0)) as connection:
        for function in MAY:
            state, message = answer(connection, with_nothing(superuser, function))
            refused = state == "42501" and message.startswith(NOT_ALLOWED)
            assert refused == (function not in CHAT), f"{function}: {state} {message}"
            assert refused or state[:2] in ("", "IU"), f"{function}: {state} {message}"
        for table in TABLES:
            assert answer(connection, sql.SQL("SELECT * FROM iduo.{}").format(sql.Identifier(table)))[0] == "42501"
        connection.execute("SET default_transaction_isolation = 'serializable'")
        assert answer(connection, with_nothing(superuser, "visitor_hours"))[0] == "25001"


def test_others_do_not_call_the_visitors_functions(superuser: psycopg.Connection) -> None:
    rows = superuser.execute(
        """SELECT p.proname, r.rolname FROM pg_proc p, pg_roles r WHERE p.pronamespace = 'api'::regnamespace
           AND p.proname = ANY (%s) AND r.rolname ~ '^iduo_' AND r.rolname NOT IN ('iduo_chat', 'iduo_owner')
           AND has_function_privilege(r.oid, p.oid, 'EXECUTE')""",
        [sorted(CHAT)],
    ).fetchall()
    assert rows == []


@pytest.mark.parametrize("statement", HOLES)
def test_row_security_is_the_second_wall(superuser: psycopg.Connection, statement: str) -> None:
    """Even where it could reach the tables."""
    superuser.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('nobody', 'Nadie')")
    superuser.execute(
        "INSERT INTO iduo.company (number, kind, surname, service_status) VALUES (1, 'person', 'Gómez', 'active')"
    )
    superuser.execute(
        """WITH c AS (INSERT INTO iduo.chat (token_hash, address_hash, name, lines)
                      VALUES (sha256('a'), sha256('b'), 'Rosa', 1) RETURNING id)
           INSERT INTO iduo.chat_line (chat_id, seq, side, text, key)
           SELECT id, 1, 'visitor', 'Hola', gen_random_uuid() FROM c"""
    )
    superuser.execute("GRANT USAGE ON SCHEMA iduo TO iduo_chat")
    superuser.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA iduo TO iduo_chat")
    with psycopg.connect(superuser.info.dsn, password=superuser.info.password, autocommit=True) as connection:
        connection.execute("SET SESSION AUTHORIZATION iduo_chat")
        try:
            changed = connection.execute(statement.encode()).rowcount
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
            changed = 0
    assert changed == 0


def test_it_is_nobody_who_works_here(admin: Database, become: Become) -> None:
    assert "iduo_chat" not in {person.login for person in staff.people(admin)}
    for change in (staff.enable, staff.disable):
        assert refusal(change, admin, "iduo_chat") == "Ese usuario no existe."
