"""The closing form, and the checker that every close passes: each kind of field, each way of depending on another."""

import json
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, forms
from tests.people import People
from tests.services.refusals import refusal, refused_field
from tests.services.world import ARGENTINA, World

FILLED: dict[str, object] = {
    "reason": "paid",
    "contact_reason": "collection",
    "status": "solved",
    "description": "Pagó en la sucursal.\nTrae el comprobante.",
}
FITS: dict[str, list[object]] = {
    "text": ["x", "ñandú 👍", "x" * 200, " con espacios "],
    "long_text": ["dos\nlíneas\ty tab", "x" * 200],
    "choice": ["a"],
    "several": [["a"], ["a", "b"]],
    "number": [7, "-3", "12.5", 0, "999999999999"],
    "money": ["48310.50", "0", 12, 12.5],
    "date": ["2026-11-21", "2028-02-29", "1931-01-01"],
    "time": ["00:00", "23:59"],
    "yes_no": [True, False],
    "phone": ["11 4321-5678", "+54 9 341 612-0003"],
}
DOES_NOT_FIT: dict[str, list[object]] = {
    "text": ["x" * 201, "dos\nlíneas", "timbre\x07", 5, True, ["x"], {"a": 1}],
    "long_text": ["x" * 201, "\x1b[31m", 5],
    "choice": ["z", "retired", ["a"], 1, {"a": 1}, "Opción A"],
    "several": [["z"], "a", ["a", "a"], ["a", 1], [["a"]], {"a": 1}, ["retired"]],
    "number": ["x", "1,5", "NaN", "Infinity", "1e5", "1" * 13, "1.1234567", True, [1], "\u0661"],
    "money": ["-1", "1.234", "1,5", "$ 5", "NaN", 1e300],
    "date": ["2026-02-30", "21/11/2026", "infinity", "now", "0001-01-01", "9999-12-31", "2026-1-1", 20261121, "hoy"],
    "time": ["24:00", "9:5", "09:60", "noon", 9],
    "yes_no": ["true", 1, "sí"],
    "phone": ["x" * 201, "1\n2", 114321],
}


@pytest.fixture
def case(world: World, people: People) -> int:
    """A case of Ana's, and a closing form with one more field of every kind."""
    for number, kind in enumerate(FITS):
        field = add_field(world, kind, number, max_length=200)
        if kind in ("choice", "several"):
            add_options(world, field, "a", "b")
            add_options(world, field, "retired", active=False)
    return world.case(assigned_to=people.add("ana"))


def add_field(world: World, kind: str, position: int = 0, **more: object) -> int:
    """One more field of the published closing form, called like its kind."""
    given = {"version_id": 1, "key": f"my_{kind}", "label": kind, "kind": kind, "position": 100 + position} | more
    return world.insert("form_field", given)


def add_options(world: World, field: int, *keys: str, **more: object) -> None:
    """What a choice offers."""
    for key in keys:
        world.insert("form_option", {"field_id": field, "key": key, "label": f"Opción {key}", "position": 1} | more)


def close(database: Database, case: int, **values: object) -> cases.Done:
    """Close with these values besides the needed ones."""
    return cases.close(database, case, 1, json.dumps(FILLED | values), uuid4())


def test_the_form_as_the_dialog_shows_it(world: World, ana: Database) -> None:
    form = forms.closing_form(ana, world.case())
    assert [field.key for field in form.fields if field.part == "closing"] == [*FILLED]
    assert all(field.required for field in form.fields if field.part == "closing")
    assert not any(field.required for field in form.fields if field.part == "future")
    (reason,) = (field for field in form.fields if field.key == "reason")
    assert (reason.kind, reason.label, reason.options[0].label) == ("choice", "Motivo", "Regularizó el pago")
    assert form.templates[0].digit == 1
    assert {value.field for value in form.templates[0].values} == set(FILLED)
    assert refusal(forms.closing_form, ana, 404) == "Ese caso no existe."


