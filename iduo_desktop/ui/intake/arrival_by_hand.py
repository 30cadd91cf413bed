"""A call that no telephone system told of: its number and the company that was keyed in, as far as one sees them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop import caller
from iduo_desktop.caller import NotACall
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence

WIDTH = 400


class ByHandDialog(QDialog):
    """Both may be left empty: some callers hide their number. `opened` brings the call."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("by_hand_dialog")
        self.setWindowTitle("Cargar una llamada")
        self.setAccessibleName("Cargar una llamada")
        self.number = _line("by_hand_number", "Número que llama", "Vacío si es oculto")
        self.company = _line("by_hand_company", "Empresa marcada", "Número o unidad de gestión")
        self._message = sentence("error", "by_hand_message")
        fields = QFormLayout()
        fields.addRow(_named("&Número que llama", self.number), self.number)
        fields.addRow(_named("&Empresa marcada", self.company), self.company)
        open_ = button("Abrir", "by_hand_open", self._open, key="⏎", role="primary")
        open_.setDefault(True)
        cancel = button("Cancelar", "by_hand_cancel", self.reject, key="Esc")
        cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(cancel)
        buttons.addWidget(open_)
        column = QVBoxLayout(self)
        column.addLayout(fields)
        column.addWidget(self._message)
        column.addLayout(buttons)
        self.setMinimumWidth(min(WIDTH, self.screen().availableGeometry().width() - 24))
        self.finished.connect(self.deleteLater)

    def _open(self) -> None:
        try:
            ring = caller.make(caller=self.number.text(), company=self.company.text())
        except NotACall:
            say(self._message, "El número lleva cifras, y la empresa, cifras o letras.")
            return
        self.opened.emit(ring)
        self.accept()


def _line(name: str, accessible_name: str, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(accessible_name)
    made.setPlaceholderText(hint)
    made.setMaxLength(40)
    return made


def _named(text: str, field: QLineEdit) -> QWidget:
    made = label(text.replace("&", ""), wraps=False)
    made.setBuddy(field)
    made.setAlignment(Qt.AlignmentFlag.AlignVCenter)
    return made
