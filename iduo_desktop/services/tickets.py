"""Tickets: messages that are taken with a number, answered by the back office and read to the caller."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A message as it is taken: its text and one way to reach the caller are compulsory.

    `channel` is a TicketChannel, `caller_kind` a CallerKind; `insisted` says why the caller would not speak to his
    assistant; `form_version` and `values` are the administrator's extra fields, a JSON object {field key: value}.
    """

    channel: str
    caller_kind: str
    text: str
    topic_id: int | None = None
    ivr_option: int | None = None
    call_id: int | None = None
    company_id: int | None = None
    contact_id: int | None = None
    surname: str = ""
    names: str = ""
    document: str = ""
    phone: str = ""
    phone_e164: str | None = None
    phone_key: str = ""
    email: str = ""
    insisted: str = ""
    provisional: str = ""
    form_version: int | None = None
    values: str = "{}"


@dataclass(frozen=True, slots=True)
class Created:
    """A ticket was registered; `check` is the check digit, empty when the organisation uses none."""

    ticket_id: int
    number: int
    check: str
    at: datetime
    replayed: bool


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """What a list is narrowed to: every field that is taken. None and "" mean everything; days include both."""

    text: str = ""
    company_number: str = ""
    surname: str = ""
    document: str = ""
    phone_key: str = ""
    email: str = ""
    topic_id: int | None = None
    kind: str = ""
    channel: str = ""
    caller_kind: str = ""
    taken_by: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def empty(self) -> bool:
        """True when the list is shown whole."""
        return self == TicketFilter()

    def as_json(self) -> str:
        """The form in which the database takes it."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, default=str)


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A line in a list. `priority` rises with every insistence; `waiting_days` are working days without an answer."""

    id: int
    number: int
    check: str
    state: str
    kind: str
    channel: str
    topic: str
    person: str
    document: str
    phone: str
    company_id: int | None
    company_number: int | None
    company: str
    text: str
    answer: str
    priority: int
    insisted: int
    waiting_days: int
    taken_by: str
    at: datetime
    answered_at: datetime | None
    communicated_at: datetime | None
    version: int
    position: str


def sort_key(row: TicketRow) -> tuple[object, ...]:
    """Where the row stands in the list that it was asked for; comparable within one list and order."""
    return tuple(json.loads(row.position))


@dataclass(frozen=True, slots=True)
class TicketHit:
    """A ticket that a search found; `why` says what matched, `capped` that there may be more than were looked at."""

    ticket_id: int
    number: int
    check: str
    state: str
    person: str
    document: str
    company: str
    at: datetime
    why: str
    capped: bool


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """One thing that happened with a ticket, with its remark, answer, reason or note in `text`.

    `kind` is created, insisted, exported, taken, answered, sent_back, communicated or note.
    """

    id: int
    at: datetime
    by: str
    by_name: str
    kind: str
    text: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """One of the administrator's extra fields, as people read it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class TicketCard:
    """All about one ticket: what was taken at the time, its answer and its history, oldest first."""

    id: int
    number: int
    check: str
    provisional: str
    state: str
    kind: str
    channel: str
    ivr_option: int | None
    caller_kind: str
    topic: str
    company_id: int | None
    company_number: int | None
    company: str
    contact_id: int | None
    surname: str
    names: str
    document: str
    phone: str
    phone_e164: str | None
    email: str
    text: str
    answer: str
    answered_at: datetime | None
    answered_by: str | None
    communicated_at: datetime | None
    communicated_by: str | None
    communicated_to: str
    priority: int
    insisted: int
    waiting_days: int
    taken_by: str
    at: datetime
    version: int
    extras: tuple[Extra, ...]
    events: tuple[TicketEvent, ...]


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many tickets stand in a state; `capped` means "this many or more"."""

    state: str
    count: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out. `event` is what `undo` takes."""

    event: int
    ticket_id: int
    state: str
    version: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket that the one being taken may repeat. `why` says what is alike."""

    ticket_id: int
    number: int
    check: str
    state: str
    topic: str
    text: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one of several: `outcome` is answered, same, wrong_state, busy or unknown."""

    ticket_id: int
    number: int | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the organisation decided about its message desk, and whether I answer messages; no way: an empty text.

    A message without an answer is late from `late_days` working days on.
    """

    check_digit: bool
    may_answer: bool
    contact_mail: str
    contact_web: str
    contact_office: str
    late_days: int


