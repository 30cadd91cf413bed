"""One setting on its page: what it means, its value, what it ships with, and who changed it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from iduo_desktop.services.forms import Field
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Value, editor
from iduo_desktop.ui.widgets.form import FieldRow

_NARROW = 280


class Knob(QWidget):
    """The label stands above. «Restablecer» is there while the value is another than the shipped one."""

    history_requested = Signal(str)

    def __init__(self, field: Field, clock: Clock, shipped: Value, *, has_history: bool = True):
        super().__init__()
        self._shipped = shipped
        self.row = FieldRow(field, editor(field, clock), self)
        self.restore = button("Restablecer", f"restore_{field.key}", self._restore, role="link")
        self.restore.setAccessibleName(f"Restablecer: {field.label}")
        policy = self.restore.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.restore.setSizePolicy(policy)
        self.history = button(
            "Historial", f"history_{field.key}", lambda: self.history_requested.emit(field.key), role="link"
        )
        self.history.setAccessibleName(f"Historial: {field.label}")
        self._lay_out()
        self.history.setVisible(has_history)
        self.row.editor.changed.connect(self._follow)
        self._follow()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        wide = self.row.field.kind == FieldKind.LONG_TEXT
        if not wide:
            self.row.cell.setFixedWidth(_NARROW)
            self.row.cell.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        line.addWidget(self.row.cell, 1 if wide else 0)
        buttons = QHBoxLayout()
        buttons.addWidget(self.restore)
        buttons.addWidget(self.history)
        side = QVBoxLayout()
        side.addLayout(buttons)
        side.addStretch(1)
        line.addLayout(side)
        if not wide:
            line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.row.label)
        column.addLayout(line)

    def _restore(self) -> None:
        self.row.editor.set_value(self._shipped)
        self.row.editor.input.setFocus()

    def _follow(self) -> None:
        self.restore.setVisible(self.row.editor.value() != self._shipped)
