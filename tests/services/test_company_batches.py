"""Lists of companies brought in: who assists them is known as one person, and nothing is written twice."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import assistants, batches
from iduo_desktop.services.batches import Applied, Outcome
from tests.services.test_batches import HELD, client, counted
from tests.services.test_batches import bring as bring_clients
from tests.services.world import World

Row = dict[str, Any]


def somebody(role: str | None = "functional", name: str = "Ana Paz", digits: str = "91140547108", **values: Any) -> Row:
    """An assistant as the reading layer gives him; without digits, without WhatsApp."""
    e164 = f"+54{digits}" if digits else None
    return {"role": role, "name": name, "whatsapp": digits, "e164": e164, "email": "", "email_valid": False} | values


def company(number: int, /, *people: Row, **values: Any) -> Row:
    """A row as the reading layer gives it."""
    return {
        "row": number,
        "number": 1000 + number,
        "name": f"Sur {number} SA",
        "document": "",
        "tax_id": f"3067122{number:04}",
        "management_unit": "UG-04",
        "assistants": [*people],
        "warnings": [],
    } | values


def bring(database: Database, rows: list[Row], dry_run: bool = False) -> tuple[Applied, dict[int, Outcome]]:
    """Import a list; the totals and what is worth a look, by row."""
    sent = json.dumps(rows)
    sha256 = hashlib.sha256(sent.encode()).hexdigest()
    batch = batches.open_batch(database, "empresas.csv", sha256, uuid4(), "companies").batch_id
    batches.stage(database, batch, sent)
    totals = batches.apply(database, batch, dry_run)
    parts = (totals.created, totals.updated, totals.unchanged, totals.doubtful, totals.refused)
    assert totals.rows == sum(parts) == len(rows)
    return totals, {one.row: one for one in batches.outcomes(database, batch)}


def people(world: World) -> list[tuple[str, str, str]]:
    """Name, WhatsApp and mail of all assistants."""
    return world.superuser.execute("SELECT name, whatsapp, email FROM iduo.assistant ORDER BY name, id").fetchall()


def assisted(world: World) -> list[tuple[int, str, str]]:
    """Who is what for whom."""
    query = """SELECT o.number - 1000, x.role, a.name FROM iduo.company_assistant x
               JOIN iduo.company o ON o.id = x.company_id JOIN iduo.assistant a ON a.id = x.assistant_id
               ORDER BY o.number, x.role"""
    return world.superuser.execute(query).fetchall()


def stored(world: World, number: int, columns: str) -> tuple[Any, ...]:
    """Columns of the company with this row's number."""
    query = f"SELECT {columns} FROM iduo.company WHERE number = %s"
    (found,) = world.superuser.execute(query, [1000 + number]).fetchall()
    return tuple(found)


def test_companies_are_born_with_their_assistants(world: World, marta: Database, ana: Database) -> None:
    eva = somebody("commercial", "Eva Sosa", "91168007105", email="eva@example.com")
    assert counted(bring(marta, [company(1, somebody(), eva), company(2, somebody("billing"))])[0]) == "2 created"
    assert stored(world, 1, "kind, name, tax_id, management_unit, service_status") == (
        *("organisation", "Sur 1 SA", "30671220001", "UG-04", "active"),
    )
    assert assisted(world) == [(1, "commercial", "Eva Sosa"), (1, "functional", "Ana Paz"), (2, "billing", "Ana Paz")]
    assert len(people(world)) == 2
    (hit,) = assistants.companies_by_number(ana, "1001")
    assert [one.name for one in assistants.company(ana, hit.company_id).assistants] == ["Ana Paz", "Eva Sosa"]
    assert world.value("SELECT count(*) FROM iduo.case") == 0
    written = "SELECT table_name, count(*) FROM audit.entry GROUP BY table_name"
    logged: dict[str, int] = dict(world.superuser.execute(written).fetchall())
    assert {name: logged[name] for name in ("company", "assistant", "company_assistant")} == {
        "company": 2,
        "assistant": 2,
        "company_assistant": 3,
    }
    told = {name for (name,) in world.superuser.execute("SELECT table_name FROM iduo.change").fetchall()}
    assert {"company", "assistant", "company_assistant", "batch"} <= told


