"""Why somebody is written to again although he is not to be contacted now."""

from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import messages
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence

_WIDTH = 480
_MOST = 500


class ResendDialog(QDialog):
    """Says what stands against it and asks for the reason. `resent` brings what became of it."""

    resent = Signal(object)

    def __init__(self, operations: Operations, message_id: int, hindrance: str, parent: QWidget):
        super().__init__(parent)
        self._operations, self._message, self._key = operations, message_id, uuid4()
        self.setObjectName("resend_dialog")
        self.setWindowTitle("Reenviar igual")
        self.setAccessibleName("Reenviar igual")
        hint = label(hindrance, "warning", "resend_hindrance")
        named = label("Por qué hay que reenviarlo igual", wraps=False)
        self.reason = QLineEdit()
        self.reason.setObjectName("resend_reason")
        self.reason.setAccessibleName("Por qué hay que reenviarlo igual")
        self.reason.setAccessibleDescription(hindrance)
        self.reason.setPlaceholderText("Lo leen los coordinadores")
        self.reason.setMaxLength(_MOST)
        named.setBuddy(self.reason)
        self._error = sentence("error", "resend_error")
        self._send = button("Reenviar", "resend_send", self.submit, key="⏎", role="primary")
        self._send.setDefault(True)
        cancel = button("Cancelar", "resend_cancel", self.reject, key="Esc")
        cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch()
        for each in (cancel, self._send):
            buttons.addWidget(each)
        column = QVBoxLayout(self)
        for part in (hint, named, self.reason, self._error):
            column.addWidget(part)
        column.addLayout(buttons)
        self.setMinimumWidth(min(_WIDTH, self.screen().availableGeometry().width() - 24))
        self.finished.connect(self.deleteLater)
        self.reason.setFocus()

    def submit(self) -> None:
        """Send it again with this reason, once however often one tries."""
        reason = self.reason.text().strip()
        if not reason:
            say(self._error, "Escribí por qué.")
            self.reason.setFocus()
            return
        asked = self._operations.run(self, messages.resend, self._message, self._key, reason)
        asked.busy(self._send, self.reason).then(self._done).refused(self._refuse)

    def _done(self, sent: object) -> None:
        self.resent.emit(sent)
        self.accept()

    def _refuse(self, error: UserError) -> None:
        self._key = uuid4()
        say(self._error, error.message)
