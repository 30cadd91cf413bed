"""A crowd on few rows: each worker does what comes to his mind, at the same moment as all others."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import Busy, UserError
from iduo_desktop.services import activities, answers, batches, cases, policies, sending, supervision, tickets
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseFilter
from tests.models.base import is_a_sentence
from tests.services.messages import new
from tests.services.world import World

CLOSING = '{"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}'
SHA = hashlib.sha256(b"x").hexdigest()
LIST = "delinquent"


class Worker:
    """One person at one workstation. `numbers` are those that he was given, `done` what he did, `busy` what was not."""

    def __init__(self, desk: Database, number: int, things: "Things") -> None:
        self._desk, self._things = desk, things
        self._chance = random.Random(number)  # the same crowd each time
        self._events: list[int] = []
        self._handed: list[Any] = []
        self.numbers: list[int] = []
        self.done: Counter[str] = Counter()
        self.refused = self.busy = 0

    def work(self, turns: int, ways: Sequence[str]) -> None:
        """So many things, whatever comes of them."""
        for _ in range(turns):
            name = self._chance.choice(ways)
            way: Callable[[], object] = getattr(self, name)
            try:
                way()
            except UserError as error:
                self.refused += 1
                said = error.message
            except Busy:
                self.busy += 1
                said = ""
            else:
                self.done[name] += 1
                said = ""
            assert not said or is_a_sentence(said), said

    def _case(self) -> int:
        return self._chance.choice(self._things.cases)

    def _mine(self) -> int:
        """A case of one's own, if there is one."""
        own = cases.page(self._desk, "mine")
        return self._chance.choice(own).id if own else self._case()

    def _ticket(self) -> int:
        return self._chance.choice(self._things.tickets)

    def take(self) -> None:
        self._events.append(cases.take(self._desk, self._case(), uuid4()).event)

    def next(self) -> None:
        found = cases.take_next(self._desk, LIST, CaseFilter(), uuid4())
        if found and found.event:
            self._events.append(found.event)

    def release(self) -> None:
        self._events.append(cases.release(self._desk, self._mine(), uuid4()).event)

    def take_over(self) -> None:
        cases.take_over(self._desk, self._case(), "lo pidió", uuid4())

    def move(self) -> None:
        to = self._chance.choice(["delinquent", "delinquent", "suspended"])
        self._events.append(cases.move(self._desk, self._mine(), to, "lo pidió", None, uuid4()).event)

    def promise(self) -> None:
        things = self._things
        attempt = Attempt("call", things.promise, "", "outbound", things.phone, Decimal(10), things.day, None, "sigue")
        self._events.append(activities.log_attempt(self._desk, self._mine(), attempt, uuid4()).event)

    def close(self) -> None:
        self._events.append(cases.close(self._desk, self._mine(), 1, CLOSING, uuid4()).event)

    def reopen(self) -> None:
        closed = cases.page(self._desk, "closed")
        if closed:
            cases.reopen(self._desk, self._chance.choice(closed).id, "volvió", uuid4())

    def undo(self) -> None:
        if self._events:
            cases.undo(self._desk, self._events.pop())

    def reassign(self) -> None:
        key, to = uuid4(), self._chance.choice([*self._things.logins, None])
        several = tuple({self._case() for _ in range(4)})
        supervision.reassign(self._desk, several, to, "faltó", key)
        self._handed.append(key)

    def undo_reassign(self) -> None:
        if self._handed:
            supervision.undo_reassign(self._desk, self._handed.pop())

    def create(self) -> None:
        made = tickets.create(self._desk, new(), uuid4())
        self.numbers.append(made.number)
        self._things.tickets.append(made.ticket_id)

    def insist(self) -> None:
        tickets.insist(self._desk, self._ticket(), "sigue igual", uuid4())

    def answer(self) -> None:
        tickets.answer(self._desk, tuple({self._ticket() for _ in range(4)}), "Ya está.", uuid4())

    def send_back(self) -> None:
        tickets.send_back(self._desk, self._ticket(), "no era eso", uuid4())

    def communicate(self) -> None:
        waiting = tickets.page(self._desk, "awaiting_communication")
        if waiting:
            row = self._chance.choice(waiting)
            tickets.communicate(self._desk, row.id, "la titular", row.version, uuid4())

    def send(self) -> None:
        batch = sending.prepare(self._desk, None, None, uuid4()).batch_id
        sending.send(self._desk, batch, "x.xlsx", SHA, True, uuid4())

    def bring_answers(self) -> None:
        rows = tickets.page(self._desk, "awaiting_answer") + tickets.page(self._desk, "open")
        self._chance.shuffle(mixed := [*rows])
        staged = [{"row": n, "number": row.number, "code": None, "answer": "Sí"} for n, row in enumerate(mixed[:9], 2)]
        opened = answers.open_answers(self._desk, "r.xlsx", _sha(staged), None, uuid4())
        batches.stage(self._desk, opened.batch_id, json.dumps(staged))
        answers.apply(self._desk, opened.batch_id, (), False)

    def bring_clients(self) -> None:
        self._chance.shuffle(mixed := [*self._things.clients])
        staged = [_client(row, one, self._chance) for row, one in enumerate(mixed, 2)]
        opened = batches.open_batch(self._desk, "l.xlsx", _sha(staged), uuid4())
        batches.stage(self._desk, opened.batch_id, json.dumps(staged))
        batches.apply(self._desk, opened.batch_id, False)

    def undo_batch(self) -> None:
        board = [one for one in batches.board(self._desk) if one.may_undo][:3]
        if board:
            batches.undo(self._desk, self._chance.choice(board).id, uuid4())


class Things:
    """What the crowd works on: few cases of few clients, and the tickets that it makes."""

    def __init__(self, world: World, desk: Database, logins: Sequence[str], count: int) -> None:
        self.phone = "+543416124410"
        companies = [world.company(debt=100) for _ in range(count)]
        for one in companies:
            phone = {"typed": "3416124410", "e164": self.phone, "search_key": "3416124410", "valid": True}
            world.insert("company_phone", phone | {"company_id": one})
        numbers = "SELECT number FROM iduo.company WHERE id = ANY (%s) ORDER BY id"
        self.clients = [number for (number,) in world.superuser.execute(numbers, [companies])]
        self.cases = [world.case(LIST, one, collection=True) for one in companies]
        self.logins = logins
        self.day = world.today() + timedelta(days=3)
        self.promise = next(one.id for one in policies.dispositions(desk) if one.promise)
        self.tickets = [tickets.create(desk, new(), uuid4()).ticket_id]


def _sha(rows: object) -> str:
    return hashlib.sha256(json.dumps([rows, str(uuid4())]).encode()).hexdigest()


def _client(row: int, number: int, chance: random.Random) -> dict[str, Any]:
    """A client as a list brings him: his debt changes each time, his status sometimes."""
    return {
        **dict.fromkeys(("names", "name", "document", "tax_id", "street", "locality", "province", "plan", "note"), ""),
        "row": row,
        "number": number,
        "kind": "person",
        "surname": "Gómez",
        "phones": [],
        "emails": [],
        "status": chance.choice([LIST, LIST, "suspended"]),
        "cutoff_date": None,
        "extended_until": None,
        "debt": str(chance.randrange(200)),
        "warnings": [],
    }
