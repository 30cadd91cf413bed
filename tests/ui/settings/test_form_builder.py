"""Forms built in the program while others work; what the dialog takes and what the database takes are the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, form_builder
from iduo_desktop.services.form_builder import Definition
from iduo_desktop.services.forms import Field, Option
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.close_dialog import CloseDialog
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.form_builder import QUICK, FormBuilderPage
from iduo_desktop.ui.settings.form_builder_field import FieldDialog
from iduo_desktop.ui.settings.form_builder_preview import PreviewDialog, preview_form
from iduo_desktop.ui.settings.form_builder_template import TemplateDialog
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.widgets.form import FormView, Values
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.settings.hands import PATIENCE_MS, dialog, modal, press

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Go = Callable[[str], None]
CLOSING = 1


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Go) -> FormBuilderPage:
    """The page of the forms, with the closing form on it."""
    go("Formularios")
    shown = frame.page
    assert isinstance(shown, FormBuilderPage)
    qtbot.waitUntil(lambda: shown.definition is not None, timeout=PATIENCE_MS)
    return shown


def keys(page: FormBuilderPage) -> list[str]:
    """The fields, in their order."""
    return [field.key for field in page.definition.fields] if page.definition else []


def found(page: FormBuilderPage, key: str) -> Field:
    """A field of the draft."""
    assert page.definition is not None
    return next(field for field in page.definition.fields if field.key == key)


def add_field(
    qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard, name: str, kind: FieldKind, *options: str
) -> None:
    """A field more, by keyboard."""
    before = len(keys(page))
    press(keyboard, page.fields.buttons["add"])
    shown = dialog(qtbot, "field_dialog")
    assert isinstance(shown, FieldDialog)
    keyboard.write(name)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.focus().lineEdit().selectAll()  # type: ignore[attr-defined]
    keyboard.write(kind.label)
    keyboard.press(Qt.Key.Key_Return)
    for option in options:
        press(keyboard, shown.panel.pane.buttons["add"])
        keyboard.write(option)
    keyboard.save()
    qtbot.waitUntil(lambda: len(keys(page)) == before + 1, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: modal() != "field_dialog")


def add_one_of_each(qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard) -> None:
    """A field of every kind, and one more: with the four that ship there are 15."""
    for kind in FieldKind:
        options = ("Una", "Otra") if kind in (FieldKind.CHOICE, FieldKind.SEVERAL) else ()
        add_field(qtbot, page, keyboard, f"Mi {kind.value.replace('_', ' ')}", kind, *options)
    add_field(qtbot, page, keyboard, "Uno más", FieldKind.TEXT)


def close_dialog(qtbot: QtBot, desk: Desk, case: int, window: QWidget) -> CloseDialog:
    """F7 on a case."""
    shown = CloseDialog(desk.operations, desk.drafts, cases.card(desk.database, case), window)
    shown.open()
    qtbot.waitUntil(lambda: bool(shown.forms), timeout=PATIENCE_MS)
    return shown


def test_the_closing_form_is_rebuilt_while_two_operators_work(
    qtbot: QtBot,
    page: FormBuilderPage,
    frame: SettingsFrame,
    keyboard: Keyboard,
    open_desk: Callable[..., Desk],
    world: World,
) -> None:
    juan, eva = open_desk("juan", "operator"), open_desk("eva", "operator")
    his, hers = world.case(assigned_to=juan.login), world.case(assigned_to=eva.login)
    places = [QWidget(), QWidget()]
    for place in places:
        qtbot.addWidget(place)
        place.show()
    open_before = close_dialog(qtbot, juan, his, places[0])
    open_before.forms[0].fill(open_before._form.templates[0])  # type: ignore[union-attr]
    text = "Ñandú: habló 20 minutos y paga el lunes."
    open_before.forms[0].set_values({**open_before.forms[0].values(), "description": text})
    open_before.hide()
    frame.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is frame)
    add_one_of_each(qtbot, page, keyboard)
    assert page.state.text() == "Cambios sin publicar"
    assert sum(field.part == "closing" for field in page.definition.fields) == 15  # type: ignore[union-attr]
    page.publish()
    qtbot.waitUntil(lambda: page.state.text().startswith("Publicado el"), timeout=PATIENCE_MS)
    open_after = close_dialog(qtbot, eva, hers, places[1])
    assert len(open_after.forms[0].rows) == 15
    assert len(open_before.forms[0].rows) == 4
    assert open_before.forms[0].values()["description"] == text
    with qtbot.waitSignal(open_before.closed, timeout=PATIENCE_MS):
        open_before.submit()
    assert world.value("SELECT values ->> 'description' FROM iduo.closing WHERE case_id = %s", his) == text
    open_after.forms[0].fill(open_after._form.templates[0])  # type: ignore[union-attr]
    more: Values = {"mi_choice": "una", "mi_several": ["una", "otra"], "mi_money": "12.5", "mi_yes_no": True}
    open_after.forms[0].set_values({**open_after.forms[0].values(), **more})
    with qtbot.waitSignal(open_after.closed, timeout=PATIENCE_MS):
        open_after.submit()
    assert world.value("SELECT values -> 'mi_several' FROM iduo.closing WHERE case_id = %s", hers) == ["una", "otra"]
    assert world.value("SELECT count(DISTINCT form_version_id) FROM iduo.closing") == 2


def test_fields_move_and_a_refusal_stands_at_its_field(qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard) -> None:
    page.fields.list.choose("contact_reason")
    page.fields.list.setFocus()
    keyboard.press(Qt.Key.Key_Down, CONTROL)
    qtbot.waitUntil(lambda: keys(page)[:3] == ["reason", "status", "contact_reason"], timeout=PATIENCE_MS)
    keyboard.press(Qt.Key.Key_Return)
    shown = dialog(qtbot, "field_dialog")
    assert isinstance(shown, FieldDialog)
    shown.form.set_values({**shown.form.values(), "needed": "depends", "required_if": "reason"})
    keyboard.save()
    assert shown.isVisible()
    shown.when.choose(["paid"])
    keyboard.save()
    qtbot.waitUntil(lambda: found(page, "contact_reason").required_if_values == ("paid",), timeout=PATIENCE_MS)
    page.fields.list.choose("reason")
    page.remove_field()
    sentence = "«Razón de contacto» depende de un campo que no está antes en el formulario."
    qtbot.waitUntil(lambda: page.problem.text() == sentence, timeout=PATIENCE_MS)
    chosen = page.fields.list.row()
    assert chosen is not None
    assert chosen.key == "contact_reason"
    assert "reason" in keys(page)


def test_a_conflict_loses_nothing_typed(qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard, desk: Desk) -> None:
    page.fields.list.choose("description")
    page.edit_field()
    shown = dialog(qtbot, "field_dialog")
    assert isinstance(shown, FieldDialog)
    shown.form.set_values({**shown.form.values(), "label": "Qué pasó"})
    theirs = replace(found(page, "description"), help="Con tus palabras")
    edits.change(desk.database, CLOSING, edits.put_field(found(page, "description"), theirs))
    edits.change(desk.database, CLOSING, edits.move_field("status", -1))
    shown.submit()
    message = shown._message
    qtbot.waitUntil(lambda: message.text().startswith("Otra persona cambió este formulario"), timeout=PATIENCE_MS)
    assert shown.form.values()["label"] == "Qué pasó"
    shown.discard()
    shown.accept()
    qtbot.waitUntil(lambda: found(page, "description") == theirs, timeout=PATIENCE_MS)
    page.fields.list.choose("status")
    page.edit_field()
    other = dialog(qtbot, "field_dialog")
    assert isinstance(other, FieldDialog)
    other.form.set_values({**other.form.values(), "label": "Cómo quedó"})
    edits.change(desk.database, CLOSING, edits.move_field("status", 1))
    keyboard.save()
    qtbot.waitUntil(lambda: found(page, "status").label == "Cómo quedó", timeout=PATIENCE_MS)
    assert found(page, "description") == theirs


def test_options_get_digits_lists_and_parents_and_are_retired(
    qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard
) -> None:
    page.fields.list.choose("contact_reason")
    page.edit_field()
    shown = dialog(qtbot, "field_dialog")
    assert isinstance(shown, FieldDialog)
    shown.form.set_values({**shown.form.values(), "options_if": "reason"})
    panel = shown.panel
    retired = panel.options[0].key
    panel.pane.list.choose(retired)
    panel.retire()
    panel.add()
    keyboard.write("Pidió la baja")
    panel.form.set_values({**panel.form.values(), "option_digit": "7", "option_lists": ["active"]})
    panel.parents.choose(["paid"])
    panel.move_option(-1)
    keyboard.save()
    qtbot.waitUntil(lambda: found(page, "contact_reason").options_if_field == "reason", timeout=PATIENCE_MS)
    options = found(page, "contact_reason").options
    assert Option("pidio_la_baja", "Pidió la baja", 7, ("paid",), ("active",)) == options[-2]
    assert not next(option for option in options if option.key == retired).active


def test_a_quick_closing_a_preview_and_a_draft_brought_back(
    qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard, desk: Desk
) -> None:
    before = page.definition
    page.tabs.setCurrentIndex(QUICK)
    press(keyboard, page.templates.buttons["add"])
    shown = dialog(qtbot, "template_dialog")
    assert isinstance(shown, TemplateDialog)
    shown.form.set_values({"#digit": "9", "#label": "Se mudó", "reason": "paid", "description": "Se mudó."})
    keyboard.save()
    qtbot.waitUntil(lambda: page.templates.list.topLevelItemCount() == 5, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: modal() == "")
    page.preview()
    preview = dialog(qtbot, "preview_dialog")
    assert isinstance(preview, PreviewDialog)
    keyboard.press(Qt.Key.Key_9)
    assert preview.forms[0].values() == {"reason": "paid", "description": "Se mudó."}
    preview.check()
    assert preview.verdict.text() == ""
    preview.forms[0].set_values({**preview.forms[0].values(), "contact_reason": "collection", "status": "solved"})
    keyboard.save()
    assert preview.verdict.text().startswith("✔")
    keyboard.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: modal() == "")
    page.discard_draft()
    qtbot.waitUntil(lambda: page.definition == before, timeout=PATIENCE_MS)
    desk.notice.undo()
    qtbot.waitUntil(lambda: page.templates.list.topLevelItemCount() == 5, timeout=PATIENCE_MS)


def test_a_survey_is_made_and_published(qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard, desk: Desk) -> None:
    press(keyboard, page.forms.buttons["add"])
    dialog(qtbot, "new_form_dialog")
    keyboard.write("Satisfacción")
    keyboard.save()
    qtbot.waitUntil(lambda: page.definition is not None and page.definition.kind == "survey", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: modal() == "")
    assert not page.discard_button.isEnabled()
    page.publish()
    qtbot.waitUntil(lambda: page.problem.text().startswith("El formulario no tiene campos"), timeout=PATIENCE_MS)
    add_field(qtbot, page, keyboard, "¿Cómo?", FieldKind.CHOICE, "Bien", "Mal")
    page.publish()
    qtbot.waitUntil(lambda: page.state.text().startswith("Publicado el"), timeout=PATIENCE_MS)
    row = next(row for row in form_builder.forms(desk.database) if row.title == "Satisfacción")
    assert (row.kind, row.active, row.used) == ("survey", True, 0)


def test_keys_are_made_from_labels() -> None:
    assert edits.new_key("¿Cuándo llamó?", ()) == "cuando_llamo"
    assert edits.new_key("Importe", {"importe", "importe_2"}) == "importe_3"
    assert edits.new_key("3 cuotas", ()) == "x_3_cuotas"
    assert edits.new_key("¡!", ()) == "x"
    assert edits.new_key("Next date", ()) == "next_date_2"
    assert len(edits.new_key("x" * 120, {"x" * 36})) <= 40


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
