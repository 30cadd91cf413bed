"""What every input of a form is: a value, why there is none, and where the focus goes."""

import re

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.forms import Field
from iduo_desktop.ui.widgets.date_box import Clock

Value = str | bool | list[str] | None
# What no keyboard types but a pasted text may bring; the database refuses it too.
ODD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ODD_IN_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_HAS_ODD = "Tiene caracteres que no van: borralos"


class Editor(QWidget):
    """The input of one field. `input` takes the focus and carries the accessible name; `aside` stands below.

    `odd` is what a text must not hold.
    """

    changed = Signal()
    odd: re.Pattern[str] | None = None

    def __init__(self, field: Field, clock: Clock):
        super().__init__()
        self.field = field
        self.input: QWidget = self
        self.aside: QWidget | None = None

    def value(self) -> Value:
        """What the field holds, as it travels in JSON; None when it is empty."""
        raise NotImplementedError  # each kind of input has its own

    def set_value(self, value: Value) -> None:
        """Show a value; None empties the field."""
        raise NotImplementedError  # each kind of input has its own

    def problem(self) -> str:
        """Why what is typed cannot be a value; empty when it can."""
        return _HAS_ODD if self.odd is not None and self.odd.search(str(self.value() or "")) else ""

    def is_blank(self) -> bool:
        """True when nothing was typed or chosen."""
        return self.value() is None

    def settle(self) -> None:
        """Enter: take the first of what fits what was typed."""

    def _hold(self, widget: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(widget)
        self.input = widget
        self.setFocusProxy(widget)
