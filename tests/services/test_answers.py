"""Answers that come back: each row with its outcome, none of them twice, both visible where they contradict."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import answers, batches, sending, tickets
from iduo_desktop.services.answers import AnswerOutcome, AnswersApplied
from iduo_desktop.services.sending import SentTicket
from tests.people import People
from tests.services.messages import taken
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

Row = dict[str, Any]
SHA = hashlib.sha256(b"x").hexdigest()


def out(ana: Database, marta: Database, count: int = 3) -> tuple[SentTicket, ...]:
    """So many messages that went out in a batch, as they stand in it."""
    for n in range(count):
        taken(ana, text=f"mensaje {n}")
    batch = sending.prepare(marta, None, None, uuid4()).batch_id
    sending.send(marta, batch, "lote.xlsx", SHA, True, uuid4())
    return sending.tickets(marta, batch)


def row(place: int, ticket: SentTicket | int | str | None, answer: str = "Ya está.", /, **values: Any) -> Row:
    """A row as the reading layer gives it; with the code of a ticket that was sent."""
    number = ticket.number if isinstance(ticket, SentTicket) else ticket
    code = ticket.code if isinstance(ticket, SentTicket) else None
    return {"row": place, "number": number, "code": code, "answer": answer, "answered_on": None} | values


def staged(database: Database, rows: list[Row], of_batch: int | None = None) -> int:
    """A batch of answers that is ready to be applied."""
    sent = json.dumps(rows)
    sha256 = hashlib.sha256(sent.encode()).hexdigest()
    batch = answers.open_answers(database, "respuestas.xlsx", sha256, of_batch, uuid4()).batch_id
    batches.stage(database, batch, sent)
    return batch


def bring(
    database: Database,
    rows: list[Row],
    replace: tuple[int, ...] = (),
    dry_run: bool = False,
    of_batch: int | None = None,
) -> tuple[AnswersApplied, dict[int, AnswerOutcome]]:
    """Import answers; the totals, and every row."""
    batch = staged(database, rows, of_batch)
    totals = answers.apply(database, batch, replace, dry_run)
    assert totals.rows == sum(astuple(totals)[1:6]) == len(rows)
    return totals, {one.row: one for one in answers.outcomes(database, batch)}


def outcomes(told: dict[int, AnswerOutcome]) -> list[str]:
    """The outcome of each row."""
    return [one.outcome for one in told.values()]


def test_every_outcome(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    rita = become("rita", "answerer")
    sent = out(ana, marta, 8)
    for place in (1, 2, 3):
        tickets.answer(rita, (sent[place].ticket_id,), "De antes", uuid4())
    for place in (2, 3):
        tickets.communicate(
            ana, sent[place].ticket_id, "Ana", tickets.card(ana, sent[place].ticket_id).version, uuid4()
        )
    rows = [
        row(1, sent[0]),
        row(2, sent[1], "De  antes\r\n"),
        row(3, sent[1], "Otra"),
        row(4, sent[2], "Otra"),
        row(5, sent[3], "De antes"),
        row(6, sent[4], code=sent[5].code),
        row(7, 999999),
        row(8, sent[6], "  "),
        {"row": 9, "outcome": "refused", "message": "La fecha no se entiende."},
        row(10, None),
        row(11, sent[7], "x" * 4001),
        row(12, "no sé"),
    ]
    for dry_run in (True, False):
        totals, told = bring(marta, rows, dry_run=dry_run, of_batch=1)
        assert outcomes(told) == [
            *("answered", "same", "conflict", "wrong_state", "same", "wrong_code"),
            *("unknown", "empty", "refused", "unknown", "refused", "unknown"),
        ]
        assert astuple(totals)[:6] == (12, 1, 2, 1, 1, 7)
        assert (told[3].before, told[3].answer, told[3].message) == ("De antes", "Otra", "Ya tiene otra respuesta.")
        assert (told[4].before, told[4].message) == ("De antes", "Ya se le comunicó otra respuesta.")
        assert told[9].message == "La fecha no se entiende."
        assert told[10].message == "Falta el número de ticket."
    card = tickets.card(ana, sent[0].ticket_id)
    assert (card.state, card.answer, card.answered_by) == ("awaiting_communication", "Ya está.", "Marta")
    assert (card.events[-1].kind, card.events[-1].text, card.events[-1].by_name) == ("answered", "Ya está.", "Marta")
    assert tickets.card(ana, sent[1].ticket_id).answer == "De antes"


def test_a_trial_changes_nothing(world: World, ana: Database, marta: Database) -> None:
    sent = out(ana, marta)
    counts = "SELECT count(*) FROM audit.entry WHERE table_name NOT LIKE 'batch%%'"
    before = world.value(counts)
    bring(marta, [row(n, one) for n, one in enumerate(sent, 1)], dry_run=True)
    assert world.value(counts) == before


def test_the_same_file_twice(world: World, ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    sent = out(ana, marta)
    rows = [row(n, one) for n, one in enumerate(sent, 1)]
    first, _ = bring(marta, rows)
    assert (first.answered, first.already) == (3, None)
    # one was sent back since: the same file does not bring the same answer again
    tickets.send_back(ana, sent[0].ticket_id, "no sirve", uuid4())
    tickets.communicate(ana, sent[1].ticket_id, "Ana", tickets.card(ana, sent[1].ticket_id).version, uuid4())
    events = world.value("SELECT count(*) FROM iduo.ticket_event")
    again, told = bring(become("carla", "coordinator"), rows)
    assert (again.answered, again.same) == (0, 3)
    assert again.already is not None
    assert outcomes(told) == ["same"] * 3
    assert world.value("SELECT count(*) FROM iduo.ticket_event") == events
    # another file may
    assert bring(marta, [row(1, sent[0], "Ya está."), row(2, sent[1])])[0].answered == 1


def test_applied_once_however_often_it_is_asked(world: World, ana: Database, marta: Database) -> None:
    sent = out(ana, marta)
    batch = staged(marta, [row(n, one) for n, one in enumerate(sent, 1)])
    first = answers.apply(marta, batch, (), False)
    assert answers.apply(marta, batch, (1, 2, 3), False) == answers.apply(marta, batch, (), True) == first
    assert world.value("SELECT count(*) FROM iduo.ticket_event WHERE kind = 'answered'") == 3
    assert refusal(batches.stage, marta, batch, json.dumps([row(9, sent[0])])) == "Ese lote ya se aplicó."
    assert refusal(batches.correct, marta, batch, json.dumps([row(1, sent[0])])) == "Ese lote ya se aplicó."
    assert refusal(batches.omit, marta, batch, (1,)) == "Ese lote ya se aplicó."


def test_one_ticket_in_several_rows(world: World, ana: Database, marta: Database) -> None:
    one, two, three = out(ana, marta)
    rows = [
        *(row(1, one, "A"), row(2, one, "A"), row(3, one, "B")),
        *(row(4, two, ""), row(5, two, "C"), row(6, two, code="X")),
        *(row(7, three, "D"), row(8, three, "E"), row(9, three, "F")),
    ]
    _, told = bring(marta, rows, dry_run=True)
    assert outcomes(told) == [
        *("answered", "same", "conflict", "empty", "answered", "wrong_code"),
        *("answered", "conflict", "conflict"),
    ]
    assert (told[3].before, told[3].message) == ("A", "En la fila 1 tiene otra respuesta.")
    totals, told = bring(marta, rows, replace=(8,))
    assert [told[place].outcome for place in (7, 8, 9)] == ["conflict", "answered", "conflict"]
    assert (totals.answered, totals.conflict) == (3, 3)
    assert tickets.card(ana, three.ticket_id).answer == "E"


def test_an_answer_is_replaced_only_where_it_was_said(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    sent = out(ana, marta)
    bring(marta, [row(n, one, "vieja") for n, one in enumerate(sent, 1)])
    tickets.communicate(ana, sent[2].ticket_id, "Ana", tickets.card(ana, sent[2].ticket_id).version, uuid4())
    _, told = bring(marta, [row(n, one, "nueva") for n, one in enumerate(sent, 1)], replace=(2, 3, 77))
    assert outcomes(told) == ["conflict", "answered", "wrong_state"]
    assert [tickets.card(ana, one.ticket_id).answer for one in sent] == ["vieja", "nueva", "vieja"]
    # what it was before stays visible, beside and in the history
    assert told[2].before == "vieja"
    assert [event.text for event in tickets.card(ana, sent[1].ticket_id).events if event.kind == "answered"] == [
        *("vieja", "nueva"),
    ]


def test_numbers_as_people_type_them(world: World, ana: Database, marta: Database) -> None:
    world.set_setting("ticket_check_digit", True)
    one, two, three, four, five = out(ana, marta, 5)
    number, check = one.number, one.check
    wrong = "0" if two.check != "0" else "1"
    spoken = f"{number // 1000} {number % 1000:03}-{check}"
    rows = [
        row(1, one, number=spoken),
        row(2, two, number=f"{two.number}-{wrong}", code=None),
        row(3, three, number=f"{three.number}{three.check}"),
        row(4, four, number=float(four.number)),
        row(5, five, number=f"Nro {five.number}"),
        row(6, number, number="-5"),
        row(7, number, number="1" * 30),
        row(8, number, number=10**20),
        row(9, number, number=1.5),
        row(10, number, number=[1]),
        row(11, number, number={"a": 1}),
        row(12, number, number=True),
    ]
    _, told = bring(marta, rows)
    assert outcomes(told)[:5] == ["answered", "unknown", "answered", "answered", "answered"]
    assert outcomes(told)[5:] == ["unknown"] * 7
    assert told[2].suggestion == f"{two.number // 1000} {two.number % 1000:03}-{two.check}"


def test_a_near_number_is_suggested(world: World, ana: Database, marta: Database) -> None:
    sent = out(ana, marta, 12)
    target = sent[9]  # 100010
    digits = str(target.number)
    swapped = digits[:3] + digits[4] + digits[3] + digits[5:]
    _, told = bring(marta, [row(1, swapped), row(2, 987654321), row(3, sent[0], code=sent[4].code)], of_batch=1)
    assert outcomes(told) == ["unknown", "unknown", "wrong_code"]
    assert (told[1].number, told[1].suggestion) == (int(swapped), f"100 {target.number % 1000:03}")
    assert told[2].suggestion == ""
    # the code says whose answer it is
    assert told[3].suggestion == f"100 {sent[4].number % 1000:03}"


def test_codes(world: World, ana: Database, marta: Database) -> None:
    sent = out(ana, marta, 4)
    never = taken(ana)
    rows = [
        row(1, sent[0], code=sent[0].code.lower() + " "),
        row(2, sent[1], code=""),
        row(3, sent[2], code=None),
        row(4, never.number, code="BCDFGH"),
        row(5, sent[3], code="ZZZZZZ" * 50),
    ]
    _, told = bring(marta, rows, of_batch=1)
    assert outcomes(told) == ["answered", "wrong_code", "answered", "wrong_code", "wrong_code"]
    # one that never went out may be answered by a list of somebody's own
    assert bring(marta, [row(1, never.number)])[0].answered == 1
    assert refusal(answers.open_answers, marta, "x", SHA, 404, uuid4()) == (
        "El archivo dice que responde al lote 404, que no se envió desde acá."
    )


def test_a_ticket_of_two_batches_takes_the_code_of_either(world: World, ana: Database, marta: Database) -> None:
    one, two = out(ana, marta, 2)
    tickets.insist(ana, one.ticket_id, "apura", uuid4())
    (again,) = out(ana, marta, 0)
    assert again.code != one.code
    _, told = bring(marta, [row(1, one, "de la primera"), row(2, again, "de la segunda"), row(3, two)], of_batch=1)
    assert outcomes(told) == ["answered", "conflict", "answered"]


def test_the_day_of_the_answer(world: World, ana: Database, marta: Database) -> None:
    one, two, three, four, five = out(ana, marta, 5)
    for ticket in (one, two):
        world.age("ticket", ticket.ticket_id, "at", days=10)
    day = world.today().toordinal()
    days = [type(world.today()).fromordinal(day + shift).isoformat() for shift in (-3, -30, 0, 1)]
    rows = [
        row(1, one, answered_on=days[0]),
        row(2, two, answered_on=days[1]),
        row(3, three, answered_on=days[2]),
        row(4, four, answered_on=days[3]),
        row(5, five, answered_on="ayer"),
    ]
    _, told = bring(marta, rows)
    assert outcomes(told) == ["answered", "answered", "answered", "refused", "refused"]
    assert told[4].message == "La fecha de respuesta no puede ser."
    local = (
        "SELECT (answered_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date::text FROM iduo.ticket WHERE id = %s"
    )
    assert world.value(local, one.ticket_id) == days[0]
    # never before the message itself, never later than now
    assert world.value("SELECT answered_at = at FROM iduo.ticket WHERE id = %s", two.ticket_id)
    assert world.value("SELECT answered_at <= clock_timestamp() FROM iduo.ticket WHERE id = %s", three.ticket_id)


def test_a_held_ticket_does_not_sink_the_file(
    world: World, ana: Database, marta: Database, raw: Callable[..., psycopg.Connection]
) -> None:
    sent = out(ana, marta)
    rows = [row(n, one) for n, one in enumerate(sent, 1)]
    with raw("juan", "operator") as juan, juan.transaction():
        juan.execute("SELECT api.insist_ticket(%s, 'apura', gen_random_uuid())", [sent[1].ticket_id])
        totals, told = bring(marta, rows)
    assert outcomes(told) == ["answered", "busy", "answered"]
    assert (totals.answered, totals.doubtful) == (2, 1)
    assert outcomes(bring(marta, rows)[1]) == ["same", "answered", "same"]


def test_two_imports_at_once(world: World, ana: Database, become: Callable[..., Database]) -> None:
    marta = become("marta", "coordinator")
    sent = out(ana, marta, 40)
    rows = [row(n, one) for n, one in enumerate(sent, 1)]
    people = [marta, become("carla", "coordinator"), become("admin", "admin")]
    with ThreadPoolExecutor(3) as pool:
        totals = [*pool.map(lambda database: bring(database, rows)[0], people)]
    assert sum(one.answered for one in totals) == 40
    assert world.value("SELECT count(*) FROM iduo.ticket_event WHERE kind = 'answered'") == 40


def test_rows_are_corrected_and_left_out(world: World, ana: Database, marta: Database) -> None:
    one, two, three = out(ana, marta)
    batch = staged(marta, [row(1, 999), row(2, two, ""), row(3, three), {"row": 4, "outcome": "refused"}], of_batch=1)
    assert answers.apply(marta, batch, (), True).refused == 3
    corrected = [row(1, one.number, code=None), row(4, two, "ahora sí"), row(77, two)]
    assert batches.correct(marta, batch, json.dumps(corrected)).staged == 4
    assert batches.omit(marta, batch, (2, 88)).staged == 3
    totals = answers.apply(marta, batch, (), False)
    assert (totals.rows, totals.answered) == (3, 3)
    assert refusal(batches.correct, marta, 404, "[]") == "Ese lote no existe o es de otra persona."


def test_a_batch_of_answers_is_taken_back(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    sent = out(ana, marta, 4)
    never = taken(ana)
    bring(marta, [row(1, sent[3], "vieja")])
    columns = "SELECT to_jsonb(t) - 'version' FROM iduo.ticket t ORDER BY id"
    before = world.superuser.execute(columns).fetchall()
    rows = [row(n, one, "nueva") for n, one in enumerate(sent, 1)]
    batch = staged(marta, [*rows, row(5, never.number)])
    assert answers.apply(marta, batch, (4,), False).answered == 5
    tickets.communicate(ana, sent[1].ticket_id, "Ana", tickets.card(ana, sent[1].ticket_id).version, uuid4())
    tickets.send_back(ana, sent[2].ticket_id, "no", uuid4())
    tickets.add_note(ana, sent[0].ticket_id, "una nota no cambia nada", uuid4())
    carla = become("carla", "coordinator")
    left = batches.undo(carla, batch, uuid4())
    assert [(one.row, one.what) for one in left] == [(2, "Ya se comunicó."), (3, "El ticket cambió después.")]
    after = world.superuser.execute(columns).fetchall()
    assert [after[n] for n in (0, 3, 4)] == [before[n] for n in (0, 3, 4)]
    assert [event.undone for event in tickets.card(ana, sent[0].ticket_id).events if event.kind == "answered"] == [True]
    (board, *_) = batches.board(marta)
    assert (board.kind, board.state, board.answered, board.rows, board.may_undo) == ("answers", "undone", 5, 5, False)
    # the same file may come again now
    assert bring(marta, [*rows, row(5, never.number)], (4,))[0].answered == 4


def test_what_is_no_batch_of_answers(world: World, ana: Database, marta: Database) -> None:
    (sent,) = out(ana, marta, 1)
    assert refusal(answers.apply, marta, 1, (), False) == "Ese lote no trae respuestas."
    assert refusal(answers.apply, marta, 404, (), False) == "Ese lote no existe o es de otra persona."
    assert answers.outcomes(marta, 1) == ()
    assert refusal(answers.open_answers, marta, "x", "xyz", None, uuid4()) == "Ese archivo no se puede importar así."
    assert refused_field(answers.open_answers, marta, " ", SHA, None, uuid4())[0] == "file_name"
    key = uuid4()
    opened = answers.open_answers(marta, "x.xlsx", SHA, 1, key)
    assert answers.open_answers(marta, "x.xlsx", SHA, 1, key) == opened
    assert refusal(answers.open_answers, marta, "x.xlsx", SHA, None, key).startswith("Esto ya se había guardado")
    batches.stage(marta, opened.batch_id, json.dumps([row(1, sent, "👍" * 4000)]))
    assert answers.apply(marta, opened.batch_id, (), False).answered == 1
    assert sent.ticket_id


@pytest.mark.parametrize("odd", ["NULL", "'{}'", "'{NULL}'", "'{{1,2},{3,4}}'"])
def test_nothing_is_written_unless_it_is_said(
    world: World, ana: Database, marta: Database, raw: Callable[..., psycopg.Connection], odd: str
) -> None:
    (sent,) = out(ana, marta, 1)
    batch = staged(marta, [row(1, sent)])
    raw("marta").execute(f"SELECT api.apply_answers({batch}, {odd}, NULL)")
    assert world.value("SELECT state FROM iduo.ticket") == "awaiting_answer"


def test_what_was_cut_half_way_is_not_done(
    world: World, ana: Database, marta: Database, raw: Callable[..., psycopg.Connection]
) -> None:
    sent = out(ana, marta)
    batch = staged(marta, [row(n, one) for n, one in enumerate(sent, 1)])
    with raw("marta") as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT api.apply_answers(%s, '{}', false)", [batch])
        connection.execute("ROLLBACK")
    assert world.value("SELECT count(*) FROM iduo.ticket WHERE state = 'awaiting_answer'") == 3
    assert answers.apply(marta, batch, (), False).answered == 3


def test_it_is_audited_and_told(world: World, ana: Database, marta: Database, people: People) -> None:
    sent = out(ana, marta, 60)
    world.superuser.execute("DELETE FROM iduo.change")
    bring(marta, [row(n, one) for n, one in enumerate(sent, 1)])
    told = world.superuser.execute("SELECT DISTINCT table_name, id IS NULL FROM iduo.change").fetchall()
    # many at once are told as one
    assert {("ticket", True), ("ticket_event", True), ("batch", False)} <= set(told)
    audited = """SELECT count(*) FROM audit.entry WHERE table_name = 'ticket' AND actor = %s
                 AND after ->> 'state' = 'awaiting_communication' AND before ->> 'state' = 'awaiting_answer'"""
    assert world.value(audited, people.add("marta")) == 60
