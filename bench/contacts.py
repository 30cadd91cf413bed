"""5,001 contacts in a row by one person: whether the last ones take longer than the first, and than a plain INSERT."""

import statistics
from collections.abc import Iterator
from functools import partial
from itertools import islice
from uuid import uuid4

from bench import Result
from bench.commands import every_case
from bench.house import House
from bench.timing import milliseconds
from iduo_desktop.services import activities, policies
from iduo_desktop.services.activities import Attempt

CONTACTS = 5001
PART = 500
LIST = "active"
INSERT = """INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, disposition_id, purpose, by)
    SELECT 1, c.id, c.company_id, 'call', 'outbound', %s, 'collection', 'bench' FROM iduo.case c WHERE c.id = %s"""


def measure(house: House) -> Iterator[Result]:
    """Each contact is with another client; a coordinator may register them without taking the cases."""
    conninfo = house.big()
    coordinator = house.person(conninfo, "bench_coordinator", "coordinator")
    results = policies.dispositions(coordinator)
    wanted = next(result for result in results if not (result.promise or result.callback or result.do_not_contact))
    attempt = Attempt("call", wanted.id, "No atiende nadie.")
    chosen = [row.id for row in islice(every_case(coordinator, LIST), CONTACTS)]
    spent, beside = [], []
    with house.superuser(conninfo) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for turn, case_id in enumerate(chosen):
            spent.append(milliseconds(partial(activities.log_attempt, coordinator, case_id, attempt, uuid4())))
            if turn % 10 == 0:
                beside.append(milliseconds(partial(superuser.execute, INSERT, [wanted.id, case_id])))
    first, last = statistics.median(spent[:PART]), statistics.median(spent[-PART:])
    note = f"{CONTACTS:,} in {sum(spent) / 1000:.0f} s; beside: the first {PART}"
    yield Result(f"contacts, the last {PART} of {CONTACTS:,}", last, first, "ms", last / first, 1.2, note=note)
    plain = statistics.median(beside)
    middle = statistics.median(spent)
    yield Result("registering a contact, fsync on", middle, plain, "ms", middle / plain, 3.0, note="beside: one INSERT")
    coordinator.close()
