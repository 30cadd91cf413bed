"""Subjects for commands that take a key, each of its own and in the state from which the command starts."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from iduo_desktop.database.connection import Database
from iduo_desktop.services import (
    agenda,
    attentions,
    batches,
    catalogues,
    chats,
    contact_records,
    form_builder,
    messages,
    promises,
    surveys,
)
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.catalogues import Promotion
from iduo_desktop.services.messages import Outgoing
from tests.services.helpline import attention, soon
from tests.services.messages import answered, taken
from tests.services.persons import person
from tests.services.surveys import QUESTION
from tests.services.world import World

T = TypeVar("T")
Ask = Callable[[Database, UUID], Any]
Prepare = Callable[[], Ask]
CLOSING = json.dumps({"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."})


@dataclass
class House:
    """Whose commands they are; `near` is his workstation on a line that nothing befalls."""

    world: World
    near: Database
    me: str
    other: str
    colleague: Database
    later: datetime = field(default_factory=lambda: soon(hours=5))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(100_000))
    made: dict[str, int] = field(default_factory=dict)

    def phone(self) -> str:
        """A number that nobody else has."""
        return f"3416{next(self.numbers)}"

    def case(self, **values: Any) -> int:
        """A case of one's own."""
        return self.world.case(assigned_to=self.me, **values)

    def owing(self, **values: Any) -> int:
        """A case, one's own unless said otherwise, of a client who is cut off in five days."""
        company = self.world.company(debt=30000, cutoff_date=self.world.today() + timedelta(days=5))
        return self.world.case(company=company, **({"assigned_to": self.me} | values))

    def chat(self) -> int:
        """A visitor of the site who waits."""
        name = self.phone()
        hashed = hashlib.sha256(name.encode()).digest()
        made = self.world.insert("chat", {"token_hash": hashed, "address_hash": hashed, "name": f"Rosa {name}"})
        self.world.superuser.execute("INSERT INTO iduo.chat_presence (chat_id) VALUES (%s)", [made])
        return made

    def own_chat(self) -> int:
        """One that she attends."""
        made = self.chat()
        chats.take(self.near, made, uuid4())
        return made

    def rest(self) -> None:
        """Before the next one neither has cases, nor chats."""
        held = "UPDATE iduo.case SET assigned_to = NULL, assigned_at = NULL WHERE assigned_to = ANY (%s)"
        with self.world.superuser.transaction():
            # what is recorded of a command is what it did itself
            self.world.superuser.execute("SET LOCAL session_replication_role = replica")
            self.world.superuser.execute(held, [[self.me, self.other]])
            over = "UPDATE iduo.chat SET state = 'ended', ended_at = at, ended_by = 'silence' WHERE state <> 'ended'"
            self.world.superuser.execute(over)

    def contact(self) -> int:
        """Somebody with a telephone and an address."""
        made = person(self.near, f"Gómez {next(self.numbers)}", "Ana", self.phone())
        contact_records.add_email(self.near, made, f"a{made}@x.com", uuid4())
        return made

    def ticket(self) -> int:
        """A message."""
        return taken(self.near, phone=(phone := self.phone()), phone_key=phone).ticket_id

    def answered(self) -> int:
        """A message that waits to be communicated."""
        return answered(self.near, self.near, phone=(phone := self.phone()), phone_key=phone)

    def survey(self) -> int:
        """The published version of a survey."""
        if "survey" not in self.made:
            made = form_builder.create(self.near, "survey", "Satisfacción", uuid4())
            draft = form_builder.definition(self.near, made.form_id).version
            saved = form_builder.save_draft(self.near, made.form_id, draft, json.dumps({"fields": [QUESTION]}))
            form_builder.publish(self.near, made.form_id, saved.version)
            self.made["survey"] = surveys.form(self.near, made.form_id).version
        return self.made["survey"]

    def promotion(self) -> int:
        """One that fits everybody."""
        if "promotion" not in self.made:
            self.made["promotion"] = catalogues.save_promotion(self.near, offer("Sumá TV")).id
        return self.made["promotion"]

    def sha(self) -> str:
        """The digest of a file that nobody has brought yet."""
        return hashlib.sha256(str(next(self.numbers)).encode()).hexdigest()


def plan(database: Database, contact: int, at: datetime, key: UUID) -> Scheduled:
    """Plan a call."""
    given: dict[str, Any] = {"direction": "outbound", "remind": 10, "assignee": None, "anybody": False, "note": ""}
    return agenda.plan_call(database, case_id=None, contact_id=contact, at=at, key=key, **given)


def offer(title: str) -> Promotion:
    """A promotion."""
    return Promotion(None, title, "Tres meses de TV sin cargo.", None, None, (), (), True)


def on(make: Callable[[], T], act: Callable[[Database, T, UUID], Any]) -> Prepare:
    """Make a subject; then a command on it can be asked with a key."""

    def prepare() -> Ask:
        made = make()
        return lambda database, key: act(database, made, key)

    return prepare


def asked_for(house: House) -> int:
    """An extension that has to be decided; a colleague asked for it."""
    house.world.set_setting("extension_approval", True)
    until = house.world.today() + timedelta(days=10)
    case = house.owing(assigned_to=house.other)
    return promises.extend(house.colleague, case, until, "Cobra tarde", uuid4()).extension_id


def failed(house: House) -> int:
    """A message that could not be sent."""
    sent = messages.send(
        house.near, house.case(), Outgoing("email", f"{house.phone()}@x.com", "Aviso", "Hola"), uuid4()
    )
    with house.world.superuser.transaction():
        house.world.superuser.execute("SET LOCAL session_replication_role = replica")
        house.world.superuser.execute("UPDATE iduo.message SET state = 'failed' WHERE id = %s", [sent.message_id])
    return sent.message_id


def brought(house: House) -> int:
    """A list of one client that was applied."""
    batch = batches.open_batch(house.near, "lista.xlsx", house.sha(), uuid4()).batch_id
    batches.stage(house.near, batch, json.dumps([client(next(house.numbers))]))
    batches.apply(house.near, batch, False)
    return batch


def client(number: int) -> dict[str, Any]:
    """A row as the reading layer gives it."""
    words = ("name", "document", "tax_id", "street", "locality", "province", "plan", "note")
    given = {"row": 1, "number": number, "kind": "person", "surname": "Gómez", "names": "Ana", "status": "active"}
    none: dict[str, Any] = dict.fromkeys(("debt", "cutoff_date", "extended_until"))
    return given | none | {"phones": [], "emails": [], "warnings": []} | dict.fromkeys(words, "")


def raised(house: House) -> int:
    """A route that somebody asked for."""
    route = attentions.routes(house.near)[0].id
    asked = attention(contact=None, contact_id=house.contact(), route_id=route, route_note="Ya")
    return int(attentions.attend(house.near, asked, uuid4()).activation_id or 0)
