"""50 people at once, each in a process of his own: nobody gets what another one has, and nothing is counted twice."""

from collections import Counter

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.database import racers
from tests.people import People
from tests.services.world import World

PEOPLE = 50
CASES = 16


@pytest.fixture
def fifty(world: World, people: People) -> list[racers.Keywords]:
    """How 50 operators connect, who may hold as many cases as they like."""
    world.set_setting("open_cases_limit", 10_000)
    return [people.conninfo(f"ana{number}").keywords(60) for number in range(PEOPLE)]


def doubles(answers: list[list[int]]) -> int:
    """How many cases were given to more than one."""
    return sum(count > 1 for count in Counter(case for got in answers for case in got).values())


def test_nobody_takes_what_another_one_has(world: World, fifty: list[racers.Keywords], superuser_conninfo: str) -> None:
    """And the way in which most programs do it gives doubles, in the same run: so the race is one."""
    cases = world.cases(CASES)
    answers = racers.race(racers.take_each, fifty, cases)
    assert doubles(answers) == 0
    assert sorted(case for got in answers for case in got) == sorted(cases)
    held = "SELECT count(DISTINCT (case_id, by)) FROM iduo.case_event WHERE kind = 'taken'"
    assert world.value(held) == world.value("SELECT count(*) FROM iduo.case_event") == CASES

    others = world.cases(CASES)
    naive = [conninfo_to_dict(superuser_conninfo)] * PEOPLE
    assert doubles(racers.race(racers.look_then_take_each, naive, others)) > 0


def test_the_next_case_is_each_ones_own(world: World, fifty: list[racers.Keywords]) -> None:
    cases = world.cases(120)
    answers = racers.race(racers.take_next, fifty, ())
    assert doubles(answers) == 0
    assert sorted(case for got in answers for case in got) == sorted(cases)
    # all got some: nobody waited for the others
    assert sum(bool(got) for got in answers) > PEOPLE // 2


def test_every_contact_is_counted(world: World, people: People, fifty: list[racers.Keywords]) -> None:
    """10 people with a case each of one client, 8 contacts each."""
    company = world.company()
    cases = [world.case(company=company, assigned_to=people.add(f"ana{number}")) for number in range(10)]
    answers = racers.race(racers.contact_own, fifty[:10], cases)
    assert len({attempt for got in answers for attempt in got}) == 80
    assert world.value("SELECT sum(attempts) FROM iduo.case") == 80
    assert world.value("SELECT min(attempts) FROM iduo.case") == world.value("SELECT max(calls) FROM iduo.case") == 8
    pressure = "SELECT attempts FROM iduo.pressures(ARRAY[%s]::bigint[], '{}')"
    assert world.value(pressure, company) == 80
