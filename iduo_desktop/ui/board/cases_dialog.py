"""Cases to be given to other hands, several at once: those that nobody follows, or a list as it is filtered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabBar, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database
from iduo_desktop.services.supervision import OrphanCase
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

MOST = 500
COLLECT_MS = 1_000
SLOW_MS = 1_000
LOADING = "Cargando…"
SIZE = (860, 520)
HOW = "Ctrl+A elige todos; Mayús+↑ ↓ o Ctrl y un clic, varios."


@dataclass(frozen=True, slots=True)
class Source:
    """A list of cases: what it is called, how it is asked, and what to say where it is empty."""

    title: str
    ask: Callable[[Database], tuple[OrphanCase, ...]]
    nothing: str


class CasesDialog(QDialog):
    """`case_asked` brings a case to go to, `move_asked` the cases that were chosen, for those who `may_move`."""

    case_asked = Signal(int)
    move_asked = Signal(object)

    def __init__(
        self,
        operations: Operations,
        clock: Clock,
        title: str,
        sources: tuple[Source, ...],
        parent: QWidget,
        *,
        may_move: bool,
    ):
        super().__init__(parent)
        self.setObjectName("cases_dialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._operations, self._sources = operations, sources
        self._asked: Operation[tuple[OrphanCase, ...]] | None = None
        self._may_move = may_move
        self.tabs = QTabBar()
        self.tabs.setObjectName("cases_sources")
        self.tabs.setAccessibleName("Qué casos")
        for source in sources:
            self.tabs.addTab(source.title)
        self.tabs.currentChanged.connect(lambda _at: self._ask())
        self.table = _table(clock)
        self.said = label("", "secondary", "cases_said")
        self.problem = sentence("error", "cases_problem")
        self.move_them = button("Pasar a…", "cases_move", self._move, key="Ctrl+⏎", role="primary")
        self.move_them.setShortcut("Ctrl+Return")
        self.open_it = button("Abrir", "cases_open", self._open, key="⏎")
        self.leave = button("Cerrar", "cases_close", self.reject, key="Esc")
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.said.setText(LOADING))
        self._collect = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._collect.timeout.connect(self._ask)
        operations.changed.connect(self._hear)
        self.table.opened.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(self._count)
        self.finished.connect(self.deleteLater)
        self._lay_out()
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F5:
            self._ask()
        else:
            super().keyPressEvent(event)

    def _hear(self, table: str, _id: object) -> None:
        if table == "case" and not self._collect.isActive():
            self._collect.start()

    def _ask(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
        source = self._sources[self.tabs.currentIndex()]
        self._slow.start()
        self._asked = self._operations.run(self, source.ask)
        self._asked.then(partial(self._show, source)).refused(self._fail).failed(self._fail)

    def _show(self, source: Source, cases: tuple[OrphanCase, ...]) -> None:
        """What was chosen stays chosen, as far as it is still there."""
        self._slow.stop()
        self._asked = None
        say(self.problem, "")
        kept = {case.case_id for case in self.table.selected()}
        self.table.show_rows(cases, at=max(self.table.at, 0))
        still = [at for at, case in enumerate(cases) if case.case_id in kept]
        if still:
            self.table.choose_several(still)
        self._nothing = source.nothing
        self._count()

    def _fail(self, error: UserError | OperationError) -> None:
        self._slow.stop()
        self._asked = None
        self.said.setText("")
        say(self.problem, error.message)

    def _count(self, *_: object) -> None:
        cases, chosen = len(self.table.lines.rows), len(self.table.selected())
        if not cases:
            self.said.setText(self._nothing)
        else:
            of = f"los primeros {MOST}" if cases >= MOST else formats.plural(cases, "caso", "casos")
            self.said.setText(
                f"{formats.plural(chosen, 'elegido', 'elegidos')} de {of}. {HOW if self._may_move else ''}"
            )
        for made in (self.move_them, self.open_it):
            made.setEnabled(chosen > 0)

    def _open(self) -> None:
        case = self.table.row()
        if case is not None:
            self.case_asked.emit(case.case_id)
            self.accept()

    def _move(self) -> None:
        chosen = tuple(case.case_id for case in self.table.selected())
        if chosen:
            self.move_asked.emit(chosen)

    def _lay_out(self) -> None:
        self._nothing = ""
        for made in (self.move_them, self.open_it, self.leave):
            made.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for made in (self.leave, self.open_it, self.move_them):
            foot.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.tabs, self.said, self.problem):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.tabs.setHidden(len(self._sources) < 2)
        self.move_them.setHidden(not self._may_move)
        room = self.screen().availableGeometry()
        self.resize(min(SIZE[0], room.width() - 24), min(SIZE[1], room.height() - 48))
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _table(clock: Clock) -> RowsTable[OrphanCase]:
    columns: tuple[Column[OrphanCase], ...] = (
        Column("Cliente", lambda case: case.client, least=160),
        Column("Lista", lambda case: CaseList(case.list).label, 110),
        Column("De quién", lambda case: case.holder or "libre", 150),
        Column("Último contacto", lambda case: formats.when(case.last_contact_at, clock()), 140, spare=True),
        Column("Deuda", lambda case: formats.money(case.debt) if case.debt is not None else " ", 110, right=True),
    )
    return RowsTable("cases_lines", "Casos", columns, several=True)
