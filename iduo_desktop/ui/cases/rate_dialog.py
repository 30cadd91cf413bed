"""Say how urgent a case is and how much danger its person is in."""

from uuid import UUID

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import Database, cases
from iduo_desktop.services.cases import CaseCard, Done
from iduo_desktop.services.forms import Field
from iduo_desktop.terms import FieldKind, Priority, Risk
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.reason_dialog import Answers, Command, ReasonDialog
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field


class RateDialog(ReasonDialog):
    """Priority and risk as they are, to be changed; a risk goes down with a reason, by a coordinator."""

    kind = "rate"
    verb = "Cambiar prioridad o riesgo"
    hint = "Bajar un riesgo es de un coordinador, y lleva el motivo."

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        card: CaseCard,
        parent: QWidget | None = None,
        clock: Clock = formats.now,
    ):
        super().__init__(operations, drafts, card, parent, clock)
        if self.draft.restored_at is None:
            form = self.forms[0]
            form.blockSignals(True)  # what it says already is nothing typed
            form.set_values({"priority": card.priority, "risk": card.risk})
            form.blockSignals(False)

    def fields(self) -> tuple[Field, ...]:
        priorities = tuple((each.value, each.label) for each in Priority)
        risks = tuple((each.value, each.label) for each in Risk)
        return (
            fixed_field("priority", "Prioridad", FieldKind.CHOICE, required=True, options=priorities),
            fixed_field("risk", "Riesgo", FieldKind.CHOICE, required=True, options=risks),
            fixed_field("reason", "Por qué", FieldKind.LONG_TEXT, max_length=500),
        )

    def command(self) -> Command:
        return _rate


def _rate(database: Database, case_id: int, values: Answers, key: UUID) -> Done:
    reason = str(values.get("reason", ""))
    return cases.rate(database, case_id, str(values["priority"]), str(values["risk"]), reason, key)
