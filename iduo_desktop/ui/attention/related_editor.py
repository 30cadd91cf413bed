"""«Relacionado con»: an open case of somebody's; the one that was just made is offered first."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from iduo_desktop.services import attentions
from iduo_desktop.services.attentions import CaseChoice
from iduo_desktop.services.forms import Field
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Value
from iduo_desktop.ui.widgets.finding_editor import FindingEditor
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import say

UNKNOWN = "Elegí el caso de la lista, o borralo."
JUST = "recién creado"


class RelatedEditor(FindingEditor):
    """Its value is the case's id. ↓ in the empty line shows all; what is typed narrows them."""

    def __init__(
        self, field: Field, clock: Clock, operations: Operations, contact_id: int | None = None, person: str = ""
    ):
        hint = "Tema, persona o número del caso; ↓ muestra los últimos"
        super().__init__(field, clock, hint, "related_cases", "Casos abiertos", preselects=True)
        self._person = person
        self._operations = operations
        self._contact_id = contact_id
        self._clock = clock
        self._case_id: int | None = None
        self._presets = True
        self._list.chosen.connect(self._take)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    def preset(self) -> None:
        """Offer the case that was just made, or the person's newest, unless there is one already."""
        asked = self._operations.run(self, attentions.case_choices, "", self._contact_id)
        asked.then(self._preset).refused(lambda _: None).failed(lambda _: None)

    def value(self) -> Value:
        return None if self._case_id is None else str(self._case_id)

    def set_value(self, value: Value) -> None:
        if value is None:
            self.show_case(None, "")

    def show_case(self, case_id: int | None, text: str) -> None:
        """Show a case that was chosen before."""
        self._forget()
        self._case_id = case_id
        self.line.setText(text)
        self.line.setCursorPosition(0)
        say(self.meaning, "")

    def problem(self) -> str:
        return UNKNOWN if self._case_id is None and not self.is_blank() else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the line: all that may be chosen."""
        down = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down
        if down and event.type() is QEvent.Type.KeyPress and (self.is_blank() or self._case_id is not None):
            self._ask(everything=True)
            return True
        return super().eventFilter(watched, event)

    def _type(self) -> None:
        self._presets = False
        self._case_id = None
        self._forget()
        say(self.meaning, "")
        if not self.is_blank():
            self._pause.start()
        self.changed.emit()

    def _ask(self, *, everything: bool = False) -> None:
        text = "" if everything else self.line.text().strip()
        self._follow(self._operations.run(self, attentions.case_choices, text, self._contact_id), self._show)

    def _show(self, found: tuple[CaseChoice, ...]) -> None:
        self._list.offer([Line(spelt(each), self._why(each), each) for each in found])
        if not found and not self.is_blank():
            say(self.meaning, "Ningún caso abierto así. Probá con menos letras.", "secondary")

    def _preset(self, found: tuple[CaseChoice, ...]) -> None:
        own = (each for each in found if each.person == self._person)
        first = next(own, None) if self._contact_id is not None else next(iter(found), None)
        if first is not None and self._presets and self.is_blank() and (first.newest or self._contact_id is not None):
            self._take(first)

    def _take(self, choice: CaseChoice) -> None:
        self._presets = False
        self.show_case(choice.case_id, spelt(choice))
        say(self.meaning, self._why(choice), "secondary")
        self.changed.emit()

    def _why(self, choice: CaseChoice) -> str:
        at = formats.when(choice.opened_at, self._clock())
        return JUST if choice.newest else f"abierto {at}"


def spelt(choice: CaseChoice) -> str:
    """«C-2207 · Violencia en el hogar · GÓMEZ, Ana»."""
    return " · ".join(filter(None, (f"C-{choice.case_id}", choice.subject, choice.person)))
