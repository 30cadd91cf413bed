"""A client with something personal in every table, as the tests of erasing need him."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from psycopg.types.json import Jsonb

from tests.services.world import World

CLOSING = "SELECT v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.kind = 'closing'"
SECTION = "SELECT f.id, v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.reserved"
HASH = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Somebody:
    """A client with something in every table, and his case."""

    company: int
    number: int
    case: int


def somebody(world: World, mark: str = "Zumaran", digits: str = "4455667788", document: str = "30999888") -> Somebody:
    """Make him."""
    company = world.company(
        surname=mark,
        names=f"Ana {mark}",
        document=document,
        tax_id=f"27{document}4",
        note=mark,
        street=f"{mark} 12",
        locality=mark,
        imported=Jsonb({"surname": mark}),
        debt=48310,
    )
    case = world.case(company=company, subject=mark, move_reason=mark, state="closed", closing_reason="Otro")
    event = world.insert(
        "case_event",
        {"case_id": case, "company_id": company, "kind": "closed", "by": "nobody", "detail": mark, "note": mark}
        | {"before": Jsonb({"move_reason": mark}), "version_after": 2, "payload_hash": HASH},
    )
    said = {"case_id": case, "company_id": company, "by": "nobody", "event_id": event}
    version = world.value(CLOSING)
    answers = {"form_version_id": version, "values": Jsonb({"reason": "paid", "description": f"Habló {mark}"})}
    world.insert("closing", {key: said[key] for key in ("case_id", "event_id", "by")} | answers)
    world.insert("survey_answer", said | answers)
    told = {"channel": "call", "direction": "outbound", "address": digits, "note": mark, "override_reason": mark}
    not_contacted(world, world.insert("attempt", said | told | {"disposition_id": 1}), mark, digits)
    phone = {"typed": digits, "e164": f"+54{digits}", "search_key": digits, "valid": True}
    world.insert("company_phone", {"company_id": company, "imported_as": digits} | phone)
    world.insert(
        "company_email", {"company_id": company, "address": f"{mark}@x.com", "imported_as": mark, "valid": True}
    )
    world.insert("extension", {"company_id": company, "until_date": "2026-12-01", "reason": mark, "by": "nobody"})
    in_the_list(world, company, mark)
    number = world.value("SELECT number FROM iduo.company WHERE id = %s", company)
    contact = calls(world, company, number, mark, digits, document)
    agenda(world, contact, case, mark)
    record(world, contact, mark)
    letters(world, company, case, mark)
    chat(world, company, contact, mark, document)
    return Somebody(company, number, case)


def not_contacted(world: World, attempt: int, mark: str, digits: str) -> None:
    """He asked not to be contacted, once in that contact and once before, which was taken back."""
    for entry in ({"attempt_id": attempt, "origin": mark}, {"origin": mark, "removed_reason": mark}):
        taken_back = {"removed_at": world.now(), "removed_by": "nobody"} if "removed_reason" in entry else {}
        listed = {"address": digits, "search_key": digits, "channel": "", "purpose": "", "by": "nobody"}
        world.insert("no_contact", listed | entry | taken_back)


def in_the_list(world: World, company: int, mark: str) -> None:
    """A row of an import."""
    batch = {"kind": "clients", "file_name": "clientes.xlsx", "sha256": "a" * 64, "by": "nobody", "key": uuid4()}
    row = {
        "batch_id": world.insert("batch", batch),
        "row": 2,
        "payload": Jsonb({"surname": mark}),
        "company_id": company,
    }
    world.superuser.execute(
        "INSERT INTO iduo.batch_row (batch_id, row, payload, company_id, message, kept, before, outcome) "
        "VALUES (%(batch_id)s, %(row)s, %(payload)s, %(company_id)s, %(mark)s, %(mark)s, %(payload)s, 'updated')",
        row | {"mark": mark},
    )


def agenda(world: World, contact: int, case: int, mark: str) -> None:
    """He was called back, something was done for him, and a route was activated."""
    given: dict[str, object] = {"case_id": case, "contact_id": contact, "by": "nobody", "payload_hash": HASH}
    done = {"finished_at": world.now(), "finished_by": "nobody", "result": mark}
    call = {"direction": "outbound", "state": "held", "starts_at": world.now(), "safe_reason": mark, "note": mark}
    call_id = world.insert("call", given | done | call | {"key": uuid4()})
    task = {"title": mark, "due_at": world.now(), "state": "done", "note": mark, "key": uuid4()}
    task_id = world.insert("task", given | done | task)
    for item in ({"call_id": call_id}, {"task_id": task_id}):
        event = {"kind": "moved", "reason": mark, "by": "nobody", "version_after": 2, "payload_hash": HASH}
        world.insert("agenda_event", item | event | {"key": uuid4()})
    route = {"route_id": 1, "note": mark, "activated_by": "nobody", "remark": mark}
    world.insert("route_activation", {"case_id": case, "contact_id": contact} | route)
    world.insert("attention", given | {"made": Jsonb({}), "before": Jsonb({"note": mark}), "key": uuid4()})


def letters(world: World, company: int, case: int, mark: str) -> None:
    """He was written to, which failed, and he wrote."""
    conversation = world.insert("conversation", {"company_id": company, "case_id": case})
    letter = {"conversation_id": conversation, "channel": "email", "address": f"{mark}@x.com", "address_key": mark}
    letter |= {"subject": mark, "text": mark, "by": "nobody", "payload_hash": HASH, "error": mark}
    for direction, state in (("outbound", "failed"), ("inbound", "received")):
        world.insert("message", letter | {"direction": direction, "state": state, "case_id": case, "key": uuid4()})


def chat(world: World, company: int, contact: int, mark: str, document: str) -> None:
    """He wrote on the site, was handed on, and somebody else answered."""
    visitor = {"token_hash": sha256(mark.encode()).digest(), "address_hash": HASH, "name": mark, "page": f"/{mark}"}
    visitor["company_keyed"] = document
    made = world.insert("chat", visitor | {"company_id": company, "handed_by": "nobody", "handed_note": mark})
    said: dict[str, object] = {"chat_id": made, "text": mark, "payload_hash": HASH}
    world.insert("chat_line", said | {"seq": 1, "side": "visitor", "key": uuid4()})
    world.insert("chat_line", said | {"seq": 2, "side": "operator", "by": "nobody", "key": uuid4()})
    taken = {"direction": "inbound", "state": "held", "starts_at": world.now(), "by": "nobody", "caller": mark}
    taken |= {"company_keyed": document, "pbx_id": f"chat:{made}", "note": mark, "payload_hash": HASH}
    first = world.insert("call", taken | {"key": uuid4()})
    world.insert("call", taken | {"key": uuid4(), "contact_id": contact})
    world.superuser.execute(
        "UPDATE iduo.chat SET call_id = %s, lines = 2, state = 'ended', ended_at = at, ended_by = 'visitor' "
        "WHERE id = %s",
        [first, made],
    )


def record(world: World, contact: int, mark: str) -> None:
    """His record: a flag, a section, his support network, a change, and himself once more."""
    twin = world.insert("contact", {"surname": mark, "by": "nobody"})
    world.insert("contact_flag", {"contact_id": contact, "text": mark, "by": "nobody"})
    form, version = world.superuser.execute(SECTION).fetchall()[0]
    section = {"form_id": form, "form_version_id": version, "reserved": True, "said": Jsonb({"diagnoses": mark})}
    for latest in (False, True):
        world.insert("contact_section", section | {"contact_id": contact, "by": "nobody", "latest": latest})
    related = {"contact_id": contact, "other_id": twin, "what": mark, "note": mark, "by": "nobody"}
    world.insert("contact_relation", related | {"removed": True})
    told = {"contact_id": contact, "kind": "merged", "before": mark, "after": mark, "by": "nobody"}
    event = world.insert("contact_event", told | {"version_after": 2, "key": uuid4(), "payload_hash": HASH})
    merge = {"keep_id": contact, "other_id": twin, "event_id": event, "by": "nobody"}
    world.insert("contact_merge", merge | {"before": Jsonb({"note": [mark, mark]})})
    world.superuser.execute("UPDATE iduo.contact SET merged_into = %s WHERE id = %s", [contact, twin])


def calls(world: World, company: int, number: int, mark: str, digits: str, document: str) -> int:
    """He, as a contact, called and left a message; the contact's id."""
    named: dict[str, object] = {"surname": mark, "names": mark, "document": document}
    phone = {"typed": digits, "e164": f"+54{digits}", "search_key": digits, "valid": True}
    contact = world.insert(
        "contact", named | {"company_id": company, "note": mark, "by": "nobody", "payload_hash": HASH}
    )
    world.insert("contact_phone", phone | {"contact_id": contact})
    world.insert("contact_email", {"contact_id": contact, "address": f"{mark}@x.com", "valid": True})
    taken = {"direction": "inbound", "state": "held", "starts_at": world.now(), "by": "nobody", "caller": digits}
    taken |= {"e164": f"+54{digits}", "search_key": digits, "note": mark, "key": uuid4(), "payload_hash": HASH}
    call = world.insert("call", taken | {"company_keyed": document})
    ticket: dict[str, object] = named | {
        "state": "communicated",
        "kind": "question",
        "channel": "phone",
        "caller_kind": "client",
    }
    ticket |= {"company_id": company, "company_number": number, "company": mark, "contact_id": contact, "call_id": call}
    ticket |= {
        "phone": digits,
        "phone_e164": f"+54{digits}",
        "phone_key": digits,
        "email": f"{mark}@x.com",
        "text": mark,
    }
    ticket |= {"answer": mark, "answered_at": world.now(), "answered_by": "nobody", "insisted_reason": mark}
    ticket |= {"communicated_at": world.now(), "communicated_by": "nobody", "communicated_to": mark}
    number_ = world.insert("ticket", ticket | {"created_by": "nobody", "key": uuid4(), "payload_hash": HASH})
    moved = {"ticket_id": number_, "kind": "note", "by": "nobody", "text": mark, "version_after": 1}
    world.insert("ticket_event", moved | {"key": uuid4(), "payload_hash": HASH})
    told = {"company_id": company, "reason": "asked", "told_to": mark, "ticket_id": number_, "assistants": [1]}
    world.insert("disclosure", told | {"receipt_id": company, "by": "nobody", "key": uuid4(), "payload_hash": HASH})
    return contact
