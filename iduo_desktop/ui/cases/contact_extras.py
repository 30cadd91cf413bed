"""What some results of a contact ask for beside the note: a promise, a callback, why a client on pause is contacted."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop.services.policies import Disposition
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import DateEditor, Editor, MomentEditor, NumberEditor, TextEditor, fixed_field
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.form import FieldRow, Values

OVERRIDE, AMOUNT, DUE, CALLBACK = "override_reason", "promise_amount", "promise_date", "callback_at"


class ContactExtras(QWidget):
    """Inputs by the name of the value that they give; only those that are asked for are there and count."""

    changed = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        override = fixed_field(OVERRIDE, "Motivo para contactar igual", FieldKind.TEXT, required=True)
        amount = fixed_field(AMOUNT, "Importe", FieldKind.MONEY)
        due = fixed_field(DUE, "Paga el", FieldKind.DATE, required=True, ahead=True)
        callback = fixed_field(CALLBACK, "Cuándo", FieldKind.DATE, required=True)
        self.rows: dict[str, FieldRow] = {}
        self._line = FlowLayout(self, centred=False)
        self._add(TextEditor(override, clock), 320)
        self._add(NumberEditor(amount, clock), 140)
        self._add(DateEditor(due, clock, beside=True), 280)
        self._add(MomentEditor(callback, clock), 380)

    def ask_for(self, result: Disposition | None, *, paused: bool) -> None:
        """Show the inputs that this result, or a client on pause, asks for."""
        promise = result is not None and result.promise
        callback = result is not None and result.callback
        for name, wanted in {OVERRIDE: paused, AMOUNT: promise, DUE: promise, CALLBACK: callback}.items():
            self.rows[name].label.setVisible(wanted)
            self.rows[name].cell.setVisible(wanted)
        self.setVisible(bool(self._asked()))

    def focus_first(self) -> bool:
        """Go to the first input that is asked for and empty; False when there is none."""
        asked = next((row for row in self._asked().values() if row.editor.is_blank()), None)
        if asked is not None:
            asked.editor.input.setFocus()
        return asked is not None

    def focus_reason(self, hint: str) -> None:
        """Ask for the reason first."""
        line = self.rows[OVERRIDE].editor.input
        line.setProperty("placeholderText", hint)
        line.setFocus()

    @property
    def reason_ready(self) -> bool:
        """True while the keyboard is where a reason is written."""
        row = self.rows[OVERRIDE]
        return row.editor.input.hasFocus() and not row.editor.is_blank()

    def values(self) -> Values:
        """The answers to what is asked for."""
        found = {name: row.editor.value() for name, row in self._asked().items()}
        return {name: value for name, value in found.items() if value is not None}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these answers and no errors."""
        for name, row in self.rows.items():
            row.editor.set_value(values.get(name))
            row.show_error("")

    def check(self) -> bool:
        """Check what is asked for; the first wrong input gets the focus."""
        wrong = [row for row in self._asked().values() if row.check()]
        if wrong:
            wrong[0].editor.input.setFocus()
        return not wrong

    def refuse(self, name: str, problem: str) -> bool:
        """Show what the database says of an input; False when it is none of these."""
        row = self.rows.get(name)
        if row is not None:
            row.show_error(problem)
            row.editor.input.setFocus()
        return row is not None

    def inputs(self) -> list[QWidget]:
        """What takes the focus, in reading order."""
        return [row.editor.input for row in self.rows.values()]

    def _add(self, editor: Editor, width: int) -> None:
        row = FieldRow(editor.field, editor, self)
        row.label.setWordWrap(False)
        row.cell.setFixedWidth(width)
        self._line.addWidget(row.label)
        self._line.addWidget(row.cell)
        editor.changed.connect(lambda: self._follow(row))
        self.rows[editor.field.key] = row

    def _follow(self, row: FieldRow) -> None:
        if row.wrong:
            row.check()
        self.changed.emit()

    def _asked(self) -> dict[str, FieldRow]:
        return {name: row for name, row in self.rows.items() if not row.cell.isHidden()}
