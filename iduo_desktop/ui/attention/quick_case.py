"""A case alone: of whom and about what; how urgent and the rest in the full form."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import attentions
from iduo_desktop.services.attentions import Attended, Attention
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.attention.fields import USUAL_CASE, case_fields
from iduo_desktop.ui.attention.quick_dialog import About, QuickDialog
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import TextEditor, fixed_field
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.person_editor import PersonEditor

NOBODY = "Elegí de quién es el caso."


class CaseDialog(QuickDialog):
    """«Nuevo caso» of a person whom one knows; it is the same command as for a whole attention."""

    def __init__(
        self, operations: Operations, drafts: Drafts, about: About, clock: Clock, parent: QWidget | None = None
    ):
        super().__init__(operations, drafts, "new_case", about, ("Nuevo caso", "Crear caso"), parent)
        who = fixed_field("who", "De quién", FieldKind.TEXT, required=True, max_length=200)
        subject, priority, risk, description = case_fields()
        self.who = PersonEditor(who, clock, operations, knows=True)
        quick = ChainForm((who, subject), clock, {"who": self.who, "subject": TextEditor(subject, clock)})
        quick.few = len(quick.rows)
        self.who.watch_keys()
        if self.draft.restored_at is None and about.contact_id is not None:
            self.who.show_person(about.contact_id, about.person)
        self.show_forms(quick, ChainForm((priority, risk, description), clock), USUAL_CASE)
        if about.contact_id is not None:
            if self.draft.restored_at is None:
                self.who.show_person(about.contact_id, about.person)
            quick.row("subject").editor.input.setFocus()

    def ask(self) -> Operation[Attended]:
        said = self.said()
        attention = Attention(
            contact_id=int(str(said["#contact"])),
            subject=str(said["subject"]),
            description=str(said.get("description", "")),
            priority=str(said["priority"]),
            risk=str(said["risk"]),
            holds_call=False,
        )
        return self.operations.run(self, attentions.attend, attention, self.draft.key)

    def values(self) -> Values:
        typed = super().values()
        if self.about.contact_id is not None and {**typed} == {**USUAL_CASE, "who": self.about.person}:
            return {}
        known = {"#contact": str(self.who.contact_id)} if self.who.contact_id is not None else {}
        return {**typed, **known} if typed else {}

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values(values)
        known = values.get("#contact")
        self.who.show_person(int(str(known)) if known else None, str(values.get("who") or ""))
