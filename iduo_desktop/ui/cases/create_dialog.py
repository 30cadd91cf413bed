"""A new case for a client who is found while one types."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import cases
from iduo_desktop.services.cases import Done
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.terms import CaseList, FieldKind, ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.client_editor import ClientEditor
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog

KIND = "create"
_SHOWN = "#client"
_LISTS = tuple((status.value, CaseList(status.value).label) for status in ServiceStatus)
_TAKEN: Values = {"take": True}


class CreateDialog(FormDialog):
    """Client, subject, list, and whether it is one's own at once. `saved` brings what was done."""

    def __init__(
        self, operations: Operations, drafts: Drafts, parent: QWidget | None = None, clock: Clock = formats.now
    ):
        super().__init__(operations, FormDraft(drafts, KIND, 0, "Nuevo caso"), "Nuevo caso", "Crear caso", parent)
        self.setObjectName("create_dialog")
        fields = (
            fixed_field("company", "Cliente", FieldKind.TEXT, required=True),
            fixed_field("subject", "Asunto", FieldKind.TEXT, required=True, max_length=200),
            fixed_field("list", "Lista", FieldKind.CHOICE, required=True, options=_LISTS),
            fixed_field("take", "Tomarlo ahora", FieldKind.YES_NO, required=True),
        )
        self._client = ClientEditor(fields[0], clock, operations)
        self._client.found.connect(self._preset)
        form = FormView(fields, clock, editors={"company": self._client})
        form.set_values(_TAKEN)
        self.forms = [form]
        self.body.addWidget(form)
        self.body.addStretch(1)
        self.ready()
        self._client.line.setFocus()

    def ask(self) -> Operation[Done]:
        answers = self.draft.values()
        company, subject, to = int(str(answers["company"])), str(answers["subject"]), str(answers["list"])
        return self.operations.run(self, cases.create, company, subject, to, answers["take"] is True, self.draft.key)

    def values(self) -> Values:
        """The answers, and how the client is shown; nothing when only what was preset is there."""
        answers = super().values()
        if self._client.is_blank() and answers == _TAKEN:
            return {}
        return {**answers, _SHOWN: self._client.line.text()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values({**_TAKEN, **values})
        company = values.get("company")
        self._client.show_client(int(company) if company else None, values.get(_SHOWN, ""))

    def wanted_width(self) -> int:
        return 620

    def _preset(self, hit: CompanyHit) -> None:
        """A client's case belongs, unless one says otherwise, to the list of his service."""
        row = next(row for row in self.forms[0].rows if row.field.key == "list")
        if row.editor.is_blank():
            row.editor.set_value(hit.service_status)
