"""Over lines that break in every way each command is done once, and whoever was not answered is told the truth."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from threading import Timer
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from iduo_desktop.database import connection
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import Busy, ConnectionLost, InDoubt, UserError
from iduo_desktop.services import batches
from tests.database.proxy import Mishap, Proxy
from tests.people import People
from tests.services.gateway import Gateway
from tests.services.keyed import Ask, House, client
from tests.services.keyed_commands import commands
from tests.services.world import World

ROLES = ("coordinator", "operator", "answerer", "admin")
SEED = 20261122
WEATHER: dict[Mishap | str | None, int] = {
    None: 8,
    Mishap.LOST: 12,
    Mishap.HALF: 10,
    Mishap.UNANSWERED: 16,
    Mishap.HALF_ANSWER: 10,
    Mishap.RESET: 10,
    Mishap.MUTE: 2,
    Mishap.DEAF: 2,
    Mishap.TRICKLE: 8,
    Mishap.PAUSE: 4,
    "breaks": 14,
    "freezes": 4,
}
# How often there is no server any more just after a mishap, and how often nobody asks again then.
AWAY, GIVES_UP = 0.1, 0.5
KEYED = """SELECT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace
           AND 'p_key' = ANY (proargnames) AND 'uuid'::regtype = ANY (proargtypes)
           AND NOT has_function_privilege('iduo_chat', oid, 'EXECUTE')"""  # a visitor's are tried with the chat's
DONE = "SELECT count(DISTINCT xid) FROM audit.entry WHERE id > %s"


@dataclass
class Told:
    """What became of the calls: what the caller heard, and how often it was done."""

    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    mishaps: Counter[Mishap] = field(default_factory=Counter)

    def __str__(self) -> str:
        calls = ", ".join(f"{what} and done {n} times: {count}" for (what, n), count in sorted(self.calls.items()))
        befell = ", ".join(f"{one.name.lower()} {count}" for one, count in self.mishaps.items())
        before = sum(count for one, count in self.mishaps.items() if not one.done and not one.harmless)
        after = sum(count for one, count in self.mishaps.items() if one.done)
        return f"{calls}; cut before the commit {before}, after it {after} ({befell})"


class Blind(Database):
    """A program that makes up a new key for each try: what the keys are for."""

    def __init__(self, conninfo: Conninfo) -> None:
        super().__init__(conninfo)
        self._keywords = conninfo.keywords(10)
        self._raw = psycopg.connect(autocommit=True, **self._keywords)

    def _ask(self, question: connection._Question) -> Sequence[Any]:
        values = dict(question.values)
        while True:
            try:
                return self._raw.execute(question.statement(), values).fetchall()
            except psycopg.OperationalError:
                values |= {"key": uuid4()} if "key" in values else {}
                self._raw = psycopg.connect(autocommit=True, **self._keywords)
            except psycopg.DatabaseError as error:
                raise UserError(error.diag.message_primary or "") from None

    def close(self) -> None:
        """Hang up."""
        self._raw.close()


@pytest.fixture
def line(server: EmbeddedServer) -> Iterator[Proxy]:
    """The line that all this befalls."""
    with Proxy(server.port) as made:
        yield made


@pytest.fixture
def house(world: World, people: People, become: Callable[..., Database], gateway: Gateway) -> House:
    """Marta, who may do all, on a good line."""
    world.set_setting("receipts_per_hour", 1000)
    colleague = become("luis", "operator")
    return House(world, become("marta", *ROLES), people.add("marta"), people.add("luis"), colleague)


@pytest.fixture
def over(people: People, house: House, line: Proxy) -> Conninfo:
    """How she connects on the bad one."""
    near = people.conninfo("marta")
    return replace(near, hosts=((near.hosts[0][0], line.port),))


def order(house: House, count: int, chance: Random) -> list[str]:
    """So many commands, each as often as any other."""
    names = [*commands(house)]
    chance.shuffle(names)
    return (names * (count // len(names) + 1))[:count]


def brew(line: Proxy, chance: Random, among: dict[Mishap | str | None, int]) -> Timer | None:
    """What the next question meets."""
    (what,) = chance.choices([*among], [*among.values()])
    line.mishap = what if isinstance(what, Mishap) else None
    line.breaks = 0.15 if what == "breaks" else 0.0
    if what != "freezes":
        return None
    line.freeze()
    timer = Timer(0.3, line.thaw)
    timer.start()
    return timer


def clear(line: Proxy, timer: Timer | None) -> None:
    """Good weather again."""
    line.mishap, line.breaks, line.refusing = None, 0.0, False
    if timer:
        timer.join()


def heard(far: Database, ask: Ask, key: UUID) -> str:
    """What the caller is told; whoever is told to ask again does it."""
    try:
        ask(far, key)
    except Busy:
        return heard(far, ask, key)
    except InDoubt:
        return "in doubt"
    except ConnectionLost:
        return "not asked"
    except UserError as error:
        return f"refused ({error.message})"
    return "answered"


def one_call(far: Database, line: Proxy, ask: Ask, chance: Random) -> str:
    """Ask once in bad weather; most people ask again, with the same key."""
    key = uuid4()
    line.refusing = chance.random() < AWAY
    timer = brew(line, chance, WEATHER)
    told = heard(far, ask, key)
    clear(line, timer)
    if told != "answered" and chance.random() > GIVES_UP:
        while told in ("in doubt", "not asked"):
            told = heard(far, ask, key)
    return told


def test_every_command_with_a_key_is_here(house: House) -> None:
    there = {name for (name,) in house.world.superuser.execute(KEYED)}
    assert {*commands(house)} == there


@pytest.mark.timeout(1800)
def test_each_is_done_once(house: House, over: Conninfo, line: Proxy, request: pytest.FixtureRequest) -> None:
    count = 2000 if request.config.getoption("--long") else 32
    chance, told, world = Random(SEED), Told(), house.world
    far, prepare = Database(over, deadline=1.5), commands(house)
    wrong: list[str] = []
    for turn, name in enumerate(order(house, count, chance)):
        ask = prepare[name]()
        last = world.value("SELECT coalesce(max(id), 0) FROM audit.entry")
        what = one_call(far, line, ask, chance)
        done = settled(world, last)
        told.calls[what, done] += 1
        if (what, done) not in {("answered", 1), ("in doubt", 0), ("in doubt", 1), ("not asked", 0)}:
            wrong.append(f"{turn} {name}: {what} and done {done} times")
        house.rest()
    far.close()
    told.mishaps = line.happened
    request.config.get_terminal_writer().line(f"{count} calls, seed {SEED}: {told}")
    assert not wrong, f"seed {SEED}: {wrong}"
    assert sum(one.done for one in told.mishaps) > 1
    assert sum(not one.done and not one.harmless for one in told.mishaps) > 1
    numbers = "SELECT count(*) - count(DISTINCT number) + count(*) - count(DISTINCT key) FROM iduo.ticket"
    assert world.value(numbers) == 0


def settled(world: World, last: int) -> int:
    """How many transactions wrote since; what a server still works on is waited for."""
    busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query ~ 'api'"
    while world.value(busy):
        pass
    return int(world.value(DONE, last))


def test_blind_tries_do_it_twice(house: House, over: Conninfo, line: Proxy, request: pytest.FixtureRequest) -> None:
    """The same lines, commands and callers; only the keys are new each time."""
    count = 400 if request.config.getoption("--long") else 10
    chance, done, world = Random(SEED), Counter[str](), house.world
    far, prepare = Blind(over), commands(house)
    for name in order(house, count, chance):
        ask = prepare[name]()
        last = world.value("SELECT coalesce(max(id), 0) FROM audit.entry")
        line.mishap = chance.choice((Mishap.LOST, Mishap.UNANSWERED, Mishap.RESET))
        told = heard(far, ask, uuid4())
        line.mishap = None
        times = settled(world, last)
        done["twice" if times > 1 else "refused though it was done" if told != "answered" and times else "once"] += 1
        house.rest()
    far.close()
    request.config.get_terminal_writer().line(f"{count} calls with a new key for each try, seed {SEED}: {dict(done)}")
    assert done["twice"] > 0


def test_a_whole_list_comes_in_once(house: House, over: Conninfo, line: Proxy) -> None:
    """Opened, staged piece by piece and applied; each step breaks before and after it was done."""
    far, world, key, sha = Database(over, deadline=5), house.world, uuid4(), house.sha()
    numbers = [next(house.numbers) for _ in range(20)]

    def step(function: Callable[..., Any], *values: object) -> Any:
        answers = []
        for mishap in (Mishap.HALF, Mishap.UNANSWERED, Mishap.RESET):
            line.mishap = mishap
            answers.append(function(far, *values))
        return answers[-1]

    batch = step(batches.open_batch, "lista.xlsx", sha, key).batch_id
    for at in range(0, 20, 5):
        rows = [client(number) | {"row": row} for row, number in enumerate(numbers[at : at + 5], at + 1)]
        step(batches.stage, batch, json.dumps(rows))
    totals = step(batches.apply, batch, False)
    far.close()
    assert (totals.rows, totals.created, totals.cases_opened) == (20, 20, 20)
    counts = "SELECT ARRAY[(SELECT count(*) FROM iduo.company WHERE number = ANY (%s)), count(*)] FROM iduo.batch_row"
    assert world.value(counts, numbers) == [20, 20]
    assert world.value("SELECT count(*) FROM iduo.batch") == 1
    assert line.happened.total() == 18
