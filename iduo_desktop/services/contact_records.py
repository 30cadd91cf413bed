"""Contact records: all about one person, edited in place; sections, support network, duplicates and merging."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.contacts import Kept
from iduo_desktop.services.forms import Form
from iduo_desktop.services.records import Receipt


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person in the list of contacts, by name."""

    id: int
    person: str
    document: str
    phone: str
    company: str
    open_cases: int
    next_at: datetime | None
    flags: str
    version: int
    position: str


@dataclass(frozen=True, slots=True)
class RecordPhone:
    """A telephone of a person. `safe` is None while nobody said whether one may call there."""

    id: int
    typed: str
    e164: str | None
    kind: str
    valid: bool
    safe: bool | None


@dataclass(frozen=True, slots=True)
class RecordEmail:
    """A mail address of a person; `safe` as for a telephone."""

    id: int
    address: str
    valid: bool
    safe: bool | None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that everybody must see on a person, until a day or for ever."""

    id: int
    text: str
    until: date | None
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the record, made by the administrator. `reserved`: reading what is stored needs a receipt.

    `filled_at` is None while it is empty; `may_read` says whether one may ask for what it holds.
    """

    form_id: int
    title: str
    reserved: bool
    may_read: bool
    filled_at: datetime | None
    filled_by: str


@dataclass(frozen=True, slots=True)
class ContactCase:
    """A case of a person, the newest first."""

    id: int
    subject: str
    list: str
    closed: bool
    priority: str
    risk: str
    holder: str
    opened_at: datetime
    next_action_at: datetime | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody who may be the same person; `why` says what both have."""

    contact_id: int
    person: str
    document: str
    phone: str
    birth_date: date | None
    why: str


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """All about one person but what is reserved. `safe_*` are how, when and where he may be reached without danger.

    `call_first` is the telephone to call by these rules; `route` the newest route that is not yet done.
    """

    id: int
    version: int
    surname: str
    names: str
    person: str
    document_type: str
    document: str
    birth_date: date | None
    company_id: int | None
    company_number: int | None
    company: str
    note: str
    safe_when: str
    safe_where: str
    safe_words: str
    phones: tuple[RecordPhone, ...]
    emails: tuple[RecordEmail, ...]
    call_first: int | None
    flags: tuple[Flag, ...]
    sections: tuple[Section, ...]
    cases: tuple[ContactCase, ...]
    tickets: int
    calls: int
    tasks: int
    network: int
    next_at: datetime | None
    next_what: str
    route: str
    duplicates: tuple[Duplicate, ...]
    merged_into: int | None
    level: int
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of a record; `event` is what `undo` takes."""

    contact_id: int
    event: int
    version: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class SectionValues:
    """What a section holds, with the version of the form that it was filled with; `values` is JSON text."""

    form: Form
    values: str
    at: datetime | None
    by_name: str


@dataclass(frozen=True, slots=True)
class Relation:
    """Somebody of a person's support network, a contact of his own."""

    id: int
    contact_id: int
    person: str
    phone: str
    what: str
    note: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    """One line of a person's history. `kind` is call, chat, case, ticket, task, route, attempt or change."""

    position: str
    at: datetime
    kind: str
    id: int
    case_id: int | None
    title: str
    detail: str
    by_name: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One thing of a merge: what both have, and what would stay. `choice` is keep, other or both (lists)."""

    field: str
    label: str
    keep: str
    other: str
    choice: str


@dataclass(frozen=True, slots=True)
class Merged:
    """Two persons are one; `merge` is what `unmerge` takes. `moved` counts what went over."""

    merge: int
    contact_id: int
    moved: int
    replayed: bool


def page(
    database: Database, text: str = "", open_only: bool = False, after: str | None = None, limit: int = 200
) -> tuple[ContactRow, ...]:
    """Persons by name, narrowed to those whose name begins so; `after` is the position of the last row had."""
    return database.rows(ContactRow, "contact_page", text=text, open_only=open_only, after=after, limit=limit)


def record(database: Database, contact_id: int) -> ContactRecord:
    """The record of a person."""
    return database.one(ContactRecord, "contact_record", contact=contact_id)


def change(database: Database, contact_id: int, field: str, value: str, version: int, key: UUID) -> Changed:
    """Change one field: surname, names, document, birth_date (ISO), note, safe_when, safe_where or safe_words."""
    return database.one(
        Changed, "change_contact", contact=contact_id, field=field, value=value, version=version, key=key
    )


def mark_phone(database: Database, contact_id: int, phone_id: int, safe: bool | None, removed: bool, key: UUID) -> Kept:
    """Say whether one may call a telephone, or take it out of the record."""
    return database.one(
        Kept, "mark_contact_phone", contact=contact_id, phone=phone_id, safe=safe, removed=removed, key=key
    )


def add_email(database: Database, contact_id: int, address: str, key: UUID) -> Kept:
    """Add a mail address; one that is there already is left alone."""
    return database.one(Kept, "add_contact_email", contact=contact_id, address=address, key=key)


def mark_email(database: Database, contact_id: int, email_id: int, safe: bool | None, removed: bool, key: UUID) -> Kept:
    """Say whether one may write to an address, or take it out of the record."""
    return database.one(
        Kept, "mark_contact_email", contact=contact_id, email=email_id, safe=safe, removed=removed, key=key
    )


def raise_flag(database: Database, contact_id: int, text: str, until: date | None, key: UUID) -> Kept:
    """Put a flag on a person, until a day or for ever."""
    return database.one(Kept, "raise_flag", contact=contact_id, text=text, until=until, key=key)


def lower_flag(database: Database, contact_id: int, flag_id: int, key: UUID) -> Kept:
    """Take a flag down."""
    return database.one(Kept, "lower_flag", contact=contact_id, flag=flag_id, key=key)


def undo(database: Database, event: int, key: UUID) -> Changed:
    """Take one's own change of a field back, within five minutes and while nobody changed it since."""
    return database.one(Changed, "undo_contact_change", event=event, key=key)


