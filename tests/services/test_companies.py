"""Clients are found by whatever is typed, and corrected in place without one person undoing another's work."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import FieldError
from iduo_desktop.services import cases, companies
from iduo_desktop.services.companies import Corrected
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World


def found(database: Database, text: str) -> list[int]:
    """The ids of the clients that a text finds, best first."""
    return [hit.company_id for hit in companies.find(database, text, 50)]


def add_phone(world: World, company: int, typed: str, area: str = "341") -> None:
    """A telephone, understood as the program does."""
    parsed = phones.parse(typed, area)
    given: dict[str, object] = {
        "typed": typed,
        "e164": parsed.e164,
        "search_key": parsed.search_key,
        "kind": parsed.kind,
    }
    world.insert("company_phone", given | {"company_id": company, "valid": parsed.valid})


def test_found_by_name(world: World, ana: Database) -> None:
    nunez = world.company(surname="Núñez", names="María José")
    nunes = world.company(surname="Nunes", names="Mario")
    gomez = world.company(surname="Gómez Núñez", names="Ana")
    firm = world.company(surname="", kind="organisation", name="Óptica «El Sol» S.R.L.")
    assert found(ana, "nuñez")[0] == nunez
    assert set(found(ana, "NUNEZ")) == {nunez, gomez}
    assert found(ana, "nun") == [nunes, nunez, gomez]
    assert found(ana, "núñez maría") == [nunez]
    assert found(ana, "maria nunez") == [nunez]
    assert found(ana, "jose") == [nunez]
    assert found(ana, "optica sol") == [firm]
    assert found(ana, "el sol srl") == []
    assert found(ana, "unez") == []
    assert found(ana, "%") == found(ana, "_") == found(ana, "") == found(ana, "  ") == found(ana, "\\") == []
    assert set(found(ana, "nu")) == {nunez, nunes, gomez}


def test_found_by_number_and_document(world: World, ana: Database) -> None:
    company = world.company(number=4521, document="28765432", tax_id="27287654321")
    other = world.company(number=45210, document="30111222")
    assert found(ana, "4521") == [company]
    assert found(ana, "28.765.432") == [company]
    assert found(ana, "28765") == [company]
    assert found(ana, "27-28765432-1") == [company]
    assert found(ana, "45210") == [other]
    assert found(ana, "45") == []
    (hit,) = companies.find(ana, "28765432")
    assert (hit.number, hit.document, hit.why) == (4521, "28765432", "documento 28765432")
    assert found(ana, "1" * 25) == found(ana, "9" * 20) == found(ana, "-") == []


def test_found_by_telephone_however_it_is_written(world: World, ana: Database) -> None:
    company = world.company()
    add_phone(world, company, "0341 15-612-4410")
    for typed in (
        "3416124410",
        "0341 15 612 4410",
        "+54 9 341 612-4410",
        "+54 341 6124410",
        "549 341 6124410",
        "(0341) 6124410",
        "341-15-6124410",
        "0341/6124410",
    ):
        assert found(ana, typed) == [company], typed
    world.superuser.execute("UPDATE iduo.company_phone SET removed = true")
    assert found(ana, "3416124410") == []


def test_numbers_without_area_take_the_default_one(world: World, ana: Database, people: People) -> None:
    company = world.company()
    add_phone(world, company, "6124410", area="341")
    assert found(ana, "6124410") == []
    world.superuser.execute("UPDATE iduo.staff SET area_code = '341' WHERE login = %s", [people.add("ana")])
    assert found(ana, "612-4410") == [company]
    assert found(ana, "15 612 4410") == [company]


def test_hits_say_what_is_open(world: World, ana: Database) -> None:
    company = world.company(surname="Paz", locality="Funes", service_status="suspended")
    world.case(company=company, state="closed")
    case = world.case("suspended", company)
    (hit,) = companies.find(ana, "paz")
    assert (hit.client, hit.locality, hit.service_status) == ("PAZ", "Funes", "suspended")
    assert (hit.case_id, hit.case_list, hit.why) == (case, "suspended", "nombre")


def test_a_common_name_is_capped(world: World, ana: Database) -> None:
    world.superuser.execute("""
        INSERT INTO iduo.company (number, kind, surname, names, service_status)
        SELECT n, 'person', 'Gómez', 'Ana ' || n, 'active' FROM generate_series(1, 700) n""")
    assert len(companies.find(ana, "gomez")) == 8
    assert len(companies.find(ana, "gomez", 1000)) == 50
    assert len(cases.page(ana, "active", cases.CaseFilter(text="gomez"))) == 0


def test_correct(world: World, ana: Database, juan: Database) -> None:
    company = world.company(street="Belgrano 1")
    case = world.case(company=company)
    card = cases.card(ana, case)
    corrected = companies.correct(ana, company, "street", "  Mitre 5 ", card.company_version, uuid4())
    assert corrected == Corrected(company, card.company_version + 1)
    assert cases.card(juan, case).street == "Mitre 5"
    field, sentence = refused_field(companies.correct, juan, company, "street", "Otra", card.company_version, uuid4())
    assert (field, sentence.startswith("Otra persona corrigió estos datos recién")) == ("street", True)
    # two people who write the same do not hinder each other
    companies.correct(juan, company, "street", "Mitre 5", card.company_version, uuid4())


@pytest.mark.parametrize(("field", "limit"), [("street", 200), ("locality", 120), ("province", 80), ("note", 2000)])
def test_corrections_have_a_length(world: World, ana: Database, field: str, limit: int) -> None:
    company = world.company()
    assert companies.correct(ana, company, field, "ñ" * limit, 1, uuid4()).version == 2
    assert refused_field(companies.correct, ana, company, field, "ñ" * (limit + 1), 2, uuid4())[0] == field


@pytest.mark.parametrize("field", ["surname", "debt", "number", "id", "", "street; DROP", "corrected"])
def test_nothing_else_is_corrected(world: World, ana: Database, field: str) -> None:
    company = world.company()
    assert refusal(companies.correct, ana, company, field, "x", 1, uuid4()) == "Ese dato no se corrige acá."


def test_of_two_corrections_at_once_one_is_told(world: World, ana: Database, juan: Database) -> None:
    company = world.company()

    def correct(pair: tuple[Database, str]) -> Corrected | FieldError:
        try:
            return companies.correct(pair[0], company, "note", pair[1], 1, uuid4())
        except FieldError as refused:
            return refused

    with ThreadPoolExecutor(2) as pool:
        answers = [*pool.map(correct, [(ana, "de Ana"), (juan, "de Juan")])]
    assert {type(answer) for answer in answers} == {Corrected, FieldError}


def test_telephones(world: World, ana: Database) -> None:
    company = world.company()
    case = world.case(company=company)

    def save(phone: int | None, typed: str, key: str) -> None:
        companies.save_phone(ana, company, phone, typed, None, key, "fixed", True, uuid4())

    save(None, "421-0000", "3414210000")
    save(None, "0341 4210000", "3414210000")
    (phone,) = cases.card(ana, case).phones
    assert (phone.typed, phone.valid) == ("421-0000", True)
    save(phone.id, "421-0001", "3414210001")
    assert [one.typed for one in cases.card(ana, case).phones] == ["421-0001"]
    save(phone.id, "", "")
    assert cases.card(ana, case).phones == ()
    save(phone.id, "421-0002", "3414210002")
    assert [one.typed for one in cases.card(ana, case).phones] == ["421-0002"]
    assert refused_field(save, None, " ", "") == ("phone", "Escribí el teléfono.")
    assert refused_field(save, 404, "1", "1") == ("phone", "Ese teléfono no existe.")
    for typed, key in (("1" * 61, "1"), ("1", "1" * 21), ("1", "abc"), ("1", "1\n")):
        assert refused_field(save, None, typed, key) == ("phone", "Ese teléfono no se entiende.")
    other = world.company()
    foreign = refused_field(companies.save_phone, ana, other, phone.id, "1", None, "1", "", True, uuid4())
    assert foreign == ("phone", "Ese teléfono no existe.")
    for number in range(19):
        save(None, f"{number}", f"{1000 + number}")
    assert refused_field(save, None, "99", "99") == ("phone", "Ya tiene 20 teléfonos: sacá alguno.")


def test_mail_addresses(world: World, ana: Database) -> None:
    company = world.company()
    case = world.case(company=company)

    def save(email: int | None, address: str) -> None:
        companies.save_email(ana, company, email, address, True, uuid4())

    save(None, "Ana@X.com")
    save(None, "ana@x.com ")
    (email,) = cases.card(ana, case).emails_of_client
    assert email.address == "Ana@X.com"
    save(email.id, "otra@x.com")
    assert [one.address for one in cases.card(ana, case).emails_of_client] == ["otra@x.com"]
    save(email.id, "")
    assert cases.card(ana, case).emails_of_client == ()
    assert refused_field(save, None, "")[0] == refused_field(save, None, "x" * 255)[0] == "email"
    assert refused_field(save, 404, "a@b.c") == ("email", "Esa dirección no existe.")
    for number in range(20):
        save(None, f"{number}@x.com")
    assert refused_field(save, None, "99@x.com") == ("email", "Ya tiene 20 direcciones: sacá alguna.")


def test_whom_there_is_not(world: World, ana: Database) -> None:
    missing = "Ese cliente no existe."
    assert refusal(companies.correct, ana, 404, "note", "x", 1, uuid4()) == missing
    assert refusal(companies.save_phone, ana, 404, None, "1", None, "1", "", True, uuid4()) == missing
    assert refusal(companies.save_email, ana, 404, None, "a@b.c", True, uuid4()) == missing
