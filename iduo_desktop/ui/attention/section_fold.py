"""A section of the person's record, folded until it is asked: filled in while one listens, saved with the rest."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.contact_records import Section
from iduo_desktop.services.forms import Form
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.section_form import SectionForm

THERE = "Ya tiene datos, de {who} ({when}). Lo que completes acá se agrega; lo que dejes vacío queda como está."


class SectionFold(QWidget):
    """How much was answered stands beside the title, folded or not."""

    changed = Signal()
    finished = Signal()

    def __init__(self, form: Form, clock: Clock):
        super().__init__()
        self.version = form.version
        self.title = form.title
        self.view = SectionForm(form.fields, clock)
        self.remark = sentence("secondary", f"section_remark_{form.version}")
        self._nothing = button(
            "No dijo nada de esto", f"section_nothing_{form.version}", self.view.say_nothing, role="link"
        )
        self._content = QWidget()
        self.below = QVBoxLayout(self._content)
        self.below.setContentsMargins(8, 4, 0, 4)
        self.below.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.remark, 1)
        row.addStretch(0)
        row.addWidget(self._nothing)
        self.below.addLayout(row)
        self.below.addWidget(self.view)
        self.fold = Fold(form.title, self._content)
        self.fold.setObjectName(f"section_{form.version}")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.fold)
        column.addWidget(self._content)
        self.view.changed.connect(self.changed)
        self.view.finished.connect(self.finished)
        self.fold.toggled_open.connect(self._go_in)

    def know(self, section: Section | None) -> None:
        """What his record has of it already; what it says is not shown here."""
        filled = section is not None and section.filled_at is not None
        when = f"{formats.here(section.filled_at):%d/%m/%Y}" if section is not None and section.filled_at else ""
        say(self.remark, THERE.format(who=section.filled_by, when=when) if filled and section is not None else "")

    def show_refusal(self, field: str, problem: str) -> bool:
        """Show what the database refused."""
        self.fold.open(True)
        return self.view.show_error(field, problem)

    def values(self) -> dict[str, Any]:
        """What was answered."""
        return self.view.values()

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show what was answered before; a section with answers stands open."""
        self.view.set_values(values)
        self.fold.open(bool(values))

    def check(self) -> list[FieldRow]:
        """What is wrong; a section that nobody touched is not asked for."""
        wrong = self.view.check() if self.view.values() else []
        if wrong:
            self.fold.open(True)
        return wrong

    def _go_in(self, on: bool) -> None:
        if on and self.fold.hasFocus():
            first = self.view.first_blank(required=False) or self.view.first()
            if first is not None:
                first.setFocus()
