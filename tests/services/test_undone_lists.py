"""Lists of clients and of companies taken back: every column as it was, what came is gone, what was touched stays."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, cases, companies, tickets
from iduo_desktop.services.batches import UndoneRow
from tests.services.messages import new
from tests.services.refusals import refusal
from tests.services.test_batches import CLOSING, client, counted, of, the_case
from tests.services.test_company_batches import company, somebody
from tests.services.world import World

Row = dict[str, Any]
TABLES = {
    "clients": ("company", "company_phone", "company_email", "extension", "case"),
    "companies": ("company", "company_phone", "company_email", "assistant", "company_assistant"),
}
CHANGED = "Se cambió después de la importación."


def bring(database: Database, rows: list[Row], kind: str = "clients") -> tuple[int, str]:
    """Import a list; the batch, and its totals that are not 0."""
    sent = json.dumps(rows)
    sha256 = hashlib.sha256(sent.encode()).hexdigest()
    batch = batches.open_batch(database, "lista.xlsx", sha256, uuid4(), kind).batch_id
    batches.stage(database, batch, sent)
    return batch, counted(batches.apply(database, batch, False))


def image(world: World, kind: str) -> dict[str, list[Any]]:
    """Every stored column of every row of the tables that such a list changes, but the versions."""
    query = "SELECT to_jsonb(t) - 'version' FROM iduo.{} t ORDER BY to_jsonb(t)::text"
    return {
        table: [row for (row,) in world.superuser.execute(query.format(f'"{table}"')).fetchall()]
        for table in TABLES[kind]
    }


def undone(database: Database, batch: int) -> list[tuple[int, str]]:
    """Take a batch back; the rows that were left alone."""
    return [(one.row, one.what) for one in batches.undo(database, batch, uuid4())]


def other(number: int, /, **values: Any) -> Row:
    """The same client with everything else than before."""
    phones = [
        {"typed": f"341999{number:04}", "e164": None, "search_key": f"341999{number:04}", "kind": "", "valid": False}
    ]
    return client(
        number,
        **(
            {"surname": "Paz", "names": "Eva", "document": "1", "tax_id": "20241189039", "plan": "Otro", "debt": "7.25"}
            | {"street": "Mitre 2", "locality": "Funes", "province": "SF", "note": "nueva", "cutoff_date": None}
            | {"extended_until": "2026-12-20", "status": "suspended", "phones": phones}
            | {"emails": [{"address": f"b{number}@x.com", "valid": True}]}
        )
        | values,
    )


def test_clients_are_as_they_were(world: World, ana: Database, marta: Database) -> None:
    bring(marta, [client(1), client(2, extended_until="2026-12-10"), client(3, debt="0.10", note="ñandú 👍")])
    companies.correct(ana, of(world, 2, "id"), "street", "de acá", of(world, 2, "version"), uuid4())
    cases.move(marta, the_case(world, 3), "withdrawn", "pidió", date(2026, 12, 1), uuid4())
    before = image(world, "clients")
    batch, totals = bring(
        marta, [*(other(n) for n in (1, 2, 3)), client(4), client(5, kind="organisation", name="Sur SA")]
    )
    assert totals == "2 created, 3 updated, 2 cases_opened, 3 cases_moved"
    assert image(world, "clients") != before
    assert undone(marta, batch) == []
    assert image(world, "clients") == before
    # the history says so, the audit log has it all, and the list may come again
    assert any("(se deshizo la lista)" in line.text for line in cases.timeline(ana, of(world, 1, "id")))
    deleted = "SELECT count(*) FROM audit.entry WHERE operation = 'DELETE' AND table_name = %s"
    assert (world.value(deleted, "company"), world.value(deleted, "case")) == (2, 2)
    assert bring(marta, [*(other(n) for n in (1, 2, 3)), client(4)])[1] == (
        "1 created, 3 updated, 1 cases_opened, 3 cases_moved"
    )


def test_what_somebody_touched_since_is_left_alone(world: World, ana: Database, marta: Database) -> None:
    bring(marta, [client(n) for n in range(1, 6)])
    batch, _ = bring(marta, [*(other(n) for n in range(1, 6)), *(client(n) for n in range(6, 12))])
    phones = cases.card(ana, the_case(world, 1)).phones
    companies.save_phone(ana, of(world, 1, "id"), phones[0].id, "0341 1", None, "03411", "", True, uuid4())
    companies.correct(ana, of(world, 2, "id"), "note", "otra", of(world, 2, "version"), uuid4())
    cases.take(ana, the_case(world, 3), uuid4())
    cases.take(ana, the_case(world, 6), uuid4())
    tickets.create(ana, new(company_id=of(world, 7, "id")), uuid4())
    cases.create(marta, of(world, 8, "id"), "Reclamo", "active", False, uuid4())
    bring(marta, [client(9, debt="1"), client(10)])
    left = undone(marta, batch)
    needed = "Ya hay trabajo sobre lo que se creó."
    assert left == [
        *((1, CHANGED), (2, CHANGED), (3, CHANGED), (6, CHANGED), (7, needed)),
        *((8, needed), (9, CHANGED), (10, needed)),
    ]
    assert of(world, 1, "surname") == of(world, 2, "surname") == "Paz"
    assert of(world, 4, "surname") == of(world, 5, "surname") == "Gómez"
    assert world.value("SELECT count(*) FROM iduo.company WHERE number = 20011") == 0
    assert world.value("SELECT count(*) FROM iduo.company") == 10


def test_two_lists_are_taken_back_in_turn(world: World, marta: Database) -> None:
    empty = image(world, "clients")
    first, _ = bring(marta, [client(1), client(2)])
    after_first = image(world, "clients")
    second, _ = bring(marta, [other(1), client(2), client(3)])
    # the first one cannot go before the second
    assert undone(marta, second) == []
    assert image(world, "clients") == after_first
    assert undone(marta, first) == []
    assert image(world, "clients") == empty


def test_a_held_client_is_left_alone(world: World, marta: Database, raw: Callable[..., psycopg.Connection]) -> None:
    bring(marta, [client(1), client(2)])
    batch, _ = bring(marta, [other(1), other(2)])
    with raw("ana", "operator") as ana, ana.transaction():
        ana.execute("SELECT api.take_case(%s, gen_random_uuid())", [the_case(world, 1)])
        assert undone(marta, batch) == [(1, "Otra persona lo está cambiando en este momento.")]
    assert (of(world, 1, "surname"), of(world, 2, "surname")) == ("Paz", "Gómez")


def test_taken_back_twice_and_by_two_at_once(world: World, become: Callable[..., Database]) -> None:
    marta = become("marta", "coordinator")
    bring(marta, [client(n) for n in range(1, 31)])
    before = image(world, "clients")
    batch, _ = bring(marta, [other(n) for n in range(1, 41)])
    people = [marta, become("carla", "coordinator"), become("admin", "admin")]

    def undo(database: Database) -> tuple[UndoneRow, ...] | None:
        try:
            return batches.undo(database, batch, uuid4())
        except UserError:
            return None

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(undo, people), key=str) == [(), None, None]
    assert image(world, "clients") == before


def test_an_import_and_its_undoing_at_once(world: World, marta: Database, become: Callable[..., Database]) -> None:
    """Whichever is first, nobody ends half-way."""
    carla = become("carla", "coordinator")
    bring(marta, [client(n) for n in range(1, 31)])
    batch, _ = bring(marta, [other(n) for n in range(1, 31)])
    with ThreadPoolExecutor(1) as pool:
        back = pool.submit(undone, marta, batch)
        bring(carla, [client(n, surname="Tres") for n in range(1, 31)])
        left = back.result()
    names = world.superuser.execute("SELECT DISTINCT surname, plan FROM iduo.company").fetchall()
    assert set(names) <= {("Tres", "Fibra 300"), ("Gómez", "Fibra 300"), ("Paz", "Otro")}
    assert len(left) in (0, 30)


def test_what_was_cut_half_way_is_not_done(
    world: World, marta: Database, raw: Callable[..., psycopg.Connection]
) -> None:
    bring(marta, [client(1)])
    batch, _ = bring(marta, [other(1), client(2)])
    before = image(world, "clients")
    with raw("marta") as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT api.undo_batch(%s, gen_random_uuid())", [batch])
        connection.execute("ROLLBACK")
    assert image(world, "clients") == before
    assert undone(marta, batch) == []


def test_companies_and_their_assistants_are_as_they_were(world: World, marta: Database) -> None:
    both = somebody(role="administrative", name="Luis Paz", digits="93416120002")
    bring(marta, [company(1, somebody(), both), company(2, somebody())], "companies")
    before = image(world, "companies")
    changed = somebody(name="Ana María Paz", email="ana@x.com")
    fresh = somebody(role="administrative", name="Nueva Sosa", digits="93416120009")
    rows = [
        company(1, changed, fresh, name="Otro SA", tax_id="", management_unit="UG-9"),
        company(2, changed, somebody(role="billing", name="Otra Más", digits="93416120008")),
        company(3, changed, fresh),
    ]
    batch, totals = bring(marta, rows, "companies")
    assert totals == "1 created, 2 updated"
    assert image(world, "companies") != before
    assert undone(marta, batch) == []
    assert image(world, "companies") == before


def test_an_assistant_whom_a_company_keeps_stays(world: World, ana: Database, marta: Database) -> None:
    bring(marta, [company(1, somebody()), company(2)], "companies")
    rows = [company(n, somebody(name="Ana María Paz"), name=f"Otro {n}") for n in (1, 2)]
    batch, _ = bring(marta, rows, "companies")
    number = "SELECT id FROM iduo.company WHERE number = 1002"
    companies.correct(ana, world.value(number), "note", "x", 2, uuid4())
    assert undone(marta, batch) == [(2, CHANGED)]
    assert world.value("SELECT name FROM iduo.assistant") == "Ana María Paz"
    assert world.value("SELECT name FROM iduo.company WHERE number = 1001") == "Sur 1 SA"


def test_what_is_no_longer_kept_is_not_given_back(world: World, marta: Database) -> None:
    bring(marta, [client(1)])
    batch, _ = bring(marta, [other(1)])
    world.superuser.execute("UPDATE iduo.batch_row SET before = NULL, payload = '{}'")
    assert undone(marta, batch) == [(1, "Ya no se guarda cómo estaba.")]


def test_the_board_says_who_may(world: World, ana: Database, marta: Database) -> None:
    batch, _ = bring(marta, [client(1), client(2, number=None), client(1) | {"row": 3}])
    (row,) = batches.board(marta)
    assert (row.id, row.kind, row.state, row.rows, row.answered, row.refused, row.doubtful, row.may_undo) == (
        *(batch, "clients", "applied"),
        *(3, 1, 1, 1, True),
    )
    assert (
        refusal(batches.board, ana)
        == refusal(batches.undo, ana, batch, uuid4())
        == ("No tenés permiso para hacer esto.")
    )


def test_a_held_closed_case_is_not_waited_for(
    world: World, ana: Database, marta: Database, superuser_conninfo: str
) -> None:
    """It follows its client, so it would be; who holds it may wait for a case that the undoing has."""
    bring(marta, [client(1), client(2)])
    case = the_case(world, 1)
    cases.take(ana, case, uuid4())
    cases.close(ana, case, 1, CLOSING, uuid4())
    batch, _ = bring(marta, [other(1), other(2)])
    with psycopg.connect(superuser_conninfo) as holder:
        holder.execute("SELECT FROM iduo.case c WHERE c.id = %s FOR NO KEY UPDATE", [case])
        assert undone(marta, batch) == [(1, "Otra persona lo está cambiando en este momento.")]
