"""The day's batch: what goes out, once, in one file; what was said since goes out again; it can be taken back."""

import hashlib
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import batches, sending, tickets
from iduo_desktop.services.sending import Prepared, Sent
from tests.services.messages import answered, taken
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

SHA = hashlib.sha256(b"x").hexdigest()
EXPIRED = "Ese lote venció sin enviarse: exportá de nuevo."


def prepared(database: Database, **days: Any) -> Prepared:
    """A batch that is ready to be written."""
    return sending.prepare(database, days.get("first"), days.get("last"), uuid4())


def sent(database: Database, move: bool = True) -> int:
    """The id of a batch that went out with all there was."""
    batch = prepared(database).batch_id
    sending.send(database, batch, "lote.xlsx", SHA, move, uuid4())
    return batch


def states(world: World) -> dict[int, str]:
    """The state of each ticket."""
    return dict(world.superuser.execute("SELECT id, state FROM iduo.ticket ORDER BY id").fetchall())


def test_what_is_open_goes_out_once(world: World, ana: Database, marta: Database) -> None:
    ids = [taken(ana, text=f"uno {n}").ticket_id for n in range(3)]
    first = prepared(marta)
    assert (first.tickets, first.again) == (3, 0)
    rows = sending.tickets(marta, first.batch_id)
    assert [row.ticket_id for row in rows] == ids
    assert [row.row for row in rows] == [1, 2, 3]
    assert all(re.fullmatch("[BCDFGHJKLMNPQRST]{6}", row.code) for row in rows)
    assert len({row.code for row in rows}) == 3
    assert (rows[0].text, rows[0].surname, rows[0].phone, rows[0].remark, rows[0].again) == (
        *("uno 0", "Gómez", "4321-5678"),
        *("", False),
    )
    assert set(states(world).values()) == {"open"}
    done = sending.send(marta, first.batch_id, "lote.xlsx", SHA, True, uuid4())
    assert done == Sent(first.batch_id, 3, 0, False)
    assert set(states(world).values()) == {"awaiting_answer"}
    assert prepared(marta).tickets == 0
    events = tickets.card(ana, ids[0]).events
    assert (events[-1].kind, events[-1].text) == ("exported", f"lote {first.batch_id}")
    # the same at any time, whatever becomes of the tickets
    tickets.insist(ana, ids[1], "sigue igual", uuid4())
    assert sending.tickets(marta, first.batch_id) == rows


def test_the_rows_come_page_by_page(world: World, ana: Database, marta: Database) -> None:
    for n in range(7):
        taken(ana, text=f"{n}")
    batch = prepared(marta).batch_id
    seen: list[int] = []
    while page := sending.tickets(marta, batch, seen[-1] if seen else 0, 3):
        seen += [row.row for row in page]
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_what_was_insisted_on_goes_out_again_with_the_new_remark(world: World, ana: Database, marta: Database) -> None:
    one, two = taken(ana).ticket_id, taken(ana).ticket_id
    tickets.insist(ana, two, "antes de salir", uuid4())
    first = prepared(marta)
    assert [row.remark for row in sending.tickets(marta, first.batch_id)] == ["", "antes de salir"]
    sending.send(marta, first.batch_id, "a.xlsx", SHA, True, uuid4())
    tickets.insist(ana, one, "llamó otra vez", uuid4())
    tickets.insist(ana, one, "y otra", uuid4())
    again = prepared(marta)
    assert (again.tickets, again.again) == (1, 1)
    (row,) = sending.tickets(marta, again.batch_id)
    assert (row.ticket_id, row.again, row.remark) == (one, True, "llamó otra vez\ny otra")
    assert sending.send(marta, again.batch_id, "b.xlsx", SHA, True, uuid4()) == Sent(again.batch_id, 0, 0, False)
    assert states(world) == {one: "awaiting_answer", two: "awaiting_answer"}
    assert prepared(marta).tickets == 0


