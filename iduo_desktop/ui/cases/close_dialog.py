"""F7: close a case with the organisation's form, filled by one digit or by hand."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import cases, forms
from iduo_desktop.services.cases import CaseCard, Done
from iduo_desktop.services.forms import Form, Template
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.keys import PLAIN
from iduo_desktop.ui.widgets.labels import label

KIND = "close"
TOLD = "#told"  # the answers in words, for who reads them without the form
_BY_HAND = 0
_VERSION = "#version"


class CloseDialog(FormDialog):
    """The closing form and, folded, the one for a future contact. `closed` tells the case and the event to undo.

    `known` are the forms as they were asked last, by list: one closes with them while there is no line.
    """

    closed = Signal(object, object)

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        card: CaseCard,
        parent: QWidget | None = None,
        clock: Clock = formats.now,
        known: dict[str, Form] | None = None,
    ):
        self._card = card
        self._clock = clock
        self._known = {} if known is None else known
        self._form: Form | None = None
        self._early: int | None = None
        title = f"Cerrar caso — {card.client} ({ServiceStatus(card.list).label})"
        super().__init__(operations, FormDraft(drafts, KIND, card.id, title), title, "Cerrar caso", parent)
        self.setObjectName("close_dialog")
        self._loading = label("Cargando el formulario…", "secondary", "loading")
        self.body.addWidget(self._loading)
        self.resize(self.wanted_width(), 320)
        self.saved.connect(self._tell)
        if operations.online or card.list not in self._known:
            operations.run(self, forms.closing_form, card.id).then(self._show_form).failed(self._not_loaded)
        else:
            self._show_form(self._known[card.list])

    def ask(self) -> Operation[Done]:
        version, answers = answers_of(self.draft.values(), self._form.version if self._form else 0)
        return self.operations.run(self, cases.close, self._card.id, version, json.dumps(answers), self.draft.key)

    def values(self) -> Values:
        """The answers, with the version of the form that they were given to: asked again, it must be the same."""
        answers = super().values()
        if not answers or self._form is None:
            return answers
        told = [line for form in self.forms for line in form.told()]
        return {**answers, _VERSION: str(self._form.version), TOLD: json.dumps(told)}

    def check(self) -> bool:
        return self._form is not None and super().check()

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values(values)
        self._fold.open(any(key in values for key in self._future_keys()))

    def show_field_error(self, field: str, problem: str) -> bool:
        self._fold.open(self._fold.is_open or field in self._future_keys())
        return super().show_field_error(field, problem)

    def scroll_to(self, widget: QWidget) -> None:
        if self.forms[1].isAncestorOf(widget):
            self._fold.open(True)
        super().scroll_to(widget)

    def wanted_width(self) -> int:
        many = self._form is not None and sum(field.part == "closing" for field in self._form.fields) > 6
        return 900 if many else 800

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdecimal() and event.modifiers() in PLAIN:
            self._fill(int(event.text()))
        else:
            super().keyPressEvent(event)

    def _show_form(self, form: Form) -> None:
        self._form = self._known[self._card.list] = form
        self._loading.hide()
        if form.templates:
            self.body.addWidget(self._quick_bar(form.templates))
        closing = FormView((field for field in form.fields if field.part == "closing"), self._clock)
        future = FormView((field for field in form.fields if field.part != "closing"), self._clock)
        self.forms = [closing, future]
        self._fold = Fold("Para un próximo contacto (opcional)", future)
        self._fold.setObjectName("future_fold")
        self._fold.setVisible(bool(future.rows))
        for widget in (closing, self._fold, future):
            self.body.addWidget(widget)
        closing.show()
        self.body.addStretch(1)
        self.foot.addWidget(self._before_closing())
        closing.digit_typed.connect(self._fill)
        self.ready()
        closing.take_keyboard()
        if self._early is not None:
            self._fill(self._early)

    def _not_loaded(self, error: Exception) -> None:
        if self._card.list in self._known:
            self._show_form(self._known[self._card.list])
            return
        self.operations.refused.emit(error)
        self.reject()

    def _quick_bar(self, templates: tuple[Template, ...]) -> QWidget:
        """A button for each template. They take no focus: their digit is quicker, and Tab goes to the fields."""
        bar = QWidget()
        flow = FlowLayout(bar)
        flow.addWidget(label("Cierre rápido:", "secondary", wraps=False))
        for digit, text in [(each.digit, each.label) for each in templates] + [(_BY_HAND, "Completar a mano")]:
            quick = button(f"{digit} {text}", f"quick_{digit}", partial(self._fill, digit))
            quick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            quick.setAutoDefault(False)
            flow.addWidget(quick)
        return bar

    def _future_keys(self) -> set[str]:
        return {field.key for field in self._form.fields if field.part != "closing"} if self._form else set()

    def _before_closing(self) -> QWidget:
        if self._card.contacted_today:
            return label("Antes de cerrar: ✔ comunicación registrada hoy", "ok", "before_closing")
        return label("Antes de cerrar: ⚠ hoy no hay ninguna comunicación registrada", "warning", "before_closing")

    def _fill(self, digit: int) -> None:
        """Fill from the template with this digit; then the first field that still needs an answer has the focus."""
        if self._form is None or not self.content.isEnabled():
            self._early = digit
            return
        closing = self.forms[0]
        template = next((each for each in self._form.templates if each.digit == digit), None)
        if template is not None:
            for form in self.forms:
                form.fill(template)
        blank = closing.first_blank() or (closing.first() if digit == _BY_HAND else None)
        if blank is not None:
            self.scroll_to(blank)

    def _tell(self, done: Done) -> None:
        self.closed.emit(done.case_id, done.event)


def answers_of(values: Mapping[str, Any], otherwise: int = 0) -> tuple[int, dict[str, Any]]:
    """The version of the form, and the answers alone, as the database takes them."""
    return int(str(values.get(_VERSION, otherwise))), {key: each for key, each in values.items() if key[0] != "#"}
