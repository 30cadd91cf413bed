"""Further pages of the login, loaded after it is on the screen: where else one is, and a new password."""

from PySide6.QtCore import Signal

from iduo_desktop.services.staff import Session
from iduo_desktop.ui import formats
from iduo_desktop.ui.credentials_page import Page, at_the_right, fields, plain_button
from iduo_desktop.ui.places import place
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.line_edits import PasswordEdit

SHORTEST = 10
NOT_LOST = "Lo que quedó sin guardar allá vuelve cuando entres en esa PC."
LENGTH = f"Al menos {SHORTEST} caracteres; una frase corta sirve."


class ElsewherePage(Page):
    """One person, one place: where the first session is, and ending it."""

    ended = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__("elsewhere_error")
        self.where = label(name="elsewhere_where")
        self.end = plain_button("Cerrar esa sesión y entrar acá", "end_elsewhere", role="primary")
        self.cancel = plain_button("Cancelar", "cancel_elsewhere")
        self.end.clicked.connect(self.ended)
        self.cancel.clicked.connect(self.cancelled)
        self.column.addWidget(label("Ya tenés una sesión abierta", "title", "elsewhere_title"))
        self.column.addWidget(self.where)
        self.column.addWidget(label(NOT_LOST, "hint", "elsewhere_hint"))
        self.column.addWidget(self.error)
        self.column.addLayout(at_the_right(self.cancel, self.end))

    def take_focus(self) -> None:
        self.end.setFocus()

    def show_sessions(self, sessions: tuple[Session, ...]) -> None:
        """Say where the others are; a workstation has two connections and is named once."""
        self.refuse("")
        first = {place(session): session for session in reversed(sessions)}
        self.where.setText("\n".join(describe(session) for session in first.values()))


class NewPasswordPage(Page):
    """A new password, typed twice."""

    chosen = Signal(str)
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__("new_password_error")
        self.first = PasswordEdit("new_password", "Contraseña nueva")
        self.second = PasswordEdit("new_password_again", "Contraseña nueva, otra vez")
        self.save = plain_button("Cambiar la contraseña", "save_password", role="primary")
        self.cancel = plain_button("Cancelar", "cancel_password")
        self.save.clicked.connect(self._choose)
        self.cancel.clicked.connect(self.cancelled)
        self.first.submitted.connect(self.second.setFocus)
        self.second.submitted.connect(self._choose)
        self.column.addWidget(label("Elegí tu contraseña", "title", "new_password_title"))
        self.column.addWidget(label(LENGTH, "hint", "new_password_hint"))
        self.column.addLayout(fields(("&Nueva", self.first), ("&Otra vez", self.second)))
        self.column.addWidget(self.error)
        self.column.addLayout(at_the_right(self.cancel, self.save))

    def take_focus(self) -> None:
        self.first.setFocus()

    def refuse(self, text: str) -> None:
        super().refuse(text)
        if text:
            self.first.setFocus()
            self.first.line.selectAll()

    def _choose(self) -> None:
        problem = password_problem(self.first.text(), self.second.text())
        self.refuse(problem)
        if not problem:
            self.chosen.emit(self.first.text())


def password_problem(first: str, second: str) -> str:
    """Why two typed passwords will not do; "" when they will."""
    if len(first) < SHORTEST:
        return f"La contraseña tiene que tener al menos {SHORTEST} caracteres."
    return "" if first == second else "Las dos contraseñas no coinciden."


def describe(session: Session) -> str:
    """«En PC-12, desde las 13:40. Último uso: hace 5 minutos.»"""
    used = formats.elapsed(session.idle_seconds)
    return f"En {place(session)}, desde las {formats.clock(session.since)}. Último uso: {used}."
