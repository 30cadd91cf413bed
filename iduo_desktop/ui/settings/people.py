"""The people who work here: who they are, who is in now, and what an administrator does about them."""

from collections.abc import Iterable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent

from iduo_desktop.services import staff
from iduo_desktop.services.staff import GuardEvent, GuardState, Overview, Person, Present
from iduo_desktop.terms import Role
from iduo_desktop.ui import formats
from iduo_desktop.ui.places import place
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.hand_over_dialog import DismissDialog, HandOverDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.password_shown import PasswordShown, ResetDialog
from iduo_desktop.ui.settings.person_dialog import AddPersonDialog, ChangePersonDialog
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.widgets.labels import label, say

LOOK_AGAIN_MS = 15_000
WITHOUT_GUARD = (
    "Todo anda, pero los cambios se ven 2 segundos más tarde, nadie corta lo que traba a los demás y el registro no se "
    "sella. Avisá a Informática: que mire el servicio iduo-guard."
)
# What it did, one and many; whose sessions they were stands behind.
_DID = {
    "query": ("consulta sin fin terminada", "consultas sin fin terminadas"),
    "idle_transaction": ("transacción olvidada terminada", "transacciones olvidadas terminadas"),
    "disabled": ("sesión de alguien desactivado terminada", "sesiones de gente desactivada terminadas"),
    "returned": ("caso sin movimiento devuelto a su lista", "casos sin movimiento devueltos a sus listas"),
    "escalated": ("ruta que nadie recibió a tiempo", "rutas que nadie recibió a tiempo"),
}
_NOBODY = Overview((), (), (), GuardState(running=False, started_at=None, beat_at=None))


class PeoplePage(ListPage[Person]):
    """Everybody, with who is in now; looked at again every 15 s, because coming and going is no change of a table."""

    name = "people"
    title = "Personas"
    tables = frozenset({"staff", "team", "case"})

    def __init__(self, office: Office):
        self.found = _NOBODY
        self._present: dict[str, Present] = {}
        super().__init__(office)
        self.add_button("reset", "Restablecer contraseña", self.reset)
        self.add_button("hand_over", "Pasar casos", self.hand_over)
        self.add_button("switch", "Desactivar", self.switch)
        self.guard = label("", "secondary", "people_guard")
        self.guard.setAccessibleName("Vigilancia")
        self.body.addWidget(self.guard)
        self._again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._again.timeout.connect(self.load)
        self.follow()

    def columns(self) -> tuple[Column[Person], ...]:
        return (
            Column("Nombre", lambda person: person.full_name),
            Column("Usuario", lambda person: person.login, 120, spare=2),
            Column("Roles", _roles, 150),
            Column("Equipo", lambda person: person.team or formats.NOTHING, 126, spare=2),
            Column("Estado", self._state, 160),
            Column("Ahora", self._whereabouts, 130, spare=1),
            Column("Casos", lambda person: formats.count(person.open_cases), 64, right=True),
        )

    def key(self, row: Person) -> object:
        return row.login

    def load(self) -> None:
        self.office.operations.run(self, staff.overview).then(self._show)

    def dialog(self, row: Person | None) -> EditDialog:
        if row is not None:
            return ChangePersonDialog(self.office, row, self.found.teams, self)
        dialog = AddPersonDialog(self.office, self.found.teams, self)
        dialog.saved.connect(lambda: self._added(dialog))
        return dialog

    def reset(self) -> None:
        """A new password for the chosen person."""
        person = self.list.row()
        if person is not None:
            dialog = ResetDialog(self.office, person, self)
            dialog.saved.connect(lambda: self._show_password(person.full_name, person.login, dialog.password))
            self.open(dialog)

    def hand_over(self) -> None:
        """Give the chosen person's cases to somebody else."""
        person = self.list.row()
        if person is not None:
            self.open(HandOverDialog(self.office, person, self.found.people, self))

    def switch(self) -> None:
        """Disable the chosen person, or let him in again."""
        person = self.list.row()
        if person is not None and person.active:
            self.open(DismissDialog(self.office, person, self.found.people, self))
        elif person is not None:
            enabling = self.office.operations.run(self, staff.enable, person.login).busy(self.buttons["switch"])
            enabling.then(lambda _: self.office.notice.show(f"{person.full_name} puede entrar otra vez"))

    def follow(self) -> None:
        super().follow()
        person = self.list.row()
        if person is not None and "switch" in self.buttons:
            self.buttons["switch"].setText("Desactivar" if person.active else "Activar")
            self.buttons["switch"].setAccessibleName(self.buttons["switch"].text())
            for name in ("reset", "switch"):
                self.buttons[name].setEnabled(person.login != self.office.me.login)
            self.buttons["hand_over"].setEnabled(person.open_cases > 0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._again.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._again.stop()

    def _show(self, found: Overview) -> None:
        same = found == self.found
        self.found = found
        self._say_guard(found.guard, found.guarded)
        self._present = {one.login: one for one in found.present}
        if not same:
            self.show_rows(found.people)

    def _say_guard(self, guard: GuardState, events: tuple[GuardEvent, ...]) -> None:
        """Whether somebody ends the sessions that hinder, and wakes the workstations; and what it did of late."""
        did = f" En la última hora: {done(events)}." if events else ""
        if guard.running:
            since = formats.when(guard.started_at, self.office.clock())
            say(self.guard, f"Vigilancia: activa desde {since}.{did}", "secondary")
        else:
            heard = f" desde {formats.when(guard.beat_at, self.office.clock())}" if guard.beat_at else ""
            say(self.guard, f"Vigilancia: no está en marcha{heard}. {WITHOUT_GUARD}{did}", "warning")

    def _added(self, dialog: AddPersonDialog) -> None:
        self._show_password(dialog.full_name, dialog.login, dialog.password)

    def _show_password(self, full_name: str, login: str, password: str) -> None:
        shown = PasswordShown(full_name, login, password, self)
        # after the dialog that asked for it has gone: one at a time
        QTimer.singleShot(0, shown, lambda: self.open(shown))

    def _state(self, person: Person) -> str:
        if not person.active:
            since = person.disabled_at
            return "Desactivado" + (f" {formats.here(since):%d/%m/%y}" if since else "")
        return "Contraseña provisoria" if person.must_change_password else "Activo"

    def _whereabouts(self, person: Person) -> str:
        present = self._present.get(person.login)
        return f"● {formats.clock(present.since)} · {place(present)}" if present else formats.NOTHING


def _roles(person: Person) -> str:
    return ", ".join(Role(role).label for role in person.roles)


def done(events: Iterable[GuardEvent]) -> str:
    """«3 consultas sin fin terminadas (Ana Paz), 2 casos sin movimiento devueltos a sus listas»."""
    found: dict[str, list[GuardEvent]] = {}
    for event in events:
        found.setdefault(event.kind, []).append(event)
    parts = []
    for kind, same in found.items():
        names = ", ".join(sorted({event.full_name for event in same if event.full_name}))
        parts.append(formats.plural(sum(event.count for event in same), *_DID[kind]) + (f" ({names})" if names else ""))
    return ", ".join(parts)
