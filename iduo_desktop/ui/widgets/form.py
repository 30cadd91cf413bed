"""A form as an administrator made it: fields in one or two columns, checked as one goes, filled by templates."""

from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services.forms import Field, Template
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import ChoiceEditor, Editor, Value, editor, from_template
from iduo_desktop.ui.widgets.keys import ENTER, PLAIN
from iduo_desktop.ui.widgets.labels import label, say, sentence

Values = dict[str, Value]

_MISSING = {
    FieldKind.CHOICE: "Elegí un valor de la lista",
    FieldKind.SEVERAL: "Elegí al menos una opción",
    FieldKind.YES_NO: "Elegí sí o no",
}
_LABEL = 160  # longer labels take two lines
_INPUT = 190  # narrower inputs are a nuisance
_GAP = 12
_FEW = 4  # up to this many fields read better one below the other


class FieldRow(QObject):
    """One field on the screen: its label, its input, and what is said under it."""

    def __init__(self, field: Field, made: Editor, parent: QWidget):
        super().__init__(parent)
        self.field = field
        self.editor = made
        self.label = label()
        self.label.setContentsMargins(0, 6, 0, 0)
        self.label.setBuddy(self.editor.input)
        self.cell = QWidget(parent)
        self._help = sentence("secondary", f"help_{field.key}")
        self._error = sentence("error", f"error_{field.key}")
        self._lay_out()
        say(self._help, field.help)
        self.require(field.required)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self._help, 1)
        if self.editor.aside is not None:
            below.addWidget(self.editor.aside, 0 if self.field.help or self.wide else 1)
        column = QVBoxLayout(self.cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.editor)
        column.addLayout(below)
        column.addWidget(self._error)
        column.addStretch(1)

    @property
    def wide(self) -> bool:
        """True when it takes the whole line."""
        return self.field.kind == FieldKind.LONG_TEXT

    def label_width(self) -> int:
        """The width that the label needs on one line."""
        return self.label.fontMetrics().horizontalAdvance(self.field.label + " *") + 2

    def require(self, required: bool) -> None:
        """Say on the label and to screen readers whether an answer is needed."""
        self.required = required
        self.label.setText(self.field.label + (" *" if required else ""))
        self.editor.input.setAccessibleName(self.field.label + (", obligatorio" if required else ""))

    def check(self) -> str:
        """What is wrong with the answer, shown under it; empty when it will do."""
        problem = self.editor.problem()
        if not problem and self.required and self.editor.is_blank():
            problem = _MISSING.get(FieldKind(self.field.kind), "Completá este dato")
        self.show_error(problem)
        return problem

    def show_error(self, problem: str) -> None:
        """Say what is wrong under the input; an empty sentence takes it away."""
        if self._error.text() == problem:
            return
        say(self._error, problem)
        self.editor.input.setAccessibleDescription(problem or self.field.help)
        mark(self.editor.input, invalid=bool(problem))

    @property
    def wrong(self) -> bool:
        """True while something is said to be wrong."""
        return bool(self._error.text())


