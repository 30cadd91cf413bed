"""Contact pressure at the door: what hinders, what takes a reason, lists, talks, and who learns what."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import activities, agenda, cases, contacts, policies, pressure, promotions
from iduo_desktop.services import settings as decided
from iduo_desktop.services.activities import Attempt, Logged
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.pressure import Party, QuietHours
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

NUMBER = "3416124410"
E164 = "+5493416124410"


def log(database: Database, case: int, label: str = "No contesta", **values: Any) -> Logged:
    """Register a call to the number with the result that has this label."""
    result = next(one.id for one in policies.dispositions(database) if one.label == label)
    given = {"address": E164} | values
    return activities.log_attempt(database, case, Attempt("call", result, **given), uuid4())


def refused(database: Database, case: int, **values: Any) -> tuple[str | None, str]:
    """The field and the sentence with which a contact is refused."""
    return refused_field(lambda: log(database, case, **values))


def with_phone(world: World, people: People, who: str = "ana", list: str = "delinquent") -> int:
    """A case of somebody's, whose client has the number."""
    company = world.company()
    phone = {"company_id": company, "typed": NUMBER, "e164": E164, "search_key": NUMBER, "valid": True}
    world.insert("company_phone", phone)
    return world.case(list, company, assigned_to=people.add(who))


@pytest.fixture
def case(world: World, people: People) -> int:
    """A case of Ana's, whose client has one telephone."""
    return with_phone(world, people)


def company_of(world: World, case: int) -> int:
    """Whose case it is."""
    return int(world.value("SELECT company_id FROM iduo.case WHERE id = %s", case))


def scale(admin: Database, **changes: Any) -> None:
    """Decide something about the contacts of the cases."""
    (now,) = [one for one in decided.contact_scales(admin) if one.purpose == "collection"]
    decided.save_contact_scale(admin, replace(now, **changes))


def test_a_number_counts_for_whoever_has_it(
    world: World, people: People, ana: Database, juan: Database, case: int
) -> None:
    other = with_phone(world, people, "juan")
    for turn in range(5):
        assert log((ana, juan)[turn % 2], (case, other)[turn % 2]).level == turn + 1
    assert refused(juan, other)[0] == "override_reason"
    assert [row.level for row in cases.page(ana, "delinquent")] == [5, 5]
    for address in (NUMBER, E164, "0341 15-612-4410", "341 6124410"):
        told = pressure.pressure(ana, Party(address=address), "call")
        assert (told.level, told.calls, told.allowed, told.hinder) == (5, 5, False, "level"), address
    assert pressure.pressure(ana, Party(address="3410000000"), "call").level == 0
    # at another number of his the person is the same
    assert pressure.pressure(ana, Party(company_of(world, case), None, "3410000000"), "whatsapp").level == 5


def test_who_is_reached_over_other_desks(world: World, people: People, ana: Database, case: int) -> None:
    company = company_of(world, case)
    person = contacts.create(ana, NewContact("Sosa", "", company_id=company), uuid4()).contact_id
    agenda.record_call(ana, None, person, world.now(), 5, "outbound", True, "", uuid4())
    ticket = {"company_id": company, "state": "communicated", "surname": "x", "phone": NUMBER, "phone_key": NUMBER}
    ticket |= {"kind": "question", "channel": "phone", "caller_kind": "client", "text": "x", "answer": "y"}
    ticket |= {"answered_at": world.now(), "answered_by": "nobody", "communicated_at": world.now()}
    ticket |= {"communicated_by": "nobody", "communicated_to": "x", "created_by": "nobody", "key": uuid4()}
    world.insert("ticket", ticket | {"payload_hash": b"\0" * 32})
    assert pressure.pressure(ana, Party(company), "call").calls == 2
    assert pressure.pressure(ana, Party(contact_id=person), "call").calls == 1
    assert pressure.pressure(ana, Party(address=NUMBER), "call").calls == 2 - 1
    assert cases.card(ana, case).calls == 2


