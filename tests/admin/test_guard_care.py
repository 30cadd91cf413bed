"""What the guard does without being asked: cases go back, late routes are marked, hostile sessions stay ended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest

from bench import hostile
from bench.timing import percentile
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.services import agenda, cases, staff, supervision
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.supervision import Handed
from tests.admin.conftest import Admin
from tests.admin.watching import Watching
from tests.conftest import Figure
from tests.people import People
from tests.services.world import World

HOLDER = "SELECT assigned_to FROM iduo.case WHERE id = %s"
ESCALATED = "SELECT count(*) FROM iduo.route_activation WHERE escalated_at IS NOT NULL"
OF_CASE = "SELECT kind, by, detail FROM iduo.case_event WHERE case_id = %s ORDER BY id DESC LIMIT 1"


@pytest.fixture
def once(iduo_admin: Admin, place: tuple[str, ...]) -> Callable[[], dict[str, object]]:
    """One round of the guard; what it did."""

    def run() -> dict[str, object]:
        ended = iduo_admin("guard", "--once", *place)
        assert ended.code == Exit.DONE
        return ended.answer

    return run


def test_untouched_cases_go_back_and_who_loses_them_is_told(
    once: Callable[[], dict[str, object]], world: World, people: People, superuser_conninfo: str
) -> None:
    ana = people.become("ana")
    mine = [world.case(kind, assigned_to=people.add("ana")) for kind in ("delinquent", "suspended", "active", "active")]
    for case in mine[:3]:
        world.age("case", case, "touched_at", hours=49)
    (last, *_) = supervision.handed_work(ana, None)
    with psycopg.connect(superuser_conninfo) as holding:
        # somebody works on one of them right now
        holding.execute("SELECT FROM iduo.case WHERE id = %s FOR NO KEY UPDATE", [mine[0]])
        assert once()["returned"] == 2
    assert [world.value(HOLDER, case) for case in mine] == [people.add("ana"), None, None, people.add("ana")]
    kind, by, detail = world.superuser.execute(OF_CASE, [mine[1]]).fetchone() or ("", "", "")
    assert (kind, by, "lo tenía Ana" in detail) == ("returned", "iduo_guard", True)
    (told,) = [line for line in supervision.handed_work(ana, last.event) if line.cases]
    assert told == Handed(told.event, "Vigilancia", "", False, 2, None)
    assert [once()["returned"], once()["returned"]] == [1, 0]
    did = [(event.kind, event.count) for event in staff.guard_events(people.become("jefa", "admin"))]
    assert did == [("returned", 3)]


def test_without_a_guard_they_go_back_when_somebody_looks(world: World, people: People) -> None:
    case = world.case("active", assigned_to=people.add("ana"))
    world.age("case", case, "touched_at", hours=49)
    found = cases.take_next(people.become("beto"), "active", CaseFilter(), uuid4())
    assert found is not None
    assert world.value(HOLDER, case) == people.add("beto")


def late_route(world: World, ana: str, minutes: int) -> int:
    """A route that she asked for so long ago."""
    route = world.value("SELECT min(id) FROM iduo.route")
    case = world.case(opened_by=ana)
    made = world.insert("route_activation", {"route_id": route, "case_id": case, "activated_by": ana})
    with world.superuser.transaction():
        world.superuser.execute("SET LOCAL session_replication_role = replica")
        before = datetime.now(UTC) - timedelta(minutes=minutes)
        world.superuser.execute("UPDATE iduo.route_activation SET activated_at = %s WHERE id = %s", [before, made])
    return made


def test_late_routes_are_marked_once_and_the_screens_are_told(
    once: Callable[[], dict[str, object]], world: World, people: People
) -> None:
    late, fresh = late_route(world, people.add("ana"), 6), late_route(world, people.add("ana"), 1)
    done = late_route(world, people.add("ana"), 9)
    marta = people.become("marta", "coordinator")
    agenda.acknowledge(marta, done, "", uuid4())
    cursor = world.value("SELECT coalesce(max(seq), 0) FROM iduo.change")
    assert [once()["escalated"], once()["escalated"]] == [1, 0]
    assert world.value("SELECT escalated_at IS NOT NULL FROM iduo.route_activation WHERE id = %s", late)
    changed = "SELECT array_agg(id) FROM iduo.change WHERE seq > %s AND table_name = 'route_activation'"
    assert world.value(changed, cursor) == [late]
    assert world.value(ESCALATED) == 1
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        people.raw("marta").execute("UPDATE iduo.route_activation SET escalated_at = NULL")
    assert {one.id for one in agenda.activations(people.become("jefa", "admin"))} == {late}
    assert fresh


@pytest.mark.timeout(900)
def test_hostile_sessions_are_ended_and_stay_ended(
    watch: Callable[..., Watching],
    people: People,
    request: pytest.FixtureRequest,
    figure: Figure,
) -> None:
    """Whatever they hold goes with them, however often they come back, and whoever works takes tickets meanwhile."""
    whole = request.config.getoption("--long")
    victim = people.become("ana")
    hostile.take_tickets(victim, 1.0)  # plans are made
    watching = watch() if whole else watch("--query-seconds", "1", "--idle-seconds", "1")
    quiet = hostile.take_tickets(victim, 20.0 if whole else 1.0)
    for place in range(hostile.PEOPLE):
        people.add(f"malo{place}")
    with hostile.hindering(
        [people.conninfo(f"malo{place}") for place in range(hostile.PEOPLE)], hostile.THREE
    ) as three:
        hindered = hostile.take_tickets(victim, 60.0 if whole else 5.0)
        watching.until("ended", 2, seconds=60)
    reasons = {line["reason"] for line in watching.lines if line["event"] == "ended"}
    assert reasons == {"query", "idle_transaction"}
    assert all(one.ended for one in three[:2]), "one of them was never ended"
    assert three[2].ended + three[2].limited, "temporary files without end"
    assert len(hindered) > len(quiet) / 2, "nobody else gets anything done"
    events = staff.guard_events(people.become("jefa", "admin"))
    logins = [one.conninfo.login for one in three]
    assert {*logins[:2]} <= {event.login for event in events} <= {*logins}
    was, now = percentile(quiet, 0.95), percentile(hindered, 0.95)
    figure(f"a ticket's p95 {was:.1f} ms, beside three hostile sessions {now:.1f} ms ({len(hindered)} tickets)")
    assert now <= hostile.GOAL * was or not whole
