"""The locked window: the password of whoever is in, or the way out for the next person."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.door import Entry
from iduo_desktop.ui.icons import icon
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.badge import test_badge
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.line_edits import PasswordEdit

IDLE = "Bloqueamos la pantalla porque nadie la usó por un rato. Lo que estabas escribiendo sigue ahí."


class LockScreen(QWidget):
    """Asks for the password only; `unlocked` when it is the right one, `left` when somebody else wants to enter."""

    unlocked = Signal()
    left = Signal()

    def __init__(self, operations: Operations, entry: Entry, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("lock_screen")
        self._operations = operations
        self._entry = entry
        self.why = label(IDLE, "secondary", "lock_why")
        self.password = PasswordEdit("lock_password", f"Contraseña de {entry.me.full_name}")
        self.error = sentence("error", "lock_error")
        self.unlock = button("Seguir", "unlock", self._unlock, key="⏎", role="primary")
        self.leave = button("Salir", "leave", self.left.emit)
        self.password.submitted.connect(self._unlock)
        self.setFocusProxy(self.password)
        grid = QGridLayout(self)
        grid.addWidget(self._card(), 1, 1)
        for edge in (0, 2):
            grid.setRowStretch(edge, 1)
            grid.setColumnStretch(edge, 1)

    def ask(self, why: str = IDLE) -> None:
        """Say why, with an empty password."""
        say(self.why, why)
        say(self.error, "")
        self.password.setText("")

    def renew(self, entry: Entry) -> None:
        """He goes on with another password."""
        self._entry = entry

    def _card(self) -> QFrame:
        card = QFrame()
        card.setFixedWidth(420)
        mark(card, surface="card")
        lock = QLabel()
        lock.setPixmap(icon("lock").pixmap(32, 32))
        lock.setAlignment(Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(8)
        if self._entry.me.test_database:
            layout.addWidget(test_badge(), 0, Qt.AlignmentFlag.AlignLeft)
        caption = label("&Contraseña", name="lock_caption", wraps=False)
        caption.setBuddy(self.password)
        for widget in (lock, label(self._entry.me.full_name, "title", "lock_name"), self.why, caption, self.password):
            layout.addWidget(widget)
        layout.addWidget(self.error)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.leave)
        row.addWidget(self.unlock)
        layout.addLayout(row)
        return card

    def _unlock(self) -> None:
        if not self.password.text():
            self.password.setFocus()
            return
        say(self.error, "")
        asked = self._operations.run_local(self, self._entry.unlock, self.password.text())
        asked.busy(self.password, self.unlock).then(self._open).refused(self._refuse).failed(self._refuse)

    def _open(self, _nothing: None) -> None:
        self.password.setText("")
        self.unlocked.emit()

    def _refuse(self, error: UserError | OperationError) -> None:
        say(self.error, str(error))
        self.password.line.selectAll()
        self.password.setFocus()