def test_limits_gap_and_holidays(world: World, ana: Database, admin: Database, case: int) -> None:
    scale(admin, daily_limit=2, weekly_limit=3, gap_hours=2)
    log(ana, case, "Habló, sin acuerdo")
    assert refused(ana, case)[1].startswith("Hace menos de 2 horas que hablamos con él: que descanse hasta ")
    scale(admin, gap_hours=0, daily_limit=1)
    assert "hoy ya lo contactamos 1 vez, y el máximo por día es 1" in refused(ana, case)[1]
    told = pressure.pressure(ana, Party(company_of(world, case)), "call")
    assert told.level == 5
    assert told.next_at == datetime.combine(world.today() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(
        hours=3
    )
    scale(admin, daily_limit=None, weekly_limit=1)
    assert "esta semana ya lo contactamos 1 vez" in refused(ana, case)[1]
    scale(admin, weekly_limit=None, holidays_quiet=True)
    world.superuser.execute("INSERT INTO iduo.holiday VALUES (%s, 'Soberanía Nacional')", [world.today()])
    assert refused(ana, case)[1].startswith("Es feriado (Soberanía Nacional) y no se contacta a nadie. Se puede desde")
    assert log(ana, case, override_reason="me lo pidió").level == 2
    assert log(ana, case, direction="inbound").level == 2
    assert refused_field(lambda: scale(admin, daily_limit=4, weekly_limit=3))[0] == "weekly_limit"
    assert refused_field(lambda: scale(admin, gap_hours=721))[0] == "gap_hours"


def test_quiet_hours(world: World, ana: Database, admin: Database, case: int) -> None:
    shipped = pressure.quiet_hours(ana)
    assert len(shipped) == 2 * 13
    assert pressure.pressure(ana, Party(company_of(world, case)), "call").allowed
    whole = tuple(QuietHours("collection", day, 0, 1440) for day in range(1, 8))
    pressure.save_quiet_hours(admin, "collection", whole)
    log(ana, case)
    decided.save(admin, "quiet_hours_on", "true")
    told = pressure.pressure(ana, Party(company_of(world, case)), "call")
    assert (told.hinder, told.allowed, told.next_at) == ("quiet", False, None)
    assert refused(ana, case)[1] == "A esa hora no se contacta a nadie. Para seguir igual, escribí por qué."
    assert pressure.pressure(ana, Party(company_of(world, case)), "call", "service").allowed
    night = (QuietHours("collection", 1, 0, 480), QuietHours("collection", 1, 1200, 1440))
    pressure.save_quiet_hours(admin, "collection", night)
    monday = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    told = pressure.pressure_at(admin, Party(address=NUMBER), "call", "", monday)
    assert (told.hinder, told.next_at) == ("quiet", datetime(2026, 11, 24, 3, tzinfo=UTC))
    assert refusal(pressure.pressure_at, ana, Party(address=NUMBER), "call", "", monday).startswith("No tenés permiso")
    for bad in (((8, 0, 10),), ((1, 10, 10),), ((1, 0, 1441),), ((1, 0, 60), (1, 59, 90))):
        rows = tuple(QuietHours("collection", *one) for one in bad)
        assert refused_field(pressure.save_quiet_hours, admin, "collection", rows)[0] in ("ends", "starts")
    assert len(pressure.quiet_hours(admin)) == 2 + 13


def test_who_asked_for_no_contacts(world: World, ana: Database, marta: Database, case: int) -> None:
    done = log(ana, case, "Pide que no lo contacten", address="0341 15-612-4410")
    assert refused(ana, case) == (
        "override_reason",
        "No hay que contactarlo: pidió que no lo contacten. Para seguir igual, escribí por qué.",
    )
    (entry,) = pressure.no_contact_entries(marta, "341612")
    assert (entry.address, entry.origin, entry.by) == ("0341 15-612-4410", "Pide que no lo contacten", "Ana")
    cases.undo(ana, done.event)
    assert pressure.no_contact_entries(marta, "") == ()
    log(ana, case, "Pide que no lo contacten", address="")
    (entry,) = pressure.no_contact_entries(marta, "")
    assert refusal(pressure.remove_no_contact, ana, entry.id, "x") == "No tenés permiso para hacer esto."
    assert refused_field(pressure.remove_no_contact, marta, entry.id, " ")[0] == "reason"
    for _ in range(2):  # asked again because no answer came
        pressure.remove_no_contact(marta, entry.id, "volvió a llamar")
    assert refusal(pressure.remove_no_contact, marta, entry.id, "x") == "Eso ya no está en la lista."
    assert log(ana, case).level == 2
    kept = "SELECT removed_reason FROM iduo.no_contact WHERE removed_by <> by"
    assert world.value(kept) == "volvió a llamar"


def test_who_was_erased_is_known_by_what_is_left(world: World, ana: Database, case: int) -> None:
    pressure.add_no_contact(ana, NUMBER, "", "", "lo pidió", None)
    world.superuser.execute("UPDATE iduo.no_contact SET address = '', search_key = iduo.hidden_key(search_key)")
    assert pressure.pressure(ana, Party(address=E164), "call").hinder == "listed"
    assert NUMBER not in world.value("SELECT search_key FROM iduo.no_contact")


def test_a_wrong_number_is_marked(world: World, ana: Database, case: int) -> None:
    done = log(ana, case, "Número equivocado")
    valid = "SELECT valid FROM iduo.company_phone"
    assert world.value(valid) is False
    cases.undo(ana, done.event)
    assert world.value(valid) is True


def test_entries_by_hand(ana: Database, marta: Database, case: int) -> None:
    until = datetime.now(UTC) + timedelta(days=3)
    pressure.add_no_contact(ana, "Ventas@Correo.example", "email", "promotion", "escribió", until)
    told = pressure.pressure(ana, Party(address="ventas@correo.EXAMPLE"), "email", "promotion")
    assert (told.hinder, told.next_at) == ("listed", until)
    assert told.reason.startswith("No hay que contactarlo: está entre los que no se contactan. Se puede desde el ")
    assert pressure.pressure(ana, Party(address="ventas@correo.example"), "email", "service").allowed
    pressure.add_no_contact(ana, "ventas@correo.example", "email", "promotion", "otra vez", until)
    assert len(pressure.no_contact_entries(marta, "VENTAS")) == 1
    for address in ("hola", "12", "a@", "@", "x" * 255):
        assert refused_field(pressure.add_no_contact, ana, address, "", "", "x", None)[0] == "address", address
    assert refused_field(pressure.add_no_contact, ana, NUMBER, "", "", "", None)[0] == "origin"
    past = datetime.now(UTC) - timedelta(days=1)
    assert refused_field(pressure.add_no_contact, ana, NUMBER, "", "", "x", past)[0] == "until"
    assert refusal(pressure.no_contact_entries, ana, "") == "No tenés permiso para hacer esto."
    # one of two numbers: it warns
    pressure.add_no_contact(ana, NUMBER, "call", "", "la hija", None)


def test_one_of_his_numbers_only_warns(world: World, ana: Database, case: int) -> None:
    company = company_of(world, case)
    other = {"company_id": company, "typed": "4210000", "search_key": "3414210000", "valid": True}
    world.insert("company_phone", other)
    pressure.add_no_contact(ana, NUMBER, "call", "", "la hija", None)
    told = pressure.pressure(ana, Party(company), "call")
    assert told.allowed
    assert told.warnings == ("Uno de sus números no se contacta: está entre los que no se contactan.",)
    assert not pressure.pressure(ana, Party(company, None, E164), "call").allowed
    assert pressure.pressure(ana, Party(company, None, E164), "whatsapp").allowed
    pressure.add_no_contact(ana, "3414210000", "", "", "también", None)
    assert pressure.pressure(ana, Party(company), "call").hinder == "listed"


def test_lists_brought_in(world: World, ana: Database, marta: Database, case: int) -> None:
    day = datetime.now(UTC) - timedelta(days=2)
    numbers = (NUMBER, "0341 15-612-4410", "+54 11 4321 5678", "no es nada", "", "un@mail.example")
    loaded = pressure.load_no_contact(marta, "Registro No Llame", "promotion", day, numbers, True)
    assert (loaded.added, loaded.kept, loaded.refused) == (3, 1, 2)
    again = pressure.load_no_contact(marta, "Registro No Llame", "promotion", day, numbers, False)
    assert (again.list_id, again.added, again.kept, again.refused) == (loaded.list_id, 0, 4, 2)
    (known,) = pressure.no_contact_lists(ana)
    assert (known.name, known.purpose, known.entries, known.stale) == ("Registro No Llame", "promotion", 3, False)
    company = company_of(world, case)
    told = pressure.pressure(ana, Party(company), "call", "promotion")
    assert (told.hinder, told.next_at) == ("listed", None)
    assert (
        told.reason == f"No hay que contactarlo: está en «Registro No Llame» del {day - timedelta(hours=3):%d/%m/%Y}."
    )
    assert pressure.pressure(ana, Party(company), "call").allowed
    old = datetime.now(UTC) - timedelta(days=31)
    replaced = pressure.load_no_contact(marta, "Registro No Llame", "promotion", old, (NUMBER,), True)
    assert (replaced.added, pressure.no_contact_lists(ana)[0].entries) == (1, 1)
    told = pressure.pressure(ana, Party(company), "call", "promotion")
    assert told.allowed
    assert told.warnings[0].startswith("Está en una lista vieja: la lista «Registro No Llame» es del ")
    assert pressure.no_contact_lists(ana)[0].stale
    pressure.remove_no_contact_list(marta, loaded.list_id)
    assert world.value("SELECT count(*) FROM iduo.no_contact_number") == 0
    assert refusal(pressure.remove_no_contact_list, marta, loaded.list_id) == "Esa lista ya no está."
    assert refusal(pressure.load_no_contact, ana, "x", "", day, (), True) == "No tenés permiso para hacer esto."
    for change, field in (
        ({"name": " "}, "name"),
        ({"purpose": "war"}, "purpose"),
        ({"as_of": datetime.now(UTC) + timedelta(days=2)}, "as_of"),
        ({"addresses": ("1",) * 10_001}, "addresses"),
        ({"addresses": ("1" * 255,)}, "addresses"),
    ):
        given = {"name": "x", "purpose": "", "as_of": day, "addresses": (), "replace": True} | change
        assert refused_field(lambda given=given: pressure.load_no_contact(marta, **given))[0] == field


def test_promotions_obey_their_list(world: World, ana: Database, marta: Database, people: People) -> None:
    case = with_phone(world, people, list="active")
    promotion = world.insert("promotion", {"title": "Más megas", "text": "x", "plans": [], "lists": []})
    pressure.load_no_contact(marta, "No llame", "promotion", datetime.now(UTC), (NUMBER,), True)

    def offer() -> object:
        return promotions.answer(ana, case, promotion, "offered", "call", "outbound", uuid4())

    assert refusal(offer).startswith("No hay que contactarlo: está en «No llame»")
    log(ana, case)
    assert refusal(offer).endswith("No le ofrezcas promociones.")
    log(ana, case, override_reason="la pidió él por mail")
    offer()


def test_a_planned_call_takes_a_reason(world: World, ana: Database) -> None:
    new = NewContact("Sosa", "", phone=NUMBER, phone_e164=E164, phone_key=NUMBER, phone_valid=True)
    person = contacts.create(ana, new, uuid4()).contact_id
    pressure.add_no_contact(ana, NUMBER, "", "", "pidió", None)
    at = world.now() + timedelta(hours=2)
    plan = ana, None, person, at, "outbound", -1, None, False, ""
    field, sentence = refused_field(agenda.plan_call, *plan, uuid4())
    assert (field, sentence[:26]) == ("safe_reason", "No hay que contactarlo: es")
    assert not agenda.plan_call(*plan, uuid4(), "quedamos así").replayed


def test_who_speaks_with_whom(world: World, people: People, ana: Database, juan: Database, case: int) -> None:
    company, other = company_of(world, case), company_of(world, with_phone(world, people, "juan"))
    pressure.begin_talk(ana, Party(company, None, E164), "call")
    assert pressure.talks(ana) == ()
    (talk,) = pressure.talks(juan)
    assert (talk.company_id, talk.search_key, talk.channel, talk.who) == (company, NUMBER, "call", "Ana")
    for party in (Party(company), Party(address="0341 15 6124410"), Party(other)):
        told = pressure.pressure(juan, party, "call")
        assert (told.speaking, told.since) == ("Ana", talk.since)
    assert pressure.pressure(ana, Party(company), "call").speaking == ""
    changes = "SELECT count(*) FROM iduo.change WHERE table_name = 'talk'"
    assert world.value(changes) == 1
    pressure.begin_talk(ana, Party(company, None, E164), "call")
    assert (world.value(changes), pressure.talks(juan)) == (1, (talk,))
    pressure.begin_talk(ana, Party(other), "call")
    assert (world.value(changes), pressure.talks(juan)[0].company_id) == (2, other)
    world.superuser.execute("UPDATE iduo.talk SET until = clock_timestamp() - interval '1 second'")
    assert pressure.talks(juan) == ()
    assert pressure.pressure(juan, Party(other), "call").speaking == ""
    pressure.begin_talk(ana, Party(other), "call")
    pressure.end_talk(ana)
    pressure.end_talk(ana)
    assert (world.value(changes), pressure.talks(juan)) == (4, ())
    assert refused_field(pressure.begin_talk, ana, Party(999), "call")[0] == "contact"
    assert refused_field(pressure.begin_talk, ana, Party(), "call")[0] == "address"


def test_the_same_for_who_is_not_there(ana: Database, world: World, case: int) -> None:
    """An id of nobody's answers as that of somebody whom nobody ever contacted."""
    nobody = pressure.pressure(ana, Party(10**15, 10**15), "call")
    assert replace(nobody, next_at=None) == replace(
        pressure.pressure(ana, Party(company_of(world, case)), "call"), next_at=None
    )


def test_two_clients_of_one_number_at_once(world: World, become: Callable[..., Database], people: People) -> None:
    names = ("a", "b", "c", "d")
    pairs = [(become(name, "operator"), with_phone(world, people, name)) for name in names]

    def press(pair: tuple[Database, int]) -> int:
        done = 0
        for _ in range(3):
            with suppress(UserError):
                log(*pair)
                done += 1
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(press, pairs)) == 5