def test_an_answer_that_was_sent_back_goes_out_again_with_the_reason(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    one = taken(ana).ticket_id
    sent(marta)
    tickets.answer(become("rita", "answerer"), (one,), "Que espere", uuid4())
    tickets.send_back(ana, one, "pregunta hasta cuándo", uuid4())
    again = prepared(marta)
    assert [(row.ticket_id, row.remark) for row in sending.tickets(marta, again.batch_id)] == [
        (one, "pregunta hasta cuándo")
    ]


def test_what_the_back_office_took_does_not_go_out(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    rita = become("rita", "answerer")
    one = taken(ana).ticket_id
    tickets.take(rita, one, uuid4())
    tickets.insist(ana, one, "apura", uuid4())
    answered(ana, rita)
    assert prepared(marta).tickets == 0


def test_between_two_days(world: World, ana: Database, marta: Database) -> None:
    old, new = taken(ana).ticket_id, taken(ana).ticket_id
    world.age("ticket", old, "at", days=10)
    today = world.today()
    ten = today - timedelta(10)

    def found(**days: Any) -> list[int]:
        return [row.ticket_id for row in sending.tickets(marta, prepared(marta, **days).batch_id)]

    assert found(first=today) == [new]
    assert found(first=ten - timedelta(1), last=ten + timedelta(1)) == [old]
    assert found(last=ten - timedelta(5)) == []
    assert found() == [old, new]
    assert refused_field(sending.prepare, marta, today, ten, uuid4())[0] == "last"


def test_what_changed_meanwhile_is_left(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    rita = become("rita", "answerer")
    ids = [taken(ana).ticket_id for _ in range(4)]
    batch = prepared(marta).batch_id
    tickets.take(rita, ids[0], uuid4())
    tickets.answer(rita, (ids[1],), "listo", uuid4())
    tickets.insist(ana, ids[2], "apura", uuid4())
    assert sending.send(marta, batch, "a.xlsx", SHA, True, uuid4()) == Sent(batch, 2, 2, False)
    assert [*states(world).values()] == [
        *("awaiting_answer", "awaiting_communication"),
        *("awaiting_answer", "awaiting_answer"),
    ]
    # what was said between the two is not in the file, so it goes out with the next one
    assert [(row.ticket_id, row.remark) for row in sending.tickets(marta, prepared(marta).batch_id)] == [
        (ids[2], "apura")
    ]


def test_without_moving_they_stay_open_and_are_not_sent_twice(world: World, ana: Database, marta: Database) -> None:
    one = taken(ana).ticket_id
    batch = sent(marta, move=False)
    assert states(world) == {one: "open"}
    assert prepared(marta).tickets == 0
    assert batches.undo(marta, batch, uuid4()) == ()
    assert prepared(marta).tickets == 1


def test_the_same_key(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    taken(ana)
    key, send_key = uuid4(), uuid4()
    first = sending.prepare(marta, None, None, key)
    assert sending.prepare(marta, None, None, key) == first
    other = "Esto ya se había guardado, con otros datos. Cerrá el formulario y fijate cómo quedó."
    assert refusal(sending.prepare, marta, world.today(), None, key) == other
    assert refusal(sending.prepare, become("carla", "coordinator"), None, None, key) == other
    done = sending.send(marta, first.batch_id, "a.xlsx", SHA, True, send_key)
    assert sending.send(marta, first.batch_id, "a.xlsx", SHA, True, send_key) == replace(done, replayed=True)
    assert refusal(sending.send, marta, first.batch_id, "b.xlsx", SHA, True, send_key) == other
    assert refusal(sending.send, marta, first.batch_id, "a.xlsx", SHA, True, uuid4()) == "Ese lote ya se envió."
    assert sending.prepare(marta, None, None, key) == first
    assert world.value("SELECT count(*) FROM iduo.ticket_event WHERE kind = 'exported'") == 1


def test_one_that_was_never_sent_does_not_block_the_next(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    taken(ana)
    carla = become("carla", "coordinator")
    key = uuid4()
    first = sending.prepare(marta, None, None, key)
    # while it is fresh its tickets are spoken for
    assert prepared(carla).tickets == 0
    assert refusal(sending.tickets, carla, first.batch_id) == "Ese lote no existe."
    # her own next one takes them over
    second = prepared(marta)
    assert second.tickets == 1
    assert refusal(sending.send, marta, first.batch_id, "a.xlsx", SHA, True, uuid4()) == EXPIRED
    assert refusal(sending.prepare, marta, None, None, key) == EXPIRED
    world.age("batch", second.batch_id, "at", minutes=61)
    assert refusal(sending.send, marta, second.batch_id, "a.xlsx", SHA, True, uuid4()) == EXPIRED
    assert prepared(carla).tickets == 1
    assert world.value("SELECT count(*) FROM iduo.batch WHERE state = 'expired'") == 3


def test_what_cannot_be_sent(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    empty = prepared(marta)
    assert empty.tickets == 0
    assert refusal(sending.send, marta, empty.batch_id, "a.xlsx", SHA, True, uuid4()) == "Ese lote no tiene mensajes."
    taken(ana)
    batch = prepared(marta).batch_id
    assert refusal(sending.send, marta, batch, "a.xlsx", "abc", True, uuid4()) == "Falta la huella del archivo."
    assert refused_field(sending.send, marta, batch, " ", SHA, True, uuid4())[0] == "file_name"
    carla = become("carla", "coordinator")
    not_hers = "Ese lote no existe o es de otra persona."
    assert refusal(sending.send, carla, batch, "a.xlsx", SHA, True, uuid4()) == not_hers
    list_of_clients = batches.open_batch(marta, "x.xlsx", SHA, uuid4()).batch_id
    assert refusal(sending.send, marta, list_of_clients, "a.xlsx", SHA, True, uuid4()) == "Ese lote ya se envió."
    assert refusal(sending.tickets, marta, list_of_clients) == "Ese lote no existe."
    assert refusal(batches.apply, marta, batch, False) == "Ese lote no se aplica así."
    assert refusal(batches.stage, marta, batch, "[]") == "Ese lote ya se aplicó."


def test_two_coordinators_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    """No ticket in two batches that went out, whatever they do at the same moment."""
    people = [become(name, "coordinator") for name in ("marta", "carla", "paula")]
    for _ in range(6):
        for _ in range(8):
            taken(ana)

        def send(database: Database) -> None:
            batch = prepared(database)
            if batch.tickets:
                sending.send(database, batch.batch_id, "a.xlsx", SHA, True, uuid4())

        with ThreadPoolExecutor(3) as pool:
            [*pool.map(send, people)]
    query = """SELECT count(*), count(DISTINCT r.ticket_id) FROM iduo.batch_row r JOIN iduo.batch b ON b.id = r.batch_id
               WHERE b.state = 'sent'"""
    ((rows, distinct),) = world.superuser.execute(query).fetchall()
    assert rows == distinct == 48
    assert world.value("SELECT count(*) FROM iduo.batch_row WHERE held") == 0


def test_the_same_person_twice_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    """Two windows of one person: one of the two batches goes out, the other is told that it expired."""
    windows = [become("marta", "coordinator") for _ in range(2)]
    for _ in range(5):
        for _ in range(5):
            taken(ana)

        def send(database: Database) -> int:
            batch = prepared(database)
            try:
                return sending.send(database, batch.batch_id, "a.xlsx", SHA, True, uuid4()).moved
            except UserError:
                return 0

        with ThreadPoolExecutor(2) as pool:
            moved = [*pool.map(send, windows)]
        if sum(moved) < 5:  # each expired the other's: nothing is lost, the next one takes them
            moved.append(send(windows[0]))
        assert sum(moved) == 5
    assert world.value("SELECT count(*) FROM iduo.ticket_event WHERE kind = 'exported'") == 25


def test_a_batch_is_taken_back(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    rita = become("rita", "answerer")
    ids = [taken(ana).ticket_id for _ in range(4)]
    columns = "SELECT to_jsonb(t) - 'version' FROM iduo.ticket t ORDER BY id"
    before = world.superuser.execute(columns).fetchall()
    batch = sent(marta)
    tickets.answer(rita, (ids[1],), "listo", uuid4())
    tickets.insist(ana, ids[2], "apura", uuid4())
    again = sent(marta)
    key = uuid4()
    left = batches.undo(marta, batch, key)
    assert [(row.number, row.what) for row in left] == [
        (tickets.card(ana, ids[1]).number, "Ya está pendiente de comunicación."),
        (tickets.card(ana, ids[2]).number, "Después salió en otro lote."),
    ]
    assert batches.undo(marta, batch, key) == left
    after = world.superuser.execute(columns).fetchall()
    assert (after[0], after[3]) == (before[0], before[3])
    assert tickets.card(ana, ids[0]).events[-1].undone
    refused = refusal(batches.undo, marta, batch, uuid4())
    assert refused.startswith("Marta ya deshizo ese lote las ")
    # the reiteration goes back to the batch before it
    assert batches.undo(marta, again, uuid4()) == ()
    assert world.value("SELECT batch_out FROM iduo.ticket WHERE id = %s", ids[2]) == batch
    assert prepared(marta).tickets == 3
    assert [(row.id, row.state) for row in batches.board(marta)] == [(again, "undone"), (batch, "undone")]


def test_undone_by_two_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    marta = become("marta", "coordinator")
    for _ in range(20):
        taken(ana)
    batch = sent(marta)
    people = [marta, become("carla", "coordinator"), become("admin", "admin")]

    def undo(database: Database) -> bool:
        try:
            batches.undo(database, batch, uuid4())
        except UserError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(undo, people)) == 1
    assert set(states(world).values()) == {"open"}
    # each moved once there and once back
    assert world.superuser.execute("SELECT DISTINCT version FROM iduo.ticket").fetchall() == [(3,)]


def test_after_thirty_days_it_stays(world: World, ana: Database, marta: Database) -> None:
    taken(ana)
    batch = sent(marta)
    world.age("batch", batch, "applied_at", days=31)
    assert refusal(batches.undo, marta, batch, uuid4()) == ("Pasaron más de 30 días: ese lote ya no se puede deshacer.")
    (row,) = batches.board(marta)
    assert (row.may_undo, row.days) == (False, 31)
    assert refusal(batches.undo, marta, 404, uuid4()) == "Ese lote no existe."
    staging = batches.open_batch(marta, "x.xlsx", SHA, uuid4()).batch_id
    assert refusal(batches.undo, marta, staging, uuid4()) == "Ese lote no se aplicó: no hay nada que deshacer."


def test_the_board(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    ids = [taken(ana).ticket_id for _ in range(3)]
    batch = sent(marta)
    tickets.answer(become("rita", "answerer"), (ids[0],), "listo", uuid4())
    prepared(marta)
    (row,) = batches.board(marta)
    assert (row.id, row.kind, row.state, row.rows, row.answered, row.days) == (batch, "sent", "sent", 3, 1, 0)
    assert (row.by_name, row.may_undo, row.file_name, row.sha256) == ("Marta", True, "lote.xlsx", SHA)
    assert batches.board(marta, before=batch) == ()


def test_the_check_digit_travels_when_there_is_one(world: World, ana: Database, marta: Database) -> None:
    world.set_setting("ticket_check_digit", True)
    made = taken(ana)
    (row,) = sending.tickets(marta, prepared(marta).batch_id)
    assert (row.number, row.check) == (made.number, made.check)
    assert row.check


def test_nobody_moves_tickets_past_the_guard(
    world: World, ana: Database, marta: Database, superuser: psycopg.Connection
) -> None:
    one = taken(ana).ticket_id
    sent(marta)
    for change in ("state = 'open'", "batch_out = NULL, state = 'communicated'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            superuser.execute(f"UPDATE iduo.ticket SET {change}, version = version + 1 WHERE id = {one}")
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute("UPDATE iduo.batch SET state = 'prepared'")
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute("UPDATE iduo.batch SET kind = 'answers'")


def test_a_batch_can_be_read_when_its_persons_were_erased(world: World, ana: Database, marta: Database) -> None:
    taken(ana)
    batch = sent(marta)
    (before,) = sending.tickets(marta, batch)
    world.superuser.execute("UPDATE iduo.batch_row SET payload = '{}', before = NULL")
    (row,) = sending.tickets(marta, batch)
    assert (row.number, row.code, row.text, row.surname) == (before.number, before.code, "(borrado)", "")
    assert [one.what for one in batches.undo(marta, batch, uuid4())] == ["Ya no se guarda cómo estaba."]
