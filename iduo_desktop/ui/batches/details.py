"""One batch: its rows with what became of each, those that contradict side by side, and what can be done about it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, answers, batches, sending
from iduo_desktop.services.answers import AnswerOutcome
from iduo_desktop.services.batches import BatchRow, UndoneRow
from iduo_desktop.terms import ImportKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.compare import Compare
from iduo_desktop.ui.batches.result_page import UndoneRows, undone_sentence
from iduo_desktop.ui.batches.words import OUTCOMES, SENT, kind_word, lot, state_word
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable
from iduo_desktop.ui.widgets.ticket_words import numbered

PAGE = 1000
PAUSE_MS = 150
CONFLICT = "conflict"
_NUMBER: Column[Any] = Column("Fila", lambda row: formats.count(row.row), 60, right=True)
_SENT_COLUMNS: tuple[Column[Any], ...] = (
    _NUMBER,
    Column("Ticket", lambda row: numbered(row.number, row.check), 100, right=True),
    Column("Reiteración", lambda row: "sí" if row.again else "no", 94, spare=True),
    Column("Quién", lambda row: ", ".join(filter(None, (row.surname.upper(), row.names))), 170),
    Column("Tema", lambda row: row.topic, 150, spare=True),
    Column("Consulta", lambda row: row.text),
)
_ANSWER_COLUMNS: tuple[Column[Any], ...] = (
    _NUMBER,
    Column("Ticket", lambda row: formats.ticket(row.number) if row.number else "", 90, right=True),
    Column("Qué pasó", lambda row: OUTCOMES.get(row.outcome, row.outcome), 170),
    Column("Respuesta", lambda row: row.answer),
    Column("Detalle", lambda row: row.message, spare=True),
)
_OUTCOME_COLUMNS: tuple[Column[Any], ...] = (
    _NUMBER,
    Column("Qué pasó", lambda row: OUTCOMES.get(row.outcome, row.outcome), 120),
    Column("Detalle", lambda row: row.message),
    Column("Se conservó", lambda row: row.kept, spare=True),
)
_ALL_FINE = "Ninguna fila de este lote necesita que la mires."


class Details(QWidget):
    """`undo_asked` brings the batch to take back, `rewrite_asked` the one whose file is to be written again."""

    undo_asked = Signal(int)
    rewrite_asked = Signal(object)

    def __init__(self, operations: Operations):
        super().__init__()
        self.setObjectName("batch_details")
        self.setAccessibleName("Lote")
        self._operations = operations
        self._batch: BatchRow | None = None
        self._rows: tuple[Any, ...] = ()
        self._asked: Operation[tuple[Any, ...]] | None = None
        self.title = label("", "heading", "batch_title")
        self.rewrite = button("Escribir de nuevo el archivo", "rewrite_batch", self._ask_rewrite)
        self.undo = button("Deshacer…", "undo_batch", lambda: self._ask_first(on=True))
        self.sure = QWidget()
        self.sure_text = label("", "", "undo_question")
        self.said = sentence("secondary", "batch_said")
        self.only_conflicts = QCheckBox("Solo las que se contradicen")
        self.table: RowsTable[Any] = RowsTable("batch_rows", "Filas del lote", ())
        self.compare = Compare("contradiction", "La que ya tenía", "La que trajo el archivo")
        self.left = UndoneRows("kept_rows")
        self.more = button("Ver más filas", "more_rows", self._ask_more, role="link")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out()
        self.table.chosen.connect(self._compare)
        self.only_conflicts.toggled.connect(self._fill)
        self.show_batch(None)

    def show_batch(self, batch: BatchRow | None) -> None:
        """Show this one; its rows follow."""
        before, self._batch = self._batch, batch
        self._show_head()
        if batch is None or before is None or before.id != batch.id:
            self._ask_first(on=False)
            self.left.show_undone(())
            self._forget_rows()
            self._pause.start() if batch is not None else self._pause.stop()
        elif before != batch:
            self._pause.start()

    def show_undone(self, batch_id: int, left: Sequence[UndoneRow]) -> None:
        """It was taken back, but for these."""
        if self._batch is not None and self._batch.id == batch_id:
            say(self.said, undone_sentence(left), "warning" if left else "ok")
            self.left.show_undone(left)

    def refresh(self) -> None:
        """F5."""
        if self._batch is not None:
            self._ask()

    def _show_head(self) -> None:
        batch = self._batch
        self.setEnabled(batch is not None)
        sent = batch is not None and batch.kind == SENT and batch.applied_at is not None
        self.rewrite.setVisible(sent)
        self.undo.setVisible(batch is not None and batch.may_undo)
        if batch is None:
            self.title.setText("Elegí un lote para ver sus filas.")
        else:
            what = f"{lot(batch.id).capitalize()} · {kind_word(batch.kind)} · {state_word(batch)} · {batch.file_name}"
            self.title.setText(what)

    def _forget_rows(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self._rows = ()
        say(self.said, "")
        self.more.hide()
        self.only_conflicts.setChecked(False)
        self.only_conflicts.hide()
        self.table.show_rows((), columns=())
        self.compare.hide()

    def _ask(self, after: int = 0) -> None:
        if self._batch is None:
            return
        question, _ = _how(self._batch)
        self._asked = self._operations.run(self, question, self._batch.id, after, PAGE)
        self._asked.then(lambda rows: self._show(rows, after)).refused(self._fail).failed(self._fail)

    def _ask_more(self) -> None:
        if self._rows:
            self._ask(self._rows[-1].row)

    def _show(self, rows: tuple[Any, ...], after: int) -> None:
        self._asked = None
        self._rows = (*self._rows, *rows) if after else rows
        self.more.setVisible(len(rows) == PAGE)
        self.only_conflicts.setVisible(any(_conflicts(row) for row in self._rows))
        self._fill()

    def _fill(self) -> None:
        if self._batch is None:
            return
        shown = tuple(row for row in self._rows if not self.only_conflicts.isChecked() or _conflicts(row))
        self.table.show_rows(shown, at=self.table.at, columns=_how(self._batch)[1])
        if not self.left.lines.rows:
            say(self.said, "" if self._rows else _ALL_FINE, "secondary")

    def _fail(self, error: UserError | OperationError) -> None:
        self._asked = None
        say(self.said, f"No pudimos traer las filas. {error}", "error")

    def _compare(self) -> None:
        row = self.table.row()
        if row is not None and _conflicts(row):
            self.compare.show_texts(row.before, row.answer)
        else:
            self.compare.hide()

    def _ask_rewrite(self) -> None:
        if self._batch is not None:
            self.rewrite_asked.emit(self._batch)

    def _ask_first(self, *, on: bool) -> None:
        """Before everything goes back: what would happen, and two verbs."""
        batch = self._batch
        if batch is not None:
            self.sure_text.setText(_question(batch))
        self.sure.setVisible(on)
        self.sure_text.setVisible(on)
        if on:
            # once it has its place, so that it is scrolled to
            QTimer.singleShot(0, self.do_undo, self.do_undo.setFocus)

    def _undo(self) -> None:
        self._ask_first(on=False)
        if self._batch is not None:
            self.undo_asked.emit(self._batch.id)

    def _lay_out(self) -> None:
        verbs = FlowLayout(spacing=8)
        for widget in (self.rewrite, self.undo, self.only_conflicts):
            verbs.addWidget(widget)
        self.only_conflicts.setObjectName("only_conflicts")
        self.do_undo = button("Deshacer el lote", "undo_batch_now", self._undo)
        row = FlowLayout(self.sure, 8)
        row.addWidget(self.do_undo)
        row.addWidget(button("Dejarlo como está", "undo_batch_not", lambda: self._ask_first(on=False)))
        self.sure.hide()
        self.table.setMinimumHeight(84)
        self.setFocusProxy(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(verbs)
        column.addWidget(self.sure_text)
        for part in (self.sure, self.said, self.left):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.compare)


def _how(batch: BatchRow) -> tuple[Callable[[Database, int, int, int], tuple[Any, ...]], tuple[Column[Any], ...]]:
    """How a batch's rows are asked for, and under which titles they stand."""
    if batch.kind == SENT:
        return sending.tickets, _SENT_COLUMNS
    if batch.kind == ImportKind.ANSWERS:
        return answers.outcomes, _ANSWER_COLUMNS
    return batches.outcomes, _OUTCOME_COLUMNS


def _conflicts(row: object) -> bool:
    return isinstance(row, AnswerOutcome) and row.outcome == CONFLICT


def _question(batch: BatchRow) -> str:
    if batch.kind == SENT:
        return "Los mensajes que nadie tocó después vuelven a «Abierto». El archivo ya enviado deja de valer."
    return "Lo que trajo este lote vuelve a como estaba antes, menos lo que alguien cambió después."
