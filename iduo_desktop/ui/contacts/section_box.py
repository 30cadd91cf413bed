"""One section of a record: folded; reserved ones are opened with a reason; what is typed is saved with Ctrl+Enter."""

import json
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, contact_records
from iduo_desktop.services.contact_records import Section, SectionValues
from iduo_desktop.services.contacts import Kept
from iduo_desktop.services.forms import Form
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.reason_line import ReasonLine
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button, small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.section_form import SectionForm
from iduo_desktop.ui.widgets.sender import KEY, Sender

KIND = "contact_section"
CANNOT = "Es reservada: la lee y la completa quien atiende un caso abierto de esta persona, o quien coordina."


class SectionBox(QWidget):
    """What is stored is read only when somebody opens it, and forgotten when it is folded again.

    Who does not work with people (`works`) cannot change it.
    """

    grown = Signal()

    def __init__(self, operations: Operations, notice: Notice, drafts: Drafts, clock: Clock, *, works: bool):
        super().__init__()
        self._works = works
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self._contact = 0
        self._person = ""
        self._section: Section | None = None
        self._stored: dict[str, Any] = {}
        self._version = 0
        self._form: SectionForm | None = None
        self._draft: FormDraft | None = None
        self._lay_out()

    @property
    def form_id(self) -> int:
        """Which section it is."""
        return self._section.form_id if self._section is not None else 0

    @property
    def is_open(self) -> bool:
        """True while somebody looks at it."""
        return self.fold.is_open

    def show_section(self, contact: int, person: str, section: Section) -> None:
        """Show this section of this person; what is open and typed stays."""
        same = self._section is not None and (contact, section.form_id) == (self._contact, self._section.form_id)
        before, self._section = self._section, section
        self._contact, self._person = contact, person
        self.setObjectName(f"section_{section.form_id}")
        if not same:
            self.shut()
        elif before is not None and before.filled_at != section.filled_at and self._form is not None:
            self._note_change(section)
        self.fold.rename(self._title(section))

    def shut(self) -> None:
        """Fold it; what was typed waits as a draft."""
        self._forget()
        self.fold.open(False)

    def read(self) -> None:
        """Unfold it: what it holds, or first the reason."""
        section = self._section
        if section is None:
            return
        say(self._problem, "")
        if section.reserved and not section.may_read:
            say(self._says, CANNOT)
        elif section.reserved and section.filled_at is not None:
            self.reason.show()
            QTimer.singleShot(0, self, self.reason.begin)
        else:
            self._ask(None)
        self.grown.emit()

    def save(self) -> None:
        """Ctrl+Enter."""
        if self._form is None or self._draft is None or self._sender.running or not self._works:
            return
        wrong = [] if self._draft.sent else self._form.check()
        if wrong:
            wrong[0].editor.input.setFocus()
            return
        if not self._draft.sent:
            self._draft.keep(self._said())
        self._sender.send(partial(self._send, self._draft))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in ENTER
        if event.key() == Qt.Key.Key_Escape and self.is_open:
            self._leave()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.save()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.shut()
        self.fold.setFocus()

    def _toggle(self, opened: bool) -> None:
        if opened:
            self.read()
        else:
            self._forget()

    def _title(self, section: Section) -> str:
        lock = "🔒 " if section.reserved else ""
        if section.filled_at is None:
            return f"{lock}{section.title} · sin completar"
        by = f", {section.filled_by}" if section.filled_by else ""
        return f"{lock}{section.title} · {formats.when(section.filled_at, self._clock())}{by}"

    def _ask(self, reason: str | None) -> None:
        section = self._section
        if section is None:
            return
        question = (self._contact, section, reason)
        asked = self._operations.run(self, _open, *question)
        asked.busy(self.reason).then(lambda held: self._take(question[:2], held)).refused(self._fail).failed(self._fail)

    def _take(self, of: tuple[int, Section], held: SectionValues) -> None:
        if (
            self._section is None
            or of[0] != self._contact
            or of[1].form_id != self._section.form_id
            or not self.is_open
        ):
            return
        self.reason.hide()
        self._clear()
        self._stored = dict(json.loads(held.values or "{}"))
        self._version = held.form.version
        form = self._form = SectionForm(held.form.fields, self._clock)
        self._draft = FormDraft(self._drafts, f"{KIND}:{self._section.form_id}", self._contact, self._heading())
        typed: dict[str, Any] = dict(self._draft.values())
        form.set_values({**self._stored, **typed})
        self._place.insertWidget(0, form)
        form.setEnabled(self._works)
        self._save.setVisible(bool(held.form.fields) and self._works)
        self._foot.show()
        self._sender.take(self._draft)
        form.changed.connect(self._keep)
        form.take_keyboard()
        self.grown.emit()

    def _heading(self) -> str:
        title = self._section.title if self._section is not None else ""
        return f"{title} — {self._person}"

    def _fail(self, error: UserError | OperationError) -> None:
        if self.reason.isVisible():
            self.reason.refuse(error.message)
        else:
            say(self._problem, error.message)

    def _said(self) -> dict[str, Any]:
        """What differs from what is stored; None empties an answer."""
        values = self._form.values() if self._form is not None else {}
        changed: dict[str, Any] = {key: value for key, value in values.items() if value != self._stored.get(key)}
        return {**changed, **{key: None for key in self._stored if key not in values}}

    def _keep(self) -> None:
        if self._draft is not None and not self._sender.running and not self._draft.sent:
            self._sender.say("")
            self._draft.keep(self._said())

    def _send(self, draft: FormDraft) -> Operation[Kept]:
        said = json.dumps(draft.values())
        values = (self._contact, self._version, said, draft.key)
        return self._operations.run(self, contact_records.save_section, *values)

    def _saved(self, _kept: object) -> None:
        title = self._section.title if self._section is not None else ""
        self._notice.show(f"{title}: guardado")
        self._leave()

    def _refused(self, error: UserError) -> None:
        if self._form is not None and error.field and self._form.show_error(error.field, error.message):
            self._sender.say("")

    def _note_change(self, section: Section) -> None:
        """A colleague saved it meanwhile: what is typed here stays, and goes over his where both answered."""
        if not self._sender.running and self._said():
            say(self._says, f"{section.filled_by} la cambió recién. Se guarda solo lo que cambies vos.", "warning")

    def _forget(self) -> None:
        self._clear()
        self.reason.hide()
        self._foot.hide()
        say(self._says, "")
        say(self._problem, "")

    def _clear(self) -> None:
        form, self._form = self._form, None
        self._stored, self._draft = {}, None
        if form is not None:
            form.hide()
            form.setParent(None)
            form.deleteLater()

    def _lay_out(self) -> None:
        self._content = QWidget()
        self.fold = SectionFold(self._content)
        self.fold.toggled_open.connect(self._toggle)
        self.reason = ReasonLine("section")
        self.reason.given.connect(self._ask)
        self.reason.left.connect(self._leave)
        self._says = sentence("secondary", "section_says")
        self._problem = sentence("error", "section_problem")
        self._message = sentence("error", "section_message")
        self._save: QPushButton = button("Guardar", "section_save", self.save, key=KEY, role="primary")
        self._foot = flow((self._save, small("Cerrar", "section_close", self._leave, key="Esc")))
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(16, 0, 0, 8)
        inner.setSpacing(6)
        inner.addWidget(self.reason)
        inner.addWidget(self._says)
        inner.addLayout(self._place)
        inner.addWidget(self._problem)
        inner.addWidget(self._message)
        inner.addWidget(self._foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._content)
        self._sender = Sender(self, [self._content], self._save, self._message, "Guardar")
        self._sender.done.connect(self._saved)
        self._sender.refused.connect(self._refused)
        self._forget()


class SectionFold(Fold):
    """A fold whose title tells who filled it, and when."""

    def __init__(self, content: QWidget):
        super().__init__("", content)
        self.setObjectName("section_fold")

    def rename(self, text: str) -> None:
        """Another title; folded or not as it is."""
        self._text = text
        self.setText(f"{'▾' if self._open else '▸'} {text}")
        self.setAccessibleName(f"{text}, {'desplegado' if self._open else 'plegado'}")


def _open(database: Database, contact: int, section: Section, reason: str | None) -> SectionValues:
    """What a section holds, after the trace that a reserved one needs; of an empty one only the questions."""
    if section.reserved and reason is None:
        return SectionValues(_form(database, section), "{}", None, "")
    receipt = contact_records.open_section(database, contact, section.form_id, reason).receipt if reason else None
    return contact_records.section(database, contact, section.form_id, receipt)


def _form(database: Database, section: Section) -> Form:
    return next(form for form in contact_records.section_forms(database) if form.title == section.title)
