"""What the message desk needs beside a million clients: persons who call, management units, assistants."""

import time

from psycopg import sql

from bench import million

TABLES = ("contact", "contact_phone", "contact_email", "company_assistant")
UNIT_OF = 20
ASSISTED = 10

CONTACTS = """
INSERT INTO iduo.contact (id, company_id, surname, names, document_type, document, by)
OVERRIDING SYSTEM VALUE
SELECT i, CASE WHEN i %% 3 > 0 THEN i END, w.surnames[1 + floor(power(random(), 2) * cardinality(w.surnames))],
       w.names[1 + floor(random() * cardinality(w.names))] || ' ' ||
       w.names[1 + floor(random() * cardinality(w.names))],
       'dni', (5200000 + (i::bigint * 6029) %% 41700000)::text, 'bench'
FROM generate_series(%(first)s::int, %(last)s::int) i,
     (SELECT %(surnames)s::text[], %(names)s::text[]) AS w(surnames, names)
"""
PHONES = """
INSERT INTO iduo.contact_phone (contact_id, typed, e164, search_key, kind, valid)
SELECT i, '0341 15-' || k, '+549341' || k, '341' || k, 'mobile', true
FROM generate_series(%(first)s::int, %(last)s::int) i,
     LATERAL (SELECT lpad(((i::bigint * 7013) %% 9999991)::text, 7, '0')) x(k)
"""
MAILS = """
INSERT INTO iduo.contact_email (contact_id, address, valid)
SELECT i, 'persona' || i || '@correo.example', true
FROM generate_series(%(first)s::int, %(last)s::int) i WHERE i %% 4 = 0
"""
UNITS = sql.SQL(
    "UPDATE iduo.company SET management_unit = 'UG-' || lpad((id / {each} % 2000)::text, 2, '0') WHERE id % {each} = 0"
).format(each=UNIT_OF)
ASSISTANTS = """
INSERT INTO iduo.assistant (name, whatsapp, e164, email)
SELECT 'Asistente ' || n, '11 5' || n, '+54911500' || n, 'asistente' || n || '@iduo.example'
FROM generate_series(10000, 10499) n"""
ASSIGNED = sql.SQL("""
INSERT INTO iduo.company_assistant (company_id, role, assistant_id)
SELECT o.id, r.key, a.first + (o.id * r.position) % 500 FROM iduo.company o, iduo.assistant_role r,
       (SELECT min(id) AS first FROM iduo.assistant) a
WHERE o.id % {each} = 0 AND r.position <= 3""").format(each=ASSISTED)


def fill(conninfo: str, persons: int = million.CASES) -> None:
    """Fill a database that has its million clients; nothing if it was done before."""
    begun = time.monotonic()
    with million.superuser(conninfo) as connection:
        if connection.execute("SELECT FROM iduo.contact LIMIT 1").fetchone() is not None:
            return
        indexes = million.take_indexes(connection, TABLES)
        for statement in (CONTACTS, PHONES, MAILS):
            million.say(begun, statement.split()[2])
            million.in_parts(conninfo, statement, persons)
        million.say(begun, "units, assistants")
        for whole in (UNITS, ASSISTANTS, ASSIGNED):
            connection.execute(whole)
        million.say(begun, "indexes")
        million.side_by_side(conninfo, indexes)
        connection.execute("SELECT setval(pg_get_serial_sequence('iduo.contact', 'id'), max(id)) FROM iduo.contact")
        for table in ("company", "assistant", *TABLES):
            connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier("iduo", table)))
        million.say(begun, "done")
