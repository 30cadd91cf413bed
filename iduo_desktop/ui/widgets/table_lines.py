"""Lines of a table as Qt sees them: looked up when painted, and put, moved and taken without losing the place."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QModelRoleData,
    QModelRoleDataSpan,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont

from iduo_desktop.ui.widgets.columns import Column, preparer, tell
from iduo_desktop.ui.widgets.pages import Page, Pages, Prepared, R

_Role = Qt.ItemDataRole
_NOWHERE = QModelIndex()
_RIGHT = int((Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter).value)
_LEFT = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter).value)
_FONT = int(_Role.FontRole)
_ALIGNMENT = int(_Role.TextAlignmentRole)


class TableLines(QAbstractTableModel, Generic[R]):
    """What is here of a list. Lines change, come and go between `updating` and `updated`.

    `updated` tells the ids of those that went to another place.
    """

    updating = Signal()
    updated = Signal(object)

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None):
        super().__init__(parent)
        self.columns = tuple(columns)
        self._titles = [column.title for column in self.columns]
        self._prepare_roles = preparer(self.columns)
        self._pages: Pages[R] = Pages()
        self._moved: set[int] = set()
        self._current = 0
        self._bold: dict[int, tuple[Any, ...]] = {}
        self._shared: dict[int, tuple[Any, ...]] = {_ALIGNMENT: tuple(_RIGHT if c.right else _LEFT for c in columns)}

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """Lines known so far."""
        return 0 if parent.isValid() else self._pages.count

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles of the columns, on the side of their texts."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == _ALIGNMENT:
            return self._shared[_ALIGNMENT][section]
        if role in {_Role.ToolTipRole, _Role.AccessibleDescriptionRole}:
            return self.columns[section].about or self._titles[section]
        return self._titles[section] if role == _Role.DisplayRole else None

    def show_sort(self, sort: str, *, descending: bool) -> None:
        """Mark the column that the list is sorted by; "" or an unknown one marks none."""
        arrow = " ▼" if descending else " ▲"
        self._titles = [column.title + (arrow if sort and column.sort == sort else "") for column in self.columns]
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        """One value of a cell."""
        line = self._pages.line(index.row())
        if line is None:
            return None
        values = line.roles.get(role)
        column = index.column()
        return tell(self.columns[column], line.row, role) if values is None else values[column]

    def multiData(self, index: QModelIndex | QPersistentModelIndex, span: QModelRoleDataSpan | QModelRoleData) -> None:
        """All that painting a cell takes, in one call instead of seven."""
        line = self._pages.line(index.row())
        column = index.column()
        values_of = (line.roles if line is not None else self._shared).get
        for wanted in cast("Iterable[QModelRoleData]", span):
            values = values_of(wanted.role())
            if values is None:
                wanted.clearData()
            else:
                wanted.setData(values[column])

    def row(self, number: int) -> R | None:
        """What the line at `number` tells, None while it is not here."""
        line = self._pages.line(number)
        return None if line is None else line.row

    def number(self, id: int) -> int:
        """Where the line with this id stands, -1 when it is not here."""
        return self._pages.number(id)

    def loaded(self) -> Iterator[R]:
        """The lines that are here, in their order."""
        return (line.row for page in self._pages.held for line in page.rows or ())

    @property
    def whole(self) -> bool:
        """True when the list has no more lines than these."""
        return self._pages.whole

    @property
    def started(self) -> bool:
        """True once a first answer is here."""
        return bool(self._pages.all)

    def mark_current(self, id: int, bold: QFont) -> None:
        """Print the main cell of this line in bold, and of no other."""
        before, self._current = self._current, id
        self._bold = {_FONT: tuple(bold if column.main else None for column in self.columns)}
        for changed in (before, id):
            number = self._pages.number(changed)
            line = self._pages.line(number)
            if line is not None:
                line.roles.pop(_FONT, None)
                line.roles.update(self._bold if line.id == id else {})
                self._repaint(number, number)

    def prepare_again(self) -> None:
        """Make texts, colours and icons again: the theme or the day is another."""
        for page in self._pages.held:
            for line in page.rows or ():
                line.roles = self._roles(line.row)
        self._repaint(0, self.rowCount() - 1)

    def _roles(self, row: R) -> dict[int, tuple[Any, ...]]:
        roles = self._prepare_roles(row) | self._shared
        if row.id == self._current:
            roles.update(self._bold)
        return roles

    def _repaint(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    @contextmanager
    def _update(self) -> Iterator[None]:
        self._moved.clear()
        self.updating.emit()
        yield
        self.updated.emit(frozenset(self._moved))

    def _merge(self, page: Page[R], lines: list[Prepared[R]]) -> None:
        """Make a page's lines these, with as few signals as can be, so that selection and place survive."""
        if page.rows is None:
            self._unfold(page, lines)
            return
        coming = {line.id for line in lines}
        for at in range(len(page.rows) - 1, -1, -1):
            if page.rows[at].id not in coming:
                self._remove(page, at)
        for at, line in enumerate(lines):
            self._settle_line(page, at, line)
        start = self._pages.start(page)
        self._repaint(start, start + page.count - 1)

    def _settle_line(self, page: Page[R], at: int, line: Prepared[R]) -> None:
        home = self._pages.home(line.id)
        if home is None:
            self._insert(page, at, [line])
        elif home is page and page.place(line.id) == at:
            self._pages.replace(page, at, line)
        else:
            self._move(home, home.place(line.id), page, at, line)

    def _unfold(self, page: Page[R], lines: list[Prepared[R]]) -> None:
        """The lines of a page that was forgotten are here again, perhaps more or fewer."""
        for line in lines:
            home = self._pages.home(line.id)
            if home is not None:
                self._remove(home, home.place(line.id))
        start, count = self._pages.start(page), page.count
        if len(lines) < count:
            self.beginRemoveRows(_NOWHERE, start + len(lines), start + count - 1)
            self._pages.resize(page, len(lines))
            self.endRemoveRows()
        elif len(lines) > count:
            self.beginInsertRows(_NOWHERE, start + count, start + len(lines) - 1)
            self._pages.resize(page, len(lines))
            self.endInsertRows()
        self._pages.put(page, 0, lines)
        self._repaint(start, start + len(lines) - 1)

    def _place(self, home: Page[R] | None, line: Prepared[R]) -> None:
        target = self._pages.target(line.key)
        if home is not None and home.rows is not None:
            at = home.place(line.id)
            if home.rows[at].key == line.key:
                self._pages.replace(home, at, line)
                number = self._pages.start(home) + at
                self._repaint(number, number)
            elif target is None or target.rows is None:
                self._remove(home, at)
            else:
                self._move(home, at, target, self._pages.slot(target, line.key), line)
        elif target is not None and target.rows is not None:
            self._insert(target, self._pages.slot(target, line.key), [line])

    def _insert(self, page: Page[R], at: int, lines: list[Prepared[R]]) -> None:
        number = self._pages.start(page) + at
        self.beginInsertRows(_NOWHERE, number, number + len(lines) - 1)
        self._pages.put(page, at, lines)
        self.endInsertRows()

    def _remove(self, page: Page[R], at: int) -> None:
        number = self._pages.start(page) + at
        self.beginRemoveRows(_NOWHERE, number, number)
        self._pages.take(page, at, 1)
        self.endRemoveRows()

    def _move(self, home: Page[R], at: int, page: Page[R], to: int, line: Prepared[R]) -> None:
        """A line goes elsewhere; what is selected stays selected. `to` is counted with the line still in its place."""
        source, target = self._pages.start(home) + at, self._pages.start(page) + to
        self._moved.add(line.id)
        still = target in (source, source + 1)
        if not still:
            self.beginMoveRows(_NOWHERE, source, source, _NOWHERE, target)
        self._pages.take(home, at, 1)
        self._pages.put(page, to - 1 if home is page and at < to else to, [line])
        if still:
            self._repaint(source, source)
        else:
            self.endMoveRows()
            number = self._pages.number(line.id)
            self._repaint(number, number)
