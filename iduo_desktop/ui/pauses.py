"""One's own pause: which reasons there are, whether one is in one, and word of it when it begins or ends anywhere."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import supervision
from iduo_desktop.services.supervision import Pause, PauseReason
from iduo_desktop.ui.operations import Operations

COLLECT_MS = 100
TABLES = {"pause", "pause_reason"}


class Pauses(QObject):
    """`changed`: one is in a pause, or no longer, or the reasons are others. `ended`: somebody else ended it."""

    changed = Signal()
    ended = Signal()

    def __init__(self, operations: Operations, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._leaving = False
        self.pause: Pause | None = None
        self.reasons: tuple[PauseReason, ...] = ()
        self._collect = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._collect.timeout.connect(self._ask)
        operations.changed.connect(self._hear)
        operations.connection_changed.connect(lambda online: self._collect.start() if online else None)
        self._collect.start()

    def begin(self, reason: PauseReason) -> None:
        """From now on nothing rings here; another pause takes the place of the one that lasts."""
        self._operations.run(self, supervision.begin_pause, reason.id).then(self._soon)

    def end(self) -> None:
        """Back at work."""
        self._leaving = True
        self._operations.run(self, supervision.end_pause).then(self._soon)

    def _soon(self, _done: None) -> None:
        """The feed tells of it too, but one looks at the screen right now."""
        self._ask()

    def _hear(self, table: str, _id: object) -> None:
        if table in TABLES and not self._collect.isActive():
            self._collect.start()

    def _ask(self) -> None:
        """Nobody is told when it fails: the line that comes back asks again."""
        questions: tuple[tuple[Callable[..., Any], Callable[[Any], None]], ...] = (
            (supervision.pause_reasons, self._know_reasons),
            (supervision.my_pause, self._know),
        )
        for question, answer in questions:
            asked = self._operations.refresh(self, question).then(answer)
            asked.refused(lambda _error: None).failed(lambda _error: None)

    def _know_reasons(self, reasons: tuple[PauseReason, ...]) -> None:
        found = tuple(reason for reason in reasons if reason.active)
        if found != self.reasons:
            self.reasons = found
            self.changed.emit()

    def _know(self, pause: Pause | None) -> None:
        before, self.pause = self.pause, pause
        leaving, self._leaving = self._leaving, self._leaving and pause is not None
        if pause != before:
            self.changed.emit()
            if pause is None and not leaving:
                self.ended.emit()


def lasted(pause: Pause, now: datetime) -> timedelta:
    """How long it has been."""
    return max(timedelta(), now - pause.since)


def is_over(pause: Pause, now: datetime) -> bool:
    """Whether it lasts longer than it is meant to."""
    return pause.minutes is not None and lasted(pause, now) > timedelta(minutes=pause.minutes)
