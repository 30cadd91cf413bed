"""Reads that leave a trace first, and the audit log that nobody changes."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, companies, records
from iduo_desktop.services.records import AuditFilter, Receipt
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

AGAIN = "Para ver esto hay que pedirlo de nuevo."


def ask(database: Database, subject: str, what: str = "audit") -> int:
    """Leave the trace; its number."""
    return records.open_access(database, what, subject, "un reclamo").receipt


def test_what_happened_to_a_row(world: World, ana: Database, admin: Database, people: People) -> None:
    case = world.case()
    cases.take(ana, case, uuid4())
    cases.release(ana, case, uuid4())
    entries = records.of_row(admin, ask(admin, f"case:{case}"), "case", str(case))
    assert [entry.operation for entry in entries] == ["UPDATE", "UPDATE", "INSERT"]
    assert [entry.actor for entry in entries] == [people.add("ana"), people.add("ana"), "postgres"]
    assert entries[1].before is not None
    assert entries[1].after is not None
    assert json.loads(entries[1].before)["assigned_to"] is None
    assert json.loads(entries[1].after)["assigned_to"] == people.add("ana")


def test_a_receipt_is_for_one_thing_and_one_person(
    world: World, admin: Database, become: Callable[..., Database]
) -> None:
    receipt = ask(admin, "case:1")
    assert refusal(records.of_row, admin, receipt, "case", "2") == AGAIN
    assert refusal(records.of_row, admin, receipt, "company", "1") == AGAIN
    assert refusal(records.log, admin, receipt, AuditFilter()) == AGAIN
    assert refusal(records.of_person, admin, receipt, 1) == AGAIN
    assert refusal(records.of_row, become("otra", "admin"), receipt, "case", "1") == AGAIN
    assert refusal(records.of_row, admin, receipt + 1, "case", "1") == AGAIN
    assert refusal(records.log, admin, ask(admin, "log", "person"), AuditFilter()) == AGAIN
    assert records.of_row(admin, receipt, "case", "1") == ()


def test_a_receipt_is_good_for_60_seconds(world: World, admin: Database) -> None:
    receipt = ask(admin, "case:1")
    assert ask(admin, "case:1") != receipt
    world.age("receipt", receipt, "at", seconds=59)
    assert records.of_row(admin, receipt, "case", "1") == ()
    world.age("receipt", receipt, "at", seconds=61)
    assert refusal(records.of_row, admin, receipt, "case", "1") == AGAIN


def test_the_pages_of_a_log_are_one_look(world: World, admin: Database) -> None:
    receipt = ask(admin, "log")
    records.consult_log(admin, "un reclamo", AuditFilter())
    records.consult_log(admin, "un reclamo", AuditFilter(table="case"), 7)
    assert world.value("SELECT count(*) FROM iduo.receipt") == 1
    records.consult_log(admin, "otro reclamo", AuditFilter())
    records.consult_accesses(admin, "un reclamo")
    assert world.value("SELECT count(*) FROM iduo.receipt") == 3
    world.age("receipt", receipt, "at", minutes=14.1)
    assert records.log(admin, receipt, AuditFilter())
    assert ask(admin, "log") != receipt
    world.age("receipt", receipt, "at", minutes=15.1)
    assert refusal(records.log, admin, receipt, AuditFilter()) == AGAIN


def test_the_trace_is_committed_before_the_read(world: World, raw: Callable[..., psycopg.Connection]) -> None:
    """Asking and reading in one transaction, which is then rolled back, would leave none."""
    connection = raw("admin", "admin")
    ask_and_read = """SELECT l.* FROM api.open_access('audit', 'log', 'x') r,
                      LATERAL api.audit_log(r.receipt, NULL, NULL, NULL, NULL) l"""
    with pytest.raises(psycopg.errors.ActiveSqlTransaction), connection.transaction(force_rollback=True):
        connection.execute(ask_and_read)
    with connection.transaction(force_rollback=True):
        ((receipt,),) = connection.execute("SELECT receipt FROM api.open_access('audit', 'log', 'x')").fetchall()
        with pytest.raises(psycopg.errors.ActiveSqlTransaction), connection.transaction():
            connection.execute("SELECT api.audit_log(%s, NULL, NULL, NULL, NULL)", [receipt])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT api.audit_log(%s, NULL, NULL, NULL, NULL)", [receipt])
    assert world.value("SELECT count(*) FROM iduo.receipt") == 0


def test_so_many_in_an_hour(world: World, become: Callable[..., Database]) -> None:
    world.set_setting("receipts_per_hour", 6)
    workstations = [become("admin", "admin") for _ in range(3)]

    def attempt(number: int) -> Receipt | UserError:
        try:
            return records.open_access(workstations[number % 3], "audit", "case:1", "x")
        except UserError as refused:
            return refused

    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(attempt, range(12))]
    assert sum(isinstance(answer, Receipt) for answer in answers) == 6
    refused = next(answer for answer in answers if isinstance(answer, UserError))
    assert refused.message == "Ya hiciste 6 consultas reservadas en la última hora. Esperá un rato."
    world.age("receipt", 1, "at", hours=1, seconds=1)
    ask(workstations[0], "log")


def test_so_many_in_an_hour_also_in_transactions_that_are_open(
    world: World, raw: Callable[..., psycopg.Connection]
) -> None:
    """What is not committed yet is waited for: two sessions of one person do not both get the last one."""
    world.set_setting("receipts_per_hour", 1)
    first, second = raw("admin", "admin"), raw("admin")
    first.execute("BEGIN; SELECT api.open_access('audit', 'case:1', 'x')")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(second.execute, "SELECT api.open_access('audit', 'case:2', 'x')")
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        while not asked.done() and not world.value(waiting, second.info.backend_pid):
            pass
        first.execute("COMMIT")
        assert "Ya hiciste 1 consultas" in str(asked.exception())
    assert world.value("SELECT count(*) FROM iduo.receipt") == 1


def test_a_reason_is_asked_for(admin: Database, ana: Database) -> None:
    assert refused_field(records.open_access, admin, "audit", "log", " ")[0] == "reason"
    assert refused_field(records.open_access, admin, "audit", "log", "x" * 501)[0] == "reason"
    assert refused_field(records.open_access, admin, "audit", "", "x")[0] == "subject"
    assert refusal(records.open_access, admin, "health", "1", "x") == "No se puede consultar eso."
    assert refusal(records.open_access, ana, "audit", "log", "x") == "No tenés permiso para hacer esto."


def test_the_receipts_are_the_access_log(world: World, admin: Database, people: People) -> None:
    ask(admin, "case:1")
    ask(admin, "7", "person")
    lines = records.accesses(admin, ask(admin, "access"))
    assert [(line.what, line.subject) for line in lines] == [("audit", "access"), ("person", "7"), ("audit", "case:1")]
    assert {(line.actor, line.reason, line.address) for line in lines} == {
        (people.add("admin"), "un reclamo", "127.0.0.1")
    }


def test_the_log_is_narrowed(world: World, ana: Database, admin: Database, people: People) -> None:
    case = world.case()
    cases.take(ana, case, uuid4())
    receipt = ask(admin, "log")
    of_ana = records.log(admin, receipt, AuditFilter(actor=people.add("ana")))
    assert {line.table_name for line in of_ana} == {"case", "case_event"}
    (taken,) = records.log(admin, receipt, AuditFilter(actor=people.add("ana"), table="case"))
    assert set(taken.changed) == {"assigned_to", "assigned_at", "touched_at", "version"}
    assert records.log(admin, receipt, AuditFilter(first=world.now())) == ()
    pages = [*records.log(admin, receipt, AuditFilter())]
    assert records.log(admin, receipt, AuditFilter(), before=pages[3].id)[0] == pages[4]


def test_everything_on_one_client(world: World, ana: Database, admin: Database) -> None:
    company = world.company(surname="Paz")
    companies.save_phone(ana, company, None, "4210000", None, "3414210000", "", True, uuid4())
    record = json.loads(records.of_person(admin, ask(admin, str(company), "person"), company).record)
    assert record["cliente"]["surname"] == "Paz"
    assert len(record["telefonos"]) == 1


@pytest.mark.parametrize(("table", "owner"), [("audit.entry", "iduo_audit"), ("iduo.receipt", "iduo_owner")])
def test_what_was_recorded_stays(world: World, admin: Database, table: str, owner: str) -> None:
    """Not even the owner of the table changes it, nor a superuser by mistake."""
    ask(admin, "log")
    kept = f"SELECT string_agg(t::text, ' ') FROM {table} t"
    before = world.value(kept)
    for role in (owner, "NONE"):
        world.superuser.execute(f"SET ROLE {role}")
        for statement in ("UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"):
            # for its owner row security hides the rows, for a superuser the trigger says no
            with suppress(psycopg.errors.InsufficientPrivilege):
                world.superuser.execute(statement.format(table))
    assert world.value(kept) == before


PRIMARY_KEYS = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum))
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE c.relnamespace = 'iduo'::regnamespace
      AND c.relname NOT IN ('change', 'receipt', 'presence', 'alembic_version') GROUP BY c.relname"""


def test_every_change_of_every_table_is_recorded(world: World, ana: Database, marta: Database) -> None:
    """The log says what the tables say: replayed, it gives them back."""
    first, second = world.cases(2)
    cases.take(ana, first, uuid4())
    cases.move(ana, first, "active", "pidió", None, uuid4())
    cases.take_over(marta, first, "ausente", uuid4())
    cases.watch(ana, second, True)
    world.superuser.execute("DELETE FROM iduo.transition WHERE entity = 'list'")
    for table, keys in world.superuser.execute(PRIMARY_KEYS).fetchall():
        key = " || '/' || ".join(f't."{column}"::text' for column in keys)
        recorded = f"""
            SELECT count(*) FROM (
                SELECT DISTINCT ON (row_key) row_key, after FROM audit.entry WHERE table_name = '{table}'
                ORDER BY row_key, id DESC) e
            FULL JOIN iduo."{table}" t ON e.row_key = {key}
            WHERE e.after IS DISTINCT FROM to_jsonb(t) AND e.row_key IS NOT NULL"""
        assert world.value(recorded) == 0, table
