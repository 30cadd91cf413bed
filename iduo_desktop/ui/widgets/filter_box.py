"""A line that narrows a list while one types: it waits for a pause, Esc empties it, then it goes to the list."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from iduo_desktop.ui.widgets.keys import ENTER

PAUSE_MS = 200


class FilterBox(QLineEdit):
    """`filtered` follows a pause in typing, or Enter at once; `left_down` (arrow down, Esc) asks for the list."""

    filtered = Signal(str)
    left_down = Signal()

    def __init__(self, name: str, hint: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(hint.rstrip("…"))
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self.setMaxLength(100)
        self._told = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self.textEdited.connect(self._pause.start)
        self.textChanged.connect(lambda text: self._tell() if not text else None)

    def show_text(self, text: str) -> None:
        """Show the filter of another list; nobody is told."""
        self._pause.stop()
        self._told = text.strip()
        self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Escape}:
            self._tell()
            self.left_down.emit()
        elif event.key() in ENTER:
            self._tell()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        self._pause.stop()
        if self.text().strip() != self._told:
            self._told = self.text().strip()
            self.filtered.emit(self._told)
