"""Lists of clients brought in: what is born, what moves, what stays as it was corrected here, what sinks no file."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, cases, companies
from iduo_desktop.services.batches import Applied, Outcome
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

Row = dict[str, Any]
CLOSING = '{"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}'
HELD = "Otra persona lo está cambiando en este momento: volvé a importar el archivo."


def client(number: int, /, **values: Any) -> Row:
    """A row as the reading layer gives it."""
    phone = f"341612{number:04}"
    return {
        "row": number,
        "number": 20000 + number,
        "kind": "person",
        "surname": "Gómez",
        "names": f"Ana {number}",
        "name": "",
        "document": str(20_000_000 + number),
        "tax_id": "",
        "phones": [{"typed": phone, "e164": f"+54{phone}", "search_key": phone, "kind": "fixed", "valid": True}],
        "emails": [{"address": f"A{number}@x.com", "valid": True}],
        "street": "Belgrano 1",
        "locality": "Rosario",
        "province": "",
        "plan": "Fibra 300",
        "status": "delinquent",
        "cutoff_date": "2026-12-01",
        "extended_until": None,
        "debt": "1500.50",
        "note": "",
        "warnings": [],
    } | values


def bring(database: Database, rows: list[Row], dry_run: bool = False) -> tuple[Applied, dict[int, Outcome]]:
    """Import a list; the totals and what is worth a look, by row."""
    sent = json.dumps(rows)
    batch = batches.open_batch(database, "lista.xlsx", hashlib.sha256(sent.encode()).hexdigest(), uuid4()).batch_id
    batches.stage(database, batch, sent)
    totals = batches.apply(database, batch, dry_run)
    assert (
        totals.rows
        == totals.created + totals.updated + totals.unchanged + totals.doubtful + totals.refused
        == len(rows)
    )
    return totals, {one.row: one for one in batches.outcomes(database, batch)}


def counted(totals: Applied) -> str:
    """The totals that are not 0, as in "2 created, 2 cases_opened"."""
    names = ("created", "updated", "unchanged", "doubtful", "refused", "cases_opened", "cases_moved")
    return ", ".join(f"{n} {name}" for name, n in zip(names, astuple(totals)[1:], strict=True) if n)


def of(world: World, number: int, column: str) -> Any:
    """A column of the client with this row's number."""
    return world.value(f"SELECT {column} FROM iduo.company WHERE number = %s", 20000 + number)


def lists(world: World, number: int) -> list[tuple[str, str]]:
    """List and state of the client's cases."""
    query = "SELECT list, state FROM iduo.case WHERE company_id = %s ORDER BY id"
    return world.superuser.execute(query, [of(world, number, "id")]).fetchall()


def the_case(world: World, number: int) -> int:
    """The newest case of the client."""
    return int(world.value("SELECT max(id) FROM iduo.case WHERE company_id = %s", of(world, number, "id")))


def close(world: World, database: Database, number: int, **ago: float) -> None:
    """Close his case, so long ago."""
    case = the_case(world, number)
    cases.take(database, case, uuid4())
    cases.close(database, case, 1, CLOSING, uuid4())
    world.age("case", case, "closed_at", **ago)


def test_clients_are_born_with_a_case(world: World, marta: Database) -> None:
    rows = [client(n, status=status) for n, status in enumerate(("active", "suspended", "delinquent", "withdrawn"), 1)]
    rows[0] |= {"kind": "organisation", "surname": "", "names": "", "name": "Sur SA", "extended_until": "2026-12-05"}
    assert counted(bring(marta, rows)[0]) == "4 created, 4 cases_opened"
    assert [cases.page(marta, row["status"])[0].company_number for row in rows] == [20001, 20002, 20003, 20004]
    card = cases.card(marta, the_case(world, 1))
    assert (card.client, card.debt, card.plan, card.locality) == ("Sur SA", Decimal("1500.50"), "Fibra 300", "Rosario")
    assert (card.cutoff_date, card.extended_until) == (date(2026, 12, 1), date(2026, 12, 5))
    assert card.extension_reason == "Vino en la lista de clientes"
    assert [phone.typed for phone in card.phones] == ["3416120001"]
    assert [email.address for email in card.emails_of_client] == ["A1@x.com"]
    assert cases.timeline(marta, card.company_id)[0].kind == "imported"


