"""The one search box over a million clients, for an operator: names, and whatever has the shape of a number."""

import random
from collections.abc import Callable, Iterator
from functools import partial

import psycopg

from bench import Result
from bench.house import House
from bench.timing import milliseconds, percentile
from iduo_desktop.database.connection import Database
from iduo_desktop.services import companies

SEARCHES = 60
TRIES = 3
SEED = 7
SAMPLE = """
    SELECT o.surname, o.names, o.document, o.number::text,
           '0' || left(p.search_key, 3) || ' 15-' || right(p.search_key, 7)
    FROM iduo.company o JOIN iduo.company_phone p ON p.company_id = o.id WHERE o.id = ANY (%s)"""
# What the function of the door asks, without the door.
WITHOUT_SECURITY = """
    SELECT c.id, c.number, c.client, c.document, c.locality, c.service_status, k.id, k.list, m.why
    FROM (SELECT DISTINCT ON (x.company_id) x.* FROM iduo.company_matches(%s, NULL) x ORDER BY x.company_id, x.rank) m
    JOIN iduo.company c ON c.id = m.company_id
    LEFT JOIN LATERAL (SELECT a.id, a.list FROM iduo.case a WHERE a.company_id = c.id AND a.state = 'open'
                       ORDER BY a.id DESC LIMIT 1) k ON true
    ORDER BY m.rank, c.client_key COLLATE "C", c.id LIMIT 8"""
SCAN = "SELECT id FROM iduo.company WHERE search_text LIKE '%%' || iduo.fold(%s) || '%%' LIMIT 500"


def measure(house: House) -> Iterator[Result]:
    """The slow end (p95) of searches, beside a scan of the table, and beside the same without the door."""
    conninfo = house.big()
    operator = house.person(conninfo, "bench_operator")
    with house.superuser(conninfo) as superuser:
        names, shapes = texts(superuser)
        pairs = [
            best(partial(through, operator, text), partial(bare, superuser, WITHOUT_SECURITY, text)) for text in names
        ]
        found, beside = (percentile(spent, 0.95) for spent in zip(*pairs, strict=True))
        superuser.execute("SET enable_bitmapscan = off")
        superuser.execute("SET enable_indexscan = off")
        # names that nobody has: the scan of a common one ends early, with enough of them
        scan = percentile([best(partial(bare, superuser, SCAN, f"{text} zz"))[0] for text in names[:6]], 0.95)
    note = f"goal 1/50, is 1/{scan / found:.0f}"
    yield Result("search by name, p95, beside a scan", found, scan, "ms", found / scan, 1 / 50, note=note)
    yield Result("search by name as an operator, p95", found, beside, "ms", found / beside, 1.5)
    shaped = percentile([best(partial(through, operator, text))[0] for text in shapes], 0.95)
    name = "search by number, document or telephone, p95"
    yield Result(name, shaped, 5.0, "ms", shaped / 5.0, 1.0, note="beside 5 ms")
    operator.close()


def texts(superuser: psycopg.Connection) -> tuple[list[str], list[str]]:
    """What operators type: surnames with and without accents, names in two words; and numbers of all shapes."""
    chance = random.Random(SEED)
    rows = superuser.execute(SAMPLE, [chance.sample(range(1, 1_000_000), SEARCHES)]).fetchall()
    names, shapes = [], []
    for turn, (surname, given, document, number, phone) in enumerate(rows):
        first = given.split()[0]
        names.append((surname, f"{surname} {first}", f"{first} {surname[:4]}")[turn % 3].lower())
        shapes.append((document, number, phone)[turn % 3])
    return names, shapes


def best(*actions: Callable[[], float]) -> list[float]:
    """The quickest of some times, in turns: the slow end is to be that of the searches, not of the machine's noise."""
    return [min(times) for times in zip(*([action() for action in actions] for _ in range(TRIES)), strict=True)]


def through(operator: Database, text: str) -> float:
    """Milliseconds of a search as the program asks it."""
    return milliseconds(lambda: companies.find(operator, text))


def bare(superuser: psycopg.Connection, query: str, text: str) -> float:
    """Milliseconds of a query with one value."""
    return milliseconds(lambda: superuser.execute(query, [text]).fetchall())
