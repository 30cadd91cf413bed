"""Open a closed case again; only coordinators may."""

from uuid import UUID

from iduo_desktop.services import Database, cases
from iduo_desktop.services.cases import Done
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.widgets.fields import fixed_field


class ReopenDialog(ReasonDialog):
    """Asks why; the case goes back to its list, free for anybody."""

    kind = "reopen"
    verb = "Reabrir caso"

    def explain(self) -> str:
        closed = f"Se cerró el {formats.exact(self.card.closed_at)}" if self.card.closed_at else "Está cerrado"
        reason = f" ({self.card.closing_reason})" if self.card.closing_reason else ""
        return f"{closed}{reason}. Vuelve a su lista, libre para quien lo tome."

    def fields(self) -> tuple[Field, ...]:
        return (fixed_field("reason", "Por qué", FieldKind.LONG_TEXT, required=True, max_length=500),)

    def command(self) -> Command:
        return _reopen


def _reopen(database: Database, case_id: int, values: Answers, key: UUID) -> Done:
    return cases.reopen(database, case_id, str(values["reason"]), key)