def test_again_and_as_a_trial_changes_nothing(world: World, marta: Database) -> None:
    rows = [company(n, somebody(), somebody("billing", f"Otro {n}", "")) for n in range(1, 6)]
    assert counted(bring(marta, rows, dry_run=True)[0]) == "5 created"
    assert (people(world), assisted(world)) == ([], [])
    bring(marta, rows)
    before = world.value("SELECT count(*) FROM audit.entry WHERE table_name NOT LIKE 'batch%%'")
    assert counted(bring(marta, rows)[0]) == "5 unchanged"
    assert world.value("SELECT count(*) FROM audit.entry WHERE table_name NOT LIKE 'batch%%'") == before
    matched = "SELECT count(*) FROM iduo.batch_row r JOIN iduo.batch b ON b.id = r.batch_id AND b.state = 'applied'"
    assert world.value(f"{matched} WHERE r.payload ? 'matched'") == 0


def test_a_file_of_another_kind_is_another_file(world: World, marta: Database) -> None:
    opened = [batches.open_batch(marta, "x", "a" * 64, uuid4(), kind) for kind in ("companies", "clients", "companies")]
    batches.apply(marta, opened[0].batch_id, False)
    assert batches.open_batch(marta, "x", "a" * 64, uuid4()).already is None
    assert batches.open_batch(marta, "x", "a" * 64, uuid4(), "companies").already is not None
    key = uuid4()
    batches.open_batch(marta, "x", "a" * 64, key)
    with pytest.raises(UserError, match="con otros datos"):
        batches.open_batch(marta, "x", "a" * 64, key, "companies")
    with pytest.raises(UserError, match="no se puede importar"):
        batches.open_batch(marta, "x", "a" * 64, uuid4(), "tickets")


def test_an_empty_cell_leaves_alone(world: World, marta: Database) -> None:
    bring(marta, [company(1, somebody(email="ana@example.com"), document="20111222")])
    empty = {"name": "", "document": "", "tax_id": "", "management_unit": ""}
    assert counted(bring(marta, [company(1, **empty)])[0]) == "1 unchanged"
    assert counted(bring(marta, [company(1, somebody(digits=""), **empty)])[0]) == "1 unchanged"
    assert stored(world, 1, "name, document, management_unit") == ("Sur 1 SA", "20111222", "UG-04")
    assert people(world) == [("Ana Paz", "91140547108", "ana@example.com")]


def test_what_changed_is_changed(world: World, marta: Database) -> None:
    bring(marta, [company(1, somebody(email="ana@example.com")), company(2, somebody())])
    moved = company(1, somebody(digits="91168007105", email="ana@example.com"), management_unit="UG-07")
    assert counted(bring(marta, [moved])[0]) == "1 updated"
    assert people(world) == [("Ana Paz", "91168007105", "ana@example.com")]
    assert stored(world, 1, "management_unit, version") == ("UG-07", 2)
    # somebody else in the role; the company itself is the same
    assert (
        counted(bring(marta, [moved | {"assistants": [somebody(name="Eva", digits="91130000001")]}])[0]) == "1 updated"
    )
    assert assisted(world) == [(1, "functional", "Eva"), (2, "functional", "Ana Paz")]
    assert stored(world, 1, "version") == (2,)


