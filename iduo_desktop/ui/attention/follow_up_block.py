"""«4 Seguimiento»: the call that is planned, in the operator's words, with what it means always shown."""

from collections.abc import Mapping
from typing import Any

from iduo_desktop.services.attentions import HelpDesk
from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.attention.fields import USUAL_CALL, follow_up_fields
from iduo_desktop.ui.attention.toggled import Toggled
from iduo_desktop.ui.widgets.date_box import Clock, Warn
from iduo_desktop.ui.widgets.fields import MomentEditor

PASSED = ("direction", "remind", "who", "follow_note", "safe_reason")


class FollowUpBlock(Toggled):
    """Why outside the safe hours is asked only when the database wants to know."""

    def __init__(self, clock: Clock, warn: Warn):
        fields = follow_up_fields()
        self.at = MomentEditor(fields[0], clock, beside=False, warn=warn)
        self.at.input.setObjectName("field_at")
        form = ChainForm(fields, clock, {"at": self.at}, passed=PASSED)
        self._desk = dict(USUAL_CALL)
        super().__init__("follow", "Programar un seguimiento", form, self._desk)

    def decide(self, desk: HelpDesk) -> None:
        """What is usual here; what somebody chose already stays."""
        before = dict(self._desk)
        self._desk["direction"] = desk.follow_up_direction
        self._desk["remind"] = str(desk.follow_up_remind)
        for key in ("direction", "remind"):
            editor = self.form.row(key).editor
            if editor.value() in {before[key], None}:
                editor.set_value(self._desk[key])

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values(values)
        self._show_reason(wanted=bool(values.get("safe_reason")))

    def show_refusal(self, field: str, problem: str) -> bool:
        """Show what the database refused; it may want to know why one calls at a dangerous hour."""
        if field == "safe_reason":
            self._show_reason(wanted=True)
        return self.form.show_error({"note": "follow_note"}.get(field, field), problem)

    def _show_reason(self, *, wanted: bool) -> None:
        row = self.form.row("safe_reason")
        row.label.setVisible(wanted)
        row.cell.setVisible(wanted)
