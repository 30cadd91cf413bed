"""Asking again is harmless: the same key gives the same answer, whoever cut the line and however often it is asked."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Timer
from uuid import UUID, uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import activities, cases, companies, staff
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseFilter
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World

CLOSING = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}
Command = Callable[[Database, int, UUID, bool], object]

# What is asked with a key; the last value asks for something else with it.
COMMANDS: dict[str, Command] = {
    "take": lambda d, case, key, other: cases.take(d, case + other, key),
    "next": lambda d, case, key, other: cases.take_next(d, "active" if other else "delinquent", CaseFilter(), key),
    "release": lambda d, case, key, other: cases.release(d, case + other, key),
    "move": lambda d, case, key, other: cases.move(d, case, "active", "otra razón" if other else "razón", None, key),
    "close": lambda d, case, key, other: cases.close(
        d, case, 1, json.dumps(CLOSING | ({"description": "otra"} if other else {})), key
    ),
    "create": lambda d, case, key, other: cases.create(d, 1, "Otro" if other else "Asunto", "active", True, key),
    "contact": lambda d, case, key, other: activities.log_attempt(d, case, Attempt("call", 1, f"nota {other}"), key),
    "take_over": lambda d, case, key, other: cases.take_over(d, case, f"por {other}", key),
    "reopen": lambda d, case, key, other: cases.reopen(d, case, f"por {other}", key),
}


def prepared(world: World, people: People, command: str) -> int:
    """A case in the state from which the command starts; the next one exists too."""
    state = "closed" if command == "reopen" else "open"
    mine = people.add("marta") if command in ("release", "move", "close", "contact") else None
    other = "nobody" if command == "take_over" else mine
    first, _ = world.case(assigned_to=other, state=state), world.case(assigned_to=other, state=state)
    return first


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_key(
    world: World, marta: Database, people: People, become: Callable[..., Database], name: str
) -> None:
    command, key = COMMANDS[name], uuid4()
    case = prepared(world, people, name)
    first = command(marta, case, key, False)
    again = command(marta, case, key, False)
    assert again == (first if name == "next" else replace(first, replayed=True))  # type: ignore[type-var]  # each answer is a dataclass
    assert world.value("SELECT count(*) FROM iduo.case_event") == 1
    with pytest.raises(UserError, match="con otros datos"):
        command(marta, case, key, True)
    with pytest.raises(UserError, match="con otros datos"):
        command(become("carla", "coordinator"), case, key, False)
    assert world.value("SELECT count(*) FROM iduo.case_event") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_twice_at_once(world: World, become: Callable[..., Database], people: People, name: str) -> None:
    case = prepared(world, people, name)
    workstations = [become("marta", "coordinator") for _ in range(3)]
    for database in workstations:
        cases.counts(database)
    key = uuid4()
    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(lambda database: COMMANDS[name](database, case, key, False), workstations)]
    assert len({answer.event for answer in answers}) == 1  # type: ignore[attr-defined]  # each answer has one
    assert world.value("SELECT count(*) FROM iduo.case_event") == 1


def test_without_a_key_nothing_is_done(world: World, people: People, raw: Callable[..., psycopg.Connection]) -> None:
    case = world.case()
    with pytest.raises(psycopg.errors.DatabaseError, match="Falta la clave"):
        raw("ana", "operator").execute("SELECT api.take_case(%s, NULL)", [case])
    assert world.value("SELECT count(*) FROM iduo.case_event") == 0


def test_corrections_twice_are_one(world: World, ana: Database) -> None:
    company = world.company()
    first = companies.correct(ana, company, "street", "Mitre 5", 1, uuid4())
    assert companies.correct(ana, company, "street", "Mitre 5", 1, uuid4()) == first
    for _ in range(2):
        companies.save_phone(ana, company, None, "4444-5555", None, "1144445555", "", False, uuid4())
        companies.save_email(ana, company, None, "a@b.com", True, uuid4())
    assert world.value("SELECT count(*) FROM iduo.company_phone") == 1
    assert world.value("SELECT count(*) FROM iduo.company_email") == 1


@pytest.fixture
def line(server: EmbeddedServer) -> Iterator[Proxy]:
    """A line to the server that can be cut."""
    with Proxy(server.port) as made:
        yield made


def test_a_line_cut_before_and_after_the_commit(
    world: World, people: People, conninfo_of: Callable[[str], Conninfo], line: Proxy
) -> None:
    """20 contacts over a line that breaks at each: counted 20 times, never 21."""
    people.add("ana", "operator")
    near = conninfo_of("ana")
    far = Database(replace(near, hosts=((near.hosts[0][0], line.port),)), deadline=5)
    case = world.case(assigned_to=people.add("ana"))
    for turn in range(20):
        contact = Attempt("call", 1, f"{turn}", override_reason="hay que avisarle")
        if turn % 2:
            staff.sessions(far)  # there is a line to cut: that of the turn before may be gone by now
            line.cut_after_question = True
            answer = activities.log_attempt(far, case, contact, uuid4())
            assert answer.replayed
        else:
            timer = Timer(0.001 * (turn % 7), line.cut)
            timer.start()
            activities.log_attempt(far, case, contact, uuid4())
            timer.join()
    far.close()
    assert world.value("SELECT count(*) FROM iduo.attempt") == 20
    assert world.value("SELECT attempts FROM iduo.case WHERE id = %s", case) == 20
