"""The support network: persons with records of their own; reading it leaves a trace, adding to it does not."""

from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, contact_records
from iduo_desktop.services.contact_records import ContactRecord, Relation
from iduo_desktop.services.contacts import Kept
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.reason_line import ReasonLine
from iduo_desktop.ui.contacts.section_box import CANNOT, SectionFold
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button, small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import fixed_field
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.person_editor import PersonEditor
from iduo_desktop.ui.widgets.sender import KEY

_FIELDS = (
    fixed_field("person", "Quién", FieldKind.TEXT, required=True),
    fixed_field("what", "Qué es", FieldKind.TEXT, required=True, max_length=80, help="Madre, amiga, vecino, médica…"),
    fixed_field("note", "Nota", FieldKind.TEXT, max_length=300),
)


class NetworkBox(QWidget):
    """`person_asked` brings a contact's id, `new_asked` the name of somebody who is nobody's record yet.

    Who does not work with people (`works`) is told that it is reserved.
    """

    person_asked = Signal(int)
    new_asked = Signal(str)
    grown = Signal()

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, *, works: bool):
        super().__init__()
        self._works = works
        self._operations = operations
        self._notice = notice
        self._record: ContactRecord | None = None
        self._reason = ""
        self._key = uuid4()
        self._lines: list[QWidget] = []
        self._unsaved: dict[int, tuple[dict[str, Any], int | None]] = {}
        self.setObjectName("network_box")
        person, what, note = _FIELDS
        self.person = PersonEditor(person, clock, operations, knows=True, makes=True)
        self.person.new_asked.connect(self.new_asked)
        self.form = FormView((person, what, note), clock, editors={"person": self.person})
        self.person.watch_keys()
        self.form.finished.connect(self.save)
        self._lay_out()
        self._close_form()

    def show_record(self, record: ContactRecord) -> None:
        """Show whose network it is; what was opened stays open for the same person."""
        other = self._record is None or record.id != self._record.id
        if other:
            self._put_away(record.id)
        count = formats.plural(record.network, "persona", "personas") if record.network else "sin nadie"
        changed = self._record is not None and not other and record.network != self._record.network
        self._record = record
        self.fold.rename(f"🔒 Red de apoyo · {count}")
        if changed and self._reason and self.fold.is_open:
            self._ask(self._reason)

    def open(self) -> None:
        """Unfold it."""
        self.fold.open(True)

    def begin(self) -> None:
        """Add somebody."""
        self._form.show()
        self._add.hide()
        self.person.line.setFocus()
        self.grown.emit()

    def take_person(self, contact: int, name: str) -> None:
        """The new contact was kept: he is who is added."""
        self.fold.open(True)
        self.begin()
        self.person.show_person(contact, name)
        self.person.changed.emit()
        blank = self.form.first_blank()
        if blank is not None:
            blank.setFocus()

    def save(self) -> None:
        """Add who was chosen."""
        record, known, wrong = self._record, self.person.contact_id, self.form.check()
        if record is None or known is None or wrong:
            for row in wrong[:1]:
                row.editor.input.setFocus()
            return
        said = {key: str(value) for key, value in self.form.values().items()}
        values = (record.id, known, said["what"], said.get("note", ""), self._key)
        asked = self._operations.run(self, contact_records.relate, *values).busy(self._form)
        asked.then(partial(self._added, record.id, self.person.line.text())).refused(self._refuse)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in ENTER
        if event.key() == Qt.Key.Key_Escape and self._form.isVisible():
            self._close_form()
            self._add.setFocus()
        elif event.key() == Qt.Key.Key_Escape and self.fold.is_open:
            self._leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._form.isVisible():
            self.save()
        else:
            super().keyPressEvent(event)

    def _put_away(self, contact: int) -> None:
        """Another person comes: what was typed for this one waits, and what was read is gone."""
        if self._record is not None and self._form.isVisible() and not self.person.is_blank():
            self._unsaved[self._record.id] = (dict(self.form.values()), self.person.contact_id)
        self._reason = ""
        self._close_form()
        self.fold.open(False)
        waiting = self._unsaved.pop(contact, None)
        if waiting is not None:
            self.fold.open(True)
            self.form.set_values(waiting[0])
            self.person.show_person(waiting[1], str(waiting[0].get("person", "")))
            self._form.show()
            self._add.hide()

    def _toggle(self, opened: bool) -> None:
        say(self._problem, CANNOT if opened and not self._works else "", "error" if self._works else "secondary")
        self._forget()
        if opened and self._works and self._record is not None and self._record.network:
            self.reason.show()
            QTimer.singleShot(0, self, self.reason.begin)
        else:
            self.reason.hide()
            self._reason = ""
        self.grown.emit()

    def _leave(self) -> None:
        self.fold.open(False)
        self.fold.setFocus()

    def _ask(self, reason: str) -> None:
        if self._record is None:
            return
        asked = self._operations.run(self, _read, self._record.id, reason)
        asked.busy(self.reason).then(partial(self._take, self._record.id, reason))
        asked.refused(self._fail).failed(self._fail)

    def _take(self, contact: int, reason: str, network: tuple[Relation, ...]) -> None:
        if self._record is None or contact != self._record.id or not self.fold.is_open:
            return
        self._reason = reason
        self.reason.hide()
        self._forget()
        for relation in network:
            line = self._line(relation)
            self._lines.append(line)
            self._list.addWidget(line)
        if not self._form.isVisible():
            self._add.setFocus()
        self.grown.emit()

    def _fail(self, error: UserError | OperationError) -> None:
        if self.reason.isVisible():
            self.reason.refuse(error.message)
        else:
            say(self._problem, error.message)

    def _refuse(self, error: UserError) -> None:
        say(self._problem, error.message)
        self.person.line.setFocus()

    def _forget(self) -> None:
        lines, self._lines = self._lines, []
        for line in lines:
            line.hide()
            line.deleteLater()

    def _added(self, contact: int, name: str, _kept: Kept) -> None:
        self._notice.show(f"{name} quedó en la red de apoyo")
        if self._record is not None and contact == self._record.id:
            self._close_form()
            self._add.setFocus()

    def _remove(self, relation: Relation) -> None:
        record = self._record
        if record is not None:
            asked = self._operations.run(self, contact_records.unrelate, record.id, relation.id, uuid4())
            said = f"Sacaste a {relation.person} de la red de apoyo"
            asked.then(lambda _: self._notice.show(said, undo=partial(self._put_back, record.id, relation)))
            self._add.setFocus()

    def _put_back(self, contact: int, relation: Relation) -> Operation[Kept]:
        values = (contact, relation.contact_id, relation.what, relation.note, uuid4())
        return self._operations.run(self, contact_records.relate, *values)

    def _line(self, relation: Relation) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        name = f"network_{relation.id}"
        text = " · ".join(part for part in (relation.what, relation.phone, relation.note) if part)
        who = small(relation.person, name, partial(self.person_asked.emit, relation.contact_id), "link")
        who.setToolTip("Abrir su ficha")
        out = small("Sacar", f"{name}_out", partial(self._remove, relation), "link")
        out.setAccessibleName(f"Sacar a {relation.person}")
        row.addWidget(who)
        row.addWidget(label(text, "", f"{name}_what"), 1)
        row.addWidget(out)
        return holder

    def _close_form(self) -> None:
        self._form.hide()
        self._add.setVisible(self._works)
        self._key = uuid4()
        self.form.set_values({})
        self.person.show_person(None, "")
        say(self._problem, "")

    def _lay_out(self) -> None:
        self._content = QWidget()
        self.fold = SectionFold(self._content)
        self.fold.setObjectName("network_fold")
        self.fold.toggled_open.connect(self._toggle)
        self.reason = ReasonLine("network")
        self.reason.given.connect(self._ask)
        self.reason.left.connect(self._leave)
        self._problem = sentence("error", "network_problem")
        self._add: QPushButton = button("Agregar a la red", "network_add", self.begin, role="link")
        self._add.setStyleSheet("padding: 2px 0px; text-align: left")
        self._form = QWidget()
        inside = QVBoxLayout(self._form)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.form)
        inside.addWidget(flow((button("Agregar", "network_save", self.save, key=KEY, role="primary"),)))
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(16, 0, 0, 8)
        inner.setSpacing(6)
        inner.addWidget(self.reason)
        inner.addLayout(self._list)
        for widget in (self._form, self._problem):
            inner.addWidget(widget)
        inner.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._content)
        self.reason.hide()


def _read(database: Database, contact: int, reason: str) -> tuple[Relation, ...]:
    receipt = contact_records.open_section(database, contact, 0, reason).receipt
    return contact_records.network(database, contact, receipt)
