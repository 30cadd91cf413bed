"""Lists that go out whole: a trace with the count first, then every row with its full text, to its own person only."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, contact_records, exports, tickets
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.services.exports import ExportOpened
from iduo_desktop.services.tickets import TicketFilter
from tests.services.messages import answered, taken
from tests.services.persons import attend, person
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

EXPIRED = "La exportación venció: pedila de nuevo."
CLOSING = '{"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó todo."}'


def all_of(read: Callable[..., Any], database: Database, opened: ExportOpened, limit: int = 3) -> Iterator[Any]:
    """Every row, page by page."""
    after = None
    while page := read(database, opened.receipt, after, limit):
        yield from page
        after = page[-1].position


def test_cases_go_out_whole(world: World, ana: Database, marta: Database) -> None:
    company = world.company(
        number=777, surname="Gómez", names="Ana", document="24118903", street="Mitre 1", debt=10, plan="Fibra"
    )
    phone = {"company_id": company, "typed": "341 612", "search_key": "341612", "valid": True}
    world.insert("company_phone", phone)
    world.insert("company_phone", phone | {"typed": "viejo", "search_key": "1", "removed": True})
    world.insert("company_email", {"company_id": company, "address": "a@x.com", "valid": True})
    case = world.case("delinquent", company)
    ids = {case, *world.cases(9)}
    world.cases(2, "active")
    opened = exports.open_cases(marta, "delinquent", CaseFilter().as_json(), "para el estudio")
    assert opened.rows == 10
    rows = {row.case_id: row for row in all_of(exports.cases, marta, opened)}
    assert rows.keys() == ids
    row = rows[case]
    assert (row.company_number, row.client, row.document, row.phones, row.emails) == (
        *(777, "GÓMEZ, Ana"),
        *("24118903", "341 612", "a@x.com"),
    )
    assert (row.list, row.state, row.holder, row.debt, row.plan, row.street) == (
        *("delinquent", "open", ""),
        *(10, "Fibra", "Mitre 1"),
    )
    (receipt,) = world.superuser.execute("SELECT what, subject, reason FROM iduo.receipt").fetchall()
    assert receipt == ("export", "cases delinquent {}", "para el estudio · 10 filas")


def test_what_is_filtered_is_what_goes_out(world: World, ana: Database, marta: Database) -> None:
    for n in range(6):
        world.case(company=world.company(plan="Fibra" if n % 2 else "Otro"))
    case_filter = CaseFilter(plan="Fibra", not_contacted_today=True)
    opened = exports.open_cases(marta, "delinquent", case_filter.as_json(), "x")
    assert opened.rows == 3
    assert {row.plan for row in all_of(exports.cases, marta, opened, 2)} == {"Fibra"}
    subject = world.value("SELECT subject FROM iduo.receipt")
    assert subject.startswith('cases delinquent {"')
    assert '"plan": "Fibra"' in subject
    # in the list's own order
    listed = [row.id for row in cases.page(marta, "delinquent", case_filter)]
    assert [row.case_id for row in all_of(exports.cases, marta, opened, 2)] == listed


def test_closed_cases_say_how_they_were_closed(world: World, ana: Database, marta: Database) -> None:
    case = world.case()
    cases.take(ana, case, uuid4())
    cases.close(ana, case, 1, CLOSING, uuid4())
    (row,) = all_of(exports.cases, marta, exports.open_cases(marta, "closed", "{}", "x"))
    assert (row.state, row.closed_by) == ("closed", "Ana")
    assert "Pagó todo." in row.closing_values
    assert row.closing_reason


def test_tickets_go_out_whole(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    rita = become("rita", "answerer")
    text = "á" * 4000
    first = taken(ana, text=text, document="24.118.903")
    tickets.insist(ana, first.ticket_id, "apura", uuid4())
    tickets.insist(ana, first.ticket_id, "mucho", uuid4())
    done = answered(ana, rita, "Listo.")
    opened = exports.open_tickets(marta, "", TicketFilter().as_json(), "para el informe")
    assert opened.rows == 2
    one, two = all_of(exports.tickets, marta, opened, 1)
    assert (one.ticket_id, one.text, one.remarks, one.insisted, one.document) == (
        *(first.ticket_id, text, "apura\nmucho"),
        *(2, "24118903"),
    )
    assert (two.ticket_id, two.state, two.answer, two.answered_by, two.taken_by) == (
        *(done, "awaiting_communication", "Listo."),
        *("Rita", "Ana"),
    )
    (only,) = all_of(exports.tickets, marta, exports.open_tickets(marta, "open", "{}", "x"))
    assert only == one or only.ticket_id == one.ticket_id
    assert world.value("SELECT subject FROM iduo.receipt ORDER BY id LIMIT 1") == "tickets all {}"


def test_every_state_page_by_page(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    rita = become("rita", "answerer")
    for n in range(5):
        taken(ana, text=f"gonzalez {n}")
        answered(ana, rita, text=f"gonzalez {n}")
    taken(ana, text="otro")
    for limit in (1, 2, 3, 7, 100):
        opened = exports.open_tickets(marta, "", TicketFilter(text="gonzalez").as_json(), "x")
        rows = [row.ticket_id for row in all_of(exports.tickets, marta, opened, limit)]
        assert len(rows) == len(set(rows)) == opened.rows == 10


def test_only_to_its_own_person_and_for_a_quarter_of_an_hour(
    world: World,
    ana: Database,
    marta: Database,
    become: Callable[..., Database],
    raw: Callable[..., psycopg.Connection],
) -> None:
    world.case()
    opened = exports.open_cases(marta, "delinquent", "{}", "x")
    of_tickets = exports.open_tickets(marta, "open", "{}", "x")
    assert refusal(exports.cases, become("carla", "coordinator"), opened.receipt) == EXPIRED
    assert refusal(exports.cases, become("jefe", "admin"), opened.receipt) == EXPIRED  # who sees all receipts
    assert (
        refusal(exports.tickets, marta, opened.receipt) == refusal(exports.cases, marta, of_tickets.receipt) == EXPIRED
    )
    assert refusal(exports.cases, marta, 404) == EXPIRED
    assert len(exports.cases(marta, opened.receipt)) == 1
    world.age("receipt", opened.receipt, "at", minutes=16)
    assert refusal(exports.cases, marta, opened.receipt) == EXPIRED
    # neither in the transaction that leaves the trace
    with raw("marta") as connection:
        connection.execute("BEGIN")
        open_it = "SELECT receipt FROM api.open_case_export('delinquent', '{}', 'x')"
        ((receipt,),) = connection.execute(open_it).fetchall()
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("SELECT * FROM api.export_cases(%s)", [receipt])
        assert refused.value.sqlstate == "25001"
        connection.execute("ROLLBACK")
    for name, role in (("ana", "operator"), ("rita", "answerer")):
        for call in ("open_case_export('delinquent', '{}', 'x')", "export_cases(1)", "export_tickets(1)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for function"):
                raw(name, role).execute(f"SELECT * FROM api.{call}")


def test_so_many_an_hour_counted_apart(world: World, marta: Database, become: Callable[..., Database]) -> None:
    world.set_setting("exports_per_hour", 3)
    world.set_setting("receipts_per_hour", 1)
    for _ in range(3):
        exports.open_cases(marta, "delinquent", "{}", "x")
    limit = "Ya hiciste 3 exportaciones en la última hora. Esperá un rato."
    assert refusal(exports.open_cases, marta, "delinquent", "{}", "x") == limit
    assert refusal(exports.open_tickets, marta, "open", "{}", "x") == limit
    assert exports.open_cases(become("carla", "coordinator"), "delinquent", "{}", "x").rows == 0


def test_what_is_no_list(world: World, marta: Database) -> None:
    assert refusal(exports.open_cases, marta, "all", "{}", "x") == "Esa lista no existe."
    assert refusal(exports.open_tickets, marta, "sent", "{}", "x") == "Esa lista no existe."
    assert refusal(exports.open_cases, marta, "active", "[]", "x") == "Esa lista no se entiende: volvé a abrirla."
    assert refused_field(exports.open_cases, marta, "active", "{}", " ")[0] == "reason"
    assert refused_field(exports.open_tickets, marta, "open", "{}", "x" * 451)[0] == "reason"
    endless = json.dumps({"text": "x" * 500})
    assert refusal(exports.open_tickets, marta, "open", endless, "x") == (
        "El filtro es demasiado largo: acortalo para exportar."
    )
    opened = exports.open_tickets(marta, "open", "{}", "x")
    page = "Esa página ya no se entiende: volvé a abrir la lista."
    for after in ("[]", "{}", "[5, []]", "[1]", '["x", [1, 2]]', "[1, [null]]"):
        assert refusal(exports.tickets, marta, opened.receipt, after) == page


def test_choices_of_columns(world: World, marta: Database, become: Callable[..., Database]) -> None:
    carla = become("carla", "coordinator")
    first = exports.keep_profile(marta, "sending", "INDEC", '["number", "text"]', True)
    second = exports.keep_profile(carla, "sending", "Corta", '["number"]', True)
    exports.keep_profile(marta, "answers", "INDEC", '{"NRO": "number"}', False)
    found = exports.profiles(marta, "sending")
    assert [(one.name, one.default, json.loads(one.fields)) for one in found] == [
        ("Corta", True, ["number"]),
        ("INDEC", False, ["number", "text"]),
    ]
    again = exports.keep_profile(carla, "sending", "INDEC", '["text"]', True)
    assert (again.id, again.default, json.loads(again.fields)) == (first.id, True, ["text"])
    assert [one.default for one in exports.profiles(marta, "sending")] == [True, False]
    exports.drop_profile(marta, second.id)
    exports.drop_profile(marta, second.id)
    assert [one.name for one in exports.profiles(marta, "sending")] == ["INDEC"]
    for wrong in ("[]", "{}", "1", '"x"'):
        assert refusal(exports.keep_profile, marta, "sending", "x", wrong, False) == "Elegí al menos una columna."
    assert refusal(exports.keep_profile, marta, "other", "x", "[1]", False) == "Eso no tiene columnas que elegir."
    assert refused_field(exports.keep_profile, marta, "sending", " ", "[1]", False)[0] == "name"


def people_there(world: World, ana: Database) -> tuple[int, int, int]:
    """Gómez with everything, Gómez without, Sosa with a case."""
    full = person(ana, "Gómez", "Ana", phone="0341 15-612-4410", document="24118903")
    contact_records.add_email(ana, full, "ana@example.org", uuid4())
    world.superuser.execute("UPDATE iduo.contact_phone SET safe = false WHERE contact_id = %s", [full])
    plain, sosa = person(ana, "Gómez", "Berta"), person(ana, "Sosa", "Luz")
    attend(ana, sosa)
    return full, plain, sosa


def test_persons_go_out_as_they_are_listed(world: World, ana: Database, marta: Database) -> None:
    full, plain, sosa = people_there(world, ana)
    opened = exports.open_contacts(marta, "all", "{}", "para el censo")
    rows = [*all_of(exports.contacts, marta, opened, 2)]
    assert (opened.rows, [row.contact_id for row in rows]) == (3, [full, plain, sosa])
    first = rows[0]
    assert (first.surname, first.names, first.document, first.emails) == ("Gómez", "Ana", "24118903", "ana@example.org")
    assert first.phones.endswith("(no llamar)")
    narrowed = exports.open_contacts(marta, "all", '{"text": "gomez"}', "x")
    assert [row.contact_id for row in all_of(exports.contacts, marta, narrowed)] == [full, plain]
    working = exports.open_contacts(marta, "open", '{"text": ""}', "x")
    assert [(row.contact_id, row.open_cases) for row in all_of(exports.contacts, marta, working)] == [(sosa, 1)]
    receipts = world.superuser.execute("SELECT subject, reason FROM iduo.receipt ORDER BY id").fetchall()
    assert receipts == [
        ("contacts all {}", "para el censo · 3 filas"),
        ('contacts all {"text": "gomez"}', "x · 2 filas"),
        ("contacts open {}", "x · 1 filas"),
    ]


def test_persons_go_out_to_nobody_else(
    world: World,
    ana: Database,
    marta: Database,
    become: Callable[..., Database],
    raw: Callable[..., psycopg.Connection],
) -> None:
    people_there(world, ana)
    root, sonia = become("root", "admin"), become("sonia", "coordinator")
    assert exports.open_contacts(root, "all", "{}", "x").rows == 3
    assert refusal(exports.open_contacts, ana, "all", "{}", "x") == "No tenés permiso para hacer esto."
    assert refused_field(exports.open_contacts, marta, "all", "{}", " \u200b ")[0] == "reason"
    for wrong in ("mine", "", None, "all {}"):
        assert refusal(exports.open_contacts, marta, wrong, "{}", "x") == "Esa lista no existe."
    for odd in ("[]", "1", '"x"'):
        assert refusal(exports.open_contacts, marta, "all", odd, "x").startswith("Esa lista no se entiende")
    for odd in ('{"text": ["a"]}', '{"text": 7}', '{"text": {"a": 1}}', '{"text": null}', '{"else": "a"}'):
        assert exports.open_contacts(marta, "all", odd, "x").rows >= 0
    opened = exports.open_contacts(marta, "all", "{}", "x")
    assert refusal(exports.contacts, sonia, opened.receipt) == EXPIRED
    assert refusal(exports.cases, marta, opened.receipt) == EXPIRED
    cases_receipt = exports.open_cases(marta, "delinquent", "{}", "x").receipt
    assert refusal(exports.contacts, marta, cases_receipt) == EXPIRED
    for after in ('["a"]', "[1, 2]", '["a", 1.5]', '["a", 99999999999999999999]', "{}", "7", "[]", '["a", null]'):
        assert refusal(exports.contacts, marta, opened.receipt, after).startswith("Esa página ya no se entiende")
    psql = raw("marta")
    psql.execute("BEGIN")
    (receipt,) = psql.execute("SELECT receipt FROM api.open_contact_export('all', '{}', 'x')").fetchone() or (0,)
    with pytest.raises(psycopg.Error):
        psql.execute("SELECT * FROM api.export_contacts(%s)", [receipt])
    psql.execute("ROLLBACK")
    with pytest.raises(psycopg.Error):
        psql.execute("SELECT * FROM api.export_contacts(%s)", [receipt])
    world.age("receipt", opened.receipt, "at", minutes=16)
    assert refusal(exports.contacts, marta, opened.receipt) == EXPIRED
