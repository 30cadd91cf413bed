"""A short list with columns: lines by their key, the chosen one kept when the list is shown anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from iduo_desktop.ui.theme import mark, row_height
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.tips import tip

Row = TypeVar("Row")
_LEAST = 150


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """What a column shows. `width` in pixels; 0 shares what is left. `spare` ones go when there is no room.

    The greatest `spare` goes first. What they say is in the tip of the first column too.
    """

    title: str
    cell: Callable[[Row], str]
    width: int = 0
    right: bool = False
    spare: int = 0


class RowList(QTreeWidget, Generic[Row]):
    """Lines of one kind. `opened` tells of Enter or a double click, `chosen` of another line."""

    opened = Signal()
    chosen = Signal()

    def __init__(self, name: str, title: str, columns: Sequence[Column[Row]], key: Callable[[Row], object]):
        super().__init__()
        self._columns, self._key = columns, key
        self._rows: tuple[Row, ...] = ()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setHeaderLabels([column.title for column in columns])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        mark(self, surface="background")
        self._size_columns()
        self.currentItemChanged.connect(lambda _now, _before: self.chosen.emit())
        self.itemDoubleClicked.connect(lambda _item: self.opened.emit())

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these; the line that was chosen stays chosen, else the nearest one."""
        before, at = self._chosen_key(), self._at()
        self._rows = rows
        self.blockSignals(True)
        self.clear()
        for row in rows:
            self.addTopLevelItem(self._line(row))
        self.blockSignals(False)
        same = next((index for index, row in enumerate(rows) if self._key(row) == before), None)
        self._choose(same if same is not None else max(0, min(at, len(rows) - 1)))

    def row(self) -> Row | None:
        """The chosen one."""
        at = self._at()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def choose(self, key: object) -> None:
        """Choose a line by its key."""
        at = next((index for index, row in enumerate(self._rows) if self._key(row) == key), None)
        if at is not None:
            self._choose(at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide spare columns, of equal ones the last first, until those that share what is left have enough."""
        left = event.size().width() - sum(column.width or _LEAST for column in self._columns)
        cramped = left < -sum(column.width for column in self._columns if column.spare)
        numbered = sorted(enumerate(self._columns), key=lambda each: (each[1].spare, each[0]), reverse=True)
        for index, column in numbered:
            hidden = bool(column.spare) and left < 0
            self.setColumnHidden(index, hidden)
            left += column.width if hidden else 0
        super().resizeEvent(event)
        # where even so there is no room, the list scrolls sideways rather than squeeze what is looked for first
        for index in (index for index, column in enumerate(self._columns) if not column.width):
            stretch, fixed = QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.Fixed
            self.header().setSectionResizeMode(index, fixed if cramped else stretch)
            self.header().resizeSection(index, _LEAST)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _at(self) -> int:
        return self.currentIndex().row()

    def _choose(self, at: int) -> None:
        self.setCurrentIndex(self.model().index(at, 0))
        self.chosen.emit()

    def _chosen_key(self) -> object:
        row = self.row()
        return None if row is None else self._key(row)

    def _line(self, row: Row) -> QTreeWidgetItem:
        texts = [column.cell(row) for column in self._columns]
        item = QTreeWidgetItem(texts)
        item.setSizeHint(0, QSize(0, row_height()))
        for index, column in enumerate(self._columns):
            item.setToolTip(index, tip(texts[index]))
            if column.right:
                item.setTextAlignment(index, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        pairs = zip(self._columns, texts, strict=True)
        item.setToolTip(
            0, tip("\n".join((texts[0], *(f"{column.title}: {text}" for column, text in pairs if column.spare))))
        )
        return item

    def _size_columns(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsClickable(False)
        header.setStyleSheet("QHeaderView::section { padding: 4px 3px; }")  # in line with the cells
        for index, column in enumerate(self._columns):
            if column.width:
                header.resizeSection(index, column.width)
            else:
                header.setSectionResizeMode(index, QHeaderView.ResizeMode.Stretch)
            if column.right:
                alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                self.headerItem().setTextAlignment(index, alignment)
