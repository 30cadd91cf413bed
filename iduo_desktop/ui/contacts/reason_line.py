"""The line where somebody says why he opens what is reserved; that he did is kept with his name."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.ui.widgets.buttons import small
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence

LONGEST, SHORTEST = 200, 4
HINT = "Es reservado: queda registrado que lo abriste vos, cuándo y para qué."
_MISSING = "Escribí para qué lo abrís: es obligatorio."


class ReasonLine(QWidget):
    """`given` brings the reason."""

    given = Signal(str)
    left = Signal()

    def __init__(self, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName(f"{name}_reason")
        self.text = QLineEdit(maxLength=LONGEST)
        self.text.setObjectName(f"{name}_reason_text")
        self.text.setAccessibleName("Para qué lo abrís")
        self.text.setPlaceholderText("Para qué lo abrís. Ej.: seguimiento del caso")
        self._problem = sentence("error", f"{name}_reason_problem")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(small("Abrir", f"{name}_reason_open", self._give, key="⏎"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(HINT, "secondary", f"{name}_reason_hint"))
        column.addLayout(row)
        column.addWidget(self._problem)

    def refuse(self, text: str) -> None:
        """It was not opened: why."""
        say(self._problem, text)
        self.text.setFocus()

    def begin(self) -> None:
        """Ask again."""
        say(self._problem, "")
        self.text.setFocus()
        self.text.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            self._give()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        reason = self.text.text().strip()
        if len(reason) < SHORTEST:
            self.refuse(_MISSING)
        else:
            say(self._problem, "")
            self.given.emit(reason)
