"""Whose cases go to whom: for somebody who is away, and for somebody who leaves."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import staff
from iduo_desktop.services.forms import Field
from iduo_desktop.services.staff import HandedOver, Person
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.widgets.fields import fixed_field

LISTS = "-"


class HandOverDialog(EditDialog):
    """The open cases of a person go to somebody else or back to their lists, with a reason."""

    name, title, verb = "hand_over", "Pasar los casos de {}", "Pasar casos"
    command: Callable[..., HandedOver] = staticmethod(staff.hand_over)

    def __init__(self, office: Office, person: Person, people: tuple[Person, ...], parent: QWidget):
        self.person = person
        self._people = people
        fields, hint = self.fields(), self.hint()
        super().__init__(
            office, self.name, person.login, self.title.format(person.full_name), self.verb, fields, {}, parent, hint
        )
        self.saved.connect(self._tell)

    def fields(self) -> tuple[Field, ...]:
        """To whom, and why."""
        others = (one for one in self._people if one.active and one.login != self.person.login)
        takers = tuple((one.login, one.full_name) for one in others if works(one))
        choices = ((LISTS, "Devolverlos a sus listas"), *takers)
        return (
            fixed_field("to", "Sus casos", FieldKind.CHOICE, required=True, options=choices),
            fixed_field("reason", "Por qué", FieldKind.TEXT, required=True, max_length=300),
        )

    def hint(self) -> str:
        """What there is to hand over."""
        cases = formats.plural(self.person.open_cases, "caso abierto", "casos abiertos")
        return f"{self.person.full_name} tiene {cases}."

    def ask(self) -> Operation[Any]:
        to = self.text("to")
        return self.operations.run(
            self, self.command, self.person.login, None if to == LISTS else to, self.text("reason")
        )

    def _tell(self, done: HandedOver) -> None:
        gone = formats.plural(done.cases, "caso pasó", "casos pasaron")
        self.office.notice.show(f"{gone} de {self.person.full_name} a otras manos")


class DismissDialog(HandOverDialog):
    """Nobody comes in as him from now on; what he has open is shown first, and goes to somebody."""

    name, title, verb = "dismiss", "Desactivar a {}", "Desactivar"
    command = staticmethod(staff.dismiss)

    def fields(self) -> tuple[Field, ...]:
        return super().fields() if self.person.open_cases else ()

    def hint(self) -> str:
        opened = super().hint() if self.person.open_cases else f"{self.person.full_name} no tiene casos abiertos."
        return f"{opened} Si desactivás a esta persona no puede entrar, y si está adentro su ventana se cierra."

    def ask(self) -> Operation[Any]:
        if self.person.open_cases:
            return super().ask()
        return self.operations.run(self, staff.disable, self.person.login)

    def _tell(self, done: HandedOver | None) -> None:
        cases = f" y {formats.plural(done.cases, 'caso pasó', 'casos pasaron')} a otras manos" if done else ""
        self.office.notice.show(f"Desactivaste a {self.person.full_name}{cases}")
