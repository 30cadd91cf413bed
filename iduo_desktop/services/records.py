"""Records: who did what, who looked, and all that is kept on one client. Each read leaves a receipt first."""

from dataclasses import dataclass
from datetime import datetime

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class Receipt:
    """A committed trace; the read must follow within 60 s."""

    receipt: int


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A row before and after one change, as JSON text."""

    id: int
    at: datetime
    actor: str
    operation: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change in the log; `changed` names the columns."""

    id: int
    at: datetime
    actor: str
    actor_name: str
    table_name: str
    row_key: str
    operation: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccessLine:
    """Somebody looked at something, and why."""

    id: int
    at: datetime
    actor: str
    actor_name: str
    address: str | None
    what: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; None means everything."""

    actor: str | None = None
    table: str | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything kept on one client, as JSON text."""

    record: str


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows, and entries of the log, lost the person."""

    rows: int
    entries: int


def open_access(database: Database, what: str, subject: str, reason: str) -> Receipt:
    """Leave the trace that must be there before a read. `what` is audit, person or erase."""
    return database.one(Receipt, "open_access", what=what, subject=subject, reason=reason)


def of_row(
    database: Database, receipt: int, table: str, row_key: str, before: int | None = None
) -> tuple[AuditEntry, ...]:
    """What happened to one row, newest first; the receipt's subject is "table:key"."""
    return database.rows(AuditEntry, "audit_of", receipt=receipt, table=table, row_key=row_key, before=before)


def log(database: Database, receipt: int, filter: AuditFilter, before: int | None = None) -> tuple[AuditLine, ...]:
    """The audit log, newest first, 200 lines a page; the receipt's subject is "log"."""
    return database.rows(
        AuditLine,
        "audit_log",
        receipt=receipt,
        actor=filter.actor,
        table=filter.table,
        first=filter.first,
        last=filter.last,
        before=before,
    )


def accesses(
    database: Database, receipt: int, actor: str | None = None, subject: str | None = None, before: int | None = None
) -> tuple[AccessLine, ...]:
    """Who looked at what, newest first; the receipt's subject is "access"."""
    return database.rows(AccessLine, "access_log", receipt=receipt, actor=actor, subject=subject, before=before)


def of_person(database: Database, receipt: int, company_id: int) -> PersonRecord:
    """All that is kept on one client, for him to have; the receipt is of kind person, its subject the company's id."""
    return database.one(PersonRecord, "person_record", receipt=receipt, company=company_id)


def consult_log(
    database: Database, reason: str, filter: AuditFilter, before: int | None = None
) -> tuple[AuditLine, ...]:
    """Say why, then read a page of the audit log."""
    return log(database, open_access(database, "audit", "log", reason).receipt, filter, before)


def consult_accesses(
    database: Database, reason: str, actor: str | None = None, before: int | None = None
) -> tuple[AccessLine, ...]:
    """Say why, then read a page of who looked at what."""
    return accesses(database, open_access(database, "audit", "access", reason).receipt, actor, None, before)


def consult_change(database: Database, reason: str, line: AuditLine) -> AuditEntry:
    """Say why, then read the row before and after one change."""
    receipt = open_access(database, "audit", f"{line.table_name}:{line.row_key}", reason).receipt
    found = of_row(database, receipt, line.table_name, line.row_key, line.id + 1)
    return next(entry for entry in found if entry.id == line.id)


def consult_person(database: Database, reason: str, company_id: int) -> PersonRecord:
    """Say why, then read all that is kept on one client."""
    return of_person(database, open_access(database, "person", str(company_id), reason).receipt, company_id)


def erase_person(database: Database, reason: str, company_id: int, number: int) -> Erased:
    """Say why, then take a client out of everything for good; his number, typed again, shows that he is meant."""
    receipt = open_access(database, "erase", str(company_id), reason).receipt
    return database.one(Erased, "erase_person", receipt=receipt, company=company_id, number=number)
