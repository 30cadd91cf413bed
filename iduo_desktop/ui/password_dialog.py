"""Changing one's own password while one works."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.door import Entry
from iduo_desktop.ui.login_pages import NewPasswordPage
from iduo_desktop.ui.operations import Operations


class PasswordDialog(QDialog):
    """`changed` brings the entry that goes on with the new password."""

    changed = Signal(object)

    def __init__(self, operations: Operations, entry: Entry, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("password_dialog")
        self.setWindowTitle("Cambiar la contraseña")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._operations = operations
        self._entry = entry
        self.page = NewPasswordPage()
        self.page.chosen.connect(self._change)
        self.page.cancelled.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.addWidget(self.page)
        self.setFixedWidth(440)
        self.page.first.setFocus()

    def _change(self, password: str) -> None:
        asked = self._operations.run_local(self, self._entry.change_password, password)
        asked.busy(self.page).then(self._done).refused(self._refuse).failed(self._refuse)

    def _done(self, entry: Entry) -> None:
        self.changed.emit(entry)
        self.accept()

    def _refuse(self, error: UserError | OperationError) -> None:
        self.page.refuse(str(error))