def test_who_is_who(world: World, marta: Database) -> None:
    """By WhatsApp, by mail, by name and role; a shared mailbox makes nobody one."""
    bring(marta, [company(1, somebody(email="a@b.com"), somebody("billing", "Eva", "", email="e@b.com"))])
    bring(marta, [company(2, somebody("commercial", "ANA PAZ", email=""))])
    assert people(world)[0][0] == "ANA PAZ"
    bring(marta, [company(3, somebody("billing", "Eva", "91130000001", email="E@B.com"))])
    bring(marta, [company(4, somebody("billing", "Eva", "")), company(5, somebody("commercial", "ana paz", ""))])
    assert len(people(world)) == 2
    bring(marta, [company(6, somebody("billing", "Luz", "91130000002", email="e@b.com"))])
    bring(marta, [company(7, somebody("functional", "Eva", ""))])
    assert [name for name, _, _ in people(world)] == ["Eva", "Eva", "Luz", "ana paz"]


def test_what_contradicts_itself_settles(world: World, marta: Database) -> None:
    """Whoever sends it: the first row holds, and again is the same again."""
    rows = [
        company(1, somebody(email="a@b.com")),
        company(2, somebody(name="A. Paz", email="otro@b.com")),
        company(3, somebody(name="Ana Paz", digits="91130000001", email="a@b.com")),
        company(4, somebody(digits="")),
    ]
    bring(marta, rows)
    for _ in range(3):
        bring(marta, rows)
    before = people(world), assisted(world)
    totals, _ = bring(marta, rows)
    assert (counted(totals), (people(world), assisted(world))) == ("4 unchanged", before)


def test_what_was_corrected_here_stays_and_is_told(world: World, marta: Database) -> None:
    bring(marta, [company(1)])
    world.superuser.execute("UPDATE iduo.company SET corrected = '{name,management_unit}', management_unit = 'UG-40'")
    totals, told = bring(marta, [company(1, name="Norte SA", tax_id="30999999995")])
    assert counted(totals) == "1 updated"
    assert stored(world, 1, "name, management_unit, tax_id") == ("Sur 1 SA", "UG-40", "30999999995")
    assert told[1].kept == (
        "razón social: acá «Sur 1 SA», en la lista «Norte SA». unidad de gestión: acá «UG-40», en la lista «UG-04»"
    )


def test_a_client_who_is_there_keeps_what_the_list_of_clients_said(world: World, marta: Database) -> None:
    bring_clients(marta, [client(1, number=1001), client(2, number=1002, kind="organisation", name="Vieja")])
    totals, told = bring(marta, [company(1, somebody()), company(2)])
    assert counted(totals) == "2 updated"
    assert stored(world, 1, "kind, client, management_unit") == ("person", "GÓMEZ, Ana 1", "UG-04")
    assert told[1].kept == "razón social: acá «GÓMEZ, Ana 1», en la lista «Sur 1 SA»"
    assert stored(world, 2, "client, service_status, plan") == ("Sur 2 SA", "delinquent", "Fibra 300")
    assert world.value("SELECT count(*) FROM iduo.case") == 2
    before = world.superuser.execute(
        """SELECT before -> 'company' ->> 'name', before -> 'roles' FROM iduo.batch_row
           WHERE before ? 'company' ORDER BY row"""
    )
    assert before.fetchall() == [("", {}), ("Vieja", {})]


