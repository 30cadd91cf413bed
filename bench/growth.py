"""How it grows: the same questions to 100,000 and a million messages, and to five million.

With IDUO_BENCH_TICKETS=5000000 in the environment the five million are made too (12 GB, a quarter of an hour).
"""

import os
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench import Result, million_tickets
from bench.house import House
from bench.timing import milliseconds, percentile
from iduo_desktop.database.connection import Database
from iduo_desktop.services import clocks, listing, supervision, tickets
from iduo_desktop.services.supervision import Span
from iduo_desktop.services.tickets import NewTicket, TicketFilter

SIZES = (100_000, million_tickets.TICKETS)
ASKED, TRIES, SEED = 40, 3, 5
SEVERAL = 5
SHAPES = ("number", "document", "telephone", "surname")
GOAL = 3.0
SAMPLE = """
    SELECT number::text, document, '0' || left(phone_key, 3) || ' 15-' || right(phone_key, 7), surname, id
    FROM iduo.ticket WHERE id = ANY (%s)"""
MIDDLE = """
    SELECT json_build_array(to_char(communicated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), id)::text
    FROM iduo.ticket WHERE state = 'communicated' AND id <= %s / 2 ORDER BY id DESC LIMIT 1"""
Ask = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and what of."""

    operator: Database
    coordinator: Database
    rows: Sequence[tuple[str, ...]]
    middle: str


def measure(house: House) -> Iterator[Result]:
    """The slow end (p95) of each beside that of the size before; what has a shape also beside 5 ms."""
    more = int(os.environ.get("IDUO_BENCH_TICKETS", "0"))
    before: Mapping[str, float] = {}
    for size in (*SIZES, *((more,) if more > max(SIZES) else ())):
        now = dict(times(house, size))
        for name, spent in now.items():
            note = f"beside: {name} of the size before" if before else ""
            beside = before.get(name, spent)
            yield Result(f"{name}, {size:,}", spent, beside, "ms", spent / beside, GOAL if before else None, note=note)
        for name in SHAPES:
            yield Result(f"{name}, {size:,}, p95", now[name], 5.0, "ms", now[name] / 5.0, 1.0, note="beside 5 ms")
        before = now


def database(house: House, size: int) -> str:
    """How the superuser connects to the one with so many messages."""
    name = "bench_tickets" if size == million_tickets.TICKETS else f"bench_tickets_{size}"
    return house.filled(name, partial(million_tickets.fill, tickets=size))


def times(house: House, size: int) -> Iterator[tuple[str, float]]:
    """Milliseconds of everything, slow end."""
    conninfo = database(house, size)
    with house.superuser(conninfo) as superuser:
        ids = random.Random(SEED).sample(range(1, size), ASKED)
        ((middle,),) = superuser.execute(MIDDLE, [size]).fetchall()
        rows = superuser.execute(SAMPLE, [ids]).fetchall()
    desk = Desk(
        house.person(conninfo, "bench_operator"),
        house.person(conninfo, "bench_coordinator", "coordinator"),
        rows,
        middle,
    )
    for place, name in enumerate(SHAPES):
        yield name, slow(*(partial(tickets.find, desk.operator, row[place]) for row in rows))
    for name, ask in {**lists(desk), **commands(desk), **reports(desk)}.items():
        ask()
        yield name, slow(*[ask] * SEVERAL)
    desk.operator.close()
    desk.coordinator.close()


def slow(*asked: Ask) -> float:
    """The slow end of the quickest of some tries each: that of the questions, not of the machine's noise."""
    return percentile([min(milliseconds(ask) for _ in range(TRIES)) for ask in asked], 0.95)


def lists(desk: Desk) -> Mapping[str, Ask]:
    """Pages of 200."""
    page = partial(tickets.page, desk.operator, "communicated")
    surname = TicketFilter(surname=desk.rows[0][3])
    return {
        "open messages": partial(tickets.page, desk.operator, "open"),
        "list, first page": page,
        "list, in the middle": partial(page, after=desk.middle),
        "list of a surname": partial(page, surname),
        "list by person": partial(page, TicketFilter(), "person"),
        "counts": partial(tickets.counts, desk.operator),
        "card": partial(tickets.card, desk.operator, int(desk.rows[0][4])),
    }


def commands(desk: Desk) -> Mapping[str, Ask]:
    """Taking a message, and what is looked for before."""
    new = NewTicket("phone", "client", "Sin internet desde ayer a la tarde.", 1, surname="González", phone="4123456")

    def take() -> None:
        tickets.create(desk.operator, new, uuid4())

    return {
        "similar ones": partial(tickets.similar, desk.operator, None, None, desk.rows[0][1], "", new.text),
        "taking a message": take,
    }


def reports(desk: Desk) -> Mapping[str, Ask]:
    """A day's list as a workbook (some 1,570 lines), and the board of a day and of a month."""
    today = clocks.now().date()
    yesterday, month = today - timedelta(days=7), today - timedelta(days=30)
    boards = {"a day": Span(yesterday, yesterday), "30 days": Span(month, today)}
    made: dict[str, Ask] = {
        "export of a day": partial(export, desk.coordinator, TicketFilter(first=yesterday, last=yesterday))
    }
    for name, span in boards.items():
        made[f"board, {name}"] = partial(board, desk.coordinator, span)
    made["board, by age"] = partial(supervision.unanswered_by_age, desk.coordinator)
    return made


def board(coordinator: Database, span: Span) -> None:
    """What the board shows of messages."""
    supervision.figures(coordinator, span)
    supervision.tickets_by_hour(coordinator, span)


def export(coordinator: Database, filter: TicketFilter) -> None:
    """As the list's own command does."""
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        path = Path(folder) / "lista.xlsx"
        listing.export(coordinator, listing.TICKETS, path, "communicated", filter.as_json(), "Para medir")
