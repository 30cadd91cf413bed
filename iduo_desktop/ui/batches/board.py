"""«Importar y exportar»: every batch with what became of it, and what can be done about it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import batches
from iduo_desktop.services.batches import BatchRow, UndoneRow
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.batches.details import Details
from iduo_desktop.ui.batches.words import SENT, kind_word, share, state_word
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.placeholder import Placeholder
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

GATHER_MS = 200
SAY_MS = 1_000
PAGE = 100
NARROW = 900
NOTHING = "Todavía no se importó ni se exportó nada."


class Board(QWidget):
    """`send_asked`, `import_asked`, `undo_asked` (batch) and `rewrite_asked` (batch row) are for whoever does them."""

    send_asked = Signal()
    import_asked = Signal()
    undo_asked = Signal(int)
    rewrite_asked = Signal(object)

    def __init__(self, operations: Operations, clock: Clock, *, sends: bool):
        super().__init__()
        self.setObjectName("batches_board")
        self.setAccessibleName("Lotes")
        self._operations = operations
        self._clock = clock
        self._known = False
        self._rows: tuple[BatchRow, ...] = ()
        self._wanted = 0
        self._read_at = clock()
        self.send = button("Envío del día…", "send_day", self.send_asked.emit, key=actions.shown("send_day"))
        if not sends:
            self.send.hide()
        self.bring = button(
            *("Importar…", "import_file", self.import_asked.emit), key=actions.shown("import_file"), role="primary"
        )
        self.age = sentence("warning", "board_age")
        columns: tuple[Column[BatchRow], ...] = (
            Column("Lote", lambda batch: f"{batch.id:04}", 64, right=True),
            Column("Qué", lambda batch: kind_word(batch.kind), 160),
            Column("Estado", state_word, 184, spare=True),
            Column("Filas", lambda batch: formats.count(batch.rows), 70, right=True),
            Column("Respondido", answered_share, 96, right=True),
            Column("Días", days_out, 54, right=True),
            Column("Quién", lambda batch: batch.by_name, 150, spare=True),
            Column("Cuándo", lambda batch: formats.when(batch.at, clock()), 130, spare=True),
            Column("Archivo", lambda batch: batch.file_name, 0, spare=True),
        )
        self.list = RowsTable("batches_list", "Lotes", columns)
        self.placeholder = Placeholder(self.list, self)
        self.more = button("Ver más", "more_batches", self._ask_more, role="link")
        self.details = Details(operations)
        self._place = FillingScroll(self.details)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._gather = self._timer(GATHER_MS, self.load)
        self._slow = self._timer(SAY_MS, lambda: self.placeholder.say("Cargando los lotes…"))
        self._lay_out()
        self._connect()

    def begin(self) -> None:
        """It was opened: ask anew, take the keyboard."""
        self.load()
        self.list.setFocus()

    def refresh(self) -> None:
        """F5."""
        self.load()
        self.details.refresh()

    def load(self) -> None:
        """Ask for the newest batches, as many as are shown."""
        if not self._known:
            self._slow.start()
        limit = max(PAGE, len(self._rows))
        asked = self._operations.run(self, batches.board, None, limit)
        asked.then(lambda rows: self._show(rows, whole=len(rows) < limit)).refused(self._fail).failed(self._fail)

    def open_batch(self, batch_id: int) -> None:
        """Choose a batch, now or as soon as it is here."""
        self._wanted = batch_id
        self.load()

    def show_undone(self, batch_id: int, left: Sequence[UndoneRow]) -> None:
        """A batch was taken back: its details say what stays."""
        self.details.show_undone(batch_id, left)
        self.load()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return (self.list, self.details)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place.setMinimumHeight(min(220, max(120, self.height() // 3)))

    def _show(self, rows: tuple[BatchRow, ...], *, whole: bool) -> None:
        self._known = True
        self._slow.stop()
        self._read_at = self._clock()
        say(self.age, "")
        self._fill(rows)
        self.more.setHidden(whole)
        if rows:
            self.placeholder.hide()
        else:
            self.placeholder.say(NOTHING, ("Importar…", self.import_asked.emit))

    def _fill(self, rows: tuple[BatchRow, ...]) -> None:
        chosen = self.list.row()
        wanted = self._wanted or (chosen.id if chosen is not None else 0)
        found = next((at for at, batch in enumerate(rows) if batch.id == wanted), None)
        self._wanted = 0 if found is not None else self._wanted
        self._rows = rows
        self.list.show_rows(rows, at=found if found is not None else max(0, self.list.at))

    def _ask_more(self) -> None:
        last = self._rows[-1].id if self._rows else None
        self._operations.run(self, batches.board, last, PAGE).busy(self.more).then(self._append)

    def _append(self, rows: tuple[BatchRow, ...]) -> None:
        self._fill((*self._rows, *rows))
        self.more.setHidden(len(rows) < PAGE)

    def _fail(self, error: UserError | OperationError) -> None:
        self._slow.stop()
        if not self._known:
            self.placeholder.say(str(error), ("Reintentar", self.load))
        else:
            say(self.age, f"Son los datos de las {self._read_at:%H:%M}. {error}")

    def _follow(self) -> None:
        self.details.show_batch(self.list.row())

    def _hear(self, table: str, _row: object) -> None:
        if table in {"batch", "ticket"} and self._known and self.isVisible() and not self._gather.isActive():
            self._gather.start()

    def _timer(self, wait: int, act: Callable[[], object]) -> QTimer:
        made = QTimer(self, singleShot=True, interval=wait)
        made.timeout.connect(act)
        return made

    def _connect(self) -> None:
        self.list.chosen.connect(self._follow)
        self.list.opened.connect(self.details.setFocus)
        self.details.undo_asked.connect(self.undo_asked)
        self.details.rewrite_asked.connect(self.rewrite_asked)
        self._operations.changed.connect(self._hear)
        self._operations.connection_changed.connect(lambda online: self.load() if online and self._known else None)

    def _lay_out(self) -> None:
        head = FlowLayout(spacing=8)
        title = label("Importar y exportar", "title", "batches_title", wraps=False)
        title.setContentsMargins(0, 0, 16, 0)
        for widget in (title, self.bring, self.send):
            head.addWidget(widget)
        above = QWidget()
        inside = QVBoxLayout(above)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.list.setMinimumHeight(96)
        self.more.hide()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(above)
        self._splitter.addWidget(self._place)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.age)
        column.addWidget(self._splitter, 1)


def answered_share(batch: BatchRow) -> str:
    """«73 %» of what went out has its answer."""
    return share(batch.answered, batch.rows) if batch.kind == SENT and batch.applied_at is not None else ""


def days_out(batch: BatchRow) -> str:
    """How many days ago it went out, while it waits for answers."""
    waits = batch.kind == SENT and batch.applied_at is not None and batch.undone_at is None
    return formats.count(batch.days) if waits and batch.answered < batch.rows else ""
