"""How long after an attention was saved a route stands on the other workstations: asking every 2 seconds, and woken."""

import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from bench import Result
from bench.house import House
from bench.live import MANY, POLL_SECONDS, Afterwards, Workstation, at_work, wake
from bench.timing import percentile
from iduo_desktop.database.connection import Database
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import agenda, attentions
from iduo_desktop.services.attentions import Attention, FollowUp
from iduo_desktop.services.contacts import NewContact

ATTENTIONS = 12
# What a coordinator's screen may need until the alarm stands there, without anything that wakes it.
GOAL_SECONDS = 2.5


def measure(house: House) -> Iterator[Result]:
    """From the moment at which the operator saves until every workstation's feed knew, and the route could be read."""
    conninfo = house.big()
    writer = house.person(conninfo, "bench_writer")
    feeds = [Feed(house.person(conninfo, f"bench_{number}")) for number in range(MANY)]
    for how, afterwards, goal in ((f"asking every {POLL_SECONDS:g} s", None, GOAL_SECONDS), ("woken", wake, None)):
        saving, delays = _raised(writer, feeds, afterwards)
        slow, middle = percentile(sorted(delays), 0.95), statistics.median(saving)
        note = f"p50 {statistics.median(delays):.0f} ms; beside: saving the attention, p50"
        name = f"route on {MANY} screens p95, {how}"
        yield Result(name, slow, middle, "ms", slow / 1000, goal, note=f"{note}; the ratio is in seconds")
    for feed in feeds:
        feed.close()
    writer.close()


def _raised(writer: Database, feeds: Sequence[Feed], afterwards: Afterwards | None) -> tuple[list[float], list[float]]:
    """Milliseconds of each save, and from pressing until each workstation knew."""
    saving: list[float] = []
    delays: list[float] = []
    route = attentions.routes(writer)[0].id
    with at_work(feeds, "route_activation") as stations:
        for number in range(ATTENTIONS):
            begun = time.monotonic()
            done = attentions.attend(writer, _attention(number, route), uuid4())
            saving.append((time.monotonic() - begun) * 1000)
            if afterwards is not None:
                afterwards(stations)
            delays += _until_known(stations, done.activation_id or 0, begun)
            assert any(shown.id == done.activation_id for shown in agenda.activations(writer))
    return saving, delays


def _until_known(stations: Sequence[Workstation], activation: int, begun: float) -> Iterator[float]:
    ends = begun + 5 * POLL_SECONDS
    while any(activation not in station.heard for station in stations) and time.monotonic() < ends:
        time.sleep(0.02)
    yield from ((station.heard[activation] - begun) * 1000 for station in stations)


def _attention(number: int, route: int) -> Attention:
    """One with everything: a new person, a case, the call, a follow-up and a route."""
    person = NewContact("Medida", f"Ana {number}", phone="11 4321-5678", phone_key="1143215678")
    follow_up = FollowUp(datetime.now(UTC) + timedelta(days=1))
    return Attention(contact=person, subject="Pide ayuda", follow_up=follow_up, route_id=route, call_note="Se calmó")