def test_the_same_file_twice_changes_nothing(world: World, marta: Database) -> None:
    rows = [client(n) for n in range(1, 6)]
    bring(marta, rows)
    before = world.value("SELECT count(*) FROM audit.entry WHERE table_name NOT LIKE 'batch%%'")
    sha256 = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    assert batches.open_batch(marta, "otra.xlsx", sha256, uuid4()).already is not None
    assert counted(bring(marta, rows)[0]) == "5 unchanged"
    assert world.value("SELECT count(*) FROM audit.entry WHERE table_name NOT LIKE 'batch%%'") == before


def test_the_same_batch_twice_is_applied_once(world: World, marta: Database) -> None:
    key, sha256 = uuid4(), "a" * 64
    batch = batches.open_batch(marta, "x.xlsx", sha256, key)
    assert batches.open_batch(marta, "x.xlsx", sha256, key) == batch
    for _ in range(2):
        batches.stage(marta, batch.batch_id, json.dumps([client(1)]))
    first = batches.apply(marta, batch.batch_id, False)
    assert counted(first) == "1 created, 1 cases_opened"
    assert batches.apply(marta, batch.batch_id, False) == first
    assert refusal(batches.stage, marta, batch.batch_id, "[]") == "Ese lote ya se aplicó."
    with pytest.raises(UserError, match="con otros datos"):
        batches.open_batch(marta, "x.xlsx", "b" * 64, key)


def test_a_trial_changes_nothing_and_is_judged_again(world: World, marta: Database) -> None:
    batch = batches.open_batch(marta, "x.xlsx", "a" * 64, uuid4()).batch_id
    batches.stage(
        marta, batch, json.dumps([client(1), client(2), {"row": 3, "outcome": "refused", "message": "sin número"}])
    )
    trial = batches.apply(marta, batch, True)
    assert counted(trial) == "2 created, 1 refused"
    assert world.value("SELECT count(*) FROM iduo.company") == 0
    bring(marta, [client(1)])
    assert counted(batches.apply(marta, batch, False)) == "1 created, 1 unchanged, 1 refused, 1 cases_opened"
    assert batches.outcomes(marta, batch) == (Outcome(3, "refused", "sin número", ""),)


def test_a_case_moves_only_when_the_status_differs_from_the_last_list(world: World, marta: Database) -> None:
    bring(marta, [client(1), client(2)])
    cases.take(marta, the_case(world, 1), uuid4())
    cases.move(marta, the_case(world, 1), "suspended", "espera factura", None, uuid4())
    # the list says what it said: a move by hand stays
    assert counted(bring(marta, [client(1, debt="99"), client(2)])[0]) == "1 updated, 1 unchanged"
    assert lists(world, 1) == [("suspended", "open")]
    assert cases.card(marta, the_case(world, 1)).debt == 99
    assert (
        counted(bring(marta, [client(1, status="withdrawn"), client(2)])[0]) == "1 updated, 1 unchanged, 1 cases_moved"
    )
    card = cases.card(marta, the_case(world, 1))
    assert (card.list, card.move_reason, card.service_status) == ("withdrawn", None, "withdrawn")
    assert cases.timeline(marta, card.company_id)[0].text == "Suspendidos → Retirados (lista de clientes)"
    # to the list in which he stands already, there is nothing to move
    cases.move(marta, the_case(world, 1), "active", "pagó", None, uuid4())
    assert counted(bring(marta, [client(1, status="active")])[0]) == "1 updated"


