"""The inputs of a form, one class for each kind of field: what is typed, as a value, and why it cannot be one."""

import json
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
)

from iduo_desktop import phones
from iduo_desktop.services.forms import Field, Option
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.widgets import amounts, moments
from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.date_box import Clock, DateBox, Warn
from iduo_desktop.ui.widgets.editor import ODD, ODD_IN_LINE, Editor, Value
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.line_edits import LeavingLine

__all__ = ["Editor", "Value", "editor", "fixed_field", "from_template"]

_NO_PHONE = "⚠ No existe en Argentina. ¿Falta el código de área?"

SHORT = 12  # letters of options that stand two in a row


class TextEditor(Editor):
    """One line."""

    odd = ODD_IN_LINE

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.line = QLineEdit(maxLength=field.max_length or 200)
        self.line.setObjectName(f"field_{field.key}")
        self._hold(self.line)
        self.line.textChanged.connect(self.changed)

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self.line.setText(str(value or ""))
        self.line.setCursorPosition(0)


class LongTextEditor(Editor):
    """Several lines, with a counter. Too much text stays, is counted in red and is refused."""

    odd = ODD

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._limit = field.max_length or 2000
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.document().setDocumentMargin(6)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 3 + 18)
        self._counter = label(role="secondary", wraps=False)
        self._counter.setParent(self)  # shown before it has its place, it would be a window
        self._counter.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._hold(self.text)
        self.aside = self._counter
        self.text.textChanged.connect(self._count)
        self._count()

    def value(self) -> Value:
        return self.text.toPlainText().strip() or None

    def set_value(self, value: Value) -> None:
        self.text.setPlainText(str(value or ""))

    def problem(self) -> str:
        over = len(str(self.value() or "")) - self._limit
        return f"Sobran {over} letras" if over > 0 else super().problem()

    def _count(self) -> None:
        counted = f"{len(str(self.value() or ''))}/{self._limit}"
        say(self._counter, counted, "error" if self.problem() else "secondary")
        self.changed.emit()


