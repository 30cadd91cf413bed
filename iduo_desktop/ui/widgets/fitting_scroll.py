"""Content that scrolls instead of being squeezed where there is no room for it."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QSizePolicy, QWidget


class FillingScroll(QScrollArea):
    """The content fills the place, and scrolls upright when it is higher. What gets the focus is scrolled to."""

    def __init__(self, content: QWidget, parent: QWidget | None = None):
        super().__init__(parent)
        self._content = content
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._content.isAncestorOf(new):
            self.ensureWidgetVisible(new, 0, 4)


class FittingScroll(FillingScroll):
    """As high as its content while there is room, and never lower than `least` pixels, unless the content is."""

    def __init__(self, content: QWidget, least: int, parent: QWidget | None = None):
        super().__init__(content, parent)
        self._least = least
        self._natural = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._natural)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(self._natural, self._least))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._measure()
        return super().eventFilter(watched, event)

    def _measure(self) -> None:
        """How high the content is at this width, without a scroll bar."""
        layout = self._content.layout()
        if layout is None:
            return
        edge = 2 * self.frameWidth()
        wide = layout.totalHeightForWidth(self.width() - edge)
        natural = edge + (wide if wide >= 0 else layout.totalSizeHint().height())
        if natural != self._natural:
            self._natural = natural
            self.setMaximumHeight(natural)
            self.updateGeometry()
