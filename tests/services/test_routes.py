"""A route is every coordinator's alarm until exactly one acknowledges it, and escalates though nobody is in."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import agenda, attentions
from tests.services.helpline import activated, attend
from tests.services.refusals import refusal, refused_field
from tests.services.world import World


def raise_one(database: Database) -> int:
    """A route somebody asks for; its activation's id."""
    return int(activated(database).activation_id or 0)


def test_the_catalogue_is_the_administrators(ana: Database, admin: Database) -> None:
    assert [route.label for route in attentions.routes(ana)] == ["Salud", "Legal", "Refugio", "Emergencia"]
    made = attentions.save_route(admin, None, "Niñez", True)
    assert attentions.routes(ana)[-1] == made
    attentions.save_route(admin, made.id, "Niñez y adolescencia", False)
    assert [route.label for route in attentions.routes(ana)][-1] == "Emergencia"
    assert attentions.routes(admin)[-1].label == "Niñez y adolescencia"
    assert refused_field(attentions.save_route, admin, None, "LEGÁL", True) == ("label", "Esa ruta ya está.")
    assert refused_field(attentions.save_route, admin, None, " ", True)[0] == "label"
    with pytest.raises(UserError):
        attentions.save_route(ana, None, "Otra", True)


def test_it_stands_on_every_coordinators_screen(
    ana: Database, juan: Database, marta: Database, admin: Database
) -> None:
    feed = Feed(marta)
    feed.poll()
    raised = raise_one(ana)
    assert ("route_activation", raised) in {(change.table_name, change.id) for change in feed.poll()}
    (shown,) = agenda.activations(marta)
    assert (shown.id, shown.route, shown.person, shown.note) == (raised, "Salud", "GÓMEZ, Ana", "Ya")
    assert (shown.activated_by_name, shown.late, shown.may_acknowledge) == ("Ana", False, True)
    (own,) = agenda.activations(ana)
    assert (own.id, own.may_acknowledge) == (raised, False)
    assert agenda.activations(juan) == agenda.activations(admin) == ()
    assert [item.id for item in agenda.items(marta, "routes")] == [raised]
    assert agenda.counts(marta).routes == agenda.counts(ana).routes == agenda.day(marta).routes == 1


def test_exactly_one_acknowledges(ana: Database, marta: Database, become: Callable[..., Database]) -> None:
    raised = raise_one(ana)
    stations = [marta, *(become(f"rita{number}", "coordinator") for number in range(3))]

    def acknowledge(database: Database) -> str:
        try:
            return agenda.acknowledge(database, raised, "Voy", uuid4()).acknowledged_by_name
        except UserError as refused:
            return refused.message

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(acknowledge, stations))
    (winner,) = (answer for answer in answers if not answer.startswith("Ya la recibió"))
    assert sum(answer.startswith(f"Ya la recibió {winner}, a las ") for answer in answers) == 3
    # the operator sees who, and when
    (told,) = agenda.activations(ana, open_only=False)
    assert (told.acknowledged_by_name, told.acknowledged_at is not None, told.late) == (winner, True, False)
    assert agenda.activations(ana) == agenda.activations(marta) == ()


def test_asking_again_is_harmless(ana: Database, marta: Database) -> None:
    raised, key = raise_one(ana), uuid4()
    first = agenda.acknowledge(marta, raised, "Voy", key)
    assert agenda.acknowledge(marta, raised, "Voy", key) == first
    assert agenda.acknowledge(marta, raised, "otra vez", uuid4()) == first


def test_raised_while_nobody_is_in_and_escalated(world: World, ana: Database, become: Callable[..., Database]) -> None:
    """Nobody but the operator was ever connected; who logs in later finds it, and finds it late."""
    raised = raise_one(ana)
    ana.close()
    admin = become("admin", "admin")
    assert agenda.activations(admin) == ()
    early = refusal(agenda.acknowledge, admin, raised, "", uuid4())
    assert early == "Todavía les toca a los coordinadores: la vas a poder recibir si nadie lo hace a tiempo."
    admin.close()
    world.age("route_activation", raised, "activated_at", minutes=5, seconds=1)
    marta, admin = become("marta", "coordinator"), become("admin", "admin")
    for database in (marta, admin):
        (shown,) = agenda.activations(database)
        assert (shown.id, shown.late, shown.may_acknowledge) == (raised, True, True)
    assert agenda.counts(admin).routes == 1
    done = agenda.acknowledge(admin, raised, "Me ocupo", uuid4())
    assert (done.acknowledged_by_name, done.late, done.may_acknowledge) == ("Admin", True, False)
    assert agenda.activations(marta) == agenda.activations(admin) == ()


def test_when_it_becomes_late_is_known(world: World, ana: Database, marta: Database, admin: Database) -> None:
    """A workstation that sleeps until the next moment at which something rings wakes up for it."""
    raised = raise_one(ana)
    (shown,) = agenda.activations(marta)
    due = shown.activated_at.timestamp() + 5 * 60
    for database in (marta, admin):
        next_ring = agenda.counts(database).next_ring
        assert next_ring is not None
        assert next_ring.timestamp() == pytest.approx(due)
    assert agenda.counts(ana).next_ring is None
    world.set_setting("route_minutes", 1)
    world.age("route_activation", raised, "activated_at", seconds=61)
    assert agenda.activations(admin)[0].late


def test_in_the_order_in_which_they_were_raised(ana: Database, juan: Database, marta: Database) -> None:
    first, second, third = raise_one(ana), raise_one(juan), raise_one(ana)
    assert [shown.id for shown in agenda.activations(marta)] == [first, second, third]
    assert [shown.id for shown in agenda.activations(ana)] == [first, third]
    agenda.acknowledge(marta, second, "", uuid4())
    assert [shown.id for shown in agenda.activations(marta, open_only=False)] == [first, third, second]
    (item, *_), rest = agenda.items(marta, "routes", limit=1), agenda.items(marta, "routes")
    assert agenda.items(marta, "routes", after=item.position) == rest[1:]


def test_one_that_was_taken_back_is_gone(ana: Database, marta: Database) -> None:
    done = activated(ana)
    attentions.undo(ana, done.event, uuid4())
    assert agenda.activations(marta) == ()
    gone = refusal(agenda.acknowledge, marta, int(done.activation_id or 0), "", uuid4())
    assert gone == "Esa ruta ya no está: quien la activó la deshizo."


def test_only_who_may(ana: Database, raw: Callable[..., psycopg.Connection], world: World) -> None:
    raised = raise_one(ana)
    with pytest.raises(UserError, match="No tenés permiso"):
        agenda.acknowledge(ana, raised, "", uuid4())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw("juan", "operator").execute("UPDATE iduo.route_activation SET acknowledged_by = session_user")
    for change in ("note = 'x'", "activated_at = now()", "acknowledged_at = now(), acknowledged_by = 'nobody'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            world.superuser.execute(f"UPDATE iduo.route_activation SET {change}")


def test_what_stays_when_its_case_goes_on(ana: Database, marta: Database) -> None:
    """A second route of the same case is an alarm of its own."""
    first = activated(ana)
    again = replace(attentions.Attention(case_id=first.case_id), route_id=2, holds_call=False)
    second = attentions.attend(ana, again, uuid4())
    assert {shown.id for shown in agenda.activations(marta)} == {first.activation_id, second.activation_id}
    assert attend(ana, "Paz").activation_id is None
