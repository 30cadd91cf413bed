"""Notices that nobody has touched the keyboard or the mouse for a while."""

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from shiboken6 import isValid

from iduo_desktop.ui.formats import steady

_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}


class IdleWatch(QObject):
    """Emits `idle` after so many minutes without input; 0 means never.

    It listens at the windows, where each input passes once, and not at the application, where every event does.
    """

    idle = Signal()

    def __init__(self, minutes: int, parent: QObject | None = None):
        super().__init__(parent)
        self._seconds = minutes * 60
        self._touched = steady()
        self._window: QWindow | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        QGuiApplication.instance().focusWindowChanged.connect(self._listen)  # type: ignore[union-attr]  # there is one
        self._listen(QGuiApplication.focusWindow())
        self.restart()

    def restart(self) -> None:
        """Count from now."""
        self._touched = steady()
        if self._seconds:
            self._timer.start(self._seconds * 1000)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched = steady()
        return False

    def _listen(self, window: QWindow | None) -> None:
        if self._window is not None and isValid(self._window):
            self._window.removeEventFilter(self)
        self._window = window
        if window is not None:
            window.installEventFilter(self)

    def look(self) -> None:
        """See whether it has been long enough; also after a sleep, in which timers stand still."""
        if not self._seconds:
            return
        rest = self._touched + self._seconds - steady()
        if rest > 0:
            self._timer.start(round(rest * 1000) + 1)
        else:
            self.idle.emit()
