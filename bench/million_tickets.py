"""A million tickets of two years, made in sets: most of them communicated, some thousands still on their way."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from psycopg import sql

from bench import million
from iduo_desktop.admin.demo_clients import WORDS
from iduo_desktop.admin.demo_tickets import TEXTS

TICKETS = 1_000_000
ON_THEIR_WAY = 12_000
FILL = """
INSERT INTO iduo.ticket (id, number, state, kind, channel, ivr_option, caller_kind, topic_id, topic, company_id,
                         company_number, company, surname, names, document, phone, phone_key, email, text, provisional,
                         insisted, answer, answered_at, answered_by, communicated_at, communicated_by, communicated_to,
                         at, created_by, version, key, payload_hash)
OVERRIDING SYSTEM VALUE
SELECT i, 100000 + i, s.state, t.kind,
       CASE WHEN i %% 8 = 3 THEN 'chat' WHEN i %% 997 = 1 THEN 'outbound' ELSE 'phone' END, i %% 4,
       CASE WHEN i %% 9 = 2 THEN 'prospect' WHEN i %% 13 = 5 THEN 'other' ELSE 'client' END, t.id, t.label,
       CASE WHEN %(companies)s > 0 THEN 1 + (i::bigint * 7919) %% greatest(%(companies)s, 1) END,
       100001 + (i::bigint * 7919) %% 250000, 'Empresa ' || w.surnames[1 + i %% cardinality(w.surnames)] || ' SRL',
       w.surnames[1 + floor(power(random(), 2) * cardinality(w.surnames))],
       w.names[1 + floor(random() * cardinality(w.names))] || ' '
       || w.names[1 + floor(random() * cardinality(w.names))],
       (5200000 + (i::bigint * 7919) %% 41700000)::text, '0341 15-' || p.k, '341' || p.k,
       CASE WHEN i %% 3 = 0 THEN 'correo' || i %% 400000 || '@correo.example' ELSE '' END,
       w.texts[1 + floor(random() * cardinality(w.texts))] || ' Vive en '
       || w.streets[1 + floor(random() * cardinality(w.streets))] || ' ' || i %% 5900
       || '. Reclamo numerado' || i %% 50000,
       CASE WHEN i %% 5000 = 7 THEN 'P-' || lpad((i %% 9999)::text, 4, '0') || '-0000' ELSE '' END,
       CASE WHEN i %% 11 = 4 THEN 1 + i %% 3 ELSE 0 END,
       CASE WHEN s.done THEN w.answers[1 + floor(random() * cardinality(w.answers))] ELSE '' END,
       CASE WHEN s.done THEN a.at + interval '1 day' END, CASE WHEN s.done THEN 'bench' END,
       CASE WHEN s.read THEN a.at + interval '1 day' + random() * interval '4 days' END,
       CASE WHEN s.read THEN 'bench' END, CASE WHEN s.read THEN 'el titular' ELSE '' END,
       a.at, 'bench', 2, md5('key' || i)::uuid, sha256(i::text::bytea)
FROM generate_series(%(first)s::int, %(last)s::int) i
CROSS JOIN (SELECT %(surnames)s::text[], %(names)s::text[], %(streets)s::text[], %(texts)s::text[], %(answers)s::text[])
     AS w(surnames, names, streets, texts, answers)
CROSS JOIN LATERAL (SELECT lpad(((i::bigint * 6007) %% 9999991)::text, 7, '0')) p(k)
CROSS JOIN LATERAL (
    SELECT CASE WHEN i > %(tickets)s - %(on_their_way)s OR i %% 9973 = 0
                THEN (ARRAY['open', 'awaiting_answer', 'awaiting_communication'])[1 + i %% 3] ELSE 'communicated' END
) x(state)
CROSS JOIN LATERAL (
    SELECT x.state, x.state IN ('awaiting_communication', 'communicated'), x.state = 'communicated'
) s(state, done, read)
CROSS JOIN LATERAL (
    SELECT clock_timestamp() - (%(tickets)s - i) * interval '55 seconds' - interval '6 minutes'
) a(at)
JOIN LATERAL (SELECT o.id, o.label, o.kind FROM iduo.topic o WHERE o.id = 1 + i %% 6) t ON true
"""


def fill(conninfo: str, tickets: int = TICKETS) -> None:
    """Fill the table of an upgraded database; audit, feed and history are left out, indexes come after the rows."""
    begun = time.monotonic()
    with million.superuser(conninfo) as connection:
        connection.execute("INSERT INTO iduo.staff (login, full_name) VALUES ('bench', 'Nadie') ON CONFLICT DO NOTHING")
        indexes = million.take_indexes(connection, ("ticket",))
        million.say(begun, "tickets")
        with ThreadPoolExecutor(million.PARTS) as pool:
            list(pool.map(partial(_part, conninfo, tickets), range(million.PARTS)))
        million.say(begun, "indexes of tickets")
        million.side_by_side(conninfo, indexes)
        for column in ("id", "number"):
            query = sql.SQL("SELECT setval(pg_get_serial_sequence('iduo.ticket', {}), max({})) FROM iduo.ticket")
            connection.execute(query.format(sql.Literal(column), sql.Identifier(column)))
        connection.execute("VACUUM ANALYZE iduo.ticket")
        million.say(begun, "done")


def _part(conninfo: str, tickets: int, part: int) -> None:
    size = tickets // million.PARTS
    values: dict[str, object] = {
        "surnames": WORDS["surnames"],
        "names": WORDS["men"] + WORDS["women"],
        "streets": WORDS["streets"],
        "texts": [text.split("{")[0] for _, text, _ in TEXTS["messages"]],
        "answers": [answer for _, _, answer in TEXTS["messages"]],
        "tickets": tickets,
        "on_their_way": ON_THEIR_WAY,
    }
    with million.superuser(conninfo) as connection:
        query = "SELECT count(*) FROM (SELECT FROM iduo.company LIMIT 1000000) c"
        ((companies,),) = connection.execute(query).fetchall()
        connection.execute("SELECT setseed(%s)", [part / million.PARTS])
        values |= {"companies": companies, "first": part * size + 1, "last": (part + 1) * size}
        connection.execute(FILL, values)
