"""What a search or a call brought, line by line: what it is at the left, why it fits at the right, under headings."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from iduo_desktop.ui.theme import SECONDARY, mark, tokens
from iduo_desktop.ui.widgets.keys import ENTER, STEPS
from iduo_desktop.ui.widgets.tips import tip

LINE, HEADING = 32, 24
_DATA = Qt.ItemDataRole.UserRole
_WHY = Qt.ItemDataRole.UserRole + 1
_KIND = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line. Without `data` it can only be read; `urgent` lines stand out; a heading has nothing but a text."""

    text: str
    why: str = ""
    data: object = None
    urgent: bool = False
    heading: bool = False


class HitList(QListView):
    """`chosen` tells what was clicked or entered. It takes the keyboard only where somebody gives it that."""

    chosen = Signal(object)

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self._lines = QStandardItemModel(self)
        self.setModel(self._lines)
        self.setItemDelegate(_Delegate(self))
        self.clicked.connect(lambda index: self._choose(index.data(_DATA)))

    def show_lines(self, lines: Iterable[Line]) -> None:
        """Show these; the first that can be chosen is chosen."""
        self._lines.clear()
        for line in lines:
            self._lines.appendRow(_item(line))
        self.move_by(1)

    def texts(self) -> tuple[str, ...]:
        """All that can be read, line by line."""
        return tuple(str(self._lines.index(row, 0).data()) for row in range(self._lines.rowCount()))

    def current(self) -> object:
        """What Enter would choose; None where there is nothing."""
        return self.currentIndex().data(_DATA) if self.currentIndex().isValid() else None

    def move_by(self, step: int) -> None:
        """The next or the previous line that can be chosen, around the end."""
        rows = self._lines.rowCount()
        here = self.currentIndex().row()
        for _ in range(rows):
            here = (here + step) % rows
            if self._lines.index(here, 0).data(_DATA) is not None:
                self.setCurrentIndex(self._lines.index(here, 0))
                return

    def wanted_height(self) -> int:
        """So that nothing has to be scrolled."""
        heights = (self.sizeHintForRow(row) for row in range(self._lines.rowCount()))
        return sum(heights) + 2 * self.frameWidth() + 4

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters and digits belong to whom the list is a part of."""
        key = Qt.Key(event.key())
        if key in STEPS:
            self.move_by(STEPS[key])
        elif key in ENTER:
            self._choose(self.current())
        else:
            event.ignore()

    def _choose(self, data: object) -> None:
        if data is not None:
            self.chosen.emit(data)


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, HEADING if index.data(_KIND) == "heading" else LINE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = tokens(option.palette)
        place: QRect = option.rect
        kind = index.data(_KIND)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected and index.data(_DATA) is not None:
            painter.fillRect(place, QColor(colours.selection))
            painter.fillRect(QRect(place.topLeft(), QSize(3, place.height())), QColor(colours.accent))
        room = place.adjusted(12, 0, -12, 0)
        small, body = painter.font(), painter.font()
        small.setPixelSize(SECONDARY)
        why = str(index.data(_WHY) or "")
        painter.setFont(small)
        painter.setPen(QColor(colours.text2))
        why = painter.fontMetrics().elidedText(why, Qt.TextElideMode.ElideRight, room.width() // 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, why)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(why) - (16 if why else 0))
        body.setWeight(QFont.Weight.DemiBold if kind in {"urgent", "heading"} else QFont.Weight.Normal)
        painter.setFont(small if kind == "heading" else body)
        painter.setPen(QColor(colours.text if index.data(_DATA) is not None else colours.text2))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def popup(parent: QWidget, name: str, accessible_name: str) -> HitList:
    """A list that hangs over the window and leaves the keyboard where it is."""
    made = HitList(name, accessible_name, parent)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    mark(made, surface="popup")
    made.hide()
    return made


def _item(line: Line) -> QStandardItem:
    item = QStandardItem(line.text)
    item.setData(line.data, _DATA)
    item.setData(line.why, _WHY)
    item.setData("heading" if line.heading else "urgent" if line.urgent else "", _KIND)
    item.setToolTip(tip(line.text) if line.data is not None else "")
    item.setAccessibleText(f"{line.text}. {line.why}" if line.why else line.text)
    if line.data is None:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item