class ChoiceEditor(Editor):
    """One option, found by typing any part of it."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.box = ChoiceBox()
        self._hold(self.box)
        self.offer(None)
        self.box.changed.connect(self.changed)

    def offer(self, parent: Value) -> None:
        """Show the options that go with the answer of the field that they depend on."""
        self.box.set_choices((option.key, option.label) for option in self.field.options if _goes_with(option, parent))

    def value(self) -> Value:
        return self.box.key()

    def set_value(self, value: Value) -> None:
        self.box.set_key(None if value is None else str(value))

    def problem(self) -> str:
        return "Elegí un valor de la lista" if self.value() is None and not self.box.is_blank() else ""

    def is_blank(self) -> bool:
        return self.box.is_blank()

    def settle(self) -> None:
        self.box.settle()


class SeveralEditor(Editor):
    """Any number of options."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._boxes = {option.key: QCheckBox(option.label) for option in field.options}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        short = all(len(option.label) <= SHORT for option in field.options)
        columns = 2 if short and len(self._boxes) > 3 else 1
        for index, box in enumerate(self._boxes.values()):
            grid.addWidget(box, index // columns, index % columns)
            box.toggled.connect(self.changed)
        for first in [*self._boxes.values()][:1]:
            self.input = first
            self.setFocusProxy(first)

    def value(self) -> Value:
        return [key for key, box in self._boxes.items() if box.isChecked()] or None

    def set_value(self, value: Value) -> None:
        for key, box in self._boxes.items():
            box.setChecked(isinstance(value, list) and key in value)


class NumberEditor(Editor):
    """A number; money when the field is of that kind. Written out grouped when one leaves it."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._money = field.kind == FieldKind.MONEY
        self.line = LeavingLine(maxLength=24, alignment=Qt.AlignmentFlag.AlignRight)
        self._hold(self.line)
        self.line.textChanged.connect(self.changed)
        self.line.left.connect(self._write_out)

    def value(self) -> Value:
        number = amounts.read_number(self.line.text())
        if number is None or not amounts.fits(number, money=self._money):
            return None
        return f"{number:.2f}" if self._money else f"{number:f}"

    def set_value(self, value: Value) -> None:
        self.line.setText("" if value is None else str(value).replace(".", ","))
        self._write_out()

    def problem(self) -> str:
        if self.is_blank() or self.value() is not None:
            return ""
        return "Escribí un importe, por ejemplo 48.310,50" if self._money else "Escribí un número"

    def is_blank(self) -> bool:
        return not self.line.text().strip()

    def _write_out(self) -> None:
        number = amounts.read_number(self.line.text())
        if number is not None:
            self.line.setText(f"$ {amounts.show_money(number)}" if self._money else amounts.show_number(number))


class DateEditor(Editor):
    """A day."""

    def __init__(self, field: Field, clock: Clock, *, beside: bool = False):
        super().__init__(field, clock)
        self.box = DateBox(clock, ahead=field.part == "future", beside=beside)
        self._hold(self.box)
        self.aside = None if beside else self.box.meaning
        self.input = self.box.edit
        self.box.changed.connect(self.changed)

    def value(self) -> Value:
        moment = self.box.moment()
        return None if moment is None else moment.date().isoformat()

    def set_value(self, value: Value) -> None:
        self.box.set_moment(datetime.fromisoformat(str(value)) if value else None)

    def problem(self) -> str:
        return self.box.problem()

    def is_blank(self) -> bool:
        return self.box.is_blank()


class MomentEditor(Editor):
    """A moment to come; `warn` may object to one."""

    def __init__(self, field: Field, clock: Clock, *, beside: bool = True, warn: Warn | None = None):
        super().__init__(field, clock)
        self._clock = clock
        self.box = DateBox(clock, with_time=True, beside=beside, warn=warn)
        self._hold(self.box)
        self.aside = None if beside else self.box.meaning
        self.input = self.box.edit
        self.box.changed.connect(self.changed)

    def value(self) -> Value:
        moment = self.box.moment()
        return None if moment is None else moment.isoformat(timespec="minutes")

    def set_value(self, value: Value) -> None:
        zone = self._clock().tzinfo
        self.box.set_moment(datetime.fromisoformat(str(value)).astimezone(zone) if value else None)

    def problem(self) -> str:
        return self.box.problem()

    def is_blank(self) -> bool:
        return self.box.is_blank()


class TimeEditor(Editor):
    """An hour of the day."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.line = LeavingLine(maxLength=12, placeholderText="9:30")
        self._hold(self.line)
        self.line.textChanged.connect(self.changed)
        self.line.left.connect(lambda: self.set_value(self.value()) if self.value() else None)

    def value(self) -> Value:
        hour = moments.read_time(self.line.text())
        return None if hour is None else f"{hour:%H:%M}"

    def set_value(self, value: Value) -> None:
        self.line.setText(str(value or "")[:5])

    def problem(self) -> str:
        return "" if self.is_blank() or self.value() else "Escribí una hora, por ejemplo 9:30"

    def is_blank(self) -> bool:
        return not self.line.text().strip()


class YesNoEditor(Editor):
    """Yes, no, or not answered."""

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self._yes, self._no = QRadioButton("Sí"), QRadioButton("No")
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(16)
        for button in (self._yes, self._no):
            self._group.addButton(button)
            row.addWidget(button)
            button.toggled.connect(self.changed)
        row.addStretch(1)
        self.input = self._yes
        self.setFocusProxy(self._yes)

    def value(self) -> Value:
        checked = self._group.checkedButton()
        return None if checked is None else checked is self._yes

    def set_value(self, value: Value) -> None:
        self._group.setExclusive(False)
        for button, meant in ((self._yes, True), (self._no, False)):
            button.setChecked(value is meant)
        self._group.setExclusive(True)


def fixed_field(
    key: str,
    label: str,
    kind: FieldKind,
    *,
    required: bool = False,
    options: tuple[tuple[str, str], ...] = (),
    help: str = "",
    max_length: int = 500,
    ahead: bool = False,
) -> Field:
    """A field of a form of ours, as those that administrators make; `ahead` dates are still to come."""
    offered = tuple(Option(value, shown, None, ()) for value, shown in options)
    part = "future" if ahead else "closing"
    return Field(key, part, label, kind, required, None, (), None, help, max_length, offered)


def from_template(field: Field, text: str) -> Value:
    """A template's value, which comes as text."""
    if field.kind == FieldKind.YES_NO:
        return text == "true"
    return list(json.loads(text)) if field.kind == FieldKind.SEVERAL else text


class PhoneEditor(Editor):
    """A telephone, kept as typed. One that does not exist is warned of and never refused."""

    odd = ODD_IN_LINE

    def __init__(self, field: Field, clock: Clock):
        super().__init__(field, clock)
        self.line = LeavingLine(maxLength=field.max_length or 60)
        self._meaning = label("", "secondary", "phone_meaning")
        self._hold(self.line)
        self.aside = self._meaning
        self.line.textChanged.connect(self.changed)
        self.line.left.connect(self._explain)

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self.line.setText(str(value or ""))
        self._explain()

    def _explain(self) -> None:
        """How it was understood; without an area code it is not."""
        typed = str(self.value() or "")
        e164 = phones.parse(typed, "").e164 if typed else None
        if e164 is not None:
            say(self._meaning, phones.shown(e164), "secondary")
        else:
            say(self._meaning, _NO_PHONE if typed else "", "warning")


_EDITORS: dict[str, Callable[[Field, Clock], Editor]] = {
    FieldKind.TEXT: TextEditor,
    FieldKind.LONG_TEXT: LongTextEditor,
    FieldKind.CHOICE: ChoiceEditor,
    FieldKind.SEVERAL: SeveralEditor,
    FieldKind.NUMBER: NumberEditor,
    FieldKind.MONEY: NumberEditor,
    FieldKind.DATE: DateEditor,
    FieldKind.TIME: TimeEditor,
    FieldKind.YES_NO: YesNoEditor,
    FieldKind.PHONE: PhoneEditor,
}


def editor(field: Field, clock: Clock) -> Editor:
    """The input for a field."""
    made = _EDITORS[field.kind](field, clock)
    made.input.setObjectName(f"field_{field.key}")
    return made


def _goes_with(option: Option, parent: Value) -> bool:
    answers = parent if isinstance(parent, list) else [parent]
    return not option.parents or any(answer in option.parents for answer in answers)
