"""The first page of the login: user and password, or the demo's three doors. Loads next to nothing."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.line_edits import PasswordEdit

NO_KEYRING = "Esta PC no tiene dónde guardar contraseñas: la vas a escribir cada vez."
EACH_TIME = "{}: la contraseña se escribe cada vez."
FOR_IT = "Para Informática: {}"
CAPS_LOCK = "⚠ Bloq Mayús está activado"
REMEMBER = "Recordar la contraseña en esta PC"
DEMO_ROLES = ("operador", "coordinador", "administrador")


class Page(QWidget):
    """A page of the login, with a place for what went wrong."""

    def __init__(self, error: str):
        super().__init__()
        self.error = sentence("error", error)
        self.column = column(self)

    def take_focus(self) -> None:
        """Begin where something is missing."""

    def refuse(self, text: str) -> None:
        """Say why not, "" when there is nothing to say."""
        say(self.error, text)


class CredentialsPage(Page):
    """User and password."""

    submitted = Signal()

    def __init__(self, login: str):
        super().__init__("login_error")
        self.login = QLineEdit(login)
        self.login.setObjectName("login")
        self.login.setAccessibleName("Usuario")
        self.password = PasswordEdit("password", "Contraseña")
        self.caps_lock = sentence("warning", "caps_lock")
        self.password.caps_lock_changed.connect(self._show_caps_lock)
        self.remember = QCheckBox(REMEMBER)
        self.remember.setObjectName("remember")
        self.remember.setAccessibleName(REMEMBER)
        self.no_keyring = sentence("hint", "no_keyring")
        self.for_it = sentence("warning", "for_it")
        self.enter = plain_button("Ingresar", "enter", role="primary")
        self.wanted = False
        self.enter.clicked.connect(self._submit)
        self.login.returnPressed.connect(self._go_on)
        self.password.submitted.connect(self._go_on)
        self.column.addLayout(fields(("&Usuario", self.login), ("&Contraseña", self.password)))
        for widget in (self.caps_lock, self.remember, self.no_keyring, self.for_it, self.error, self.enter):
            self.column.addWidget(widget)

    def take_focus(self) -> None:
        (self.password if self.login.text() else self.login).setFocus()

    def forbid_remembering(self, why: str) -> None:
        """Somebody else decided that no password is kept here."""
        self.remember.setChecked(False)
        self.remember.setEnabled(False)
        self.remember.setToolTip(why)
        self.remember.setAccessibleDescription(why)
        say(self.no_keyring, EACH_TIME.format(why))

    def tell_it(self, text: str) -> None:
        """What is wrong with the configuration of this PC."""
        say(self.for_it, FOR_IT.format(text))

    def know(self, password: str | None, *, possible: bool) -> None:
        """Fill in what the keyring had, unless the person was faster; say so where there is no keyring."""
        self.remember.setEnabled(possible)
        say(self.no_keyring, "" if possible else NO_KEYRING)
        if password and not self.password.text():
            self.password.setText(password)
            self.remember.setChecked(True)

    def refuse(self, text: str) -> None:
        """Say why not, and let the password be typed again."""
        super().refuse(text)
        self.password.line.setAccessibleDescription(text)
        if text:
            self.password.line.selectAll()
            self.password.setFocus()

    def _show_caps_lock(self, on: bool) -> None:
        say(self.caps_lock, CAPS_LOCK if on else "")

    def _go_on(self) -> None:
        if not self.login.text().strip():
            self.login.setFocus()
        elif not self.password.text():
            self.password.setFocus()
        else:
            self._submit()

    def _submit(self) -> None:
        self.wanted = True
        self.submitted.emit()


class DemoPage(Page):
    """Three doors, one click each; nothing to type."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__("demo_error")
        self.column.addWidget(label("Una base de prueba con unos 3.000 clientes inventados.", "hint", "demo_hint"))
        self.doors = [self._door(role) for role in DEMO_ROLES]
        for door in self.doors:
            self.column.addWidget(door)
        self.column.addWidget(self.error)

    def take_focus(self) -> None:
        self.doors[0].setFocus()

    def _door(self, role: str) -> QPushButton:
        door = plain_button(f"Entrar como {role}", f"demo_{role}", role="door")
        door.clicked.connect(lambda: self.chosen.emit(role))
        return door


def plain_button(text: str, name: str, role: str = "") -> QPushButton:
    """A button that Enter presses only when it has the focus: in a field, Enter already goes on."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    if role:
        mark(button, role=role)
    return button


def column(page: QWidget) -> QVBoxLayout:
    """One below the other, up to the edges."""
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def fields(*rows: tuple[str, QWidget]) -> QGridLayout:
    """Captions at the left, so that the login fits on a small screen at 200 %."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    for number, (caption, field) in enumerate(rows):
        named = label(caption, wraps=False)
        named.setBuddy(field)
        grid.addWidget(named, number, 0)
        grid.addWidget(field, number, 1)
    return grid


def at_the_right(*buttons: QPushButton) -> QHBoxLayout:
    """Buttons side by side, the one that goes on last."""
    layout = QHBoxLayout()
    layout.setSpacing(8)
    layout.addStretch()
    for button in buttons:
        layout.addWidget(button)
    return layout
