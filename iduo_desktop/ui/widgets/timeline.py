"""What happened with a client, newest first: a line each, by day, with icon and words; older ones on demand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from iduo_desktop.services.cases import TimelineEntry
from iduo_desktop.terms import Channel, Direction
from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import SECONDARY, figures, tokens
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.moments import WEEKDAYS

PAGE = 50
Index = QModelIndex | QPersistentModelIndex

_EVERYTHING, _CONTACTS, _MOVES = "Todo", "Contactos", "Movimientos"
_LINE = Qt.ItemDataRole.UserRole
_WORDS = {
    "created": ("+", "Caso nuevo"),
    "imported": ("+", "Caso abierto por importación"),
    "taken": ("●", "Tomado"),
    "taken_over": ("●", "Quitado a otro"),
    "released": ("○", "Liberado"),
    "returned": ("○", "Volvió a su lista"),
    "moved": ("→", "Movido"),
    "closed": ("✔", "Cerrado"),
    "reopened": ("↺", "Reabierto"),
}
_SIGNS = {Channel.CALL: "☎", Channel.WHATSAPP: "WA", Channel.EMAIL: "✉", Channel.SMS: "SMS", Channel.CHAT: "Chat"}
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


def describe(entry: TimelineEntry, me: str) -> Line:
    """An entry in words: «☎ No contesta · vos»."""
    by = "vos" if entry.by == me else short_name(entry.by_name)
    sign, words = _WORDS.get(entry.kind, ("·", ""))
    if entry.channel:
        channel = Channel(entry.channel)
        came_in = " (se comunicó el cliente)" if entry.direction == Direction.INBOUND else ""
        sign, words = _SIGNS[channel], f"{entry.text or channel.label}{came_in}"
    elif entry.text:
        words = f"{words}: {entry.text}" if words else entry.text
    return Line(words, formats.clock(entry.at), sign, by, entry.note, entry.undone)


def speak(entry: TimelineEntry, line: Line, at: datetime) -> str:
    """The same for a screen reader, in one sentence."""
    kind = Channel(entry.channel).label if entry.channel else ""
    parts = (formats.when(entry.at, at), kind, line.text, line.note, line.by, "deshecho" if line.undone else "")
    return ", ".join(part for part in parts if part)


def short_name(name: str) -> str:
    """«Juan Paz» is «J. Paz», never on two lines."""
    first, _, rest = name.partition(" ")
    return f"{first[0]}.\N{NO-BREAK SPACE}{rest}" if rest else name


class Timeline(QWidget):
    """As high as its entries: whatever it stands in scrolls. `more_asked` tells the id of the oldest one here."""

    more_asked = Signal(int)
    line_chosen = Signal(QRect)

    def __init__(self, me: str, clock: Clock = formats.now, parent: QWidget | None = None):
        super().__init__(parent)
        self._me = me
        self._clock = clock
        self._entries: list[TimelineEntry] = []
        self._filter = QComboBox()
        self._filter.setObjectName("timeline_filter")
        self._filter.setAccessibleName("Qué mostrar del historial")
        self._filter.addItems([_EVERYTHING, _CONTACTS, _MOVES])
        self._filter.currentIndexChanged.connect(self._show)
        self._lines = _Lines()
        self._lines.setObjectName("timeline")
        self._lines.setAccessibleName("Historial")
        self._lines.chosen.connect(lambda place: self.line_chosen.emit(place.translated(self._lines.pos())))
        self._nothing = label("Todavía no pasó nada con este cliente.", "secondary", "timeline_nothing")
        self._more = button("Ver más", "timeline_more", self._ask_more, role="link")
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Historial", "heading", "timeline_title", wraps=False))
        head.addStretch(1)
        head.addWidget(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._lines)
        column.addWidget(self._nothing)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show the newest entries of a client."""
        self._entries = list(entries)
        self._more.setVisible(len(entries) >= PAGE)
        self._show()

    def add_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Add older ones below."""
        known = {entry.id for entry in self._entries}
        self._entries += [entry for entry in entries if entry.id not in known]
        self._more.setVisible(len(entries) >= PAGE)
        self._show()

    @property
    def count(self) -> int:
        """Entries here, filtered out or not."""
        return len(self._entries)

    def _ask_more(self) -> None:
        if self._entries:
            self.more_asked.emit(self._entries[-1].id)

    def _shown(self) -> Iterable[TimelineEntry]:
        wanted = self._filter.currentText()
        for entry in self._entries:
            if wanted == _EVERYTHING or (wanted == _CONTACTS) == (entry.channel is not None):
                yield entry

    def _show(self) -> None:
        model = QStandardItemModel(self._lines)
        last: date | None = None
        for entry in self._shown():
            day = formats.here(entry.at).date()
            if day != last:
                model.appendRow(_heading(_day_words(day, self._clock().date())))
                last = day
            model.appendRow(self._item(entry))
        self._lines.show_model(model)
        self._lines.setVisible(model.rowCount() > 0)
        self._nothing.setVisible(model.rowCount() == 0)

    def _item(self, entry: TimelineEntry) -> QStandardItem:
        line = describe(entry, self._me)
        item = QStandardItem(speak(entry, line, self._clock()))
        item.setToolTip(formats.exact(entry.at))
        item.setData(line, _LINE)
        item.setEditable(False)
        return item


def _heading(text: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(Line(text), _LINE)
    item.setEnabled(False)
    return item


def _day_words(day: date, today: date) -> str:
    near = {0: "Hoy", 1: "Ayer"}.get((today - day).days)
    return near or f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


class _Lines(QListView):
    """A list as high as its lines."""

    chosen = Signal(QRect)

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)

    def show_model(self, model: QStandardItemModel) -> None:
        old = self.model()
        self.setModel(model)
        if old is not None:
            old.deleteLater()
        self._fit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.hasFocus():
            self.chosen.emit(self.visualRect(current))

    def keyboardSearch(self, search: str) -> None:
        """Letters are actions; they do not look for a line."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        self.doItemsLayout()
        self.setFixedHeight(self.contentsSize().height() + 2 * self.frameWidth() + 4)


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
