"""Three weeks of messages of the demo: taken, answered by the back office, read to the callers or waiting for it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from iduo_desktop import phones
from iduo_desktop.admin import demo_rows
from iduo_desktop.admin.demo_cases import at_hour
from iduo_desktop.admin.demo_clients import AREA_CODE, WORDS, Client, street
from iduo_desktop.admin.demo_history import Person

TEXTS: dict[str, Any] = json.loads(Path(__file__).with_name("demo_tickets.json").read_text("utf-8"))
SEED = 103
TICKETS = 600
TODAY = 34
DAYS = 21
FIRST_NUMBER = 103_642
OPENS, CLOSES = 9, 18
SETTINGS = {
    "part_tickets": True,
    "coordinators_answer": True,
    "contact_office": "Mitre 846, Rosario, de lunes a viernes de 9 a 17",
}
NOTHING = dict.fromkeys(("answered_at", "answered_by", "communicated_at", "communicated_by"))
UNTOUCHED: dict[str, object] = {"state": "open", "insisted": 0, "answer": "", "communicated_to": "", **NOTHING}
KINDS = {"client": 1, "prospect": 2, "other": 3}


@dataclass(slots=True)
class Caller:
    """Who left a message."""

    kind: str
    client: Client | None
    surname: str
    names: str
    document: str
    phone: phones.Parsed
    email: str

    @property
    def name(self) -> str:
        """How one calls him."""
        return f"{self.names} {self.surname}".strip()


@dataclass(slots=True)
class Message:
    """A ticket while its story is told; every method is one command of the door."""

    caller: Caller
    columns: dict[str, object]
    until: datetime
    events: list[dict[str, object]] = field(default_factory=list)
    state: str = "open"
    version: int = 1
    insisted: int = 0

    def happen(self, kind: str, at: datetime, by: str, text: str = "", **columns: object) -> None:
        """One event, and what it changes."""
        self.columns |= columns
        self.state = str(columns.get("state", self.state))
        self.version += bool(columns)
        event = {"kind": kind, "at": at, "by": by, "text": text, "version_after": self.version, "undone_at": None}
        self.events.append(event)

    def insist(self, at: datetime, by: str, remark: str) -> None:
        """The caller asks again."""
        self.insisted += 1
        self.happen("insisted", at, by, remark, insisted=self.insisted)

    def answer(self, at: datetime, by: str, text: str) -> None:
        """The back office answers."""
        self.happen(
            "answered", at, by, text, state="awaiting_communication", answer=text, answered_at=at, answered_by=by
        )

    def send_back(self, at: datetime, by: str, reason: str) -> None:
        """The answer does not serve."""
        gone = {"answer": "", "answered_at": None, "answered_by": None}
        self.happen("sent_back", at, by, reason, state="awaiting_answer", **gone)

    def communicate(self, at: datetime, by: str, to: str) -> None:
        """The answer is read to somebody."""
        read = {"communicated_at": at, "communicated_by": by, "communicated_to": to}
        self.happen("communicated", at, by, to, state="communicated", **read)


@dataclass(slots=True)
class MessageDesk:
    """Who works at it, and what is known so far."""

    chance: Random
    now: datetime
    people: Sequence[Person]
    clients: Sequence[Client]
    callers: list[Caller] = field(default_factory=list)

    def tell(self) -> list[Message]:
        """All messages in the order in which they were taken."""
        today = [*self._today()]
        moments = sorted([*today, *(self._moment() for _ in range(TICKETS - len(today)))])
        return [self._story(at) for at in moments]

    def _today(self) -> Iterator[datetime]:
        """Whoever opens the demo finds a day that began, be it Sunday: since the desk opened, or since midnight."""
        ends = self.now - timedelta(minutes=4)
        begins = at_hour(self.now.date(), OPENS - 1)
        begins = begins if begins + timedelta(hours=1) < ends else at_hour(self.now.date(), 0)
        for _ in range(TODAY if begins < ends else 0):
            yield (begins + (ends - begins) * self.chance.random()).replace(microsecond=0)

    def _moment(self) -> datetime:
        """In working hours of the last three weeks, more in the morning, none after now."""
        while True:
            day = (self.now - timedelta(days=self.chance.randrange(DAYS))).date()
            minutes = self.chance.triangular(OPENS * 60, CLOSES * 60, 11 * 60)
            at = at_hour(day, 0) + timedelta(minutes=round(minutes), seconds=self.chance.randrange(60))
            if day.isoweekday() <= 5 and at < self.now - timedelta(minutes=4):
                return at

    def _story(self, at: datetime) -> Message:
        caller, by = self._caller(), self._somebody("operator")
        topic, text, answer = self._text(caller)
        values: dict[str, object] = {"topic": topic, "text": text, "at": at, "created_by": by}
        message = Message(caller, values | self._how(caller), self.now)
        message.happen("created", at, by, str(values.get("insisted_reason", "")))
        self._wait(message, at, answer)
        return message

    def _wait(self, message: Message, at: datetime, answer: str) -> None:
        """Insisted on, taken into work, answered, now and then sent back, and read in the end."""
        taken = _later(at, self.chance.uniform(1, 9))
        answered = _later(taken, self.chance.triangular(1, 40, 9))
        if taken > self.now:
            self._insist(message, at, self.now)
            return
        answerer = self._somebody("answerer")
        if answered - taken > timedelta(hours=4):
            message.happen("taken", taken, answerer, state="awaiting_answer")
        self._insist(message, taken, min(answered, self.now))
        if answered > self.now:
            return
        message.answer(answered, answerer, answer)
        called = _later(answered, self.chance.triangular(0.5, 42, 6))
        if self.chance.random() < 0.04 and called < self.now:
            message.send_back(called, self._somebody("operator"), self.chance.choice(TEXTS["sent_back"]))
            answered = _later(called, self.chance.uniform(2, 9))
            if answered > self.now:
                return
            message.answer(answered, answerer, f"{answer} Cualquier duda lo llama un asistente.")
            called = _later(answered, self.chance.uniform(1, 18))
        if called < self.now:
            message.communicate(called, self._somebody("operator"), message.caller.name)

    def _insist(self, message: Message, since: datetime, until: datetime) -> None:
        """Whoever waits long calls again; now and then a colleague leaves a note."""
        at = _later(since, self.chance.uniform(6, 14))
        while at < until and self.chance.random() < 0.3:
            message.insist(at, self._somebody("operator"), self.chance.choice(TEXTS["insisted"]))
            at = _later(at, self.chance.uniform(5, 12))
        if at < until and self.chance.random() < 0.12:
            message.happen("note", at, self._somebody("answerer"), self.chance.choice(TEXTS["notes"]))

    def _caller(self) -> Caller:
        """Somebody new, or one who called before."""
        if self.callers and self.chance.random() < 0.12:
            return self.chance.choice(self.callers[-120:])
        kind = self.chance.choices([*KINDS], (78, 14, 8))[0]
        client = self.chance.choice(self.clients) if kind == "client" else None
        self.callers.append(self._person(kind, client))
        return self.callers[-1]

    def _person(self, kind: str, client: Client | None) -> Caller:
        surname = self.chance.choice(WORDS["surnames"][:90])
        names = self.chance.choice(WORDS["women"] if self.chance.random() < 0.55 else WORDS["men"])
        document = str(int(self.chance.triangular(5_200_000, 46_900_000, 27_000_000)))
        if client is not None and client.kind == "person" and self.chance.random() < 0.85:
            surname, names, document = client.surname, client.names, client.document
        typed = f"0341 15-5{self.chance.randrange(10**6):06}"
        phone = client.phones[0] if client and client.phones else phones.parse(typed, AREA_CODE, mobile=True)
        email = client.emails[0] if client and client.emails and self.chance.random() < 0.5 else ""
        return Caller(kind, client, surname, names, document if self.chance.random() < 0.8 else "", phone, email)

    def _text(self, caller: Caller) -> tuple[str, str, str]:
        """Topic, message and answer."""
        wanted = TEXTS["prospects"] if caller.kind == "prospect" else [topic for topic, _, _ in TEXTS["messages"]]
        topic, text, answer = self.chance.choice([one for one in TEXTS["messages"] if one[0] in wanted])
        amount = f"$ {self.chance.randrange(4_000, 90_000, 50):,}".replace(",", ".")
        said = text.format(street=street(self.chance), amount=amount) + self.chance.choice(TEXTS["details"])
        return topic, said, answer

    def _how(self, caller: Caller) -> dict[str, object]:
        """By which entrance, with which option, and why he would not speak to his assistant."""
        channel = self.chance.choices(("phone", "chat", "outbound"), (82, 13, 5))[0]
        said = channel == "phone" and self.chance.random() < 0.85
        reason = self.chance.choice(TEXTS["insisted_reasons"]) if caller.kind == "client" else ""
        return {
            "channel": channel,
            "ivr_option": KINDS[caller.kind] if said else None,
            "caller_kind": caller.kind,
            "insisted_reason": reason,
        }

    def _somebody(self, role: str) -> str:
        return self.chance.choice([person for person in self.people if person.role == role]).login


def _later(at: datetime, hours: float) -> datetime:
    """So many working hours later."""
    left = timedelta(hours=hours)
    while True:
        ends = at_hour(at.date(), CLOSES)
        if at.isoweekday() <= 5 and at + left < ends:
            return at + left
        if at.isoweekday() <= 5:
            left -= max(ends - at, timedelta())
        at = at_hour(at.date() + timedelta(days=1), OPENS)


def fill(connection: psycopg.Connection, clients: Sequence[Client], people: Sequence[Person], now: datetime) -> None:
    """Write the messages, and switch the message desk on."""
    # a generator of its own: what it draws changes nothing else in the demo
    told = MessageDesk(Random(SEED), now, people, clients).tell()  # noqa: S311 - nothing secret
    found = connection.execute("SELECT id, label, kind FROM iduo.topic")
    topics = {label: (number, kind) for number, label, kind in found}
    demo_rows.copy(connection, "ticket", [_row(number, message, topics) for number, message in enumerate(told, 1)])
    events = [event | {"ticket_id": number} for number, message in enumerate(told, 1) for event in message.events]
    demo_rows.copy(connection, "ticket_event", sorted(events, key=lambda event: str(event["at"])))
    connection.execute("SELECT setval(pg_get_serial_sequence('iduo.ticket', 'number'), max(number)) FROM iduo.ticket")
    for name, value in SETTINGS.items():
        connection.execute("UPDATE iduo.setting SET value = %s WHERE name = %s", [Jsonb(value), name])


def _row(number: int, message: Message, topics: dict[str, tuple[int, str]]) -> dict[str, object]:
    """A row of the table ticket."""
    caller, client = message.caller, message.caller.client
    topic_id, kind = topics[str(message.columns["topic"])]
    shown = client and (client.name or f"{client.surname.upper()}, {client.names}".strip(", "))
    digest = hashlib.sha256(f"ticket {number}".encode()).digest()
    given: dict[str, object] = {
        "id": number,
        "number": FIRST_NUMBER + number,
        "topic_id": topic_id,
        "kind": kind,
        "company_id": client and client.id,
        "company_number": client and client.number,
        "company": shown or "",
        "surname": caller.surname,
        "names": caller.names,
        "document": caller.document,
        "phone": caller.phone.typed,
        "phone_e164": caller.phone.e164,
        "phone_key": caller.phone.search_key,
        "email": caller.email,
        "key": UUID(bytes=digest[:16]),
        "payload_hash": digest,
    }
    return given | UNTOUCHED | message.columns | {"version": message.version}
