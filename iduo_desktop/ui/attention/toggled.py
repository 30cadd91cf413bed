"""A part of an attention that may be left out: a box to tick, and what it asks when it is ticked."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.keys import ENTER, PLAIN
from iduo_desktop.ui.widgets.labels import say, sentence


class _Box(QCheckBox):
    """Enter goes on; Ctrl+Enter belongs to the screen."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and event.modifiers() in PLAIN:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class Toggled(QWidget):
    """Ticked, the keyboard goes to the first thing that it asks; what was typed stays when the tick goes."""

    changed = Signal()
    finished = Signal()

    def __init__(self, name: str, text: str, form: ChainForm, usual: Mapping[str, str]):
        super().__init__()
        self.form = form
        self._usual = usual
        self._name = name
        self.box = _Box(text)
        self.box.setObjectName(f"{name}_box")
        self.remark = sentence("secondary", f"{name}_remark")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(form)
        column.addWidget(self.remark)
        self.box.toggled.connect(self._follow)
        self.box.clicked.connect(self._go_in)
        self.box.entered.connect(self._enter)
        form.changed.connect(self.changed)
        form.finished.connect(self.finished)
        self.set_values({})

    @property
    def on(self) -> bool:
        """Whether it is part of the attention."""
        return self.box.isChecked()

    def say(self, text: str, role: str = "secondary") -> None:
        """A remark below; it is seen while the box is ticked."""
        say(self.remark, text, role)
        self.remark.setVisible(bool(text) and self.on)

    def values(self) -> dict[str, Any]:
        """What was typed, with whether it is part of it; nothing where only what is usual is there."""
        typed = self.form.values()
        if typed == dict(self._usual) and not self.on:
            return {}
        return {**typed, f"#{self._name}": self.on}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        self.form.set_values({**self._usual, **values})
        self.box.setChecked(bool(values.get(f"#{self._name}")))
        self._follow(self.on)

    def check(self) -> list[FieldRow]:
        """What is wrong in it, while it is part of it."""
        return self.form.check() if self.on else []

    def _follow(self, on: bool) -> None:
        self.form.setVisible(on)
        self.remark.setVisible(on and bool(self.remark.text()))
        self.changed.emit()

    def _go_in(self, on: bool) -> None:
        if on:
            self.form.focus_first()

    def _enter(self) -> None:
        if self.on:
            self.form.focus_first()
        else:
            self.finished.emit()
