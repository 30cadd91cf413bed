"""A dialog that changes one thing: its fields filled with what is kept, and a question before changes are lost."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.forms import Field
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.unsaved_bar import UnsavedBar
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from iduo_desktop.ui.widgets.labels import label


class EditDialog(FormDialog):
    """`what` tells its draft from others; `initial` is what is kept now, or what a new one begins with."""

    def __init__(
        self,
        office: Office,
        name: str,
        what: object,
        title: str,
        verb: str,
        fields: Iterable[Field],
        initial: Mapping[str, Any],
        parent: QWidget,
        hint: str = "",
    ):
        self._initial: Values = {}
        draft = FormDraft(office.drafts, f"settings_{name}_{what}", 0, title)
        super().__init__(office.operations, draft, title, verb, parent)
        self.setObjectName(f"{name}_dialog")
        self.office = office
        if hint:
            self.body.addWidget(label(hint, "secondary", "dialog_hint"))
        self.form = FormView(fields, office.clock)
        self.forms = [self.form]
        self.form.set_values(initial)
        self._initial = self.form.values()
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.unsaved = UnsavedBar(goes=True)
        self.foot.addWidget(self.unsaved)
        self.ready()
        (self.form.first() or self._primary).setFocus()

    @property
    def answers(self) -> Values:
        """Every answer that is to be saved."""
        return self.draft.values() or self._initial  # type: ignore[return-value]  # a draft holds what the form said

    def text(self, key: str) -> str:
        """An answer of text; empty when there is none."""
        return str(self.answers.get(key) or "")

    def several(self, key: str) -> tuple[str, ...]:
        """The answer of a field of several options."""
        found = self.answers.get(key)
        return tuple(map(str, found)) if isinstance(found, list) else ()

    def values(self) -> Values:
        """What was typed; nothing while it is what is kept."""
        typed = super().values()
        return {} if typed == self._initial else typed

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values(values or self._initial)

    def save(self) -> None:
        """Save before one leaves."""
        self.submit()

    def discard(self) -> None:
        """Forget what was typed."""
        self.draft.discard()

    def reject(self) -> None:
        """Esc: leave at once when nothing was changed, else ask."""
        if self.unsaved.isVisible():
            self.unsaved.stay()
        elif self.values() and not self.draft.sent and self.isVisible():
            self.unsaved.ask(self, super().reject)
        else:
            super().reject()

    def wanted_width(self) -> int:
        return 560
