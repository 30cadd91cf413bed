"""Word of one's cases that went to other hands, and of others' that came: told once, with the way there."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from iduo_desktop.services import supervision
from iduo_desktop.services.supervision import Handed
from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations

GATHER_MS = 400
_CASES = ("caso", "casos")


class HandedWork(QObject):
    """Asks when cases were moved. `show` opens a case, or (None) the list of one's own."""

    def __init__(
        self,
        operations: Operations,
        notice: Notice,
        show: Callable[[int | None], object],
        is_mine: Callable[[int], bool],
        parent: QObject,
    ):
        super().__init__(parent)
        self._operations, self._notice = operations, notice
        self._show, self._is_mine = show, is_mine
        self._last: int | None = None
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._ask)
        operations.changed.connect(self._hear)

    def begin(self) -> None:
        """From here on it is told."""
        self._ask()

    def _hear(self, table: str, id: int | None) -> None:
        """Moved by the dozen, or one that somebody took: it is still in the list of one's own."""
        if table == "reassignment" or (table == "case" and (id is None or self._is_mine(id))):
            self._gather.start()

    def _ask(self) -> None:
        asked = self._operations.refresh(self, supervision.handed_work, self._last)
        asked.then(partial(self._tell, self._last)).refused(lambda _error: None).failed(lambda _error: None)

    def _tell(self, after: int | None, found: tuple[Handed, ...]) -> None:
        if after != self._last:
            return  # another answer was here before
        self._last = max(line.event for line in found)
        moved = [line for line in found if line.cases]
        if moved:
            only = moved[0].case_id if len(moved) == 1 else None
            self._notice.tell(" · ".join(map(told, moved)), ("Ver", partial(self._show, only)))


def told(line: Handed) -> str:
    """«Sofía te pasó 12 casos», «Pasaron 12 de tus casos a Ana». No client is named."""
    if line.gained:
        return f"{line.by_name} te pasó {formats.plural(line.cases, *_CASES)}"
    count = formats.count(line.cases)
    if not line.to_name:
        many = "de tus casos volvió a su lista" if line.cases == 1 else "de tus casos volvieron a sus listas"
        return f"{count} {many}"
    if line.to_name == line.by_name:
        return f"{line.by_name} tomó {count} de tus casos"
    return f"{'Pasó' if line.cases == 1 else 'Pasaron'} {count} de tus casos a {line.to_name}"
