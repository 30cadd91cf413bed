"""Who calls: typed as «Apellido, nombre», with the persons that it may be offered while one types."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from iduo_desktop.services import contacts
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Value
from iduo_desktop.ui.widgets.finding_editor import FIRST, FindingEditor
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import say
from iduo_desktop.ui.widgets.names import Name, read_name


class ContactEditor(FindingEditor):
    """Its value is the name as typed. `chosen` brings the person of the list that it is, None when it is nobody's.

    `entered` follows a choice from the list.
    """

    chosen = Signal(object)
    entered = Signal()

    def __init__(self, field: Field, clock: Clock, operations: Operations):
        super().__init__(field, clock, "Apellido, nombre", "contacts", "Personas que coinciden", preselects=False)
        self._operations = operations
        self._contact_id: int | None = None
        self._company_id: int | None = None
        self._new = False
        self.line.setToolTip("Apellido, nombre, documento, teléfono o mail; ↓ muestra los de la empresa")
        self._list.chosen.connect(self._take)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)
        self.line.left.connect(self._write_out)

    @property
    def contact_id(self) -> int | None:
        """The person, if he is one we know."""
        return self._contact_id

    @property
    def new(self) -> bool:
        """True when he is to be kept as a new contact."""
        return self._new and self._contact_id is None and not self.is_blank()

    def belong(self, company_id: int | None) -> None:
        """Whose persons are offered first."""
        self._company_id = company_id

    def value(self) -> Value:
        return self.line.text().strip() or None

    def set_value(self, value: Value) -> None:
        self.show_person(None, str(value or ""))

    def show_person(self, contact_id: int | None, name: str, *, new: bool = False) -> None:
        """Show a person who is known already, or who is to be kept."""
        self._forget()
        self._contact_id, self._new = contact_id, new
        self.line.setText(name)
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)
        self._explain()

    def keep_as_new(self) -> None:
        """Ctrl+Shift+N: keep who is typed here as a new contact, or not after all."""
        self._new = not self._new or self._contact_id is not None
        if self._contact_id is not None:
            self._contact_id = None
            self.chosen.emit(None)
        self.line.setFocus()
        self._explain()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the empty line: those of the company."""
        down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if down and event.type() is QEvent.Type.KeyPress and self.is_blank() and self._company_id is not None:
            self._ask()
            return True
        return super().eventFilter(watched, event)

    def _type(self, text: str) -> None:
        known, self._contact_id = self._contact_id, None
        self._forget()
        self._explain()
        if known is not None:
            self.chosen.emit(None)
        if len(text.strip()) >= FIRST:
            self._pause.start()
        self.changed.emit()

    def _ask(self) -> None:
        text = self.line.text().strip()
        self._follow(self._operations.run(self, contacts.find, text, self._company_id), self._show)

    def _show(self, found: tuple[ContactHit, ...]) -> None:
        self._list.offer([Line(*_described(hit, self._company_id), hit) for hit in found])

    def _take(self, hit: ContactHit) -> None:
        self.show_person(hit.contact_id, str(Name(hit.surname, hit.names)))
        self.chosen.emit(hit)
        self.changed.emit()
        self.entered.emit()

    def _write_out(self) -> None:
        """Say which part is the surname."""
        if self._contact_id is None and not self.is_blank():
            self.line.setText(str(read_name(self.line.text())))

    def _explain(self) -> None:
        if self.new:
            say(self.meaning, f"✚ Se guarda como contacto nuevo ({shown('new_contact')} lo saca)", "secondary")
        else:
            say(self.meaning, "✔ Contacto conocido" if self._contact_id is not None else "", "secondary")


def _described(hit: ContactHit, company_id: int | None) -> tuple[str, str]:
    """«GÓMEZ, Ana», and what else there is of her; of a company other than the one that calls, which."""
    elsewhere = f"{hit.company} ({hit.company_number})" if hit.company_id and hit.company_id != company_id else ""
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return str(Name(hit.surname.upper(), hit.names)), " · ".join(filter(None, (document, hit.phone, elsewhere)))
