"""Settings and contact scales: read, changed within their bounds, with who changed what; by administrators only."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import activities, cases, settings
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.settings import ContactScale, SavedSetting, Setting
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

NOT_ALLOWED = "No tenés permiso para hacer esto."


def setting(database: Database, name: str) -> Setting:
    """One setting."""
    return next(one for one in settings.settings(database) if one.name == name)


def scale(database: Database, purpose: str = "collection") -> ContactScale:
    """One scale."""
    return next(one for one in settings.contact_scales(database) if one.purpose == purpose)


def test_each_setting_says_what_it_means_and_what_it_ships_with(admin: Database) -> None:
    found = settings.settings(admin)
    assert [one.part for one in found] == sorted(one.part for one in found)
    assert all(one.meaning and one.value == one.shipped and one.changed_by is None for one in found)
    assert all((one.minimum is None) == (one.kind in {"yes_no", "choice"}) for one in found)


def test_a_change_counts_at_once_and_is_remembered(world: World, admin: Database, ana: Database) -> None:
    one, other = world.cases(2)
    assert settings.save(admin, "open_cases_limit", " 1 ") == SavedSetting("open_cases_limit", "1")
    cases.take(ana, one, uuid4())
    assert "1" in refusal(cases.take, ana, other, uuid4())
    settings.save(admin, "open_cases_limit", "2")
    cases.take(ana, other, uuid4())
    assert setting(admin, "open_cases_limit").changed_by == "Admin"
    said = [(change.by_name, change.before, change.after) for change in settings.history(admin, "open_cases_limit")]
    assert said == [("Admin", "1", "2"), ("Admin", "30", "1")]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("open_cases_limit", "0", "Tiene que ser un número entre 1 y 500."),
        ("open_cases_limit", "501", "Tiene que ser un número entre 1 y 500."),
        ("open_cases_limit", "muchos", "Tiene que ser un número entre 1 y 500."),
        ("open_cases_limit", "99999999999999999999", "Tiene que ser un número entre 1 y 500."),
        ("open_cases_limit", "", "Tiene que ser un número entre 1 y 500."),
        ("test_database", "quizás", "Elegí sí o no."),
        ("contact_purpose", "otra", "Elegí una de las opciones."),
        ("area_code", "9", "Tiene que tener entre 2 y 4 caracteres."),
        ("area_code", "9a", "El código de área lleva de 2 a 4 números, sin el 0."),
        ("minimum_client", "uno.dos", "Una versión se escribe así: 1.2.3"),
        ("recommended_client", "1.2.x", "Una versión se escribe así: 1.2.3"),
    ],
)
def test_values_that_do_not_fit(admin: Database, name: str, value: str, sentence: str) -> None:
    assert refused_field(settings.save, admin, name, value) == (name, sentence)
    assert settings.history(admin, name) == ()


def test_a_setting_that_is_not_there(admin: Database) -> None:
    assert refusal(settings.save, admin, "nada", "1") == "Ese ajuste no existe."


def test_several_are_saved_together_or_not_at_all(admin: Database) -> None:
    values = (
        SavedSetting("reminder_minutes", "15"),
        SavedSetting("area_code", "9"),
        SavedSetting("lock_after_minutes", "5"),
    )
    assert refused_field(settings.save_all, admin, values)[0] == "area_code"
    assert setting(admin, "reminder_minutes").value == "10"
    assert setting(admin, "lock_after_minutes").value == "15"
    settings.save_all(admin, (values[0], values[2]))
    assert (setting(admin, "reminder_minutes").value, setting(admin, "lock_after_minutes").value) == ("15", "5")


def test_scales_are_saved_together_or_not_at_all(admin: Database) -> None:
    first, *others = settings.contact_scales(admin)
    changed, wrong = replace(first, window_days=9), replace(others[-1], window_days=0)
    assert refused_field(settings.save_contact_scales, admin, (changed, wrong))[0] == f"{wrong.purpose}.window_days"
    assert settings.contact_scales(admin) == (first, *others)
    settings.save_contact_scales(admin, (changed, replace(others[-1], daily_limit=None)))
    assert settings.contact_scales(admin) == (changed, *others[:-1], replace(others[-1], daily_limit=None))


def test_a_scale_counts_from_the_next_look(world: World, admin: Database, ana: Database, people: People) -> None:
    case = world.case(assigned_to=people.add("ana"))
    activities.log_attempt(ana, case, Attempt("call", 1), uuid4())
    assert cases.card(ana, case).level == 1
    settings.save_contact_scale(admin, replace(scale(admin), weight_call=Decimal(3)))
    assert cases.card(ana, case).level == 3
    settings.save_contact_scale(admin, replace(scale(admin), daily_limit=1))
    assert cases.card(ana, case).level == 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"window_days": 0}, "window_days"),
        ({"window_days": 91}, "window_days"),
        ({"weight_sms": Decimal(-1)}, "weights"),
        ({"weight_sms": Decimal(11)}, "weights"),
        ({"limit_5": 4}, "limits"),
        ({"limit_1": 0}, "limits"),
        ({"daily_limit": 0}, "daily_limit"),
    ],
)
def test_scales_that_do_not_fit(admin: Database, change: dict[str, Any], field: str) -> None:
    before = scale(admin)
    assert refused_field(settings.save_contact_scale, admin, replace(before, **change))[0] == field
    wrong = replace(before, **change)
    assert refused_field(settings.save_contact_scales, admin, (wrong,))[0] == f"collection.{field}"
    assert scale(admin) == before


def test_a_purpose_that_is_not_there(admin: Database) -> None:
    wrong = replace(scale(admin), purpose="curiosidad")
    assert refusal(settings.save_contact_scale, admin, wrong) == "Esa finalidad no existe."


def test_only_administrators(admin: Database, ana: Database, marta: Database) -> None:
    known = scale(admin)
    calls: tuple[Callable[[Database], object], ...] = (
        settings.settings,
        settings.contact_scales,
        lambda database: settings.save(database, "area_code", "341"),
        lambda database: settings.history(database, "area_code"),
        lambda database: settings.save_contact_scale(database, known),
    )
    for call in calls:
        assert {refusal(call, ana), refusal(call, marta)} == {NOT_ALLOWED}
