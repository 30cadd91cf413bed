"""A million clients with a case each and what happened with them lately, made in sets."""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from psycopg import sql

from iduo_desktop.admin.demo_clients import WORDS

CASES = 1_000_000
PARTS = 2
TABLES = ("company", "company_phone", "case", "case_event", "attempt")
# Loading: no triggers, no waiting for the disk, room for sorting.
LOADING = {
    "session_replication_role": "replica",
    "synchronous_commit": "off",
    "maintenance_work_mem": "1GB",
    "work_mem": "256MB",
    "temp_file_limit": "-1",
}

COMPANIES = """
INSERT INTO iduo.company (id, number, kind, surname, names, document, plan, street, locality, province,
                          service_status, status_since, cutoff_date, debt, since)
OVERRIDING SYSTEM VALUE
SELECT i, 100000 + i, 'person', w.surnames[1 + floor(power(random(), 2) * cardinality(w.surnames))],
       w.names[1 + floor(random() * cardinality(w.names))] || ' ' ||
       w.names[1 + floor(random() * cardinality(w.names))],
       (5200000 + (i::bigint * 7919) %% 41700000)::text, w.plans[1 + i %% cardinality(w.plans)],
       w.streets[1 + floor(random() * cardinality(w.streets))] || ' ' || (20 + i %% 5900),
       w.localities[1 + floor(random() * cardinality(w.localities))], 'Santa Fe',
       CASE WHEN i %% 100 < 70 THEN 'active' WHEN i %% 100 < 85 THEN 'delinquent'
            WHEN i %% 100 < 95 THEN 'suspended' ELSE 'withdrawn' END,
       current_date - 30, current_date + (i %% 40 - 10), round((random() * 300000)::numeric, 2), current_date - 2000
FROM generate_series(%(first)s::int, %(last)s::int) i,
     (SELECT %(surnames)s::text[], %(names)s::text[], %(plans)s::text[], %(streets)s::text[], %(localities)s::text[])
     AS w(surnames, names, plans, streets, localities)
"""
PHONES = """
INSERT INTO iduo.company_phone (company_id, typed, e164, search_key, kind, valid)
SELECT i, '0341 15-' || k, '+549341' || k, '341' || k, 'mobile', true
FROM generate_series(%(first)s::int, %(last)s::int) i,
     LATERAL (SELECT lpad(((i::bigint * 6007) %% 9999991)::text, 7, '0')) x(k)
"""
CASES_OF_THEM = """
INSERT INTO iduo.case (company_id, subject, collection, list, state, closed_at, closed_by, closing_reason,
                       closing_status, touched_at, last_contact_at, next_action_at, attempts, calls, opened_at,
                       opened_by, client_key, debt, cutoff_date, plan, locality)
SELECT o.id, 'Lista de clientes', true, o.service_status, CASE WHEN x.closed THEN 'closed' ELSE 'open' END,
       CASE WHEN x.closed THEN now() - random() * interval '60 days' END, CASE WHEN x.closed THEN 'bench' END,
       CASE WHEN x.closed THEN 'Regularizó el pago' END, CASE WHEN x.closed THEN 'Resuelto' END,
       now() - interval '60 days',
       CASE WHEN x.luck > 0.2 THEN now() - interval '1 hour' - (x.luck - 0.2) * interval '75 days' END,
       CASE WHEN NOT x.closed AND o.id %% 67 = 0 AND o.service_status <> 'suspended'
            THEN now() + (random() - 0.4) * interval '5 days' END,
       (x.luck > 0.2)::int, (x.luck > 0.2)::int, now() - interval '70 days', 'bench',
       o.client_key, o.debt, o.cutoff_date, o.plan, o.locality
FROM iduo.company o, LATERAL (SELECT random() AS luck, o.id %% 29 = 0 AS closed) x
WHERE o.id BETWEEN %(first)s AND %(last)s
"""
EVENTS = """
INSERT INTO iduo.case_event (id, case_id, company_id, kind, at, by, detail, version_after)
OVERRIDING SYSTEM VALUE
SELECT row_number() OVER (ORDER BY c.last_contact_at), c.id, c.company_id, 'attempt',
       c.last_contact_at - n * interval '5 hours', 'bench', 'No contesta', 2
FROM iduo.case c, generate_series(0, (c.id % 5 = 0)::int * 3) n WHERE c.last_contact_at > now() - interval '30 days'
"""
ATTEMPTS = """
INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, address, disposition_id, purpose, at, by)
SELECT e.id, e.case_id, e.company_id, CASE e.id % 5 WHEN 0 THEN 'whatsapp' WHEN 1 THEN 'email' ELSE 'call' END,
       'outbound', '', (SELECT min(id) FROM iduo.disposition), 'collection', e.at, 'bench'
FROM iduo.case_event e
"""
INDEXES = """
SELECT pg_get_indexdef(i.indexrelid), i.indexrelid::regclass::text FROM pg_index i
WHERE i.indrelid = ANY (SELECT ('iduo.' || quote_ident(t))::regclass FROM unnest(%s::text[]) t)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY i.indexrelid::regclass::text !~ '_search_index$'
"""


