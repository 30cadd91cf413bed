"""From what is typed in the form to what the database takes; it is the same again after a crash."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

from iduo_desktop import phones
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import Database, calls, intake, tickets
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.tickets import Created, Done, NewTicket
from iduo_desktop.terms import CallOutcome
from iduo_desktop.ui.widgets.names import read_name
from iduo_desktop.ui.widgets.reach_editors import plain_document
from iduo_desktop.ui.widgets.typed_person import typed_person

# no letter that sounds or looks like another one
_LETTERS = "23456789ACDEFHJKLMNPQRTVWXY"

Answers = Mapping[str, Any]


def new_ticket(answers: Answers, area_code: str) -> NewTicket:
    """The message that these answers of the form are."""
    # a known contact has his name in the database, as he spells it
    name = read_name("" if answers.get("#contact") else answers.get("contact", ""))
    phone = phones.parse(answers.get("phone", ""), area_code)
    return NewTicket(
        channel=answers["channel"],
        caller_kind=answers["caller_kind"],
        text=answers.get("text", ""),
        topic_id=_number(answers.get("topic")),
        ivr_option=answers.get("#ivr"),
        call_id=answers.get("#call"),
        company_id=_number(answers.get("company")),
        contact_id=answers.get("#contact"),
        surname=name.surname,
        names=name.names,
        document=plain_document(answers.get("document", "")),
        phone=phone.typed,
        phone_e164=phone.e164,
        phone_key=phone.search_key,
        email=answers.get("email", ""),
        insisted=answers.get("#insisted", ""),
        provisional=answers.get("#provisional", ""),
        form_version=answers.get("#form"),
        values=answers.get("#extra", "{}"),
    )


def new_contact(answers: Answers, area_code: str) -> NewContact | None:
    """The person to keep, None when it is none or one that we know."""
    if not answers.get("#new"):
        return None
    name = read_name(answers.get("contact", ""))
    return typed_person(name.surname, name.names, answers, area_code)


def similar_to(answers: Answers) -> tuple[int, int, str] | None:
    """Id, number and check digit of the ticket to which these answers are added, if it is no new one."""
    found = answers.get("#similar")
    return (int(found[0]), int(found[1]), str(found[2])) if isinstance(found, list) else None


def send(database: Database, answers: Answers, area_code: str, key: UUID) -> Created | Done:
    """Register the message, or add it to the ticket that waits already."""
    similar = similar_to(answers)
    if similar is not None:
        return tickets.insist(database, similar[0], str(answers["text"]), key, answers.get("#call"))
    contact = new_contact(answers, area_code)
    return intake.register(database, new_ticket(answers, area_code), str(answers.get("#company", "")), contact, key)


def end_call(database: Database, answers: Answers, key: UUID) -> None:
    """The call that a message was of is over too, unless it ended otherwise meanwhile."""
    call = answers.get("#call") if "#chat" not in answers else None  # a chat goes on after its message
    if call is not None:
        outcome = CallOutcome.INSISTED if similar_to(answers) is not None else CallOutcome.MESSAGE
        with suppress(UserError):
            calls.end(database, int(call), outcome.value, "", uuid5(key, "call"))


def provisional_code() -> str:
    """«P-7F3K-9Q2M»: what a caller gets to write down while there is no server."""
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"P-{''.join(letters[:4])}-{''.join(letters[4:])}"


def spell(code: str) -> str:
    """A code as it is dictated: «P… 7 F 3 K… 9 Q 2 M»."""
    return "… ".join(" ".join(part) for part in code.split("-"))


def _number(answer: str | None) -> int | None:
    return None if answer is None else int(answer)
