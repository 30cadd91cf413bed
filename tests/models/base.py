"""What all machines share: people at their desks, commands that may be cut and are asked again, refusals in words."""

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import ConnectionLost, InDoubt, UserError
from tests.models.cuts import FATES, Cutter
from tests.people import People
from tests.services.world import World

T = TypeVar("T")
Command = Callable[[Database], Any]
ANY = st.integers(0, 60)
PEOPLE = {
    "ana": ("operator",),
    "juan": ("operator",),
    "marta": ("coordinator",),
    "eva": ("admin",),
    "noe": ("admin",),
    "rosa": ("answerer",),
}
NOT_ALLOWED = "No tenés permiso para hacer esto."
OTHER_DATA = "Esto ya se había guardado, con otros datos."
TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = 'iduo' ORDER BY 1"""


class Place:
    """A database to play in, and who works there; through the cutter, if there is one."""

    def __init__(self, superuser: psycopg.Connection, people: People, cutter: Cutter | None = None) -> None:
        self.world = World(superuser)
        self.world.set_setting("rows_per_hour", 500_000)
        self.people, self.cutter = people, cutter
        self.logins = {name: people.add(name, *roles) for name, roles in PEOPLE.items()}
        self.desks = {name: self._desk(name) for name in PEOPLE}
        self.chance = random.Random(7)
        self.examples = self.steps = self.commands = self.refusals = 0
        self.numbers: set[int] = set()
        self.codes: dict[int, list[tuple[int, str]]] = {}
        tables = [name for (name,) in superuser.execute(TABLES)]
        self._empty = [name for name in tables if self._count(name) == 0]

    def name_of(self, login: str | None) -> str | None:
        """Who it is that has this login."""
        return next((name for name, own in self.logins.items() if own == login), None)

    def wipe(self) -> None:
        """Take away all rows that were not there at first; numbers go on."""
        connection = self.world.superuser
        filled = [name for name in self._empty if self._count(name)]
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for name in filled:
                connection.execute(sql.SQL("DELETE FROM {}").format(_table(name)))
        self.chance.seed(7)

    def told(self) -> str:
        """How much was played here."""
        cuts = f", cut {self.cutter.cuts}" if self.cutter else ""
        played = f"{self.examples} games, {self.steps} moves, {self.commands} commands"
        return f"{played}, {self.refusals} refused in words{cuts}"

    def close(self) -> None:
        """Hang up."""
        for desk in self.desks.values():
            desk.close()

    def _desk(self, name: str) -> Database:
        conninfo = self.people.conninfo(name)
        if self.cutter:
            conninfo = replace(conninfo, hosts=(("127.0.0.1", self.cutter.port),))
        return Database(conninfo)

    def _count(self, table: str) -> int:
        query = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT 1) x").format(_table(table))
        ((found,),) = self.world.superuser.execute(query).fetchall()
        return int(found)


def _table(name: str) -> sql.Identifier:
    """A table of ours by its name in the catalogue."""
    return sql.Identifier("iduo", name)


@dataclass
class Past(Generic[T]):
    """A command that was carried out, with its answer: asked again, it must answer the same."""

    who: str
    command: Command
    answer: object


class Machine(RuleBasedStateMachine):
    """Plays in `place`; a subclass is made for each run. `SAME`: what a command asked twice answers as before."""

    place: ClassVar[Place]
    SAME: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.place.wipe()
        self.place.examples += 1
        self.past: list[Past[Any]] = []
        self.steps = 0

    def do(self, who: str, command: Command, refused: str = "", perhaps: str = "") -> Any:
        """What the command answers; None if it was refused, which it is exactly when `refused` is in its sentence.

        `perhaps`: what it may say besides, where the line broke and it was asked more than once.
        """
        self.place.commands += 1
        answer, said = None, ""
        try:
            answer = self._ask(who, command)
        except UserError as error:
            said = error.message
        if said:
            self.place.refusals += 1
            assert is_a_sentence(said), said
            if not perhaps or perhaps not in said:
                assert refused, f"{who} was refused: {said}"
                assert refused in said, f"{said} instead of {refused}"
            return None
        assert not refused, f"{who} was not refused: {refused}"
        self.past.append(Past(who, command, answer))
        return answer

    @precondition(lambda self: self.SAME and self.past)
    @rule(pick=ANY)
    def again(self, pick: int) -> None:
        """What was asked once is asked again: the answer is the same, and nothing changes."""
        past = self.past[-1 - pick % len(self.past)]
        self.do(past.who, past.command)
        answer = self.past.pop().answer
        for name in self.SAME:
            assert getattr(answer, name, None) == getattr(past.answer, name, None)

    def step(self) -> int:
        """How many moves there were in this game."""
        self.place.steps += 1
        self.steps += 1
        return self.steps

    def see(self, who: str, command: Callable[[Database], T]) -> T:
        """A read that must pass."""
        return command(self.place.desks[who])

    def _ask(self, who: str, command: Command) -> Any:
        cutter = self.place.cutter
        if cutter and self.place.chance.random() < 0.5:
            cutter.fates = self.place.chance.choices(FATES, k=self.place.chance.choice([1, 1, 2, 3]))
        try:
            while True:
                try:
                    return command(self.place.desks[who])
                except (InDoubt, ConnectionLost):
                    assert cutter
        finally:
            if cutter:
                cutter.fates = []


def is_a_sentence(message: str) -> bool:
    """It begins and ends as one in Spanish does, and speaks of nothing inside."""
    inside = r"\b(iduo|api|SQLSTATE|violates|constraint|duplicate|null value|invalid|function|relation|column)\b"
    return bool(re.match(r"[A-ZÁÉÍÓÚÑ¿¡«\d]", message)) and message[-1] in ".?!»)" and not re.search(inside, message)


@contextmanager
def _of(machine: type[Machine], place: Place) -> Iterator[type[Machine]]:
    machine.place = place
    try:
        yield machine
    finally:
        del machine.place


def play(machine: type[Machine], place: Place, examples: int, steps: int, derandomize: bool) -> None:
    """So many games of so many moves; one that goes wrong is told whole."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=derandomize,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=[*HealthCheck],
        phases=[Phase.generate],  # making it shorter takes longer than reading it
    )
    with _of(machine, place) as ready:
        run_state_machine_as_test(ready, settings=chosen)
