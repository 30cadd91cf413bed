"""Promises to pay and extensions of the cut-off date."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Promise:
    """What a client promised in a case; `state` is pending, kept, broken or undone, found by the database itself.

    `paid` is what the debt fell since, None where no list came in after it.
    """

    id: int
    case_id: int
    amount: Decimal | None
    due_date: date
    state: str
    paid: Decimal | None
    settled_at: datetime | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Extension:
    """A later cut-off date for a client. `state` is asked, granted, refused or withdrawn."""

    id: int
    case_id: int | None
    company_id: int
    client: str
    until_date: date
    cutoff_date: date | None
    debt: Decimal | None
    reason: str
    state: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str


@dataclass(frozen=True, slots=True)
class ExtensionRules:
    """How far an extension may go, in days from today, how many in a year, and whether a coordinator grants it."""

    most_days: int
    most_a_year: int
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class Extended:
    """An extension that was given or asked for. `event` is what `cases.undo` takes."""

    event: int
    case_id: int
    extension_id: int
    state: str
    replayed: bool


def promises(database: Database, case_id: int) -> tuple[Promise, ...]:
    """Those of a case's client, newest first."""
    return database.rows(Promise, "case_promises", case=case_id)


def extension_rules(database: Database) -> ExtensionRules:
    """What holds here."""
    return database.one(ExtensionRules, "extension_rules")


def extend(database: Database, case_id: int, until: date, reason: str, key: UUID) -> Extended:
    """Move the cut-off date, at once or when a coordinator grants it."""
    return database.one(Extended, "extend_cutoff", case=case_id, until=until, reason=reason, key=key)


def extensions(database: Database, case_id: int) -> tuple[Extension, ...]:
    """Those of a case's client, newest first."""
    return database.rows(Extension, "case_extensions", case=case_id)


def extensions_waiting(database: Database) -> tuple[Extension, ...]:
    """Those that wait for a coordinator, oldest first, at most 200."""
    return database.rows(Extension, "extensions_waiting")


def decide_extension(database: Database, extension_id: int, granted: bool, decision: str, key: UUID) -> Extended:
    """Grant or refuse one; refusing takes words."""
    return database.one(
        Extended, "decide_extension", extension=extension_id, granted=granted, decision=decision, key=key
    )
