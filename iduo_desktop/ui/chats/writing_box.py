"""Where one writes to the visitor: Enter sends, Mayús+Enter begins a line, and / at the beginning offers answers."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from iduo_desktop.services.messages import Template
from iduo_desktop.ui.chats.words import shortened
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.hit_list import HitList, Line, popup
from iduo_desktop.ui.widgets.keys import ENTER, STEPS
from iduo_desktop.ui.widgets.moments import fold

MOST, ROWS = 2000, 8
SLASH = "/"
_BY_HAND = {
    Qt.FocusReason.MouseFocusReason,
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
_SHORT_HINT = "Escribile al visitante. Enter envía, / ofrece respuestas."
_HINT = "Escribile al visitante. Enter envía, Mayús+Enter pasa de línea, / ofrece respuestas."


class WritingBox(QPlainTextEdit):
    """`entered`: it is to be sent. `picked` brings the answer that is to be put in; `typed`: the text is another.

    `returned`: the keyboard came here, and nobody sent it here.
    """

    entered = Signal()
    returned = Signal()
    picked = Signal(object)
    typed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent, tabChangesFocus=True)
        self.setObjectName("chat_text")
        self.setAccessibleName("Escribile al visitante")
        self.setAccessibleDescription("Enter envía, Mayús y Enter pasa de línea, barra ofrece respuestas")
        self._hint = _HINT
        self._say_hint()
        self._templates: tuple[Template, ...] = ()
        self._all = self._quiet = False
        self._list: HitList | None = None
        self.textChanged.connect(self._change)

    @property
    def text(self) -> str:
        """What is written, without blanks around it."""
        return self.toPlainText().strip()

    @property
    def nothing_fits(self) -> bool:
        """Whether an answer is looked for that is not there."""
        return self._asks() and bool(self._templates) and not self._fitting()

    def show_rows(self, rows: int) -> None:
        """As high as so many lines."""
        height = self.fontMetrics().lineSpacing() * rows + 18
        if height != self.height():
            self.setFixedHeight(height)
            self._hint = _HINT if rows > 1 else _SHORT_HINT
            self._say_hint()

    def close_to_writing(self, *, closed: bool) -> None:
        """It is over: the keyboard stays, so that what is typed meanwhile presses no button."""
        if closed != self.isReadOnly():
            self.setReadOnly(closed)
            mark(self, surface="panel" if closed else "")
            self._say_hint()
            self.close_list()

    def offer(self, templates: Iterable[Template]) -> None:
        """These answers can be put in."""
        self._templates = tuple(templates)

    def show_text(self, text: str) -> None:
        """Another chat's; nobody typed it now."""
        if text != self.toPlainText():
            self._quiet = True
            self.setPlainText(text)
            self._quiet = False
            self.moveCursor(self.textCursor().MoveOperation.End)
        self.close_list()

    def begin_answers(self) -> None:
        """Ctrl+J: all of them, to be put in where the cursor is."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.isReadOnly():
            self._all = not self._asks()
            self._suggest()

    def put_in(self, text: str) -> None:
        """An answer, instead of what looked for it, else where the cursor is."""
        if self.isReadOnly():
            return
        if self._asks():
            self.selectAll()
        self._all = False
        self.insertPlainText(text)
        self.close_list()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_list(self) -> None:
        """No more answers."""
        self._all = False
        if self._list is not None:
            self._list.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        listed = self._list is not None and self._list.isVisible()
        if listed and self._steer(event):
            return
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in ENTER and plain:
            if not event.isAutoRepeat():  # a key that is held down sends nothing twice
                self.entered.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() not in _BY_HAND:
            self.returned.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            QTimer.singleShot(150, self, self._leave)  # a click on the list is told before

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.close_list()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.close_list()

    def _say_hint(self) -> None:
        self.setPlaceholderText("" if self.isReadOnly() else self._hint)

    def _leave(self) -> None:
        if not self.hasFocus():
            self.close_list()

    def _steer(self, event: QKeyEvent) -> bool:
        """Keys for the list while it is there."""
        if self._list is None:
            return False
        key = Qt.Key(event.key())
        if key in STEPS:
            self._list.move_by(STEPS[key])
        elif key in ENTER or key == Qt.Key.Key_Tab:
            self._pick(self._list.current())
        elif key == Qt.Key.Key_Escape:
            self.close_list()
        else:
            return False
        return True

    def _change(self) -> None:
        if not self._quiet:
            if self._asks():
                self._suggest()
            else:
                self.close_list()
            self.typed.emit()

    def _asks(self) -> bool:
        """Whether a slash at the beginning looks for an answer."""
        text = self.toPlainText()
        return text.startswith(SLASH) and "\n" not in text

    def _fitting(self) -> list[Template]:
        words = [] if self._all else fold(self.toPlainText().removeprefix(SLASH)).split()
        return [each for each in self._templates if all(word in fold(f"{each.name} {each.text}") for word in words)]

    def _suggest(self) -> None:
        found = self._fitting()
        if not found:
            if self._list is not None:
                self._list.hide()
            return
        if self._list is None:
            self._list = popup(self.window(), "chat_answers", "Respuestas")
            self._list.chosen.connect(self._pick)
        self._list.show_lines([Line(each.name, shortened(each), each) for each in found])
        self._place(self._list)

    def _place(self, listed: HitList) -> None:
        """Above the box: below it is the end of the window."""
        height = min(listed.wanted_height(), ROWS * 32 + 8)
        place = self.mapTo(self.window(), QPoint(0, -height - 2))
        listed.setGeometry(place.x(), max(0, place.y()), self.width(), height)
        listed.show()
        listed.raise_()

    def _pick(self, chosen: object) -> None:
        if isinstance(chosen, Template):
            if self._list is not None:
                self._list.hide()
            self.picked.emit(chosen)
