"""One box for clients and commands: number, document, telephone or name, and what the program can do."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from shiboken6 import isValid

from iduo_desktop.services import companies
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import SECONDARY, mark, tokens
from iduo_desktop.ui.widgets.moments import fold

FIRST = 2
PAUSE_MS = 60
PER_GROUP = 8
WIDTH = 620
HINTS = ("Buscar apellido, documento, teléfono, empresa o comando…", "Buscar apellido, documento, teléfono…", "Buscar…")
ROOM = 48
_HIT = Qt.ItemDataRole.UserRole
_WHY = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Command:
    """Something the program can do, found by the beginning of any of its words."""

    text: str
    act: Callable[[], object]
    key: str = ""

    def fits(self, typed: str) -> bool:
        """True when every typed word begins one of the command's."""
        words = fold(self.text).split()
        return all(any(word.startswith(part) for word in words) for part in fold(typed).split())


class Omnibox(QLineEdit):
    """Tells what was chosen; answers that are older than the newest keystroke are dropped."""

    company_chosen = Signal(object)

    def __init__(self, operations: Operations, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("omnibox")
        self.setAccessibleName("Buscar")
        self.setPlaceholderText(HINTS[-1])
        self.setClearButtonEnabled(True)
        self.commands: tuple[Command, ...] = ()
        self._operations = operations
        self._asked: Operation[tuple[CompanyHit, ...]] | None = None
        self._before: QWidget | None = None
        self.results = _Results(self)
        self.results.chosen.connect(self._choose)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.textEdited.connect(self._type)

    def begin(self) -> None:
        """Take the focus, and remember who had it."""
        focused = QApplication.focusWidget()
        if focused is not self:
            self._before = focused
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def leave(self) -> None:
        """Esc: give the focus back exactly where it was."""
        self._forget()
        self.clear()
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        measure, room = self.fontMetrics(), self.width() - ROOM
        self.setPlaceholderText(next((hint for hint in HINTS if measure.horizontalAdvance(hint) < room), HINTS[-1]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.results.isVisible():
            self.results.move_by(1 if key == Qt.Key.Key_Down else -1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._accept(keep=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Ctrl+Enter belongs to the search while it is typed in, not to the form behind it
        ours = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ours:
            event.accept()
            return True
        if event.type() is QEvent.Type.FocusOut and not self.results.hasFocus():
            self.results.hide()
        return super().event(event)

    def _type(self, text: str) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if len(text.strip()) < FIRST:
            self._forget()
        else:
            self._pause.start()

    def _ask(self) -> None:
        text = self.text().strip()
        self._asked = self._operations.run(self, companies.find, text, PER_GROUP)
        self._asked.then(lambda hits: self._show(text, hits)).failed(lambda _: self._show(text, ()))

    def _show(self, text: str, hits: tuple[CompanyHit, ...]) -> None:
        self._asked = None
        if text != self.text().strip() or not self.hasFocus():
            return
        commands = [command for command in self.commands if command.fits(text)][:PER_GROUP]
        self.results.show_results(text, hits, commands)

    def _accept(self, keep: bool) -> None:
        chosen = self.results.current() if self.results.isVisible() else None
        if chosen is not None:
            self._choose(chosen, keep)

    def _choose(self, chosen: object, keep: bool = False) -> None:
        if not keep:
            self.leave()
        if isinstance(chosen, Command):
            chosen.act()
        elif isinstance(chosen, CompanyHit):
            self.company_chosen.emit(chosen)

    def _forget(self) -> None:
        self._pause.stop()
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        self.results.hide()


class _Results(QListView):
    """Hangs under the box, over what the window shows; the box keeps the keyboard."""

    chosen = Signal(object)

    def __init__(self, box: Omnibox):
        super().__init__(box)
        self.setObjectName("omnibox_results")
        self.setAccessibleName("Resultados de la búsqueda")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        mark(self, surface="popup")
        self._box = box
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.clicked.connect(lambda index: self._click(index.data(_HIT)))
        self.hide()

    def show_results(self, text: str, hits: tuple[CompanyHit, ...], commands: list[Command]) -> None:
        """Clients first, then commands; or a sentence when there is neither."""
        self._model.clear()
        for hit in hits:
            self._model.appendRow(_item(describe(hit), hit.why, hit))
        for command in commands:
            self._model.appendRow(_item(f"» {command.text}", command.key, command))
        if not self._model.rowCount():
            nothing = _item(f"No encontramos “{text}”. Probá con el documento o con menos letras.", "", None)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(nothing)
        self.setCurrentIndex(self._model.index(0, 0))
        self._place()
        self.show()
        self.raise_()

    def current(self) -> object:
        """What Enter would open."""
        return self.currentIndex().data(_HIT)

    def move_by(self, step: int) -> None:
        """The next or the previous one, around the end."""
        rows = self._model.rowCount()
        self.setCurrentIndex(self._model.index((self.currentIndex().row() + step) % rows, 0))

    def _click(self, chosen: object) -> None:
        if chosen is not None:
            self.chosen.emit(chosen)

    def _place(self) -> None:
        window = self._box.window()
        self.setParent(window)
        corner = self._box.mapTo(window, QPoint(0, self._box.height() + 2))
        width = min(max(WIDTH, self._box.width()), window.width() - corner.x() - 8)
        height = self.sizeHintForRow(0) * self._model.rowCount() + 2 * self.frameWidth() + 8
        self.setGeometry(QRect(corner, QSize(width, min(height, window.height() - corner.y() - 8))))


class _Delegate(QStyledItemDelegate):
    """A line: what it is at the left, why it fits at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, 32)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = tokens(option.palette)
        place: QRect = option.rect
        selected = option.state & QStyle.StateFlag.State_Selected
        painter.save()
        if selected:
            painter.fillRect(place, colours.selection)
            painter.fillRect(QRect(place.topLeft(), QSize(3, place.height())), colours.accent)
        room = place.adjusted(12, 0, -12, 0)
        why = str(index.data(_WHY) or "")
        small = painter.font()
        small.setPixelSize(SECONDARY)
        body = painter.font()
        painter.setFont(small)
        painter.setPen(colours.text2)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, why)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(why) - 16)
        painter.setFont(body)
        painter.setPen(colours.text if index.data(_HIT) is not None else colours.text2)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()


def describe(hit: CompanyHit) -> str:
    """«1204 · GÓMEZ, Ana · doc. 24.118.903 · Rosario · Morosos»."""
    state = CaseList(hit.case_list).label if hit.case_list else "sin caso abierto"
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return " · ".join(filter(None, (str(hit.number), hit.client, document, hit.locality, state)))


def _item(text: str, why: str, hit: object) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(hit, _HIT)
    item.setData(why, _WHY)
    item.setToolTip(text)
    item.setAccessibleText(f"{text}. {why}" if why else text)
    return item
