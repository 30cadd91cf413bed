"""A password made here, shown once to whoever hands it over."""

from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services import passwords
from iduo_desktop.services.staff import Person
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.labels import label

# Windows keeps what has this mark out of its clipboard history and its cloud.
_NOT_KEPT = 'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"'


class ResetDialog(EditDialog):
    """Asks before the old password stops working. `password` is the one that was made."""

    def __init__(self, office: Office, person: Person, parent: QWidget):
        self.person = person
        self.password = passwords.new_password()
        hint = (
            f"La contraseña de {person.full_name} ({person.login}) deja de servir y te mostramos una nueva para darle. "
            "Si está adentro se le corta la sesión, y lo que escribía queda guardado. La cambia cuando vuelve a entrar."
        )
        title = f"Restablecer la contraseña de {person.full_name}"
        super().__init__(office, "reset", person.login, title, "Restablecer", (), {}, parent, hint)

    def ask(self) -> Operation[Any]:
        return self.operations.run(self, passwords.reset, self.person.login, self.password)


class PasswordShown(QDialog):
    """Big, in groups, to be read aloud or copied. It is nowhere else, and cannot be shown again."""

    def __init__(self, full_name: str, login: str, password: str, parent: QWidget):
        super().__init__(parent)
        self.setObjectName("password_shown")
        self.setWindowTitle(f"Contraseña de {full_name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._password = password
        self._copy = button("Copiar", "copy_password", self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(f"Usuario: {login}", name="password_login"))
        shown = label(password.replace("-", " - "), "number", "password", wraps=False)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setAccessibleName(f"Contraseña: {' '.join(password)}")
        column.addWidget(shown, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(
            label("Son letras minúsculas y números, con los guiones. Se muestra una sola vez.", "secondary")
        )
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._copy)
        done = button("Listo", "password_done", self.accept, key="⏎", role="primary")
        row.addWidget(done)
        column.addLayout(row)
        self._copy.setAutoDefault(False)
        done.setDefault(True)
        done.setFocus()

    def copy(self) -> None:
        """Into the clipboard, until the dialog is closed."""
        content = QMimeData()
        content.setText(self._password)
        content.setData(_NOT_KEPT, b"\0\0\0\0")
        QGuiApplication.clipboard().setMimeData(content)
        name_button(self._copy, "Copiada")

    def done(self, result: int) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard.text() == self._password:
            clipboard.clear()
        super().done(result)
