"""Lists of persons brought in: known again by number, document, telephone and name; nobody twice; and taken back."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import batches, contacts, tickets
from iduo_desktop.services.batches import Applied, Outcome
from iduo_desktop.services.contacts import NewContact
from tests.services.messages import new
from tests.services.test_batches import HELD, counted
from tests.services.world import World

Row = dict[str, Any]
TABLES = ("contact", "contact_phone", "contact_email")


def person(place: int, /, **values: Any) -> Row:
    """A row as the reading layer gives it."""
    return {
        "row": place,
        "number": None,
        "surname": "Gómez",
        "names": f"Ana {place}",
        "document": str(24_118_900 + place),
        "birth_date": "1980-05-31",
        "phones": [phone(f"34161200{place:02}")],
        "emails": [{"address": f"A{place}@x.com", "valid": True}],
        "company_number": None,
        "note": "",
        "warnings": [],
        "erase": [],
    } | values


def phone(digits: str, typed: str = "") -> Row:
    """A telephone as the reading layer gives it."""
    return {"typed": typed or digits, "e164": f"+54{digits}", "search_key": digits, "kind": "fixed", "valid": True}


def staged(database: Database, rows: list[Row]) -> int:
    """A batch that is ready to be applied."""
    sent = json.dumps(rows)
    sha256 = hashlib.sha256(sent.encode()).hexdigest()
    batch = batches.open_batch(database, "personas.xlsx", sha256, uuid4(), "contacts").batch_id
    batches.stage(database, batch, sent)
    return batch


def bring(database: Database, rows: list[Row], dry_run: bool = False) -> tuple[Applied, dict[int, Outcome]]:
    """Import a list; the totals and what is worth a look, by row."""
    batch = staged(database, rows)
    totals = batches.apply(database, batch, dry_run)
    parts = (totals.created, totals.updated, totals.unchanged, totals.doubtful, totals.refused)
    assert totals.rows == sum(parts) == len(rows)
    return totals, {one.row: one for one in batches.outcomes(database, batch)}


def known(world: World) -> list[tuple[Any, ...]]:
    """Who there is."""
    query = "SELECT surname, names, document, birth_date::text, note FROM iduo.contact ORDER BY id"
    return world.superuser.execute(query).fetchall()


def images(world: World) -> list[list[Any]]:
    """Every column of the tables that a list changes, but the versions."""
    query = "SELECT to_jsonb(t) - 'version' FROM iduo.{} t ORDER BY id"
    return [world.superuser.execute(query.format(table)).fetchall() for table in TABLES]


def test_persons_are_made_and_known_again(world: World, marta: Database) -> None:
    company = world.company(number=555)
    rows = [person(1, company_number=555, note="cliente viejo"), person(2, document="PAS 123-AB"), person(3)]
    assert counted(bring(marta, rows, dry_run=True)[0]) == "3 created"
    assert known(world) == []
    assert counted(bring(marta, rows)[0]) == "3 created"
    assert known(world)[:2] == [
        ("Gómez", "Ana 1", "24118901", "1980-05-31", "cliente viejo"),
        ("Gómez", "Ana 2", "PAS123AB", "1980-05-31", ""),
    ]
    assert world.value("SELECT company_id FROM iduo.contact WHERE document = '24118901'") == company
    assert counted(bring(marta, rows)[0]) == "3 unchanged"
    assert [world.value(f"SELECT count(*) FROM iduo.{table}") for table in TABLES] == [3, 3, 3]
    # found as anybody else
    assert [hit.surname for hit in contacts.find(marta, "24118901")] == ["Gómez"]


def test_what_is_empty_stays_unless_it_is_to_be_erased(world: World, marta: Database) -> None:
    world.company(number=555)
    bring(marta, [person(1, note="vieja", company_number=555)])
    empty: Row = {"names": "", "surname": "", "birth_date": None, "phones": [], "emails": [], "note": ""}
    assert counted(bring(marta, [person(1, **empty)])[0]) == "1 unchanged"
    changed = person(1, note="nueva", phones=[phone("3416120001"), phone("3416120099")])
    assert counted(bring(marta, [changed])[0]) == "1 updated"
    assert known(world) == [("Gómez", "Ana 1", "24118901", "1980-05-31", "nueva")]
    assert world.value("SELECT count(*) FROM iduo.contact_phone") == 2
    erased = person(1, note="", birth_date=None, erase=["note", "birth_date", "company_number"])
    assert counted(bring(marta, [erased])[0]) == "1 updated"
    assert known(world) == [("Gómez", "Ana 1", "24118901", None, "")]
    assert world.value("SELECT company_id FROM iduo.contact") is None
    fields = world.superuser.execute("SELECT field FROM iduo.contact_event ORDER BY id").fetchall()
    assert [field for (field,) in fields] == ["note", "birth_date", "note", "company"]


def test_who_is_meant(world: World, marta: Database) -> None:
    bring(marta, [person(n) for n in range(1, 6)])
    first = world.value("SELECT min(id) FROM iduo.contact")
    rows = [
        person(1, number=first, document="", note="por su número"),
        person(2, phones=[], emails=[], names="Ana", note="por su documento"),
        person(3, document="", emails=[], note="por su teléfono y nombre"),
        person(4, document="", phones=[], note="por su mail y nombre"),
        person(5, names="Berta", document="", note="otra con el mismo teléfono"),
        person(6, number=first + 77),
        person(7, number=first, document="99999999"),
    ]
    totals, told = bring(marta, rows)
    assert counted(totals) == "1 created, 4 updated, 1 doubtful, 1 refused"
    assert told[6].message == f"No hay un contacto con el número {first + 77}."
    assert told[7].message == "El contacto con ese número tiene otro documento."
    assert [(names, note) for _, names, _, _, note in known(world)] == [
        *(("Ana 1", "por su número"), ("Ana", "por su documento"), ("Ana 3", "por su teléfono y nombre")),
        *(("Ana 4", "por su mail y nombre"), ("Ana 5", ""), ("Berta", "otra con el mismo teléfono")),
    ]


def test_who_could_be_several_is_doubtful(world: World, marta: Database) -> None:
    for _ in range(2):
        contacts.create(marta, NewContact(surname="Paz", names="Eva", document="24000001"), uuid4())
    for document in ("24000002", "24000003"):
        sosa = NewContact(surname="Sosa", names="Luz", document=document, phone="341", phone_key="3410000001")
        contacts.create(marta, sosa, uuid4())
    rows = [
        person(1, document="24000001"),
        person(2, surname="Sosa", names="Luz", document="", phones=[phone("3410000001")]),
        person(3),
        person(4, document="24118903", note="otra cosa"),
        person(3) | {"row": 5},
    ]
    totals, told = bring(marta, rows)
    assert counted(totals) == "1 created, 1 unchanged, 3 doubtful"
    several = "Puede ser cualquiera de 2 contactos: agregá el documento o el número de contacto."
    assert [told[n].message for n in (1, 2, 4, 5)] == [
        *(several, several),
        *("Es la misma persona que en la fila 3, con otros datos.", "Está también en la fila 3."),
    ]


def test_a_name_alone(world: World, marta: Database) -> None:
    alone: Row = {"document": "", "phones": [], "emails": []}
    assert counted(bring(marta, [person(1, **alone)])[0]) == "1 created"
    assert counted(bring(marta, [person(1, **alone)])[0]) == "1 unchanged"
    # whoever has a telephone is another one
    bring(marta, [person(2, document="", emails=[])])
    assert counted(bring(marta, [person(2, **alone)])[0]) == "1 created"


def test_a_company_that_is_not_there(world: World, marta: Database) -> None:
    totals, told = bring(marta, [person(1, company_number=404, warnings=["sin teléfono"])])
    assert counted(totals) == "1 created"
    assert told[1].message == "sin teléfono. La empresa 404 no existe: se importa sin empresa"


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_no_table_could_hold_sinks_nothing(world: World, marta: Database, dry_run: bool) -> None:
    good, mail = phone("3416120001"), {"address": "a@b.c", "valid": True}
    unfit: list[Row] = [
        {"number": "x"}, {"number": -1}, {"number": 10**30}, {"number": [1]}, {"surname": "x" * 121},
        {"surname": None}, {"names": "x" * 121}, {"document": "1" * 21}, {"document": "sin número"},
        {"document": None}, {"birth_date": "infinity"}, {"birth_date": "1980-02-30"}, {"birth_date": "2999-01-01"},
        {"note": "x" * 2001}, {"note": "x" * 30000}, {"warnings": None}, {"erase": "note"}, {"company_number": -1},
        {"company_number": "x"}, {"company_number": 10**20}, {"phones": None}, {"phones": [good | {"typed": ""}]},
        {"phones": [good | {"e164": "341"}]}, {"phones": [good | {"search_key": "x"}]}, {"phones": [1]},
        {"phones": [good | {"valid": None}]}, {"phones": [good] * 21}, {"emails": "x"}, {"emails": [[]]},
        {"emails": [mail | {"address": "x" * 255}]}, {"emails": [mail | {"valid": 1}]},
        {"surname": " ", "names": "", "document": ""},
    ]  # fmt: skip
    rows = [person(n, **values) for n, values in enumerate(unfit, 1)]
    totals, told = bring(marta, [*rows, person(90)], dry_run)
    assert {row for row, one in told.items() if one.outcome != "refused"} == set()
    assert (totals.created, totals.refused) == (1, len(unfit))
    assert world.value("SELECT count(*) FROM iduo.contact") == (0 if dry_run else 1)


def test_nothing_may_be_left_of_nobody(world: World, marta: Database) -> None:
    bring(marta, [person(1, names="", document="")])
    contact = world.value("SELECT id FROM iduo.contact")
    blank = person(1, number=contact, surname="", names="", document="", erase=["surname"])
    totals, told = bring(marta, [blank])
    assert (totals.refused, told[1].message) == (1, "Quedaría sin apellido, sin nombre y sin documento.")


def test_a_held_person_does_not_sink_the_file(
    world: World, marta: Database, raw: Callable[..., psycopg.Connection]
) -> None:
    bring(marta, [person(1), person(2)])
    rows = [person(1, note="nueva"), person(2, note="nueva")]
    contact = world.value("SELECT min(id) FROM iduo.contact")
    with raw("ana", "operator") as ana, ana.transaction():
        add = "SELECT api.add_contact_phone(%s, '4321', NULL, '4321', '', true, gen_random_uuid())"
        ana.execute(add, [contact])
        totals, told = bring(marta, rows)
    assert counted(totals) == "1 updated, 1 refused"
    assert told[1].message == HELD
    assert counted(bring(marta, rows)[0]) == "1 updated, 1 unchanged"


def test_two_imports_at_once(world: World, become: Callable[..., Database]) -> None:
    rows = [person(n) for n in range(1, 51)]
    people = [become("marta", "coordinator"), become("carla", "coordinator"), become("admin", "admin")]
    with ThreadPoolExecutor(3) as pool:
        totals = [*pool.map(lambda database: bring(database, rows)[0], people)]
    assert sorted((one.created, one.unchanged) for one in totals) == [(0, 50), (0, 50), (50, 0)]


def test_a_list_of_persons_is_taken_back(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    world.company(number=555)
    bring(marta, [person(n, note="vieja", birth_date=None) for n in range(1, 5)])
    before = images(world)
    events = world.value("SELECT count(*) FROM iduo.contact_event")
    mails = {n: [{"address": f"n{n}@x.com", "valid": True}] for n in range(1, 5)}
    changed = [
        person(n, note="nueva", company_number=555, phones=[phone(f"341999000{n}")], emails=mails[n])
        for n in range(1, 5)
    ]
    batch = staged(marta, [*changed, person(8), person(9)])
    assert counted(batches.apply(marta, batch, False)) == "2 created, 4 updated"
    first, ninth = (world.value("SELECT id FROM iduo.contact WHERE document = %s", f"2411890{n}") for n in (1, 9))
    contacts.add_phone(ana, first, "0341 777", None, "341777", "", True, uuid4())
    tickets.create(ana, new(contact_id=ninth), uuid4())
    key = uuid4()
    left = batches.undo(become("admin", "admin"), batch, key)
    assert [(one.row, one.what) for one in left] == [
        (1, "Se cambió después de la importación."),
        (9, "Ya hay trabajo sobre lo que se creó."),
    ]
    assert batches.undo(become("admin", "admin"), batch, key) == left
    after = images(world)
    # whoever was left alone is the first and the last one of the list; all others are as they were
    assert after[0][1:4] == before[0][1:4]
    assert len(after[0]) == 5
    ids = {str(row[0]["id"]) for row in before[0][1:4]}
    for then, now in zip(before[1:], after[1:], strict=True):
        assert [row for row in now if str(row[0]["contact_id"]) in ids] == [
            row for row in then if str(row[0]["contact_id"]) in ids
        ]
    assert world.value("SELECT count(*) FROM iduo.contact_event WHERE kind = 'undone'") == 9 + events
    # the audit log keeps that the others were there
    assert world.value("SELECT count(*) FROM audit.entry WHERE table_name = 'contact' AND operation = 'DELETE'") == 1