class FormView(QWidget):
    """Fields of a form. Enter goes to the next one unless told otherwise; values are a dictionary ready for JSON.

    `editors` are inputs that a caller brings, by the key of their field. `digit_typed` tells of a digit where it cannot
    be part of an answer; `finished` of Enter in the last field.
    """

    changed = Signal()
    finished = Signal()
    digit_typed = Signal(int)
    few = _FEW

    def __init__(
        self,
        fields: Iterable[Field],
        clock: Clock,
        parent: QWidget | None = None,
        editors: Mapping[str, Editor] | None = None,
        *,
        enter_advances: bool = True,
    ):
        super().__init__(parent)
        self._enter_advances = enter_advances
        own = editors or {}
        self.rows = [FieldRow(field, own.get(field.key) or editor(field, clock), self) for field in fields]
        self._by_key = {row.field.key: row for row in self.rows}
        self._filled: Values = {}
        self._columns = 0
        self._label_width = self.label_width()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(_GAP)
        self._grid.setVerticalSpacing(8)
        self._arrange(1)
        for row in self.rows:
            row.editor.changed.connect(lambda row=row: self._follow(row))
            row.editor.input.installEventFilter(self)
            if isinstance(row.editor, ChoiceEditor):
                row.editor.box.entered.connect(lambda row=row: self._advance(row.editor.input))
        self._follow_all()

    def values(self) -> Values:
        """What was answered; fields without an answer are left out."""
        found = {row.field.key: row.editor.value() for row in self.rows}
        return {key: value for key, value in found.items() if value is not None}

    def told(self) -> list[tuple[str, str]]:
        """What was answered, in words: the label of each field and its answer."""
        return [(row.field.label, _in_words(row)) for row in self.rows if not row.editor.is_blank()]

    def set_values(self, values: Mapping[str, Value]) -> None:
        """Show these answers, those that others depend on first."""
        for row in sorted(self.rows, key=lambda row: row.field.options_if_field is not None):
            row.editor.set_value(values.get(row.field.key))

    def fill(self, template: Template) -> None:
        """Put a template's values into what is empty or as another template left it; never over what was typed."""
        values = {each.field: each.value for each in template.values}
        for row in sorted(self.rows, key=lambda row: row.field.options_if_field is not None):
            key = row.field.key
            untouched = key in self._filled and row.editor.value() == self._filled[key]
            if untouched or row.editor.is_blank():
                row.editor.set_value(from_template(row.field, values[key]) if key in values else None)
                self._filled[key] = row.editor.value()

    def check(self) -> list[FieldRow]:
        """Check every answer and say what is wrong under it; the rows that are wrong, in reading order."""
        return [row for row in self.rows if row.check()]

    def show_error(self, key: str, sentence: str) -> bool:
        """Show an error that the database found at its field; False when there is no such field."""
        row = self._by_key.get(key)
        if row is not None:
            row.show_error(sentence)
            row.editor.input.setFocus()
        return row is not None

    def first_blank(self, required: bool = True) -> QWidget | None:
        """The input of the first empty field (that needs an answer)."""
        blank = (row for row in self.rows if row.editor.is_blank() and (row.required or not required))
        return next((row.editor.input for row in blank), None)

    def first(self) -> QWidget | None:
        """The first input."""
        return self.rows[0].editor.input if self.rows else None

    def take_keyboard(self) -> None:
        """One begins in its first input."""
        first = self.first()
        if first is not None:
            first.setFocus()

    def label_width(self) -> int:
        """The width that its longest label wants."""
        return min(_LABEL, max((row.label_width() for row in self.rows), default=0))

    def align_labels(self, width: int) -> None:
        """Make the labels as wide as those of another form above or below."""
        self._label_width = width
        self._arrange(self._columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = 2 if len(self.rows) > self.few and event.size().width() >= self._width_for_two() else 1
        if columns != self._columns:
            self._arrange(columns)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if self._advances(watched, event):
            self._advance(watched)
            return True
        if isinstance(watched, ChoiceBox) and event.text().isdecimal() and not watched.knows(event.text()):
            self.digit_typed.emit(int(event.text()))
            return True
        return super().eventFilter(watched, event)

    def _advances(self, watched: QObject, event: QKeyEvent) -> bool:
        plain = event.modifiers() in PLAIN
        enter = event.key() in ENTER
        return self._enter_advances and enter and plain and isinstance(watched, QLineEdit | ChoiceBox)

    def _advance(self, watched: QObject) -> None:
        at = next(index for index, row in enumerate(self.rows) if row.editor.input is watched)
        self.rows[at].editor.settle()
        if at + 1 < len(self.rows):
            self.rows[at + 1].editor.input.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.finished.emit()

    def _arrange(self, columns: int) -> None:
        """Lay the fields out line by line, so that Tab order stays reading order."""
        self._columns = columns
        for row, line, column in self._places(columns):
            # not takeAt: the old item would live on, and heights that it remembered with it
            self._grid.removeWidget(row.label)
            self._grid.removeWidget(row.cell)
            row.label.setFixedWidth(self._label_width)
            self._grid.addWidget(row.label, line, 2 * column, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(row.cell, line, 2 * column + 1, 1, 2 * columns - 1 if row.wide else 1)
        for index in range(4):
            self._grid.setColumnStretch(index, index % 2 if index < 2 * columns else 0)

    def _places(self, columns: int) -> Iterator[tuple[FieldRow, int, int]]:
        """Each field with its line and column; wide ones have a line of their own."""
        line = column = 0
        for row in self.rows:
            if row.wide and column:
                line, column = line + 1, 0
            yield row, line, column
            column = 0 if row.wide else (column + 1) % columns
            line += column == 0

    def _width_for_two(self) -> int:
        """The width from which two columns stand side by side without being squeezed."""
        inputs = [_INPUT, _INPUT]
        for row, _, column in self._places(2):
            if not row.wide:
                inputs[column] = max(inputs[column], row.cell.minimumSizeHint().width())
        return 2 * self._label_width + 3 * _GAP + sum(inputs)

    def _follow_all(self) -> None:
        for row in self.rows:
            self._follow_answer_of(row)

    def _follow(self, row: FieldRow) -> None:
        if row.wrong:
            row.check()
        self._follow_answer_of(row)
        self.changed.emit()

    def _follow_answer_of(self, row: FieldRow) -> None:
        """Adapt the fields that depend on this one: their options, and whether they need an answer."""
        answer = row.editor.value()
        given = {str(each) for each in answer} if isinstance(answer, list) else {_word(answer)}
        for other in self.rows:
            if other.field.required_if_field == row.field.key:
                other.require(other.field.required or bool(given & {*other.field.required_if_values}))
            if other.field.options_if_field == row.field.key and isinstance(other.editor, ChoiceEditor):
                other.editor.offer(answer)


def _word(answer: Value) -> str:
    """An answer as `required_if_values` writes it."""
    return {True: "true", False: "false"}[answer] if isinstance(answer, bool) else str(answer or "")


def _in_words(row: FieldRow) -> str:
    """An answer as people say it: the labels of the options that were chosen."""
    value = row.editor.value()
    if isinstance(value, bool):
        return "Sí" if value else "No"
    labels = {option.key: option.label for option in row.field.options}
    chosen = value if isinstance(value, list) else [str(value)]
    return ", ".join(labels.get(each, each) for each in chosen)