def create(database: Database, ticket: NewTicket, key: UUID) -> Created:
    """Register a message and get its number; FieldError names what is missing or does not fit."""
    return database.one(
        Created,
        "create_ticket",
        channel=ticket.channel,
        caller_kind=ticket.caller_kind,
        text=ticket.text,
        topic=ticket.topic_id,
        ivr_option=ticket.ivr_option,
        call=ticket.call_id,
        company=ticket.company_id,
        contact=ticket.contact_id,
        surname=ticket.surname,
        names=ticket.names,
        document=ticket.document,
        phone=ticket.phone,
        phone_e164=ticket.phone_e164,
        phone_key=ticket.phone_key,
        email=ticket.email,
        insisted=ticket.insisted,
        provisional=ticket.provisional,
        form_version=ticket.form_version,
        values=ticket.values,
        key=key,
    )


def page(
    database: Database,
    state: str,
    filter: TicketFilter = TicketFilter(),
    sort: str = "work",
    descending: bool = False,
    after: str | None = None,
    only: tuple[int, ...] | None = None,
    limit: int = 200,
) -> tuple[TicketRow, ...]:
    """Rows of a state's list after `after` (a row's `position`), at most 200; `only` asks which of these belong in it.

    `sort` is work (insisted first, then the oldest; communicated: the newest), number, person or company.
    """
    return database.rows(
        TicketRow,
        "tickets",
        state=state,
        filter=filter.as_json(),
        sort=sort,
        descending=descending,
        after=after,
        only=None if only is None else [*only],
        limit=limit,
    )


def desk(database: Database) -> Desk:
    """What was decided, as of now."""
    return database.one(Desk, "ticket_desk")


def counts(database: Database) -> tuple[StateCount, ...]:
    """How many tickets stand in each state, counted up to 10,000."""
    return database.rows(StateCount, "ticket_counts")


def card(database: Database, ticket_id: int) -> TicketCard:
    """All about one ticket; UserError when there is no such ticket."""
    return database.one(TicketCard, "ticket_card", ticket=ticket_id)


def find(database: Database, text: str, limit: int = 8) -> tuple[TicketHit, ...]:
    """Tickets whose number, document, telephone, surname, company or words fit `text`, best first."""
    return database.rows(TicketHit, "find_tickets", text=text, limit=limit)


def similar(
    database: Database, company_id: int | None, contact_id: int | None, document: str, phone_key: str, text: str
) -> tuple[Similar, ...]:
    """Tickets of the last 30 days of the same company or person, the likest text first; at most 5."""
    return database.rows(
        Similar,
        "similar_tickets",
        company=company_id,
        contact=contact_id,
        document=document,
        phone_key=phone_key,
        text=text,
    )


def communicate(
    database: Database, ticket_id: int, to: str, version: int, key: UUID, call_id: int | None = None
) -> Done:
    """Say that the answer was read to the caller, and to whom; `version` is that of the card that was shown.

    It belongs to that call, or to one's newest that goes on.
    """
    return database.one(Done, "communicate_ticket", ticket=ticket_id, to=to, version=version, key=key, call=call_id)


def insist(database: Database, ticket_id: int, remark: str, key: UUID, call_id: int | None = None) -> Done:
    """Add what the caller says now and raise the priority. It belongs to that call, or to one's newest that goes on."""
    return database.one(Done, "insist_ticket", ticket=ticket_id, remark=remark, key=key, call=call_id)


def take(database: Database, ticket_id: int, key: UUID) -> Done:
    """Take an open message into work in the back office: it then waits for an answer."""
    return database.one(Done, "take_ticket", ticket=ticket_id, key=key)


def answer(database: Database, tickets: tuple[int, ...], text: str, key: UUID) -> tuple[Answered, ...]:
    """Answer one or several tickets with the same text (respondedores, and coordinators where a setting says so)."""
    return database.rows(Answered, "answer_tickets", tickets=[*tickets], text=text, key=key)


def send_back(database: Database, ticket_id: int, reason: str, key: UUID) -> Done:
    """Send an answer back that does not serve; the ticket waits for another one."""
    return database.one(Done, "send_back_ticket", ticket=ticket_id, reason=reason, key=key)


def add_note(database: Database, ticket_id: int, text: str, key: UUID) -> Done:
    """An internal note, for colleagues only."""
    return database.one(Done, "note_ticket", ticket=ticket_id, text=text, key=key)


def undo(database: Database, event: int) -> Done:
    """Take back that one communicated a ticket: within 5 minutes, and only if nobody touched it since."""
    return database.one(Done, "undo_ticket", event=event)
