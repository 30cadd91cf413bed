"""Why one may pause, and how long such a pause is meant to last."""

from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import supervision
from iduo_desktop.services.supervision import PauseReason
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.row_list import Column
from iduo_desktop.ui.settings.words import active_field, in_use
from iduo_desktop.ui.widgets.fields import fixed_field

MOST = 10_000  # more is refused all the same
OPEN_END = "sin tiempo fijo"


class PauseReasonsPage(ListPage[PauseReason]):
    """The reasons that everybody is offered."""

    name = "pause_reasons"
    title = "Motivos de pausa"
    hint = "Quien está en pausa no recibe avisos. Pasados los minutos, su pausa se marca, pero no termina sola."
    tables = frozenset({"pause_reason"})

    def columns(self) -> tuple[Column[PauseReason], ...]:
        return (
            Column("Motivo", lambda reason: reason.label),
            Column("Cuánto dura", lambda reason: _long(reason.minutes), 140),
            Column("Estado", lambda reason: in_use(reason.active), 110),
        )

    def key(self, row: PauseReason) -> object:
        return row.id

    def load(self) -> None:
        self.office.operations.run(self, supervision.pause_reasons).then(self.show_rows)

    def dialog(self, row: PauseReason | None) -> EditDialog:
        return PauseReasonDialog(self.office, row, self)


class PauseReasonDialog(EditDialog):
    """One reason."""

    def __init__(self, office: Office, reason: PauseReason | None, parent: QWidget):
        self._id = reason.id if reason else None
        help_text = "De 1 a 480; vacío si no tiene un tiempo fijo"
        fields = (
            fixed_field("label", "Motivo", FieldKind.TEXT, required=True, max_length=40),
            fixed_field("minutes", "Minutos", FieldKind.NUMBER, help=help_text),
            active_field(),
        )
        minutes = str(reason.minutes) if reason and reason.minutes is not None else None
        known = {"label": reason.label, "minutes": minutes, "active": reason.active} if reason else {"active": True}
        title = f"Motivo de pausa: {reason.label}" if reason else "Agregar motivo de pausa"
        super().__init__(office, "pause_reason", self._id or "", title, "Guardar", fields, known, parent)

    def ask(self) -> Operation[Any]:
        minutes, active = self.text("minutes"), self.answers.get("active") is True
        values = (self._id, self.text("label"), min(round(float(minutes)), MOST) if minutes else None, active)
        return self.operations.run(self, supervision.save_pause_reason, *values)


def _long(minutes: int | None) -> str:
    return OPEN_END if minutes is None else formats.plural(minutes, "minuto", "minutos")
