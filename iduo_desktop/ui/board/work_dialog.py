"""What is behind a figure, a bar or somebody's line: each thing with its client; Enter goes there."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import supervision
from iduo_desktop.services.supervision import Span, WorkLine
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

MOST = 500
SLOW_MS = 1_000
NOTHING = "No hay nada en este período."
LOADING = "Cargando…"
SIZE = (900, 520)
KINDS = {
    "contacts": "Contactos",
    "calls": "Llamadas",
    "reached": "Contactados",
    "promises": "Promesas que tomó",
    "kept": "Promesas cumplidas",
    "broken": "Promesas incumplidas",
    "pending": "Promesas pendientes",
    "closed": "Casos cerrados",
    "tickets": "Tickets tomados",
    "communicated": "Tickets comunicados",
    "overrides": "Contactados igual, con motivo",
    "doubtful": "Mensajes que no sabemos si salieron",
}


@dataclass(frozen=True, slots=True)
class Behind:
    """What is looked at: `said` names it for people, `login` whose work it is, the keys narrow it to a bar."""

    said: str
    span: Span
    login: str | None = None
    key: str = ""
    series_key: str = ""


class WorkDialog(QDialog):
    """With several `kinds` one chooses among them. `case_asked` and `ticket_asked` bring where to go."""

    case_asked = Signal(int)
    ticket_asked = Signal(int)

    def __init__(self, operations: Operations, clock: Clock, behind: Behind, kinds: Mapping[str, str], parent: QWidget):
        super().__init__(parent)
        self.setObjectName("work_dialog")
        self.setWindowTitle(behind.said)
        self.setAccessibleName(behind.said)
        self._operations = operations
        self._behind = behind
        self._asked: Operation[tuple[WorkLine, ...]] | None = None
        self.kind = QComboBox()
        self.kind.setObjectName("work_kind")
        self.kind.setAccessibleName("Qué se muestra")
        for name, text in kinds.items():
            self.kind.addItem(text, name)
        self.table = _table(clock)
        self.said = label("", "secondary", "work_said")
        self.problem = sentence("error", "work_problem")
        self.open_it = button("Abrir", "work_open", self._open, key="⏎", role="primary")
        self.leave = button("Cerrar", "work_close", self.reject, key="Esc")
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.said.setText(LOADING))
        self.kind.currentIndexChanged.connect(lambda _index: self._ask())
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._note_chosen)
        self.finished.connect(self.deleteLater)
        self._lay_out()
        self._ask()

    def choose(self, kind: str) -> None:
        """Show this kind."""
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))

    def _ask(self) -> None:
        if self._asked is not None:
            self._asked.stop()
        behind = self._behind
        self._slow.start()
        values = (self.kind.currentData(), behind.login, behind.span, behind.key, behind.series_key)
        self._asked = self._operations.run(self, supervision.work, *values)
        self._asked.then(self._show).refused(self._fail).failed(self._fail)

    def _show(self, lines: tuple[WorkLine, ...]) -> None:
        self._asked = None
        self._slow.stop()
        say(self.problem, "")
        self.table.show_rows(lines)
        counted = (
            f"Las {MOST} más nuevas; hay más." if len(lines) >= MOST else formats.plural(len(lines), "línea", "líneas")
        )
        self.said.setText(counted if lines else NOTHING)
        self._note_chosen()

    def _fail(self, error: UserError | OperationError) -> None:
        self._asked = None
        self._slow.stop()
        self.said.setText("")
        say(self.problem, error.message)

    def _note_chosen(self) -> None:
        line = self.table.row()
        self.open_it.setEnabled(line is not None and (line.case_id is not None or line.ticket_id is not None))

    def _open(self) -> None:
        line = self.table.row()
        if line is None or not self.open_it.isEnabled():
            return
        if line.case_id is not None:
            self.case_asked.emit(line.case_id)
        elif line.ticket_id is not None:
            self.ticket_asked.emit(line.ticket_id)
        self.accept()

    def _lay_out(self) -> None:
        for made in (self.open_it, self.leave):
            made.setAutoDefault(False)
        head = QHBoxLayout()
        head.addWidget(self.kind)
        head.addWidget(self.said, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.leave)
        foot.addWidget(self.open_it)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.problem)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.kind.setHidden(self.kind.count() < 2)
        room = self.screen().availableGeometry()
        self.resize(min(SIZE[0], room.width() - 24), min(SIZE[1], room.height() - 48))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _table(clock: Clock) -> RowsTable[WorkLine]:
    columns: tuple[Column[WorkLine], ...] = (
        Column("Cuándo", lambda line: formats.when(line.at, clock()), 120),
        Column("Cliente", lambda line: line.client, least=140),
        Column("Qué", lambda line: line.what, least=160),
        Column("Quién", lambda line: line.who, 140, spare=True),
        Column("Importe", lambda line: formats.money(line.amount) if line.amount is not None else " ", 110, right=True),
    )
    return RowsTable("work_lines", "Lo que hay detrás", columns)
