"""Attentions: contact, case, this call, follow-up and route, saved whole or not at all; and each of them alone."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.contacts import NewContact


@dataclass(frozen=True, slots=True)
class Route:
    """A route that can be activated."""

    id: int
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case that an activity may belong to; the one just made comes first."""

    case_id: int
    subject: str
    person: str
    priority: str
    opened_at: datetime
    newest: bool


@dataclass(frozen=True, slots=True)
class SectionSaid:
    """What a section of the record says; `values` is a JSON object by field key."""

    version_id: int
    values: str


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody of the support network: a contact that exists, or a new one."""

    what: str
    contact_id: int | None = None
    new: NewContact | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A call that is planned. `remind` are minutes before it; `anybody`: whoever is in, not only oneself.

    Outside the hours in which the person may be called without danger it takes a `safe_reason`: a refusal names that
    field.
    """

    at: datetime
    direction: str = "outbound"
    remind: int = 10
    anybody: bool = False
    note: str = ""
    safe_reason: str = ""


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """What was decided: how a follow-up is planned unless one says otherwise, after how long things escalate."""

    follow_up_direction: str
    follow_up_remind: int
    route_minutes: int
    overdue_minutes: int


@dataclass(frozen=True, slots=True)
class Attention:
    """One attention. Give `contact_id` or `contact`; `case_id` or `subject`. `call_id` is a call that came in already.

    `call_started` is when the call began where no line said it; `holds_call` False leaves the call out.
    """

    contact_id: int | None = None
    contact: NewContact | None = None
    case_id: int | None = None
    subject: str = ""
    description: str = ""
    priority: str = "normal"
    risk: str = "none"
    call_id: int | None = None
    call_started: datetime | None = None
    call_note: str = ""
    holds_call: bool = True
    caller: str = ""
    follow_up: FollowUp | None = None
    route_id: int | None = None
    route_note: str = ""
    sections: tuple[SectionSaid, ...] = ()
    network: tuple[Supporter, ...] = ()

    def as_json(self) -> str:
        """The form in which the database takes it."""
        return json.dumps(asdict(self), default=str)


@dataclass(frozen=True, slots=True)
class Attended:
    """What an attention made; `created` says it in words. `event` is what `undo` takes."""

    event: int
    contact_id: int
    contact_new: bool
    case_id: int
    case_new: bool
    call_id: int | None
    follow_up_id: int | None
    activation_id: int | None
    supporters: int
    replayed: bool


def desk(database: Database) -> HelpDesk:
    """What was decided about attentions."""
    return database.one(HelpDesk, "help_desk")


def routes(database: Database) -> tuple[Route, ...]:
    """The routes that can be activated, in order."""
    return database.rows(Route, "routes")


def save_route(database: Database, route_id: int | None, label: str, active: bool) -> Route:
    """Add a route, or change one (administrators)."""
    return database.one(Route, "save_route", route=route_id, label=label, active=active)


def attend(database: Database, attention: Attention, key: UUID) -> Attended:
    """Save a whole attention, or nothing of it; what is related is related by itself.

    The call that came in ends with it. A refusal names its field by a path: contact.surname, follow_up.at,
    sections.VERSION.FIELD, network.0.what; the attention's own are subject, priority, risk, case, call_note,
    call_started, route and route_note.
    """
    return database.one(Attended, "attend", attention=attention.as_json(), key=key)


def undo(database: Database, event: int, key: UUID) -> Attended:
    """Take one's own attention back within five minutes, while nobody touched anything of it since."""
    return database.one(Attended, "undo_attention", event=event, key=key)


def case_choices(database: Database, text: str = "", contact_id: int | None = None) -> tuple[CaseChoice, ...]:
    """Open cases of persons that fit what is typed, the one that oneself just made first, then the contact's."""
    return database.rows(CaseChoice, "case_choices", text=text, contact=contact_id)
