"""Two records of one person, line by line: what stays, what both have, and then they are one."""

from collections.abc import Callable
from dataclasses import replace
from textwrap import wrap
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import Merged, MergeLine
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.sender import KEY
from iduo_desktop.ui.widgets.tips import tip

WIDTH, HEIGHT = 760, 520
LINES, SIDES, LETTER = 4, 330, 8  # what stands beside the two values, and how wide a letter is
KEEP, OTHER, BOTH = "keep", "other", "both"
_HINT = (
    "Elegí qué queda en cada línea. No se pierde nada: teléfonos, casos, llamadas e historia quedan juntos, "
    "y podés deshacerlo."
)


class MergeDialog(QDialog):
    """`merged` brings what was done. Ctrl+Enter joins, Esc leaves both as they are."""

    merged = Signal(object)

    def __init__(self, operations: Operations, keep: int, other: int, parent: QWidget | None = None):
        super().__init__(parent)
        self._operations = operations
        self._keep, self._other = keep, other
        self._key = uuid4()
        self._groups: dict[str, QButtonGroup] = {}
        self._running = False
        self.setObjectName("merge_dialog")
        self.setWindowTitle("Comparar y unir")
        self.setAccessibleName("Comparar y unir")
        self.setSizeGripEnabled(True)
        self._message = sentence("error", "merge_message")
        self._lay_out()
        self.finished.connect(self.deleteLater)
        room = self.screen().availableGeometry()
        self.resize(min(WIDTH, room.width() - 24), min(HEIGHT, room.height() - 48))
        self._ask()

    def chosen(self) -> list[str]:
        """The fields for which the other one's value stays."""
        return [field for field, group in self._groups.items() if group.checkedId() == 1]

    def swap(self) -> None:
        """Keep the other record instead."""
        if not self._running:
            self._keep, self._other = self._other, self._keep
            self._key = uuid4()
            self._ask()

    def join(self) -> None:
        """«Unir»."""
        if self._running or not self._join.isEnabled():
            return
        self._running = True
        say(self._message, "")
        values = (self._keep, self._other, self.chosen(), self._key)
        asked = self._operations.run(self, contact_records.merge, *values).busy(self._join, self._swap, self._content)
        asked.then(self._done).refused(self._fail).failed(self._fail)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in ENTER
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.join()
        elif enter:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _ask(self) -> None:
        self._join.setEnabled(False)
        asked = self._operations.run(self, contact_records.compare, self._keep, self._other)
        asked.then(self._show).refused(self._fail).failed(self._fail)

    def _show(self, lines: tuple[MergeLine, ...]) -> None:
        lines = tuple(_read(line) for line in lines)
        self._groups = {}
        self._content = QWidget()
        self._content.setObjectName("merge_lines")
        grid = QGridLayout(self._content)
        grid.setContentsMargins(16, 8, 16, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for column, text in ((1, "Esta ficha queda"), (2, "Esta se une a la otra")):
            grid.addWidget(label(text, "heading"), 0, column)
        for number, line in enumerate(lines, 1):
            self._add(grid, number, line)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(len(lines) + 1, 1)
        self._scroll.setWidget(self._content)
        self._join.setEnabled(True)
        first = next(iter(self._groups.values()), None)
        ((first.checkedButton() if first is not None else None) or self._join).setFocus()

    def _add(self, grid: QGridLayout, number: int, line: MergeLine) -> None:
        title = label(line.label, "secondary")
        grid.addWidget(title, number, 0, Qt.AlignmentFlag.AlignTop)
        if line.choice == BOTH or line.keep == line.other:
            joined = line.keep == line.other
            texts = (line.keep or "—", "igual" if joined else line.other or "—")
            for column, text in enumerate(texts, 1):
                grid.addWidget(label(text, "secondary" if joined and column == 2 else ""), number, column)
            if not joined:
                grid.addWidget(label("quedan los dos", "secondary", wraps=False), number, 3)
            return
        group = self._groups[line.field] = QButtonGroup(self._content)
        for at, text in enumerate((line.keep, line.other)):
            made = QRadioButton(self._wrapped(text) or "— (vacío)")
            made.setObjectName(f"merge_{line.field}_{(KEEP, OTHER)[at]}")
            made.setAccessibleName(f"{line.label}: {text or 'vacío'}")
            made.setToolTip(tip(text))
            made.setMinimumWidth(1)
            group.addButton(made, at)
            grid.addWidget(made, number, at + 1)
        (group.button(1) if line.choice == OTHER else group.button(0)).setChecked(True)

    def _wrapped(self, text: str) -> str:
        """A long text on a few lines; the tooltip has all of it."""
        lines = wrap(text, max(12, (self.width() - SIDES) // 2 // LETTER))
        return "\n".join(lines if len(lines) <= LINES else [*lines[: LINES - 1], f"{lines[LINES - 1]}…"])

    def _done(self, merged: Merged) -> None:
        self.merged.emit(merged)
        self.accept()

    def _fail(self, error: UserError | OperationError) -> None:
        self._running = False
        say(self._message, error.message)

    def _lay_out(self) -> None:
        self._content = QWidget()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._content)
        hint = label(_HINT, "secondary", "merge_hint")
        hint.setContentsMargins(16, 12, 16, 4)
        self._message.setContentsMargins(16, 4, 16, 4)
        self._swap = self._button("Que quede la otra", "merge_swap", self.swap)
        self._join = self._button("Unir", "merge_join", self.join, key=KEY, role="primary")
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 12)
        row.setSpacing(8)
        row.addWidget(self._swap)
        row.addStretch(1)
        row.addWidget(self._button("Cancelar", "merge_cancel", self.reject, key="Esc"))
        row.addWidget(self._join)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hint)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._message)
        column.addLayout(row)

    @staticmethod
    def _button(text: str, name: str, act: Callable[[], object], key: str = "", role: str = "") -> QPushButton:
        made = button(text, name, act, key=key, role=role)
        made.setAutoDefault(False)
        return made


def _read(line: MergeLine) -> MergeLine:
    """A line as it is read: documents have their dots."""
    if line.field != "document":
        return line
    return replace(line, keep=_document(line.keep), other=_document(line.other))


def _document(digits: str) -> str:
    return formats.document(digits) if digits else ""
