"""What may be meant by what is being typed: a list that hangs under a line and leaves the keyboard to it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.keys import ENTER, STEPS

_WIDTH = 540


class Suggestions(HitList):
    """Up and down move, Enter takes the chosen line, Esc puts the list away; all typed in the line above.

    `preselects`: the first line is chosen from the beginning; without, Enter is the form's until one moves.
    """

    def __init__(self, line: QLineEdit, name: str, label: str, *, preselects: bool):
        super().__init__(name, label, line)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self, surface="popup")
        self._line = line
        self._preselects = preselects
        self.chosen.connect(lambda _: self.hide())
        line.installEventFilter(self)
        self.hide()

    def offer(self, lines: Sequence[Line]) -> None:
        """Show these while the line has the keyboard; none hides the list."""
        self.show_lines(lines)
        if not self._preselects:
            self.setCurrentIndex(QModelIndex())
        if lines and self._line.hasFocus():
            self._place()
            self.show()
            self.raise_()
        else:
            self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.FocusOut, QEvent.Type.Hide}:
            self.hide()
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.isVisible():
            return self._take_key(event)
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        """True when the key was the list's."""
        key = Qt.Key(event.key())
        if key in STEPS:
            self._step(STEPS[key])
        elif key in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            chosen = self.current()
            if chosen is None:
                return False
            self.chosen.emit(chosen)
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        if by < 0 and not self.currentIndex().isValid():
            self.move_by(1)  # from before the first one back is the last one
        self.move_by(by)

    def _place(self) -> None:
        """Below the line, or above it where there is more room."""
        window = self._line.window()
        if self.parent() is not window:
            self.setParent(window)
        top = self._line.mapTo(window, QPoint())
        width = min(max(_WIDTH, self._line.width()), window.width() - 16)
        left = max(8, min(top.x(), window.width() - width - 8))
        wanted = self.wanted_height()
        below, above = window.height() - top.y() - self._line.height() - 10, top.y() - 10
        if wanted <= below or below >= above:
            place, height = top.y() + self._line.height() + 2, min(wanted, below)
        else:
            height = min(wanted, above)
            place = top.y() - 2 - height
        self.setGeometry(QRect(QPoint(left, place), QSize(width, height)))
