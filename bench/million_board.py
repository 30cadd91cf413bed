"""Three months of a busy desk, made in sets: a million contacts, 200,000 tickets, promises, calls, forty operators."""

import time

from psycopg import sql

from bench import million

CLIENTS = 200_000
CONTACTS = 1_000_000
TICKETS = 200_000
DAYS = 90
OPERATORS = 40
TABLES = ("company", "case", "attempt", "promise", "ticket", "call")

TEAM = "INSERT INTO iduo.team (name) VALUES ('Mañana')"
STAFF = """
INSERT INTO iduo.staff (login, full_name, team_id)
SELECT 'desk' || n, 'Operador ' || n, CASE WHEN n %% 4 = 0 THEN (SELECT min(id) FROM iduo.team) END
FROM generate_series(1, %(operators)s) n"""
COMPANIES = """
INSERT INTO iduo.company (number, kind, surname, names, service_status, status_since, debt)
SELECT 100000 + i, 'person', 'Gómez', 'Ana ' || i,
       CASE WHEN i %% 2 = 0 THEN 'delinquent' WHEN i %% 4 = 1 THEN 'active' ELSE 'suspended' END, current_date - 30, i
FROM generate_series(1, %(clients)s) i"""
CASES = """
INSERT INTO iduo.case (company_id, subject, collection, list, state, assigned_to, assigned_at, closed_at, closed_by,
                       last_contact_at, opened_by, client_key)
SELECT i, 'Lista', true, CASE WHEN i %% 2 = 0 THEN 'delinquent' WHEN i %% 4 = 1 THEN 'active' ELSE 'suspended' END,
       CASE WHEN x.closed THEN 'closed' ELSE 'open' END, CASE WHEN x.held THEN 'desk' || 1 + i %% %(operators)s END,
       CASE WHEN x.held THEN now() END, CASE WHEN x.closed THEN now() - i %% %(days)s * interval '1 day' END,
       CASE WHEN x.closed THEN 'desk' || 1 + i %% %(operators)s END,
       CASE WHEN i %% 3 > 0 THEN now() - i %% %(days)s * interval '1 day' END, 'bench', 'gomez, ana ' || i
FROM generate_series(1, %(clients)s) i, LATERAL (SELECT i %% 10 = 5 AS closed, i %% 200 = 4 AS held) x"""
ATTEMPTS = """
INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, disposition_id, purpose, override_reason,
                          undone_at, at, by)
SELECT i, x.client, x.client, (ARRAY['call', 'call', 'whatsapp', 'email', 'sms'])[1 + i %% 5],
       CASE WHEN i %% 7 = 0 THEN 'inbound' ELSE 'outbound' END, 1 + i %% 4, 'collection',
       CASE WHEN i %% 200 = 0 THEN 'Lo pidió el cliente' ELSE '' END, CASE WHEN i %% 100 = 3 THEN now() END,
       now() - (%(contacts)s - i) * (%(days)s * interval '1 day' / %(contacts)s), 'desk' || 1 + i %% %(operators)s
FROM generate_series(1, %(contacts)s) i, LATERAL (SELECT 1 + (i::bigint * 7919) %% %(clients)s AS client) x"""
PROMISES = """
INSERT INTO iduo.promise (case_id, attempt_id, amount, due_date, state, at)
SELECT a.case_id, a.id, 1000, a.at::date + 5, (ARRAY['pending', 'kept', 'broken'])[1 + a.id %% 3], a.at
FROM iduo.attempt a WHERE a.id %% 20 = 2"""
TICKETS_OF_THEM = """
INSERT INTO iduo.ticket (kind, channel, caller_kind, surname, phone, text, state, answer, answered_at, answered_by,
                         communicated_at, communicated_by, communicated_to, at, created_by, key, payload_hash)
SELECT 'question', (ARRAY['phone', 'phone', 'chat', 'outbound'])[1 + i %% 4], 'client', 'Gómez', '4321-5678',
       repeat('No anda internet desde ayer. ', 10), s.state, CASE WHEN s.done THEN repeat('Ya anda. ', 20) ELSE '' END,
       CASE WHEN s.done THEN x.at END, CASE WHEN s.done THEN 'bench' END, CASE WHEN s.read THEN x.at END,
       CASE WHEN s.read THEN 'desk' || 1 + i %% %(operators)s END, CASE WHEN s.read THEN 'el titular' ELSE '' END,
       x.at, 'desk' || 1 + i %% %(operators)s, gen_random_uuid(), sha256(i::text::bytea)
FROM generate_series(1, %(tickets)s) i,
     LATERAL (SELECT CASE WHEN i > %(tickets)s - 6000 THEN
              (ARRAY['open', 'awaiting_answer', 'awaiting_communication'])[1 + i %% 3]
              ELSE 'communicated' END) y(state),
     LATERAL (SELECT y.state, y.state IN ('awaiting_communication', 'communicated'), y.state = 'communicated')
              s(state, done, read),
     LATERAL (SELECT now() - (%(tickets)s - i) * (%(days)s * interval '1 day' / %(tickets)s) AS at) x"""
CALLS = """
INSERT INTO iduo.call (direction, state, starts_at, ended_at, outcome, by, key, payload_hash)
SELECT 'inbound', 'held', x.at, x.at, 'message', 'desk' || 1 + i %% %(operators)s, gen_random_uuid(), sha256('')
FROM generate_series(1, %(tickets)s) i,
     LATERAL (SELECT now() - (%(tickets)s - i) * (%(days)s * interval '1 day' / %(tickets)s) AS at) x"""


def fill(conninfo: str, part: float = 1.0) -> None:
    """Fill an empty, upgraded database; audit and feed are left out, indexes come after the rows."""
    begun = time.monotonic()
    values = {
        "clients": round(CLIENTS * part),
        "contacts": round(CONTACTS * part),
        "tickets": round(TICKETS * part),
        "days": DAYS,
        "operators": OPERATORS,
    }
    with million.superuser(conninfo) as connection:
        connection.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Nadie') ON CONFLICT DO NOTHING")
        connection.execute(TEAM)
        indexes = million.take_indexes(connection, TABLES)
        for statement in (STAFF, COMPANIES, CASES, ATTEMPTS, PROMISES, TICKETS_OF_THEM, CALLS):
            million.say(begun, f"board, {statement.split()[2]}")
            connection.execute(statement, values)
        million.say(begun, "board, indexes")
        million.side_by_side(conninfo, indexes)
        for table in TABLES:
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier("iduo", table)))
        connection.execute("ANALYZE")
        million.say(begun, "board, done")
