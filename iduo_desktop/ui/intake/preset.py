"""What a message begins with: what is known of the call, the person, the company or an earlier ticket."""

from dataclasses import dataclass
from typing import Any

from iduo_desktop import phones
from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.terms import CallerKind, TicketChannel
from iduo_desktop.ui import formats
from iduo_desktop.ui.intake.head import KINDS, described
from iduo_desktop.ui.widgets.names import Name

Person = Caller | ContactHit
_KINDS = ("message", "message_call", "message_company", "message_person", "message_ticket")


@dataclass(frozen=True, slots=True)
class Target:
    """What a draft is about: the call it belongs to, else where one came from. Drafts of different ones never mix."""

    kind: str = _KINDS[0]
    about: int = 0

    @staticmethod
    def kinds() -> tuple[str, ...]:
        """All kinds of drafts of messages."""
        return _KINDS


def target(call: CallCard | None, company_id: int | None, person: Person | None, ticket: TicketCard | None) -> Target:
    """Which draft a message has."""
    if call is not None:
        return Target("message_call", call.id)
    if ticket is not None:
        return Target("message_ticket", ticket.id)
    if person is not None and person.contact_id is not None:
        return Target("message_person", person.contact_id)
    return Target("message_company", company_id) if company_id is not None else Target()


def preset(
    call: CallCard | None, company_id: int | None, person: Person | None, ticket: TicketCard | None
) -> dict[str, Any]:
    """The answers that are known before anything is typed."""
    person = person or _caller(call)
    known: dict[str, Any] = {
        "channel": TicketChannel.PHONE.value,
        "caller_kind": CallerKind.CLIENT.value,
        **_of_ticket(ticket),
        **_of_person(person),
        **_of_company(call, company_id),
        **_of_call(call),
    }
    if call is not None and call.ivr_option not in KINDS and "company" not in known and call.callers:
        known["caller_kind"] = CallerKind.OTHER.value
    return {key: value for key, value in known.items() if value not in (None, "")}


def _caller(call: CallCard | None) -> Person | None:
    """Who calls, when it can only be one person."""
    people = [each for each in call.callers if each.kind == "contact"] if call is not None else []
    return people[0] if len(people) == 1 else None


def _of_call(call: CallCard | None) -> dict[str, Any]:
    if call is None:
        return {}
    kind = KINDS.get(call.ivr_option or 0)
    return {
        "#call": call.id,
        "#ivr": call.ivr_option,
        "#head": described(call),
        "#since": call.at.isoformat(),
        "phone": phones.shown(call.e164) if call.e164 else call.caller,
        **({"caller_kind": kind.value} if kind is not None else {}),
    }


def _of_company(call: CallCard | None, company_id: int | None) -> dict[str, Any]:
    """The one that was asked for, else the one that was keyed in or that all who may be calling belong to."""
    callers = call.callers if call is not None else ()
    if company_id is not None:
        callers = tuple(each for each in callers if each.company_id == company_id)
        first = callers[0] if callers else None
        return _company(company_id, first.company_number if first else None, _company_name(first))
    companies = {each.company_id for each in callers}
    sure = bool(call is not None and call.company) or len(companies) == 1
    first = callers[0] if callers and sure else None
    if first is None or first.company_id is None:
        return {}
    return _company(first.company_id, first.company_number, _company_name(first))


def _company_name(caller: Caller | None) -> str:
    if caller is None:
        return ""
    return caller.company or (caller.name if caller.kind == "company" else "")


def _of_person(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    if isinstance(person, ContactHit):
        name, reach = str(Name(person.surname, person.names)), {"phone": person.phone, "email": person.email}
    else:
        name, reach = person.name, {}
    if isinstance(person, Caller) and person.contact_id is None:
        return _company(person.company_id, person.company_number, _company_name(person))
    company = _company(person.company_id, person.company_number, person.company)
    document = formats.document(person.document) if person.document else ""
    return {"contact": name, "#contact": person.contact_id, "document": document, **reach, **company}


def _of_ticket(ticket: TicketCard | None) -> dict[str, Any]:
    if ticket is None:
        return {}
    return {
        "channel": ticket.channel,
        "caller_kind": ticket.caller_kind,
        "contact": str(Name(ticket.surname, ticket.names)),
        "#contact": ticket.contact_id,
        "document": formats.document(ticket.document) if ticket.document else "",
        "phone": phones.shown(ticket.phone_e164) if ticket.phone_e164 else ticket.phone,
        "email": ticket.email,
        **_company(ticket.company_id, ticket.company_number, ticket.company),
    }


def _company(company_id: int | None, number: int | None, name: str) -> dict[str, Any]:
    return {"company": str(company_id), "#number": str(number or ""), "#name": name} if company_id is not None else {}
