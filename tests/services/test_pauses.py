"""Pauses: nothing rings in one, it ends by itself, and the board knows who is in, on what, and since when."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop import __version__
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import agenda, calls, cases, staff, supervision
from iduo_desktop.services.calls import Incoming
from iduo_desktop.services.supervision import PauseReason, PersonIn, Span
from tests.people import People
from tests.services.helpline import activated, call, soon, task
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

LUNCH = "Almuerzo"


def reason(database: Database, label: str = LUNCH) -> int:
    """The id of a reason by its name."""
    return next(found.id for found in supervision.pause_reasons(database) if found.label == label)


def pause(database: Database, label: str = LUNCH) -> None:
    """Begin one."""
    supervision.begin_pause(database, reason(database, label))


def seen(database: Database, login: str) -> PersonIn:
    """How somebody stands on the board."""
    return next(person for person in supervision.people_in(database, None) if person.login == login)


def taken(world: World, database: Database) -> list[supervision.PauseTaken]:
    """Today's pauses, the newest first."""
    return [*supervision.pauses(database, Span(world.today(), world.today()))]


def beat(superuser: psycopg.Connection) -> None:
    """What the guard does every few seconds, in the name of the guard."""
    with superuser.transaction():
        superuser.execute("SET LOCAL SESSION AUTHORIZATION iduo_guard")
        superuser.execute("SELECT api.guard_beat(clock_timestamp())")


def test_reasons_are_the_administrators(ana: Database, admin: Database) -> None:
    labels = [found.label for found in supervision.pause_reasons(ana)]
    assert labels == [LUNCH, "Descanso", "Baño", "Capacitación", "Reunión"]
    made = supervision.save_pause_reason(admin, None, "Trámite", 30, True)
    assert made == supervision.pause_reasons(ana)[-1]
    off = supervision.save_pause_reason(admin, made.id, "Trámite", None, False)
    assert off == PauseReason(made.id, "Trámite", None, False) == supervision.pause_reasons(admin)[-1]
    assert "Trámite" not in [found.label for found in supervision.pause_reasons(ana)]
    assert refused_field(supervision.begin_pause, ana, made.id) == ("reason", "Elegí el motivo de la pausa.")
    for wrong in ("almuérzo", " ", "x" * 41):
        assert refused_field(supervision.save_pause_reason, admin, None, wrong, 5, True)[0] == "label"
    for minutes in (0, -1, 481):
        assert refused_field(supervision.save_pause_reason, admin, None, "Otro", minutes, True)[0] == "minutes"
    assert refusal(supervision.save_pause_reason, admin, 999, "Otro", 5, True) == "Ese motivo no existe."
    with pytest.raises(UserError):
        supervision.save_pause_reason(ana, None, "Siesta", 60, True)


def test_one_pause_at_a_time(world: World, ana: Database, marta: Database, people: People) -> None:
    assert supervision.my_pause(ana) is None
    supervision.end_pause(ana)
    pause(ana)
    first = supervision.my_pause(ana)
    assert first is not None
    assert (first.label, first.minutes) == (LUNCH, 60)
    pause(ana)
    assert supervision.my_pause(ana) == first
    pause(ana, "Reunión")
    second = supervision.my_pause(ana)
    assert second is not None
    assert (second.label, second.minutes) == ("Reunión", None)
    supervision.end_pause(ana)
    assert supervision.my_pause(ana) is None
    later, earlier = taken(world, marta)
    assert (earlier.label, later.label) == (LUNCH, "Reunión")
    assert earlier.until is not None
    assert earlier.since < earlier.until <= later.since
    assert (earlier.login, earlier.name, earlier.ended_by, earlier.reason) == (people.add("ana"), "Ana", "", "")