def test_doubtful_and_refused_rows_are_told(world: World, marta: Database) -> None:
    rows = [
        company(1),
        company(2, number=1001, name="Otra"),
        company(3, number=None),
        company(4, name=""),
        company(5, warnings=["CUIT «1» no es un DNI ni un CUIT: se importa sin él"]),
        {"row": 6, "outcome": "doubtful", "message": "No se sabe."},
    ]
    totals, told = bring(marta, rows)
    assert counted(totals) == "2 created, 2 doubtful, 2 refused"
    assert {row: one.message for row, one in told.items()} == {
        2: "El número 1001 está también en la fila 1 con otros datos.",
        3: "Falta el número de empresa.",
        4: "Es una empresa nueva y no tiene razón social.",
        5: "CUIT «1» no es un DNI ni un CUIT: se importa sin él",
        6: "No se sabe.",
    }


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_no_table_could_hold_sinks_nothing(world: World, marta: Database, dry_run: bool) -> None:
    strange: list[object] = [None, "x", {}, [1], [[]], [{}], [somebody(), somebody(name="Eva")]]
    strange += [
        [somebody(**values)]
        for values in (
            *({"name": " "}, {"name": "x" * 121}, {"whatsapp": "1" * 61}, {"whatsapp": None}, {"email": "x" * 255}),
            *({"email": None}, {"e164": "x"}, {"role": "king"}, {"role": None}, {"more": "ñ" * 4000}),
        )
    ]
    unfit: list[Row] = [
        {"number": "x"}, {"number": -1}, {"number": 10**17}, {"name": None}, {"name": "x" * 201}, {"warnings": {}},
        {"document": "1" * 21}, {"tax_id": None}, {"management_unit": "x" * 41}, {"management_unit": None},
        {"name": "x" * 30_000}, *({"assistants": people} for people in strange),
    ]  # fmt: skip
    rows = [company(n, **values) for n, values in enumerate(unfit, 1)]
    totals, told = bring(marta, [*rows, company(100, somebody())], dry_run)
    assert {row for row, one in told.items() if one.outcome == "refused"} == set(range(1, len(unfit) + 1))
    assert (totals.created, totals.refused) == (1, len(unfit))
    assert world.value("SELECT count(*) FROM iduo.company") == (0 if dry_run else 1)


def test_texts_of_full_length_are_taken(world: World, marta: Database) -> None:
    long = [
        somebody(role, "ñ" * 120, "", whatsapp="ñ" * 60, email="ñ" * 254) for role in ("functional", "administrative")
    ]
    row = company(1, *long, name="ñ" * 200, management_unit="ñ" * 40)
    assert counted(bring(marta, [row])[0]) == "1 created"
    assert counted(bring(marta, [row])[0]) == "1 unchanged"


def test_operators_may_not(ana: Database) -> None:
    with pytest.raises(UserError, match="permiso"):
        bring(ana, [company(1)])


def test_a_held_row_does_not_sink_the_file(
    world: World, marta: Database, raw: Callable[..., psycopg.Connection]
) -> None:
    bring(marta, [company(1), company(2)])
    rows = [company(1, somebody(), name="Norte"), company(2, somebody(), name="Norte")]
    with raw("ana", "operator") as ana, ana.transaction():
        correct = "SELECT api.correct_company(id, 'street', 'Mitre', 1, gen_random_uuid()) FROM unnest(%s::bigint[]) id"
        ana.execute(correct, [[stored(world, 1, "id")[0]]])
        totals, told = bring(marta, rows)
    assert counted(totals) == "1 updated, 1 refused"
    assert told[1].message == HELD
    assert assisted(world) == [(2, "functional", "Ana Paz")]
    assert counted(bring(marta, rows)[0]) == "1 updated, 1 unchanged"
    assert len(people(world)) == 1


def test_two_imports_at_once(world: World, become: Callable[..., Database]) -> None:
    rows = [company(n, somebody(), somebody("billing", f"Otro {n % 7}", "")) for n in range(1, 201)]
    coordinators = [become(name, "coordinator") for name in ("marta", "carla", "paula")]
    with ThreadPoolExecutor(3) as pool:
        totals = [*pool.map(lambda database: bring(database, rows)[0], coordinators)]
    assert sorted((one.created, one.unchanged) for one in totals) == [(0, 200), (0, 200), (200, 0)]
    assert (len(people(world)), len(assisted(world))) == (8, 400)


def test_how_to_reach_assistants_is_in_nobodys_record(
    world: World, marta: Database, become: Callable[..., Database]
) -> None:
    bring(marta, [company(1, somebody(email="ana@example.com"))])
    kept = world.value("SELECT iduo.record_of(id, '{}')::text FROM iduo.company")
    assert "30671220001" in kept
    assert "ana@example.com" not in kept
