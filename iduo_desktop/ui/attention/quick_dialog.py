"""A short form for one thing; «Formulario completo» shows all of it, and keeps what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.attention.related_editor import RelatedEditor
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.form import Values
from iduo_desktop.ui.widgets.form_dialog import FormDialog

FULL, QUICK = "Formulario completo", "Formulario rápido"
_SHOWN = "#case_shown"


@dataclass(frozen=True, slots=True)
class About:
    """What is on the screen when somebody opens a short form: a person, a case, and how they are called."""

    contact_id: int | None = None
    person: str = ""
    case_id: int | None = None
    case: str = ""

    @property
    def number(self) -> int:
        """What tells its draft from others."""
        return self.case_id or -(self.contact_id or 0)


class QuickDialog(FormDialog):
    """A subclass gives its two forms to `show_forms` and says what is asked of the database.

    `usual` is what stands in the fields before anybody typed; it alone is no draft.
    """

    def __init__(
        self,
        operations: Operations,
        drafts: Drafts,
        kind: str,
        about: About,
        titles: tuple[str, str],
        parent: QWidget | None = None,
    ):
        title, verb = titles
        super().__init__(operations, FormDraft(drafts, kind, about.number, title), title, verb, parent)
        self.setObjectName(f"{kind}_dialog")
        self.about = about
        self.related: RelatedEditor | None = None
        self._usual: Values = {}
        self.full: ChainForm | None = None
        self.more = button(FULL, "full_form", self.toggle_full, role="link")
        self.more.setAutoDefault(False)

    def show_forms(self, quick: ChainForm, full: ChainForm, usual: Mapping[str, Any]) -> None:
        """Both forms are there; the full one is folded away, unless a draft has something in it."""
        self.full = full
        self._usual = dict(usual)
        self.forms = [quick, full]
        if self.related is not None:
            self.related.watch_keys()
        for form in self.forms:
            form.set_values(usual)
            self.body.addWidget(form)
        self.body.addStretch(1)
        self.foot.addWidget(self.more)
        said = self.draft.values()
        self._show_full(on=any(key in said and said[key] != usual.get(key) for key in self._keys(full)))
        self.ready()
        self._preset()
        quick.take_keyboard()

    def toggle_full(self) -> None:
        """Show all that may be asked, or only what is needed."""
        if self.full is None:
            return
        on = self.full.isHidden()
        self._show_full(on=on)
        first = self.full.first() if on else self.forms[0].first()
        if first is not None:
            self.scroll_to(first)

    def values(self) -> Values:
        typed = super().values()
        case = {} if self.related is None or self.related.value() is None else {_SHOWN: self.related.line.text()}
        plain = {key: value for key, value in typed.items() if key != "case"}
        return {} if plain == self._usual else {**typed, **case}

    def set_values(self, values: Mapping[str, Any]) -> None:
        super().set_values({**self._usual, **values})
        if self.related is not None and values.get("case"):
            self.related.show_case(int(values["case"]), str(values.get(_SHOWN, "")))

    def said(self) -> dict[str, Any]:
        """All answers, as they go to the database."""
        return {**self._usual, **self.draft.values()}

    def show_field_error(self, field: str, problem: str) -> bool:
        """An error in the full form shows it."""
        if self.full is not None and field in self._keys(self.full):
            self._show_full(on=True)
        return super().show_field_error(field, problem)

    def check(self) -> bool:
        if self.full is not None and self.full.isHidden() and self.full.check():
            self._show_full(on=True)
        return super().check()

    def wanted_width(self) -> int:
        return 620

    def _keys(self, form: ChainForm) -> list[str]:
        return [row.field.key for row in form.rows]

    def _show_full(self, *, on: bool) -> None:
        if self.full is not None:
            self.full.setVisible(on)
            name_button(self.more, QUICK if on else FULL)

    def _preset(self) -> None:
        if self.related is None or self.draft.restored_at is not None:
            return
        if self.about.case_id is not None:
            self.related.show_case(self.about.case_id, self.about.case or f"C-{self.about.case_id}")
        else:
            self.related.preset()
