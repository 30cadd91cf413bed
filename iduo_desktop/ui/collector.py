"""Collects garbage on the UI thread only: a widget that a worker's collection destroys takes the program with it."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class Collector(QObject):
    """Does by a timer what Python does when a thread allocates, in the same measure. Ends with `release`."""

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        counts = gc.get_count()
        due = [age for age in (2, 1, 0) if counts[age] > self._thresholds[age]]
        if due:
            gc.collect(due[0])

    def settle(self) -> None:
        """What is there now mostly stays until the end; it is not looked through again each time."""
        gc.freeze()

    def release(self) -> None:
        """Python collects by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
