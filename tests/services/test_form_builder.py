"""Forms that administrators make: published under open dialogs, checked whichever way a close comes, used or not."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, form_builder, forms
from iduo_desktop.services.form_builder import Definition
from iduo_desktop.services.forms import Field, Option
from tests.people import People
from tests.services.refusals import refusal
from tests.services.world import World

CLOSING = 1
FILLED: dict[str, object] = {
    "reason": "paid",
    "contact_reason": "collection",
    "status": "solved",
    "description": "Pagó.",
}
CLOSE = "SELECT event FROM api.close_case(p_case => %s, p_form_version => %s, p_values => %s, p_key => %s)"


def as_json(definition: Definition) -> str:
    """A definition as the database takes it."""
    fields, templates = map(asdict, definition.fields), map(asdict, definition.templates)
    return json.dumps({"fields": [*fields], "templates": [*templates]})


def field(key: str, kind: str, **more: object) -> Field:
    """A field of a form."""
    given = Field(key, "closing", key.title(), kind, False, None, (), None, "", 200, ())
    return replace(given, **more)  # type: ignore[arg-type]


def publish(admin: Database, definition: Definition, *fields: Field) -> int:
    """Publish it with these fields besides; the version."""
    whole = replace(definition, fields=(*definition.fields, *fields), version=seen(admin))
    saved = form_builder.save_draft(admin, CLOSING, whole.version, as_json(whole))
    return form_builder.publish(admin, CLOSING, saved.version).version


def seen(admin: Database) -> int:
    """The version that is being edited now."""
    return form_builder.definition(admin, CLOSING).version


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"reason": None}, "reason"),
        ({"reason": "nothing like it"}, "reason"),
        ({"amount": "doce"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"nick": "x" * 11}, "nick"),
        ({"nick": "dos\nlíneas"}, "nick"),
        ({"day": "2026-02-30"}, "day"),
        ({"unknown": "x"}, "unknown"),
        ({"ticks": ["a", "a"]}, "ticks"),
    ],
)
def test_a_close_through_psql_passes_the_same_checker(
    raw: Callable[..., psycopg.Connection],
    admin: Database,
    world: World,
    people: People,
    changed: dict[str, object],
    key: str,
) -> None:
    ticks = field("ticks", "several", options=(Option("a", "A", None, ()),))
    day = field("day", "date")
    definition = form_builder.definition(admin, CLOSING)
    version = publish(admin, definition, field("amount", "money"), field("nick", "text", max_length=10), day, ticks)
    case = world.case(assigned_to=people.add("ana", "operator"))
    ana = raw("ana")
    with pytest.raises(psycopg.Error) as refused:
        ana.execute(CLOSE, [case, version, json.dumps(FILLED | changed), uuid4()])
    assert (refused.value.sqlstate, refused.value.diag.message_detail) == ("IU002", key)
    assert world.value("SELECT state FROM iduo.case WHERE id = %s", case) == "open"
    with pytest.raises(psycopg.Error, match="demasiado largo"):
        ana.execute(CLOSE, [case, version, json.dumps(FILLED | {"nick": "x" * 60_000}), uuid4()])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ana.execute("UPDATE iduo.case SET state = 'closed' WHERE id = %s", [case])
    ana.execute(CLOSE, [case, version, json.dumps(FILLED | {"amount": "12.50", "ticks": ["a"]}), uuid4()])
    assert world.value("SELECT form_version_id FROM iduo.closing WHERE case_id = %s", case) == version


def test_used_options_are_retired_and_never_lost(admin: Database, ana: Database, world: World, people: People) -> None:
    case = world.case(assigned_to=people.add("ana"))
    cases.close(ana, case, seen(admin), json.dumps(FILLED), uuid4())
    definition = form_builder.definition(admin, CLOSING)
    without = tuple(
        replace(one, options=tuple(option for option in one.options if option.key != "paid"))
        for one in definition.fields
    )
    version = publish(admin, replace(definition, fields=without, templates=()))
    reason = next(one for one in form_builder.definition(admin, CLOSING).fields if one.key == "reason")
    paid = next(option for option in reason.options if option.key == "paid")
    assert (paid.label, paid.active, paid.digit) == ("Regularizó el pago", False, None)
    other = world.case(assigned_to=people.add("ana"))
    offered = next(one for one in forms.closing_form(ana, other).fields if one.key == "reason")
    assert "paid" not in [option.key for option in offered.options]
    assert refusal(cases.close, ana, other, version, json.dumps(FILLED), uuid4()) == "Elegí una opción de «Motivo»."
    assert cases.card(ana, case).closing_reason == "Regularizó el pago"
    assert form_builder.forms(admin)[0].used == 1


def test_an_operator_cannot_call_the_functions(ana: Database, marta: Database, admin: Database) -> None:
    definition = form_builder.definition(admin, CLOSING)
    for database in (ana, marta):
        for call, values in (
            (form_builder.forms, ()),
            (form_builder.definition, (CLOSING,)),
            (form_builder.create, ("survey", "Mía", uuid4())),
            (form_builder.rename, (CLOSING, "Mío", True)),
            (form_builder.save_draft, (CLOSING, definition.version, as_json(definition))),
            (form_builder.discard_draft, (CLOSING,)),
            (form_builder.publish, (CLOSING, definition.version)),
        ):
            with pytest.raises(UserError, match="permiso"):
                call(database, *values)
    assert form_builder.definition(admin, CLOSING) == definition


def test_only_one_draft_and_nobody_overwrites_another(admin: Database) -> None:
    definition = form_builder.definition(admin, CLOSING)
    form_builder.save_draft(admin, CLOSING, definition.version, as_json(definition))
    again = refusal(form_builder.save_draft, admin, CLOSING, definition.version, as_json(definition))
    assert again.startswith("Otra persona cambió este formulario")
    form_builder.discard_draft(admin, CLOSING)
    assert form_builder.definition(admin, CLOSING) == definition
