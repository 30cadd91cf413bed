"""An open case of a client's or a person's, found while one types."""

from iduo_desktop.services import messages
from iduo_desktop.services.forms import Field
from iduo_desktop.services.messages import Destination
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Value
from iduo_desktop.ui.widgets.finding_editor import FIRST, FindingEditor
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.labels import say

NONE_OPEN = "Nadie así tiene un caso abierto. Abrí o reabrí uno, y volvé."
_FIELD = Field("destination", "", "Caso", "choice", True, None, (), None, "", 200, ())


class OpenCaseEditor(FindingEditor):
    """Its value is the case's id."""

    def __init__(self, clock: Clock, operations: Operations):
        hint = "¿De quién es? Apellido, número, documento o teléfono"
        super().__init__(_FIELD, clock, hint, "open_cases", "Casos abiertos", preselects=True)
        self.line.setAccessibleName("Pasar al caso de")
        self._operations = operations
        self._chosen: Destination | None = None
        self._list.chosen.connect(self._take)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)

    def value(self) -> Value:
        return None if self._chosen is None else str(self._chosen.case_id)

    def set_value(self, value: Value) -> None:
        """Only emptied from outside."""
        if value is None:
            self._forget()
            self._chosen = None
            self.line.clear()
            say(self.meaning, "")

    def _type(self) -> None:
        self._chosen = None
        self._forget()
        say(self.meaning, "")
        if len(self.line.text().strip()) >= FIRST:
            self._pause.start()
        self.changed.emit()

    def _ask(self) -> None:
        self._follow(self._operations.run(self, messages.destinations, self.line.text().strip()), self._show)

    def _show(self, found: tuple[Destination, ...]) -> None:
        self._list.offer([Line(each.text, each.why, each) for each in found])
        if not found and not self.is_blank():
            say(self.meaning, NONE_OPEN, "secondary")

    def _take(self, chosen: Destination) -> None:
        self._chosen = chosen
        self.line.setText(chosen.text)
        self.line.setCursorPosition(0)
        say(self.meaning, f"Caso C-{chosen.case_id}", "secondary")
        self.changed.emit()
