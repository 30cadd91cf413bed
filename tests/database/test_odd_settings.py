"""Settings that anybody may change for himself: what functions answer and write is the same, or all refuse."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.everything import somebody
from tests.database.house import Hold, house
from tests.database.odd_values import arguments
from tests.database.test_matrix import ROLES
from tests.people import People
from tests.services.world import World

# Each with whatever else changes how values are read and shown, how texts are compared, and how a query is carried out.
SETTINGS = {
    "shown in another way": (
        "SET DateStyle = 'ISO, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Tokyo'; "
        "SET extra_float_digits = -15; SET bytea_output = 'escape'; SET lc_numeric = 'C'; SET lc_time = 'C'; "
        "SET lc_monetary = 'C'; SET xmloption = 'document'; SET quote_all_identifiers = on"
    ),
    "read in another way": (
        "SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'iso_8601'; SET TimeZone = 'ODD+23:59'; "
        "SET array_nulls = off; SET transform_null_equals = on; SET default_text_search_config = 'spanish'; "
        "SET backslash_quote = on; SET escape_string_warning = off; SET pg_trgm.similarity_threshold = 1"
    ),
    "planned in another way": (
        "SET DateStyle = 'ISO, YMD'; SET TimeZone = 'Pacific/Kiritimati'; SET enable_indexscan = off; "
        "SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_nestloop = off; SET enable_sort = off; "
        "SET plan_cache_mode = 'force_generic_plan'; SET work_mem = '64kB'; SET debug_parallel_query = on; "
        "SET from_collapse_limit = 1; SET join_collapse_limit = 1; SET geqo_threshold = 2; SET jit = on; "
        "SET jit_above_cost = 0; SET constraint_exclusion = on; SET synchronous_commit = off"
    ),
    "dates in another way": "SET DateStyle = 'German'",
    "rows in another way": "SET row_security = off",
    "without mercy": (
        "SET plpgsql.extra_errors = 'all'; SET plpgsql.check_asserts = off; "
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = 0; "
        "SET default_transaction_deferrable = on; SET search_path = pg_temp, api; SET check_function_bodies = off; "
        "SET createrole_self_grant = 'set, inherit'; SET password_encryption = 'scram-sha-256'"
    ),
}
REFUSED = {"dates in another way", "rows in another way"}
OF_SEARCH = {
    *("find_companies", "find_contacts", "find_tickets", "similar_tickets")
}  # row security is not for their owner
# What was written in this transaction, and never how the session shows it.
TRACE = """
CREATE FUNCTION api.trace() RETURNS TABLE (table_name text, operation text, after jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET DateStyle = 'ISO' SET TimeZone = 'UTC' AS $$
BEGIN
    RETURN QUERY SELECT e.table_name, e.operation, e.after FROM audit.entry e
        WHERE e.xmin::text = pg_current_xact_id_if_assigned()::xid::text ORDER BY e.id;
END $$;
GRANT EXECUTE ON FUNCTION api.trace TO iduo_user"""
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d(:\d\d)?")
LEFT_OUT = {
    *("end_session", "sessions", "who_is_in", "people_in"),  # of other sessions, of which each run has more
    "filled_form",  # here two forms belong to one event, which no function does; either may come first
}
Seen = dict[str, object]


@pytest.fixture(scope="module")
def calls(
    server: EmbeddedServer, server_connection: psycopg.Connection, template: str, one_at_a_time: Hold, worker_id: str
) -> Iterator[tuple[psycopg.Connection, dict[str, str]]]:
    """A session of somebody with every role in a clone with a client in it, and a call of each function."""
    name = f"odd_{worker_id}"
    with (
        house(server, server_connection, template, one_at_a_time, name) as conninfo,
        psycopg.connect(conninfo, autocommit=True) as superuser,
    ):
        people = People(superuser, name)
        session = people.raw("all", *ROLES)
        world = World(superuser)
        somebody(world)
        case = world.case(company=1, assigned_to=people.add("all"))
        superuser.execute(TRACE)
        day = world.today() + timedelta(days=3)
        first, last = world.today() - timedelta(days=30), world.today()
        every = arguments(superuser, {"case": case, "day": day, "first": first, "last": last})
        yield session, {function: call for function, call in every.items() if function not in LEFT_OUT}
        people.close()
        people.forget(server_connection)


def seen(session: psycopg.Connection, settings: str, call: str) -> Seen:
    """What a call answers and writes, value by value, in the form in which nothing is shown in anybody's way."""
    session.execute(settings.encode())
    session.execute("BEGIN")
    found: Seen = {}
    try:
        rows = session.execute(sql.SQL(call), binary=True).fetchall()
        found = {f"{number}.{column}": value for number, row in enumerate(rows) for column, value in enumerate(row)}
        for number, (table, operation, after) in enumerate(session.execute("SELECT * FROM api.trace()").fetchall()):
            found |= {f"{number} {operation} {table}.{key}": value for key, value in (after or {}).items()}
        found["state"] = ""
    except psycopg.Error as error:
        found = {"state": error.sqlstate, "said": error.diag.message_primary}
    session.execute("ROLLBACK")
    session.execute("RESET ALL")
    return {key: plain(value) for key, value in found.items()}


def plain(value: object) -> object:
    """Moments as moments, however the text in which they travel inside of json says them."""
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def differences(usual: Seen, again: Seen, odd: Seen) -> Seen:
    """What is otherwise than twice without the settings; a refusal is no difference."""
    if odd["state"]:
        return {}
    steady = {key for key in usual.keys() & again.keys() if usual[key] == again[key]}
    lost = {key for key in usual.keys() & again.keys() if key not in odd}
    return {key: (usual[key], odd.get(key)) for key in lost | steady if odd.get(key) != usual[key]}


def test_odd_settings(calls: tuple[psycopg.Connection, dict[str, str]], pytestconfig: pytest.Config) -> None:
    session, every = calls
    usual, again = ({one: seen(session, "", call) for one, call in every.items()} for _ in range(2))
    answered = {one for one in every if not usual[one]["state"]}
    assert len(answered) > 100
    for name in SETTINGS if pytestconfig.getoption("long") else ["shown in another way", "dates in another way"]:
        odd = {one: seen(session, SETTINGS[name], call) for one, call in every.items()}
        wrong = [one for one in every if differences(usual[one], again[one], odd[one])]
        # a minute may have passed meanwhile: what is otherwise now without the settings too is no difference
        now = {one: seen(session, "", every[one]) for one in wrong}
        assert {one: found for one in wrong if (found := differences(usual[one], now[one], odd[one]))} == {}, name
        refused = {one for one in answered if odd[one]["state"]}
        assert refused >= answered - OF_SEARCH if name in REFUSED else not refused, name
