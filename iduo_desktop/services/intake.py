"""Intake: what a caller left, registered in one go; every part can be asked again with the same key."""

from dataclasses import replace
from uuid import UUID, uuid5

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import OTHER_DATA, FieldError, UserError
from iduo_desktop.services import assistants, companies, contacts, tickets
from iduo_desktop.services.assistants import CompanyMatch
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.forms import Form
from iduo_desktop.services.tickets import Created, NewTicket

OFFERED = 8


def fitting(database: Database, text: str) -> tuple[CompanyMatch, ...]:
    """Companies whose number or unit fits; where there are none and the text has letters, those with such a name."""
    found = assistants.companies_by_number(database, text)
    if found or text.isdecimal():
        return found
    return tuple(_match(hit) for hit in companies.find(database, text, OFFERED))


def extra_fields(database: Database) -> Form | None:
    """What the organisation asks besides the usual, if it asks anything."""
    return database.maybe(Form, "ticket_form")


def register(database: Database, ticket: NewTicket, company: str, contact: NewContact | None, key: UUID) -> Created:
    """Register a message, and before it the new contact who leaves it, if any.

    `company` is what was typed for it while nobody could be asked, else empty; FieldError when it is not one.
    """
    if ticket.company_id is None and company:
        ticket = replace(ticket, company_id=_only(fitting(database, company)))
    if contact is not None:
        person = replace(contact, company_id=ticket.company_id)
        ticket = replace(ticket, contact_id=_kept(database, person, key))
    return tickets.create(database, ticket, key)


def _kept(database: Database, person: NewContact, key: UUID) -> int:
    """The id of who leaves the message. An earlier try may have kept him before his message was refused.

    Whoever was corrected since then is kept as he is now: what was typed is not stuck for it.
    """
    try:
        return contacts.create(database, person, uuid5(key, "contact")).contact_id
    except UserError as error:
        if error.message != OTHER_DATA:
            raise
        return contacts.create(database, person, uuid5(key, f"contact {person}")).contact_id


def _only(found: tuple[CompanyMatch, ...]) -> int:
    if len(found) != 1:
        raise FieldError("Elegí la empresa: no hay una sola que coincida.", "company")
    return found[0].company_id


def _match(hit: CompanyHit) -> CompanyMatch:
    return CompanyMatch(hit.company_id, hit.number, "", hit.client, hit.document, hit.locality, hit.service_status)
