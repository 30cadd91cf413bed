"""A list in order with the buttons for it: add, change, up, down, and what else can be done with a line."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from iduo_desktop.ui.settings.row_list import Column, RowList
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout

Row = TypeVar("Row")
_STEPS: dict[int, int] = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class OrderedList(RowList[Row]):
    """Ctrl+Up and Ctrl+Down move the chosen line, Delete asks for it to go."""

    moved = Signal(int)
    removed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(event.key())
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.moved.emit(step)
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)


class Pane(QWidget, Generic[Row]):
    """The buttons above the list; all but «Agregar» wait for a line to be chosen."""

    def __init__(self, name: str, title: str, columns: Sequence[Column[Row]], key: Callable[[Row], object]):
        super().__init__()
        self.name = name
        self.list: OrderedList[Row] = OrderedList(f"{name}_list", title, columns, key)
        self.list.chosen.connect(self.follow)
        self.buttons: dict[str, QPushButton] = {}
        self.head = FlowLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.head)
        column.addWidget(self.list, 1)

    def add_button(self, name: str, text: str, action: Callable[[], object], key: str = "") -> QPushButton:
        """One more button."""
        made = button(text, f"{self.name}_{name}", action, key=key)
        made.setAutoDefault(False)
        self.buttons[name] = made
        self.head.addWidget(made)
        self.setTabOrder(made, self.list)
        made.setEnabled(name == "add")
        return made

    def add_order(self, move: Callable[[int], object]) -> None:
        """The buttons and the keys that move a line."""
        self.add_button("up", "Subir", partial(move, -1)).setToolTip("Subir (Ctrl+↑)")
        self.add_button("down", "Bajar", partial(move, 1)).setToolTip("Bajar (Ctrl+↓)")
        self.list.moved.connect(move)

    def follow(self) -> None:
        """Another line was chosen."""
        chosen = self.list.row() is not None
        for name, made in self.buttons.items():
            made.setEnabled(chosen or name == "add")
