"""Forms built in the program while others work: fields, options, quick closings, drafts and their publication."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases, form_builder
from iduo_desktop.services.forms import Field, Option
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.cases.close_dialog import CloseDialog
from iduo_desktop.ui.settings import form_builder_edits as edits
from iduo_desktop.ui.settings.form_builder import QUICK, FormBuilderPage
from iduo_desktop.ui.settings.form_builder_field import FieldDialog
from iduo_desktop.ui.settings.form_builder_preview import PreviewDialog
from iduo_desktop.ui.settings.form_builder_template import TemplateDialog
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.widgets.form import Values
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
    keyboard.focus().lineEdit().selectAll()  # type: ignore[attr-defined]  # a choice that one types into
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
    open_before.forms[0].fill(open_before._form.templates[0])  # type: ignore[union-attr]  # it is there by then
    text = "Ñandú: habló 20 minutos y paga el lunes."
    open_before.forms[0].set_values({**open_before.forms[0].values(), "description": text})
    open_before.hide()
    frame.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is frame)
    add_one_of_each(qtbot, page, keyboard)
    assert page.state.text() == "Cambios sin publicar"
    assert sum(field.part == "closing" for field in page.definition.fields) == 15  # type: ignore[union-attr]  # it is there by then
    page.publish()
    qtbot.waitUntil(lambda: page.state.text().startswith("Publicado el"), timeout=PATIENCE_MS)
    open_after = close_dialog(qtbot, eva, hers, places[1])
    assert len(open_after.forms[0].rows) == 15
    assert len(open_before.forms[0].rows) == 4
    assert open_before.forms[0].values()["description"] == text
    with qtbot.waitSignal(open_before.closed, timeout=PATIENCE_MS):
        open_before.submit()
    assert world.value("SELECT values ->> 'description' FROM iduo.closing WHERE case_id = %s", his) == text
    open_after.forms[0].fill(open_after._form.templates[0])  # type: ignore[union-attr]  # it is there by then
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
    page.publish()
    qtbot.waitUntil(lambda: page.problem.text().startswith("El formulario no tiene campos"), timeout=PATIENCE_MS)
    add_field(qtbot, page, keyboard, "¿Cómo?", FieldKind.CHOICE, "Bien", "Mal")
    page.discard_draft()
    qtbot.waitUntil(
        lambda: page.definition is not None and page.definition.title != "Satisfacción", timeout=PATIENCE_MS
    )
    assert "Satisfacción" not in {row.title for row in form_builder.forms(desk.database)}
    desk.notice.undo()
    qtbot.waitUntil(lambda: page.definition is not None and page.definition.title == "Satisfacción")
    assert [*keys(page)] == ["como"]
    page.publish()
    qtbot.waitUntil(lambda: page.state.text().startswith("Publicado el"), timeout=PATIENCE_MS)
    row = next(row for row in form_builder.forms(desk.database) if row.title == "Satisfacción")
    assert (row.kind, row.active, row.used) == ("survey", True, 0)


def test_a_quick_closing_fills_several_options(
    qtbot: QtBot, page: FormBuilderPage, keyboard: Keyboard, desk: Desk
) -> None:
    add_field(qtbot, page, keyboard, "Motivos", FieldKind.SEVERAL, "Una", "Otra")
    page.tabs.setCurrentIndex(QUICK)
    press(keyboard, page.templates.buttons["add"])
    shown = dialog(qtbot, "template_dialog")
    assert isinstance(shown, TemplateDialog)
    shown.form.set_values({"#digit": "9", "#label": "Todo", "motivos": ["una", "otra"]})
    keyboard.save()
    qtbot.waitUntil(lambda: page.templates.list.topLevelItemCount() == 5, timeout=PATIENCE_MS)
    page.templates.list.choose(9)
    page.edit_template()
    again = dialog(qtbot, "template_dialog")
    assert isinstance(again, TemplateDialog)
    assert again.form.values()["motivos"] == ["una", "otra"]
    keyboard.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: modal() == "")
    page.preview()
    preview = dialog(qtbot, "preview_dialog")
    assert isinstance(preview, PreviewDialog)
    keyboard.press(Qt.Key.Key_9)
    assert preview.forms[0].values()["motivos"] == ["una", "otra"]
    keyboard.press(Qt.Key.Key_Escape)


def test_keys_are_made_from_labels() -> None:
    assert edits.new_key("¿Cuándo llamó?", ()) == "cuando_llamo"
    assert edits.new_key("Importe", {"importe", "importe_2"}) == "importe_3"
    assert edits.new_key("3 cuotas", ()) == "x_3_cuotas"
    assert edits.new_key("¡!", ()) == "x"
    assert edits.new_key("Next date", ()) == "next_date_2"
    assert len(edits.new_key("x" * 120, {"x" * 36})) <= 40
