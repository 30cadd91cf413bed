"""Contacts: the persons who call, found by number, document or name."""

from dataclasses import dataclass
from uuid import UUID

from iduo_desktop.database.connection import Database


@dataclass(frozen=True, slots=True)
class ContactHit:
    """A person that a search found; `why` says what matched. `phone` is the first one, as typed."""

    contact_id: int
    surname: str
    names: str
    document: str
    phone: str
    email: str
    company_id: int | None
    company_number: int | None
    company: str
    why: str


@dataclass(frozen=True, slots=True)
class NewContact:
    """A person as he is taken down; all but one of surname, names and document may be empty."""

    surname: str
    names: str
    document: str = ""
    phone: str = ""
    phone_e164: str | None = None
    phone_key: str = ""
    phone_kind: str = ""
    phone_valid: bool = False
    email: str = ""
    company_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The contact that was made or added to."""

    contact_id: int
    replayed: bool


def find(database: Database, text: str, company_id: int | None = None, limit: int = 8) -> tuple[ContactHit, ...]:
    """Persons whose name, document, telephone or mail fits `text`; those of `company_id` first, or with no text."""
    return database.rows(ContactHit, "find_contacts", text=text, company=company_id, limit=limit)


def create(database: Database, contact: NewContact, key: UUID) -> Kept:
    """Add a person."""
    return database.one(
        Kept,
        "create_contact",
        surname=contact.surname,
        names=contact.names,
        document=contact.document,
        phone=contact.phone,
        phone_e164=contact.phone_e164,
        phone_key=contact.phone_key,
        phone_kind=contact.phone_kind,
        phone_valid=contact.phone_valid,
        email=contact.email,
        company=contact.company_id,
        key=key,
    )


def add_phone(
    database: Database,
    contact_id: int,
    typed: str,
    e164: str | None,
    search_key: str,
    kind: str,
    valid: bool,
    key: UUID,
) -> Kept:
    """Add a telephone to a person; one that he has already is left alone."""
    return database.one(
        Kept,
        "add_contact_phone",
        contact=contact_id,
        typed=typed,
        e164=e164,
        search_key=search_key,
        kind=kind,
        valid=valid,
        key=key,
    )
