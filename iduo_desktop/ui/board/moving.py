"""Work that goes to other hands: who takes it and why, asked in one dialog; what was done is said with its undo."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import supervision
from iduo_desktop.services.staff import Person
from iduo_desktop.services.supervision import Moved
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label

LISTS = "-"
REASSIGN, PASS_ON, END_PAUSE = "reassign", "pass_on", "end_pause"
CASES = ("caso", "casos")


class _Dialog(FormDialog):
    """A few fields about work or a person. `key` is what the command went with, `to` who gets it (None: the lists)."""

    def __init__(self, operations: Operations, draft: FormDraft, title: str, verb: str, parent: QWidget):
        super().__init__(operations, draft, title, verb, parent)
        self.key: UUID = draft.key
        self.to: str | None = None

    def lay_out(self, name: str, hint: str, form: FormView) -> None:
        """The hint above, the fields below it."""
        self.setObjectName(name)
        self.body.addWidget(label(hint, "secondary", "dialog_hint"))
        self.show_form(form)

    def wanted_width(self) -> int:
        return 560


class MoveDialog(_Dialog):
    """Cases that somebody chose go to one person, or back to their lists. `saved` brings what was moved."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        clock: Clock,
        cases: tuple[int, ...],
        people: tuple[Person, ...],
        parent: QWidget,
    ):
        draft = FormDraft(drafts, REASSIGN, 0, "Pasar casos")
        super().__init__(operations, draft, "Pasar casos", "Pasar", parent)
        self._cases = cases_of(draft.values()) if draft.sent else cases
        counted = formats.plural(len(self._cases), *CASES)
        self.setWindowTitle(f"Pasar {counted}")
        self.setAccessibleName(f"Pasar {counted}")
        hint = "Lo que alguien está atendiendo ahora mismo queda donde está. Se puede deshacer durante 5 minutos."
        self.lay_out("move_cases_dialog", hint, _form(clock, people, "Devolverlos a sus listas"))

    def values(self) -> dict[str, Any]:
        typed = super().values()
        return {**typed, "cases": [*self._cases]} if any(typed.values()) else {}

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values({name: value for name, value in values.items() if name != "cases"})

    def ask(self) -> Operation[Any]:
        values, self.key = self.draft.values(), self.draft.key
        self.to = _to(values)
        reason = str(values["reason"])
        return self.operations.run(self, supervision.reassign, cases_of(values), self.to, reason, self.key)


class PassOnDialog(_Dialog):
    """All that somebody who is out has open goes to one person, or back to the lists."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        clock: Clock,
        login: str,
        people: tuple[Person, ...],
        parent: QWidget,
    ):
        person = next(each for each in people if each.login == login)
        title = f"Pasar todo el trabajo de {person.full_name}"
        super().__init__(operations, FormDraft(drafts, f"{PASS_ON}:{login}", 0, title), title, "Pasar todo", parent)
        self._login = login
        opened = formats.plural(person.open_cases, "caso abierto", "casos abiertos")
        hint = f"{person.full_name} tiene {opened}; pasan también sus llamadas agendadas y sus tareas."
        others = tuple(each for each in people if each.login != login)
        self.lay_out("pass_on_dialog", hint, _form(clock, others, "Devolverlo a las listas"))

    def ask(self) -> Operation[Any]:
        values, self.key = self.draft.values(), self.draft.key
        self.to = _to(values)
        reason = str(values["reason"])
        return self.operations.run(self, supervision.pass_on, self._login, self.to, reason, self.key)


class EndPauseDialog(_Dialog):
    """A coordinator ends somebody's pause for him, and says why."""

    def __init__(
        self, operations: Operations, drafts: Drafts, clock: Clock, login: str, name: str, doing: str, parent: QWidget
    ):
        title, verb = f"Terminar la pausa de {name}", "Terminar la pausa"
        super().__init__(operations, FormDraft(drafts, f"{END_PAUSE}:{login}", 0, title), title, verb, parent)
        self._login = login
        reason = fixed_field("reason", "Por qué", FieldKind.TEXT, required=True, max_length=500)
        hint = f"Está en pausa: {doing}. Su programa vuelve a avisarle enseguida; queda registrado quién la terminó."
        self.lay_out("end_pause_dialog", hint, FormView((reason,), clock))

    def ask(self) -> Operation[Any]:
        return self.operations.run(self, supervision.end_pause_of, self._login, str(self.draft.values()["reason"]))


def told(moved: Moved, to: str, *, everything: bool = False) -> str:
    """«Pasaste 12 casos a Juan Paz; 2 quedaron: los está atendiendo»; `everything`: calls and tasks too."""
    unit = ("caso, llamada o tarea", "casos, llamadas y tareas") if everything else CASES
    counted = formats.plural(moved.moved, *unit)
    said = f"Pasaste {counted} a {to}" if to else f"Devolviste {counted} a {'las listas' if everything else 'la lista'}"
    if not moved.stayed:
        return said
    stayed = formats.plural(moved.stayed, "quedó", "quedaron")
    return f"{said}; {stayed}: {moved.left}" if moved.left else f"{said}; {stayed}"


def told_back(moved: Moved) -> str:
    """«Volvieron 12 casos; 1 cambió después: queda como está.»"""
    back = "Volvió 1" if moved.moved == 1 else f"Volvieron {formats.count(moved.moved)}"
    return f"{back}; {moved.left}" if moved.left else back


def _form(clock: Clock, people: tuple[Person, ...], back: str) -> FormView:
    takers = tuple((each.login, _named(each)) for each in people if each.active and works(each))
    fields = (
        fixed_field("to", "Pasar a", FieldKind.CHOICE, required=True, options=((LISTS, back), *takers)),
        fixed_field("reason", "Por qué", FieldKind.TEXT, required=True, max_length=300),
    )
    return FormView(fields, clock)


def _named(person: Person) -> str:
    return f"{person.full_name} · {formats.plural(person.open_cases, *CASES)}"


def _to(values: Mapping[str, object]) -> str | None:
    to = str(values["to"])
    return None if to == LISTS else to


def cases_of(values: Mapping[str, object]) -> tuple[int, ...]:
    """The cases that a kept form names."""
    found = values.get("cases")
    return tuple(int(each) for each in found) if isinstance(found, list) else ()
