"""A page of a list of a million cases, for an operator: start, middle and end of it; and what our layer costs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from bench import Result
from bench.house import House
from bench.timing import in_turns
from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter, CaseRow

ROUNDS = 31
LIST = "active"


def measure(house: House) -> Iterator[Result]:
    """Pages by keyset in work order; the same page through services and straight through the driver."""
    conninfo = house.big()
    operator = house.person(conninfo, "bench_operator")
    middle, last = positions(house, conninfo)
    start_ms, middle_ms, last_ms = in_turns(
        ROUNDS,
        lambda: cases.page(operator, LIST),
        lambda: cases.page(operator, LIST, after=middle),
        lambda: cases.page(operator, LIST, after=last),
    )
    yield Result("page of 200, middle of the list", middle_ms, start_ms, "ms", middle_ms / start_ms, 10.0)
    yield Result("page of 200, end of the list", last_ms, start_ms, "ms", last_ms / start_ms, 10.0)
    filters = (CaseFilter(plan="Fibra 300 Mb"), CaseFilter(locality="Rosario"), CaseFilter(text="núñez"))
    _, *filtered = in_turns(
        9, lambda: cases.page(operator, LIST), *(lambda one=one: cases.page(operator, LIST, one) for one in filters)
    )
    for name, spent in zip(("plan", "locality", "a surname"), filtered, strict=True):
        yield Result(f"page of 200 filtered by {name}", spent, start_ms, "ms", spent / start_ms, 10.0)
    yield from layer(house, conninfo)
    operator.close()


def positions(house: House, conninfo: str) -> tuple[str, str]:
    """Where the row in the middle of the list stands, and the one 200 before its end."""
    with house.superuser(conninfo) as superuser:
        query = """SELECT work_key, id FROM iduo.case WHERE state = 'open' AND list = %s
            AND (next_action_at IS NULL OR next_action_at > clock_timestamp()) ORDER BY work_key, id"""
        rows = superuser.execute(query, [LIST]).fetchall()
    now = datetime.now(UTC).isoformat()
    found = (rows[len(rows) // 2], rows[-201])
    middle, last = (json.dumps([1, key.astimezone(UTC).isoformat(), number, now]) for key, number in found)
    return middle, last


def layer(house: House, conninfo: str) -> Iterator[Result]:
    """A page through the layer beside psycopg alone: of a list, and of a function that costs nothing."""
    operator = house.person(conninfo, "bench_operator")
    raw = house.raw(conninfo, "bench_operator")
    columns = ", ".join(f'"{name}"' for name in CaseRow.__slots__)
    query = f"SELECT {columns} FROM api.cases(p_list => %s, p_filter => %s, p_sort => 'work', p_limit => 200)"
    rows = raw.execute(query, [LIST, "{}"]).fetchall()
    assert len(rows) == 200
    ours, theirs = in_turns(
        ROUNDS, lambda: cases.page(operator, LIST), lambda: raw.execute(query, [LIST, "{}"]).fetchall()
    )
    yield Result("page of 200 through our layer", ours, theirs, "ms", ours / theirs, 1.5)
    with house.superuser(conninfo) as superuser, free_page(superuser, columns, rows):
        free = f"SELECT {columns} FROM api.bench_page()"
        ours, theirs = in_turns(
            ROUNDS * 5, lambda: operator.rows(CaseRow, "bench_page"), lambda: raw.execute(free).fetchall()
        )
    yield Result("the same of a function that costs nothing", ours, theirs, "ms", ours / theirs, 1.5)
    raw.close()
    operator.close()


@contextmanager
def free_page(superuser: psycopg.Connection, columns: str, rows: list[psycopg.rows.TupleRow]) -> Iterator[None]:
    """A function that answers these rows from a table of their own, for as long as it is needed."""
    places = ", ".join(["%s"] * len(rows[0]))
    superuser.execute("DROP TABLE IF EXISTS public.bench_page CASCADE")
    superuser.execute(f"CREATE TABLE public.bench_page AS SELECT {columns} FROM api.cases('{LIST}') WITH NO DATA")
    with superuser.cursor() as cursor:
        cursor.executemany(f"INSERT INTO public.bench_page VALUES ({places})", rows)
    superuser.execute("""CREATE FUNCTION api.bench_page() RETURNS SETOF public.bench_page LANGUAGE sql STABLE
                         SECURITY DEFINER SET search_path = '' AS 'SELECT * FROM public.bench_page'""")
    superuser.execute("GRANT EXECUTE ON FUNCTION api.bench_page TO PUBLIC")
    yield
    superuser.execute("DROP TABLE public.bench_page CASCADE")
