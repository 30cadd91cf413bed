"""Promotions: which one is suggested, what the client said to it, counted as the contact that it is and only once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, catalogues, promotions
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import Done
from iduo_desktop.services.catalogues import Promotion
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

PLAIN = Promotion(None, "Sumá TV", "Tres meses de TV sin cargo.", None, None, (), (), True)


@pytest.fixture
def case(world: World, people: People) -> int:
    """An active client of Ana's with a plan."""
    company = world.company(service_status="active", plan="Fibra 300")
    return world.case("active", company, assigned_to=people.add("ana"))


@pytest.fixture
def promotion(admin: Database) -> int:
    """One that fits everybody."""
    return catalogues.save_promotion(admin, PLAIN).id


def say(database: Database, case: int, promotion: int, answer: str, direction: str = "outbound") -> Done:
    """What the client said, on the telephone."""
    return promotions.answer(database, case, promotion, answer, "call", direction, uuid4())


def suggested(database: Database) -> list[str | None]:
    """The column of the list of active clients."""
    return [row.promotion for row in cases.page(database, "active")]


def test_those_made_for_the_plan_come_first(world: World, admin: Database, ana: Database, case: int) -> None:
    today = world.today()
    every: dict[str, dict[str, Any]] = {
        "Para todos": {},
        "Termina antes": {"valid_until": today},
        "Para su plan": {"plans": ("FIBRA 300", "Fibra 600"), "lists": ("active",)},
        "Otro plan": {"plans": ("Fibra 600",)},
        "Otra lista": {"lists": ("delinquent",)},
        "Vencida": {"valid_until": today - timedelta(days=1)},
        "Todavía no": {"valid_from": today + timedelta(days=1)},
        "Apagada": {"active": False},
    }
    for title, changed in every.items():
        catalogues.save_promotion(admin, replace(PLAIN, title=title, **changed))
    assert [offer.title for offer in promotions.of_case(ana, case)] == ["Para su plan", "Termina antes", "Para todos"]
    assert suggested(ana) == ["Para su plan"]
    world.case("delinquent")
    assert [row.promotion for row in cases.page(ana, "delinquent")] == [None]


def test_an_answer_is_a_contact(ana: Database, case: int, promotion: int) -> None:
    key = uuid4()
    asked = (ana, case, promotion, "offered", "whatsapp", "outbound", key)
    done, again = promotions.answer(*asked), promotions.answer(*asked)
    assert (again.event, done.replayed, again.replayed) == (done.event, False, True)
    card = cases.card(ana, case)
    assert (card.level, card.attempts, card.whatsapps, card.contacted_today) == (1, 1, 1, True)
    entry = cases.timeline(ana, card.company_id)[0]
    assert (entry.kind, entry.channel, entry.text) == ("attempt", "whatsapp", "Promoción ofrecida: Sumá TV")
    (offer,) = promotions.of_case(ana, case)
    assert (offer.answer, offer.open, offer.answered_at is not None) == ("offered", True, True)


@pytest.mark.parametrize("answer", ["accepted", "declined"])
def test_what_was_answered_is_suggested_no_more(ana: Database, case: int, promotion: int, answer: str) -> None:
    done = say(ana, case, promotion, answer)
    assert suggested(ana) == [None]
    assert [(offer.open, offer.answer) for offer in promotions.of_case(ana, case)] == [(False, answer)]
    assert cases.undo(ana, done.event).kind == "attempt"
    assert suggested(ana) == ["Sumá TV"]
    assert (cases.card(ana, case).attempts, cases.card(ana, case).level) == (0, 0)


def test_a_refusal_is_forgotten_after_the_window(world: World, ana: Database, case: int, promotion: int) -> None:
    say(ana, case, promotion, "declined")
    attempt = world.value("SELECT id FROM iduo.attempt")
    world.age("attempt", attempt, "at", days=29)
    assert suggested(ana) == [None]
    world.age("attempt", attempt, "at", days=31)
    assert suggested(ana) == ["Sumá TV"]


