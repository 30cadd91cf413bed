"""Persons who call are found by whatever they say, and kept while somebody waits on the line."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import contacts
from iduo_desktop.services.contacts import Kept, NewContact
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

SPELLINGS = (
    *("3416124410", "0341 15 612 4410", "+54 9 341 612-4410", "+54 341 6124410", "549 341 6124410"),
    *("(0341) 6124410", "341-15-6124410", "0341/6124410"),
)


def new(surname: str = "", names: str = "", phone: str = "", **values: Any) -> NewContact:
    """A person with his telephone understood as the program does."""
    parsed = phones.parse(phone, "341")
    understood: dict[str, Any] = {
        "phone": phone,
        "phone_e164": parsed.e164,
        "phone_key": parsed.search_key,
        "phone_kind": parsed.kind,
        "phone_valid": parsed.valid,
    }
    return NewContact(surname, names, **(understood | values))


def make(database: Database, surname: str = "", names: str = "", phone: str = "", **values: Any) -> int:
    """Add a person; his id."""
    return contacts.create(database, new(surname, names, phone, **values), uuid4()).contact_id


def found(database: Database, text: str, company: int | None = None) -> list[int]:
    """The ids of the persons that a text finds, best first."""
    return [hit.contact_id for hit in contacts.find(database, text, company, 50)]


def test_found_by_name(ana: Database) -> None:
    nunez = make(ana, "Núñez", "María José")
    plain = make(ana, "Nunez", "Mario")
    gomez = make(ana, "Gómez Núñez", "Ana")
    assert found(ana, "nuñez") == [plain, nunez, gomez]
    assert found(ana, "núñez")[0] == nunez
    assert found(ana, "nunez")[0] == plain
    assert found(ana, "maria nun") == found(ana, "núñez maría") == found(ana, "NUN JOSE") == [nunez]
    assert found(ana, "ana gomez") == [gomez]
    assert found(ana, "unez") == found(ana, "%") == found(ana, "_") == found(ana, "\\") == found(ana, "n") == []
    assert found(ana, "") == found(ana, "   ") == []


def test_found_by_document(ana: Database) -> None:
    one = make(ana, "Paz", document="24.118.903")
    two = make(ana, "Paz", document="DNI 24118903")
    other = make(ana, "Lee", document="ab 123456")
    assert set(found(ana, "24118903")) == set(found(ana, "24.118.903")) == set(found(ana, "24118")) == {one, two}
    assert set(found(ana, "20-24118903-5")) == {one, two}
    assert found(ana, "AB-123456") == found(ana, "ab123456") == [other]
    assert found(ana, "2411") == []
    (hit,) = contacts.find(ana, "ab123456")
    assert (hit.document, hit.why) == ("AB123456", "documento AB123456")


@pytest.mark.parametrize("typed", SPELLINGS)
def test_found_by_telephone_however_it_is_written(ana: Database, typed: str) -> None:
    person = make(ana, "Paz", phone="0341 15-612-4410")
    make(ana, "Sosa", phone="0341 15-612-4411")
    assert found(ana, typed) == [person]
    (hit,) = contacts.find(ana, typed)
    assert (hit.phone, hit.why) == ("0341 15-612-4410", "teléfono")


def test_numbers_without_area_take_the_default_one(world: World, ana: Database, people: People) -> None:
    person = make(ana, "Paz", phone="6124410")
    assert found(ana, "6124410") == []
    world.superuser.execute("UPDATE iduo.staff SET area_code = '341' WHERE login = %s", [people.add("ana")])
    assert found(ana, "612-4410") == found(ana, "15 612 4410") == [person]


def test_found_by_mail(ana: Database) -> None:
    person = make(ana, "Paz", email="Ana.Paz@PanSur.example")
    assert found(ana, "ana.paz@pansur.example") == found(ana, "ana.paz@") == found(ana, "ANA.P") == [person]
    assert found(ana, "sur.example") == found(ana, "@pansur.example") == []
    assert contacts.find(ana, "ana.paz@")[0].why == "mail"


def test_those_of_the_company_first(world: World, ana: Database) -> None:
    company = world.company(kind="organisation", surname="", name="Panificadora Sur SRL", number=1204)
    others = {make(ana, "Paz", f"A{number}") for number in range(4)}
    own = make(ana, "Paz", "Zulema", company_id=company)
    stranger = make(ana, "Sosa", company_id=company)
    assert found(ana, "paz", company)[0] == own
    assert set(found(ana, "paz", company)) == {own, *others}
    assert found(ana, "paz")[-1] == own
    assert found(ana, "", company) == [own, stranger]
    hit = contacts.find(ana, "", company)[0]
    assert (hit.company_id, hit.company_number, hit.company) == (company, 1204, "Panificadora Sur SRL")
    assert contacts.find(ana, "", company, 1) == (hit,)


def test_a_companys_own_are_not_lost_in_a_crowd(world: World, ana: Database) -> None:
    """There are more of that name than are looked at."""
    company = world.company()
    world.superuser.execute("""
        INSERT INTO iduo.contact (surname, names, by)
        SELECT 'Gómez', 'Ana ' || n, 'nobody' FROM generate_series(1, 900) n""")
    own = make(ana, "Gómez", "Zulema", company_id=company)
    assert found(ana, "gomez", company)[0] == own
    assert len(found(ana, "gomez")) == 50
    assert len(contacts.find(ana, "gomez", None, 100_000)) == 50
    assert len(contacts.find(ana, "gomez", None, -1)) == 1


def test_kept_as_typed(world: World, ana: Database) -> None:
    person = make(ana, "  Núñez ", "María\n José ", "interno 4", document="123", email="no tiene", company_id=None)
    stored = "SELECT surname || '|' || names || '|' || document || '|' || document_type FROM iduo.contact WHERE id = %s"
    assert world.value(stored, person) == "Núñez|María José|123|other"
    assert world.value("SELECT valid FROM iduo.contact_email WHERE contact_id = %s", person) is False
    assert world.value("SELECT valid FROM iduo.contact_phone WHERE contact_id = %s", person) is False
    assert contacts.find(ana, "nuñez")[0].phone == "interno 4"


def test_somebody_has_a_name_or_a_document(ana: Database) -> None:
    assert refused_field(make, ana) == ("surname", "Escribí al menos el apellido, el nombre o el documento.")
    assert refused_field(make, ana, " ", "\t", "3416124410")[0] == "surname"
    for field, person in (
        ("surname", NewContact("x" * 121, "")),
        ("names", NewContact("", "x" * 121)),
        ("document", NewContact("", "", "1" * 21)),
        ("email", NewContact("Paz", "", email="x" * 255)),
    ):
        assert refused_field(contacts.create, ana, person, uuid4())[0] == field
    for value in ("x" * 61, "1" * 100_000):
        assert refused_field(contacts.create, ana, NewContact("Paz", "", phone=value), uuid4())[0] == "phone"
    for key in ("1" * 21, "abc", "1\n"):
        assert (
            refused_field(contacts.create, ana, NewContact("Paz", "", phone="1", phone_key=key), uuid4())[0] == "phone"
        )
    unknown = refused_field(contacts.create, ana, NewContact("Paz", "", company_id=404), uuid4())
    assert unknown == ("company", "Esa empresa no existe.")


def test_the_same_key(world: World, ana: Database, juan: Database) -> None:
    key, person = uuid4(), new("Paz", "Ana", "0341 15-612-4410", email="a@b.example")
    first = contacts.create(ana, person, key)
    assert contacts.create(ana, person, key) == Kept(first.contact_id, replayed=True)
    for who, values in ((ana, new("Paz", "Eva")), (juan, person)):
        with pytest.raises(UserError, match="con otros datos"):
            contacts.create(who, values, key)
    counted = "SELECT (SELECT count(*) FROM iduo.contact) + (SELECT count(*) FROM iduo.contact_phone)"
    assert world.value(counted) == 2


def test_twice_at_once(world: World, become: Callable[..., Database]) -> None:
    workstations = [become("ana", "operator") for _ in range(3)]
    key, person = uuid4(), new("Paz", "Ana", "0341 15-612-4410")
    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(lambda database: contacts.create(database, person, key), workstations)]
    assert len({answer.contact_id for answer in answers}) == 1
    assert sorted(answer.replayed for answer in answers) == [False, True, True]
    assert world.value("SELECT count(*) FROM iduo.contact_phone") == 1


def test_without_a_key_nothing_is_done(world: World, raw: Callable[..., psycopg.Connection]) -> None:
    call = "SELECT api.create_contact('Paz', '', '', '', NULL, '', '', false, '', NULL, NULL)"
    with pytest.raises(psycopg.errors.DatabaseError, match="Falta la clave"):
        raw("ana", "operator").execute(call)
    assert world.value("SELECT count(*) FROM iduo.contact") == 0


def add(database: Database, person: int, typed: str, key: UUID | None = None) -> Kept:
    """Add a telephone as the program does."""
    parsed = phones.parse(typed, "341")
    values = (parsed.e164, parsed.search_key, parsed.kind, parsed.valid)
    return contacts.add_phone(database, person, typed, *values, key or uuid4())


def test_telephones(world: World, ana: Database, juan: Database) -> None:
    person = make(ana, "Paz")
    assert add(juan, person, "0341 15-612-4410") == Kept(person, replayed=False)
    for typed in SPELLINGS:
        assert add(ana, person, typed) == Kept(person, replayed=True)
    assert found(ana, "6124410") == []
    assert found(ana, "341 612 4410") == [person]
    assert refused_field(add, ana, person, " ") == ("phone", "Escribí el teléfono.")
    assert refused_field(add, ana, person, "1" * 61)[0] == "phone"
    assert refusal(add, ana, 404, "4210000") == "Ese contacto no existe."
    for number in range(19):
        add(ana, person, f"42100{number:02}")
    assert refused_field(add, ana, person, "4219999") == ("phone", "Ya tiene 20 teléfonos: sacá alguno.")
    world.superuser.execute("UPDATE iduo.contact_phone SET removed = true")
    assert found(ana, "341 612 4410") == []
    assert not add(ana, person, "0341 15-612-4410").replayed


def test_the_same_telephone_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    person = make(ana, "Paz")
    workstations = [become(name, "operator") for name in ("ana", "juan", "eva")]
    with ThreadPoolExecutor(3) as pool:
        answers = [*pool.map(lambda database: add(database, person, "0341 15-612-4410"), workstations)]
    assert sorted(answer.replayed for answer in answers) == [False, True, True]
    assert world.value("SELECT count(*) FROM iduo.contact_phone") == 1


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=130)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(surname=NAMES, names=NAMES, document=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_whatever_is_typed_is_kept_or_refused(ana: Database, surname: str, names: str, document: str) -> None:
    """And searching for it finds no error."""
    with suppress(UserError):
        contacts.create(ana, NewContact(surname, names, document), uuid4())
    for text in (surname, names, document, f"{surname} {names}"):
        contacts.find(ana, text)
