"""Move a case to another list, with a reason and until when."""

from datetime import date
from uuid import UUID

from iduo_desktop.services import Database, cases
from iduo_desktop.services.cases import Done
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import CaseList, FieldKind, ServiceStatus
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.widgets.fields import fixed_field


class MoveDialog(ReasonDialog):
    """Asks which list, why, and until when."""

    kind = "move"
    verb = "Mover a otra lista"

    def explain(self) -> str:
        return f"Está en {CaseList(self.card.list).label}."

    def fields(self) -> tuple[Field, ...]:
        lists = tuple((each.value, CaseList(each.value).label) for each in ServiceStatus if each != self.card.list)
        return (
            fixed_field("to", "Lista", FieldKind.CHOICE, required=True, options=lists),
            fixed_field("reason", "Por qué", FieldKind.LONG_TEXT, required=True, max_length=500),
            fixed_field("until", "Hasta", FieldKind.DATE, ahead=True, help="Ese día vuelve a aparecer primero"),
        )

    def command(self) -> Command:
        return _move


def _move(database: Database, case_id: int, values: Answers, key: UUID) -> Done:
    until = date.fromisoformat(str(values["until"])) if "until" in values else None
    return cases.move(database, case_id, str(values["to"]), str(values["reason"]), until, key)
