"""The rows of one group of the simulation: corrected in place, left out, or chosen one by one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from iduo_desktop.services.importing import Group, Problem
from iduo_desktop.ui import formats
from iduo_desktop.ui.batches.compare import Compare
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.rows_table import Column, RowsTable

CONFLICT = "conflict"


class ProblemsBox(QWidget):
    """`corrected` brings a problem and what was typed; `omitted` rows to leave out; `replace_changed`: another choice.

    `replace` are the rows that go over an answer that is there already.
    """

    corrected = Signal(object, str)
    omitted = Signal(object)
    replace_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problems_box")
        self.replace: frozenset[int] = frozenset()
        self.group: Group | None = None
        self._columns: tuple[Column[Problem], ...] = (
            Column("Fila", lambda problem: formats.count(problem.row), 64, right=True),
            Column("Columna", lambda problem: problem.column, 130),
            Column("Dice", lambda problem: problem.value, editable=lambda problem: bool(problem.field)),
            Column("Se esperaba", lambda problem: problem.expected, spare=True),
            Column("Sugerencia", lambda problem: problem.suggestion, 150),
        )
        self.table = RowsTable("import_problems", "Filas de este grupo", self._columns, several=True)
        self.compare = Compare("difference")
        self.fix = button("Corregir acá", "fix_cell", self.table.edit_current, key="⏎")
        self.suggest = button("Usar la sugerencia", "use_suggestion", self._use_suggestion)
        self.leave_out = button("Omitir la fila", "omit_row", self._omit_selected, key="Supr")
        self.leave_out_all = button("Omitir todas", "omit_group", self._omit_group)
        self.keep_all = QRadioButton("conservar la que está")
        self.replace_all = QRadioButton("reemplazar por la del archivo")
        self._lay_out()
        self.table.edited.connect(self.corrected)
        self.table.chosen.connect(self._follow)

    def show_group(self, group: Group | None, *, at: int = 0) -> None:
        """Show the rows of a group, or nothing."""
        self.group = group
        columns = (*self._columns, Column("Queda", self._what_stays, 110)) if self._conflict else self._columns
        self.table.show_rows(group.problems if group is not None else (), at=at, columns=columns)
        for radio in (self.keep_all, self.replace_all):
            radio.setVisible(self._conflict)
        self._show_choice()
        self.setVisible(group is not None)
        self._follow()

    def forget_choices(self) -> None:
        """Nothing is replaced."""
        self.replace = frozenset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._omit_selected()
        elif event.key() == Qt.Key.Key_Space and self._conflict:
            self._turn(frozenset(problem.row for problem in self.table.selected()))
        else:
            super().keyPressEvent(event)

    @property
    def _conflict(self) -> bool:
        return self.group is not None and self.group.code == CONFLICT

    def _rows(self) -> frozenset[int]:
        return frozenset(problem.row for problem in self.group.problems) if self.group is not None else frozenset()

    def _follow(self) -> None:
        problem = self.table.row()
        self.fix.setEnabled(problem is not None and bool(problem.field))
        self.suggest.setEnabled(problem is not None and bool(problem.field and problem.suggestion))
        self.leave_out.setEnabled(problem is not None)
        count = len(self.table.lines.rows)
        name_button(self.leave_out_all, f"Omitir las {formats.count(count)}")
        self.leave_out_all.setVisible(count > 1)
        self.compare.show_texts(*((problem.before, problem.value) if problem is not None else ("", "")))

    def _use_suggestion(self) -> None:
        problem = self.table.row()
        if problem is not None:
            self.corrected.emit(problem, problem.suggestion)

    def _omit_selected(self) -> None:
        rows = {problem.row for problem in self.table.selected()}
        if rows:
            self.omitted.emit(tuple(sorted(rows)))

    def _omit_group(self) -> None:
        self.omitted.emit(tuple(sorted(self._rows())))

    def _turn(self, rows: frozenset[int]) -> None:
        """What is kept is replaced, and the other way round."""
        self._choose(self.replace - rows if rows <= self.replace else self.replace | rows)

    def _choose(self, replace: frozenset[int]) -> None:
        self.replace = replace
        self._show_choice()
        self.table.repaint_rows()
        self.replace_changed.emit()

    def _show_choice(self) -> None:
        rows = self._rows()
        for radio, holds in ((self.replace_all, rows <= self.replace), (self.keep_all, not rows & self.replace)):
            radio.setAutoExclusive(False)
            radio.setChecked(holds)
            radio.setAutoExclusive(True)

    def _what_stays(self, problem: Problem) -> str:
        return "la del archivo" if problem.row in self.replace else "la que está"

    def _lay_out(self) -> None:
        verbs = FlowLayout(spacing=8)
        self.keep_all.setObjectName("keep_all")
        self.replace_all.setObjectName("replace_all")
        self.keep_all.clicked.connect(lambda: self._choose(self.replace - self._rows()))
        self.replace_all.clicked.connect(lambda: self._choose(self.replace | self._rows()))
        for made in (self.fix, self.suggest, self.leave_out, self.leave_out_all):
            made.setAutoDefault(True)
            verbs.addWidget(made)
        for radio in (self.keep_all, self.replace_all):
            verbs.addWidget(radio)
        self.table.setMinimumHeight(120)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addLayout(verbs)
        column.addWidget(self.compare)
