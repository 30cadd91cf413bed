"""A person found while one types her name, document or telephone; somebody new where that will do."""

from PySide6.QtCore import Signal

from iduo_desktop.services import contacts
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Value
from iduo_desktop.ui.widgets.finding_editor import FIRST, FindingEditor
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import say

UNKNOWN = "Elegí a la persona de la lista."


class PersonEditor(FindingEditor):
    """Its value is the name; `contact_id` says who it is. `knows`: only persons whom one knows already will do.

    `makes`: the list also offers to keep somebody new, and `new_asked` brings what was typed.
    """

    new_asked = Signal(str)

    def __init__(self, field: Field, clock: Clock, operations: Operations, *, knows: bool = False, makes: bool = False):
        hint = "Apellido, documento o teléfono" if knows else "Apellido, nombre"
        super().__init__(field, clock, hint, f"people_{field.key}", "Personas que coinciden", preselects=knows)
        self._operations = operations
        self._knows = knows
        self._makes = makes
        self._contact_id: int | None = None
        self._list.chosen.connect(self._take)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    @property
    def contact_id(self) -> int | None:
        """The person, if she is one whom one knows."""
        return self._contact_id

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self.show_person(None, str(value or ""))

    def show_person(self, contact_id: int | None, name: str) -> None:
        """Show somebody."""
        self._forget()
        self._contact_id = contact_id
        self.line.setText(name)
        self._explain()

    def problem(self) -> str:
        return UNKNOWN if self._knows and self._contact_id is None and not self.is_blank() else ""

    def _type(self, text: str) -> None:
        self._contact_id = None
        self._forget()
        self._explain()
        if len(text.strip()) >= FIRST:
            self._pause.start()
        self.changed.emit()

    def _ask(self) -> None:
        self._follow(self._operations.run(self, contacts.find, self.line.text().strip()), self._show)

    def _show(self, found: tuple[ContactHit, ...]) -> None:
        typed = self.line.text().strip()
        new = [Line(f"✚ Contacto nuevo: {typed}", "", typed)] if self._makes else []
        self._list.offer([*(Line(*described(hit), hit) for hit in found), *new])

    def _take(self, chosen: ContactHit | str) -> None:
        if isinstance(chosen, ContactHit):
            self.show_person(chosen.contact_id, name_of(chosen))
            self.changed.emit()
        else:
            self.new_asked.emit(chosen)

    def _explain(self) -> None:
        say(self.meaning, "✔ Contacto conocido" if self._contact_id is not None else "", "secondary")


def name_of(hit: ContactHit) -> str:
    """«GÓMEZ, Ana»; a document where there is no name."""
    return ", ".join(filter(None, (hit.surname.upper(), hit.names))) or formats.document(hit.document)


def described(hit: ContactHit) -> tuple[str, str]:
    """Who it is, and what else tells her from others."""
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return name_of(hit), " · ".join(filter(None, (document, hit.phone, hit.company))) or hit.why