def test_a_client_closed_here(world: World, marta: Database) -> None:
    rows = [client(1), client(2), client(3)]
    bring(marta, rows)
    for number, days in ((1, 1), (2, 29), (3, 31)):
        close(world, marta, number, days=days)
    rows[0]["status"] = "active"
    # 1: his status changed; 2: nothing for 30 days; 3: the days have passed
    assert counted(bring(marta, rows)[0]) == "2 updated, 1 unchanged, 2 cases_opened"
    assert lists(world, 1) == [("delinquent", "closed"), ("active", "open")]
    assert lists(world, 2) == [("delinquent", "closed")]
    assert lists(world, 3) == [("delinquent", "closed"), ("delinquent", "open")]
    assert counted(bring(marta, rows)[0]) == "3 unchanged"
    world.set_setting("new_case_after_days", 10)
    assert counted(bring(marta, rows)[0]) == "1 updated, 2 unchanged, 1 cases_opened"


def test_one_open_collection_case_a_client(world: World, marta: Database) -> None:
    bring(marta, [client(1)])
    company = of(world, 1, "id")
    cases.create(marta, company, "Reclamo", "active", False, uuid4())
    assert counted(bring(marta, [client(1, status="suspended")])[0]) == "1 updated, 1 cases_moved"
    assert lists(world, 1) == [("suspended", "open"), ("active", "open")]
    with pytest.raises(psycopg.errors.UniqueViolation):
        world.case(company=company, collection=True)


def test_what_was_corrected_here_stays_and_is_told(world: World, ana: Database, marta: Database) -> None:
    bring(marta, [client(1)])
    company, card = of(world, 1, "id"), cases.card(ana, the_case(world, 1))
    for version, field in enumerate(("street", "locality", "province", "note"), 1):
        companies.correct(ana, company, field, f"{field} de acá", version, uuid4())
    companies.save_phone(ana, company, card.phones[0].id, "0341 421-0000", None, "3414210000", "fixed", True, uuid4())
    companies.save_email(ana, company, card.emails_of_client[0].id, "", False, uuid4())
    brought = client(1, debt="7", street="Otra", locality="Funes", province="Santa Fe", note="x" * 2000)
    totals, told = bring(marta, [brought])
    assert counted(totals) == "1 updated"
    after = cases.card(ana, the_case(world, 1))
    assert (after.street, after.locality) == ("street de acá", "locality de acá")
    assert (after.province, after.note, after.debt) == ("province de acá", "note de acá", Decimal(7))
    assert [phone.typed for phone in after.phones] == ["0341 421-0000"]
    assert after.emails_of_client == ()
    for words in (
        "domicilio: acá «street de acá», en la lista «Otra»",
        "localidad: acá «locality de acá», en la lista «Funes»",
        "provincia: acá «province de acá», en la lista «Santa Fe»",
        "observaciones: acá «note de acá», en la lista «xxx",
        "teléfono: acá «0341 421-0000», en la lista «3416120001»",
        "mail: acá se sacó, en la lista «A1@x.com»",
    ):
        assert words in told[1].kept
    # corrected back to what the list says, there is no difference left
    companies.correct(ana, company, "street", "Otra", after.company_version, uuid4())
    assert "domicilio" not in bring(marta, [brought])[1][1].kept


def test_what_was_not_corrected_follows_the_list(world: World, marta: Database) -> None:
    bring(marta, [client(1, note="vieja")])
    second = client(2)["phones"]
    changed = {"surname": "Paz", "street": "Mitre 2", "note": "nueva", "phones": second, "extended_until": "2026-12-20"}
    bring(marta, [client(1, **changed)])
    card = cases.card(marta, the_case(world, 1))
    assert (card.client, card.street, card.note) == ("PAZ, Ana 1", "Mitre 2", "nueva")
    assert [phone.typed for phone in card.phones] == ["3416120001", "3416120002"]
    assert card.extended_until == date(2026, 12, 20)
    # an empty cell erases nothing
    bring(marta, [client(1, street="", note="")])
    card = cases.card(marta, the_case(world, 1))
    assert (card.street, card.note, card.extended_until) == ("Mitre 2", "nueva", None)


