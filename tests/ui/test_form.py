"""A form on the screen: each kind of field, what is required, templates, errors, and the keyboard."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services.forms import Field, FieldValue, Option, Template
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.widgets.fields import Value, fixed_field
from iduo_desktop.ui.widgets.form import FormView
from tests.ui.desk import Keyboard

# a list that pops up asks the offscreen platform for what it cannot do
pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

NOW = datetime(2026, 11, 21, 14, 3, tzinfo=timezone(timedelta(hours=-3)))
REASONS = (("paid", "Regularizó el pago"), ("plan", "Plan de pagos"), ("moved", "Se mudó"))


Show = Callable[..., FormView]


def clock() -> datetime:
    return NOW


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """`show(field, …)`: a form in an active window, the focus on its first field."""
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window)

    def show_form(*fields: Field, width: int = 600) -> FormView:
        form = FormView(fields, clock, window)
        layout = window.layout()
        assert layout is not None
        layout.addWidget(form)
        window.resize(width, 400)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        form.rows[0].editor.input.setFocus()
        return form

    return show_form


def field(key: str, kind: FieldKind, required: bool = False, **options: Any) -> Field:
    return fixed_field(key, key.capitalize(), kind, required=required, **options)


def error(form: FormView, key: str) -> str:
    """What is said to be wrong under a field."""
    label = form.findChild(QLabel, f"error_{key}")
    assert label is not None
    return "" if label.isHidden() else label.text()


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldKind.TEXT, "  Ana ñandú @ü€ ", "Ana ñandú @ü€"),
        (FieldKind.LONG_TEXT, "Paga hoy.", "Paga hoy."),
        (FieldKind.NUMBER, "1.250,5", "1250.5"),
        (FieldKind.MONEY, "48.310,50", "48310.50"),
        (FieldKind.MONEY, "48310", "48310.00"),
        (FieldKind.DATE, "mañana", "2026-11-22"),
        (FieldKind.DATE, "lun", "2026-11-23"),
        (FieldKind.DATE, "25/11", "2026-11-25"),
        (FieldKind.TIME, "930", "09:30"),
        (FieldKind.PHONE, "0341 15-612-4410", "0341 15-612-4410"),
        (FieldKind.CHOICE, "regularizo", "paid"),
        (FieldKind.CHOICE, "PAGOS", "plan"),
    ],
)
def test_what_is_typed_becomes_a_value(
    show: Show, keyboard: Keyboard, kind: FieldKind, typed: str, value: Value
) -> None:
    form = show(field("it", kind, options=REASONS), field("next", FieldKind.TEXT))
    keyboard.write(typed)
    keyboard.press(Qt.Key.Key_Tab)
    assert form.values() == {"it": value}
    assert form.check() == []
    form.set_values(form.values())
    assert form.values() == {"it": value}


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        (FieldKind.NUMBER, "doce", "Escribí un número"),
        (FieldKind.MONEY, "-5", "Escribí un importe, por ejemplo 48.310,50"),
        (FieldKind.DATE, "31/2", "No entendimos el día. Probá con: mañana, lun, 25/11"),
        (FieldKind.TIME, "25:00", "Escribí una hora, por ejemplo 9:30"),
        (FieldKind.CHOICE, "zzz", "Elegí un valor de la lista"),
    ],
)
def test_what_cannot_be_read_stays_and_is_said(
    show: Show, keyboard: Keyboard, kind: FieldKind, typed: str, problem: str
) -> None:
    form = show(field("it", kind, options=REASONS))
    keyboard.write(typed)
    assert [row.field.key for row in form.check()] == ["it"]
    assert error(form, "it") == problem
    assert form.rows[0].editor.input.accessibleDescription() == problem
    shown = form.rows[0].editor.input
    assert (shown.currentText() if isinstance(shown, QComboBox) else shown.property("text")) == typed


@pytest.mark.parametrize("kind", [*FieldKind])
def test_a_required_field_says_so_until_it_has_an_answer(show: Show, kind: FieldKind) -> None:
    form = show(field("it", kind, required=True, options=REASONS))
    assert form.rows[0].label.text() == "It *"
    assert form.rows[0].editor.input.accessibleName() == "It, obligatorio"
    form.check()
    assert error(form, "it") != ""
    answers: dict[FieldKind, Value] = {
        FieldKind.CHOICE: "paid",
        FieldKind.SEVERAL: ["paid"],
        FieldKind.NUMBER: "3",
        FieldKind.MONEY: "3",
        FieldKind.DATE: "2026-11-25",
        FieldKind.TIME: "09:30",
        FieldKind.YES_NO: False,
    }
    form.set_values({"it": answers.get(kind, "algo")})
    assert error(form, "it") == ""
    assert form.check() == []


def test_a_long_text_counts_and_refuses_what_is_too_much(show: Show, keyboard: Keyboard) -> None:
    form = show(fixed_field("it", "It", FieldKind.LONG_TEXT, max_length=10))
    keyboard.write("doce letras!!")
    counter = form.rows[0].editor.aside
    assert isinstance(counter, QLabel)
    assert counter.text() == "13/10"
    form.check()
    assert error(form, "it") == "Sobran 3 letras"
    assert form.values() == {"it": "doce letras!!"}


def test_a_date_is_written_out_when_one_leaves_it(show: Show, keyboard: Keyboard) -> None:
    form = show(field("it", FieldKind.DATE), field("next", FieldKind.TEXT))
    meaning = form.findChild(QLabel, "date_meaning")
    assert meaning is not None
    keyboard.write("mañana")
    assert meaning.text() == "→ dom 22/11/2026"
    keyboard.press(Qt.Key.Key_Tab)
    line = form.findChild(QLineEdit, "field_it")
    assert line is not None
    assert (line.text(), meaning.text()) == ("22/11/2026", "dom · mañana")
    line.setFocus()
    keyboard.press(Qt.Key.Key_Up)
    keyboard.press(Qt.Key.Key_PageUp)
    assert form.values() == {"it": "2026-11-30"}


def test_a_telephone_is_understood_or_warned_of(show: Show, keyboard: Keyboard) -> None:
    form = show(field("it", FieldKind.PHONE), field("next", FieldKind.TEXT))
    meaning = form.findChild(QLabel, "phone_meaning")
    assert meaning is not None
    keyboard.write("0341 15-612-4410")
    keyboard.press(Qt.Key.Key_Tab)
    assert meaning.text() == "+54 9 341 612-4410"
    form.set_values({"it": "15 99"})
    assert meaning.text() == "⚠ No existe en Argentina. ¿Falta el código de área?"
    assert (form.check(), form.values()) == ([], {"it": "15 99"})


def test_enter_goes_on_and_both_enters_are_alike(qtbot: QtBot, show: Show, keyboard: Keyboard) -> None:
    form = show(
        field("one", FieldKind.TEXT),
        field("two", FieldKind.CHOICE, options=REASONS),
        field("three", FieldKind.TEXT),
    )
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.focused() == "field_two"
    keyboard.write("plan")
    keyboard.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    qtbot.waitUntil(lambda: keyboard.focused() == "field_three")
    assert form.values() == {"two": "plan"}
    with qtbot.waitSignal(form.finished):
        keyboard.press(Qt.Key.Key_Return)


def test_tab_order_is_reading_order_in_two_columns(show: Show, keyboard: Keyboard) -> None:
    kinds = [*FieldKind] + [FieldKind.TEXT] * 5
    fields = [field(f"f{number}", kind, options=REASONS[:2]) for number, kind in enumerate(kinds)]
    form = show(*fields, width=1000)
    seen = []
    for _ in range(60):
        row = next((row for row in form.rows if row.editor.isAncestorOf(keyboard.focus())), None)
        if row is not None and row.field.key not in seen:
            seen.append(row.field.key)
        keyboard.press(Qt.Key.Key_Tab)
    assert seen == [each.key for each in fields]
    places = [row.cell.mapTo(form, row.cell.rect().topLeft()) for row in form.rows]
    assert len({place.x() for place in places}) == 2
    lines = [place.y() for place in places]
    assert lines == sorted(lines)


def test_fifteen_fields_fit_any_width(qtbot: QtBot) -> None:
    kinds = [*FieldKind] + [FieldKind.TEXT] * 5
    fields = [field(f"field_number_{number}", kind, options=REASONS) for number, kind in enumerate(kinds)]
    area = QScrollArea(widgetResizable=True)
    qtbot.addWidget(area)
    form = FormView(fields, clock)
    area.setWidget(form)
    area.show()
    for width in (480, 640, 855, 911, 1300):
        area.resize(width, 400)
        QApplication.processEvents()
        assert form.minimumSizeHint().width() <= area.viewport().width(), width


def test_an_answer_makes_another_required_and_narrows_its_options(show: Show) -> None:
    reason = field("reason", FieldKind.CHOICE, options=REASONS)
    quotas = Field("quotas", "closing", "Cuotas", "number", False, "reason", ("plan",), None, "", 200, ())
    options = (
        Option("all", "Todo", None, ("paid",)),
        Option("three", "Tres cuotas", None, ("plan",)),
        Option("x", "Otro", None, ()),
    )
    detail = Field("detail", "closing", "Detalle", "choice", False, None, (), "reason", "", 200, options)
    form = show(reason, quotas, detail)
    box = form.rows[2].editor.input
    assert isinstance(box, QComboBox)
    form.set_values({"reason": "paid", "detail": "all"})
    assert (form.rows[1].required, [box.itemText(row) for row in range(box.count())]) == (False, ["Todo", "Otro"])
    form.set_values({**form.values(), "reason": "plan"})
    assert (form.rows[1].required, [box.itemText(row) for row in range(box.count())]) == (True, ["Tres cuotas", "Otro"])
    assert form.values() == {"reason": "plan"}


def test_templates_fill_and_never_overwrite(show: Show) -> None:
    form = show(
        field("reason", FieldKind.CHOICE, options=REASONS),
        field("note", FieldKind.LONG_TEXT),
        field("ok", FieldKind.YES_NO),
    )
    paid = Template(1, "Pagó", (FieldValue("reason", "paid"), FieldValue("note", "Pagó."), FieldValue("ok", "true")))
    plan = Template(2, "Plan", (FieldValue("reason", "plan"), FieldValue("note", "Plan.")))
    form.fill(paid)
    assert form.values() == {"reason": "paid", "note": "Pagó.", "ok": True}
    form.fill(plan)
    assert form.values() == {"reason": "plan", "note": "Plan."}
    form.set_values({**form.values(), "note": "Llama el lunes."})
    form.fill(paid)
    assert form.values() == {"reason": "paid", "note": "Llama el lunes.", "ok": True}


def test_a_digit_in_a_list_is_no_answer_but_a_template(qtbot: QtBot, show: Show, keyboard: Keyboard) -> None:
    form = show(field("reason", FieldKind.CHOICE, options=REASONS), field("text", FieldKind.TEXT))
    with qtbot.waitSignal(form.digit_typed) as told:
        keyboard.write("2")
    assert told.args == [2]
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("2")
    assert form.values() == {"text": "2"}


def test_the_wheel_changes_no_answer(show: Show) -> None:
    form = show(field("reason", FieldKind.CHOICE, options=REASONS))
    form.set_values({"reason": "paid"})
    box = form.rows[0].editor.input
    middle = QPointF(box.rect().center())
    down, plain = QPoint(0, -120), Qt.KeyboardModifier.NoModifier
    phase = Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(
        box, QWheelEvent(middle, box.mapToGlobal(middle), down, down, Qt.MouseButton.NoButton, plain, phase, False)
    )
    assert form.values() == {"reason": "paid"}