def test_offered_often_enough(world: World, ana: Database, case: int, promotion: int) -> None:
    world.superuser.execute(
        "UPDATE iduo.contact_policy SET (limit_1, limit_2, limit_3, limit_4, limit_5) = (-3, -2, -1, 1, 2)"
        " WHERE purpose = 'promotion'"
    )
    say(ana, case, promotion, "offered")
    assert suggested(ana) == ["Sumá TV"]
    say(ana, case, promotion, "offered")
    assert suggested(ana) == [None]


@pytest.mark.parametrize("promotion_first", [True, False])
def test_one_call_counts_once(ana: Database, case: int, promotion: int, promotion_first: bool) -> None:
    call = Attempt("call", 7)
    if promotion_first:
        say(ana, case, promotion, "offered")
        activities.log_attempt(ana, case, call, uuid4())
    else:
        activities.log_attempt(ana, case, call, uuid4())
        say(ana, case, promotion, "offered")
    say(ana, case, promotion, "accepted")
    card = cases.card(ana, case)
    assert (card.attempts, card.calls, card.level) == (1, 1, 1)
    activities.log_attempt(ana, case, call, uuid4())
    assert cases.card(ana, case).attempts == 2


def test_what_was_due_is_done(world: World, ana: Database, case: int, promotion: int) -> None:
    ago = world.now() - timedelta(days=1)
    world.superuser.execute("UPDATE iduo.case SET next_action_at = %s WHERE id = %s", [ago, case])
    done = say(ana, case, promotion, "offered")
    assert cases.card(ana, case).next_action_at is None
    cases.undo(ana, done.event)
    assert cases.card(ana, case).next_action_at == ago


def test_a_client_on_pause(world: World, ana: Database, case: int, promotion: int) -> None:
    world.superuser.execute("UPDATE iduo.contact_policy SET daily_limit = 1 WHERE purpose = 'collection'")
    activities.log_attempt(ana, case, Attempt("call", 1), uuid4())
    world.age("attempt", world.value("SELECT id FROM iduo.attempt"), "at", minutes=31)
    paused = cases.card(ana, case).level == 5
    if paused:  # half an hour ago it may have been yesterday
        assert "Está en pausa hasta" in refusal(say, ana, case, promotion, "offered")
        activities.log_attempt(ana, case, Attempt("call", 7, override_reason="Lo pidió él"), uuid4())
    say(ana, case, promotion, "offered")
    say(ana, case, promotion, "accepted", "inbound")


def test_who_may(ana: Database, juan: Database, marta: Database, admin: Database, case: int, promotion: int) -> None:
    assert refusal(say, admin, case, promotion, "offered") == "No tenés permiso para hacer esto."
    assert refusal(say, juan, case, promotion, "offered") == "Lo está atendiendo Ana. Tomalo cuando quede libre."
    assert refused_field(say, ana, case, promotion, "maybe")[0] == "answer"
    assert (
        refused_field(promotions.answer, ana, case, promotion, "offered", "dove", "outbound", uuid4())[0] == "channel"
    )
    assert refused_field(say, ana, case, promotion, "offered", "sideways")[0] == "direction"
    assert refusal(say, ana, case, 404, "offered") == "Esa promoción ya no está."
    assert refusal(promotions.counts, ana, None, None) == "No tenés permiso para hacer esto."
    say(marta, case, promotion, "offered")
    assert say(ana, case, promotion, "accepted", "inbound").case_id == case


def test_counted_by_answer(ana: Database, marta: Database, case: int, promotion: int) -> None:
    say(ana, case, promotion, "offered")
    say(ana, case, promotion, "offered")
    say(ana, case, promotion, "accepted")
    found = [(one.label, one.option_label, one.count) for one in promotions.counts(marta, None, None)]
    assert found == [("Sumá TV", "ofrecida", 2), ("Sumá TV", "aceptada", 1)]
    assert promotions.counts(marta, None, date(2020, 1, 1)) == ()
