"""Catalogues: added, changed, put in order and switched off by administrators; what the others see of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import catalogues, policies
from iduo_desktop.services.catalogues import Holiday, Promotion, Result, Team, Topic, WorkingHours
from tests.services.refusals import refusal, refused_field

NOT_ALLOWED = "No tenés permiso para hacer esto."
RESULT = Result(None, "Pide descuento", None, None, True, False, False, False, False, False, (), True)
PROMOTION = Promotion(None, "Dos por uno", "Dos meses al precio de uno", None, None, (), (), True)


def labels(database: Database) -> list[str]:
    """The results in their order."""
    return [result.label for result in catalogues.results(database)]


def test_a_result_is_added_last_and_can_be_chosen(admin: Database, ana: Database) -> None:
    made = catalogues.save_result(admin, RESULT)
    assert labels(admin)[-1] == "Pide descuento"
    assert policies.dispositions(ana)[-1].id == made.id
    kept = catalogues.results(admin)[-1]
    assert catalogues.save_result(admin, replace(kept, active=False)) == made
    assert made.id not in {one.id for one in policies.dispositions(ana)}
    assert labels(admin)[-1] == "Pide descuento"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"label": " "}, "label", "Escribí el resultado."),
        ({"label": "x" * 81}, "label", "El texto es demasiado largo: como mucho 80 caracteres."),
        ({"label": "PAGO"}, "label", "Ya hay un resultado con ese nombre."),
        ({"digit": 0}, "digit", "La tecla va del 1 al 9."),
        ({"digit": 3}, "digit", "Otro resultado ya usa la tecla 3."),
        ({"lists": ("mine",)}, "lists", "Elegí a qué listas se aplica."),
    ],
)
def test_results_that_do_not_fit(admin: Database, change: dict[str, Any], field: str, sentence: str) -> None:
    wrong = replace(RESULT, **change)
    assert refused_field(catalogues.save_result, admin, wrong) == (field, sentence)
    assert len(labels(admin)) == 9


def test_a_key_serves_twice_on_lists_that_never_meet(admin: Database) -> None:
    three = next(one for one in catalogues.results(admin) if one.digit == 3)
    catalogues.save_result(admin, replace(three, lists=("delinquent",)))
    catalogues.save_result(admin, replace(RESULT, digit=3, lists=("active",)))
    both = replace(RESULT, label="Otro", digit=3, lists=("active", "suspended"))
    assert refused_field(catalogues.save_result, admin, both)[0] == "digit"


def test_results_are_put_in_order(admin: Database, ana: Database) -> None:
    first, second, *rest = labels(admin)
    moved = catalogues.results(admin)[0].id
    assert moved is not None
    catalogues.move_result(admin, moved, 1)
    assert labels(admin) == [second, first, *rest]
    assert [one.label for one in policies.dispositions(ana)][:2] == [second, first]
    catalogues.move_result(admin, moved, -1)
    catalogues.move_result(admin, moved, -1)
    assert labels(admin) == [first, second, *rest]


def test_promotions(admin: Database, ana: Database) -> None:
    wrong = replace(PROMOTION, valid_from=date(2026, 12, 2), valid_until=date(2026, 12, 1))
    assert refused_field(catalogues.save_promotion, admin, wrong) == ("valid_until", "Termina antes de empezar.")
    assert refused_field(catalogues.save_promotion, admin, replace(PROMOTION, title=""))[0] == "title"
    assert refused_field(catalogues.save_promotion, admin, replace(PROMOTION, text=""))[0] == "text"
    assert refused_field(catalogues.save_promotion, admin, replace(PROMOTION, plans=("x" * 81,)))[0] == "plans"
    key = uuid4()
    made = catalogues.save_promotion(admin, replace(PROMOTION, plans=("Fibra 300",), lists=("active",)), key)
    assert catalogues.save_promotion(admin, replace(PROMOTION, title="Otra vez"), key) == made
    (seen,) = catalogues.promotions(ana)
    assert (seen.id, seen.plans, seen.lists) == (made.id, ("Fibra 300",), ("active",))
    catalogues.save_promotion(admin, replace(seen, active=False))
    assert catalogues.promotions(ana) == ()
    assert not catalogues.promotions(admin)[0].active


def test_topics(admin: Database, ana: Database) -> None:
    known = catalogues.topics(ana)
    made = catalogues.save_topic(admin, Topic(None, "Mudanza", "request", None, True))
    assert catalogues.topics(ana)[-1] == Topic(made.id, "Mudanza", "request", len(known) + 1, True)
    again = Topic(None, "mudanza", "request", None, True)
    assert refused_field(catalogues.save_topic, admin, again) == ("label", "Ese tema ya está.")
    odd = Topic(None, "Otro", "gossip", None, True)
    assert refused_field(catalogues.save_topic, admin, odd)[0] == "kind"
    catalogues.move_topic(admin, made.id, -1)
    assert catalogues.topics(ana)[-2].label == "Mudanza"


def test_sentences_keep_what_they_shipped_with(admin: Database, ana: Database) -> None:
    before = {script.situation: script for script in catalogues.scripts(ana)}
    catalogues.save_scripts(admin, (("greeting", "Buenas tardes."), ("waiting", "Un momento, por favor.")))
    after = {script.situation: script for script in catalogues.scripts(ana)}
    assert (after["greeting"].text, after["waiting"].text) == ("Buenas tardes.", "Un momento, por favor.")
    assert after["greeting"].shipped == before["greeting"].text
    assert refused_field(catalogues.save_script, admin, "greeting", " ") == ("text", "Escribí qué se dice.")
    assert refusal(catalogues.save_script, admin, "dance", "x") == "Esa situación no existe."


@pytest.mark.parametrize("wrong", ["Hola, {nombre}.", "Hola, {cliente.", "Hola, cliente}.", "Hola, {}."])
def test_sentences_have_no_holes_that_nobody_fills(admin: Database, wrong: str) -> None:
    texts = (("collection", "¿Hablo con {cliente}?"), ("greeting", wrong))
    field, sentence = refused_field(catalogues.save_scripts, admin, texts)
    assert (field, sentence.startswith("Entre llaves solo va lo que se completa solo: {operador}")) == (
        "greeting",
        True,
    )
    assert "¿Hablo con {cliente}?" not in {script.text for script in catalogues.scripts(admin)}


def test_the_week(admin: Database, ana: Database) -> None:
    half = WorkingHours(6, time(9), time(13))
    catalogues.save_week(admin, (half, WorkingHours(1, None, None)))
    week = catalogues.working_hours(ana)
    assert (week[5], week[0].opens) == (half, None)
    sentence = "La hora de cierre tiene que ser después de la de apertura."
    for wrong in (replace(half, closes=time(9)), replace(half, closes=None)):
        assert refused_field(catalogues.save_week, admin, (WorkingHours(1, time(8), time(9)), wrong)) == (
            "closes_6",
            sentence,
        )
    assert catalogues.working_hours(ana)[0].opens is None
    assert catalogues.working_hours(ana)[5] == half


def test_holidays(admin: Database, ana: Database) -> None:
    christmas = Holiday(date(2027, 12, 25), "Navidad")
    catalogues.save_holiday(admin, christmas)
    catalogues.save_holiday(admin, replace(christmas, name="Navidad, feriado"))
    assert catalogues.holidays(ana)[-1].name == "Navidad, feriado"
    catalogues.save_holiday(admin, replace(christmas, name=""))
    assert christmas.day not in {holiday.day for holiday in catalogues.holidays(ana)}
    assert refused_field(catalogues.save_holiday, admin, Holiday(date(1999, 1, 1), "x"))[0] == "day"


def test_teams(admin: Database, marta: Database) -> None:
    made = catalogues.save_team(admin, Team(None, "Mañana", True, 0))
    assert catalogues.teams(marta) == (Team(made.id, "Mañana", True, 0),)
    again = refused_field(catalogues.save_team, admin, Team(None, "manana", True, 0))
    assert again == ("name", "Ya hay un equipo con ese nombre.")
    assert catalogues.save_team(admin, Team(made.id, "Turno mañana", False, 0)) == made


def test_only_administrators_change_them(ana: Database, marta: Database) -> None:
    changes: tuple[Callable[[Database], object], ...] = (
        catalogues.results,
        lambda database: catalogues.save_result(database, RESULT),
        lambda database: catalogues.save_promotion(database, PROMOTION),
        lambda database: catalogues.save_topic(database, Topic(None, "x", "claim", None, True)),
        lambda database: catalogues.save_script(database, "greeting", "x"),
        lambda database: catalogues.save_working_hours(database, WorkingHours(1, None, None)),
        lambda database: catalogues.save_holiday(database, Holiday(date(2027, 1, 1), "x")),
        lambda database: catalogues.save_team(database, Team(None, "x", True, 0)),
    )
    for change in changes:
        assert {refusal(change, ana), refusal(change, marta)} == {NOT_ALLOWED}
