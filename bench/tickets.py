"""Tickets: taking one beside a plain INSERT, and the one box over a million of them, for an operator.

With IDUO_BENCH_TICKETS=5000000 in the environment the searches that have a shape are measured at five millions too.
"""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from uuid import uuid4

import psycopg

from bench import Result, million_tickets
from bench.house import House
from bench.timing import in_turns, milliseconds, percentile
from iduo_desktop.database.connection import Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import NewTicket

ROUNDS = 150
SEARCHES = 60
TRIES = 3
SEED = 5
PEERS = 100.0
NEW = NewTicket(
    channel="phone",
    caller_kind="client",
    text="Sin internet desde ayer a la tarde. Ya reinició el equipo dos veces.",
    topic_id=1,
    ivr_option=1,
    surname="González",
    names="María José",
    document="24.118.903",
    phone="0341 15-600-7000",
    phone_e164="+5493416007000",
    phone_key="3416007000",
    email="maria@correo.example",
)
INSERT = """
    INSERT INTO iduo.ticket (kind, channel, ivr_option, caller_kind, topic_id, topic, surname, names, document, phone,
                             phone_e164, phone_key, email, text, created_by, key, payload_hash)
    VALUES ('question', 'phone', 1, 'client', 1, 'Consulta general', 'González', 'María José', '24118903',
            '0341 15-600-7000', '+5493416007000', '3416007000', 'maria@correo.example',
            'Sin internet desde ayer a la tarde. Ya reinició el equipo dos veces.', 'bench', gen_random_uuid(),
            sha256('x')) RETURNING number"""
SAMPLE = """
    SELECT number::text, document, '0' || left(phone_key, 3) || ' 15-' || right(phone_key, 7), surname, names, text
    FROM iduo.ticket WHERE id = ANY (%s)"""
# What the function of the door asks, without the door.
WITHOUT_SECURITY = """
    SELECT h.* FROM (
        SELECT array_agg(m.ticket_id) AS ids, array_agg(m.why) AS whys, array_agg(m.rank) AS ranks,
               bool_or(m.capped) AS capped
        FROM (SELECT DISTINCT ON (x.ticket_id) x.ticket_id, x.why, x.rank, bool_or(x.capped) OVER () AS capped
              FROM iduo.ticket_matches(%s, NULL, 20) x ORDER BY x.ticket_id, x.rank) m
    ) f, LATERAL iduo.show_hits(f.ids, f.whys, f.ranks, f.capped, 8) h"""
# Words that nobody said: the scan of a common one ends early, with enough of them.
SCAN = "SELECT id FROM iduo.ticket WHERE words @@ to_tsquery('simple', iduo.fold(%s) || 'zz:*') LIMIT 8"


def measure(house: House) -> Iterator[Result]:
    """Taking a ticket with the disk waited for and without, then the searches beside a scan and beside no door."""
    conninfo = house.filled("bench_tickets", million_tickets.fill)
    operator = house.person(conninfo, "bench_operator")
    with house.superuser(conninfo) as superuser:
        yield from _searches(operator, superuser)
        yield from _peers(operator)
        # no triggers: history, audit and feed are what the door adds
        superuser.execute("SET session_replication_role = replica")
        yield _taking(operator, superuser, "fsync on", 3.0)
        with house.without_fsync():
            yield _taking(operator, superuser, "fsync off", None)
    shaped = _shaped(operator, conninfo, house)
    yield Result("ticket by its shape, p95", shaped, 5.0, "ms", shaped / 5.0, 1.0, note="beside 5 ms")
    operator.close()
    many = int(os.environ.get("IDUO_BENCH_TICKETS", "0"))
    if many:
        larger = house.filled(f"bench_tickets_{many}", partial(million_tickets.fill, tickets=many))
        operator = house.person(larger, "bench_operator")
        more = _shaped(operator, larger, house)
        yield Result(f"ticket by its shape, {many:,}", more, shaped, "ms", more / shaped, 3.0, note="beside a million")
        operator.close()


