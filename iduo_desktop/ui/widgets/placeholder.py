"""What stands in the middle of a list that shows no lines: a sentence and the buttons for what to do."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

Choice = tuple[str, Callable[[], object]]
_WIDTH = 420
_TOP = 80


class Placeholder(QFrame):
    """Hangs over a list that has the same parent, in the middle, a little below its header."""

    def __init__(self, over: QWidget, parent: QWidget):
        super().__init__(parent)
        self._over = over
        self.setObjectName("placeholder")
        mark(self, surface="card")
        self._column = column = QVBoxLayout(self)
        self._sentence = label("", "", "placeholder_sentence")
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._sentence)
        self._row = QHBoxLayout()
        self._row.setSpacing(8)
        column.addLayout(self._row)
        self._buttons: list[QPushButton] = []
        over.installEventFilter(self)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says, empty when it is not shown."""
        return self._sentence.text() if not self.isHidden() else ""

    def say(self, sentence: str, *choices: Choice) -> None:
        """Show a sentence and its buttons."""
        for button in self._buttons:
            button.deleteLater()
        self._buttons = []
        self._sentence.setText(sentence)
        for number, (text, act) in enumerate(choices):
            button = QPushButton(text)
            button.setObjectName(f"placeholder_choice_{number + 1}")
            button.clicked.connect(lambda _on, act=act: act())
            self._row.addWidget(button)
            self._buttons.append(button)
        self._place()
        self.show()
        self.raise_()

    def reword(self, sentence: str) -> None:
        """Another sentence; the buttons stay under whoever is pressing them."""
        self._sentence.setText(sentence)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        over = self._over.geometry()
        width = min(_WIDTH, over.width() - 24)
        for edge, gap in ((16, 12), (2, 2)):  # where the list is low, the edge gives way before the buttons do
            self._column.setContentsMargins(24, edge, 24, edge)
            self._column.setSpacing(gap)
            self.resize(width, max(self.sizeHint().height(), self.heightForWidth(width)))
            if self.height() <= over.height():
                break
        top = min(_TOP, max(0, over.height() - self.height()))
        self.move(over.left() + (over.width() - width) // 2, over.top() + top)
