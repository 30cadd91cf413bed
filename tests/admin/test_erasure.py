"""iduo-admin database retain and erase: the person goes from everywhere, the facts stay, and the log shows no name."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import FieldError, UserError
from iduo_desktop.services import batches, records
from tests.admin.conftest import Admin
from tests.services.gateway import Gateway
from tests.services.world import World

# Whatever says who he is has one of these in it.
MARKS = "zumaran|4455667788|30999888"
TABLES = """SELECT format('%s.%s', c.relnamespace::regnamespace, quote_ident(c.relname)) FROM pg_class c
            WHERE c.relnamespace IN ('iduo'::regnamespace, 'audit'::regnamespace) AND c.relkind = 'r'"""
CLOSING = "SELECT v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.kind = 'closing'"
SECTION = "SELECT f.id, v.id FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE f.reserved"
RECORDED = ("SELECT e::text FROM audit.entry e ORDER BY e.id", "SELECT r::text FROM iduo.receipt r ORDER BY r.id")
ENTRIES = "SELECT id, actor, table_name, row_key, operation FROM audit.entry ORDER BY id LIMIT 20"
HASH = bytes(range(32))


@pytest.fixture
def world(superuser: psycopg.Connection) -> World:
    """What there is in this test's database."""
    return World(superuser)


@pytest.fixture
def options(central: tuple[str, ...], database_name: str) -> tuple[str, ...]:
    """How the superuser reaches it."""
    return (*central, "--dbname", database_name)


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
    attempt = {"channel": "call", "direction": "outbound", "address": digits, "note": mark, "override_reason": mark}
    asked = world.insert("attempt", said | attempt | {"disposition_id": 1})
    for entry in ({"attempt_id": asked, "origin": mark}, {"origin": mark, "removed_reason": mark}):
        taken_back = {"removed_at": world.now(), "removed_by": "nobody"} if "removed_reason" in entry else {}
        listed = {"address": digits, "search_key": digits, "channel": "", "purpose": "", "by": "nobody"}
        world.insert("no_contact", listed | entry | taken_back)
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
    return Somebody(company, number, case)


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


def marked(connection: psycopg.Connection, marks: str = MARKS) -> dict[str, int]:
    """How many rows of which tables show a mark."""
    found = {}
    for (table,) in connection.execute(TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {} t WHERE t::text ~* %s").format(sql.SQL(table))
        ((count,),) = connection.execute(query, [marks]).fetchall()
        if count:
            found[table.replace('"', "").removeprefix("iduo.")] = count
    return found


def linked(connection: psycopg.Connection) -> set[str]:
    """The tables that have rows of a client."""
    return {name for (name,) in connection.execute("SELECT name FROM audit.personal() WHERE link IS NOT NULL")}


def facts(connection: psycopg.Connection) -> dict[str, Any]:
    """What stays: how many rows there are of everything, and some of what they say."""
    counts = {}
    for (table,) in connection.execute(TABLES).fetchall():
        counts[table] = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.SQL(table))).fetchall()[0]
    moving = ("audit.entry", "iduo.change", "iduo.erasure", "iduo.receipt")
    said = "SELECT c.debt, c.state, g.values ->> 'reason' FROM iduo.case c JOIN iduo.closing g ON g.case_id = c.id"
    return {name: count for name, count in counts.items() if name not in moving} | {
        "said": sorted(connection.execute(said).fetchall()),
        "entries": connection.execute(ENTRIES).fetchall(),
    }


def test_everybody_is_in_every_table_that_is_listed(world: World, superuser: psycopg.Connection) -> None:
    somebody(world)
    assert linked(superuser) <= marked(superuser).keys()


