"""Cases: the six lists in work order, the card of one case, and every move that a case can make."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed to; None and "" mean everything. `level` is how much contact its client had, 0 to 5."""

    text: str = ""
    plan: str | None = None
    locality: str | None = None
    extended: bool | None = None
    not_contacted_today: bool = False
    free: bool = False
    level: int | None = None
    never_contacted: bool = False

    @property
    def empty(self) -> bool:
        """True when the list is shown whole."""
        return self == CaseFilter()

    def as_json(self) -> str:
        """The form in which the database takes it."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line in a list. Times are aware (UTC); money is in the organisation's currency.

    `promotion` is the one to offer, in the list of active clients. A case without a company is that of a person,
    `contact_id`.
    """

    id: int
    company_id: int | None
    company_number: int | None
    client: str
    list: str
    closed: bool
    assigned_to: str | None
    holder: str | None
    debt: Decimal | None
    cutoff_date: date | None
    extended_until: date | None
    plan: str
    locality: str
    level: int
    attempts: int
    calls: int
    whatsapps: int
    emails: int
    sms: int
    paused_until: datetime | None
    last_contact_at: datetime | None
    next_action_at: datetime | None
    move_reason: str | None
    move_until: date | None
    withdrawn_on: date | None
    closed_at: datetime | None
    closed_by: str | None
    closing_reason: str | None
    closing_status: str | None
    viewers: str
    version: int
    position: str
    promotion: str | None = None
    contact_id: int | None = None
    priority: str = "normal"
    risk: str = "none"


def sort_key(row: CaseRow) -> tuple[object, ...]:
    """Where the row stands in the list that it was asked for; comparable within one list and order."""
    return tuple(json.loads(row.position))


@dataclass(frozen=True, slots=True)
class ListCount:
    """How many cases a list has; `capped` means "this many or more"."""

    list: str
    count: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone of a client, as typed and as understood. `e164` is None when it cannot be parsed.

    `safe` is said of persons' telephones: whether one may call there.
    """

    id: int
    typed: str
    e164: str | None
    kind: str
    valid: bool
    safe: bool | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address of a client; `safe` as for a telephone."""

    id: int
    address: str
    valid: bool
    safe: bool | None = None


@dataclass(frozen=True, slots=True)
class CaseCard:
    """All about one case and its client, for the panel.

    Without a company it is a person's, `contact_id`: telephones and addresses are those of his record, `note` too.
    """

    id: int
    company_id: int | None
    company_number: int | None
    company_version: int
    kind: str
    client: str
    surname: str
    names: str
    document: str
    tax_id: str
    list: str
    closed: bool
    service_status: str
    subject: str
    plan: str
    street: str
    locality: str
    province: str
    cutoff_date: date | None
    extended_until: date | None
    extension_reason: str | None
    debt: Decimal | None
    since: date | None
    note: str
    assigned_to: str | None
    holder: str | None
    assigned_at: datetime | None
    level: int
    attempts: int
    calls: int
    whatsapps: int
    emails: int
    sms: int
    paused_until: datetime | None
    pause_reason: str | None
    last_contact_at: datetime | None
    next_action_at: datetime | None
    move_reason: str | None
    move_until: date | None
    closed_at: datetime | None
    closing_reason: str | None
    viewers: str
    version: int
    contacted_today: bool
    phones: tuple[Phone, ...]
    emails_of_client: tuple[Email, ...]
    contact_id: int | None = None
    priority: str = "normal"
    risk: str = "none"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened with a client. `kind` is taken, released, moved, closed, attempt, …

    A chat's `id` is its number below zero, its `case_id` 0.
    """

    id: int
    at: datetime
    by: str
    by_name: str
    kind: str
    case_id: int
    channel: str | None
    direction: str | None
    text: str
    note: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Done:
    """A command was carried out. `event` is what `undo` takes; `replayed`: it had been done before with this key."""

    event: int
    case_id: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Next:
    """What F8 gave: one's own due callback or a free case, now one's own; None when the list has no more."""

    event: int | None
    case_id: int
    callback: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, for the notice: «Deshiciste: …»."""

    case_id: int
    kind: str


def page(
    database: Database,
    list: str,
    filter: CaseFilter = CaseFilter(),
    sort: str = "work",
    descending: bool = False,
    after: str | None = None,
    only: tuple[int, ...] | None = None,
    limit: int = 200,
) -> tuple[CaseRow, ...]:
    """Rows of a list after `after` (a row's `position`), at most 200; `only` asks which of these ids belong in it.

    `sort` is one of work, client, debt, cutoff, contact.
    """
    return database.rows(
        CaseRow,
        "cases",
        list=list,
        filter=filter.as_json(),
        sort=sort,
        descending=descending,
        after=after,
        only=None if only is None else [*only],
        limit=limit,
    )


