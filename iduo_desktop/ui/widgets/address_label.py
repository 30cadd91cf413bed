"""A mail address that is read and copied: it goes on in the next line where it is long, and comes out as it is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy

from iduo_desktop.ui.widgets.reach_words import unwrapped


class AddressLabel(QLabel):
    """Shows what `wrapping` made. Where the line may break stands a character that no mail server takes."""

    def __init__(self, name: str, text: str = ""):
        super().__init__(text)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def copy(self) -> None:
        """What is selected, without what only breaks lines."""
        QGuiApplication.clipboard().setText(unwrapped(self.selectedText()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Copiar", self.copy).setEnabled(self.hasSelectedText())
        menu.popup(event.globalPos())
