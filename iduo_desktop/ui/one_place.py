"""One person, one place: notices that the same person has begun a session on another PC."""

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import staff
from iduo_desktop.services.staff import Session
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.places import newer_elsewhere, place

LOOK_SECONDS = 20


class OnePlace(QObject):
    """Says once where the newer session is. A cut line alone means nothing: it comes back by itself."""

    superseded = Signal(str)

    def __init__(self, operations: Operations, program: str, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._program = program
        self._timer = QTimer(self, interval=LOOK_SECONDS * 1000)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Ask where else one is."""
        asked = self._operations.refresh(self, staff.sessions)
        asked.then(self._compare).refused(lambda _: None).failed(lambda _: None)

    def _compare(self, sessions: tuple[Session, ...]) -> None:
        newer = newer_elsewhere(sessions, self._program)
        if newer is not None:
            self._timer.stop()
            self.superseded.emit(
                f"Entraste en {place(newer)} a las {formats.clock(newer.since)}; acá se cerró la sesión."
            )