def test_a_coordinator_ends_it(world: World, ana: Database, juan: Database, marta: Database, people: People) -> None:
    pause(ana)
    ended = (people.add("ana"), "Hay muchas llamadas")
    with pytest.raises(UserError):
        supervision.end_pause_of(juan, *ended)
    assert refused_field(supervision.end_pause_of, marta, ended[0], " ")[0] == "reason"
    supervision.end_pause_of(marta, *ended)
    assert supervision.my_pause(ana) is None
    (line,) = taken(world, marta)
    assert (line.ended_by, line.reason) == ("Marta", "Hay muchas llamadas")
    assert refusal(supervision.end_pause_of, marta, *ended) == "Ya no está en pausa."
    assert refusal(supervision.end_pause_of, marta, "nobody at all", "x") == "Ya no está en pausa."


def test_nothing_rings(world: World, ana: Database, juan: Database) -> None:
    """What is for whoever is in rings at the others'; one's own waits, and goes to them when it is late."""
    anybody = call(ana, soon(minutes=5), anybody=True)
    mine = task(ana, at=soon(minutes=5))
    for table, item, due in (("call", anybody, "starts_at"), ("task", mine, "due_at")):
        for column in (due, "rings_at"):
            world.age(table, item.id, column, minutes=1)
    assert {item.id for item in agenda.ringing(ana)} == {anybody.id, mine.id}
    pause(ana)
    assert agenda.ringing(ana) == ()
    counts = agenda.counts(ana)
    assert (counts.ringing, counts.next_ring, counts.overdue) == (0, None, 2)
    assert [(item.kind, item.id) for item in agenda.ringing(juan)] == [("call", anybody.id)]
    for column in ("due_at", "rings_at"):
        world.age("task", mine.id, column, minutes=30)
    assert {item.kind for item in agenda.ringing(juan)} == {"call", "task"}
    supervision.end_pause(ana)
    assert {item.id for item in agenda.ringing(ana)} == {anybody.id, mine.id}


def test_a_route_rings_where_somebody_is_there(
    world: World, ana: Database, marta: Database, become: Callable[..., Database]
) -> None:
    raised = int(activated(ana).activation_id or 0)
    pause(marta)
    assert [route.id for route in agenda.activations(marta)] == [raised]
    rita = become("rita", "coordinator")
    assert [route.id for route in agenda.activations(rita)] == [raised]
    assert agenda.activations(marta) == ()
    assert [item.id for item in agenda.items(marta, "routes")] == [raised]
    pause(rita)
    assert len(agenda.activations(marta)) == len(agenda.activations(rita)) == 1
    supervision.end_pause(rita)
    world.age("route_activation", raised, "activated_at", minutes=6)
    assert [route.late for route in agenda.activations(marta)] == [True]


def test_leaving_ends_it(
    world: World, become: Callable[..., Database], marta: Database, superuser: psycopg.Connection, people: People
) -> None:
    """Where the guard runs, at the minute in which he left; a line that breaks for a moment ends nothing."""
    ana = become("ana", "operator")
    pause(ana)
    ana.close()
    wait_until_gone(superuser, people.add("ana"))
    beat(superuser)
    assert taken(world, marta)[0].until is None
    again = become("ana")
    assert supervision.my_pause(again) is not None
    beat(superuser)
    assert world.value("SELECT away_since FROM iduo.pause") is None
    again.close()
    wait_until_gone(superuser, people.add("ana"))
    beat(superuser)
    left = World.now() - timedelta(minutes=3)
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        superuser.execute("UPDATE iduo.pause SET away_since = %s, started_at = %s", [left, left - timedelta(hours=1)])
    beat(superuser)
    (line,) = supervision.pauses(marta, Span(world.today() - timedelta(days=1), world.today()))
    assert line.until == left


def wait_until_gone(superuser: psycopg.Connection, login: str) -> None:
    """Until the server has noticed that he hung up."""
    statement = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = %s"
    while superuser.execute(statement, [login]).fetchall():
        pass


