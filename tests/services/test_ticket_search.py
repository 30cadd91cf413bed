"""Tickets are found by whatever is typed into the one box, and each hit says why; lists are narrowed by every field."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from stdnum import damm

from iduo_desktop.database.connection import Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import TicketFilter, TicketHit
from tests.services.messages import answered, taken
from tests.services.refusals import refusal
from tests.services.world import World


@pytest.fixture
def rosa(become: Callable[..., Database]) -> Database:
    """The workstation of somebody of the back office."""
    return become("rosa", "answerer")


@pytest.fixture
def full(world: World, ana: Database, rosa: Database) -> Database:
    """A desk with one ticket that has everything (100001), among others."""
    company = world.company(number=1204, kind="organisation", surname="", name="Panificadora La Cañada SRL")
    values = {"surname": "González Peña", "names": "María José", "document": "24.118.903", "email": "Maria@correo.com"}
    phone = {"phone": "011 15 4321-5678", "phone_e164": "+5491143215678", "phone_key": "1143215678"}
    text = "La conexión se corta todas las noches"
    answered(
        ana, rosa, "El nodo está saturado", company_id=company, text=text, provisional="P-7F3K-9Q2M", **values, **phone
    )
    for surname in ("Gómez", "Sosa", "Sosa", "Paz"):
        taken(ana, surname=surname, names="Luis", text="Pide la factura", phone="0341 444-0000", phone_key="3414440000")
    return ana


FOUND = {
    "100001": "número 100 001",
    "100 001": "número 100 001",
    "#100001": "número 100 001",
    "ticket 100 001": "número 100 001",
    "DNI: 24.118.903": "documento 24118903",
    "tel. 4321-5678": "teléfono",
    "p-7f3k-9q2m": "código P-7F3K-9Q2M",
    "P7F3K9Q2M": "código P-7F3K-9Q2M",
    "24118903": "documento 24118903",
    "24.118.903": "documento 24118903",
    "24118": "documento 24118903",
    "4321-5678": "teléfono",
    "011 15 4321-5678": "teléfono",
    "15 4321 5678": "teléfono",
    "+54 9 11 4321 5678": "teléfono",
    "1204": "empresa 1204",
    "gonzalez": "apellido",
    "GONZÁLEZ": "apellido",
    "gonz": "apellido",
    "go": "apellido",
    "pena": "nombre",
    "Peña, María": "nombre",
    "maria gonzalez": "nombre",
    "gonzalez maria jose": "nombre",
    "jos gonz": "nombre",
    "panificadora": "empresa",
    "la cañada": "empresa",
    "la canada": "empresa",
    "conexion noches": "texto",
    "conexión se cor": "texto",
    "saturado": "respuesta",
    "nodo satur": "respuesta",
    "gonzalez noches": "varios datos",
}


def test_found_and_why(full: Database) -> None:
    for typed, why in FOUND.items():
        found = {hit.number: hit for hit in tickets.find(full, typed)}
        hit = found[100001]
        assert (hit.why, hit.capped) == (why, False), typed
        assert (hit.person, hit.company) == ("GONZÁLEZ PEÑA, María José", "Panificadora La Cañada SRL")


def test_what_is_not_there_is_not_found(full: Database) -> None:
    for typed in ("", " ", "g", "%", "'", "100099", "99999999", "zzz", "gonzalezz", ":*", "!", "a & b | c", "1" * 300):
        assert tickets.find(full, typed) == (), typed


def test_answers_to_communicate_come_first_then_the_newest(full: Database, rosa: Database) -> None:
    third = tickets.find(full, "sosa")[-1].ticket_id
    tickets.answer(rosa, (third,), "Va por mail", uuid4())
    assert [hit.number for hit in tickets.find(full, "sosa")] == [100003, 100004]
    assert [hit.number for hit in tickets.find(full, "factura", limit=2)] == [100003, 100005]


def test_new_rows_are_found_at_once(full: Database, rosa: Database) -> None:
    for turn in range(5):
        made = taken(full, surname=f"Quiroga {turn}", text=f"palabrarara{turn}")
        assert [hit.number for hit in tickets.find(full, f"quiroga {turn}")] == [made.number]
        assert [hit.number for hit in tickets.find(rosa, f"palabrarara{turn}")] == [made.number]


def test_a_capped_search_says_so(world: World, full: Database) -> None:
    world.superuser.execute(COPIES)
    for typed in ("sosa", "luis", "factura", "3414440000"):
        hits = tickets.find(full, typed)
        assert len(hits) == 8
        assert all(hit.capped for hit in hits)
        # of many the newest
        assert hits[0].number > 102_000
    assert not any(hit.capped for hit in tickets.find(full, "saturado"))


COPIES = """
    INSERT INTO iduo.ticket (kind, channel, caller_kind, surname, names, phone, phone_key, text, created_by,
                             key, payload_hash)
    SELECT kind, channel, caller_kind, surname, names, phone, phone_key, text, created_by,
           gen_random_uuid(), payload_hash
    FROM iduo.ticket, generate_series(1, 3200) WHERE number = 100003"""


def test_the_check_digit_is_damms(world: World) -> None:
    for number in (572, 100001, 104237, 999999, 1234567890):
        assert str(world.value("SELECT iduo.damm(%s::text)", number)) == damm.calc_check_digit(str(number))


def test_every_misheard_digit_is_noticed(world: World) -> None:
    """Any one digit wrong, any two neighbours changed over."""
    missed = """
        SELECT count(*) FROM generate_series(100001, 100300) n, LATERAL (SELECT n::text || iduo.damm(n::text)) s(said),
            LATERAL (
                SELECT overlay(said PLACING d::text FROM i FOR 1) FROM generate_series(1, 7) i, generate_series(0, 9) d
                UNION
                SELECT overlay(said PLACING reverse(substr(said, i, 2)) FROM i FOR 2) FROM generate_series(1, 6) i
            ) h(heard)
        WHERE heard <> said AND iduo.damm(heard) = 0"""
    assert world.value(missed) == 0


def test_a_misheard_number_is_corrected(world: World, full: Database) -> None:
    assert tickets.find(full, "100001")[0].check == ""
    world.set_setting("ticket_check_digit", True)
    (right,) = tickets.find(full, "100 001-5")
    assert (right.number, right.check, right.why) == (100001, "5", "número 100 001-5")
    assert [hit.number for hit in tickets.find(full, "100001")] == [100001]
    for heard in ("1000015", "7000015", "1000075", "1000016", "0100015"):
        hits = tickets.find(full, heard)
        assert hits[0].number == 100001
        assert (hits[0].why == "¿Quisiste decir 100 001-5?") == (heard != "1000015")
    assert tickets.find(full, "9999995") == ()


NARROWED = (
    TicketFilter(text="noches"),
    TicketFilter(text="100001"),
    TicketFilter(company_number="1204"),
    TicketFilter(surname="gonzalez p"),
    TicketFilter(document="24.118"),
    TicketFilter(phone_key="1143215678"),
    TicketFilter(email="MARIA@"),
    TicketFilter(surname="gonz", document="24118903", kind="question", channel="phone", caller_kind="client"),
)


def test_lists_are_narrowed_by_every_field(full: Database, rosa: Database) -> None:
    tickets.answer(rosa, tuple(row.id for row in tickets.page(full, "open")), "Va por mail", uuid4())
    assert len(tickets.page(full, "awaiting_communication")) == 5
    for narrowed in NARROWED:
        (row,) = tickets.page(full, "awaiting_communication", narrowed)
        assert row.number == 100001, narrowed
        assert tickets.page(full, "open", narrowed) == ()


def test_narrowed_by_who_took_it_and_when(world: World, full: Database, juan: Database, people: Any) -> None:
    other = taken(juan, topic_id=world.value("SELECT max(id) FROM iduo.topic"), channel="chat", caller_kind="other")
    for narrowed in (
        *(TicketFilter(taken_by="juan"), TicketFilter(taken_by=people.add("juan")), TicketFilter(channel="chat")),
        *(TicketFilter(caller_kind="other"), TicketFilter(kind="claim")),
        TicketFilter(topic_id=world.value("SELECT max(id) FROM iduo.topic")),
    ):
        assert [row.number for row in tickets.page(full, "open", narrowed)] == [other.number], narrowed
    today = world.today()
    for first, last, count in ((today, today, 5), (None, today - timedelta(1), 0), (today + timedelta(1), None, 0)):
        assert len(tickets.page(full, "open", TicketFilter(first=first, last=last))) == count
    assert tickets.page(full, "open", TicketFilter(company_number="no sabe")) == ()
    assert tickets.page(full, "open", TicketFilter(taken_by="nadie de aquí")) == ()


def test_a_list_follows_its_filter(full: Database) -> None:
    narrowed = TicketFilter(text="factura")
    rows = tickets.page(full, "open", narrowed, "person", limit=3)
    rows += tickets.page(full, "open", narrowed, "person", after=rows[-1].position)
    assert [row.person for row in rows] == ["GÓMEZ, Luis", "PAZ, Luis", "SOSA, Luis", "SOSA, Luis"]
    assert tickets.page(full, "open", narrowed, "person", only=(rows[1].id,)) == (rows[1],)
    assert "abrir la lista" in refusal(tickets.page, full, "open", narrowed, "person", False, '["x"]')


def alike(database: Database, **values: object) -> list[tuple[int, str]]:
    """Numbers of similar tickets, and why."""
    asked: dict[str, Any] = {"company_id": None, "contact_id": None, "document": "", "phone_key": "", "text": ""}
    return [(one.number, one.why) for one in tickets.similar(database, **(asked | values))]


def test_similar_ones_of_the_last_month(world: World, full: Database) -> None:
    company = world.value("SELECT id FROM iduo.company WHERE number = 1204")
    assert alike(full) == []
    assert alike(full, company_id=company) == [(100001, "misma empresa")]
    assert alike(full, document="24.118.903", company_id=company) == [(100001, "mismo documento")]
    text = "Se corta la conexion a la noche"
    assert alike(full, phone_key="1143215678", text=text) == [(100001, "texto parecido, mismo teléfono")]
    taken(full, text="Otra cosa muy distinta: quiere dar de baja", phone_key="1143215678")
    found = alike(full, phone_key="1143215678", text=text)
    assert found == [(100001, "texto parecido, mismo teléfono"), (100006, "mismo teléfono")]
    assert [number for number, _ in alike(full, phone_key="1143215678")] == [100006, 100001]
    assert len(alike(full, phone_key="3414440000")) == 4
    with world.superuser.transaction():
        world.superuser.execute("SET LOCAL session_replication_role = replica")
        world.superuser.execute("UPDATE iduo.ticket SET at = at - interval '31 days'")
    assert alike(full, company_id=company) == []


def test_hits_are_of_those_who_may_see_them(full: Database, become: Callable[..., Database]) -> None:
    for role in ("operator", "coordinator", "admin", "answerer"):
        (hit,) = tickets.find(become(f"a_{role}", role), "gonzalez")
        assert isinstance(hit, TicketHit)
