"""Cases of the demo and every move of one, recorded as the functions of the door record it."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from iduo_desktop.admin.demo_clients import Client
from iduo_desktop.terms import CaseList

# Argentina keeps one time all year; Windows has no zone data of its own.
HERE = timezone(timedelta(hours=-3))
COUNTERS = {"call": "calls", "whatsapp": "whatsapps", "email": "emails", "sms": "sms", "chat": "chats"}
# What undo puts back: iduo.image.
IMAGE = (
    *(
        "list",
        "state",
        "assigned_to",
        "assigned_at",
        "touched_at",
        "last_contact_at",
        "next_action_at",
        "attempts",
        *COUNTERS.values(),
    ),
    *("move_reason", "move_until", "closed_at", "closed_by", "closing_reason", "closing_status"),
)


@dataclass(slots=True, eq=False)
class Case:
    """A case as the table has it; `busy_until` is when the person who works on it now is through."""

    id: int
    client: Client
    subject: str
    collection: bool
    list: str
    opened_at: datetime
    opened_by: str
    touched_at: datetime
    busy_until: datetime
    state: str = "open"
    assigned_to: str | None = None
    assigned_at: datetime | None = None
    last_contact_at: datetime | None = None
    next_action_at: datetime | None = None
    attempts: int = 0
    calls: int = 0
    whatsapps: int = 0
    emails: int = 0
    sms: int = 0
    chats: int = 0
    move_reason: str | None = None
    move_until: date | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    closing_reason: str | None = None
    closing_status: str | None = None
    version: int = 1

    def put_back(self, image: dict[str, object]) -> None:
        """Undo."""
        for name, value in image.items():
            setattr(self, name, value)
        self.version += 1

    def free_at(self, at: datetime) -> bool:
        """Open, nobody's, and nobody was at it a moment ago."""
        return self.state == "open" and not self.assigned_to and self.busy_until < at

    def lapsed_at(self, at: datetime) -> bool:
        """Taken, and untouched for longer than the setting allows."""
        return self.state == "open" and bool(self.assigned_to) and at - self.touched_at > timedelta(hours=48)

    def image(self) -> dict[str, object]:
        """The columns that moves change, as they are now."""
        return {name: getattr(self, name) for name in IMAGE}


@dataclass(slots=True, eq=False)
class Event:
    """A row of case_event; numbered when the month is told to its end."""

    case: Case
    kind: str
    at: datetime
    by: str
    detail: str
    note: str
    before: str | None
    version_after: int
    undone_at: datetime | None = None
    id: int = 0


@dataclass(slots=True, eq=False)
class Contact:
    """A row of attempt, with its promise if one was made."""

    event: Event
    channel: str
    direction: str
    address: str
    result: str
    note: str
    override_reason: str = ""
    promise: tuple[Decimal, date] | None = None
    id: int = 0


@dataclass(slots=True, eq=False)
class Closing:
    """The form that closed a case."""

    event: Event
    values: dict[str, str]


