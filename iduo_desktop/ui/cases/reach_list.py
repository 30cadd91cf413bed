"""The telephones or the mails of a client: corrected, added and taken away one by one."""

from functools import partial
from typing import Generic, TypeVar
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.phones import Parsed
from iduo_desktop.services import companies
from iduo_desktop.services.cases import Email, Phone
from iduo_desktop.services.companies import Corrected
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.in_place import InPlace
from iduo_desktop.ui.widgets.reach_words import AS_TYPED, EMAIL, NO_EMAIL, NO_PHONE, phone_text, wrapping

NEW = 0

Item = TypeVar("Item", Phone, Email)


class ReachList(QWidget, Generic[Item]):
    """One line for each item and one to add. A doubtful text is warned of, and Enter again keeps it as typed."""

    def __init__(self, operations: Operations, notice: Notice, name: str, title: str, longest: int):
        super().__init__()
        self._operations = operations
        self._notice = notice
        self._name, self._title, self._longest = name, title, longest
        self._company = 0
        self._places: dict[int, InPlace] = {}
        self._doubted: tuple[int, str] | None = None
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        self._add = button("Agregar", f"add_{name}", self.add, role="link")
        self._add.setAccessibleName(f"Agregar {title}")
        self._add.setToolTip(f"Agregar {title}")
        self._add.setFixedHeight(24)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addLayout(self._column, 1)
        row.setAlignment(self._column, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self.setObjectName(f"{name}s")

    def show_list(self, company: int, items: tuple[Item, ...]) -> None:
        """Show these; what is being typed for the same client stays."""
        other, self._company = company != self._company, company
        wanted = {item.id: item for item in items}
        for known in [*self._places]:
            if other or (known not in wanted and not (known == NEW and self._places[known].editing)):
                self._drop(known)
        for item in items:
            place = self._places.get(item.id) or self._place(item.id)
            value, shown, role = self.describe(item)
            place.show_value(value, shown, role)

    def add(self) -> None:
        """A new one, to be typed."""
        (self._places.get(NEW) or self._place(NEW)).begin()

    def describe(self, item: Item) -> tuple[str, str, str]:
        """An item as it is typed, as it is read, and the role of its text."""
        raise NotImplementedError  # telephones and mails each have their own way

    def ask(self, company: int, item_id: int, text: str, *, sure: bool) -> None:
        """Save the text; without `sure`, only one that is in order."""
        raise NotImplementedError  # telephones and mails each have their own way

    def _place(self, item_id: int) -> InPlace:
        place = InPlace(f"{self._name}_{item_id or 'new'}", self._title.capitalize(), max_length=self._longest)
        self._places[item_id] = place
        self._column.addWidget(place)
        self.setTabOrder(place, self._add)
        place.submitted.connect(partial(self._submit, item_id))
        place.removal_requested.connect(partial(self._send_removal, item_id))
        place.left.connect(partial(self._leave, item_id))
        return place

    def _drop(self, item_id: int) -> None:
        place = self._places.pop(item_id)
        self._column.removeWidget(place)
        place.hide()
        place.deleteLater()

    def _leave(self, item_id: int) -> None:
        if item_id == NEW and NEW in self._places:
            self._drop(NEW)
            self._add.setFocus()

    def _submit(self, item_id: int, text: str) -> None:
        if text:
            self.ask(self._company, item_id, text, sure=self._doubted == (item_id, text))
        elif item_id != NEW:
            self._send_removal(item_id)

    def _send_removal(self, item_id: int) -> None:
        if item_id != NEW:
            self.ask(self._company, item_id, "", sure=True)

    def doubt(self, item_id: int, text: str, warning: str) -> None:
        """Warn of a text; the same text is saved when Enter is pressed again."""
        self._doubted = (item_id, text)
        if item_id in self._places:
            self._places[item_id].remark(warning + AS_TYPED)

    def send(self, company: int, item_id: int, text: str, asked: Operation[Corrected]) -> None:
        """Follow a command that saves, adds or (without text) takes away."""
        place = self._places.get(item_id) if company == self._company else None
        before = place.value if place is not None else ""
        if place is not None:
            asked.busy(place)
        refused = partial(self._refused, item_id)
        asked.then(partial(self._saved, company, item_id, before, text)).refused(refused).failed(refused)

    def _saved(self, company: int, item_id: int, before: str, text: str, _corrected: Corrected) -> None:
        self._doubted = None
        place = self._places.get(item_id) if company == self._company else None
        if place is not None:
            place.finish()
            if item_id == NEW:
                self._leave(NEW)
        if not text:
            self._notice.show(
                f"Sacaste el {self._title} {before}", undo=partial(self.ask, company, NEW, before, sure=True)
            )
        elif item_id == NEW:
            self._notice.show(f"Agregaste el {self._title} {text}")
        else:
            undo = partial(self.ask, company, item_id, before, sure=True)
            self._notice.show(f"Corregiste el {self._title} {text}", undo=undo)

    def _refused(self, item_id: int, error: UserError | OperationError) -> None:
        place = self._places.get(item_id)
        if place is not None and place.editing:
            place.refuse(error.message)
        else:
            self._notice.tell(error.message)


class PhoneList(ReachList[Phone]):
    """Telephones, as they are dialled from abroad; understood in a worker, with the person's own area code."""

    def __init__(self, operations: Operations, notice: Notice, area_code: str):
        super().__init__(operations, notice, "phone", "teléfono", 60)
        self._area_code = area_code

    def describe(self, item: Phone) -> tuple[str, str, str]:
        return item.typed, phone_text(item), "warning" if item.e164 is None else ""

    def ask(self, company: int, item_id: int, text: str, *, sure: bool) -> None:
        parsing = self._operations.run_local(self, phones.parse, text, self._area_code)
        parsing.then(partial(self._parsed, company, item_id, sure))

    def _parsed(self, company: int, item_id: int, sure: bool, parsed: Parsed) -> None:
        if not (parsed.valid or sure):
            self.doubt(item_id, parsed.typed, NO_PHONE)
            return
        values = (parsed.typed, parsed.e164, parsed.search_key, parsed.kind, parsed.valid)
        saving = self._operations.run(self, companies.save_phone, company, item_id or None, *values, uuid4())
        self.send(company, item_id, parsed.typed, saving)


class EmailList(ReachList[Email]):
    """Mail addresses."""

    def __init__(self, operations: Operations, notice: Notice):
        super().__init__(operations, notice, "email", "mail", 254)

    def describe(self, item: Email) -> tuple[str, str, str]:
        shown = wrapping(item.address)
        return item.address, shown if item.valid else f"{shown} ⚠", "" if item.valid else "warning"

    def ask(self, company: int, item_id: int, text: str, *, sure: bool) -> None:
        valid = EMAIL.fullmatch(text) is not None
        if not (valid or sure):
            self.doubt(item_id, text, NO_EMAIL)
            return
        saving = self._operations.run(self, companies.save_email, company, item_id or None, text, valid, uuid4())
        self.send(company, item_id, text, saving)