def test_doubtful_and_refused_rows_are_told(world: World, marta: Database) -> None:
    rows = [
        client(1),
        client(2, number=20001, surname="Otro"),
        client(3, number=None),
        client(4, warnings=["la fecha no se entiende", "sin teléfono"]),
        {"row": 5, "outcome": "doubtful", "message": "estado desconocido: «Premium»"},
    ]
    totals, told = bring(marta, rows)
    assert counted(totals) == "2 created, 2 doubtful, 1 refused, 2 cases_opened"
    assert {row: one.message for row, one in told.items()} == {
        2: "El número 20001 está también en la fila 1 con otros datos.",
        3: "Falta el número de cliente.",
        4: "la fecha no se entiende. sin teléfono",
        5: "estado desconocido: «Premium»",
    }


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_row_that_no_table_could_hold_sinks_nothing(world: World, marta: Database, dry_run: bool) -> None:
    phone, email = client(1)["phones"][0], {"address": "a@b.c", "valid": True}
    unfit: list[Row] = [
        {"number": "x"}, {"number": -1}, {"number": 10**17}, {"number": 10**30}, {"number": 1.5}, {"number": [1]},
        {"kind": "other"}, {"status": "premium"}, {"status": None}, {"surname": "x" * 121}, {"names": None},
        {"name": "x" * 201}, {"document": "1" * 21}, {"tax_id": "1" * 21}, {"plan": "x" * 81}, {"street": "x" * 201},
        {"locality": "x" * 121}, {"province": "x" * 81}, {"note": "x" * 2001}, {"note": "x" * 30_000},
        {"cutoff_date": "infinity"}, {"cutoff_date": "2026-02-30"}, {"extended_until": "9999-12-31"},
        {"cutoff_date": "hoy"}, {"debt": "NaN"}, {"debt": "Infinity"}, {"debt": "1e9"}, {"debt": "1" * 13},
        {"debt": "x"}, {"debt": [1]},
        {"phones": None}, {"phones": "x"}, {"phones": {}}, {"phones": [1]}, {"phones": [phone | {"typed": None}]},
        {"phones": [phone | {"typed": "1" * 61}]}, {"phones": [phone | {"e164": "1" * 21}]}, {"warnings": None},
        {"phones": [phone | {"search_key": "1" * 21}]}, {"phones": [phone | {"kind": "x" * 21}]},
        {"phones": [phone | {"valid": "maybe"}]}, {"emails": None}, {"emails": [email | {"address": "x" * 255}]},
        {"emails": [email | {"valid": None}]}, {"emails": [[]]}, {"warnings": "x"}, {"warnings": ["x" * 5000]},
    ]  # fmt: skip
    rows = [client(n, **values) for n, values in enumerate(unfit, 1)]
    totals, told = bring(marta, [*rows, client(100)], dry_run)
    # only endless warnings are cut, and the row taken
    assert {row for row, one in told.items() if one.outcome != "refused"} == {len(unfit)}
    assert (totals.created, totals.refused) == (2, len(unfit) - 1)
    assert world.value("SELECT count(*) FROM iduo.company") == (0 if dry_run else 2)


def test_texts_of_full_length_are_taken(world: World, marta: Database) -> None:
    """Also those whose letters take several bytes, or become two when sorted."""
    wide = {"surname": "ñ" * 120, "names": "Ñ" * 120, "name": "ñ" * 200, "note": "👍" * 2000, "street": "ß" * 200}
    assert (
        counted(bring(marta, [client(1, **wide), client(2, kind="organisation", **wide)])[0])
        == "2 created, 2 cases_opened"
    )
    assert counted(bring(marta, [client(1, **wide | {"debt": "1"})])[0]) == "1 updated"


def test_what_is_no_list_of_rows(world: World, marta: Database) -> None:
    batch = batches.open_batch(marta, "x.xlsx", "a" * 64, uuid4()).batch_id
    strange = "Las filas no se entienden."
    bad: tuple[list[object], ...] = (
        [1],
        [None],
        [{}],
        [{"row": "x"}],
        [{"row": 1.5}],
        [{"row": 10**12}],
        [client(1, outcome="created")],
    )
    for rows in bad:
        assert refusal(batches.stage, marta, batch, json.dumps(rows)) == strange, rows
    for text in ("{}", "null", "1", json.dumps([client(1)] * 5001)):
        assert refusal(batches.stage, marta, batch, text) == "Las filas llegan de a 5000 como mucho."
    assert refusal(batches.open_batch, marta, "x", "xyz", uuid4()) == "Ese archivo no se puede importar así."
    assert refused_field(batches.open_batch, marta, " ", "a" * 64, uuid4())[0] == "file_name"
    assert refused_field(batches.open_batch, marta, "x" * 256, "a" * 64, uuid4())[0] == "file_name"


