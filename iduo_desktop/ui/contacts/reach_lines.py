"""The telephones and the mails of a person, a line each: whether they are safe, and out with those that are not his."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.phones import Parsed
from iduo_desktop.services import contact_records, contacts
from iduo_desktop.services.contact_records import RecordEmail, RecordPhone
from iduo_desktop.services.contacts import Kept
from iduo_desktop.ui.contacts.words import SAFETY
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button, small
from iduo_desktop.ui.widgets.in_place import InPlace
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.reach_words import AS_TYPED, EMAIL, NO_EMAIL, NO_PHONE, phone_text
from iduo_desktop.ui.widgets.tips import tip

Way = RecordPhone | RecordEmail
SAFETY_WIDTH = 116


class WayLine(QWidget):
    """One number or address. The button says whether it is safe and offers the three answers; Del takes it out.

    Who does not work with people (`works`) only reads it.
    """

    marked = Signal(object)
    removed = Signal()

    def __init__(self, name: str, *, works: bool):
        super().__init__()
        self._works = works
        self.setObjectName(name)
        self.text = label("", "", f"{name}_text")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.safety = QPushButton()
        self.safety.setObjectName(f"{name}_safe")
        self.safety.setStyleSheet("padding: 2px 8px; text-align: left")
        self.safety.setMinimumWidth(SAFETY_WIDTH)
        menu = QMenu(self.safety)
        for safe, (sign, word) in SAFETY.items():
            action = QAction(f"{sign} {word}", menu)
            action.triggered.connect(partial(self._mark, safe))
            menu.addAction(action)
        self.safety.setMenu(menu)
        self.safety.setEnabled(works)
        self.out = small("Sacar", f"{name}_out", self.removed.emit, "link")
        if not works:
            self.out.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget, stretch in ((self.text, 1), (self.safety, 0), (self.out, 0)):
            row.addWidget(widget, stretch)

    def show_way(self, way: Way) -> None:
        """Show it as it stands."""
        shown = phone_text(way) if isinstance(way, RecordPhone) else way.address
        self.text.setText(f"⛔ {shown}" if way.safe is False else shown)
        sign, word = SAFETY[way.safe]
        self.safety.setText(f"{sign} {word}")
        change = (". Cambiar si es seguro", " Espacio para cambiarlo") if self._works else ("", "")
        self.safety.setAccessibleName(f"{shown}: {word.lower()}{change[0]}")
        self.safety.setToolTip(f"¿Se puede llamar o escribir sin riesgo?{change[1]}")
        self.out.setAccessibleName(f"Sacar {shown}")
        self.out.setToolTip(tip(f"Sacar {shown} (Supr)"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self._works:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def _mark(self, safe: bool | None, _checked: bool = False) -> None:
        self.marked.emit(safe)


class WayLines(QWidget):
    """All of one kind, and a line to add one. What is being typed stays while the record changes."""

    name, title = "", ""
    longest = 60

    def __init__(self, operations: Operations, notice: Notice, *, works: bool):
        super().__init__()
        self._works = works
        self.operations = operations
        self.notice = notice
        self.contact = 0
        self._lines: dict[int, WayLine] = {}
        self._ways: dict[int, Way] = {}
        self._doubted = ""
        self._unsaved: dict[int, str] = {}
        self.setObjectName(f"record_{self.name}s")
        self.place = InPlace(f"{self.name}_new", self.title.capitalize(), max_length=self.longest)
        self.place.hide()
        self.place.submitted.connect(self._submit)
        self.place.left.connect(self._shut)
        self.add = button(f"Agregar {self.title}", f"add_{self.name}", self.begin, role="link")
        self.add.setStyleSheet("padding: 2px 0px; text-align: left")
        if not works:
            self.add.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self.place)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_ways(self, contact: int, ways: tuple[Way, ...]) -> None:
        """Show these."""
        if contact != self.contact:
            self._put_away(contact)
        self._ways = {way.id: way for way in ways}
        for gone in self._lines.keys() - self._ways.keys():
            line = self._lines.pop(gone)
            line.hide()
            line.deleteLater()
        for number, way in enumerate(ways):
            self._line(number, way.id).show_way(way)

    def begin(self, text: str = "") -> None:
        """A new one, to be typed."""
        self.place.show_value("")
        self.place.show()
        self.add.hide()
        self.place.begin(text)

    def keep(self, contact: int, text: str, *, sure: bool) -> None:
        """Save a new one; without `sure` only one that is in order."""
        raise NotImplementedError  # telephones and mails each have their own way

    def mark_way(self, contact: int, way: Way, safe: bool | None, *, removed: bool) -> Operation[Kept]:
        """Say whether it is safe, or take it out."""
        raise NotImplementedError  # telephones and mails each have their own way

    def doubt(self, text: str, warning: str) -> None:
        """Warn of a text; the same text is saved when Enter is pressed again."""
        self._doubted = text
        self.place.remark(warning + AS_TYPED)

    def send(self, contact: int, text: str, asked: Operation[Kept]) -> None:
        """Follow a command that adds one."""
        refused = partial(self._refused, contact, text)
        asked.busy(self.place).then(lambda _: self._added(contact, text)).refused(refused).failed(refused)

    def _line(self, number: int, way_id: int) -> WayLine:
        line = self._lines.get(way_id)
        if line is None:
            line = self._lines[way_id] = WayLine(f"{self.name}_{way_id}", works=self._works)
            line.marked.connect(partial(self._mark, way_id))
            line.removed.connect(partial(self._remove, way_id))
        if self._column.indexOf(line) != number:
            self._column.removeWidget(line)
            self._column.insertWidget(number, line)
        return line

    def _put_away(self, contact: int) -> None:
        """Another person comes: what was typed for this one waits."""
        if self.place.editing and self.place.text().strip():
            self._unsaved[self.contact] = self.place.text()
        self._shut()
        self.contact = contact
        waiting = self._unsaved.pop(contact, "")
        if waiting:
            self.begin(waiting)

    def _shut(self) -> None:
        had = self.place.editing or self.place.hasFocus()
        self._doubted = ""
        self.place.finish()
        self.place.hide()
        self.add.setVisible(self._works)
        if had and self.isVisible():
            self.add.setFocus()

    def _submit(self, text: str) -> None:
        if text:
            self.keep(self.contact, text, sure=self._doubted == text)
        else:
            self._shut()

    def _added(self, contact: int, text: str) -> None:
        if contact == self.contact:
            self._shut()
        self.notice.show(f"Agregaste el {self.title} {text}")

    def _refused(self, contact: int, text: str, error: UserError | OperationError) -> None:
        if contact == self.contact and self.place.editing:
            self.place.refuse(error.message)
        else:
            self._unsaved[contact] = text
            self.notice.tell(error.message)

    def _mark(self, way_id: int, safe: bool | None) -> None:
        way, contact = self._ways.get(way_id), self.contact
        if way is not None and way.safe is not safe:
            said = f"{_short(way)}: {SAFETY[safe][1].lower()}"
            back = partial(self.mark_way, contact, way, way.safe, removed=False)
            self.mark_way(contact, way, safe, removed=False).then(lambda _: self.notice.show(said, undo=back))

    def _remove(self, way_id: int) -> None:
        way, contact = self._ways.get(way_id), self.contact
        if way is not None:
            back = partial(self.mark_way, contact, way, way.safe, removed=False)
            asked = self.mark_way(contact, way, way.safe, removed=True)
            asked.then(lambda _: self.notice.show(f"Sacaste el {self.title} {_short(way)}", undo=back))
            self.add.setFocus()


class PhoneLines(WayLines):
    """Telephones, understood in a worker with the person's own area code."""

    name, title = "phone", "teléfono"

    def __init__(self, operations: Operations, notice: Notice, area_code: str, *, works: bool):
        super().__init__(operations, notice, works=works)
        self._area_code = area_code

    def keep(self, contact: int, text: str, *, sure: bool) -> None:
        parsing = self.operations.run_local(self, phones.parse, text, self._area_code)
        parsing.then(partial(self._parsed, contact, sure))

    def mark_way(self, contact: int, way: Way, safe: bool | None, *, removed: bool) -> Operation[Kept]:
        return self.operations.run(self, contact_records.mark_phone, contact, way.id, safe, removed, uuid4())

    def _parsed(self, contact: int, sure: bool, parsed: Parsed) -> None:
        if not (parsed.valid or sure):
            self.doubt(parsed.typed, NO_PHONE)
            return
        values = (parsed.typed, parsed.e164, parsed.search_key, parsed.kind, parsed.valid)
        self.send(contact, parsed.typed, self.operations.run(self, contacts.add_phone, contact, *values, uuid4()))


class EmailLines(WayLines):
    """Mail addresses; nobody could be answered at one that is not complete."""

    name, title = "email", "mail"
    longest = 254

    def keep(self, contact: int, text: str, *, sure: bool) -> None:
        if EMAIL.fullmatch(text):
            self.send(contact, text, self.operations.run(self, contact_records.add_email, contact, text, uuid4()))
        else:
            self.place.refuse(NO_EMAIL)

    def mark_way(self, contact: int, way: Way, safe: bool | None, *, removed: bool) -> Operation[Kept]:
        return self.operations.run(self, contact_records.mark_email, contact, way.id, safe, removed, uuid4())


def _short(way: Way) -> str:
    return way.address if isinstance(way, RecordEmail) else way.typed
