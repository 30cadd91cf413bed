"""A text to read out: large, whole, and aware of how much of it was on the screen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from iduo_desktop.ui.theme import mark

_SLACK = 6


class Reading(QLabel):
    """What is painted was shown, so nothing behind a curtain, on another page or below the edge counts.

    `seen_to` is how far down it was seen, in pixels; `seen_whole` follows once, with its last line.
    """

    seen_whole = Signal()

    def __init__(self, name: str, title: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self._title = title
        self.setAccessibleName(title)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContentsMargins(6, 4, 6, 4)
        mark(self, role="reading")
        self.seen_to = 0
        self.seen = False

    def show_text(self, text: str) -> None:
        """Another text: nothing of it was seen yet."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{self._title}: {text}")
            self.forget()

    def forget(self) -> None:
        """Whoever looks at it now has to see it first, the same text or not."""
        self.seen_to, self.seen = 0, False
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.seen:
            self.seen_to = 0  # the lines stand elsewhere now
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        shown = self.visibleRegion().boundingRect()
        if self.seen or not self.text() or shown.top() > self.seen_to + _SLACK:
            return
        self.seen_to = max(self.seen_to, shown.bottom())
        if self.seen_to >= self.height() - _SLACK:
            self.seen = True
            self.seen_whole.emit()
