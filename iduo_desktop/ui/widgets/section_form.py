"""A section of a person's record: a form in which «No dijo» is an answer to every question."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QWidget

from iduo_desktop.services.forms import UNSAID, Field
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Value
from iduo_desktop.ui.widgets.form import FieldRow, FormView, Values

WORD = "No dijo"


class SectionForm(FormView):
    """Enter goes from question to question; Tab passes «No dijo» too. What was not said needs no other answer."""

    def __init__(self, fields: Iterable[Field], clock: Clock, parent: QWidget | None = None):
        self._unsaid: dict[str, QCheckBox] = {}
        super().__init__(fields, clock, parent)
        for row in self.rows:
            self._add_unsaid(row)
        self._order()

    def values(self) -> Values:
        unsaid: Values = {key: UNSAID for key, box in self._unsaid.items() if box.isChecked()}
        return {**super().values(), **unsaid}

    def set_values(self, values: Mapping[str, Value]) -> None:
        super().set_values({key: value for key, value in values.items() if value != UNSAID})
        for key, box in self._unsaid.items():
            box.setChecked(values.get(key) == UNSAID)

    def check(self) -> list[FieldRow]:
        asked = [row for row in self.rows if not self.is_unsaid(row)]
        return [row for row in asked if row.check()]

    def first_blank(self, required: bool = True) -> QWidget | None:
        blank = (row for row in self.rows if row.editor.is_blank() and not self.is_unsaid(row))
        return next((row.editor.input for row in blank if row.required or not required), None)

    def is_unsaid(self, row: FieldRow) -> bool:
        """Whether he did not say it."""
        return self._unsaid[row.field.key].isChecked()

    def say_nothing(self) -> None:
        """He said nothing of what is still empty."""
        for row in self.rows:
            if row.editor.is_blank():
                self._unsaid[row.field.key].setChecked(True)

    def _add_unsaid(self, row: FieldRow) -> None:
        box = self._unsaid[row.field.key] = QCheckBox(WORD, row.cell)
        box.setObjectName(f"unsaid_{row.field.key}")
        box.setAccessibleName(f"{row.field.label}: no dijo")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(row.editor, 1)
        line.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        column = row.cell.layout()
        if isinstance(column, QBoxLayout):
            column.insertLayout(0, line)
        box.toggled.connect(lambda on, row=row: self._follow_unsaid(row, on))

    def _follow_unsaid(self, row: FieldRow, on: bool) -> None:
        row.editor.setEnabled(not on)
        if on:
            row.editor.set_value(None)
            row.show_error("")
        self.changed.emit()

    def _order(self) -> None:
        """Tab goes in reading order: each question, then whether it was answered at all."""
        for row, following in zip(self.rows, self.rows[1:], strict=False):
            box = self._unsaid[row.field.key]
            QWidget.setTabOrder(_last(row.editor), box)
            QWidget.setTabOrder(box, following.editor.input)
        for row in self.rows[-1:]:
            QWidget.setTabOrder(_last(row.editor), self._unsaid[row.field.key])


def _last(editor: QWidget) -> QWidget:
    """The last thing in an input that Tab reaches."""
    stops = [each for each in editor.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return stops[-1] if stops else editor
