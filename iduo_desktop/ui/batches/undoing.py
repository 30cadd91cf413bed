"""Taking a batch back: once at a time, the same key when it is asked again, and word of what was left alone."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal

from iduo_desktop.database.errors import OperationError
from iduo_desktop.services import batches
from iduo_desktop.services.batches import UndoneRow
from iduo_desktop.ui.batches.result_page import undone_sentence
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.work import careful


class Undoing(QObject):
    """`undone` brings the batch and the rows that stay; `ended`: it is over, however it ended."""

    undone = Signal(int, object)
    ended = Signal()

    def __init__(self, operations: Operations, notice: Notice, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._notice = notice
        self._under_way: set[int] = set()

    def ask(self, batch_id: int, key: UUID | None = None) -> None:
        """Take this one back."""
        if batch_id in self._under_way:
            return
        self._under_way.add(batch_id)
        self._notice.tell("Deshaciendo…")
        key = key or uuid4()
        undoing = self._operations.run(self, careful(batches.undo), batch_id, key)
        undoing.then(partial(self._done, batch_id))
        undoing.refused(lambda error: self._end(batch_id, partial(self._notice.refuse, error)))
        undoing.failed(lambda error: self._end(batch_id, partial(self._fail, batch_id, key, error)))

    def _done(self, batch_id: int, left: tuple[UndoneRow, ...]) -> None:
        self._notice.show(undone_sentence(left).removeprefix("✔ ").removesuffix("."))
        self._end(batch_id, lambda: self.undone.emit(batch_id, left))

    def _end(self, batch_id: int, then: Callable[[], object]) -> None:
        self._under_way.discard(batch_id)
        then()
        self.ended.emit()

    def _fail(self, batch_id: int, key: UUID, error: OperationError) -> None:
        """It may be asked again, with the same key."""
        self._notice.tell(str(error), ("Reintentar", partial(self.ask, batch_id, key)))
