"""The pages of the login: who you are, where else you are, a new password, and the demo's three doors."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.credentials import Remembered
from iduo_desktop.ui import formats
from iduo_desktop.ui.door import DemoPerson
from iduo_desktop.ui.places import place
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.line_edits import PasswordEdit

if TYPE_CHECKING:
    from iduo_desktop.services.staff import Session

SHORTEST = 10
NO_KEYRING = "Esta PC no tiene dónde guardar contraseñas: la vas a escribir cada vez."
CAPS_LOCK = "⚠ Bloq Mayús está activado"


class Pages(QWidget):
    """Shows one of its pages, and is no bigger than that one."""

    def __init__(self, *pages: QWidget):
        super().__init__()
        self.shown = pages[0]
        layout = _column(self)
        for page in pages:
            layout.addWidget(page)
            page.setVisible(page is self.shown)

    def show_page(self, page: QWidget) -> None:
        """Put this one in front."""
        self.shown.hide()
        self.shown = page
        page.show()


class CredentialsPage(QWidget):
    """User and password, with an error in its place."""

    submitted = Signal()

    def __init__(self, login: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.login = QLineEdit(login)
        self.login.setObjectName("login")
        self.login.setAccessibleName("Usuario")
        self.password = PasswordEdit("password", "Contraseña")
        self.caps_lock = sentence("warning", "caps_lock")
        self.password.caps_lock_changed.connect(self._show_caps_lock)
        self.remember = QCheckBox("Recordar la contraseña en esta PC")
        self.remember.setObjectName("remember")
        self.remember.setAccessibleName("Recordar la contraseña en esta PC")
        self.no_keyring = sentence("hint", "no_keyring")
        self.error = sentence("error", "login_error")
        self.enter = _button("Ingresar", "enter", role="primary")
        self.enter.clicked.connect(self.submitted)
        self.login.returnPressed.connect(self._go_on)
        self.password.submitted.connect(self._go_on)
        layout = _column(self)
        layout.addLayout(_fields(("&Usuario", self.login), ("&Contraseña", self.password)))
        for widget in (self.caps_lock, self.remember, self.no_keyring, self.error):
            layout.addWidget(widget)
        layout.addStretch()
        layout.addWidget(self.enter)

    def take_focus(self) -> None:
        """Begin where something is missing."""
        (self.password if self.login.text() else self.login).setFocus()

    def know(self, remembered: Remembered) -> None:
        """Fill in what the keyring had, unless the person was faster."""
        self.remember.setEnabled(remembered.possible)
        say(self.no_keyring, "" if remembered.possible else NO_KEYRING)
        if remembered.password and not self.password.text():
            self.password.setText(remembered.password)
            self.remember.setChecked(True)

    def refuse(self, text: str) -> None:
        """Say why not, and let the password be typed again."""
        say(self.error, text)
        self.password.line.setAccessibleDescription(text)
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
            self.submitted.emit()


class ElsewherePage(QWidget):
    """One person, one place: where the first session is, and ending it."""

    ended = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.where = label(name="elsewhere_where")
        self.error = sentence("error", "elsewhere_error")
        self.end = _button("Cerrar esa sesión y entrar acá", "end_elsewhere", role="primary")
        self.cancel = _button("Cancelar", "cancel_elsewhere")
        self.end.clicked.connect(self.ended)
        self.cancel.clicked.connect(self.cancelled)
        layout = _column(self)
        layout.addWidget(label("Ya tenés una sesión abierta", "title", "elsewhere_title"))
        layout.addWidget(self.where)
        layout.addWidget(
            label("Lo que quedó sin guardar allá vuelve cuando entres en esa PC.", "hint", "elsewhere_hint")
        )
        layout.addWidget(self.error)
        layout.addStretch()
        layout.addLayout(_row(self.cancel, self.end))

    def show_sessions(self, sessions: "tuple[Session, ...]") -> None:
        """Say where the others are; a workstation has two connections and is named once."""
        say(self.error, "")
        first = {place(session): session for session in reversed(sessions)}
        self.where.setText("\n".join(describe(session) for session in first.values()))


class NewPasswordPage(QWidget):
    """A new password, typed twice."""

    chosen = Signal(str)
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.first = PasswordEdit("new_password", "Contraseña nueva")
        self.second = PasswordEdit("new_password_again", "Contraseña nueva, otra vez")
        self.error = sentence("error", "new_password_error")
        self.save = _button("Cambiar la contraseña", "save_password", role="primary")
        self.cancel = _button("Cancelar", "cancel_password")
        self.save.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.cancelled)
        self.first.submitted.connect(self.second.setFocus)
        self.second.submitted.connect(self._choose)
        layout = _column(self)
        layout.addWidget(label("Elegí tu contraseña", "title", "new_password_title"))
        layout.addWidget(label(f"Al menos {SHORTEST} caracteres; una frase corta sirve.", "hint", "new_password_hint"))
        layout.addLayout(_fields(("&Nueva", self.first), ("&Otra vez", self.second)))
        layout.addWidget(self.error)
        layout.addStretch()
        layout.addLayout(_row(self.cancel, self.save))

    def refuse(self, text: str) -> None:
        """Say why not."""
        say(self.error, text)
        self.first.setFocus()
        self.first.line.selectAll()

    def _choose(self) -> None:
        problem = password_problem(self.first.text(), self.second.text())
        if problem:
            self.refuse(problem)
        else:
            say(self.error, "")
            self.chosen.emit(self.first.text())


class DemoPage(QWidget):
    """Three doors, one click each; nothing to type."""

    chosen = Signal(object)

    def __init__(self, people: tuple[DemoPerson, ...], parent: QWidget | None = None):
        super().__init__(parent)
        layout = _column(self)
        layout.addWidget(label("Una base de prueba con unos 3.000 clientes inventados.", "hint", "demo_hint"))
        self.buttons = [self._door(person) for person in people]
        for button in self.buttons:
            layout.addWidget(button)
        self.error = sentence("error", "demo_error")
        layout.addWidget(self.error)
        layout.addStretch()

    def _door(self, person: DemoPerson) -> QPushButton:
        button = _button(f"Entrar como {person.role}", f"demo_{person.login}", role="door")
        button.clicked.connect(lambda: self.chosen.emit(person))
        return button


def password_problem(first: str, second: str) -> str:
    """Why two typed passwords will not do; "" when they will."""
    if len(first) < SHORTEST:
        return f"La contraseña tiene que tener al menos {SHORTEST} caracteres."
    return "" if first == second else "Las dos contraseñas no coinciden."


def describe(session: "Session") -> str:
    """«En PC-12, desde las 13:40. Último uso: hace 5 minutos.»"""
    used = formats.elapsed(session.idle_seconds)
    return f"En {place(session)}, desde las {formats.clock(session.since)}. Último uso: {used}."


def _button(text: str, name: str, role: str = "") -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)  # Enter in a field already goes on; the dialog presses what has the focus
    if role:
        mark(button, role=role)
    return button


def _column(page: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def _fields(*rows: tuple[str, QWidget]) -> QGridLayout:
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


def _row(*buttons: QPushButton) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(8)
    layout.addStretch()
    for button in buttons:
        layout.addWidget(button)
    return layout