def test_a_template_alone_closes(world: World, ana: Database, people: People) -> None:
    for template in forms.closing_form(ana, world.case()).templates:
        case = world.case(assigned_to=people.add("ana"))
        values = {value.field: value.value for value in template.values}
        cases.close(ana, case, 1, json.dumps(values), uuid4())
        assert cases.card(ana, case).closing_reason == template.label


def test_what_closing_leaves(world: World, ana: Database, marta: Database, people: People) -> None:
    case = world.case(assigned_to=people.add("ana"))
    refused = "Lo está atendiendo Ana. Tomalo cuando quede libre."
    assert refusal(close, marta, case) == refused
    close(ana, case, best_time="", interest=None)
    (row,) = cases.page(ana, "closed")
    assert (row.id, row.closed, row.closing_reason, row.closing_status) == (
        case,
        True,
        "Regularizó el pago",
        "Resuelto",
    )
    assert row.closed_by == "Ana"
    assert cases.page(ana, "delinquent") == ()
    entry = cases.timeline(ana, row.company_id)[0]
    assert (entry.kind, entry.text, entry.note) == ("closed", "Regularizó el pago", FILLED["description"])
    assert world.value("SELECT values FROM iduo.closing") == FILLED


@pytest.mark.parametrize("kind", FITS)
def test_values_that_fit(world: World, ana: Database, case: int, people: People, kind: str) -> None:
    for value in FITS[kind]:
        one = world.case(assigned_to=people.add("ana"))
        close(ana, one, **{f"my_{kind}": value})
        kept = world.value("SELECT values -> %s FROM iduo.closing WHERE case_id = %s", f"my_{kind}", one)
        assert kept == value


@pytest.mark.parametrize("kind", DOES_NOT_FIT)
def test_values_that_do_not_fit(world: World, ana: Database, case: int, kind: str) -> None:
    for value in DOES_NOT_FIT[kind]:
        field, sentence = refused_field(lambda bad=value: close(ana, case, **{f"my_{kind}": bad}))
        assert field == f"my_{kind}", value
        assert kind in sentence, value
    assert not cases.card(ana, case).closed


@pytest.mark.parametrize("blank", [None, "", "  \n"])
def test_required(world: World, ana: Database, people: People, blank: object) -> None:
    case = world.case(assigned_to=people.add("ana"))
    for key in FILLED:
        field, sentence = refused_field(lambda blank_key=key: close(ana, case, **{blank_key: blank}))
        assert field == key
        assert sentence.startswith("Completá «")


def test_unknown_fields_and_versions(world: World, ana: Database, case: int) -> None:
    assert refused_field(lambda: close(ana, case, other=1))[0] == "other"
    changed = "El formulario cambió: abrilo de nuevo."
    assert refusal(cases.close, ana, case, 99, json.dumps(FILLED), uuid4()) == changed
    world.superuser.execute("UPDATE iduo.form_version SET state = 'draft'")
    assert refusal(close, ana, case) == changed
    world.superuser.execute("UPDATE iduo.form_version SET state = 'retired'")
    close(ana, case)


def test_what_is_no_form(world: World, ana: Database, case: int) -> None:
    for values in ("[]", "null", '"x"', "1", json.dumps({"reason": "x" * 60_000})):
        assert "El formulario no se entiende" in refusal(cases.close, ana, case, 1, values, uuid4())


def test_required_only_with_certain_answers(world: World, ana: Database, case: int) -> None:
    add_field(world, "number", 20, key="card", required_if_field="my_choice", required_if_values=["b"])
    add_field(world, "number", 21, key="tags", required_if_field="my_several", required_if_values=["b"])
    add_field(world, "number", 22, key="why", required_if_field="my_yes_no", required_if_values=["true"])
    assert refused_field(lambda: close(ana, case, my_choice="b"))[0] == "card"
    assert refused_field(lambda: close(ana, case, my_several=["a", "b"]))[0] == "tags"
    assert refused_field(lambda: close(ana, case, my_yes_no=True))[0] == "why"
    close(ana, case, my_choice="a", my_several=["a"], my_yes_no=False)


