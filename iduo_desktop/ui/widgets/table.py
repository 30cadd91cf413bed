"""The view of a long list: whole lines, and a place that stays while they come and go."""

from typing import Generic

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QLine,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from iduo_desktop.ui.theme import Tokens, row_height, tokens
from iduo_desktop.ui.widgets.badges import BadgedCells, ProseCells, paint_badges
from iduo_desktop.ui.widgets.chip import CHIP_SIZE
from iduo_desktop.ui.widgets.columns import BADGES, shared
from iduo_desktop.ui.widgets.keys import PLAIN
from iduo_desktop.ui.widgets.pages import R
from iduo_desktop.ui.widgets.table_model import TableModel

Index = QModelIndex | QPersistentModelIndex

ACCENT_BAR = 3
_VEIL = 150


def dress(view: QTableView) -> None:
    """As every table is here: whole lines, without a grid, and Tab goes on to what comes after it."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setTabKeyNavigation(False)
    view.setWordWrap(False)
    view.setShowGrid(False)
    view.setCornerButtonEnabled(False)
    rows, header = view.verticalHeader(), view.horizontalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setMinimumSectionSize(1)
    rows.setDefaultSectionSize(row_height())
    header.setHighlightSections(False)
    header.setTextElideMode(Qt.TextElideMode.ElideRight)


class View(QTableView, Generic[R]):
    """A list of whole lines. It tells what was chosen; whoever shows it gives it the actions of its keys."""

    current_changed = Signal(int)
    opened = Signal(int)
    sort_asked = Signal(str)

    def __init__(self, model: TableModel[R], parent: QWidget | None = None):
        super().__init__(parent)
        self.lines = model
        self._current = 0
        self._wanted = 0
        self._owed = 0
        self._updating = False
        self._veiled = False
        self._hovered = -1
        self._sharing = False
        self._widths = [column.width for column in model.columns]
        self._places: list[tuple[int, int]] = []
        self._badged = next((number for number, column in enumerate(model.columns) if column.badges is not None), -1)
        self.setModel(model)
        prose, badged = ProseCells(self), BadgedCells(self)
        for number, column in enumerate(model.columns):
            if column.badges is not None or column.prose:
                self.setItemDelegateForColumn(number, badged if column.badges is not None else prose)
        self._set_up()
        self._set_up_header()
        model.updating.connect(self._remember_place)
        model.updated.connect(self._restore_place)
        model.begun.connect(self._choose_first)
        model.ended.connect(self._choose_last)
        self.verticalScrollBar().valueChanged.connect(self._look)
        self._late_look = QTimer(self, singleShot=True, interval=0)
        self._late_look.timeout.connect(self._look)

    def _set_up(self) -> None:
        dress(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setMouseTracking(True)
        self.setIconSize(CHIP_SIZE)
        self.doubleClicked.connect(lambda _index: self.opened.emit(self._current))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(40)
        for number, column in enumerate(self.lines.columns):
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(number, column.width)
        header.sectionResized.connect(self._note_width)
        header.sectionClicked.connect(self._ask_sort)

    # What is chosen

    @property
    def current_id(self) -> int:
        """The id of the chosen line, 0 when none is."""
        return self._current

    def current_row(self) -> R | None:
        """What the chosen line tells."""
        return self.lines.row(self.lines.number(self._current)) if self._current else None

    def choose(self, id: int) -> bool:
        """Choose the line with this id, now or as soon as it is here; True when it is here already."""
        number = self.lines.number(id)
        self._wanted = id if number < 0 else 0
        if number >= 0:
            self._choose_number(number)
        return number >= 0

    def choose_next(self, after: int) -> None:
        """Choose the line behind this one, or the one before the last; unless the operator has gone elsewhere."""
        number = self.lines.number(after)
        if number >= 0 and self._current == after:
            last = self.lines.rowCount() - 1
            self._choose_number(number + 1 if number < last else max(0, number - 1))

    def step(self, by: int) -> None:
        """Choose the line so many lines further down, or up."""
        number = self.lines.number(self._current) + by
        if 0 <= number < self.lines.rowCount():
            self._choose_number(number)

    def _choose_number(self, number: int) -> None:
        index = self.lines.index(number, max(0, self.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def _choose_first(self) -> None:
        """Another list is here, or the same in another order: its first line, unless another one is wanted."""
        self._places = []
        if self._wanted and self.choose(self._wanted):
            return
        if self.lines.rowCount():
            self._choose_number(0)
        else:
            self._note_current()

    def _choose_last(self) -> None:
        """The end of the list is known."""
        if self.lines.rowCount():
            self._choose_number(self.lines.rowCount() - 1)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if not self._updating:
            self._wanted = self._owed = 0
            self.lines.stay()
            self._note_current()

    def _note_current(self) -> None:
        row = self.lines.row(self.currentIndex().row()) if self.currentIndex().isValid() else None
        chosen = row.id if row is not None else 0
        if chosen == self._current:
            return
        self._current = chosen
        bold = self.font()
        bold.setBold(True)
        self.lines.mark_current(chosen, bold)
        self.viewport().update()
        self.current_changed.emit(chosen)

    # The place that stays

    def _remember_place(self) -> None:
        self._updating = True
        first, last = self._visible()
        numbers = [self.lines.number(self._current), *range(first, last + 1)]
        rows = ((number, self.lines.row(number)) for number in numbers if first <= number <= last)
        self._places = [(row.id, self.rowViewportPosition(number)) for number, row in rows if row is not None]

    def _restore_place(self, moved: frozenset[int]) -> None:
        self._updating = False
        self.updateGeometries()
        for shown, before in self._places:
            number = self.lines.number(shown)
            if number >= 0 and shown not in moved:
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + self.rowViewportPosition(number) - before)
                break
        self._places = []
        if self._wanted:
            self.choose(self._wanted)
        self._note_current()
        self._pay()
        self._late_look.start()

    def _visible(self, place: QRect | None = None) -> tuple[int, int]:
        place = place or self.viewport().rect()
        first, last = self.rowAt(place.top()), self.rowAt(max(0, place.bottom()))
        return max(0, first), (last if last >= 0 else self.lines.rowCount() - 1)

    def _look(self) -> None:
        if self.isVisible():
            self.lines.look(*self._visible())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._late_look.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self._keep_in_sight(event.oldSize().height())
        self._late_look.start()

    def _keep_in_sight(self, height: int) -> None:
        """The chosen line, if it was seen at this height, is still seen when something below takes room."""
        current = self.currentIndex()
        if current.isValid() and 0 <= self.rowViewportPosition(current.row()) < height:
            self.scrollTo(current)

    def _share_width(self) -> None:
        self._sharing = True
        for number, width in enumerate(shared(self.lines.columns, self._widths, self.viewport().width())):
            self.setColumnWidth(number, width)
        self._sharing = False

    def _note_width(self, number: int, _before: int, width: int) -> None:
        """Somebody pulls at a column."""
        if not self._sharing:
            self._widths[number] = width

    # Order

    def _ask_sort(self, number: int) -> None:
        if self.lines.columns[number].sort:
            self.sort_asked.emit(self.lines.columns[number].sort)

    # Keys

    def keyboardSearch(self, search: str) -> None:
        """Letters are actions in lists; they do not look for a line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in PLAIN
        key = event.key() if plain and self.lines.rowCount() else 0
        if key == Qt.Key.Key_End:
            self.lines.go_to_end()
        elif key == Qt.Key.Key_Home:
            self._choose_number(0)
        elif key == Qt.Key.Key_Escape and self.lines.ending:
            self.lines.stay()
        elif key == Qt.Key.Key_PageDown:
            before = self.currentIndex().row()
            super().keyPressEvent(event)
            self._owe(before)
        else:
            super().keyPressEvent(event)

    def _owe(self, before: int) -> None:
        """A page further down than what is here is gone the rest of the way as soon as the lines come."""
        if not self.lines.whole and self.currentIndex().row() == self.lines.rowCount() - 1:
            page = self.viewport().height() // self.verticalHeader().defaultSectionSize()
            self._owed = max(0, before + page - self.currentIndex().row())

    def _pay(self) -> None:
        here, last = self.currentIndex().row(), self.lines.rowCount() - 1
        if self._owed and here < last:
            left = max(0, here + self._owed - last)
            self._choose_number(min(last, here + self._owed))
            self._owed = 0 if self.lines.whole else left

    # Painting

    def set_veiled(self, veiled: bool) -> None:
        """Grey the lines: others are on their way."""
        self._veiled = veiled
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.rowAt(event.position().toPoint().y()))
        elif event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, number: int) -> None:
        if number != self._hovered:
            before, self._hovered = self._hovered, number
            for row in (before, number):
                self.viewport().update(self._band(row))

    def _band(self, number: int) -> QRect:
        return QRect(0, self.rowViewportPosition(number), self.viewport().width(), self.rowHeight(number))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens(self.palette())
        first, last = self._visible(event.rect())
        painter = QPainter(self.viewport())
        self._paint_behind(painter, colours, first, last)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        if self._veiled:
            veil = QColor(colours.background)
            veil.setAlpha(_VEIL)
            painter.fillRect(self.viewport().rect(), veil)
        current = self.currentIndex()
        if current.isValid():
            band = self._band(current.row())
            painter.fillRect(QRect(0, band.top(), ACCENT_BAR, band.height()), QColor(colours.accent))
        self._paint_badges(painter, colours, first, last)
        painter.end()

    def _paint_badges(self, painter: QPainter, colours: Tokens, first: int, last: int) -> None:
        for number in range(first, last + 1) if self._badged >= 0 else ():
            index = self.lines.index(number, self._badged)
            shown = index.data(BADGES)
            if shown:
                paint_badges(painter, self.visualRect(index), shown, colours)

    def _paint_behind(self, painter: QPainter, colours: Tokens, first: int, last: int) -> None:
        if self._hovered >= 0:
            painter.fillRect(self._band(self._hovered), QColor(colours.hover))
        painter.setPen(QColor(colours.line))
        width, height = self.viewport().width(), self.verticalHeader().defaultSectionSize()
        top = self.rowViewportPosition(first)
        count = max(0, last - first + 1)
        painter.drawLines([QLine(0, top + n * height - 1, width, top + n * height - 1) for n in range(1, count + 1)])
        for number in range(first, last + 1):
            if self.lines.row(number) is None:
                self._paint_coming(painter, colours, self._band(number))
        if self._veiled and not self.lines.rowCount():
            for top in range(0, self.viewport().height(), height):
                self._paint_coming(painter, colours, QRect(0, top, width, height))

    def _paint_coming(self, painter: QPainter, colours: Tokens, band: QRect) -> None:
        for column in range(self.lines.columnCount()):
            left, width = self.columnViewportPosition(column), self.columnWidth(column)
            painter.fillRect(left + 8, band.center().y() - 4, width // 2, 8, QColor(colours.line))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.verticalHeader().setDefaultSectionSize(row_height())
            self.lines.prepare_again()
