"""What is asked while somebody waits on the line: who calls, which company, who of a name, at a million of each."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from bench import Result, million_desk
from bench.house import House
from bench.timing import milliseconds, percentile
from iduo_desktop.services import assistants, calls, contacts
from iduo_desktop.services.calls import Incoming

ROUNDS = 200
SEED = 11
GOAL = 100.0
SAMPLE = """
    SELECT o.number::text, o.management_unit, f.search_key, c.surname, c.document, o.id
    FROM iduo.contact c JOIN iduo.contact_phone f ON f.contact_id = c.id
    JOIN iduo.company o ON o.id = c.id - c.id %% 20 + 20 WHERE c.id = ANY (%s)"""


def measure(house: House) -> Iterator[Result]:
    """The slow end (p95) of each, beside the 100 ms in which it has to be there."""
    conninfo = house.big()
    million_desk.fill(conninfo)
    operator = house.person(conninfo, "bench_operator")
    chance = random.Random(SEED)
    with house.superuser(conninfo) as superuser:
        rows = superuser.execute(SAMPLE, [chance.sample(range(1, 999_000), ROUNDS)]).fetchall()
    asked: dict[str, Callable[[Sequence[Any]], object]] = {
        "company by number": lambda row: assistants.companies_by_number(operator, row[0]),
        "company by management unit": lambda row: assistants.companies_by_number(operator, row[1]),
        "company for the desk": lambda row: assistants.company(operator, row[5]),
        "caller's card": lambda row: calls.receive(operator, Incoming(row[2], None, row[2], 1, row[0]), uuid4()),
        "caller's card, unit keyed in": lambda row: calls.receive(
            operator, Incoming(row[2], None, row[2], 1, row[1]), uuid4()
        ),
        "person by surname": lambda row: contacts.find(operator, row[3], row[5]),
        "person by document": lambda row: contacts.find(operator, row[4]),
        "person by telephone": lambda row: contacts.find(operator, row[2]),
    }
    for name, ask in asked.items():
        ask(rows[0])
        spent = percentile([milliseconds(partial(ask, row)) for row in rows], 0.95)
        yield Result(f"{name}, p95", spent, GOAL, "ms", spent / GOAL, 1.0, note="beside 100 ms")
    operator.close()
