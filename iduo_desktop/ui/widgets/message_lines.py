"""Messages as a thread: each under its day, with whom, by which channel, its text and what became of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import SECONDARY, tokens
from iduo_desktop.ui.widgets.history_lines import day_words
from iduo_desktop.ui.widgets.keys import ENTER

Index = QModelIndex | QPersistentModelIndex

LONG = 600
_LINE = Qt.ItemDataRole.UserRole
_PAD, _BAR, _INDENT, _GAP = 6, 3, 20, 2
_WRAP = int(Qt.TextFlag.TextWordWrap)
_LONG_WORD = re.compile(r"(\S{24})(?=\S)")


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it is painted: plain texts, made inert by whoever brings them. A heading has `head` only.

    `trouble`: it did not go out, or nobody knows. `verb` is what Enter does with it; `open` shows a long text whole.
    """

    id: int
    head: str
    text: str = ""
    state: str = ""
    at: datetime | None = None
    incoming: bool = False
    fresh: bool = False
    trouble: bool = False
    verb: str = ""
    open: bool = False

    @property
    def long(self) -> bool:
        """Whether only its beginning is shown at first."""
        return len(self.text) > LONG or self.text.count("\n") > LONG // 50

    @property
    def shown(self) -> str:
        """What is seen of its text."""
        if self.open or not self.long:
            return self.text
        return "\n".join(self.text[:LONG].split("\n")[: LONG // 50]).rstrip() + " …"

    @property
    def action(self) -> str:
        """What Enter does with it, as a verb; empty for nothing."""
        folds = ("Ver menos" if self.open else "Ver entero") if self.long else ""
        return self.verb or folds

    def spoken(self, today: date) -> str:
        """All of it for a screen reader."""
        when = day_words(formats.here(self.at).date(), today) if self.at is not None else ""
        parts = ("Nuevo" if self.fresh else "", self.head, when, self.state, self.text[:2000])
        return ". ".join(part.rstrip(".") for part in parts if part)


class MessageLines(QListView):
    """As high as its lines. `chosen` tells the place of the current one; `asked` the id whose verb was asked for."""

    chosen = Signal(QRect)
    asked = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("Conversación")
        self._delegate = _Delegate(self)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self._open: set[int] = set()
        self._lines = QStandardItemModel(self)
        self.setModel(self._lines)

    def show_messages(self, messages: Iterable[Written], today: date) -> None:
        """Show these, each day under its heading; the chosen one stays chosen, and what was opened stays open."""
        chosen, focused = self._current().id, self.hasFocus()
        self._lines.clear()
        last: date | None = None
        for message in messages:
            day = formats.here(message.at).date() if message.at is not None else today
            if day != last:
                self._lines.appendRow(_heading(day_words(day, today)))
                last = day
            self._lines.appendRow(_item(replace(message, open=message.id in self._open), today))
        self.setVisible(self._lines.rowCount() > 0)
        self._choose(chosen, focused=focused)
        self._fit()

    def written(self) -> tuple[Written, ...]:
        """The messages that are here, in their order."""
        rows = (self._at(self._lines.index(row, 0)) for row in range(self._lines.rowCount()))
        return tuple(row for row in rows if row.id)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self.chosen.emit(self.visualRect(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._act(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._current().text)  # what was written, not who and when
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are actions; they do not look for a line."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self._on_verb(event.position().toPoint())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._act(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._on_verb(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _on_verb(self, place: QPoint) -> Index | None:
        index = self.indexAt(place)
        line = self._at(index)
        on = line.action and self._delegate.verb_place(self.visualRect(index), self.font(), line).contains(place)
        return index if on else None

    def _act(self, index: Index) -> None:
        line = self._at(index)
        if line.verb:
            self.asked.emit(line.id)
        elif line.long:
            self._open ^= {line.id}
            self._lines.setData(self._lines.index(index.row(), 0), replace(line, open=line.id in self._open), _LINE)
            self._fit()

    def _choose(self, message_id: int, *, focused: bool) -> None:
        for row in range(self._lines.rowCount() if message_id else 0):
            if self._at(self._lines.index(row, 0)).id == message_id:
                self.setCurrentIndex(self._lines.index(row, 0))
        if focused:
            self.setFocus()

    def _current(self) -> Written:
        return self._at(self.currentIndex())

    @staticmethod
    def _at(index: Index) -> Written:
        return index.data(_LINE) or Written(0, "")

    def _fit(self) -> None:
        self.doItemsLayout()
        self.setFixedHeight(self.contentsSize().height() + 2 * self.frameWidth() + 4)


class _Delegate(QStyledItemDelegate):
    """Paints a heading, or who and how, the text on its ground, and what became of it with what can be done."""

    def __init__(self, view: QListView):
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        return QSize(width, _height(self._blocks(option.font, _line(index), width)) + 10)

    def verb_place(self, place: QRect, base: QFont, line: Written) -> QRect:
        """Where the verb is painted."""
        *above, last = self._blocks(base, line, place.width())
        top = place.top() + 4 + _height(above)
        return QRect(place.left() + _left(line), top, place.width() - _left(line), last.height() + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line, place = _line(index), QRect(option.rect)
        state: QStyle.StateFlag = option.state
        colours = tokens(self._view.palette())
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, self._view.palette().highlight())
        if line.id and line.incoming:
            bar = colours.accent if line.fresh else colours.border
            painter.fillRect(QRect(place.left() + 2, place.top() + 4, _BAR, place.height() - 8), QColor(bar))
        head, state_ink = (
            colours.text if line.fresh else colours.text2,
            colours.error if line.trouble else colours.text2,
        )
        inks = (head, colours.text, state_ink, colours.accent)
        top = place.top() + 4
        for font, text, ink, block in zip(
            _fonts(option.font, line), _texts(line), inks, self._blocks(option.font, line, place.width()), strict=True
        ):
            painter.setFont(font)
            painter.setPen(QColor(ink))
            painter.drawText(block.translated(place.left() + _left(line), top), _WRAP, text)
            top += _height((block,))
        painter.restore()

    @staticmethod
    def _blocks(base: QFont, line: Written, width: int) -> tuple[QRect, ...]:
        """The room of each text; an empty one has none."""
        room = QRect(0, 0, max(width - _left(line) - _PAD, 40), 100_000)
        fonts = zip(_fonts(base, line), _texts(line), strict=True)
        return tuple(QFontMetrics(font).boundingRect(room, _WRAP, text) if text else QRect() for font, text in fonts)


def _height(blocks: Iterable[QRect]) -> int:
    """The room of texts below each other; an empty one has none."""
    return sum(block.height() + _GAP for block in blocks if not block.isEmpty())


def _line(index: Index) -> Written:
    found = index.data(_LINE)
    return found if isinstance(found, Written) else Written(0, "")


def _texts(line: Written) -> tuple[str, str, str, str]:
    """In reading order; a word that is wider than its place may break."""
    return line.head, _LONG_WORD.sub("\\1\N{ZERO WIDTH SPACE}", line.shown), line.state, line.action


def _left(line: Written) -> int:
    """What went out stands further in, as in any thread."""
    if not line.id:
        return _PAD
    return _PAD + _BAR + (4 if line.incoming else _INDENT)


def _fonts(base: QFont, line: Written) -> tuple[QFont, QFont, QFont, QFont]:
    head, body, state, verb = QFont(base), QFont(base), QFont(base), QFont(base)
    for small in (head, state, verb):
        small.setPixelSize(SECONDARY)
    head.setBold(line.fresh or not line.id)
    verb.setUnderline(True)
    return head, body, state, verb


def _item(message: Written, today: date) -> QStandardItem:
    item = QStandardItem(message.spoken(today))
    item.setToolTip(formats.exact(message.at) + (f"\nEnter: {message.action.lower()}" if message.action else ""))
    item.setData(message, _LINE)
    item.setEditable(False)
    return item


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(Written(0, text), _LINE)
    item.setEnabled(False)
    return item