@dataclass(slots=True)
class Desk:
    """All cases and what happened with them; every method is one command of the door."""

    cases: list[Case] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)

    def open(self, client: Client, list: str, at: datetime, by: str, subject: str = "") -> Case:
        """A case from the imported list, or with a subject one made by hand."""
        words = subject or "Lista de clientes"
        case = Case(len(self.cases) + 1, client, words, not subject, list, at, by, touched_at=at, busy_until=at)
        self.cases.append(case)
        kind, detail = ("created", subject) if subject else ("imported", CaseList(list).label)
        before = _json(case.image()) if subject else None
        self.events.append(Event(case, kind, at, by, detail, "", before, 1))
        return case

    def take(self, case: Case, at: datetime, by: str, reason: str = "") -> None:
        """Take a free case; with a reason, somebody else's (his full name comes with it)."""
        self._move(
            case, "taken_over" if reason else "taken", at, by, reason, assigned_to=by, assigned_at=at, touched_at=at
        )

    def release(self, case: Case, at: datetime, by: str) -> None:
        """Give it back to its list."""
        self._move(case, "released", at, by, assigned_to=None, assigned_at=None)

    def give_back(self, case: Case, at: datetime, by: str, holder: str) -> None:
        """It lay untouched for too long, and somebody looked for work."""
        self._move(case, "returned", at, by, f"sin movimiento: lo tenía {holder}", assigned_to=None, assigned_at=None)

    def move(self, case: Case, at: datetime, by: str, to: str, reason: str, until: date | None) -> None:
        """To another list."""
        detail = f"{CaseList(case.list).label} → {CaseList(to).label}" + (
            f" hasta el {until:%d/%m/%Y}" if until else ""
        )
        again = at_hour(until, 9) if until else case.next_action_at
        changes = {"list": to, "move_reason": reason, "move_until": until, "touched_at": at, "next_action_at": again}
        self._move(case, "moved", at, by, detail, reason, **changes)

    def contact(
        self,
        case: Case,
        at: datetime,
        by: str,
        contact: tuple[str, str, str, str, str],
        *,
        again: datetime | None = None,
        promise: tuple[Decimal, date] | None = None,
        override: str = "",
        undone: bool = False,
    ) -> None:
        """Register a contact (channel, direction, address, result, note); undone: taken back a minute later."""
        channel, direction, address, result, note = contact
        counter = COUNTERS[channel]
        detail = result
        if promise:
            detail += f" $ {money(promise[0])} para el {promise[1]:%d/%m/%Y}"
        if again:
            detail += f", volver a llamar el {again:%d/%m a las %H:%M}"
        due = again or (at_hour(promise[1] + timedelta(days=1), 9) if promise else case.next_action_at)
        was = case.image()
        event = self._move(
            case,
            "attempt",
            at,
            by,
            detail,
            note,
            last_contact_at=at,
            touched_at=at,
            attempts=case.attempts + 1,
            next_action_at=due if due and due > at else None,
            **{counter: getattr(case, counter) + 1},
        )
        self.contacts.append(Contact(event, channel, direction, address, result, note, override, promise))
        if undone:
            event.undone_at = at + timedelta(seconds=50)
            case.put_back(was)

    def close(self, case: Case, at: datetime, by: str, values: dict[str, str], labels: tuple[str, str]) -> None:
        """Close with the form; `labels` are those of reason and status."""
        again = at_hour(date.fromisoformat(values["next_date"]), 9) if "next_date" in values else None
        changes = {"closed_at": at, "closed_by": by, "closing_reason": labels[0], "closing_status": labels[1]}
        event = self._move(
            case, "closed", at, by, labels[0], values["description"], state="closed", next_action_at=again, **changes
        )
        self.closings.append(Closing(event, values))

    def reopen(self, case: Case, at: datetime, by: str, reason: str) -> None:
        """A coordinator opens it again."""
        gone = dict.fromkeys(
            ("closed_at", "closed_by", "closing_reason", "closing_status", "assigned_to", "assigned_at")
        )
        self._move(case, "reopened", at, by, "", reason, state="open", **gone)

    def number(self) -> None:
        """Give events and contacts the numbers that the database would have given, in the order of time."""
        self.events.sort(key=lambda event: event.at)
        for number, event in enumerate(self.events, 1):
            event.id = number
        self.contacts.sort(key=lambda contact: contact.event.id)
        for number, contact in enumerate(self.contacts, 1):
            contact.id = number
        self.closings.sort(key=lambda closing: closing.event.id)

    def _move(
        self, case: Case, kind: str, at: datetime, by: str, detail: str = "", note: str = "", **changes: object
    ) -> Event:
        event = Event(case, kind, at, by, detail, note, _json(case.image()), case.version + 1)
        self.events.append(event)
        for name, value in changes.items():
            setattr(case, name, value)
        case.version += 1
        case.busy_until = at
        return event


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    """That day at that time, here."""
    return datetime.combine(day, time(hour, minute), HERE)


def money(amount: Decimal) -> str:
    """How amounts are written here: 48.310,00."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, default=lambda value: value.isoformat())
