"""A call alone: one that took place, or one that is planned."""

from datetime import datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Scheduled
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import Direction, FieldKind
from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.attention.fields import ANYBODY, MINE, PLANNED, REMINDS, USUAL_CALL, WHO
from iduo_desktop.ui.attention.quick_dialog import About, QuickDialog
from iduo_desktop.ui.attention.related_editor import RelatedEditor
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets import moments
from iduo_desktop.ui.widgets.date_box import Clock, Warn
from iduo_desktop.ui.widgets.fields import Editor, MomentEditor, fixed_field
from iduo_desktop.ui.widgets.fields import editor as input_for

HELD, NOT_HELD = "held", "not_held"
KINDS = (
    ("inbound_held", "Entrante – Realizada"),
    ("outbound_held", "Saliente – Realizada"),
    ("outbound_not_held", "Saliente – No realizada"),
    ("inbound_not_held", "Entrante – No realizada"),
)
MOST_MINUTES = 600
_PAST = "Esa hora todavía no llegó"


def case_field(*, required: bool = False) -> Field:
    """Which case something belongs to."""
    return fixed_field("case", "Relacionado con", FieldKind.TEXT, required=required, max_length=200)


class RecordCallDialog(QuickDialog):
    """«Registrar llamada»: what kind, of which case, what was said; when and how long in the full form."""

    def __init__(
        self, operations: Operations, drafts: Drafts, about: About, clock: Clock, parent: QWidget | None = None
    ):
        super().__init__(operations, drafts, "record_call", about, ("Registrar llamada", "Registrar"), parent)
        self._clock = clock
        related = case_field(required=about.contact_id is None)
        kind = fixed_field("kind", "Estado", FieldKind.CHOICE, required=True, options=KINDS)
        note = fixed_field("note", "Nota", FieldKind.LONG_TEXT, max_length=2000)
        began = fixed_field("time", "Hora de inicio", FieldKind.TIME, help="De hoy; sin hora, ahora")
        minutes = fixed_field("minutes", "Minutos", FieldKind.NUMBER)
        self.related = RelatedEditor(related, clock, operations, about.contact_id, about.person)
        quick = ChainForm((related, kind, note), clock, {"case": self.related})
        quick.few = len(quick.rows)
        self.show_forms(quick, ChainForm((began, minutes), clock), {"kind": KINDS[0][0]})

    def ask(self) -> Operation[Scheduled]:
        said = self.said()
        direction, _, held = str(said["kind"]).partition("_")
        minutes = int(float(str(said.get("minutes", "0"))))
        values = (*_whose(said, self.about), self._at(said, minutes), minutes)
        note = str(said.get("note", ""))
        return self.operations.run(self, agenda.record_call, *values, direction, held == HELD, note, self.draft.key)

    def check(self) -> bool:
        if not super().check():
            return False
        minutes = str(self.forms[1].values().get("minutes", "0"))
        if not minutes.isdecimal() or int(minutes) > MOST_MINUTES:
            return not self.show_field_error("minutes", f"Escribí los minutos, entre 0 y {MOST_MINUTES}")
        typed = str(self.forms[1].values().get("time", ""))
        hour = moments.read_time(typed) if typed else None
        now = self._clock()
        if hour is not None and now.replace(hour=hour.hour, minute=hour.minute) > now:
            return not self.show_field_error("time", _PAST)
        return True

    def _at(self, said: dict[str, Any], minutes: int) -> datetime:
        """When it began: at the hour that was typed, else so long ago as it took."""
        hour = moments.read_time(str(said.get("time", "")))
        now = self._clock().replace(second=0, microsecond=0)
        return now - timedelta(minutes=minutes) if hour is None else now.replace(hour=hour.hour, minute=hour.minute)


