"""Asking again is harmless with tickets too: one message has one number, whoever cut the line and however often."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import ConnectionLost, InDoubt, UserError
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import NewTicket
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.messages import answered, new, taken
from tests.services.world import World

Command = Callable[[Database, int, UUID, bool], Any]
COMMANDS: dict[str, Command] = {
    "create": lambda d, ticket, key, other: tickets.create(d, new(text="otro" if other else "uno"), key),
    "take": lambda d, ticket, key, other: tickets.take(d, ticket + other, key),
    "insist": lambda d, ticket, key, other: tickets.insist(d, ticket, "otra" if other else "una", key),
    "answer": lambda d, ticket, key, other: tickets.answer(d, (ticket,), "otra" if other else "una", key),
    "send_back": lambda d, ticket, key, other: tickets.send_back(
        d, ticket, "por esto" if other else "por lo otro", key
    ),
    "communicate": lambda d, ticket, key, other: tickets.communicate(d, ticket, "Eva" if other else "Ana", 2, key),
    "note": lambda d, ticket, key, other: tickets.add_note(d, ticket, "otra" if other else "una", key),
}
ROLES = ("coordinator", "operator", "answerer")
CREATE = """
    SELECT number FROM api.create_ticket('phone', 'client', %s, NULL, NULL, NULL, NULL, NULL, '', '', '', '4321', NULL,
                                         '4321', '', '', '', NULL, '{}', %s)"""


@pytest.fixture
def marta(become: Callable[..., Database]) -> Database:
    """The workstation of somebody who may do all."""
    return become("marta", *ROLES)


def prepared(marta: Database, name: str) -> int:
    """A ticket in the state from which the command starts; the next one exists too."""
    make = answered if name in ("send_back", "communicate") else lambda one, _two: taken(one).ticket_id
    first, _ = make(marta, marta), make(marta, marta)
    return first


def traces(world: World) -> tuple[int, int]:
    """How many tickets there are, and how much happened with them."""
    return world.value("SELECT count(*) FROM iduo.ticket"), world.value("SELECT count(*) FROM iduo.ticket_event")


def test_the_same_key(world: World, marta: Database, become: Callable[..., Database]) -> None:
    carla = become("carla", *ROLES)
    for name, command in COMMANDS.items():
        ticket, key = prepared(marta, name), uuid4()
        first = command(marta, ticket, key, False)
        before = traces(world)
        again = command(marta, ticket, key, False)
        assert again == (first if name == "answer" else replace(first, replayed=True)), name
        for person, other in ((marta, True), (carla, False)):
            with pytest.raises(UserError, match="con otros datos"):
                command(person, ticket, key, other)
        assert traces(world) == before, name


def test_twice_at_once(world: World, marta: Database, become: Callable[..., Database]) -> None:
    workstations = [become("marta", *ROLES) for _ in range(3)]
    for name, command in COMMANDS.items():
        ticket, key = prepared(marta, name), uuid4()
        count, events = traces(world)

        def ask(database: Database, command: Command = command, ticket: int = ticket, key: UUID = key) -> Any:
            return command(database, ticket, key, False)

        with ThreadPoolExecutor(3) as pool:
            answers = [*pool.map(ask, workstations)]
        assert traces(world) == (count + (name == "create"), events + 1), name
        if name != "answer":  # whoever comes while the ticket is held is told that it is busy
            assert sum(not answer.replayed for answer in answers) == 1, name


def test_without_a_key_nothing_is_done(world: World, marta: Database, raw: Callable[..., psycopg.Connection]) -> None:
    ticket = taken(marta).ticket_id
    before = traces(world)
    person = raw("marta")
    for call in ("insist_ticket(%s, 'x', NULL)", "note_ticket(%s, 'x', NULL)", "take_ticket(%s, NULL)"):
        with pytest.raises(psycopg.errors.DatabaseError, match="Falta la clave"):
            person.execute(f"SELECT api.{call}", [ticket])
    assert traces(world) == before


@pytest.fixture
def lines(server: EmbeddedServer) -> Iterator[tuple[Proxy, ...]]:
    """Two lines to the server that can be cut."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(Proxy(server.port)) for _ in range(2))


def insisted(database: Database, ticket: NewTicket, key: UUID) -> int:
    """The number, asked for as the window does it: again, with the same key, until there is an answer."""
    while True:
        with suppress(InDoubt, ConnectionLost):
            return tickets.create(database, ticket, key).number


@pytest.fixture
def messages(pytestconfig: pytest.Config) -> int:
    """How many each writes; four times as many with --long."""
    return 200 if pytestconfig.getoption("--long") else 50


@pytest.mark.timeout(180)
def test_two_operators_at_once(
    world: World, people: People, conninfo_of: Callable[[str], Conninfo], lines: tuple[Proxy, ...], messages: int
) -> None:
    """Over lines that break before and after the server's commit: no number twice, none without its message."""

    def take(name: str, line: Proxy) -> list[int]:
        near, chance = conninfo_of(name), Random(name)
        far = Database(replace(near, hosts=((near.hosts[0][0], line.port),)), deadline=10)
        numbers = []
        for turn in range(messages):
            # the question arrives and its answer does not; or the line breaks anywhere
            line.cut_after_question = turn % 8 == 0
            line.breaks = 0.15 if chance.random() < 0.3 else 0.0
            numbers.append(insisted(far, new(text=f"{name} {turn}"), uuid4()))
        far.close()
        return numbers

    people.add("ana", "operator")
    people.add("juan", "operator")
    with ThreadPoolExecutor(2) as pool:
        numbers = [number for got in pool.map(take, ("ana", "juan"), lines) for number in got]
    assert len({*numbers}) == 2 * messages
    assert {row[0] for row in world.superuser.execute("SELECT number FROM iduo.ticket")} == {*numbers}
    assert world.value("SELECT count(DISTINCT text) FROM iduo.ticket") == traces(world)[0] == 2 * messages
    # the lines did break, after the commit too
    assert sum(line.accepted for line in lines) > 2 * messages // 8


def test_asking_blindly_again_doubles(
    world: World, people: People, conninfo_of: Callable[[str], Conninfo], lines: tuple[Proxy, ...]
) -> None:
    """What the key is for: the same broken lines, and a program that makes up a new key for each try."""
    people.add("ana", "operator")
    near = conninfo_of("ana")
    keywords = replace(near, hosts=((near.hosts[0][0], lines[0].port),)).keywords(10)
    connection = psycopg.connect(autocommit=True, **keywords)
    for turn in range(24):
        lines[0].cut_after_question = turn % 8 == 0
        while True:
            try:
                connection.execute(CREATE, [f"{turn}", uuid4()])
            except psycopg.OperationalError:
                connection = psycopg.connect(autocommit=True, **keywords)
            else:
                break
    connection.close()
    assert world.value("SELECT count(DISTINCT text) FROM iduo.ticket") == 24
    assert world.value("SELECT count(*) FROM iduo.ticket") > 24