FORMS = (
    "{a} {l}",
    "0{a} {l}",
    "0{a} 15-{l}",
    "+54 9 {a} {l}",
    "+54 {a} {l}",
    "549{a}{l}",
    "{l}",
    "15{l}",
    "0{a}-{l} int. 12",
)


def test_numbers_are_read_as_the_program_reads_them(world: World) -> None:
    drawn = random.Random(7)
    asked = []
    for area in ("11", "341", "3476", "2966", "221"):
        for form in FORMS:
            local = "".join(drawn.choices("23456789", k=10 - len(area)))
            asked += [form.format(a=area, l=local), form.format(a=area, l=f"{local[:4]}-{local[4:]}")]
    asked += ["+1 305 555 0123", "0800 222 4832", "12", "", "4321-5678", "0"]
    found = world.superuser.execute("SELECT iduo.address_key(a) FROM unnest(%s::text[]) a", [asked]).fetchall()
    area = world.value("SELECT value #>> '{}' FROM iduo.setting WHERE name = 'area_code'")
    keys = [phones.parse(one, area).search_key for one in asked]
    assert [key for (key,) in found] == [key if len(key) >= 6 else "" for key in keys]


def test_a_weighted_sum(world: World, ana: Database, admin: Database, case: int) -> None:
    scale(admin, weight_call=Decimal("0.75"))
    assert [log(ana, case).level for _ in range(4)] == [0, 1, 2, 3]
