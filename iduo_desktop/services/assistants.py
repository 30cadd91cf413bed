"""Assistants of a company: names are free to see, their telephone and mail only by a receipt."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from iduo_desktop.database.connection import Database
from iduo_desktop.services.tickets import TicketHit


@dataclass(frozen=True, slots=True)
class CompanyMatch:
    """A company that a number fits, its own or its management unit's."""

    company_id: int
    number: int
    management_unit: str
    name: str
    tax_id: str
    locality: str
    service_status: str


@dataclass(frozen=True, slots=True)
class Assistant:
    """Who is what for a company."""

    assistant_id: int
    role: str
    role_label: str
    name: str


@dataclass(frozen=True, slots=True)
class DeskCompany:
    """A company as the message desk needs it.

    `offer`: its assistants' data are to be offered first, by the policy or because an answer is late.
    """

    company_id: int
    number: int
    management_unit: str
    kind: str
    name: str
    tax_id: str
    plan: str
    service_status: str
    cutoff_date: date | None
    note: str
    offer: bool
    offer_why: str
    assistants: tuple[Assistant, ...]
    tickets: tuple[TicketHit, ...]


@dataclass(frozen=True, slots=True)
class AssistantData:
    """How to reach an assistant. `whatsapp` is as typed, `e164` as understood."""

    assistant_id: int
    role_label: str
    name: str
    whatsapp: str
    e164: str | None
    email: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A receipt for assistants' data; the read must follow within 60 s."""

    receipt: int


def companies_by_number(database: Database, text: str) -> tuple[CompanyMatch, ...]:
    """Companies that a typed number fits, exact numbers first, then management units ("4" finds UG-04); at most 50."""
    return database.rows(CompanyMatch, "companies_by_number", text=text)


def company(database: Database, company_id: int) -> DeskCompany:
    """A company with the names of its assistants and its newest tickets."""
    return database.one(DeskCompany, "desk_company", company=company_id)


def disclose(
    database: Database, company_id: int, reason: str, to: str, ticket_id: int | None, call_id: int | None, key: UUID
) -> tuple[AssistantData, ...]:
    """Their telephone and mail. `reason` is a DisclosureReason; who was told is logged before anything is read."""
    receipt = database.one(
        Disclosure,
        "open_disclosure",
        company=company_id,
        reason=reason,
        to=to,
        ticket=ticket_id,
        call=call_id,
        key=key,
    ).receipt
    return database.rows(AssistantData, "assistants", receipt=receipt)
