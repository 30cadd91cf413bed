"""Notices that the PC slept, or that this program was held up: then what was to happen meanwhile happens at once."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from iduo_desktop.ui.formats import steady

STEP_MS = 2_000
HELD_UP_SECONDS = 10.0


class Awake(QObject):
    """`woke` after a step that took much longer than it should; looked at too whenever somebody comes to the window."""

    woke = Signal()

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = steady):
        super().__init__(parent)
        self._clock = clock
        self._looked_at = clock()
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._come_back)

    def look(self) -> None:
        """Compare with the last look."""
        before, self._looked_at = self._looked_at, self._clock()
        if self._looked_at - before > HELD_UP_SECONDS:
            self.woke.emit()

    def _come_back(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            self.look()