def test_coming_in_again_ends_it(world: World, become: Callable[..., Database], marta: Database) -> None:
    """But not for a second window beside the first."""
    ana = become("ana", "operator")
    pause(ana)
    second = become("ana")
    staff.me(second, __version__)
    assert supervision.my_pause(ana) is not None
    second.close()
    ana.close()
    wait_until_gone(world.superuser, str(world.value("SELECT login FROM iduo.pause")))
    staff.me(become("ana"), __version__)
    assert taken(world, marta)[0].until is not None


def test_who_is_in_and_on_what(
    world: World, ana: Database, juan: Database, marta: Database, admin: Database, people: People
) -> None:
    team = world.insert("team", {"name": "Mañana"})
    login = people.add("ana")
    world.superuser.execute("UPDATE iduo.staff SET team_id = %s WHERE login = %s", [team, login])
    assert supervision.people_in(marta, None)  # everybody's first question logs him in
    for database in (ana, juan):
        supervision.my_pause(database)
    assert [person.name for person in supervision.people_in(marta, None)] == ["Ana", "Juan", "Marta"]
    assert [person.name for person in supervision.people_in(admin, team)] == ["Ana"]
    free = seen(marta, login)
    assert (free.state, free.doing, free.team, free.open_cases, free.minutes) == ("free", "", "Mañana", 0, None)
    case = world.case(assigned_to=login)
    cases.watch(ana, case, True)
    shown = seen(marta, login)
    assert (shown.state, shown.doing, shown.open_cases) == ("attending", "con un caso abierto", 1)
    ringing = calls.receive(ana, Incoming("", None, ""), uuid4())
    shown = seen(marta, login)
    assert (shown.state, shown.doing) == ("attending", "en llamada")
    pause(ana)
    shown = seen(marta, login)
    assert (shown.state, shown.doing, shown.minutes) == ("pause", LUNCH, 60)
    supervision.end_pause(ana)
    calls.end(ana, ringing.id, "hung_up", "", uuid4())
    cases.watch(ana, case, False)
    assert seen(marta, login).state == "free"
    with pytest.raises(UserError):
        supervision.people_in(ana, None)


def test_without_a_sign_of_life(world: World, ana: Database, marta: Database, people: People) -> None:
    world.set_setting("idle_minutes", 1)
    login = people.add("ana")
    supervision.my_pause(ana)
    assert seen(marta, login).state == "free"
    with world.superuser.transaction():
        world.superuser.execute(
            "CREATE OR REPLACE FUNCTION iduo.last_act(p_login text, p_since timestamptz) RETURNS timestamptz "
            "LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT clock_timestamp() - interval '2 minutes' $$"
        )
    assert seen(marta, login).state == "idle"


def test_the_day_is_noted(world: World, ana: Database, juan: Database, superuser: psycopg.Connection) -> None:
    staff.me(ana, __version__)
    staff.me(ana, __version__)
    supervision.my_pause(juan)
    noted = "SELECT array_agg(split_part(login, '_', 1) ORDER BY login) FROM iduo.attendance WHERE day = iduo.today()"
    assert world.value(noted) == ["ana"]
    beat(superuser)
    assert world.value(noted) == ["ana", "juan"]


def test_nobody_writes_anothers(raw: Callable[..., psycopg.Connection], world: World, ana: Database) -> None:
    """Not even with SQL of his own: tables are shut, and functions know who asks."""
    pause(ana)
    mario = raw("mario", "operator")
    for statement in (
        "UPDATE iduo.pause SET ended_at = now()",
        "SELECT iduo.note_who_is_in()",
        "SELECT * FROM iduo.here()",
        "SELECT api.end_pause_of('ana', 'x')",
        "SELECT * FROM api.board_pauses(current_date, current_date, NULL)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            mario.execute(statement)
    mario.execute("SELECT api.end_pause()")
    assert world.value("SELECT ended_at FROM iduo.pause") is None
