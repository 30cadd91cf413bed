"""«2 Caso»: a new one, or one of the person's that are open."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.contact_records import ContactCase
from iduo_desktop.terms import FieldKind, Priority
from iduo_desktop.ui import formats
from iduo_desktop.ui.attention.chain import ChainForm, go_to
from iduo_desktop.ui.attention.editors import OfferEditor, ShortTextEditor
from iduo_desktop.ui.attention.fields import NEW_CASE, USUAL_CASE, case_fields
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import TextEditor, fixed_field
from iduo_desktop.ui.widgets.form import FieldRow, FormView

NO_SUBJECT = "Completá el tema del caso."
WHAT = "Qué dijo"


class CaseBlock(QWidget):
    """Which case is asked only where there is a choice."""

    changed = Signal()
    finished = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self._clock = clock
        which = fixed_field("case", "Caso", FieldKind.CHOICE, required=True)
        self.which = OfferEditor(which, clock)
        self.choice = ChainForm((which,), clock, {"case": self.which})
        subject, priority, risk, description = case_fields()
        editors = {
            "subject": TextEditor(subject, clock),
            "description": ShortTextEditor(description, clock),
        }
        self.new = ChainForm((subject, priority, risk, description), clock, editors, passed=("priority", "risk"))
        said = fixed_field("call_note", WHAT, FieldKind.LONG_TEXT, max_length=2000)
        self.more = ChainForm((said,), clock, {"call_note": ShortTextEditor(said, clock)})
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for form in self.forms():
            form.changed.connect(self._follow)
            column.addWidget(form)
        self.choice.finished.connect(self._go_on)
        self.new.finished.connect(self.finished)
        self.more.finished.connect(self.finished)
        self.show_cases(())
        self.set_values({})

    def forms(self) -> tuple[FormView, ...]:
        """All that may be asked, in reading order."""
        return self.choice, self.new, self.more

    @property
    def is_new(self) -> bool:
        """Whether a case is to be made."""
        return self.which.value() in {NEW_CASE, None}

    def show_cases(self, cases: Iterable[ContactCase]) -> None:
        """Offer the person's open cases, the newest first; a new one comes first."""
        found = [(str(each.id), self._spell(each)) for each in cases if not each.closed]
        self.which.offer_choices([(NEW_CASE, "Caso nuevo"), *found])
        self.choice.setVisible(bool(found) or not self.is_new)
        if not found and self.which.value() is None:
            self.which.set_value(NEW_CASE)

    def values(self) -> dict[str, Any]:
        """What was typed; nothing where only what is usual is there."""
        case = {} if self.is_new else {"case": self.which.value()}
        typed = self.new.values()
        return {**case, **({} if typed == USUAL_CASE else typed), **self.more.values()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        self.which.set_value(str(values.get("case") or NEW_CASE))
        self.new.set_values({**USUAL_CASE, **values})
        self.more.set_values(values)
        for form in self.forms():
            for row in form.rows:
                row.show_error("")
        self._show_which()

    def check(self) -> list[FieldRow]:
        """What is wrong."""
        wrong = self.choice.check()
        if not self.is_new:
            return wrong + self.more.check()
        wrong += self.new.check()
        if self.new.row("subject").editor.is_blank():
            self.new.row("subject").show_error(NO_SUBJECT)
        return wrong

    def missing(self) -> QWidget | None:
        """What to ask first."""
        return self.new.first() if self.is_new else self.more.first()

    def focus_first(self) -> None:
        """Begin here: which case where there is a choice, else its subject."""
        go_to(self.missing() if self.choice.isHidden() else self.choice.first())

    def _go_on(self) -> None:
        go_to(self.missing())

    def _follow(self) -> None:
        self._show_which()
        self.changed.emit()

    def _show_which(self) -> None:
        self.new.setVisible(self.is_new)
        self.more.setVisible(not self.is_new)

    def _spell(self, case: ContactCase) -> str:
        """«C-2207 · Violencia en el hogar · 18/11 · prioridad alta»."""
        today = formats.here(self._clock()).date()
        opened = formats.short_day(formats.here(case.opened_at).date(), today)
        pressing = case.priority not in {Priority.NORMAL.value, Priority.LOW.value}
        urgent = f"prioridad {Priority(case.priority).label.lower()}" if pressing else ""
        return " · ".join(filter(None, (f"C-{case.id}", case.subject, opened, urgent)))
