"""iduo-admin database retain and erase: the person goes from everywhere, the facts stay, and the log shows no name."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import FieldError, UserError
from iduo_desktop.services import batches, records
from tests.admin.conftest import Admin
from tests.admin.everything import somebody
from tests.services.gateway import Gateway
from tests.services.world import World

# Whatever says who he is has one of these in it.
MARKS = "zumaran|4455667788|30999888"
TABLES = """SELECT format('%s.%s', c.relnamespace::regnamespace, quote_ident(c.relname)) FROM pg_class c
            WHERE c.relnamespace IN ('iduo'::regnamespace, 'audit'::regnamespace) AND c.relkind = 'r'"""
RECORDED = ("SELECT e::text FROM audit.entry e ORDER BY e.id", "SELECT r::text FROM iduo.receipt r ORDER BY r.id")
ENTRIES = "SELECT id, actor, table_name, row_key, operation FROM audit.entry ORDER BY id LIMIT 20"


@pytest.fixture
def options(central: tuple[str, ...], database_name: str) -> tuple[str, ...]:
    """How the superuser reaches it."""
    return (*central, "--dbname", database_name)


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


def test_what_strangers_said_in_a_chat_goes_when_it_is_old(
    iduo_admin: Admin, options: tuple[str, ...], world: World, superuser: psycopg.Connection
) -> None:
    for number in (1, 2):
        visitor = {"token_hash": bytes([number] * 32), "address_hash": bytes(32), "name": "Zumaran", "page": "/zumaran"}
        over = {"state": "ended", "ended_at": world.now(), "ended_by": "visitor", "lines": 1}
        made = world.insert("chat", visitor | over)
        said = {"chat_id": made, "seq": 1, "side": "visitor", "text": "Soy Zumaran", "key": uuid4()}
        world.insert("chat_line", said)
        attended = {"by": "iduo_chat", "caller": "Zumaran", "pbx_id": f"chat:{made}", "note": "Zumaran"}
        closed = {"direction": "inbound", "state": "held", "outcome": "hung_up", "starts_at": (now := world.now())}
        world.insert("call", attended | closed | {"ended_at": now, "key": uuid4(), "payload_hash": bytes(32)})
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute(
            "UPDATE iduo.chat SET at = at - interval '31 days' WHERE id = (SELECT min(id) FROM iduo.chat)"
        )
        superuser.execute("UPDATE audit.entry SET at = at - interval '31 days'")
    world.set_setting("audit_keep_days", 30)
    done = iduo_admin("database", "retain", *options)
    assert (done.code, done.answer["rows"]) == (Exit.DONE, 2)
    kept = "SELECT c.name, c.page, l.text FROM iduo.chat c JOIN iduo.chat_line l ON l.chat_id = c.id ORDER BY c.id"
    assert superuser.execute(kept).fetchall() == [
        ("(borrado)", "", "(borrado)"),
        ("Zumaran", "/zumaran", "Soy Zumaran"),
    ]
    calls = "SELECT k.caller, k.note FROM iduo.call k ORDER BY k.id"
    assert superuser.execute(calls).fetchall() == [("(borrado)", ""), ("Zumaran", "Zumaran")]
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
