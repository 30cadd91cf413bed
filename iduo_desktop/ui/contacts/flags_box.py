"""What everybody must see on a person: raised for a time or for ever, and lowered."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import ContactRecord, Flag
from iduo_desktop.services.contacts import Kept
from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button, small
from iduo_desktop.ui.widgets.date_box import Clock, DateBox
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence


class FlagsBox(QWidget):
    """A line each, and two inputs to raise one; what is typed waits while another person is looked at.

    Who does not work with people (`works`) only reads.
    """

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, *, works: bool):
        super().__init__()
        self._works = works
        self._operations = operations
        self._notice = notice
        self._clock = clock
        self._contact = 0
        self._key = uuid4()
        self._unsaved: dict[int, str] = {}
        self._lines: list[QWidget] = []
        self.setObjectName("flags_box")
        self.text = QLineEdit(maxLength=200)
        self.text.setObjectName("flag_text")
        self.text.setAccessibleName("Aviso")
        self.text.setPlaceholderText("Qué tienen que ver todos")
        self.until = DateBox(clock, ahead=True, beside=True)
        self.until.edit.setObjectName("flag_until")
        self.until.edit.setAccessibleName("Hasta qué día; vacío, siempre")
        self._problem = sentence("error", "flag_problem")
        self._save = button("Poner aviso", "flag_save", self.save, role="primary")
        self._add = button("Agregar aviso", "flag_add", self.begin, role="link")
        self._add.setStyleSheet("padding: 2px 0px; text-align: left")
        if not works:
            self._add.hide()
        self._form = QWidget()
        self._lay_out()
        self._form.hide()

    def show_record(self, record: ContactRecord) -> None:
        """Show the flags of this person."""
        if record.id != self._contact:
            self._put_away(record.id)
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = [self._line(flag) for flag in record.flags]
        for number, line in enumerate(self._lines):
            self._column.insertWidget(number, line)

    def begin(self, text: str = "") -> None:
        """Type one."""
        self._form.show()
        self._add.hide()
        self.text.setText(text)
        self.text.setFocus()

    def save(self) -> None:
        """Raise it."""
        text = self.text.text().strip()
        problem = "Escribí el aviso" if not text else self.until.problem()
        say(self._problem, problem)
        if problem:
            (self.until.edit if text else self.text).setFocus()
            return
        moment = self.until.moment()
        contact, until = self._contact, moment.date() if moment is not None else None
        asked = self._operations.run(self, contact_records.raise_flag, contact, text, until, self._key)
        asked.busy(self._form).then(partial(self._saved, contact, text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._form.isVisible():
            self._shut()
        elif event.key() in ENTER and self._typing():
            self.save()
        else:
            super().keyPressEvent(event)

    def _typing(self) -> bool:
        return self.text.hasFocus() or self.until.edit.hasFocus() or self._save.hasFocus()

    def _put_away(self, contact: int) -> None:
        if self._form.isVisible() and self.text.text().strip():
            self._unsaved[self._contact] = self.text.text()
        self._close()
        self._contact = contact
        waiting = self._unsaved.pop(contact, "")
        if waiting:
            self.begin(waiting)

    def _shut(self) -> None:
        self._close()
        self._add.setFocus()

    def _close(self) -> None:
        self._form.hide()
        self._add.setVisible(self._works)
        self.text.clear()
        self.until.set_moment(None)
        say(self._problem, "")
        self._key = uuid4()

    def _saved(self, contact: int, text: str, _kept: Kept) -> None:
        self._notice.show(f"Aviso puesto: {text}")
        if contact == self._contact:
            self._shut()

    def _lower(self, flag: Flag) -> None:
        asked = self._operations.run(self, contact_records.lower_flag, self._contact, flag.id, uuid4())
        back = partial(self._raise_again, self._contact, flag)
        asked.then(lambda _: self._notice.show(f"Sacaste el aviso «{flag.text}»", undo=back))
        self._add.setFocus()

    def _raise_again(self, contact: int, flag: Flag) -> Operation[Kept]:
        return self._operations.run(self, contact_records.raise_flag, contact, flag.text, flag.until, uuid4())

    def _line(self, flag: Flag) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        until = f"hasta el {formats.day(flag.until)}" if flag.until else "sin vencimiento"
        by = f"{until}, de {flag.by_name}" if flag.by_name else until
        out = small("Sacar", f"flag_{flag.id}_out", partial(self._lower, flag), "link")
        out.setAccessibleName(f"Sacar el aviso {flag.text}")
        if not self._works:
            out.hide()
        row.addWidget(label(f"⚠ {flag.text}", "warning", f"flag_{flag.id}"), 1)
        row.addWidget(label(by, "secondary", wraps=False))
        row.addWidget(out)
        return holder

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._form)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 3)
        row.addWidget(label("hasta", "secondary", wraps=False))
        row.addWidget(self.until, 2)
        row.addWidget(self._save)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._form)
        self._column.addWidget(self._problem)
        self._column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)
