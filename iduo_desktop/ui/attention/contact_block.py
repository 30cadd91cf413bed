"""«1 Contacto»: found by the number that calls or by what is typed; else a new one."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services import contact_records, contacts
from iduo_desktop.services.contact_records import ContactRecord, Duplicate
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.ui.attention.chain import ChainForm, go_to
from iduo_desktop.ui.attention.fields import contact_fields
from iduo_desktop.ui.attention.known_card import KnownCard
from iduo_desktop.ui.attention.people_box import Maybe, PeopleBox, maybe_duplicate
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import TextEditor
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.hit_list import Line
from iduo_desktop.ui.widgets.person_editor import described, name_of
from iduo_desktop.ui.widgets.reach_editors import DocumentEditor, PhoneEditor
from iduo_desktop.ui.widgets.suggestions import Suggestions

FIRST, HITS_MS, LIKE_MS = 2, 80, 250
NOBODY = "Escribí el apellido, el nombre o el documento."
_PHONE_DIGITS, _DOCUMENT_DIGITS = 6, 6


class ContactBlock(QWidget):
    """`known` brings the record of who was chosen, None when it is nobody that one knows."""

    changed = Signal()
    known = Signal(object)
    finished = Signal()

    def __init__(self, operations: Operations, clock: Clock, area_code: str):
        super().__init__()
        self._operations = operations
        self._contact_id: int | None = None
        self._person = ""
        self._quiet = False
        self._reading: Operation[ContactRecord] | None = None
        self._finding: Operation[tuple[ContactHit, ...]] | None = None
        self._liking: Operation[tuple[Duplicate, ...]] | None = None
        self._callers: tuple[Maybe, ...] = ()
        surname, names, document, phone = contact_fields()
        self.surname = TextEditor(surname, clock)
        self.names = TextEditor(names, clock)
        self.document = DocumentEditor(document, clock)
        self.phone = PhoneEditor(phone, clock, area_code)
        editors = (self.surname, self.names, self.document, self.phone)
        made = {each.field.key: each for each in editors}
        self.form = ChainForm((each.field for each in editors), clock, made)
        self.card = KnownCard(clock)
        self.people = PeopleBox()
        self._hits = [self._suggest(self.surname), self._suggest(self.names)]
        self._pause = QTimer(self, singleShot=True, interval=HITS_MS)
        self._like = QTimer(self, singleShot=True, interval=LIKE_MS)
        self._connect()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.card, self.form, self.people):
            column.addWidget(widget)
        self._show_which()

    @property
    def contact_id(self) -> int | None:
        """Who it is, if one knows him."""
        return self._contact_id

    def start(self, values: Mapping[str, Any], callers: Iterable[Maybe] = ()) -> None:
        """Begin with what is known: an earlier draft, who calls, or those who may be calling."""
        self._quiet = True
        self.form.set_values(values)
        self.form.passed = frozenset({"phone"} if values.get("#called") and values.get("phone") else ())
        for row in self.form.rows:
            row.show_error("")
        self._callers = tuple(callers)
        self.people.show_people(self._callers)
        self._quiet = False
        found = values.get("#contact")
        if found:
            self.choose(int(found), str(values.get("#person", "")))
        else:
            self._forget_known()

    def values(self) -> dict[str, Any]:
        """Who he is, and what was typed."""
        known = {"#contact": self._contact_id, "#person": self._person} if self._contact_id is not None else {}
        return {**self.form.values(), **known}

    def choose(self, contact_id: int, person: str) -> None:
        """It is this person."""
        self._contact_id, self._person = contact_id, person
        self.card.show_name(person)
        self._show_which()
        if self._reading is not None:
            self._reading.stop()
        self._reading = self._operations.run(self, contact_records.record, contact_id)
        self._reading.then(self._read).failed(lambda _: None)
        self.changed.emit()

    def change(self) -> None:
        """It is somebody else: a new one, until one is chosen."""
        self._forget_known()
        self.changed.emit()
        go_to(self.form.first())

    def check(self) -> list[FieldRow]:
        """What is wrong; of somebody whom one knows nothing is asked."""
        if self._contact_id is not None:
            return []
        wrong = self.form.check()
        if not any(self.form.text(key) for key in ("surname", "names", "document")):
            first = self.form.row("surname")
            first.show_error(NOBODY)
            wrong = [first, *(row for row in wrong if row is not first)]
        return wrong

    def missing(self) -> QWidget | None:
        """What to ask first; None when he is known."""
        return self.form.first() if self._contact_id is None else None

    def read_again(self) -> None:
        """He was changed meanwhile."""
        if self._contact_id is not None:
            self._reading = self._operations.run(self, contact_records.record, self._contact_id)
            self._reading.then(self._read).failed(lambda _: None)

    def _connect(self) -> None:
        self.card.change_asked.connect(self.change)
        self.people.chosen.connect(self.choose)
        self.form.changed.connect(self._type)
        self.form.finished.connect(self.finished)
        self._pause.timeout.connect(self._find)
        self._like.timeout.connect(self._look_alike)

    def _suggest(self, name: TextEditor) -> Suggestions:
        made = Suggestions(name.line, f"hits_{name.field.key}", "Personas que coinciden", preselects=False)
        made.chosen.connect(self._take)
        name.line.textEdited.connect(lambda _: self._pause.start())
        return made

    def _show_which(self) -> None:
        known = self._contact_id is not None
        self.card.setVisible(known)
        self.form.setVisible(not known)
        self.people.setVisible(not known and bool(self.people.found))

    def _forget_known(self) -> None:
        self._contact_id, self._person = None, ""
        if self._reading is not None:
            self._reading.stop()
            self._reading = None
        self._show_which()
        self.known.emit(None)
        self._type()

    def _read(self, record: ContactRecord) -> None:
        self._reading = None
        if record.id != self._contact_id:
            return
        if record.merged_into is not None:
            self.choose(record.merged_into, record.person)
            return
        self._person = record.person
        self.card.show_record(record)
        self.known.emit(record)

    def _type(self) -> None:
        if not self._quiet:
            self.changed.emit()
            self._like.start()

    def _find(self) -> None:
        if self._finding is not None:
            self._finding.stop()
            self._finding = None
        text = f"{self.form.text('surname')} {self.form.text('names')}".strip()
        if len(text) < FIRST:
            self._offer(())
        else:
            self._finding = self._operations.run(self, contacts.find, text)
            self._finding.then(self._offer).failed(lambda _: None)

    def _offer(self, hits: tuple[ContactHit, ...]) -> None:
        self._finding = None
        lines = [Line(*described(hit), hit) for hit in hits]
        for each in self._hits:
            each.offer(lines)

    def _take(self, hit: ContactHit) -> None:
        self.choose(hit.contact_id, name_of(hit))
        self.finished.emit()

    def _look_alike(self) -> None:
        """Who may be the person that is typed, once there is enough to tell by."""
        if self._liking is not None:
            self._liking.stop()
            self._liking = None
        if self._contact_id is not None:
            return
        surname, names, document = self.form.text("surname"), self.form.text("names"), self.document.plain()
        key = self.phone.parsed().search_key
        enough = len(key) >= _PHONE_DIGITS or len(document) >= _DOCUMENT_DIGITS or (surname and names)
        if not enough:
            self.people.show_people(self._callers)
            return
        asked = self._operations.run(self, contact_records.like, surname, names, document, key, "", None)
        self._liking = asked.then(self._show_alike).refused(lambda _: None).failed(lambda _: None)

    def _show_alike(self, found: tuple[Duplicate, ...]) -> None:
        self._liking = None
        alike = [maybe_duplicate(each) for each in found]
        known = {each.contact_id for each in alike}
        self.people.show_people([*alike, *(each for each in self._callers if each.contact_id not in known)])
        self._show_which()
