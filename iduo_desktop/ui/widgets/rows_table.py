"""A table of lines that are all here: painted as needed, so that fifty thousand cost what twenty do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from iduo_desktop.ui.formats import NOTHING
from iduo_desktop.ui.theme import row_height, tokens
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.table import ACCENT_BAR, dress
from iduo_desktop.ui.widgets.tips import tip

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_Role = Qt.ItemDataRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """What a column shows. `width` in pixels, 0 shares what is left.

    `spare` ones go where there is no room, the greatest first; the first column then tells what they would.

    `editable` says whether a line's cell can be typed in; `least` is the width that one without a width needs.
    """

    title: str
    text: Callable[[Row], str]
    width: int = 0
    right: bool = False
    spare: int = 0
    editable: Callable[[Row], bool] | None = None
    least: int = 140


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Lines and their columns. `edited` brings a line and what was typed in it."""

    edited = Signal(object, str)

    def __init__(self, columns: Sequence[Column[Row]]):
        super().__init__()
        self.columns = tuple(columns)
        self.rows: Sequence[Row] = ()
        self.left_out: tuple[int, ...] = ()

    def show_rows(self, rows: Sequence[Row], columns: Sequence[Column[Row]] | None = None) -> None:
        """Show these, perhaps under other columns."""
        self.beginResetModel()
        self.rows = rows
        if columns is not None:
            self.columns, self.left_out = tuple(columns), ()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Lines."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles, on the side of their texts."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == _Role.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return self.columns[section].title if role in {_Role.DisplayRole, _Role.ToolTipRole} else None

    def data(self, index: Index, role: int = 0) -> Any:
        """One value of a cell."""
        column, row = self.columns[index.column()], self.rows[index.row()]
        if role == _Role.DisplayRole:
            return " ".join((column.text(row) or NOTHING).split())
        if role == _Role.EditRole:
            return column.text(row)
        if role == _Role.ToolTipRole:
            return tip("\n".join((column.text(row) or NOTHING, *self._left_out(index))))
        if role == _Role.AccessibleTextRole:
            return ", ".join((f"{column.title}: {column.text(row) or 'sin dato'}", *self._left_out(index)))
        return (_RIGHT if column.right else _LEFT) if role == _Role.TextAlignmentRole else None

    def _left_out(self, index: Index) -> list[str]:
        """The first column tells what there was no room for."""
        if index.column() != 0:
            return []
        columns, row = [self.columns[at] for at in self.left_out], self.rows[index.row()]
        return [f"{column.title}: {column.text(row) or 'sin dato'}" for column in columns]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Which cells can be typed in."""
        plain = super().flags(index)
        editable = self.columns[index.column()].editable
        may = editable is not None and editable(self.rows[index.row()])
        return plain | Qt.ItemFlag.ItemIsEditable if may else plain

    def setData(self, index: Index, value: Any, role: int = 0) -> bool:
        """A cell was typed in."""
        row = self.rows[index.row()]
        if role != _Role.EditRole or str(value) == self.columns[index.column()].text(row):
            return False
        self.edited.emit(row, str(value))
        return True


class RowsTable(QTableView, Generic[Row]):
    """Whole lines are chosen. `chosen` tells of another line, `opened` of Enter where nothing can be typed in."""

    chosen = Signal()
    opened = Signal()
    edited = Signal(object, str)

    def __init__(self, name: str, title: str, columns: Sequence[Column[Row]], *, several: bool = False):
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.lines: RowsModel[Row] = RowsModel(columns)
        self.setModel(self.lines)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self._set_up()
        self.lines.edited.connect(self.edited)
        self.doubleClicked.connect(self._open)
        self._late = QTimer(self, singleShot=True, interval=0)
        self._late.timeout.connect(self.chosen)

    def show_rows(self, rows: Sequence[Row], *, at: int = 0, columns: Sequence[Column[Row]] | None = None) -> None:
        """Show these, and choose the line at this place, or the last one before it."""
        self.lines.show_rows(rows, columns)
        if columns is not None:
            self._share_width()
        if rows:
            self.choose(max(0, min(at, len(rows) - 1)))
        else:
            self._late.start()

    def choose(self, at: int) -> None:
        """Choose a line by its place."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        index = self.lines.index(at, max(0, self._first_editable()))
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def choose_several(self, places: Iterable[int]) -> None:
        """Choose these lines; the first of them is the current one."""
        first, *others = sorted(places)
        self.choose(first)
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for at in others:
            self.selectionModel().select(self.lines.index(at, 0), flags)

    @property
    def at(self) -> int:
        """The place of the chosen line, -1 when there is none."""
        return self.currentIndex().row()

    def row(self) -> Row | None:
        """The chosen line."""
        return self.lines.rows[self.at] if 0 <= self.at < len(self.lines.rows) else None

    def selected(self) -> tuple[Row, ...]:
        """All chosen lines, in their order."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.lines.rows[place] for place in places)

    def repaint_rows(self) -> None:
        """What lines show has changed, not which they are."""
        self.viewport().update()

    def edit_current(self) -> bool:
        """Type in the chosen line, if it has a cell for that."""
        at = self._first_editable()
        index = self.lines.index(self.at, at)
        if at < 0 or not self.lines.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        self.setCurrentIndex(index)
        self.edit(index)
        return True

    def keyboardSearch(self, search: str) -> None:
        """Letters do not look for a line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in ENTER and not control:
            if self.state() is not QAbstractItemView.State.EditingState:
                self._open()
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self._late.start()

    def sizeHint(self) -> QSize:
        """No higher than it must be: what is left over is shared, and nothing is pushed out of sight for it."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.verticalHeader().setDefaultSectionSize(row_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colours = tokens(self.palette())
        painter = QPainter(self.viewport())
        painter.setPen(QColor(colours.line))
        first, last = self.rowAt(event.rect().top()), self.rowAt(event.rect().bottom())
        for at in range(max(0, first), (last if last >= 0 else len(self.lines.rows) - 1) + 1):
            bottom = self.rowViewportPosition(at) + self.rowHeight(at) - 1
            painter.drawLine(0, bottom, self.viewport().width(), bottom)
        if self.at >= 0:
            top = self.rowViewportPosition(self.at)
            painter.fillRect(QRect(0, top, ACCENT_BAR, self.rowHeight(self.at)), QColor(colours.accent))
        painter.end()

    def _open(self) -> None:
        if self.row() is not None and not self.edit_current():
            self.opened.emit()

    def _first_editable(self) -> int:
        return next((at for at, column in enumerate(self.lines.columns) if column.editable is not None), -1)

    def _set_up(self) -> None:
        dress(self)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegate(_Typing(self))
        self.horizontalHeader().setSectionsClickable(False)

    def _share_width(self) -> None:
        """Spare columns go first, of equal ones the last; what is left is shared by those without a width."""
        columns, room = self.lines.columns, self.viewport().width()
        shown = {at for at, _ in enumerate(columns)}
        for at in sorted(shown, key=lambda at: (columns[at].spare, at), reverse=True):
            if columns[at].spare and _least(columns, shown) > room:
                shown.discard(at)
        self.lines.left_out = tuple(at for at in range(len(columns)) if at not in shown)
        stretched = [at for at in shown if not columns[at].width]
        left = room - sum(columns[at].width for at in shown)
        for at, column in enumerate(columns):
            self.setColumnHidden(at, at not in shown)
            self.setColumnWidth(at, column.width or max(column.least, left // max(1, len(stretched))))


class _Typing(QStyledItemDelegate):
    """Where one types in a cell: a line with a name for those who do not see it."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        made = QLineEdit(parent)
        made.setObjectName("cell_editor")
        made.setAccessibleName(str(index.data(_Role.AccessibleTextRole)))
        made.setStyleSheet("padding: 0 4px; min-height: 18px")
        return made


def _least(columns: Sequence[Column[Any]], shown: Iterable[int]) -> int:
    return sum(columns[at].width or columns[at].least for at in shown)
