"""Companies by number, and their assistants: names are free to see, their data only after a trace was left."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import FieldError, UserError
from iduo_desktop.services import assistants, calls, companies, records, tickets
from iduo_desktop.services.assistants import AssistantData
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import DisclosureReason
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

AGAIN = "Para ver esto hay que pedirlo de nuevo."
SHY = "No los ofrezcas en la primera llamada; mostralos solo si te los piden."
OPEN = "SELECT receipt FROM api.open_disclosure(%s, 'asked', 'Ana', NULL, NULL, gen_random_uuid())"
READ = "SELECT * FROM api.assistants(%s)"


def firm(world: World, number: int, unit: str = "", name: str = "Panificadora Sur") -> int:
    """A company; its id."""
    return world.company(number=number, kind="organisation", surname="", name=name, management_unit=unit)


def assist(world: World, company: int, role: str, name: str) -> int:
    """Somebody looks after a company; his id."""
    reach: dict[str, object] = {"whatsapp": "11 4054-7108", "e164": "+5491140547108", "email": f"{role}@iduo.example"}
    made = world.insert("assistant", {"name": name} | reach)
    statement = "INSERT INTO iduo.company_assistant (company_id, role, assistant_id) VALUES (%s, %s, %s)"
    world.superuser.execute(statement, [company, role, made])
    return made


@pytest.fixture
def company(world: World) -> int:
    """A company with its two assistants."""
    made = firm(world, 1204)
    assist(world, made, "commercial", "Abigail Medina")
    assist(world, made, "functional", "Agustín Sosa")
    return made


def message(database: Database, company: int, call: int | None = None) -> int:
    """A message of a company; its ticket."""
    ticket = NewTicket("phone", "client", "No puedo entrar", company_id=company, call_id=call, email="a@b.example")
    return tickets.create(database, ticket, uuid4()).ticket_id


def give(database: Database, company: int, reason: str = "asked", to: str = "Ana Paz", **values: Any) -> UUID:
    """Give their data; the key with which it was asked."""
    key = values.pop("key", None) or uuid4()
    assert isinstance(key, UUID)
    assistants.disclose(database, company, reason, to, values.get("ticket"), values.get("call"), key)
    return key


def numbers(database: Database, text: str) -> list[int]:
    """The numbers of the companies that a typed number fits, best first."""
    return [match.number for match in assistants.companies_by_number(database, text)]


def test_companies_by_number(world: World, ana: Database) -> None:
    for number, unit in ((1204, ""), (30, "UG-04"), (20, "UG-04"), (4, "UG-38"), (40, "Zona Norte"), (41, "ZN 04 bis")):
        firm(world, number, unit)
    assert numbers(ana, "1204") == numbers(ana, " 1.204 ") == numbers(ana, "01204#") == [1204]
    assert numbers(ana, "4") == numbers(ana, "0004") == [4, 20, 30, 41]
    assert numbers(ana, "UG-04") == numbers(ana, "ug4") == numbers(ana, "ug 04") == numbers(ana, "U.G. 4") == [20, 30]
    assert numbers(ana, "38") == [4]
    assert numbers(ana, "zona") == numbers(ana, "ZONA NÓRTE") == [40]
    assert numbers(ana, "zn 4") == [41]
    for nothing in (
        "",
        " ",
        "0",
        "000",
        "12",
        "ug",
        "xx 4",
        "%",
        "_",
        "9" * 12,
        "9" * 13,
        "9" * 5000,
        "\\",
        "' OR 1=1",
    ):
        assert numbers(ana, nothing) == []
    match = assistants.companies_by_number(ana, "30")[0]
    assert (match.management_unit, match.name, match.service_status) == ("UG-04", "Panificadora Sur", "delinquent")


def test_of_a_big_unit_fifty_are_shown(world: World, ana: Database) -> None:
    for number in range(100, 170):
        firm(world, number, "UG-07")
    firm(world, 7)
    assert numbers(ana, "7") == [7, *range(100, 149)]


def test_the_search_finds_units_too(world: World, ana: Database) -> None:
    firm(world, 30, "UG-04", "Uno")
    other = firm(world, 4, "", "Dos")
    assert [hit.number for hit in companies.find(ana, "4")] == [4, 30]
    (hit,) = companies.find(ana, "ug-04")
    assert (hit.number, hit.why) == (30, "unidad de gestión UG-04")
    assert companies.find(ana, "4")[0].company_id == other


def test_a_company_as_the_desk_needs_it(world: World, ana: Database, company: int) -> None:
    world.superuser.execute(
        """UPDATE iduo.company SET tax_id = '30712345678', plan = 'Pyme', note = 'Atiende de 9 a 13',
               management_unit = 'UG-04', cutoff_date = '2026-11-20', extended_until = '2026-11-27' WHERE id = %s""",
        [company],
    )
    told = assistants.company(ana, company)
    assert (told.company_id, told.number, told.management_unit, told.name) == (
        company,
        1204,
        "UG-04",
        "Panificadora Sur",
    )
    assert (told.kind, told.tax_id, told.plan, told.note) == (
        "organisation",
        "30712345678",
        "Pyme",
        "Atiende de 9 a 13",
    )
    assert str(told.cutoff_date) == "2026-11-27"
    assert [(one.role, one.role_label, one.name) for one in told.assistants] == [
        ("functional", "Asistente funcional", "Agustín Sosa"),
        ("commercial", "Asistente comercial", "Abigail Medina"),
    ]
    assert told.tickets == ()
    assert refusal(assistants.company, ana, 404) == "Esa empresa no existe."


def test_its_newest_tickets(world: World, ana: Database, company: int) -> None:
    made = [message(ana, company) for _ in range(12)]
    message(ana, firm(world, 1300))
    assert [hit.ticket_id for hit in assistants.company(ana, company).tickets] == made[:1:-1]


def offer(database: Database, company: int) -> tuple[bool, str]:
    """Whether its assistants are offered first, and why."""
    told = assistants.company(database, company)
    return told.offer, told.offer_why


def test_register_first(world: World, ana: Database, juan: Database, company: int) -> None:
    """The assistants are not offered at the first contact; at the second they are, if the first has no answer."""
    assert offer(ana, company) == (False, SHY)
    call = calls.receive(ana, Incoming("", None, ""), uuid4())
    ticket = message(ana, company, call.id)
    # still the first contact, for who has it on the line
    assert offer(ana, company) == (False, SHY)
    number = world.value("SELECT number FROM iduo.ticket WHERE id = %s", ticket)
    second = (True, f"Segundo contacto: el ticket {number // 1000} {number % 1000:03} sigue sin respuesta.")
    assert offer(juan, company) == second
    calls.end(ana, call.id, "message", "", uuid4())
    assert offer(ana, company) == second
    world.superuser.execute(
        """UPDATE iduo.ticket SET state = 'awaiting_communication', answer = 'x', answered_at = clock_timestamp(),
               answered_by = 'nobody', version = version + 1"""
    )
    assert offer(ana, company) == (False, SHY)


def test_refer_first(world: World, ana: Database, company: int) -> None:
    world.set_setting("disclosure_policy", "refer_first")
    assert offer(ana, company) == (True, "Primero ofrecé los datos de sus asistentes.")
    assert offer(ana, firm(world, 1300)) == (False, "No tiene asistentes cargados.")


def test_their_data(world: World, ana: Database, people: People, company: int) -> None:
    ticket = message(ana, company)
    call = calls.receive(ana, Incoming("", None, ""), uuid4()).id
    told = assistants.disclose(ana, company, DisclosureReason.SECOND_CONTACT, " Ana Paz ", ticket, call, uuid4())
    assert [replace(one, assistant_id=0) for one in told] == [
        AssistantData(0, label, name, "11 4054-7108", "+5491140547108", f"{role}@iduo.example")
        for role, label, name in (
            ("functional", "Asistente funcional", "Agustín Sosa"),
            ("commercial", "Asistente comercial", "Abigail Medina"),
        )
    ]
    record = "SELECT company_id, reason, told_to, ticket_id, call_id, assistants, by FROM iduo.disclosure"
    ((*values, given, who),) = world.superuser.execute(record).fetchall()
    assert values == [company, "second_contact", "Ana Paz", ticket, call]
    assert sorted(given) == sorted(one.assistant_id for one in told)
    assert who == people.add("ana")


def test_it_is_in_the_access_log(ana: Database, admin: Database, people: People, company: int) -> None:
    give(ana, company)
    lines = records.consult_accesses(admin, "control", people.add("ana"))
    assert [(line.what, line.subject, line.reason) for line in lines] == [
        ("assistants", str(company), "Los pidió: Ana Paz")
    ]


def test_a_client_is_told_who_heard_of_his_assistants(
    world: World, ana: Database, admin: Database, company: int
) -> None:
    ticket = message(ana, company)
    give(ana, company, ticket=ticket)
    world.insert("contact", {"surname": "Paz", "company_id": company, "by": "nobody"})
    record = json.loads(records.consult_person(admin, "lo pide", company).record)
    assert [(one["told_to"], one["ticket_id"]) for one in record["divulgaciones"]] == [("Ana Paz", ticket)]
    assert [(one["surname"], one["telefonos"]) for one in record["personas"]] == [("Paz", [])]
    assert [one["text"] for one in record["mensajes"]] == ["No puedo entrar"]


def test_without_a_committed_receipt_nothing_is_read(
    world: World, raw: Callable[..., psycopg.Connection], company: int
) -> None:
    """Asking and reading in one transaction that is then rolled back would leave no trace."""
    connection = raw("ana", "operator")
    both = f"SELECT a.* FROM ({OPEN}) r, LATERAL api.assistants(r.receipt) a"
    with pytest.raises(psycopg.errors.ActiveSqlTransaction):
        connection.execute(both, [company])
    for savepoint in (False, True):
        with connection.transaction(force_rollback=True):
            if savepoint:
                connection.execute("SAVEPOINT before")
            ((receipt,),) = connection.execute(OPEN, [company]).fetchall()
            if savepoint:
                connection.execute("RELEASE SAVEPOINT before")
            with pytest.raises(psycopg.errors.ActiveSqlTransaction), connection.transaction():
                connection.execute(READ, [receipt])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(READ, [receipt])
    assert world.value("SELECT count(*) FROM iduo.receipt") == world.value("SELECT count(*) FROM iduo.disclosure") == 0
    ((receipt,),) = connection.execute(OPEN, [company]).fetchall()
    # the read may be rolled back: its trace is there already
    with connection.transaction(force_rollback=True):
        assert len(connection.execute(READ, [receipt]).fetchall()) == 2
    assert world.value("SELECT count(*) FROM iduo.receipt") == world.value("SELECT count(*) FROM iduo.disclosure") == 1
    assert world.value("SELECT reason FROM iduo.receipt") == "Los pidió: Ana"


def test_a_receipt_is_ones_own_and_lasts_a_minute(
    world: World, raw: Callable[..., psycopg.Connection], admin: Database, company: int
) -> None:
    connection, other = raw("ana", "operator"), raw("juan", "coordinator")
    ((receipt,),) = connection.execute(OPEN, [company]).fetchall()
    for who, asked in ((other, receipt), (connection, receipt + 1), (connection, None), (connection, -1)):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=AGAIN):
            who.execute(READ, [asked])
    world.age("receipt", receipt, "at", seconds=58)
    assert len(connection.execute(READ, [receipt]).fetchall()) == 2
    world.age("receipt", receipt, "at", seconds=61)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=AGAIN):
        connection.execute(READ, [receipt])
    # one for something else serves for nothing here
    audit = records.open_access(admin, "audit", "log", "x").receipt
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw("admin", "admin").execute(READ, [audit])


def test_the_receipt_of_a_company_is_for_its_assistants(world: World, ana: Database, company: int) -> None:
    other = firm(world, 1300)
    assist(world, other, "billing", "Otra Persona")
    told = assistants.disclose(ana, other, "upset", "Ana", None, None, uuid4())
    assert [(one.role_label, one.name) for one in told] == [
        ("Asistente de facturación y cuentas corrientes", "Otra Persona")
    ]


def test_roles_that_are_switched_off_are_not_shown(world: World, ana: Database, company: int) -> None:
    world.superuser.execute("UPDATE iduo.assistant_role SET active = false WHERE key = 'commercial'")
    world.superuser.execute(
        "INSERT INTO iduo.assistant_role (key, label, position) VALUES ('legal', 'Asistente legal', 0)"
    )
    assist(world, company, "legal", "Dra. Vera")
    assert [one.role for one in assistants.company(ana, company).assistants] == ["legal", "functional"]
    told = assistants.disclose(ana, company, "asked", "Ana", None, None, uuid4())
    assert [one.name for one in told] == ["Dra. Vera", "Agustín Sosa"]


def test_so_many_in_an_hour(world: World, become: Callable[..., Database], company: int) -> None:
    world.set_setting("receipts_per_hour", 5)
    workstations = [become("ana", "operator") for _ in range(3)]

    def ask(number: int) -> str:
        try:
            give(workstations[number % 3], company)
        except UserError as refused:
            return refused.message
        return ""

    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(ask, range(12))]
    assert sorted(answers) == [""] * 5 + ["Ya hiciste 5 consultas reservadas en la última hora. Esperá un rato."] * 7
    assert world.value("SELECT count(*) FROM iduo.disclosure") == 5


def test_the_same_key(world: World, ana: Database, juan: Database, company: int) -> None:
    key = give(ana, company)
    give(ana, company, key=key)
    assert world.value("SELECT count(*) FROM iduo.receipt") == 1
    for database, to in ((ana, "Eva"), (juan, "Ana Paz")):
        with pytest.raises(UserError, match="con otros datos"):
            give(database, company, to=to, key=key)
    # asked again when the first receipt is too old: one disclosure, another trace
    world.age("receipt", world.value("SELECT id FROM iduo.receipt"), "at", seconds=70)
    give(ana, company, key=key)
    assert world.value("SELECT count(*) FROM iduo.receipt") == 2
    assert world.value("SELECT count(*) FROM iduo.disclosure") == 1


def test_twice_at_once(world: World, become: Callable[..., Database], company: int) -> None:
    workstations, key = [become("ana", "operator") for _ in range(3)], uuid4()
    with ThreadPoolExecutor(3) as pool:
        [*pool.map(lambda database: give(database, company, key=key), workstations)]
    assert world.value("SELECT count(*) FROM iduo.receipt") == world.value("SELECT count(*) FROM iduo.disclosure") == 1


def test_what_is_refused(world: World, ana: Database, juan: Database, admin: Database, company: int) -> None:
    assert refused_field(give, ana, company, "asked", " ") == ("to", "¿A quién le das los datos?")
    assert refused_field(give, ana, company, "asked", "x" * 201)[0] == "to"
    for reason in ("", "because", "x" * 100_000):
        assert refused_field(give, ana, company, reason)[0] == "reason"
    assert refused_field(give, ana, 404) == ("company", "Esa empresa no existe.")
    with pytest.raises(UserError, match="Ese ticket no existe"):
        give(ana, company, ticket=404)
    call = calls.receive(juan, Incoming("", None, ""), uuid4()).id
    with pytest.raises(UserError, match="Esa llamada no es tuya"):
        give(ana, company, call=call)
    assert refusal(give, ana, firm(world, 1300)) == "Esta empresa no tiene asistentes cargados."
    assert refusal(give, admin, company) == "No tenés permiso para hacer esto."
    assert world.value("SELECT count(*) FROM iduo.receipt") == 0


def test_offered_is_a_reason_only_when_they_are(world: World, ana: Database, company: int) -> None:
    with pytest.raises(FieldError, match="En la primera llamada no se ofrecen"):
        give(ana, company, "offered")
    message(ana, company)
    give(ana, company, "offered")
    world.set_setting("disclosure_policy", "refer_first")
    world.superuser.execute("TRUNCATE iduo.ticket CASCADE")
    give(ana, company, "offered")


@pytest.mark.parametrize("reason", [reason for reason in DisclosureReason if reason is not DisclosureReason.OFFERED])
def test_the_trace_says_the_reason(world: World, ana: Database, company: int, reason: DisclosureReason) -> None:
    give(ana, company, reason)
    assert world.value("SELECT reason FROM iduo.receipt") == f"{reason.label}: Ana Paz"


def test_odd_settings_show_nothing_more(raw: Callable[..., psycopg.Connection], company: int) -> None:
    """Nor does asking for the tables themselves."""
    connection = raw("ana", "operator")
    for table in ("assistant", "company_assistant", "disclosure", "call", "contact", "contact_phone", "contact_email"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT FROM iduo.{table}")
    for setting in ("default_transaction_isolation = 'repeatable read'", "standard_conforming_strings = off"):
        connection.execute(f"SET {setting}")
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            connection.execute(OPEN, [company])
        connection.execute("RESET ALL")
    connection.execute("SET TimeZone = 'Pacific/Kiritimati'")
    ((receipt,),) = connection.execute(OPEN, [company]).fetchall()
    assert len(connection.execute(READ, [receipt]).fetchall()) == 2
