"""Dialogs about one case that ask for a reason and little more: move, take over, reopen."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import Database
from iduo_desktop.services.cases import CaseCard, Done
from iduo_desktop.services.forms import Field
from iduo_desktop.services.promises import Extended
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label

Answers = Mapping[str, object]
Command = Callable[[Database, int, Answers, UUID], Done | Extended]


class ReasonDialog(FormDialog):
    """A few fixed fields about a case and one command. A subclass is one verb."""

    kind = ""
    verb = ""
    hint = ""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        card: CaseCard,
        parent: QWidget | None = None,
        clock: Clock = formats.now,
    ):
        self.card = card
        title = f"{self.verb} — {card.client}"
        super().__init__(operations, FormDraft(drafts, self.kind, card.id, title), title, self.verb, parent)
        self.setObjectName(f"{self.kind}_dialog")
        hint = self.explain()
        if hint:
            self.body.addWidget(label(hint, "secondary", "hint"))
        form = FormView(self.fields(), clock)
        self.show_form(form)

    def fields(self) -> tuple[Field, ...]:
        """What is asked."""
        raise NotImplementedError  # each verb has its own

    def explain(self) -> str:
        """A line above the fields."""
        return self.hint

    def command(self) -> Command:
        """What is asked of the database with the answers."""
        raise NotImplementedError  # each verb has its own

    def ask(self) -> Operation[Any]:
        return self.operations.run(self, self.command(), self.card.id, self.draft.values(), self.draft.key)

    def wanted_width(self) -> int:
        return 520
