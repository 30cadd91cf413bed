"""«Red de apoyo»: who stands by the person; each is a contact of his own."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.attention.chain import ChainForm
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.person_editor import PersonEditor
from iduo_desktop.ui.widgets.reach_editors import PhoneEditor


class Supporting(QWidget):
    """One of them: somebody whom one knows, or a new contact."""

    changed = Signal()
    finished = Signal()
    gone = Signal(object)

    def __init__(self, operations: Operations, clock: Clock, area_code: str):
        super().__init__()
        who = fixed_field("who", "Quién", FieldKind.TEXT, required=True, max_length=200)
        what = fixed_field("what", "Qué es", FieldKind.TEXT, required=True, max_length=80)
        phone = fixed_field("phone", "Teléfono", FieldKind.PHONE, max_length=60)
        note = fixed_field("note", "Nota", FieldKind.TEXT, max_length=500)
        self.who = PersonEditor(who, clock, operations)
        phone_editor = PhoneEditor(phone, clock, area_code)
        self.form = ChainForm(
            (who, what, phone, note), clock, {"who": self.who, "phone": phone_editor}, passed=("note",)
        )
        self.who.watch_keys()
        what_editor = self.form.row("what").editor.input
        what_editor.setToolTip("Madre, pareja, amiga, vecino…")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.form, 1)
        self.drop = button("Quitar", "supporter_drop", lambda: self.gone.emit(self), role="link")
        row.addWidget(self.drop)
        self.form.changed.connect(self.changed)
        self.form.finished.connect(self.finished)

    def values(self) -> dict[str, Any]:
        """Who he is."""
        known = {"#contact": self.who.contact_id} if self.who.contact_id is not None else {}
        return {**self.form.values(), **known}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        self.form.set_values(values)
        self.who.show_person(values.get("#contact"), str(values.get("who") or ""))


class NetworkBox(QWidget):
    """As many as there are; none to begin with."""

    changed = Signal()
    finished = Signal()

    def __init__(self, operations: Operations, clock: Clock, area_code: str):
        super().__init__()
        self._given = (operations, clock, area_code)
        self.people: list[Supporting] = []
        self.more = button("Agregar a alguien", "supporter_add", self.add)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        self._column.addLayout(row)

    def add(self) -> Supporting:
        """One more."""
        made = Supporting(*self._given)
        made.changed.connect(self.changed)
        made.finished.connect(self.more.setFocus)
        made.gone.connect(self._drop)
        self._column.insertWidget(len(self.people), made)
        self.people.append(made)
        number = len(self.people)
        for row in made.form.rows:
            row.editor.input.setObjectName(f"supporter_{number}_{row.field.key}")
        made.drop.setObjectName(f"supporter_{number}_drop")
        QWidget.setTabOrder(made.drop, self.more)
        made.form.focus_first()
        return made

    def values(self) -> list[dict[str, Any]]:
        """All of whom something was typed."""
        return [typed for each in self.people if (typed := each.values())]

    def set_values(self, people: Sequence[Mapping[str, Any]]) -> None:
        """Show those of before."""
        for each in [*self.people]:
            self._drop(each)
        for values in people:
            self.add().set_values(values)

    def check(self) -> list[FieldRow]:
        """What is wrong; somebody of whom nothing was typed is nobody."""
        return [row for each in self.people if each.values() for row in each.form.check()]

    def show_refusal(self, number: int, field: str, problem: str) -> bool:
        """Show what the database refused of one of them."""
        typed = [each for each in self.people if each.values()]
        key = {"surname": "who", "names": "who", "document": "who"}.get(field, field)
        return number < len(typed) and typed[number].form.show_error(key, problem)

    def _drop(self, gone: Supporting) -> None:
        self.people.remove(gone)
        self._column.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        self.changed.emit()
