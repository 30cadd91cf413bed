"""A person typed as «Apellido, nombre»: one of those who are offered meanwhile, or somebody new."""

from PySide6.QtCore import QTimer, Signal

from iduo_desktop.services import contacts
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, Value
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.reach_editors import LeavingLine
from iduo_desktop.ui.widgets.suggestions import Suggestions

_FIRST = 2
_PAUSE_MS = 80
UNKNOWN = "Elegí a la persona de la lista."


class PersonEditor(Editor):
    """Its value is the name; `contact_id` says who it is. `knows`: only persons whom one knows already will do."""

    chosen = Signal(object)

    def __init__(self, field: Field, clock: Clock, operations: Operations, *, knows: bool = False):
        super().__init__(field, clock)
        self._operations = operations
        self._knows = knows
        self._asked: Operation[tuple[ContactHit, ...]] | None = None
        self._contact_id: int | None = None
        self.line = LeavingLine(maxLength=200)
        self.line.setObjectName(f"field_{field.key}")
        self.line.setPlaceholderText("Apellido, documento o teléfono" if knows else "Apellido, nombre")
        self.meaning = label("", "secondary", f"meaning_{field.key}")
        self._hold(self.line)
        self.aside = self.meaning
        self._list = Suggestions(self.line, f"people_{field.key}", "Personas que coinciden", preselects=knows)
        self._list.chosen.connect(self._take)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    def watch_keys(self) -> None:
        """Let the list take its keys before the form does; to be called when the form has the input."""
        self.line.removeEventFilter(self._list)
        self.line.installEventFilter(self._list)

    @property
    def contact_id(self) -> int | None:
        """The person, if he is one whom one knows."""
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

    def is_blank(self) -> bool:
        return not self.line.text().strip()

    def _type(self, text: str) -> None:
        self._contact_id = None
        self._forget()
        self._explain()
        if len(text.strip()) >= _FIRST:
            self._pause.start()
        self.chosen.emit(None)
        self.changed.emit()

    def _forget(self) -> None:
        self._pause.stop()
        self._list.offer(())
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self) -> None:
        self._asked = self._operations.run(self, contacts.find, self.line.text().strip())
        self._asked.then(self._show).failed(lambda _error: self._show(()))

    def _show(self, found: tuple[ContactHit, ...]) -> None:
        self._asked = None
        self._list.offer([Line(*described(hit), hit) for hit in found])

    def _take(self, hit: ContactHit) -> None:
        self.show_person(hit.contact_id, name_of(hit))
        self.chosen.emit(hit)
        self.changed.emit()

    def _explain(self) -> None:
        say(self.meaning, "✔ Contacto conocido" if self._contact_id is not None else "", "secondary")


def name_of(hit: ContactHit) -> str:
    """«GÓMEZ, Ana»; a document where there is no name."""
    return ", ".join(filter(None, (hit.surname.upper(), hit.names))) or formats.document(hit.document)


def described(hit: ContactHit) -> tuple[str, str]:
    """Who it is, and what else tells him from others."""
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return name_of(hit), " · ".join(filter(None, (document, hit.phone, hit.company))) or hit.why
