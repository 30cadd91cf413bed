"""Take a case from the person who has it; only coordinators may."""

from uuid import UUID

from iduo_desktop.services import Database, cases
from iduo_desktop.services.cases import Done
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.widgets.fields import fixed_field


class TakeOverDialog(ReasonDialog):
    """Asks why; the person who had it reads it."""

    kind = "take_over"
    verb = "Quitar a otro"

    def explain(self) -> str:
        holder = self.card.holder or self.card.assigned_to or "otra persona"
        return f"Lo tiene {holder}. Va a ver que lo tomaste y por qué."

    def fields(self) -> tuple[Field, ...]:
        return (fixed_field("reason", "Por qué", FieldKind.LONG_TEXT, required=True, max_length=500),)

    def command(self) -> Command:
        return _take_over


def _take_over(database: Database, case_id: int, values: Answers, key: UUID) -> Done:
    return cases.take_over(database, case_id, str(values["reason"]), key)
