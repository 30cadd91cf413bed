"""A person's data, corrected in place one by one; each correction can be undone."""

import re
from contextlib import suppress
from datetime import date
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import Changed, ContactRecord
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.head import years
from iduo_desktop.ui.contacts.reach_lines import EmailLines, PhoneLines
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.in_place import InPlace
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.reach_editors import plain_document

WHO = (
    ("surname", "Apellido", 120),
    ("names", "Nombre", 120),
    ("document", "Documento", 20),
    ("birth_date", "Nació", 20),
)
RULES = (
    ("safe_when", "Cuándo", 200),
    ("safe_where", "Dónde", 200),
    ("safe_words", "Si atiende otra persona", 500),
)
NOTE = ("note", "Nota", 2000)
_LONG = {"safe_words", "note"}
_NO_DAY = "Escribila así: 3/5/1975"
_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_LABEL_WIDTH = 84


class RecordData(QWidget):
    """Each value is saved by itself. What is typed for one person waits while another one is looked at.

    Who does not work with people (`works`) only reads.
    """

    def __init__(self, operations: Operations, notice: Notice, clock: Clock, area_code: str, *, works: bool):
        super().__init__()
        self.setObjectName("record_data")
        self._operations = operations
        self._notice = notice
        self._clock = clock
        self._record: ContactRecord | None = None
        self._version = 0
        self._unsaved: dict[tuple[int, str], str] = {}
        self._titles = {name: title for name, title, _ in (*WHO, *RULES, NOTE)}
        self.places = {
            name: InPlace(f"record_{name}", title, max_length=longest, long=name in _LONG, fixed=not works)
            for name, title, longest in (*WHO, *RULES, NOTE)
        }
        self.phones = PhoneLines(operations, notice, area_code, works=works)
        self.emails = EmailLines(operations, notice, works=works)
        self._lay_out()

    def show_record(self, record: ContactRecord) -> None:
        """Show this person. A colleague's change does not touch what is being typed, but it is said."""
        other = self._record is None or record.id != self._record.id
        if other:
            self._put_away()
        self._record = record
        self._version = record.version if other else max(self._version, record.version)
        for name, place in self.places.items():
            self._show(place, *self._written(record, name))
            unsaved = self._unsaved.pop((record.id, name), None)
            if unsaved is not None:
                place.begin(unsaved)
        self.phones.show_ways(record.id, record.phones)
        self.emails.show_ways(record.id, record.emails)

    def first(self) -> QWidget | None:
        """What takes the keyboard when the record is opened."""
        return self.places["surname"].findChild(QWidget, "record_surname")

    def _written(self, record: ContactRecord, name: str) -> tuple[str, str]:
        """A value as it is typed, and as it is read."""
        if name == "birth_date":
            born = record.birth_date
            return ("", "") if born is None else (f"{born:%d/%m/%Y}", f"{born:%d/%m/%Y} ({years(record, self._clock)})")
        value = str(getattr(record, name))
        return value, formats.document(value) if name == "document" and value else ""

    def _show(self, place: InPlace, value: str, shown: str) -> None:
        changed = value != place.value
        place.show_value(value, shown)
        if place.editing and changed:
            place.remark(f"Mientras tanto cambió. Ahora dice «{shown or value or 'nada'}». Enter guarda lo tuyo.")

    def _put_away(self) -> None:
        for name, place in self.places.items():
            if place.editing:
                if self._record is not None and place.text() != place.value:
                    self._unsaved[self._record.id, name] = place.text()
                place.finish()

    def _save(self, name: str, text: str) -> None:
        place, record = self.places[name], self._record
        if record is None:
            return
        value = self._read(name, text)
        if value is None:
            place.refuse(_NO_DAY)
            return
        refused = partial(self._refused, record.id, name, text)
        asked = self._change(record.id, name, value).busy(place)
        asked.then(partial(self._saved, record.id, name, text)).refused(refused).failed(refused)

    def _read(self, name: str, text: str) -> str | None:
        """A value as it is kept; None when it is no day that somebody was born on."""
        if name == "document":
            return plain_document(text)
        if name != "birth_date" or not text:
            return text
        born = _born(text, self._clock)
        return born.isoformat() if born is not None else None

    def _change(self, contact: int, name: str, value: str) -> Operation[Changed]:
        return self._operations.run(self, contact_records.change, contact, name, value, self._version, uuid4())

    def _saved(self, contact: int, name: str, text: str, changed: Changed) -> None:
        self._unsaved.pop((contact, name), None)
        if self._record is not None and contact == self._record.id:
            self._version = max(self._version, changed.version)
            self.places[name].show_value(text)
            self.places[name].finish()
        undo = partial(self._undo, changed.event) if changed.event else None  # 0: it said so already
        self._notice.show(f"{self._titles[name]}: guardado", undo=undo)

    def _undo(self, event: int) -> None:
        self._operations.run(self, contact_records.undo, event, uuid4())

    def _refused(self, contact: int, name: str, text: str, error: UserError | OperationError) -> None:
        if self._record is not None and contact == self._record.id:
            self.places[name].refuse(error.message)
        else:
            self._unsaved[contact, name] = text
            self._notice.tell(error.message)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        who = QGridLayout()
        who.setHorizontalSpacing(8)
        who.setVerticalSpacing(2)
        for number, (name, title, _longest) in enumerate(WHO):
            self._add(who, number // 2, number % 2, title, self.places[name])
        for line, (title, widget) in enumerate((("Teléfonos", self.phones), ("Mails", self.emails)), 2):
            self._add(who, line, 0, title, widget, span=3)
        self._add(who, 5, 0, NOTE[1], self.places[NOTE[0]], span=3)
        who.addWidget(self._rules(), 4, 0, 1, 4)
        who.setColumnStretch(1, 1)
        who.setColumnStretch(3, 1)
        column.addLayout(who)
        for name, place in self.places.items():
            place.submitted.connect(partial(self._save, name))

    def _rules(self) -> QWidget:
        """How she is reached without danger: always seen, below the telephones."""
        holder = QWidget()
        holder.setObjectName("safe_rules")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(holder, surface="card")
        grid = QGridLayout(holder)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(label("Contacto seguro", "heading", wraps=False), 0, 0, 1, 4)
        self._add(grid, 1, 0, RULES[0][1], self.places["safe_when"])
        self._add(grid, 1, 1, RULES[1][1], self.places["safe_where"])
        self._add(grid, 2, 0, RULES[2][1], self.places["safe_words"], span=3)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        return holder

    def _add(self, grid: QGridLayout, line: int, column: int, title: str, widget: QWidget, span: int = 1) -> None:
        text = label(title, "secondary")
        text.setFixedWidth(_LABEL_WIDTH)
        text.setContentsMargins(0, 4, 0, 0)
        grid.addWidget(text, line, 2 * column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(widget, line, 2 * column + 1, 1, span, Qt.AlignmentFlag.AlignTop)


def _born(text: str, clock: Clock) -> date | None:
    """The day that a text means, if it is a whole one that has been; «3/5/75» is of 1975."""
    found = _DAY.fullmatch(text.strip())
    if not found:
        return None
    day, month, year = (int(part) for part in found.groups())
    today = clock().date()
    if year < 100:
        year += 2000 if year <= today.year % 100 else 1900
    with suppress(ValueError):
        born = date(year, month, day)
        return born if date(1900, 1, 1) <= born <= today else None
    return None