def counts(database: Database) -> tuple[ListCount, ...]:
    """How many cases each of the six lists has, counted up to 10,000."""
    return database.rows(ListCount, "case_counts")


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A value that a list can be filtered by. `field` is plan or locality."""

    field: str
    value: str


def filter_choices(database: Database) -> tuple[FilterChoice, ...]:
    """The plans and localities that occur, for the filter's boxes."""
    found = database.rows(FilterChoice, "case_filter_choices")
    return tuple(sorted(set(found), key=lambda choice: (choice.field, choice.value)))


def card(database: Database, case_id: int) -> CaseCard:
    """All about one case; UserError when there is no such case."""
    return database.one(CaseCard, "case_card", case=case_id)


def timeline(
    database: Database,
    company_id: int | None,
    before: int | None = None,
    limit: int = 50,
    contact_id: int | None = None,
) -> tuple[TimelineEntry, ...]:
    """What happened with a client (without one: with a person), newest first; `before` is the last entry's id."""
    return database.rows(TimelineEntry, "timeline", company=company_id, before=before, limit=limit, contact=contact_id)


def take(database: Database, case_id: int, key: UUID) -> Done:
    """Make a free case one's own; UserError names the holder when somebody else has it."""
    return database.one(Done, "take_case", case=case_id, key=key)


def take_next(database: Database, list: str, filter: CaseFilter, key: UUID) -> Next | None:
    """One's own due callback, else the first free case of the list in work order; None when there is none."""
    return database.maybe(Next, "take_next_case", list=list, filter=filter.as_json(), key=key)


def take_over(database: Database, case_id: int, reason: str, key: UUID) -> Done:
    """Take a case from the person who has it (coordinators); he is told."""
    return database.one(Done, "take_over_case", case=case_id, reason=reason, key=key)


def release(database: Database, case_id: int, key: UUID) -> Done:
    """Give one's own case back to its list."""
    return database.one(Done, "release_case", case=case_id, key=key)


def move(database: Database, case_id: int, to: str, reason: str, until: date | None, key: UUID) -> Done:
    """Move a case to another list, with a reason and until when."""
    return database.one(Done, "move_case", case=case_id, to=to, reason=reason, until=until, key=key)


def create(
    database: Database,
    company_id: int | None,
    subject: str,
    list: str,
    take: bool,
    key: UUID,
    contact_id: int | None = None,
    priority: str = "normal",
    risk: str = "none",
    note: str = "",
) -> Done:
    """A new case for a client, or for a person who is none; `take` makes it one's own at once."""
    return database.one(
        Done,
        "create_case",
        company=company_id,
        subject=subject,
        list=list,
        take=take,
        key=key,
        contact=contact_id,
        priority=priority,
        risk=risk,
        note=note,
    )


def rate(database: Database, case_id: int, priority: str, risk: str, reason: str, key: UUID) -> Done:
    """Say how urgent a case is and how much danger there is; only a coordinator lowers the danger, with a reason."""
    return database.one(Done, "rate_case", case=case_id, priority=priority, risk=risk, reason=reason, key=key)


def close(database: Database, case_id: int, form_version: int, values: str, key: UUID) -> Done:
    """Close one's own case. `values` is a JSON object {field key: value}, checked by the form in the database.

    Raises FieldError (a UserError with `field`) when a value is missing or does not fit.
    """
    return database.one(Done, "close_case", case=case_id, form_version=form_version, values=values, key=key)


def reopen(database: Database, case_id: int, reason: str, key: UUID) -> Done:
    """Open a closed case again (coordinators)."""
    return database.one(Done, "reopen_case", case=case_id, reason=reason, key=key)


def undo(database: Database, event: int) -> Undone:
    """Take back one's own last command on a case: within 5 minutes and only if nobody touched it since."""
    return database.one(Undone, "undo_case", event=event)


def watch(database: Database, case_id: int, on: bool) -> None:
    """Say that one has the case open (a lease of 90 s) or that one left it."""
    database.call("watch_case", case=case_id, on=on)


@dataclass(frozen=True, slots=True)
class TakenFromMe:
    """A coordinator took one's case; only `event` is set in the first answer, which says where to go on from."""

    event: int
    case_id: int | None
    client: str | None
    by_name: str | None
    detail: str | None


def taken_from_me(database: Database, after: int | None = None) -> tuple[TakenFromMe, ...]:
    """Cases that were taken from me after the event `after`; without it, one entry with the newest event."""
    return database.rows(TakenFromMe, "taken_from_me", after=after)
