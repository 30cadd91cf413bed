"""A number that opens its list: big figures, what they count, and what is still to do of them."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence

LEAST, HEIGHT = 148, 64


class Tile(QPushButton):
    """Enter, Space or a click opens the list."""

    def __init__(self, name: str, what: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self._what = what
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.number = label("—", "title", f"{name}_number", wraps=False)
        self.what = label(what, "", f"{name}_what", wraps=False)
        self.more = sentence("secondary", f"{name}_more")
        self.more.setWordWrap(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        for line in (self.number, self.what, self.more):
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            column.addWidget(line)
        self.setAccessibleName(what)

    def show_count(self, count: int, more: str = "", *, urgent: bool = False) -> None:
        """«212», «180 sin contactar hoy»."""
        self.number.setText(formats.count(count))
        say(self.more, more)
        self.what.setText(f"⚠ {self._what}" if urgent and count else self._what)
        self.setAccessibleName(f"{self._what}, {formats.count(count)}" + (f", {more}" if more else ""))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        wanted = layout.sizeHint() if layout is not None else QSize()
        return QSize(max(LEAST, wanted.width()), max(HEIGHT, wanted.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)