def section_forms(database: Database) -> tuple[Form, ...]:
    """The published sections, in order; every question of theirs takes "no dijo" (`forms.UNSAID`)."""
    return database.rows(Form, "contact_sections")


def open_section(database: Database, contact_id: int, form_id: int, reason: str) -> Receipt:
    """Leave the trace that must be there before a reserved section, or the support network (form 0), is read."""
    return database.one(Receipt, "open_contact_section", contact=contact_id, form=form_id, reason=reason)


def section(database: Database, contact_id: int, form_id: int, receipt: int | None) -> SectionValues:
    """What a section holds; a reserved one only with its receipt."""
    return database.one(SectionValues, "contact_section", contact=contact_id, form=form_id, receipt=receipt)


def save_section(database: Database, contact_id: int, version_id: int, values: str, key: UUID) -> Kept:
    """Keep what a section says, in its history too; fields that are absent stay as they were."""
    return database.one(Kept, "save_contact_section", contact=contact_id, version=version_id, values=values, key=key)


def network(database: Database, contact_id: int, receipt: int) -> tuple[Relation, ...]:
    """The support network of a person, with its receipt."""
    return database.rows(Relation, "contact_network", contact=contact_id, receipt=receipt)


def relate(database: Database, contact_id: int, other_id: int, what: str, note: str, key: UUID) -> Kept:
    """Add a contact to a person's support network; the same one again changes what he is."""
    return database.one(Kept, "relate_contacts", contact=contact_id, other=other_id, what=what, note=note, key=key)


def unrelate(database: Database, contact_id: int, relation_id: int, key: UUID) -> Kept:
    """Take somebody out of a support network."""
    return database.one(Kept, "unrelate_contacts", contact=contact_id, relation=relation_id, key=key)


def story(
    database: Database,
    contact_id: int,
    kinds: Sequence[str] = (),
    text: str = "",
    before: str | None = None,
    limit: int = 50,
) -> tuple[StoryLine, ...]:
    """The whole history of a person, the newest first; `kinds` and `text` narrow it."""
    return database.rows(
        StoryLine, "contact_story", contact=contact_id, kinds=list(kinds), text=text, before=before, limit=limit
    )


def like(
    database: Database,
    surname: str,
    names: str,
    document: str,
    phone_key: str,
    email: str,
    birth_date: date | None,
    except_id: int | None = None,
) -> tuple[Duplicate, ...]:
    """Who may be the person that is being typed: telephone, document, mail, then name and year of birth."""
    return database.rows(
        Duplicate,
        "like_contacts",
        surname=surname,
        names=names,
        document=document,
        phone_key=phone_key,
        email=email,
        birth_date=birth_date,
        except_id=except_id,
    )


def compare(database: Database, keep_id: int, other_id: int) -> tuple[MergeLine, ...]:
    """What a merge would do, line by line, before it is done."""
    return database.rows(MergeLine, "compare_contacts", keep=keep_id, other=other_id)


def merge(database: Database, keep_id: int, other_id: int, others: Sequence[str], key: UUID) -> Merged:
    """Make one person of two; `others` are the fields for which the other one's value stays. Nothing is lost."""
    return database.one(Merged, "merge_contacts", keep=keep_id, other=other_id, others=list(others), key=key)


def unmerge(database: Database, merge: int, key: UUID) -> Merged:
    """Take a merge back: what went over returns, except what was changed since."""
    return database.one(Merged, "unmerge_contacts", merge=merge, key=key)
