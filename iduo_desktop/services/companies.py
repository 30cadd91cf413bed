"""Companies: clients found by number, name, document or telephone, and their data corrected in place."""

from dataclasses import dataclass
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class CompanyHit:
    """A client that a search found; `why` says what matched; `case_id` is an open case of his, if any."""

    company_id: int
    number: int
    client: str
    document: str
    locality: str
    service_status: str
    case_id: int | None
    case_list: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A client's data were corrected; `version` is the new one."""

    company_id: int
    version: int


def find(database: Database, text: str, limit: int = 8) -> tuple[CompanyHit, ...]:
    """Clients whose number, document, telephone or name fits `text`, best first."""
    return database.rows(CompanyHit, "find_companies", text=text, limit=limit)


def correct(database: Database, company_id: int, field: str, value: str, version: int, key: UUID) -> Corrected:
    """Correct one field of a client's data: street, locality, province or note.

    A UserError says who changed it meanwhile when `version` is not the current one.
    """
    return database.one(
        Corrected, "correct_company", company=company_id, field=field, value=value, version=version, key=key
    )


def save_phone(
    database: Database,
    company_id: int,
    phone_id: int | None,
    typed: str,
    e164: str | None,
    search_key: str,
    kind: str,
    valid: bool,
    key: UUID,
) -> Corrected:
    """Add a telephone (phone_id None) or correct one; `typed` empty takes it away."""
    return database.one(
        Corrected,
        "save_company_phone",
        company=company_id,
        phone=phone_id,
        typed=typed,
        e164=e164,
        search_key=search_key,
        kind=kind,
        valid=valid,
        key=key,
    )


def save_email(
    database: Database, company_id: int, email_id: int | None, address: str, valid: bool, key: UUID
) -> Corrected:
    """Add a mail address (email_id None) or correct one; `address` empty takes it away."""
    return database.one(
        Corrected, "save_company_email", company=company_id, email=email_id, address=address, valid=valid, key=key
    )
