"""What becomes of things in the agenda: done, put off, moved with a reason, taken back; once, however often asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import Busy, UserError
from iduo_desktop.services import agenda, calls, contacts
from iduo_desktop.services.agenda import Item, Scheduled
from iduo_desktop.services.calls import Incoming
from tests.services.helpline import attend, call, followed, somebody, soon, task
from tests.services.refusals import refusal, refused_field
from tests.services.world import World


def test_moved_with_its_history(ana: Database, marta: Database) -> None:
    made, first, second = call(ana), soon(hours=5), soon(hours=9)
    moved = agenda.reschedule(ana, "call", made.id, first, "No puede a esa hora", made.version, uuid4())
    again = agenda.reschedule(marta, "call", made.id, second, "Cambió el turno", moved.version, uuid4())
    told = [(move.before, move.after, move.reason, move.by_name) for move in agenda.moves(ana, "call", made.id)]
    assert told == [(first, second, "Cambió el turno", "Marta"), (made.due_at, first, "No puede a esa hora", "Ana")]
    (item,) = agenda.items(ana, "week")
    assert (item.due_at, item.rings_at, item.moved) == (second, second - timedelta(minutes=10), 2)
    agenda.reopen(marta, "call", made.id, again.version, uuid4())
    (item,) = agenda.items(ana, "week")
    assert (item.due_at, item.moved) == (first, 1)
    assert refused_field(agenda.reschedule, ana, "call", made.id, second, " ", item.version, uuid4())[0] == "reason"
    assert refused_field(agenda.reschedule, ana, "call", made.id, soon(hours=-1), "x", item.version, uuid4())[0] == "at"


def test_a_call_that_was_held_or_not(world: World, ana: Database) -> None:
    done = followed(ana)
    (item,) = agenda.items(ana, "week")
    contacted = world.value("SELECT last_contact_at FROM iduo.case")
    missed = agenda.finish(ana, "call", item.id, False, "No contesta", item.version, uuid4())
    told = "SELECT ARRAY[state, result] FROM iduo.call WHERE id = %s"
    assert world.value(told, item.id) == ["not_held", "No contesta"]
    assert world.value("SELECT last_contact_at FROM iduo.case") == contacted
    back = agenda.reopen(ana, "call", item.id, missed.version, uuid4())
    assert agenda.items(ana, "week") == (replace(item, version=back.version),)
    held = agenda.finish(ana, "call", item.id, True, "Está mejor", back.version, uuid4())
    assert held.due_at < soon(minutes=1)  # when it was held, not when it was planned
    assert world.value("SELECT last_contact_at FROM iduo.case") > contacted
    agenda.reopen(ana, "call", item.id, held.version, uuid4())
    assert world.value("SELECT last_contact_at FROM iduo.case") == contacted
    assert done.follow_up_id == item.id


def test_finished_calls_are_not_the_one_that_goes_on(ana: Database) -> None:
    """What is done with a ticket belongs to the call one is in, never to one out of the agenda."""
    made = call(ana)
    assert refusal(calls.end, ana, made.id, "informed", "", uuid4()) == "Esa llamada está en la agenda: se marca ahí."
    agenda.finish(ana, "call", made.id, True, "", made.version, uuid4())
    assert refusal(calls.end, ana, made.id, "informed", "", uuid4()) == "Esa llamada está en la agenda: se marca ahí."
    card = calls.receive(ana, Incoming("4321", None, "4321"), uuid4())
    assert calls.end(ana, card.id, "informed", "", uuid4()).call_id == card.id


def test_taken_back_by_who_did_it_and_at_once(world: World, ana: Database, juan: Database) -> None:
    made = task(ana, anybody=True)
    assert refusal(agenda.reopen, ana, "task", made.id, 1, uuid4()) == "Solo podés deshacer lo que hiciste vos."
    done = agenda.finish(ana, "task", made.id, False, "", made.version, uuid4())
    assert (
        refusal(agenda.reopen, juan, "task", made.id, done.version, uuid4())
        == "Solo podés deshacer lo que hiciste vos."
    )
    assert refusal(agenda.reopen, ana, "task", made.id, 7, uuid4()) == "Cambió después: ya no se puede deshacer."
    world.age("agenda_event", world.value("SELECT max(id) FROM iduo.agenda_event"), "at", minutes=6)
    assert refusal(agenda.reopen, ana, "task", made.id, done.version, uuid4()).startswith("Ya pasaron más de 5 minutos")


def test_recorded_afterwards(world: World, ana: Database) -> None:
    case = attend(ana, holds_call=False)
    at = soon(minutes=-20)
    made = agenda.record_call(ana, case.case_id, None, at, 12, "outbound", True, "Le fue bien", uuid4())
    told = """SELECT ARRAY[state, direction, note, extract(epoch FROM ended_at - starts_at)::int::text]
              FROM iduo.call WHERE id = %s"""
    assert world.value(told, made.id) == ["held", "outbound", "Le fue bien", "720"]
    assert world.value("SELECT last_contact_at FROM iduo.case") == at
    missed = agenda.record_call(ana, None, case.contact_id, soon(), 0, "inbound", False, "", uuid4())
    assert world.value("SELECT state FROM iduo.call WHERE id = %s", missed.id) == "not_held"
    assert world.value("SELECT count(*) FROM iduo.call_contact") == 2
    for wrong in (soon(hours=1), soon(days=-40)):
        refused = refused_field(agenda.record_call, ana, case.case_id, None, wrong, 1, "outbound", True, "", uuid4())
        assert refused[0] == "at"


def test_who_takes_part(world: World, ana: Database) -> None:
    one, other = (contacts.create(ana, somebody(name), uuid4()).contact_id for name in ("Paz", "Ríos"))
    made = call(ana, contact_id=one, participants=(other, one))
    who = "SELECT array_agg(contact_id ORDER BY contact_id) FROM iduo.call_contact WHERE call_id = %s"
    assert world.value(who, made.id) == sorted((one, other))
    with pytest.raises(UserError):
        call(ana, contact_id=one, participants=(404,))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"at": soon(hours=-1)}, "at"),
        ({"at": soon(days=400)}, "at"),
        ({"direction": "up"}, "direction"),
        ({"remind": -2}, "remind"),
        ({"assignee": "nobody"}, "assignee"),
        ({"assignee": "ghost"}, "assignee"),
        ({"note": "x" * 2001}, "note"),
        ({"case_id": 404}, "case"),
    ],
)
def test_what_is_refused(ana: Database, values: dict[str, Any], field: str) -> None:
    assert refused_field(lambda: call(ana, **values))[0] == field


def test_nothing_without_whom(ana: Database) -> None:
    plan = (ana, None, None, soon(hours=1), "outbound", 10, None, False, "", uuid4())
    assert refused_field(agenda.plan_call, *plan) == ("contact", "Elegí a quién se llama.")
    assert refused_field(lambda: task(ana, " "))[0] == "title"
    assert refusal(agenda.finish, ana, "task", 404, True, "", 1, uuid4()) == "Eso ya no está en la agenda."
    assert refusal(agenda.finish, ana, "party", 1, True, "", 1, uuid4()) == "Eso ya no está en la agenda."


Command = Callable[[Database, Item, UUID, bool], Scheduled]
COMMANDS: dict[str, Command] = {
    "finish": lambda d, i, key, other: agenda.finish(d, i.kind, i.id, True, "otra" if other else "", i.version, key),
    "postpone": lambda d, i, key, other: agenda.postpone(
        d, i.kind, i.id, i.due_at + timedelta(minutes=other), i.version, key
    ),
    "reschedule": lambda d, i, key, other: agenda.reschedule(
        d, i.kind, i.id, i.due_at + timedelta(hours=1), f"por {other}", i.version, key
    ),
    "plan": lambda d, i, key, other: agenda.plan_call(
        d, i.case_id, None, i.due_at, "outbound", 10 + other, None, False, "", key
    ),
    "record": lambda d, i, key, other: agenda.record_call(
        d, i.case_id, None, i.due_at - timedelta(hours=2), 5 + other, "outbound", True, "", key
    ),
    "task": lambda d, i, key, other: agenda.add_task(
        d, f"por {other}", i.due_at, i.case_id, None, 10, None, False, "", key
    ),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_key(world: World, ana: Database, juan: Database, become: Callable[..., Database], name: str) -> None:
    followed(ana, anybody=True)
    (item,) = agenda.items(ana, "week")
    command, key = COMMANDS[name], uuid4()
    before = world.value("SELECT count(*) FROM iduo.call"), world.value("SELECT count(*) FROM iduo.agenda_event")

    def ask(database: Database) -> Scheduled | None:
        try:
            return command(database, item, key, False)
        except Busy:
            return None

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(ask, [become("ana", "operator") for _ in range(3)]))
    first = next(answer for answer in answers if answer is not None and not answer.replayed)
    assert command(ana, item, key, False) == replace(first, replayed=True)
    assert sum(answer is not None and not answer.replayed for answer in answers) == 1
    for database, other in ((ana, True), (juan, False)):
        with pytest.raises(UserError, match="con otros datos"):
            command(database, item, key, other)
    made = world.value("SELECT count(*) FROM iduo.call"), world.value("SELECT count(*) FROM iduo.agenda_event")
    counted = {"plan": (1, 0), "record": (1, 0), "task": (0, 0)}.get(name, (0, 1))
    assert made == (before[0] + counted[0], before[1] + counted[1])


def test_of_two_who_finish_one_is_told(ana: Database, juan: Database, become: Callable[..., Database]) -> None:
    made = task(ana, anybody=True)
    stations = (ana, juan, become("marta", "coordinator"))

    def finish(database: Database) -> str:
        try:
            agenda.finish(database, "task", made.id, True, "", made.version, uuid4())
        except UserError as refused:
            return refused.message
        return "done"

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(finish, stations))
    assert answers.count("done") == 1
    assert all(answer == "done" or "ya lo hizo" in answer for answer in answers)


@pytest.mark.parametrize(
    ("said", "moment", "safe"),
    [
        # 2026-11-23 is a Monday
        ("lun a vie 9 a 12", "2026-11-23 10:00", True),
        ("lun a vie 9 a 12", "2026-11-23 12:00", False),
        ("lun a vie 9 a 12", "2026-11-28 10:00", False),
        ("Lunes a viernes de 9:30 a 12 y de 15 a 18 hs.", "2026-11-24 17:59", True),
        ("Lunes a viernes de 9:30 a 12 y de 15 a 18 hs.", "2026-11-24 09:15", False),
        ("después de las 18", "2026-11-23 18:00", True),
        ("después de las 18", "2026-11-23 17:59", False),
        ("antes de las 12", "2026-11-23 11:59", True),
        ("a la mañana", "2026-11-23 13:00", False),
        ("mañanas", "2026-11-23 09:00", True),
        ("sábados y domingos", "2026-11-29 23:00", True),
        ("fines de semana", "2026-11-27 23:00", False),
        ("entre las 10 y las 12", "2026-11-27 11:00", True),
        ("vie a lun 9 a 12", "2026-11-29 09:00", True),
        ("vie a lun 9 a 12", "2026-11-24 09:00", False),
        ("22 a 6", "2026-11-24 02:00", True),
        ("lun 9 a 12; jue 15 a 18", "2026-11-26 16:00", True),
        ("lun 9 a 12; jue 15 a 18", "2026-11-23 16:00", False),
        ("cuando no está el marido", "2026-11-23 16:00", None),
        ("no llamar los lunes", "2026-11-23 16:00", None),
        ("9 a 12 si está sola", "2026-11-23 10:00", None),
        ("", "2026-11-23 16:00", None),
    ],
)
def test_when_it_is_safe(world: World, said: str, moment: str, safe: bool | None) -> None:
    assert world.value("SELECT iduo.safe_at(%s, (%s || ' -3')::timestamptz)", said, moment) is safe


def test_never_silently_outside_safe_hours(world: World, ana: Database) -> None:
    contact = contacts.create(ana, somebody(), uuid4()).contact_id
    noon = datetime.combine(world.today() + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=15)
    world.superuser.execute("UPDATE iduo.contact SET safe_when = '9 a 11'")
    field, sentence = refused_field(lambda: call(ana, noon, contact_id=contact))
    assert (field, sentence) == (
        "safe_reason",
        "Solo se le puede llamar «9 a 11». Cambiá la hora, o escribí por qué va igual.",
    )
    call(ana, noon, contact_id=contact, direction="inbound")  # she calls
    made = call(ana, noon, contact_id=contact, safe_reason="Lo pidió ella")
    assert world.value("SELECT safe_reason FROM iduo.call WHERE id = %s", made.id) == "Lo pidió ella"
    move = (ana, "call", made.id, noon + timedelta(days=1), "x", made.version, uuid4())
    assert refused_field(agenda.reschedule, *move)[0] == "safe_reason"
    assert agenda.reschedule(*move, "También").version == made.version + 1
    # words that are no hours are shown, and hold up nobody
    world.superuser.execute("UPDATE iduo.contact SET safe_when = 'cuando está sola'")
    call(ana, noon, contact_id=contact)


def test_the_tables_refuse_too(world: World, ana: Database, raw: Callable[..., psycopg.Connection]) -> None:
    made, chore = call(ana), task(ana)
    for change in (
        "UPDATE iduo.call SET starts_at = starts_at + interval '1 hour', version = version + 1",
        "UPDATE iduo.call SET state = 'held', version = version + 1",
        "UPDATE iduo.call SET note = 'x'",
        "UPDATE iduo.task SET due_at = due_at + interval '1 hour', version = version + 1",
        "UPDATE iduo.task SET title = 'x'",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            world.superuser.execute(change)
    person = raw("ana", "operator")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        person.execute("SELECT * FROM iduo.task")
    assert (made.kind, chore.kind) == ("call", "task")
