"""How often a window asks by itself when word comes of what others do."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from iduo_desktop.ui.operations import Operations


class Pace(QObject):
    """`due` comes soon after word, if it was quiet or one did something oneself; else after a rest.

    Hundreds of windows hear the same word, and what people do comes first. Whoever asks, says `begin`.
    """

    due = Signal()

    def __init__(self, operations: Operations, soon_ms: int, rest_ms: int, parent: QObject):
        super().__init__(parent)
        self._soon, self._rest = soon_ms, rest_ms
        self._own = True
        self._since = QElapsedTimer()
        self._since.start()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.due)
        operations.acted.connect(self._hurry)

    @property
    def waiting(self) -> bool:
        """Whether word came that was not asked about yet."""
        return self._timer.isActive()

    def note(self, *, unseen: bool = False) -> None:
        """Word came; `unseen`: of what is not on the screen, so that it can always wait."""
        rest = 0 if self._own else self._rest if unseen else self._rest - self._since.elapsed()
        wait = max(self._soon, rest)
        if not 0 <= self._timer.remainingTime() <= wait:
            self._timer.start(wait)

    def begin(self) -> None:
        """A question goes: what was heard until now is in its answer."""
        self._timer.stop()
        self._own = False
        self._since.start()

    def _hurry(self) -> None:
        """One did something oneself and wants to see it."""
        self._own = True
        if self._timer.isActive():
            self.note()
