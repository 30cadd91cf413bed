"""A button with a menu. Qt's own tool buttons wait inside the click until their menu closes; this one does not."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class MenuButton(QToolButton):
    """A click or Space opens `drop`, below it or, where there is no room, above."""

    def __init__(self, name: str, drop: QMenu, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drop = drop
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        """Show the menu, at its first line."""
        lines = [action for action in self.drop.actions() if action.isEnabled() and not action.isSeparator()]
        if lines:
            self.drop.setActiveAction(lines[0])
        room = self.screen().availableGeometry().bottom() - self.mapToGlobal(self.rect().bottomLeft()).y()
        below = room >= self.drop.sizeHint().height()
        self.drop.popup(self.mapToGlobal(self.rect().bottomLeft() if below else self.rect().topLeft()))