def fill(conninfo: str, cases: int = CASES) -> None:
    """Fill an empty, upgraded database; audit and feed are left out, indexes come after the rows."""
    begun = time.monotonic()
    with superuser(conninfo) as connection:
        connection.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Nadie')")
        indexes = take_indexes(connection, TABLES)
        for statement in (COMPANIES, PHONES, CASES_OF_THEM):
            say(begun, statement.split()[2])
            in_parts(conninfo, statement, cases)
        for whole in (EVENTS, ATTEMPTS):
            say(begun, whole.split()[2])
            connection.execute(whole)
        say(begun, "indexes")
        side_by_side(conninfo, indexes)
        for table in TABLES:
            query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            connection.execute(query.format(sql.Literal(f'iduo."{table}"'), sql.Identifier("iduo", table)))
        # nobody is to stop because he has enough
        connection.execute("UPDATE iduo.setting SET value = '1000000' WHERE name = 'open_cases_limit'")
        say(begun, "vacuum, analyze")
        connection.execute("VACUUM ANALYZE")
        say(begun, "done")


def superuser(conninfo: str) -> psycopg.Connection:
    """A connection on which loading is quick, autocommit."""
    options = " ".join(f"-c {name}={value}" for name, value in LOADING.items())
    return psycopg.connect(conninfo, autocommit=True, options=options)


def take_indexes(connection: psycopg.Connection, tables: Sequence[str]) -> list[sql.SQL]:
    """Drop the indexes that are no constraint; what makes them again, the costliest first."""
    found = connection.execute(INDEXES, [list(tables)]).fetchall()
    for _, name in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    return [sql.SQL(definition) for definition, _ in found]


def in_parts(conninfo: str, statement: str, rows: int = CASES) -> None:
    """Both cores, each with its own share of the clients."""
    words = {
        "surnames": WORDS["surnames"],
        "names": WORDS["men"] + WORDS["women"],
        "streets": WORDS["streets"],
        "plans": [plan for plans in WORDS["plans"].values() for plan, _, _ in plans],
        "localities": [locality[0] for locality in WORDS["localities"]],
    }
    size = rows // PARTS

    def load(part: int) -> None:
        with superuser(conninfo) as connection:
            connection.execute("SELECT setseed(%s)", [part / PARTS])
            connection.execute(statement, words | {"first": part * size + 1, "last": (part + 1) * size})

    with ThreadPoolExecutor(PARTS) as pool:
        list(pool.map(load, range(PARTS)))


def side_by_side(conninfo: str, statements: Sequence[sql.SQL]) -> None:
    """Two connections take the statements from one list."""
    left = list(reversed(statements))

    def work(_part: int) -> None:
        with superuser(conninfo) as connection:
            while left:
                connection.execute(left.pop())

    with ThreadPoolExecutor(PARTS) as pool:
        list(pool.map(work, range(PARTS)))


def say(begun: float, what: str) -> None:
    """How far it is, for whoever waits."""
    print(f"  {time.monotonic() - begun:5.0f} s  a million cases: {what}", file=sys.stderr)
