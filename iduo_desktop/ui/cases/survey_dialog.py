"""A survey that is filled during a contact."""

import json

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import surveys
from iduo_desktop.services.cases import CaseCard, Done
from iduo_desktop.services.forms import Form
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label

KIND = "survey"
_VERSION = "#version"


class SurveyDialog(FormDialog):
    """The survey's form, as an administrator made it. `saved` brings what was done."""

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        card: CaseCard,
        survey: SurveyRow,
        parent: QWidget | None = None,
        clock: Clock = formats.now,
    ):
        self._card, self._clock = card, clock
        self._form: Form | None = None
        title = f"{survey.title} — {card.client}"
        super().__init__(
            operations, FormDraft(drafts, f"{KIND}_{survey.form_id}", card.id, title), title, "Guardar", parent
        )
        self.setObjectName("survey_dialog")
        self._loading = label("Cargando la encuesta…", "secondary", "loading")
        self.body.addWidget(self._loading)
        self.resize(self.wanted_width(), 240)
        asked = operations.run(self, surveys.form, survey.form_id)
        asked.then(self._show_form).refused(self._not_loaded).failed(self._not_loaded)

    def ask(self) -> Operation[Done]:
        answers = self.draft.values()
        version = int(str(answers.pop(_VERSION, self._form.version if self._form else 0)))
        return self.operations.run(self, surveys.answer, self._card.id, version, json.dumps(answers), self.draft.key)

    def values(self) -> Values:
        """The answers, with the version of the form that they were given to."""
        answers = super().values()
        return {**answers, _VERSION: str(self._form.version)} if answers and self._form else answers

    def check(self) -> bool:
        return self._form is not None and super().check()

    def show_field_error(self, field: str, problem: str) -> bool:
        return any(form.show_error(field, problem) for form in self.forms)

    def _show_form(self, form: Form) -> None:
        self._form = form
        self._loading.hide()
        view = FormView(form.fields, self._clock)
        self.forms = [view]
        self.body.addWidget(view)
        self.body.addStretch(1)
        view.show()
        self.ready()
        view.take_keyboard()

    def _not_loaded(self, error: Exception) -> None:
        self.operations.refused.emit(error)
        self.reject()
