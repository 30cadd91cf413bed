"""Agenda: planned calls, tasks, callbacks and routes; what is due, for whom, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Item:
    """Something of the agenda. `kind` is call, task, callback (of a case), promise or route; with `id` it is unique.

    `title` may name people; `discreet` never does. `state` is planned, held, not_held, open, done or cancelled.
    `assignee` None: whoever is in. `escalated`: it was another person's and is overdue. `rings_at` is when it reminds.
    `safe` says how to reach the person without danger; `phone` is the telephone to call by these rules.
    """

    kind: str
    id: int
    title: str
    discreet: str
    due_at: datetime
    rings_at: datetime | None
    state: str
    mine: bool
    assignee: str | None
    assignee_name: str
    escalated: bool
    case_id: int | None
    contact_id: int | None
    person: str
    company_id: int | None
    phone: str
    phone_e164: str | None
    safe: str
    note: str
    moved: int
    version: int
    position: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much stands in each tab; `next_ring` is when something reminds next, if anything does."""

    today: int
    overdue: int
    week: int
    routes: int
    ringing: int
    next_ring: datetime | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something was put into the agenda, moved or finished."""

    kind: str
    id: int
    due_at: datetime
    version: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One time that something was put off, and why."""

    at: datetime
    by_name: str
    before: datetime
    after: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Activation:
    """A route that was asked for. `late`: nobody acknowledged it in time, so administrators may too."""

    id: int
    route: str
    case_id: int
    contact_id: int | None
    person: str
    note: str
    activated_at: datetime
    activated_by: str
    activated_by_name: str
    acknowledged_at: datetime | None
    acknowledged_by_name: str
    late: bool
    may_acknowledge: bool


@dataclass(frozen=True, slots=True)
class Day:
    """My day: how much of what waits for me or for everybody, and what of the two lists is still untouched today."""

    due_now: int
    mine: int
    to_communicate: int
    overdue: int
    routes: int
    suspended: int
    suspended_untouched: int
    delinquent: int
    delinquent_untouched: int
    contacts_today: int
    messages_today: int
    closed_today: int


def items(
    database: Database, tab: str, whose: str = "mine", after: str | None = None, limit: int = 200
) -> tuple[Item, ...]:
    """A tab of the agenda by time: today, overdue, week or routes.

    `whose` is mine (with what is for whoever is in) or everybody (coordinators).
    """
    return database.rows(Item, "agenda", tab=tab, whose=whose, after=after, limit=limit)


def counts(database: Database) -> Counts:
    """How much stands in each tab of one's own agenda."""
    return database.one(Counts, "agenda_counts")


def ringing(database: Database) -> tuple[Item, ...]:
    """What reminds now: its time came, and nobody has done, called or postponed it; overdue things of others last.

    Routes are not among them: they have `activations`; `counts().next_ring` is also when one of them becomes late.
    """
    return database.rows(Item, "ringing")


def plan_call(
    database: Database,
    case_id: int | None,
    contact_id: int | None,
    at: datetime,
    direction: str,
    remind: int,
    assignee: str | None,
    anybody: bool,
    note: str,
    key: UUID,
    safe_reason: str = "",
    participants: Sequence[int] = (),
) -> Scheduled:
    """Plan a call; `assignee` None and not `anybody` means oneself. `remind` are minutes before it, -1 for none.

    Outside the hours in which the person may be called without danger it takes a `safe_reason`: a refusal names that
    field. `participants` are other contacts who take part.
    """
    return database.one(
        Scheduled,
        "plan_call",
        case=case_id,
        contact=contact_id,
        at=at,
        direction=direction,
        remind=remind,
        assignee=assignee,
        anybody=anybody,
        note=note,
        key=key,
        safe_reason=safe_reason,
        participants=list(participants),
    )


def record_call(
    database: Database,
    case_id: int | None,
    contact_id: int | None,
    at: datetime,
    minutes: int,
    direction: str,
    held: bool,
    note: str,
    key: UUID,
    participants: Sequence[int] = (),
) -> Scheduled:
    """Record a call that took place, or did not, now or earlier today."""
    return database.one(
        Scheduled,
        "record_call",
        case=case_id,
        contact=contact_id,
        at=at,
        minutes=minutes,
        direction=direction,
        held=held,
        note=note,
        key=key,
        participants=list(participants),
    )


def add_task(
    database: Database,
    title: str,
    due_at: datetime,
    case_id: int | None,
    contact_id: int | None,
    remind: int,
    assignee: str | None,
    anybody: bool,
    note: str,
    key: UUID,
) -> Scheduled:
    """Put a task into the agenda; for whom and when it reminds as for a call."""
    return database.one(
        Scheduled,
        "add_task",
        title=title,
        due_at=due_at,
        case=case_id,
        contact=contact_id,
        remind=remind,
        assignee=assignee,
        anybody=anybody,
        note=note,
        key=key,
    )


def finish(database: Database, kind: str, id: int, held: bool, note: str, version: int, key: UUID) -> Scheduled:
    """Say that something is done; a planned call was held or not, a task done or (not `held`) cancelled."""
    return database.one(Scheduled, "finish_item", kind=kind, id=id, held=held, note=note, version=version, key=key)


def postpone(database: Database, kind: str, id: int, until: datetime, version: int, key: UUID) -> Scheduled:
    """Let something remind again later; when it is due stays."""
    return database.one(Scheduled, "postpone_item", kind=kind, id=id, until=until, version=version, key=key)


def reschedule(
    database: Database,
    kind: str,
    id: int,
    at: datetime,
    reason: str,
    version: int,
    key: UUID,
    safe_reason: str = "",
) -> Scheduled:
    """Move something to another time, with a reason that stays in its history; `safe_reason` as for planning a call."""
    return database.one(
        Scheduled,
        "reschedule_item",
        kind=kind,
        id=id,
        at=at,
        reason=reason,
        version=version,
        key=key,
        safe_reason=safe_reason,
    )


def reopen(database: Database, kind: str, id: int, version: int, key: UUID) -> Scheduled:
    """Take one's own finishing, postponing or moving back within five minutes."""
    return database.one(Scheduled, "undo_item", kind=kind, id=id, version=version, key=key)


def moves(database: Database, kind: str, id: int) -> tuple[Move, ...]:
    """How often something was moved, the newest first."""
    return database.rows(Move, "item_moves", kind=kind, id=id)


def activations(database: Database, open_only: bool = True) -> tuple[Activation, ...]:
    """Routes that were asked for and concern me: as a coordinator (or administrator, when late), or my own."""
    return database.rows(Activation, "activations", open_only=open_only)


def acknowledge(database: Database, activation_id: int, note: str, key: UUID) -> Activation:
    """Say that one saw a route and takes care of it."""
    return database.one(Activation, "acknowledge_route", activation=activation_id, note=note, key=key)


def day(database: Database) -> Day:
    """What one's day holds, for the first page."""
    return database.one(Day, "my_day")
