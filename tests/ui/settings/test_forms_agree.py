"""What the dialog takes and what the database takes are the same, for any form and any answers."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop.database.connection import Database
from iduo_desktop.services import form_builder
from iduo_desktop.services.form_builder import Definition
from iduo_desktop.services.forms import Field, Option
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.form_builder_preview import preview_form
from iduo_desktop.ui.widgets.form import FormView

LETTERS = st.characters(categories=("L", "N", "P", "S"), max_codepoint=0xFFFF)
PLAIN = st.text(LETTERS | st.sampled_from(" \u00a0\t"), max_size=25)
ODD = st.text(LETTERS | st.sampled_from("\n\r\x00\x07\x1b\x7f\x1c \u2003"), min_size=1, max_size=25)
OPTION_KEYS = ("a", "b", "c", "d")
WRONG: dict[str, list[Any]] = {
    "number": ["doce", "1.1234567", "1" * 13],
    "money": ["-1", "1.234", "doce"],
    "time": ["24:00", "9:60", "noon"],
    "choice": ["z"],
    "text": ["x" * 26],
    "long_text": ["x" * 41],
}


def answers(kind: str) -> st.SearchStrategy[Any]:
    """Answers to a field of a kind, that fit or do not."""
    fitting: dict[str, st.SearchStrategy[Any]] = {
        "text": PLAIN | ODD,
        "long_text": PLAIN | ODD,
        "phone": PLAIN | ODD,
        "number": st.decimals(-(10**11), 10**11, places=3).map(lambda number: f"{number:f}"),
        "money": st.decimals(0, 10**11, places=2).map(lambda number: f"{number:f}"),
        "date": st.dates(date(1900, 1, 1), date(2999, 12, 31)).map(date.isoformat),
        "time": st.times().map(lambda time: f"{time:%H:%M}"),
        "yes_no": st.booleans(),
        "choice": st.sampled_from(OPTION_KEYS),
        "several": st.lists(st.sampled_from(OPTION_KEYS), unique=True).map(sorted),
    }
    wrong = WRONG.get(kind)
    return st.one_of(st.none(), fitting[kind], fitting[kind], st.sampled_from(wrong) if wrong else st.none())


@st.composite
def options(draw: st.DrawFn, parented: bool) -> tuple[Option, ...]:
    """What a list offers: something active, the rest at random."""
    keys = draw(st.lists(st.sampled_from(OPTION_KEYS), unique=True, min_size=1).map(sorted))
    subset = st.lists(st.sampled_from(OPTION_KEYS), unique=True).map(tuple)
    lists = st.lists(st.sampled_from(("active", "delinquent")), unique=True).map(tuple)
    return tuple(
        Option(
            key,
            f"Opción {key}",
            None,
            draw(subset) if parented else (),
            draw(lists),
            key == keys[0] or draw(st.booleans()),
        )
        for key in keys
    )


@st.composite
def forms_and_values(draw: st.DrawFn) -> tuple[tuple[Field, ...], dict[str, Any]]:
    """A form as the builder can make it, and answers."""
    fields: list[Field] = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from([each.value for each in FieldKind]))
        lists = [field for field in fields if field.kind in ("choice", "several")]
        conditions = [field for field in fields if field.kind in ("choice", "several", "yes_no")]
        on = draw(st.none() | st.sampled_from(conditions)) if conditions else None
        goes = draw(st.none() | st.sampled_from(lists)) if lists and kind == "choice" else None
        said = ("true", "false") if on and on.kind == "yes_no" else OPTION_KEYS
        words = tuple(draw(st.lists(st.sampled_from(said), unique=True, min_size=1))) if on else ()
        offered = draw(options(goes is not None)) if kind in ("choice", "several") else ()
        length = draw(st.sampled_from([1, 10, 25, 40]))
        part = draw(st.sampled_from(["closing", "closing", "future"]))
        needed = draw(st.booleans()) and on is None
        rules = (needed, on.key if on else None, words, goes.key if goes else None)
        fields.append(Field(f"f{number}", part, f"Campo {number}", kind, *rules, "", length, offered))
    return tuple(fields), {field.key: draw(answers(field.kind)) for field in fields}


def accepts(superuser: psycopg.Connection, version: int, values: dict[str, Any]) -> bool:
    """Whether the one checker takes these answers."""
    try:
        superuser.execute("SELECT iduo.check_form(%s, %s, 'delinquent')", [version, json.dumps(values)])
    except psycopg.errors.UntranslatableCharacter:  # a letter that no text of the database can hold
        return False
    except psycopg.Error as error:
        if error.sqlstate != "IU002":
            raise
        return False
    return True


def plain(value: Any) -> Any:
    """A value whatever way it is written: 3.10 is 3.1, and neither spaces around a text count nor which they are."""
    if isinstance(value, str):
        try:
            return Decimal(value)
        except ArithmeticError:
            return "\n".join(" ".join(line.split(" ")) for line in value.replace("\u00a0", " ").strip().splitlines())
    return value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=forms_and_values())
def test_the_dialog_and_the_database_agree(
    qtbot: QtBot, admin: Database, superuser: psycopg.Connection, drawn: tuple[tuple[Field, ...], dict[str, Any]]
) -> None:
    fields, values = drawn
    made = form_builder.create(admin, "survey", "Al azar", uuid4())
    empty = form_builder.definition(admin, made.form_id)
    wanted = replace(empty, fields=fields)
    version = form_builder.save_draft(admin, made.form_id, empty.version, edits.to_json(wanted)).version
    kept: Definition = form_builder.definition(admin, made.form_id)
    assert kept.fields == fields
    form = FormView(preview_form(kept, "delinquent").fields, formats.now)
    form.set_values(values)
    fits = not form.check()
    typed = form.values()
    delete(form)
    if fits:
        assert accepts(superuser, version, typed), (fields, typed)
    if accepts(superuser, version, values):
        assert fits, (fields, values)
        given_ = {key: plain(value) for key, value in values.items()}
        blank: tuple[Any, ...] = ("", None, [])
        assert {key: plain(value) for key, value in typed.items()} == {
            key: value for key, value in given_.items() if value not in blank
        }
