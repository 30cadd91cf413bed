"""What happened, as a list: a line each under its day, with hour, sign, words and a note; as high as its lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import SECONDARY, figures, tokens
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.moments import WEEKDAYS

Index = QModelIndex | QPersistentModelIndex

_LINE, _KEY = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_BEHIND = "\nEnter o doble clic: ver lo que se cargó"
_TIME, _SIGN, _PAD = 44, 34, 4


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is painted. A heading has a text only."""

    text: str
    time: str = ""
    sign: str = ""
    by: str = ""
    note: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """When something happened, how its line is painted, and what a screen reader says of it.

    With a `key`, Enter or a double click on the line opens what lies behind it.
    """

    at: datetime
    line: Line
    spoken: str
    key: int = 0


def short_name(name: str) -> str:
    """«Juan Paz» is «J. Paz», never on two lines."""
    first, _, rest = name.partition(" ")
    return f"{first[0]}.\N{NO-BREAK SPACE}{rest}" if rest else name


class HistoryLines(QListView):
    """A list as high as its lines. `chosen` tells the place of the line on which the keyboard is, `opened` its key."""

    chosen = Signal(QRect)
    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Historial")
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.doubleClicked.connect(self._open)

    def show_entries(self, entries: Iterable[Happened], today: date) -> None:
        """Show these, each day under its heading."""
        old, model = self.model(), QStandardItemModel(self)
        last: date | None = None
        for entry in entries:
            day = formats.here(entry.at).date()
            if day != last:
                model.appendRow(_heading(day_words(day, today)))
                last = day
            model.appendRow(_item(entry))
        self.setModel(model)
        if old is not None:
            old.deleteLater()
        self.setVisible(model.rowCount() > 0)
        self._fit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self.chosen.emit(self.visualRect(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are actions; they do not look for a line."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _open(self, index: Index) -> None:
        key = index.data(_KEY)
        if key:
            self.opened.emit(key)

    def _fit(self) -> None:
        self.doItemsLayout()
        self.setFixedHeight(self.contentsSize().height() + 2 * self.frameWidth() + 4)


def _item(entry: Happened) -> QStandardItem:
    item = QStandardItem(entry.spoken)
    item.setToolTip(formats.exact(entry.at) + (_BEHIND if entry.key else ""))
    item.setData(entry.line, _LINE)
    item.setData(entry.key, _KEY)
    item.setEditable(False)
    return item


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(Line(text), _LINE)
    item.setEnabled(False)
    return item


def day_words(day: date, today: date) -> str:
    """«Hoy», «Ayer», «lun 23/11/2026»."""
    near = {0: "Hoy", 1: "Ayer"}.get((today - day).days)
    return near or f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


class _Delegate(QStyledItemDelegate):
    """Paints a heading, or hour, sign and words, with the note below."""

    def __init__(self, view: QListView):
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(_LINE)
        width = self._view.viewport().width()
        main, small = _fonts(option.font)
        height = self._block(QFontMetrics(main), _words(line), width - _left(line) - _PAD).height()
        if line.note:
            height += self._block(QFontMetrics(small), line.note, width - _left(line) - _PAD).height() + 1
        return QSize(width, height + 2 * _PAD + (4 if not line.time else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(_LINE)
        place: QRect = option.rect
        state: QStyle.StateFlag = option.state
        colours = tokens(self._view.palette())
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, self._view.palette().highlight())
        main, small = _fonts(option.font)
        if not line.time:
            main.setBold(True)
            main.setPixelSize(SECONDARY)
        main.setStrikeOut(line.undone)
        painter.setFont(main)
        left, top = place.left() + _left(line), place.top() + _PAD + (4 if not line.time else 0)
        block = self._block(QFontMetrics(main), _words(line), place.right() - left - _PAD)
        painter.setPen(colours.text if line.time else colours.text2)
        painter.drawText(block.translated(left, top), _WRAP, _words(line))
        if line.time:
            painter.drawText(place.left() + _TIME + _PAD, top, _SIGN, block.height(), 0, line.sign)
            painter.setPen(colours.text2)
            painter.drawText(place.left() + _PAD, top, _TIME, block.height(), 0, line.time)
        if line.note:
            painter.setFont(small)
            painter.setPen(colours.text2)
            note = self._block(QFontMetrics(small), line.note, place.right() - left - _PAD)
            painter.drawText(note.translated(left, top + block.height() + 1), _WRAP, line.note)
        painter.restore()

    @staticmethod
    def _block(metrics: QFontMetrics, text: str, width: int) -> QRect:
        return metrics.boundingRect(QRect(0, 0, max(width, 40), 10_000), _WRAP, text)


_WRAP = int(Qt.TextFlag.TextWordWrap)


def _left(line: Line) -> int:
    return _PAD + (_TIME + _SIGN if line.time else 0)


def _words(line: Line) -> str:
    undone = " (deshecho)" if line.undone else ""
    return f"{line.text}{undone} ·\N{NO-BREAK SPACE}{line.by}" if line.by else line.text


def _fonts(base: QFont) -> tuple[QFont, QFont]:
    main, small = figures(base), QFont(base)
    small.setPixelSize(SECONDARY)
    return main, small
