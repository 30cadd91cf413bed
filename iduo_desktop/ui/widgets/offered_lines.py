"""Lines that are offered while somebody types, each with one thing to do about it; never in the way."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.elided_label import ElidedLabel


class OfferedLines(QWidget):
    """One below the other; none hides all of it."""

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.hide()

    def show_lines(self, lines: Iterable[QWidget]) -> None:
        """Offer these instead of those that there were."""
        while (item := self._column.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for line in lines:
            self._column.addWidget(line)
        self.setVisible(self._column.count() > 0)


def offered_line(name: str, text: str, verb: QPushButton) -> QWidget:
    """«⚠ Parecido al 104 002, hace 3 días · ○ Abierto · …  [Agregar a ese ticket]»."""
    line = QWidget()
    line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    mark(line, surface="notice")
    row = QHBoxLayout(line)
    row.setContentsMargins(10, 4, 6, 4)
    row.setSpacing(8)
    row.addWidget(ElidedLabel(name, text), 1)
    row.addWidget(verb)
    return line
