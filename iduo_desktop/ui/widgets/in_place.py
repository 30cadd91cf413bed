"""A value that is read and corrected in its place: Enter edits, Enter saves, Esc leaves it as it was."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.keys import ENTER, PLAIN
from iduo_desktop.ui.widgets.labels import say, sentence

NOTHING = "—"


class _Shown(QLabel):
    """The value, with the keyboard's focus when it comes by."""

    wanted = Signal()
    removed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMinimumHeight(24)
        self.setMargin(3)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setToolTip("⏎ o doble clic para corregir")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and event.modifiers() in PLAIN:
            self.wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.wanted.emit()


class _Line(QLineEdit):
    """Enter and Esc belong to it, and not to what is around."""

    entered = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        return _take_key(self, event) or super().event(event)


class _Text(QPlainTextEdit):
    """Like the line, with Shift+Enter for a new line."""

    entered = Signal()
    left = Signal()

    def event(self, event: QEvent) -> bool:
        return _take_key(self, event) or super().event(event)


def _take_key(editor: _Line | _Text, event: QEvent) -> bool:
    """Take Enter and Esc before shortcuts of the window do."""
    if not isinstance(event, QKeyEvent) or event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
        return False
    enter = event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    if not enter and event.key() != Qt.Key.Key_Escape:
        return False
    event.accept()
    if event.type() == QEvent.Type.KeyPress:
        (editor.entered if enter else editor.left).emit()
    return True


class InPlace(QWidget):
    """`submitted` brings the text to save; `finish` and `refuse` answer it. What is typed stays until then.

    `fixed`: it is only read, by whoever may not correct it.
    """

    submitted = Signal(str)
    removal_requested = Signal()
    left = Signal()

    def __init__(self, name: str, title: str, *, max_length: int, long: bool = False, fixed: bool = False):
        super().__init__()
        self._title = title
        self._fixed = fixed
        self._value = ""
        self._view = _Shown()
        self._view.setObjectName(name)
        self._editor = _Text() if long else _Line()
        self._editor.setObjectName(f"{name}_editor")
        self._editor.setAccessibleName(title)
        self._remark = sentence("warning", f"{name}_remark")
        self._max_length = max_length
        if isinstance(self._editor, _Line):
            self._editor.setMaxLength(max_length)
        else:
            self._editor.setTabChangesFocus(True)
            self._editor.document().setDocumentMargin(6)
            self._editor.setFixedHeight(self._editor.fontMetrics().lineSpacing() * 4 + 18)
        self._editor.hide()
        self._lay_out()

    @property
    def value(self) -> str:
        """The value as it is kept."""
        return self._value

    @property
    def editing(self) -> bool:
        """True while somebody corrects it."""
        return not self._editor.isHidden()

    def text(self) -> str:
        """What is typed, or else the value."""
        if not self.editing:
            return self._value
        return self._editor.text() if isinstance(self._editor, _Line) else self._editor.toPlainText()

    def show_value(self, value: str, shown: str = "", role: str = "") -> None:
        """Show the value (as `shown`, when it is read otherwise than it is written). What is being typed stays."""
        self._value = value
        self._view.setText(shown or value or NOTHING)
        self._view.setAccessibleName(f"{self._title}: {shown or value or 'sin dato'}")
        self._view.setAccessibleDescription("" if self._fixed else "Enter para corregir")
        mark(self._view, role=role)

    def begin(self, text: str | None = None) -> None:
        """Edit the value, or go on with this text."""
        typed = self._value if text is None else text
        if isinstance(self._editor, _Line):
            self._editor.setText(typed)
            self._editor.selectAll()
        else:
            self._editor.setPlainText(typed)
        self._view.hide()
        self._editor.show()
        self._editor.setFocus()

    def finish(self) -> None:
        """Back to reading, the focus where it was."""
        focused = self._editor.hasFocus()
        self._editor.hide()
        self._view.show()
        self.remark("")
        if focused:
            self._view.setFocus()

    def remark(self, text: str, role: str = "warning") -> None:
        """Say something under it; the typed text stays."""
        say(self._remark, text, role)
        self._editor.setAccessibleDescription(text)
        mark(self._editor, invalid=bool(text) and role == "error")

    def refuse(self, text: str) -> None:
        """It was not saved: say why, the text stays."""
        self.remark(text, "error")
        self._editor.setFocus()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in (self._view, self._editor, self._remark):
            column.addWidget(widget)
        if self._fixed:
            self._view.setToolTip("")
        else:
            self._view.wanted.connect(self.begin)
            self._view.removed.connect(self.removal_requested)
        self._editor.entered.connect(self._submit)
        self._editor.left.connect(self._leave)

    def _submit(self) -> None:
        typed = self.text().strip()
        if typed == self._value:
            self._leave()
        elif len(typed) > self._max_length:
            self.refuse(f"Sobran {len(typed) - self._max_length} letras")
        else:
            self.submitted.emit(typed)

    def _leave(self) -> None:
        self.finish()
        self.left.emit()
