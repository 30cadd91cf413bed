"""Forms that administrators make: published under open dialogs, checked whichever way a close comes, used or not."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.services import attentions, cases, contact_records, form_builder, forms, tickets
from iduo_desktop.services.attentions import Attention, SectionSaid
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.services.form_builder import Definition
from iduo_desktop.services.forms import UNSAID, Field, FieldValue, Option, Template
from tests.people import People
from tests.services.messages import new
from tests.services.refusals import refusal, refused_field
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


def field(key: str, kind: str, **more: Any) -> Field:
    """A field of a form."""
    given = Field(key, "closing", key.title(), kind, False, None, (), None, "", 200, ())
    return replace(given, **more)


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
    changed: dict[str, Any],
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


def test_two_saves_into_one_draft_are_told_apart(admin: Database) -> None:
    definition = form_builder.definition(admin, CLOSING)
    first = form_builder.save_draft(admin, CLOSING, definition.version, as_json(definition), definition.edits)
    mine = form_builder.definition(admin, CLOSING)
    assert (mine.version, mine.edits) == (first.version, first.edits)
    theirs = form_builder.save_draft(admin, CLOSING, mine.version, as_json(mine), mine.edits)
    assert theirs.version == mine.version
    late = refusal(form_builder.save_draft, admin, CLOSING, mine.version, as_json(mine), mine.edits)
    assert late.startswith("Otra persona cambió este formulario")
    assert refusal(form_builder.publish, admin, CLOSING, mine.version, mine.edits).startswith("Otra persona cambió")
    assert form_builder.publish(admin, CLOSING, theirs.version, theirs.edits).edits == theirs.edits


def test_a_form_that_was_never_published_goes_with_its_draft(admin: Database) -> None:
    made = form_builder.create(admin, "contact_section", "Salud", uuid4())
    assert made.form_id in {row.id for row in form_builder.forms(admin)}
    form_builder.discard_draft(admin, made.form_id)
    assert made.form_id not in {row.id for row in form_builder.forms(admin)}
    assert refusal(form_builder.definition, admin, made.form_id) == "Ese formulario no existe."
    form_builder.discard_draft(admin, CLOSING)
    assert form_builder.forms(admin)[0].kind == "closing"


def test_a_reserved_section_stays_so_once_it_has_answers(admin: Database, ana: Database) -> None:
    health = next(row for row in form_builder.forms(admin) if row.title == "Antecedentes de salud")
    assert health.reserved
    assert form_builder.definition(admin, health.id).reserved
    form_builder.rename(admin, health.id, health.title, active=True, reserved=False)
    assert not next(row for row in form_builder.forms(admin) if row.id == health.id).reserved
    form_builder.rename(admin, health.id, health.title, active=True, reserved=True)
    form = next(form for form in contact_records.section_forms(ana) if form.title == health.title)
    said = SectionSaid(form.version, json.dumps({form.fields[0].key: UNSAID}))
    attention = Attention(contact=NewContact("Gómez", "Ana"), subject="Consulta", sections=(said,), holds_call=False)
    attentions.attend(ana, attention, uuid4())
    assert refusal(form_builder.rename, admin, health.id, health.title, True, False).startswith("Ya tiene datos")
    assert next(row for row in form_builder.forms(admin) if row.id == health.id).reserved


def test_only_a_section_can_be_reserved(admin: Database) -> None:
    survey = form_builder.create(admin, "survey", "Una encuesta", uuid4(), reserved=True)
    section = form_builder.create(admin, "contact_section", "Vivienda", uuid4(), reserved=True)
    reserved = {row.id: row.reserved for row in form_builder.forms(admin)}
    assert (reserved[survey.form_id], reserved[section.form_id]) == (False, True)


def test_what_goes_with_tickets_counts_as_used_and_keeps_its_version(admin: Database, ana: Database) -> None:
    made = form_builder.create(admin, "ticket", "Datos extra", uuid4())
    draft = form_builder.definition(admin, made.form_id)
    floor = replace(draft, fields=(field("floor", "text"),))
    saved = form_builder.save_draft(admin, made.form_id, draft.version, as_json(floor), draft.edits)
    version = form_builder.publish(admin, made.form_id, saved.version, saved.edits).version
    used = {row.id: row.used for row in form_builder.forms(admin)}
    assert used[made.form_id] == 0
    for _ in range(2):
        tickets.create(ana, new(form_version=version, values='{"floor": "2.º B"}'), uuid4())
    used = {row.id: row.used for row in form_builder.forms(admin)}
    assert (used[made.form_id], used[CLOSING]) == (2, 0)


@pytest.mark.parametrize(
    ("value", "fits"),
    [('["a"]', True), ('["a", "b"]', True), ("[]", True), ('["z"]', False), ("a", False), ('"a"', False), ("{", False)],
)
def test_a_quick_closing_fills_several_options(admin: Database, value: str, fits: bool) -> None:
    ticks = field("ticks", "several", options=tuple(Option(key, key.upper(), None, ()) for key in "ab"))
    definition = form_builder.definition(admin, CLOSING)
    template = Template(9, "Todo", (FieldValue("ticks", value),))
    whole = replace(definition, fields=(*definition.fields, ticks), templates=(template,))
    if fits:
        form_builder.save_draft(admin, CLOSING, whole.version, as_json(whole))
        assert form_builder.definition(admin, CLOSING).templates == (template,)
    else:
        said = refusal(form_builder.save_draft, admin, CLOSING, whole.version, as_json(whole))
        assert said.startswith("El cierre rápido «Todo» llena")


def test_a_field_may_be_needed_after_yes(admin: Database, ana: Database, world: World, people: People) -> None:
    why = field("why", "text", required_if_field="left", required_if_values=("true",))
    version = publish(admin, form_builder.definition(admin, CLOSING), field("left", "yes_no"), why)
    case = world.case(assigned_to=people.add("ana"))
    asked = json.dumps(FILLED | {"left": True})
    assert refused_field(cases.close, ana, case, version, asked, uuid4())[0] == "why"
    cases.close(ana, case, version, json.dumps(FILLED | {"left": False}), uuid4())


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        ("yes_no", field("sub", "choice", options_if_field="parent", options=(Option("x", "X", None, ()),))),
        ("several", field("sub", "several", options_if_field="parent", options=(Option("x", "X", None, ()),))),
        ("text", field("sub", "text", required_if_field="parent", required_if_values=("x",))),
    ],
)
def test_what_cannot_depend(admin: Database, parent: str, child: Field) -> None:
    options = (Option("a", "A", None, ()),) if parent == "several" else ()
    definition = form_builder.definition(admin, CLOSING)
    whole = replace(definition, fields=(*definition.fields, field("parent", parent, options=options), child))
    assert refused_field(form_builder.save_draft, admin, CLOSING, whole.version, as_json(whole))[0] == "sub"
