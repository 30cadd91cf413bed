"""A planned call is made now: how to reach the person without danger, at which number, and what became of it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Item, Scheduled
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.columns import phone
from iduo_desktop.ui.agenda.dialog import AgendaDialog
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import label


class CallDialog(AgendaDialog):
    """1 it was held, 2 it was not, 3 another time; Esc leaves it as it was. The number is in the clipboard."""

    another_time = Signal()

    def __init__(self, operations: Operations, drafts: Drafts, item: Item, parent: QWidget | None = None):
        draft = FormDraft(drafts, "agenda_call", words.number(item), f"Llamada: {item.discreet}")
        super().__init__(operations, draft, "Llamar", "1 Se hizo", parent)
        self.setObjectName("call_dialog")
        self._item = item
        self._held = True
        self.number = label(phone(item) or "Sin teléfono", "title", "call_dialog_number", wraps=False)
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.note = QLineEdit(maxLength=500, placeholderText="Nota (optativa)")
        self.note.setObjectName("call_dialog_note")
        self.note.setAccessibleName("Nota")
        self._make_rows()
        self.note.textEdited.connect(self.keep)
        self.ready()
        if item.phone:
            QGuiApplication.clipboard().setText(item.phone_e164 or item.phone)

    def ask(self) -> Operation[Scheduled]:
        """It was held, or not."""
        item, said = self._item, self.draft.values()
        held, note = bool(said.get("held", self._held)), str(said.get("note", ""))
        return self.operations.run(self, agenda.finish, item.kind, item.id, held, note, item.version, self.draft.key)

    def values(self) -> Mapping[str, object]:
        return {"note": self.note.text().strip(), "held": self._held}

    def set_values(self, values: Mapping[str, object]) -> None:
        self.note.setText(str(values.get("note", "")))
        self._held = bool(values.get("held", True))

    def problem(self) -> None:
        """Nothing has to be said."""

    def submit(self) -> None:
        """Enter: it was held."""
        self.end(held=True)

    def field(self, name: str) -> QWidget | None:
        return self.note if name == "note" else None

    def end(self, *, held: bool) -> None:
        """What became of it."""
        if not self.draft.sent:
            self._held = held
        super().submit()

    @property
    def held(self) -> bool:
        """Whether it was held."""
        return self._held

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, except while one writes the note."""
        acts: dict[str, Callable[[], object]] = {"1": self.submit, "2": self._not_held, "3": self._move}
        act = acts.get(event.text())
        if act is not None and not self.note.hasFocus():
            act()
        else:
            super().keyPressEvent(event)

    def _make_rows(self) -> None:
        item = self._item
        self.row("A", ElidedLabel("call_dialog_who", item.person or item.title))
        self.row("Teléfono", self.number)
        safe = label(item.safe, "warning", "call_dialog_safe")
        if item.safe:
            self.row("⚠ Cuidado", safe)
        if item.note:
            self.row("Motivo", label(item.note, "", "call_dialog_reason"))
        self.row("Nota", self.note)
        others = QHBoxLayout()
        others.setSpacing(8)
        others.addWidget(self._other("2 No se pudo", "call_not_held", self._not_held))
        others.addWidget(self._other("3 Reprogramar", "call_another_time", self._move))
        others.addStretch(1)
        self.row("", others)
        self.primary.setFocus()

    def _other(self, text: str, name: str, act: Callable[[], object]) -> QWidget:
        made = button(text, name, act)
        made.setAutoDefault(False)
        return made

    def _not_held(self) -> None:
        self.end(held=False)

    def _move(self) -> None:
        self.another_time.emit()
        self.reject()