def test_a_batch_belongs_to_who_opened_it(world: World, marta: Database, admin: Database) -> None:
    batch = batches.open_batch(marta, "x.xlsx", "a" * 64, uuid4()).batch_id
    other = "Ese lote no existe o es de otra persona."
    assert refusal(batches.stage, admin, batch, json.dumps([client(1)])) == other
    assert refusal(batches.apply, admin, batch, False) == other
    assert refusal(batches.apply, marta, 404, False) == other
    assert counted(bring(admin, [client(1)])[0]) == "1 created, 1 cases_opened"


@pytest.mark.parametrize("held", ["company", "case"])
def test_a_held_row_does_not_sink_the_file(
    world: World, marta: Database, raw: Callable[..., psycopg.Connection], held: str
) -> None:
    rows = [client(1), client(2)]
    bring(marta, rows)
    for row in rows:
        row["status"] = "suspended"
    with raw("ana", "operator") as ana, ana.transaction():
        if held == "company":
            correct = "SELECT api.correct_company(%s, 'street', 'Mitre', 1, gen_random_uuid())"
            ana.execute(correct, [of(world, 1, "id")])
        else:
            ana.execute("SELECT api.take_case(%s, gen_random_uuid())", [the_case(world, 1)])
        totals, told = bring(marta, rows)
    assert counted(totals) == "1 updated, 1 refused, 1 cases_moved"
    assert told[1].message == HELD
    assert counted(bring(marta, rows)[0]) == "1 updated, 1 unchanged, 1 cases_moved"


def test_two_imports_at_once(world: World, become: Callable[..., Database]) -> None:
    rows = [client(n) for n in range(1, 201)]
    people = [become(name, "coordinator") for name in ("marta", "carla", "paula")]
    with ThreadPoolExecutor(3) as pool:
        totals = [*pool.map(lambda database: bring(database, rows)[0], people)]
    assert sorted((one.created, one.unchanged) for one in totals) == [(0, 200), (0, 200), (200, 0)]
    assert world.value("SELECT count(*) FROM iduo.case") == 200


def test_an_import_and_a_reopening_at_once_open_one_case(
    world: World, marta: Database, become: Callable[..., Database], people: People
) -> None:
    rows = [client(n) for n in range(1, 31)]
    bring(marta, rows)
    for number in range(1, 31):
        close(world, marta, number, days=40)
    coordinator = become("carla", "coordinator")

    def reopen() -> int:
        done = 0
        for number in range(30, 0, -1):
            # which of the two comes first is chance
            with suppress(UserError):
                cases.reopen(coordinator, the_case(world, number), "siguió", uuid4())
                done += 1
        return done

    with ThreadPoolExecutor(1) as pool:
        reopened = pool.submit(reopen)
        totals, _ = bring(marta, rows)
        opened = totals.cases_opened + reopened.result()
    assert opened == world.value("SELECT count(*) FROM iduo.case WHERE state = 'open'") == 30


def test_outcomes_come_page_by_page(world: World, marta: Database) -> None:
    batch = batches.open_batch(marta, "x.xlsx", "a" * 64, uuid4()).batch_id
    batches.stage(marta, batch, json.dumps([{"row": n, "outcome": "refused", "message": "m"} for n in range(1, 26)]))
    batches.apply(marta, batch, False)
    seen: list[int] = []
    while page := batches.outcomes(marta, batch, after=seen[-1] if seen else 0, limit=10):
        seen += [one.row for one in page]
    assert seen == [*range(1, 26)]
