"""A person found while one types her name, document or telephone; the input of a form."""

from PySide6.QtCore import QTimer, Signal

from iduo_desktop.services import contacts
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Editor, Value
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.names import Name
from iduo_desktop.ui.widgets.reach_editors import LeavingLine
from iduo_desktop.ui.widgets.suggestions import Suggestions

_FIRST = 2
_PAUSE_MS = 80
_MOST = 8


class PersonEditor(Editor):
    """Its value is the id of the person who was chosen. `new_asked` brings the text when she is nobody we know."""

    new_asked = Signal(str)

    def __init__(self, field: Field, clock: Clock, operations: Operations):
        super().__init__(field, clock)
        self._operations = operations
        self._asked: Operation[tuple[ContactHit, ...]] | None = None
        self._contact: int | None = None
        self.line = LeavingLine(maxLength=200)
        self.line.setObjectName(f"field_{field.key}")
        self.line.setPlaceholderText("Apellido, documento o teléfono")
        self.meaning = label("", "secondary", f"meaning_{field.key}")
        self._hold(self.line)
        self.aside = self.meaning
        self._list = Suggestions(self.line, f"{field.key}_hits", "Personas que coinciden", preselects=True)
        self._list.chosen.connect(self._take)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    def watch_keys(self) -> None:
        """Let the list take its keys before the form does; to be called when the form has the input."""
        self.line.removeEventFilter(self._list)
        self.line.installEventFilter(self._list)

    def value(self) -> Value:
        return None if self._contact is None else str(self._contact)

    def set_value(self, value: Value) -> None:
        if value is None:
            self.show_person(None, "")

    def show_person(self, contact: int | None, name: str) -> None:
        """Show somebody who is known."""
        self._forget()
        self._contact = contact
        self.line.setText(name)
        say(self.meaning, "✔ Contacto conocido" if contact is not None else "", "secondary")
        self.changed.emit()

    def problem(self) -> str:
        return "Elegí a la persona de la lista" if self._contact is None and not self.is_blank() else ""

    def is_blank(self) -> bool:
        return not self.line.text().strip()

    def _type(self, text: str) -> None:
        self._contact = None
        self._forget()
        say(self.meaning, "")
        if len(text.strip()) >= _FIRST:
            self._pause.start()
        self.changed.emit()

    def _forget(self) -> None:
        self._pause.stop()
        self._list.offer(())
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self) -> None:
        text = self.line.text().strip()
        self._asked = self._operations.run(self, contacts.find, text, None, _MOST)
        self._asked.then(lambda found: self._show(text, found)).failed(lambda _error: self._show(text, ()))

    def _show(self, text: str, found: tuple[ContactHit, ...]) -> None:
        self._asked = None
        lines = [Line(str(Name(hit.surname.upper(), hit.names)), _why(hit), hit) for hit in found]
        self._list.offer([*lines, Line(f"✚ Contacto nuevo: {text}", "", text)])

    def _take(self, chosen: object) -> None:
        if isinstance(chosen, ContactHit):
            self.show_person(chosen.contact_id, str(Name(chosen.surname, chosen.names)))
        elif isinstance(chosen, str):
            self.new_asked.emit(chosen)


def _why(hit: ContactHit) -> str:
    document = f"doc. {formats.document(hit.document)}" if hit.document else ""
    return " · ".join(part for part in (document, hit.phone, hit.company) if part)
