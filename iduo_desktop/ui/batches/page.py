"""The part «Importar y exportar»: the board of batches, and the import beside it."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from iduo_desktop.services.batches import UndoneRow
from iduo_desktop.services.importing import Done
from iduo_desktop.services.staff import Me
from iduo_desktop.ui.batches.board import Board
from iduo_desktop.ui.batches.undoing import Undoing
from iduo_desktop.ui.batches.wizard import Wizard
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock


class BatchesPage(QStackedWidget):
    """A file that is dropped on it is imported. `see_asked` brings the kind of rows that somebody wants to see."""

    send_asked = Signal()
    rewrite_asked = Signal(object)
    see_asked = Signal(str)
    opened = Signal()

    def __init__(self, operations: Operations, me: Me, notice: Notice, _drafts: Drafts, clock: Clock):
        super().__init__()
        self.setObjectName("batches_page")
        self.setAccessibleName("Importar y exportar")
        self.setAcceptDrops(True)
        self._notice = notice
        self.board = Board(operations, clock, sends="tickets" in me.parts)
        self.wizard = Wizard(operations, me, notice)
        self.undoing = Undoing(operations, notice, self)
        self.addWidget(self.board)
        self.addWidget(self.wizard)
        self._connect()

    def begin(self) -> None:
        """It was opened: the board, or the import that was begun."""
        self.opened.emit()
        if self.wizard.at_work:
            self.begin_import()
        else:
            self._to_board()

    def begin_import(self) -> None:
        """Ctrl+I: the import, where it was left."""
        self.setCurrentWidget(self.wizard)
        self.wizard.begin()

    def open_batch(self, batch_id: int) -> None:
        """The board, with this batch chosen."""
        self._to_board()
        self.board.open_batch(batch_id)

    def refresh(self) -> None:
        """F5."""
        self.board.refresh()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return self.board.zones() if self.currentWidget() is self.board else (self.wizard,)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self._dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.begin_import()
            self.wizard.take(path)

    def _dropped(self, event: QDropEvent) -> Path | None:
        """The one file that is dragged."""
        urls = event.mimeData().urls()
        return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None

    def _to_board(self) -> None:
        self.setCurrentWidget(self.board)
        self.board.begin()

    def _imported(self, done: Done, said: str) -> None:
        undo = partial(self.undoing.ask, done.batch_id) if done.created + done.updated else None
        self._notice.show(said, undo=undo)
        self.board.open_batch(done.batch_id)

    def _undone(self, batch_id: int, left: tuple[UndoneRow, ...]) -> None:
        self.wizard.show_undone(batch_id, left)
        self.board.show_undone(batch_id, left)

    def _connect(self) -> None:
        self.board.send_asked.connect(self.send_asked)
        self.board.import_asked.connect(self.begin_import)
        self.board.rewrite_asked.connect(self.rewrite_asked)
        for where in (self.board, self.wizard):
            where.undo_asked.connect(self.undoing.ask)
        self.undoing.undone.connect(self._undone)
        self.wizard.left.connect(self._to_board)
        self.wizard.imported.connect(self._imported)
        self.wizard.see_asked.connect(self.see_asked)
