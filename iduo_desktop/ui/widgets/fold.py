"""A line that shows and hides what is below it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from iduo_desktop.ui.theme import mark


class Fold(QPushButton):
    """Starts folded. Screen readers hear whether it is."""

    toggled_open = Signal(bool)

    def __init__(self, text: str, content: QWidget, parent: QWidget | None = None):
        super().__init__(parent)
        self._text = text
        self._content = content
        mark(self, role="link")
        self.setStyleSheet("text-align: left")
        self.clicked.connect(lambda: self.open(not self.is_open))
        self.open(False)

    @property
    def is_open(self) -> bool:
        """True while the content is shown."""
        return self._open

    def open(self, wanted: bool) -> None:
        """Show or hide the content."""
        self._open = wanted
        self._content.setVisible(wanted)
        self.setText(f"{'▾' if wanted else '▸'} {self._text}")
        self.setAccessibleName(f"{self._text}, {'desplegado' if wanted else 'plegado'}")
        self.toggled_open.emit(wanted)