def _taking(operator: Database, superuser: psycopg.Connection, disk: str, goal: float | None) -> Result:
    def create() -> None:
        tickets.create(operator, NEW, uuid4())

    ours, plain = in_turns(ROUNDS, create, lambda: superuser.execute(INSERT).fetchall())
    return Result(f"taking a ticket, {disk}", ours, plain, "ms", ours / plain, goal, note="beside: one INSERT")


def _searches(operator: Database, superuser: psycopg.Connection) -> Iterator[Result]:
    """The slow end (p95) of whatever is typed."""
    typed = [*_texts(_sample(superuser))]
    pairs = [_best(partial(_through, operator, text), partial(_bare, superuser, text)) for text in typed]
    found, beside = (percentile(spent, 0.95) for spent in zip(*pairs, strict=True))
    superuser.execute("SET enable_bitmapscan = off")
    scan = percentile([_best(partial(_scan, superuser, text))[0] for text in ("gonzalez", "internet", "tecnico")], 0.95)
    superuser.execute("RESET enable_bitmapscan")
    note = f"goal 1/50, is 1/{scan / found:.0f}"
    yield Result("one box for tickets, p95, beside a scan", found, scan, "ms", found / scan, 1 / 50, note=note)
    yield Result("one box as an operator, p95", found, beside, "ms", found / beside, 1.5, note="beside no security")


def _peers(operator: Database) -> Iterator[Result]:
    """What other programs were measured with on a tenth of these tickets; each is to be there in 100 ms."""
    asked: dict[str, Callable[[], object]] = {
        "taking a ticket": lambda: tickets.create(operator, NEW, uuid4()),
        "finding a surname": lambda: tickets.find(operator, "gonzalez"),
        "50 lines of a list": lambda: tickets.page(operator, "communicated", limit=50),
    }
    for name, ask in asked.items():
        ask()
        spent = percentile([milliseconds(ask) for _ in range(SEARCHES)], 0.95)
        yield Result(f"{name}, 1M tickets, p95", spent, PEERS, "ms", spent / PEERS, 1.0, note="beside 100 ms")


def _shaped(operator: Database, conninfo: str, house: House) -> float:
    """The slow end of what has a shape: number, document, telephone, surname."""
    with house.superuser(conninfo) as superuser:
        rows = _sample(superuser)
    texts = [row[turn % 4] for turn, row in enumerate(rows)]
    return percentile([_best(partial(_through, operator, text))[0] for text in texts], 0.95)


def _sample(superuser: psycopg.Connection) -> Sequence[tuple[str, ...]]:
    ids = random.Random(SEED).sample(range(1, million_tickets.TICKETS), SEARCHES)
    return superuser.execute(SAMPLE, [ids]).fetchall()


def _texts(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """What operators type: numbers of all shapes, names in one word and in two, and what was said."""
    for turn, (number, document, phone, surname, names, text) in enumerate(rows):
        first, words = names.split()[0], text.rstrip(".").split()
        yield (number, document, phone, surname, f"{surname} {first}", f"{first} {surname[:4]}", words[-1])[turn % 7]


def _best(*actions: Callable[[], float]) -> list[float]:
    """The quickest of some times, in turns: the slow end is to be that of the searches, not of the machine's noise."""
    return [min(times) for times in zip(*([action() for action in actions] for _ in range(TRIES)), strict=True)]


def _through(operator: Database, text: str) -> float:
    return milliseconds(lambda: tickets.find(operator, text))


def _bare(superuser: psycopg.Connection, text: str) -> float:
    return milliseconds(lambda: superuser.execute(WITHOUT_SECURITY, [text]).fetchall())


def _scan(superuser: psycopg.Connection, text: str) -> float:
    return milliseconds(lambda: superuser.execute(SCAN, [text]).fetchall())
