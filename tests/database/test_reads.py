"""Every function that answers something counts the rows that it gives, or is named with the reason why not."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.house import Hold, house

COUNTS = re.compile(r"iduo\.(count_rows_read|count_unsettled_rows|count_batch_rows|too_many_rows)\(")
LINES = (Path(__file__).parent / "reads.txt").read_text("utf-8").splitlines()[1:]
ANSWERING = """
    SELECT p.proname, p.prosrc, p.provolatile = 'v' AND p.proparallel = 'u' FROM pg_proc p
    WHERE p.pronamespace = 'api'::regnamespace AND p.prorettype <> 'void'::regtype"""


@pytest.fixture(scope="module")
def superuser(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[psycopg.Connection]:
    """In a clone in which nothing is changed."""
    with (
        house(server, server_connection, template, one_at_a_time, f"reads_{worker_id}") as conninfo,
        psycopg.connect(conninfo, autocommit=True) as connection,
    ):
        yield connection


def listed(mark: str) -> list[str]:
    """The functions of the list with this mark."""
    return [name for line in LINES if line.startswith(mark) for name in line[2:].split("  -- ")[0].split()]


def test_each_function_that_answers_is_listed_once(superuser: psycopg.Connection) -> None:
    there = [name for name, _, _ in superuser.execute(ANSWERING).fetchall()]
    assert sorted(listed("+") + listed("-")) == sorted(there)


def test_those_that_do_not_count_have_a_reason() -> None:
    assert all("  -- " in line for line in LINES if line.startswith("-"))
    assert {line[0] for line in LINES} == {"+", "-"}


def test_they_count_as_the_list_says(superuser: psycopg.Connection) -> None:
    functions = superuser.execute(ANSWERING).fetchall()
    assert sorted(name for name, source, _ in functions if COUNTS.search(source)) == sorted(listed("+"))
    # else the planner might leave out the counting
    assert all(each_time for _, _, each_time in functions)


def test_nobody_reaches_a_counter(superuser: psycopg.Connection) -> None:
    superuser.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('ana', 'Ana')")
    found = superuser.execute(
        "SELECT pg_get_userbyid(relowner), relpersistence::text, relacl FROM pg_class WHERE relname = 'rows_read_ana'"
    ).fetchall()
    assert found == [("iduo_owner", "u", None)]
