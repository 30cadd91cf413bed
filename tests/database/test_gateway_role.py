"""The gateway's role: logs in, calls its functions, reads no table and does nothing that a person does."""

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import staff
from tests.conftest import Become, ServiceLogin
from tests.database.test_contract import GATEWAY
from tests.database.test_matrix import MAY, NOT_ALLOWED, answer, with_nothing
from tests.services.refusals import refusal


@pytest.fixture
def keywords(service_login: ServiceLogin) -> Conninfo:
    """How the gateway connects."""
    return service_login("iduo_gateway")


def test_it_calls_its_own_functions_and_no_other(superuser: psycopg.Connection, keywords: Conninfo) -> None:
    granted = superuser.execute(
        """SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'api'::regnamespace
           AND has_function_privilege('iduo_gateway', p.oid, 'EXECUTE')"""
    ).fetchall()
    assert {name for (name,) in granted} == GATEWAY
    with psycopg.connect(autocommit=True, **keywords.keywords(30.0)) as connection:
        for function in MAY:
            state, message = answer(connection, with_nothing(superuser, function))
            refused = state == "42501" and message.startswith(NOT_ALLOWED)
            assert refused == (function not in GATEWAY), f"{function}: {state} {message}"
            assert refused or state[:2] in ("", "IU"), f"{function}: {state} {message}"
        for table in ("staff", "message", "outbox", "conversation", "company", "contact"):
            assert answer(connection, sql.SQL("SELECT * FROM iduo.{}").format(sql.Identifier(table)))[0] == "42501"
        connection.execute("SET default_transaction_isolation = 'serializable'")
        assert answer(connection, with_nothing(superuser, "gateway_recover"))[0] == "25001"


@pytest.mark.parametrize("name", ["company", "contact"])
def test_it_locks_whom_a_message_is_of_and_changes_nothing(superuser: psycopg.Connection, name: str) -> None:
    """Even where it could reach the tables: row security is the second wall."""
    superuser.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('nobody', 'Nadie')")
    superuser.execute(
        "INSERT INTO iduo.company (number, kind, surname, service_status) VALUES (1, 'person', 'Gómez', 'active')"
    )
    superuser.execute("INSERT INTO iduo.contact (surname, by) VALUES ('Gómez', 'nobody')")
    table = sql.Identifier("iduo", name)
    superuser.execute(sql.SQL("GRANT UPDATE, SELECT, DELETE ON {} TO iduo_gateway").format(table))
    superuser.execute("GRANT USAGE ON SCHEMA iduo TO iduo_gateway")
    with psycopg.connect(superuser.info.dsn, password=superuser.info.password, autocommit=True) as connection:
        connection.execute("SET SESSION AUTHORIZATION iduo_gateway")
        locked = connection.execute(sql.SQL("SELECT FROM {} FOR NO KEY UPDATE").format(table)).fetchall()
        assert len(locked) == 1
        assert answer(connection, sql.SQL("UPDATE {} SET surname = 'X'").format(table))[0] == "42501"
        connection.execute(sql.SQL("DELETE FROM {}").format(table))
    ((left,),) = superuser.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchall()
    assert left == 1


def test_it_is_nobody_who_works_here(admin: Database, become: Become) -> None:
    assert "iduo_gateway" not in {person.login for person in staff.people(admin)}
    for change in (staff.enable, staff.disable):
        assert refusal(change, admin, "iduo_gateway") == "Ese usuario no existe."
