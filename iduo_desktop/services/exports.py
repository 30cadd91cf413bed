"""Exports: a list as it is filtered, whole and with its full texts; each leaves a receipt with its count first."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class ExportOpened:
    """A committed trace of an export, good for 15 minutes of reading, and how many rows it has."""

    receipt: int
    rows: int


@dataclass(frozen=True, slots=True)
class ExportedCase:
    """A case with its client, or with its person (who has no number), for a sheet."""

    case_id: int
    company_number: int | None
    client: str
    document: str
    list: str
    state: str
    holder: str
    debt: Decimal | None
    cutoff_date: date | None
    extended_until: date | None
    plan: str
    street: str
    locality: str
    province: str
    phones: str
    emails: str
    attempts: int
    calls: int
    whatsapps: int
    mails: int
    sms: int
    last_contact_at: datetime | None
    last_note: str
    next_action_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    closing_reason: str
    closing_status: str
    closing_values: str
    position: str


@dataclass(frozen=True, slots=True)
class ExportedTicket:
    """A ticket with everything that was taken and answered, for a sheet."""

    ticket_id: int
    number: int
    check: str
    state: str
    kind: str
    channel: str
    topic: str
    caller_kind: str
    surname: str
    names: str
    document: str
    phone: str
    email: str
    company_number: int | None
    company: str
    text: str
    remarks: str
    insisted: int
    at: datetime
    taken_by: str
    answer: str
    answered_at: datetime | None
    answered_by: str
    communicated_at: datetime | None
    communicated_to: str
    position: str


@dataclass(frozen=True, slots=True)
class ExportedContact:
    """A person with how she is reached, for a sheet; what her sections say stays in her record."""

    contact_id: int
    surname: str
    names: str
    document: str
    birth_date: date | None
    phones: str
    emails: str
    company_number: int | None
    company: str
    open_cases: int
    next_action_at: datetime | None
    flags: str
    position: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A choice of columns that was kept under a name, as JSON: an array of fields out, {title: field} in."""

    id: int
    kind: str
    name: str
    fields: str
    default: bool


def open_cases(database: Database, list: str, filter: str, reason: str) -> ExportOpened:
    """Leave the trace of an export of a case list; `filter` is `CaseFilter.as_json()`."""
    return database.one(ExportOpened, "open_case_export", list=list, filter=filter, reason=reason)


def cases(database: Database, receipt: int, after: str | None = None, limit: int = 1000) -> tuple[ExportedCase, ...]:
    """The next rows of the export, in the list's own order; `after` is the position of the last row had."""
    return database.rows(ExportedCase, "export_cases", receipt=receipt, after=after, limit=limit)


def open_tickets(database: Database, state: str, filter: str, reason: str) -> ExportOpened:
    """Leave the trace of an export of a ticket list; `filter` is `TicketFilter.as_json()`."""
    return database.one(ExportOpened, "open_ticket_export", state=state, filter=filter, reason=reason)


def tickets(
    database: Database, receipt: int, after: str | None = None, limit: int = 1000
) -> tuple[ExportedTicket, ...]:
    """The next rows of the export, in the list's own order; `after` is the position of the last row had."""
    return database.rows(ExportedTicket, "export_tickets", receipt=receipt, after=after, limit=limit)


def open_contacts(database: Database, list: str, filter: str, reason: str) -> ExportOpened:
    """Leave the trace of an export of persons; `list` is all or open (with an open case), `filter` {"text": name}."""
    return database.one(ExportOpened, "open_contact_export", list=list, filter=filter, reason=reason)


def contacts(
    database: Database, receipt: int, after: str | None = None, limit: int = 1000
) -> tuple[ExportedContact, ...]:
    """The next rows of the export, in the list's own order; `after` is the position of the last row had."""
    return database.rows(ExportedContact, "export_contacts", receipt=receipt, after=after, limit=limit)


def profiles(database: Database, kind: str) -> tuple[Profile, ...]:
    """Kept choices of columns; `kind` is sending, cases, tickets, answers, clients, companies or contacts."""
    return database.rows(Profile, "column_profiles", kind=kind)


def keep_profile(database: Database, kind: str, name: str, fields: str, default: bool) -> Profile:
    """Keep a choice of columns under a name, in the place of the one that has it already."""
    return database.one(Profile, "keep_column_profile", kind=kind, name=name, fields=fields, default=default)


def drop_profile(database: Database, profile_id: int) -> None:
    """Forget a choice of columns."""
    database.call("drop_column_profile", profile=profile_id)
