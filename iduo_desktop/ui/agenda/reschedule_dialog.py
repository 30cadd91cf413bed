"""Moving something to another time, with a reason that stays in its history."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtWidgets import QLineEdit, QWidget

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Item, Scheduled
from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.dialog import SAFE, AgendaDialog, moment_problem
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock, DateBox
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.shift import Shift


class RescheduleDialog(AgendaDialog):
    """When instead, and why."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        item: Item,
        shift: Shift,
        clock: Clock,
        parent: QWidget | None = None,
    ):
        draft = FormDraft(drafts, "reschedule", words.number(item), f"Reprogramar: {item.discreet}")
        super().__init__(operations, draft, "Reprogramar", "Reprogramar", parent)
        self.setObjectName("reschedule_dialog")
        self._item = item
        self.when = DateBox(clock, with_time=True, ahead=True, beside=False, warn=shift.warning)
        self.when.edit.setAccessibleName("Cuándo, obligatorio")
        self.reason = QLineEdit(maxLength=500, placeholderText="No atendió, pidió otro día…")
        self.reason.setObjectName("reschedule_reason")
        self.reason.setAccessibleName("Motivo, obligatorio")
        now = formats.when(item.due_at, clock())
        self.row("Es", ElidedLabel("reschedule_what", f"{item.title} · {now}"))
        self.row("Cuándo *", self.when, self.when.edit)
        self.when.meaning.setWordWrap(True)
        self.when.meaning.setMinimumHeight(2 * self.when.meaning.fontMetrics().lineSpacing())
        self.below(self.when.meaning)
        self.row("Motivo *", self.reason)
        self.when.changed.connect(self.keep)
        self.reason.textEdited.connect(self.keep)
        self.ready()
        self.when.edit.setFocus()

    def ask(self) -> Operation[Scheduled]:
        """Move it."""
        said, item = self.draft.values(), self._item
        at = datetime.fromisoformat(str(said["at"]))
        values = (item.kind, item.id, at, str(said["reason"]), item.version, self.draft.key, str(said[SAFE]))
        return self.operations.run(self, agenda.reschedule, *values)

    def values(self) -> Mapping[str, object]:
        moment = self.when.moment()
        if not self.when.edit.text() and not self.reason.text():
            return {}
        at = moment.isoformat() if moment is not None else ""
        said = {"when": self.when.edit.text(), "reason": self.reason.text().strip(), SAFE: self.safe.text().strip()}
        return {"at": at, **said}

    def set_values(self, values: Mapping[str, object]) -> None:
        self.when.edit.setText(str(values.get("when", "")))
        self.reason.setText(str(values.get("reason", "")))

    def problem(self) -> tuple[str, QWidget] | None:
        wrong = moment_problem(self.when)
        if wrong is None and not self.reason.text().strip():
            return "Escribí el motivo: queda en la historia.", self.reason
        return wrong

    def field(self, name: str) -> QWidget | None:
        return {"at": self.when.edit, "reason": self.reason}.get(name)
