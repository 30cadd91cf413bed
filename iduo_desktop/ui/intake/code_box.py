"""Without a server there is no number: the code that the caller gets instead, and what to tell him."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui.intake.message import spell
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label

_NO_CODE = "Todavía no tenemos número. Pedile un teléfono y avisale que se lo mandamos."
_WHAT = "Todavía no tenemos número. Dale este código y pedile un teléfono: después se lo mandamos."


class CodeBox(QWidget):
    """Shown while a message waits for the server."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("code_box")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="notice")
        self._code = label("", "title", "provisional_code", wraps=False)
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = label("", "", "provisional_spelled", wraps=False)
        self._what = label(_WHAT, "", "provisional_what")
        code = QVBoxLayout()
        code.setSpacing(2)
        code.addWidget(self._code)
        code.addWidget(self._said)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(16)
        row.addLayout(code)
        row.addWidget(self._what, 1)
        self.hide()

    def show_code(self, code: str) -> None:
        """Show this code; none hides the box."""
        self._what.setText(_WHAT)
        self._code.setText(code)
        self._said.setText(f"«{spell(code)}»")
        self._show(bool(code), coded=bool(code))
        self.setAccessibleName(f"Código provisorio {code}")

    def show_waiting(self) -> None:
        """It may have a number by now, and nobody knows which: then there is no code either."""
        if self.isHidden():
            self._what.setText(_NO_CODE)
            self._show(True, coded=False)
            self.setAccessibleName(_NO_CODE)

    def _show(self, shown: bool, *, coded: bool) -> None:
        self._code.setVisible(coded)
        self._said.setVisible(coded)
        self.setVisible(shown)