class PlanCallDialog(QuickDialog):
    """«Programar llamada»: when, of which case; kind, reminder and for whom in the full form."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        about: About,
        clock: Clock,
        warn: Warn,
        parent: QWidget | None = None,
    ):
        super().__init__(operations, drafts, "plan_call", about, ("Programar llamada", "Programar"), parent)
        related = case_field(required=about.contact_id is None)
        at = fixed_field("at", "Cuándo", FieldKind.DATE, required=True, ahead=True)
        note = fixed_field("note", "Nota", FieldKind.TEXT, max_length=500)
        self.related = RelatedEditor(related, clock, operations, about.contact_id, about.person)
        when = MomentEditor(at, clock, beside=False, warn=warn)
        when.input.setObjectName("field_at")
        quick = ChainForm((at, related, note), clock, {"case": self.related, "at": when})
        quick.few = len(quick.rows)
        direction = fixed_field("direction", "Tipo", FieldKind.CHOICE, required=True, options=PLANNED)
        full = (direction, *reminder_fields(), safe_field())
        form = ChainForm(full, clock)
        self.show_forms(quick, form, USUAL_CALL)

    def ask(self) -> Operation[Scheduled]:
        said = self.said()
        values = (*_whose(said, self.about), datetime.fromisoformat(str(said["at"])))
        whom = (None, said["who"] == ANYBODY)
        text, key, why = str(said.get("note", "")), self.draft.key, str(said.get("safe_reason", ""))
        how = (str(said.get("direction", Direction.OUTBOUND.value)), int(str(said["remind"])))
        return self.operations.run(self, agenda.plan_call, *values, *how, *whom, text, key, why)


class TaskDialog(QuickDialog):
    """«Nueva tarea»: what, until when, of which case; reminder, for whom and a note in the full form."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        about: About,
        clock: Clock,
        warn: Warn,
        parent: QWidget | None = None,
    ):
        super().__init__(operations, drafts, "new_task", about, ("Nueva tarea", "Guardar"), parent)
        title = fixed_field("title", "Tarea", FieldKind.TEXT, required=True, max_length=200)
        due = fixed_field("due_at", "Vence", FieldKind.DATE, required=True, ahead=True)
        related = case_field()
        note = fixed_field("note", "Nota", FieldKind.LONG_TEXT, max_length=2000)
        self.related = RelatedEditor(related, clock, operations, about.contact_id, about.person)
        when = MomentEditor(due, clock, beside=False, warn=warn)
        when.input.setObjectName("field_due_at")
        own: dict[str, Editor] = {"case": self.related, "due_at": when, "title": input_for(title, clock)}
        quick = ChainForm((title, due, related), clock, own)
        quick.few = len(quick.rows)
        self.show_forms(quick, ChainForm((*reminder_fields(), note), clock), {"remind": "10", "who": MINE})

    def ask(self) -> Operation[Scheduled]:
        said = self.said()
        values = (str(said["title"]), datetime.fromisoformat(str(said["due_at"])), *_whose(said, self.about))
        whom = (None, said["who"] == ANYBODY)
        how = (int(str(said["remind"])),)
        return self.operations.run(
            self, agenda.add_task, *values, *how, *whom, str(said.get("note", "")), self.draft.key
        )


def reminder_fields() -> tuple[Field, Field]:
    """How long before it reminds, and whom."""
    return (
        fixed_field("remind", "Aviso", FieldKind.CHOICE, required=True, options=REMINDS),
        fixed_field("who", "Para quién", FieldKind.CHOICE, required=True, options=WHO),
    )


def safe_field() -> Field:
    """Why outside the hours in which the person may be called without danger."""
    asked = "Solo si es fuera de las horas en que se puede llamar a esta persona sin peligro"
    return fixed_field("safe_reason", "Por qué a esa hora", FieldKind.TEXT, max_length=500, help=asked)


def _whose(said: dict[str, Any], about: About) -> tuple[int | None, int | None]:
    """The case, which has its person; without one, the person."""
    case = said.get("case")
    return (int(str(case)), None) if case is not None else (None, about.contact_id)
