"""Lines to type in that know more than a plain one: when one leaves, a password that can be shown, caps lock."""

import importlib
import sys

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

if sys.platform == "win32":
    import ctypes

_CAPS_LOCK = 0x14
SHOW, HIDE = "Mostrar la contraseña", "Ocultar la contraseña"


def caps_lock() -> bool | None:
    """Whether caps lock is on; None where the system does not tell a program."""
    if sys.platform == "win32":
        return bool(ctypes.windll.user32.GetKeyState(_CAPS_LOCK) & 1)
    return None


class LeavingLine(QLineEdit):
    """Says when the keyboard goes on to something else in the window."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self.left.emit()


class PasswordEdit(QWidget):
    """A password with a button that shows it. `caps_lock_changed` tells of caps lock where the system does."""

    caps_lock_changed = Signal(bool)
    text_changed = Signal(str)
    submitted = Signal()

    def __init__(self, name: str, label: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.line = _Line(self)
        self.line.setObjectName(name)
        self.line.setAccessibleName(label)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.textChanged.connect(self.text_changed)
        self.line.returnPressed.connect(self.submitted)
        self.eye = QToolButton(self)
        self.eye.setCheckable(True)
        self.eye.setObjectName(f"show_{name}")
        self.eye.setMinimumSize(32, 32)
        self.eye.toggled.connect(self._show)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line)
        layout.addWidget(self.eye)
        self.setFocusProxy(self.line)
        self._seen = False
        self._show(False)

    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    def setText(self, text: str) -> None:
        """Put a text in, hidden again."""
        self.eye.setChecked(False)
        self.line.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first icon loads what draws them, so the field is there before it."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self._draw_eye)

    def _show(self, on: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password)
        if self._seen:
            self._draw_eye()
        self.eye.setToolTip(HIDE if on else SHOW)
        self.eye.setAccessibleName(HIDE if on else SHOW)

    def _draw_eye(self) -> None:
        icons = importlib.import_module("iduo_desktop.ui.icons")  # with what draws them: after the login is seen
        self.eye.setIcon(icons.icon("eye_off" if self.eye.isChecked() else "eye"))


class _Line(QLineEdit):
    def __init__(self, owner: PasswordEdit):
        super().__init__(owner)
        self._owner = owner
        self._told: bool | None = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        self._tell()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        self._tell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange:
            self._tell()

    def _tell(self) -> None:
        on = caps_lock()
        if on is not None and on is not self._told:
            self._told = on
            self._owner.caps_lock_changed.emit(on)
