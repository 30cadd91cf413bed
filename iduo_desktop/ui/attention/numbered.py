"""A numbered part of the screen: what it is at the left, or above where there is little room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

NARROW, TITLE = 860, 120


class Numbered(QFrame):
    """«1 Contacto», and what belongs to it."""

    def __init__(self, name: str, title: str, content: QWidget):
        super().__init__()
        self.setObjectName(f"part_{name}")
        self.setAccessibleName(title)
        mark(self, surface="background")
        self._title = label(title, "heading", f"title_{name}", wraps=False)
        self._title.setContentsMargins(0, 5, 0, 0)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(content, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < NARROW
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._row.setDirection(down if narrow else across)
        self._title.setFixedWidth(self._title.sizeHint().width() if narrow else TITLE)
