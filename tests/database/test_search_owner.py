"""Whose functions read past row security: all of them by name, and what they may read at all."""

from collections.abc import Iterator

import psycopg
import pytest

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house

# Those of the door ask who it is first; those of schema iduo are called by them and by no person.
SEARCHES = {
    "api": {"find_companies", "find_contacts", "find_tickets"},
    "iduo": {
        "company_matches",
        "known_senders",
        "contact_matches",
        "contact_positions",
        "number_matches",
        "same_persons",
        "sections_filled",
        "matching_companies",
        "matching_persons",
        "matching_tickets",
        "show_hits",
    },
}
NEVER = ("assistant", "company_assistant", "disclosure", "receipt", "call", "attempt", "closing", "case_event")


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[psycopg.Connection]:
    """In a clone in which nothing is changed."""
    with (
        house(server, server_connection, template, one_at_a_time, f"search_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        yield connection


def test_every_function_past_row_security_is_named(superuser: psycopg.Connection) -> None:
    query = """SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.proowner = 'iduo_search'::regrole AND p.prosecdef"""
    found: dict[str, set[str]] = {}
    for schema, name in superuser.execute(query):
        found.setdefault(schema, set()).add(name)
    assert found == SEARCHES


def test_it_writes_nothing_and_reads_no_more_than_it_searches(superuser: psycopg.Connection) -> None:
    tables = [name for (name,) in superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'iduo'")]
    assert {*NEVER} < {*tables}
    may = "SELECT has_any_column_privilege('iduo_search', format('iduo.%%I', %s::text), %s)"
    for table in tables:
        for right in ("INSERT", "UPDATE", "REFERENCES"):
            assert superuser.execute(may, [table, right]).fetchone() == (False,), f"{right} on {table}"
    for table in NEVER:
        assert superuser.execute(may, [table, "SELECT"]).fetchone() == (False,), table
    for column in ("note", "debt", "imported"):
        whole = "SELECT has_column_privilege('iduo_search', 'iduo.company', %s, 'SELECT')"
        assert superuser.execute(whole, [column]).fetchone() == (False,), column
