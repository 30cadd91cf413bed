"""The ring of two pixels around whatever has the keyboard, the same in every style."""

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFocusFrame, QWidget
from shiboken6 import isValid

WIDTH = 2


class FocusRing(QObject):
    """Follows the keyboard focus through all windows. Scroll areas have a border of their own instead."""

    def __init__(self, application: QApplication):
        super().__init__(application)
        self._frame: _Frame | None = None
        application.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        # The frame is a child of the window that it is drawn in, and may have gone with it.
        if self._frame is None or not isValid(self._frame):
            self._frame = _Frame()
        wanted = new is not None and not isinstance(new, QAbstractScrollArea) and new.parentWidget() is not None
        self._frame.setWidget(new if wanted else None)  # type: ignore[arg-type]


class _Frame(QFocusFrame):
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Accent), WIDTH))
        inner = QRectF(self.rect()).adjusted(WIDTH / 2, WIDTH / 2, -WIDTH / 2, -WIDTH / 2)
        painter.drawRoundedRect(inner, 5, 5)
