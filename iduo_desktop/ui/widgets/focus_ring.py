"""The ring of two pixels around whatever has the keyboard, the same in every style."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QSplitter, QWidget
from shiboken6 import isValid

WIDTH = 2
RADIUS = 4
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.ParentChange}


class FocusRing(QObject):
    """Follows the keyboard focus through all windows. Scroll areas have a border of their own instead."""

    def __init__(self, application: QApplication):
        super().__init__(application)
        self._frame: _Frame | None = None
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._frame is not None and isValid(self._frame):  # else it went with the window that it was drawn in
            self._frame.leave()
        self._frame = None
        if new is not None and not isinstance(new, QAbstractScrollArea) and new.parentWidget() is not None:
            made = _Frame(new)
            if QApplication.focusWidget() is new:
                self._frame = made
            else:  # it went on while this was made, and that was told already
                made.leave()


class _Frame(QWidget):
    """A sibling that lies over the widget and draws within its edge, so that no parent cuts the ring."""

    def __init__(self, framed: QWidget):
        parent = framed.parentWidget()
        while isinstance(parent, QSplitter):  # it would make a pane of it
            parent = parent.parentWidget()
        super().__init__(parent)
        self._framed = framed
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        framed.installEventFilter(self)
        self._fit()

    def leave(self) -> None:
        """It is not framed any more, however it moves until this is gone."""
        if isValid(self._framed):
            self._framed.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        half = WIDTH / 2
        ring = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # a thin line of the background parts the ring from a button that is filled with the same colour
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1))
        painter.drawRoundedRect(ring.adjusted(1.5, 1.5, -1.5, -1.5), RADIUS - 1, RADIUS - 1)
        # on the reds of a high level the accent would not be seen
        role = QPalette.ColorRole.Text if self._framed.property("level") else QPalette.ColorRole.Accent
        painter.setPen(QPen(self.palette().color(role), WIDTH))
        painter.drawRoundedRect(ring, RADIUS, RADIUS)
        painter.end()

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is None or not isValid(self._framed):
            return
        self.setGeometry(QRect(self._framed.mapTo(parent, QPoint()), self._framed.size()))
        self.setVisible(self._framed.isVisible())
        self.raise_()
