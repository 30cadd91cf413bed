"""Persons of one test and what is kept on them, made through the services."""

import json
from typing import Any
from uuid import uuid4

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, contact_records, contacts
from iduo_desktop.services.contact_records import SectionValues
from iduo_desktop.services.contacts import NewContact

DEMOGRAPHY, HEALTH = "Demografía", "Antecedentes de salud"


def person(database: Database, surname: str = "", names: str = "", phone: str = "", **values: Any) -> int:
    """Add a person with his telephone understood as the program does; his id."""
    parsed = phones.parse(phone, "341")
    understood: dict[str, Any] = {
        "phone": phone,
        "phone_e164": parsed.e164,
        "phone_key": parsed.search_key,
        "phone_kind": parsed.kind,
        "phone_valid": parsed.valid,
    }
    new = NewContact(surname, names, **(understood | values))
    return contacts.create(database, new, uuid4()).contact_id


def attend(database: Database, contact: int, subject: str = "Necesita ayuda", **values: str) -> int:
    """An open case of one's own with that person; its id."""
    done = cases.create(database, None, subject, "active", True, uuid4(), contact_id=contact, **values)
    return done.case_id


def change(database: Database, contact: int, field: str, value: str) -> contact_records.Changed:
    """Change a field of what one has just read."""
    version = contact_records.record(database, contact).version
    return contact_records.change(database, contact, field, value, version, uuid4())


def form_id(database: Database, contact: int, title: str) -> int:
    """The section of that title."""
    found = contact_records.record(database, contact).sections
    return next(section.form_id for section in found if section.title == title)


def version_id(database: Database, title: str) -> int:
    """The published version of the section of that title."""
    return next(form.version for form in contact_records.section_forms(database) if form.title == title)


def fill(database: Database, contact: int, title: str, **said: Any) -> None:
    """Say something in a section."""
    values = json.dumps(said)
    contact_records.save_section(database, contact, version_id(database, title), values, uuid4())


def read(database: Database, contact: int, title: str, reason: str = "lo estoy atendiendo") -> SectionValues:
    """What a section holds, with a receipt where it is reserved."""
    form = form_id(database, contact, title)
    if title != HEALTH:
        return contact_records.section(database, contact, form, None)
    receipt = contact_records.open_section(database, contact, form, reason).receipt
    return contact_records.section(database, contact, form, receipt)


def said(database: Database, contact: int, title: str) -> dict[str, object]:
    """The answers of a section."""
    found: dict[str, object] = json.loads(read(database, contact, title).values)
    return found
