"""Enter presses the button that has the keyboard, as Space does. In dialogs Qt has rules of its own for Enter."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QPushButton, QToolButton, QWidget
from shiboken6 import isValid

from iduo_desktop.ui.widgets.keys import ENTER, PLAIN


class EnterPresses(QObject):
    """Follows the keyboard through all windows; Ctrl+Enter goes on to whoever saves with it.

    A button that stays down is a choice of a form, whose Enter goes to the next line.
    """

    def __init__(self, application: QApplication, parent: QObject):
        super().__init__(parent)
        self._button: QAbstractButton | None = None
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QAbstractButton) or not _is_enter(event):
            return False
        watched.click()
        return True

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._button is not None and isValid(self._button):
            self._button.removeEventFilter(self)
        self._button = new if isinstance(new, (QPushButton, QToolButton)) and _pressed_by_enter(new) else None
        if self._button is not None:
            self._button.installEventFilter(self)


def _pressed_by_enter(button: QAbstractButton) -> bool:
    return not button.isCheckable() and not isinstance(button.window(), QDialog)


def _is_enter(event: QEvent) -> bool:
    """A key that is held down opened something and goes on: it must not press what stands there."""
    return (
        event.type() is QEvent.Type.KeyPress
        and isinstance(event, QKeyEvent)
        and event.key() in ENTER
        and event.modifiers() in PLAIN
        and not event.isAutoRepeat()
    )
