"""Says on all workstations who has a case open: a lease that is renewed while it lasts and ends by itself."""

from PySide6.QtCore import QObject, QTimer

from iduo_desktop.services import cases
from iduo_desktop.ui.operations import Operations

RENEW_MS = 30_000


class Watch(QObject):
    """One case at a time. Nobody is told when it fails: the lease only informs."""

    def __init__(self, operations: Operations, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._case = 0
        self._renew = QTimer(self, interval=RENEW_MS)
        self._renew.timeout.connect(lambda: self._say(on=True))

    def hold(self, case_id: int) -> None:
        """Work on this case begins; 0: on none."""
        if case_id == self._case:
            return
        if self._case and not case_id:
            self._say(on=False)  # taking another one ends the lease of the one before
        self._case = case_id
        if case_id:
            self._renew.start()
            self._say(on=True)
        else:
            self._renew.stop()

    def _say(self, *, on: bool) -> None:
        asked = self._operations.run(self, cases.watch, self._case, on)
        asked.refused(lambda _error: None).failed(lambda _error: None)