def test_erased_from_everywhere(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    him, other = somebody(world), somebody(world, "Ibarra", "1122334455", "20111222")
    superuser.execute("UPDATE iduo.company SET surname = 'Zumaran Paz' WHERE id = %s", [him.company])
    superuser.execute("UPDATE iduo.ticket SET answer = 'Zumaran bis', version = version + 1 WHERE surname ~* 'zum'")
    before, untouched = facts(superuser), marked(superuser, "ibarra|1122334455|20111222")
    tried = iduo_admin("database", "erase", str(him.number), "--dry-run", *options)
    assert (tried.code, tried.answer["rows"] > 15) == (Exit.DONE, True)
    assert linked(superuser) <= marked(superuser).keys()

    file = tmp_path / "datos.json"
    done = iduo_admin("database", "erase", "30.999.888", "--export", file, *options)
    assert (done.code, done.answer["rows"]) == (Exit.DONE, tried.answer["rows"])
    assert done.answer["entries"] > 15
    assert file.stat().st_mode & 0o777 == 0o600
    (record,) = json.loads(file.read_text("utf-8"))
    assert {name for name, part in record.items() if not part} == {"promesas", "listas_de_no_contactar"}
    assert marked(superuser) == {}
    assert facts(superuser) == before
    assert marked(superuser, "ibarra|1122334455|20111222") == untouched
    assert other.number != him.number
    ((kind, by, rows),) = superuser.execute("SELECT kind, by, rows FROM iduo.erasure").fetchall()
    assert (kind, by, rows) == ("person", "postgres", done.answer["rows"])

    again = iduo_admin("database", "erase", str(him.number), *options)
    assert (again.code, again.answer["rows"], again.answer["entries"]) == (Exit.DONE, 0, 0)
    assert superuser.execute("SELECT count(*) FROM iduo.erasure").fetchone() == (1,)


def test_who_is_attended_to_now_is_not_erased(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection
) -> None:
    him = somebody(world)
    world.case(company=him.company)
    refused = iduo_admin("database", "erase", str(him.number), *options)
    assert (refused.code, "caso abierto" in refused.answer["error"]) == (Exit.REFUSED, True)
    assert linked(superuser) <= marked(superuser).keys()


@pytest.mark.parametrize("person", ["1", "", "nadie:5", "documento:1234567", "%", "x"])
def test_nobody_is_erased_by_mistake(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection, person: str
) -> None:
    somebody(world)
    assert iduo_admin("database", "erase", *options, person).code == Exit.REFUSED
    assert linked(superuser) <= marked(superuser).keys()


def test_a_number_that_is_somebody_elses_document(iduo_admin: Admin, options: tuple[str, ...], world: World) -> None:
    world.company(number=30999888)
    world.company(number=77, document="30.999.888")
    assert "documento de otro" in iduo_admin("database", "erase", "30999888", *options).answer["error"]
    assert iduo_admin("database", "erase", "cliente:30999888", *options).code == Exit.DONE
    assert world.value("SELECT number FROM iduo.company WHERE erased_at IS NOT NULL") == 30999888


def test_who_is_no_client_is_erased_by_his_document(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection
) -> None:
    contact = world.insert("contact", {"surname": "", "document": "30999888", "by": "nobody"})
    world.insert("contact_phone", {"contact_id": contact, "typed": "4455667788", "valid": True})
    assert iduo_admin("database", "erase", "documento:30999888", *options).code == Exit.DONE
    assert marked(superuser) == {}


def test_who_was_erased_is_not_brought_in_again(
    iduo_admin: Admin, options: tuple[str, ...], world: World, become: Callable[..., Database]
) -> None:
    him = somebody(world)
    assert iduo_admin("database", "erase", str(him.number), *options).code == Exit.DONE
    marta = become("marta", "coordinator")
    row: dict[str, object] = {"row": 2, "number": him.number, "kind": "person", "surname": "Zumaran"}
    empty = ("names", "name", "document", "tax_id", "plan", "street", "locality", "province", "note")
    row |= dict.fromkeys(empty, "") | {"status": "active", "phones": [], "emails": [], "warnings": []}
    opened = batches.open_batch(marta, "lista.xlsx", "b" * 64, uuid4())
    batches.stage(marta, opened.batch_id, json.dumps([row]))
    assert batches.apply(marta, opened.batch_id, dry_run=False).refused == 1
    assert world.value("SELECT surname FROM iduo.company WHERE id = %s", him.company) == "(borrado)"


def test_an_administrator_erases_in_the_program(
    world: World, admin: Database, become: Callable[..., Database], superuser: psycopg.Connection
) -> None:
    him = somebody(world)
    records.consult_person(admin, "lo pide Zumaran", him.company)
    with pytest.raises(FieldError, match="nombre") as refused:
        records.erase_person(admin, "lo pidió ZUMARÁN en persona", him.company, him.number)
    assert refused.value.field == "reason"
    with pytest.raises(FieldError, match="número"):
        records.erase_person(admin, "nota 12/26", him.company, him.number + 1)
    with pytest.raises(UserError, match="permiso"):
        records.erase_person(become("ana"), "nota 12/26", him.company, him.number)
    assert linked(superuser) <= marked(superuser).keys()
    erased = records.erase_person(admin, "nota 12/26", him.company, him.number)
    assert erased.rows > 15
    assert marked(superuser) == {}
    kept = superuser.execute("SELECT reason FROM iduo.receipt WHERE what = 'erase' ORDER BY id DESC").fetchall()
    assert kept[0] == ("nota 12/26",)


def test_what_is_old_loses_its_persons(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection
) -> None:
    him = somebody(world)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        records_of = ("iduo.contact_event", "iduo.contact_merge", "iduo.contact_section")
        for table in ("audit.entry", "iduo.batch", "iduo.case_event", *records_of):
            superuser.execute(sql.SQL("UPDATE {} SET at = at - interval '31 days'").format(sql.SQL(table)))
    world.set_setting("audit_keep_days", 30)
    superuser.execute("UPDATE iduo.company SET note = 'Zumaran hoy' WHERE id = %s", [him.company])
    before, old = facts(superuser), marked(superuser)
    tried = iduo_admin("database", "retain", "--dry-run", *options)
    assert (tried.code, tried.answer["entries"] > 15, tried.answer["rows"]) == (Exit.DONE, True, 5)
    assert marked(superuser) == old
    done = iduo_admin("database", "retain", *options)
    assert (done.answer["entries"], done.answer["rows"]) == (tried.answer["entries"], 5)
    left = superuser.execute("SELECT table_name, operation FROM audit.entry e WHERE e::text ~* %s", [MARKS]).fetchall()
    assert left == [("company", "UPDATE")]
    assert facts(superuser) == before
    assert "batch_row" not in marked(superuser)
    assert world.value("SELECT count(*) FROM iduo.case_event WHERE before IS NOT NULL") == 0
    # what a record says now stays, however old; how it was before does not
    said = "SELECT latest FROM iduo.contact_section WHERE said::text ~* 'zumaran'"
    assert superuser.execute(said).fetchall() == [(True,)]
    assert world.value("SELECT before FROM iduo.contact_event WHERE kind = 'merged'") == "(borrado)"
    for arguments in ([], ["--all"]):
        again = iduo_admin("database", "retain", *arguments, *options)
        assert (again.answer["entries"], again.answer["rows"], again.answer["days"]) == (0, 0, 30)


def test_what_strangers_wrote_goes_when_it_is_old(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser_conninfo: str, superuser: psycopg.Connection
) -> None:
    gateway = Gateway(superuser_conninfo)
    for sender in ("zumaran@x.com", "otro@x.com"):
        gateway.receive("Soy Zumaran", sender=sender)
    gateway.close()
    first = world.value("SELECT min(id) FROM iduo.message")
    world.age("message", first, "at", days=31)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("UPDATE audit.entry SET at = at - interval '31 days'")
    world.set_setting("audit_keep_days", 30)
    done = iduo_admin("database", "retain", *options)
    assert (done.code, done.answer["rows"]) == (Exit.DONE, 1)
    kept = superuser.execute("SELECT address, subject, text FROM iduo.message ORDER BY id").fetchall()
    assert kept == [("(borrado)", "", "(borrado)"), ("otro@x.com", "Re: aviso", "Soy Zumaran")]
    assert "audit.entry" not in marked(superuser)


def test_nothing_else_changes_what_was_recorded(world: World, superuser: psycopg.Connection) -> None:
    him = somebody(world)
    world.insert("receipt", {"actor": "x", "what": "person", "subject": str(him.company), "reason": "Zumaran"})
    before = [superuser.execute(query).fetchall() for query in RECORDED]
    entry = "UPDATE audit.entry SET {} WHERE table_name = 'company'"
    for role in ("postgres", "iduo_audit", "iduo_owner", "iduo_useradmin"):
        superuser.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        for change in (
            *(entry.format(f"{name} = 'otro'") for name in ("actor", "row_key", "table_name", "operation")),
            *(
                entry.format(f"after = {value}")
                for value in ("'{}'", "NULL", "before", "audit.blanked('ticket', after)")
            ),
            entry.format("at = at - interval '1 day'"),
            entry.format("after = after || '{\"debt\": 1}'"),
            entry.format('after = after || \'{"surname": "Otro"}\''),
            entry.format("after = audit.blanked('company', after), actor = 'otro'"),
            "DELETE FROM audit.entry",
            "TRUNCATE audit.entry",
            "UPDATE iduo.receipt SET reason = 'otra cosa'",
            "UPDATE iduo.receipt SET reason = '(borrado)', actor = 'otro'",
            "DELETE FROM iduo.receipt",
            "TRUNCATE iduo.receipt",
        ):
            # refused, or row security shows nothing to change
            with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
                assert superuser.execute(change).rowcount == 0, f"{role}: {change}"
        superuser.execute("RESET ROLE")
    assert [superuser.execute(query).fetchall() for query in RECORDED] == before
    blanked = "after = audit.blanked('company', after), before = audit.blanked('company', before)"
    assert superuser.execute(entry.format(blanked)).rowcount == 1


def test_who_takes_persons_out_can_change_nothing_else(world: World, superuser: psycopg.Connection) -> None:
    somebody(world)
    superuser.execute("SET ROLE iduo_audit")
    for change in (
        "UPDATE iduo.company SET number = 1",
        "UPDATE iduo.company SET debt = 1",
        "UPDATE iduo.case SET state = 'open'",
        "UPDATE iduo.ticket SET state = 'open'",
        "UPDATE iduo.attempt SET at = clock_timestamp()",
        "DELETE FROM iduo.company",
        "INSERT INTO iduo.erasure (kind, by, rows, entries) VALUES ('person', 'x', 1, 1)",
        "UPDATE iduo.staff SET active = true",
        "UPDATE iduo.setting SET value = '1'",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            superuser.execute(change)
    superuser.execute("RESET ROLE")


def test_the_file_for_him_has_everything_that_is_erased(superuser: psycopg.Connection) -> None:
    body = superuser.execute("SELECT prosrc FROM pg_proc WHERE oid = 'iduo.record_of'::regproc").fetchall()[0][0]
    assert {name for name in linked(superuser) if f"iduo.{name} " not in body} == set()
