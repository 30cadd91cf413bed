"""Why a caller would not speak to his assistant: one of the usual reasons, or what he says."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.ui.widgets.choice_box import ChoiceBox
from iduo_desktop.ui.widgets.labels import label

REASONS = (
    "Su asistente no responde",
    "Ya habló con su asistente y no se resolvió",
    "No usa WhatsApp ni mail",
    "Prefiere que lo llamen",
)


class InsistedRow(QWidget):
    """Shown once his assistants were offered to him; empty is an answer too."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._box = ChoiceBox()
        self._box.setObjectName("field_insisted")
        self._box.setAccessibleName("Por qué insiste en dejar el mensaje")
        self._box.set_choices((reason, reason) for reason in REASONS)
        line = self._box.lineEdit()
        if line is not None:
            line.setMaxLength(500)
            line.setPlaceholderText("Elegí o escribí el motivo")
        self._box.changed.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._title = label("Insiste por")
        self._title.setBuddy(self._box)
        row.addWidget(self._title)
        row.addWidget(self._box, 1)
        self.hide()

    def align_label(self, width: int) -> None:
        """Make the label as wide as those above."""
        self._title.setFixedWidth(width)

    def text(self) -> str:
        """The reason; empty when there is none, or when none is asked for."""
        return "" if self.isHidden() else self._box.currentText().strip()

    def set_text(self, text: str) -> None:
        """Show a reason that was given before."""
        self._box.setEditText(text)
