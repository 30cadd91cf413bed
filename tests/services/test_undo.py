"""Undo: one's own last move, within five minutes, when nobody touched the case since; everything comes back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, policies
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseCard
from tests.people import People
from tests.services.refusals import refusal
from tests.services.world import World

CLOSING = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó."}


def as_it_was(card: CaseCard) -> CaseCard:
    """Without the count of moves, which goes on."""
    return replace(card, version=0)


def take(database: Database, case: int) -> int:
    return cases.take(database, case, uuid4()).event


def close(database: Database, case: int) -> int:
    return cases.close(database, case, 1, json.dumps(CLOSING), uuid4()).event


def move(database: Database, case: int) -> int:
    return cases.move(database, case, "withdrawn", "se fue", None, uuid4()).event


def release(database: Database, case: int) -> int:
    return cases.release(database, case, uuid4()).event


def contact(database: Database, case: int) -> int:
    result = next(one for one in policies.dispositions(database) if one.callback)
    at = World.now() + timedelta(hours=2)
    return activities.log_attempt(database, case, Attempt("call", result.id, "vuelve", callback_at=at), uuid4()).event


MOVES = {"taken": take, "closed": close, "moved": move, "released": release, "attempt": contact}


@pytest.mark.parametrize("kind", MOVES)
def test_everything_comes_back(world: World, ana: Database, juan: Database, kind: str, people: People) -> None:
    world.case(next_action_at=world.now() + timedelta(days=1))
    case = world.case(last_contact_at=world.now() - timedelta(days=2), next_action_at=world.now() + timedelta(days=1))
    if kind != "taken":
        take(ana, case)
    before = cases.card(ana, case)
    event = MOVES[kind](ana, case)
    assert as_it_was(cases.card(ana, case)) != as_it_was(before)
    undone = cases.undo(ana, event)
    assert (undone.case_id, undone.kind) == (case, kind)
    assert as_it_was(cases.card(ana, case)) == as_it_was(before)
    entry = next(one for one in cases.timeline(ana, before.company_id) if one.id == event)
    assert entry.undone
    # asked again, it is the same answer and nothing happens
    version = cases.card(ana, case).version
    assert cases.undo(ana, event) == undone
    assert cases.card(ana, case).version == version
    assert world.value("SELECT count(*) FROM iduo.closing WHERE undone_at IS NULL") == 0


@pytest.mark.parametrize("kind", MOVES)
def test_after_five_minutes_it_is_too_late(world: World, ana: Database, kind: str) -> None:
    case = world.case()
    if kind != "taken":
        take(ana, case)
    event = MOVES[kind](ana, case)
    world.age("case_event", event, "at", minutes=5, seconds=1)
    assert refusal(cases.undo, ana, event) == "Ya pasaron más de 5 minutos: no se puede deshacer."


def test_only_ones_own(world: World, ana: Database, juan: Database, marta: Database) -> None:
    event = take(ana, world.case())
    for other in (juan, marta):
        assert refusal(cases.undo, other, event) == "Solo podés deshacer lo que hiciste vos."


def test_not_when_somebody_touched_it_since(world: World, ana: Database, marta: Database) -> None:
    touched = "El caso cambió después: ya no se puede deshacer."
    case = world.case()
    take(ana, case)
    event = release(ana, case)
    cases.take(marta, case, uuid4())
    assert refusal(cases.undo, ana, event) == touched
    case = world.case()
    event = take(ana, case)
    contact(marta, case)
    assert refusal(cases.undo, ana, event) == touched


def test_not_a_closing_when_the_client_has_a_new_case(world: World, ana: Database) -> None:
    company = world.company()
    case = world.case(company=company, collection=True)
    take(ana, case)
    event = close(ana, case)
    world.case(company=company, collection=True)
    assert refusal(cases.undo, ana, event) == "El cliente ya tiene otro caso abierto: no se puede deshacer."


def test_a_promise_goes_with_its_contact(world: World, ana: Database) -> None:
    case = world.case()
    take(ana, case)
    promise = next(one for one in policies.dispositions(ana) if one.promise)
    contacted = Attempt("call", promise.id, promise_amount=Decimal("100.50"), promise_date=world.today())
    event = activities.log_attempt(ana, case, contacted, uuid4()).event
    assert world.value("SELECT state FROM iduo.promise") == "pending"
    assert cases.card(ana, case).level == 1
    cases.undo(ana, event)
    assert world.value("SELECT state FROM iduo.promise") == "undone"
    card = cases.card(ana, case)
    assert (card.level, card.attempts, card.last_contact_at, card.next_action_at) == (0, 0, None, None)


def test_a_case_that_lapsed_in_another_hand_becomes_free(
    world: World, ana: Database, juan: Database, become: Callable[..., Database]
) -> None:
    case = world.case()
    take(juan, case)
    world.age("case", case, "touched_at", hours=49)
    event = take(ana, case)
    cases.undo(ana, event)
    assert cases.card(ana, case).assigned_to is None
    assert [row.id for row in cases.page(ana, "delinquent", cases.CaseFilter(free=True))] == [case]


def test_what_others_decided_is_not_undone(world: World, marta: Database) -> None:
    case = world.case(assigned_to="nobody")
    taken_over = cases.take_over(marta, case, "ausente", uuid4())
    assert refusal(cases.undo, marta, taken_over.event) == "Eso no se puede deshacer."
    closed = world.case(state="closed")
    reopened = cases.reopen(marta, closed, "siguió", uuid4())
    assert refusal(cases.undo, marta, reopened.event) == "Eso no se puede deshacer."
