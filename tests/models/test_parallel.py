"""Many people at the same moment: each case has one holder, each number one caller, and no two wait for each other."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.conftest import Become, Figure
from tests.database import racers
from tests.models.crowd import Things, Worker
from tests.people import People
from tests.services.world import World

DESK = ("create", "insist", "communicate", "communicate", "send_back")
OPERATOR = ("take", "take", "next", "release", "move", "promise", "promise", "close", "undo", "undo", *DESK)
COORDINATOR = (
    *("take_over", "reassign", "reassign", "undo_reassign", "reopen", "reopen", "promise", "undo", "answer"),
    *("send", "bring_answers", "bring_clients", "undo_batch", "move", "create"),
)
ROLES = (OPERATOR,) * 5 + (COORDINATOR,) * 3
LIMIT = 3

# Versions without a gap or a double: each step one, and one more where it was taken back; what is only told of, none.
LOST_STEPS = """
SELECT c.id, c.version, count(e.id), count(e.undone_at) FROM iduo.case c
LEFT JOIN iduo.case_event e ON e.case_id = c.id AND e.kind NOT IN ('promise', 'imported')
WHERE c.collection GROUP BY c.id
HAVING count(e.id) <> count(DISTINCT e.version_after) OR c.version <> 1 + count(e.id) + count(e.undone_at)"""
TAKEN_FROM_SOMEBODY = """
SELECT e.id FROM iduo.case_event e WHERE e.kind = 'taken' AND e.before ->> 'assigned_to' IS NOT NULL"""
WRONG_COUNTS = """
SELECT c.id, c.attempts, count(a.id) FROM iduo.case c
LEFT JOIN iduo.attempt a ON a.case_id = c.id AND a.undone_at IS NULL GROUP BY c.id HAVING c.attempts <> count(a.id)"""
WRONG_PROMISES = """
SELECT a.id FROM iduo.attempt a LEFT JOIN iduo.promise p ON p.attempt_id = a.id
WHERE p.id IS NULL OR (p.state = 'undone') <> (a.undone_at IS NOT NULL)"""
TWO_OPEN = """
SELECT c.company_id FROM iduo.case c WHERE c.collection AND c.state = 'open' GROUP BY 1 HAVING count(*) > 1"""
TICKET_STEPS = """
SELECT t.id FROM iduo.ticket t JOIN iduo.ticket_event e ON e.ticket_id = t.id AND e.kind <> 'note' GROUP BY t.id
HAVING count(*) <> count(DISTINCT e.version_after) OR max(e.version_after) > t.version"""
HELD_TWICE = "SELECT ticket_id FROM iduo.batch_row WHERE held GROUP BY 1 HAVING count(*) > 1"
NOTHING = (LOST_STEPS, TAKEN_FROM_SOMEBODY, WRONG_COUNTS, WRONG_PROMISES, TWO_OPEN, TICKET_STEPS, HELD_TWICE)


@pytest.fixture
def world(superuser: psycopg.Connection) -> World:
    """What there is in this test's database."""
    made = World(superuser)
    made.set_setting("rows_per_hour", 500_000)
    made.set_setting("coordinators_answer", value=True)
    return made


@pytest.mark.timeout(3600)
def test_a_crowd_on_few_rows(
    world: World, people: People, become: Become, pytestconfig: pytest.Config, figure: Figure
) -> None:
    world.set_setting("open_cases_limit", LIMIT)
    turns = 600 if pytestconfig.getoption("long") else 25
    names = [f"ana{n}" if ways is OPERATOR else f"marta{n}" for n, ways in enumerate(ROLES)]
    desks = [become(name, "operator" if name < "b" else "coordinator") for name in names]
    things = Things(world, desks[0], [people.add(name) for name in names], 9)
    crowd = [Worker(desk, n, things) for n, desk in enumerate(desks)]
    with ThreadPoolExecutor(len(crowd)) as pool:
        running = [pool.submit(one.work, turns, ways) for one, ways in zip(crowd, ROLES, strict=True)]
    for one in running:
        one.result()
    for query in NOTHING:
        assert world.superuser.execute(query).fetchall() == [], query
    given = Counter(number for one in crowd for number in one.numbers)
    assert set(given.values()) == {1}
    assert world.value("SELECT count(*) FROM iduo.ticket") == len(given) + 1
    assert world.value("SELECT count(DISTINCT number) FROM iduo.ticket") == len(given) + 1
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    world.superuser.execute("SELECT pg_stat_force_next_flush()")
    assert world.value(deadlocks) == 0
    done = sum((one.done for one in crowd), Counter[str]())
    refused, busy = sum(one.refused for one in crowd), sum(one.busy for one in crowd)
    figure(f"{sum(done.values())} done, {refused} refused, {busy} busy: {dict(done)}")
    assert done.keys() >= {"take", "promise", "create"}


@pytest.mark.timeout(3600)
def test_a_hundred_thousand_racing_takes(world: World, people: People, pytestconfig: pytest.Config) -> None:
    """Fifty people at each case, with --long at two thousand of them; ten at twenty otherwise."""
    racing, count = (50, 2000) if pytestconfig.getoption("long") else (10, 20)
    world.set_setting("open_cases_limit", 500_000)
    crowd = [people.conninfo(f"ana{number}").keywords(60) for number in range(racing)]
    cases = world.cases(count)
    got = Counter(case for one in racers.race(racers.take_each, crowd, cases) for case in one)
    assert got == Counter(cases)
    holders = "SELECT count(DISTINCT (case_id, by)) FROM iduo.case_event WHERE kind = 'taken'"
    assert world.value(holders) == world.value("SELECT count(*) FROM iduo.case_event") == count