def test_options_that_go_with_others(world: World, ana: Database, case: int) -> None:
    field = add_field(world, "choice", 20, key="sub", label="choice", options_if_field="my_choice")
    add_options(world, field, "of_a", parents=["a"])
    add_options(world, field, "of_b", parents=["b"])
    add_options(world, field, "always")
    shared = add_field(world, "choice", 21, key="part", label="choice", options_if_field="my_several")
    add_options(world, shared, "of_a", parents=["a"])
    assert refused_field(lambda: close(ana, case, my_choice="a", sub="of_b"))[0] == "sub"
    assert refused_field(lambda: close(ana, case, sub="of_a"))[0] == "sub"
    assert refused_field(lambda: close(ana, case, my_several=["b"], part="of_a"))[0] == "part"
    close(ana, case, my_choice="a", sub="of_a", my_several=["a", "b"], part="of_a")


def test_options_of_one_list(world: World, ana: Database, case: int) -> None:
    field = add_field(world, "choice", 20, key="sub", label="choice")
    add_options(world, field, "only_active", lists=["active"])
    add_options(world, field, "here", lists=["delinquent", "active"])
    offered = next(one for one in forms.closing_form(ana, case).fields if one.key == "sub").options
    assert [option.key for option in offered] == ["here"]
    assert refused_field(lambda: close(ana, case, sub="only_active"))[0] == "sub"
    close(ana, case, sub="here")


def test_a_future_contact_is_put_in_the_agenda(world: World, ana: Database, case: int, people: People) -> None:
    today = world.today()
    for bad in (today - timedelta(days=1), today + timedelta(days=367)):
        assert refused_field(lambda day=bad: close(ana, case, next_date=day.isoformat()))[0] == "next_date"
    assert refused_field(lambda: close(ana, case, next_time="10:00"))[0] == "next_date"
    day = today + timedelta(days=366)
    close(ana, case, next_date=day.isoformat(), next_time="23:59")
    assert when(ana, case) == datetime.combine(day, time(23, 59))
    other = world.case(assigned_to=people.add("ana"))
    close(ana, other, next_date=today.isoformat())
    assert when(ana, other) == datetime.combine(today, time(9))


def test_days_of_a_next_contact_are_to_come_and_others_may_be_past(world: World, ana: Database, case: int) -> None:
    add_field(world, "date", 20, key="visit", label="Visita", part="future")
    yesterday, today = (world.today() - timedelta(days=1)).isoformat(), world.today().isoformat()
    refused = refused_field(lambda: close(ana, case, visit=yesterday))
    assert refused == ("visit", "La fecha de «Visita» ya pasó.")
    close(ana, case, visit=today, my_date=yesterday)


def test_an_old_closing_is_shown_with_its_own_form(world: World, ana: Database, case: int) -> None:
    done = close(ana, case)
    world.superuser.execute("UPDATE iduo.form_option SET active = false WHERE key = 'paid'")
    filled = forms.filled_form(ana, done.event)
    assert json.loads(filled.answers) == FILLED
    (reason,) = (field for field in filled.fields if field.key == "reason")
    assert [option.label for option in reason.options if option.key == "paid"] == ["Regularizó el pago"]
    assert (filled.title, filled.by_name) == ("Cerrar caso", "Ana")


def when(database: Database, case: int) -> datetime:
    """When it comes back, as a clock in Argentina shows it."""
    at = cases.card(database, case).next_action_at
    assert at is not None
    return (at + ARGENTINA).replace(tzinfo=None)


def test_an_administrator_may_name_fields_as_he_likes(world: World, ana: Database, case: int) -> None:
    """A form of his own may have a "next_date" that is no date."""
    world.superuser.execute(
        "UPDATE iduo.form_field SET kind = 'text' WHERE key IN ('next_date', 'next_time', 'reason')"
    )
    close(ana, case, next_date="cuando pueda", next_time="a la tarde", reason="porque sí")
    assert cases.card(ana, case).next_action_at is None
