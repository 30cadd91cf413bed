"""The company that calls: by its number or its management unit as it is said, or by its name."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from iduo_desktop.services import intake
from iduo_desktop.services.assistants import CompanyMatch
from iduo_desktop.services.forms import Field
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import Editor, Value
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say
from iduo_desktop.ui.widgets.line_edits import LeavingLine
from iduo_desktop.ui.widgets.suggestions import Suggestions

FROM_DIGITS = 4
_FROM_LETTERS = 3
_PAUSE_MS = 80
_UNASKED = "⚠ No se pudo buscar: la buscamos al registrar"
_OPEN = "Elegí la empresa de la lista, o borrala."
_NONE = "No hay ninguna empresa así. Corregila, o borrala."


class CompanyEditor(Editor):
    """Its value is the company's id. `chosen` brings it, None when there is none any more; `entered` follows Enter.

    `doubted` tells that nothing fits, or more than one. It is looked for from the fourth digit on, a shorter number
    on Enter or Tab. Answers to what is not there any more are dropped.
    """

    chosen = Signal(object)
    entered = Signal()
    doubted = Signal()

    def __init__(self, field: Field, clock: Clock, operations: Operations):
        super().__init__(field, clock)
        self._operations = operations
        self._asked: Operation[tuple[CompanyMatch, ...]] | None = None
        self._company_id: int | None = None
        self._problem = ""
        self._found: tuple[CompanyMatch, ...] = ()
        self._settling = self._unasked = self._entering = False
        self.line = LeavingLine(maxLength=120)
        self.line.setObjectName("field_company")
        self.line.setPlaceholderText("Número, unidad o nombre")
        self.name = label("", "secondary", "company_name")
        self._hold(self.line)
        self.aside = self.name
        self._list = Suggestions(self.line, "companies", "Empresas que coinciden", preselects=True)
        self._list.chosen.connect(self._pick)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._type)
        self.line.left.connect(self.settle)
        operations.connection_changed.connect(self._lose)

    def watch_keys(self) -> None:
        """Take Enter before the form does; to be called when the form has the input."""
        self.line.removeEventFilter(self._list)
        self.line.installEventFilter(self)
        self.line.installEventFilter(self._list)

    @property
    def company_id(self) -> int | None:
        """The company, once it is known."""
        return self._company_id

    @property
    def unasked(self) -> str:
        """What was typed while there was nobody to ask; empty when it is known, or known to be nothing."""
        return self.line.text().strip() if self._company_id is None and self._unasked else ""

    def value(self) -> Value:
        return None if self._company_id is None else str(self._company_id)

    def set_value(self, value: Value) -> None:
        if value is None:
            self.show_company(None, "", "")

    def show_company(self, company_id: int | None, number: str, name: str) -> None:
        """Show a company that is known already."""
        self._forget()
        self._company_id = company_id
        self.line.setText(number)
        say(self.name, name, "secondary")

    def problem(self) -> str:
        open_question = self._company_id is None and not self.is_blank() and not self._unasked
        return (self._problem or _OPEN) if open_question else ""

    def is_blank(self) -> bool:
        return self._company_id is None and not self.line.text().strip()

    def settle(self) -> None:
        """Look for what is typed now, however short; the only one that fits is taken."""
        if self._company_id is None and not self.is_blank() and not self._problem:
            self._settling = True
            if self._asked is None:
                self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn and self._company_id is None and self._found:
            self._suggest()
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in ENTER:
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if plain:
                self._enter()
            return plain
        return super().eventFilter(watched, event)

    def _enter(self) -> None:
        """Go on at once where an answer is under way; what nobody looked for yet is looked for first."""
        open_question = self._company_id is None and not self.is_blank() and not (self._problem or self._unasked)
        self._entering = open_question and self._asked is None
        self.settle()
        if not self._entering:
            self.entered.emit()

    def _type(self, text: str) -> None:
        known, self._company_id = self._company_id, None
        self._forget()
        say(self.name, "")
        if known is not None:
            self.chosen.emit(None)
        letters = not text.strip().isdecimal()
        if not letters and len(text.strip()) >= FROM_DIGITS:
            self._ask()
        elif letters and len(text.strip()) >= _FROM_LETTERS:
            self._pause.start()
        self.changed.emit()

    def _forget(self) -> None:
        self._pause.stop()
        self._list.offer(())
        self._problem = ""
        self._found = ()
        self._settling = self._unasked = self._entering = False
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self) -> None:
        self._pause.stop()
        if not self._operations.online:
            self._fail()
            return
        self._asked = self._operations.run(self, intake.fitting, self.line.text().strip())
        self._asked.then(self._show).refused(self._fail).failed(self._fail)

    def _lose(self, online: bool) -> None:
        """Nobody waits for an answer of a server that is gone."""
        if not online and self._asked is not None:
            self._asked.stop()
            self._fail()

    def _show(self, found: tuple[CompanyMatch, ...]) -> None:
        self._asked = None
        number = self.line.text().strip()
        exact = [match for match in found if str(match.number) == number] if not self._settling else []
        if len(found) == 1 and (self._settling or exact):
            self._take(found[0])
        elif found:
            self._offer(found)
        elif self._settling:
            self._problem = _NONE
            self.doubted.emit()

    def _offer(self, found: tuple[CompanyMatch, ...]) -> None:
        self._found = found
        if self._settling and len(found) > 1:
            self._problem = f"Coinciden {len(found)}: elegí con ↓ y Enter"
            self.doubted.emit()
        self._suggest()

    def _suggest(self) -> None:
        self._list.offer([Line(*_described(match), match) for match in self._found])

    def _pick(self, match: CompanyMatch) -> None:
        self._take(match)
        self.entered.emit()

    def _take(self, match: CompanyMatch) -> None:
        entering = self._entering
        self._forget()
        self._company_id = match.company_id
        self.line.setText(str(match.number))
        say(self.name, match.name, "secondary")
        self.chosen.emit(match.company_id)
        self.changed.emit()
        if entering:
            self.entered.emit()

    def _fail(self, _error: Exception | None = None) -> None:
        """It could not be asked; it goes with the message as it was typed, and is looked for then."""
        self._asked, self._unasked = None, True
        say(self.name, _UNASKED, "warning")
        entering, self._entering = self._entering, False
        if entering:
            self.entered.emit()


def _described(match: CompanyMatch) -> tuple[str, str]:
    """«1204 · Panificadora Sur SRL», «UG-04 · Rosario»."""
    where = [match.management_unit, match.locality]
    return f"{match.number} · {match.name}", " · ".join(part for part in where if part)
