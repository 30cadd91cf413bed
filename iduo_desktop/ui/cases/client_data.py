"""A client's address, note, telephones and mails, read and corrected in place."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import companies
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.companies import Corrected
from iduo_desktop.ui.cases.reach_list import EmailList, PhoneList
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.in_place import InPlace
from iduo_desktop.ui.widgets.labels import label

ADDRESS = (("street", "Domicilio", 200), ("locality", "Localidad", 120), ("province", "Provincia", 80))
NOTE = ("note", "Nota", 2000)
_SAID = {
    "street": "Corregiste el domicilio",
    "locality": "Corregiste la localidad",
    "province": "Corregiste la provincia",
    "note": "Corregiste la nota",
}
_LABEL_WIDTH = 76


class ClientData(QWidget):
    """Each value is saved by itself. `area_code` completes telephones that come without one."""

    def __init__(self, operations: Operations, notice: Notice, area_code: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("client_data")
        self._operations = operations
        self._notice = notice
        self._company: int | None = None
        self._version = 0
        self._unsaved: dict[tuple[int, str], str] = {}
        self._places = {
            name: InPlace(f"client_{name}", title, max_length=length, long=name == "note")
            for name, title, length in (*ADDRESS, NOTE)
        }
        self.phones = PhoneList(operations, notice, area_code)
        self.emails = EmailList(operations, notice)
        self._lay_out()

    def show_card(self, card: CaseCard) -> None:
        """Show this client. What is being typed stays; what was left unsaved for him before comes back."""
        other = card.company_id != self._company
        if other:
            self._put_away()
        # the data of a person who is no client are corrected in his record
        self.setVisible(card.company_id is not None)
        if card.company_id is None:
            self._company = None
            return
        self._company = card.company_id
        self._version = card.company_version if other else max(self._version, card.company_version)
        for name, place in self._places.items():
            self._show(place, str(getattr(card, name)))
            unsaved = self._unsaved.pop((card.company_id, name), None)
            if unsaved is not None:
                place.begin(unsaved)
        self.phones.show_list(card.company_id, card.phones)
        self.emails.show_list(card.company_id, card.emails_of_client)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        town = QWidget()
        beside = QHBoxLayout(town)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(4)
        beside.addWidget(self._places["locality"], 1, Qt.AlignmentFlag.AlignTop)
        beside.addWidget(self._places["province"], 1, Qt.AlignmentFlag.AlignTop)
        titled: tuple[tuple[str, QWidget], ...] = (
            ("Domicilio", self._places["street"]),
            ("Localidad", town),
            ("Teléfonos", self.phones),
            ("Mails", self.emails),
            (NOTE[1], self._places[NOTE[0]]),
        )
        for line, (title, widget) in enumerate(titled):
            text = label(title, "secondary", wraps=False)
            text.setFixedWidth(_LABEL_WIDTH)
            text.setContentsMargins(0, 4, 0, 0)
            grid.addWidget(text, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, line, 1, Qt.AlignmentFlag.AlignTop)
        for name, place in self._places.items():
            place.submitted.connect(partial(self._save, name))

    @staticmethod
    def _show(place: InPlace, value: str) -> None:
        """A colleague's change does not touch what is being typed, but it is said."""
        changed = value != place.value
        place.show_value(value)
        if place.editing and changed:
            place.remark(f"Mientras tanto cambió. Ahora dice «{value or 'nada'}». Enter guarda lo tuyo.")

    def _put_away(self) -> None:
        """Another client comes: what is being typed waits for this one to come back."""
        for name, place in self._places.items():
            if place.editing:
                if self._company is not None and place.text() != place.value:
                    self._unsaved[self._company, name] = place.text()
                place.finish()

    def _save(self, name: str, text: str) -> None:
        place, company = self._places[name], self._company
        if company is None:
            return
        refused = partial(self._refused, company, name, text)
        asked = self._correct(company, name, text, self._version).busy(place)
        asked.then(partial(self._saved, company, name, place.value)).refused(refused).failed(refused)

    def _correct(self, company: int, name: str, text: str, version: int) -> Operation[Corrected]:
        return self._operations.run(self, companies.correct, company, name, text, version, uuid4())

    def _saved(self, company: int, name: str, before: str, corrected: Corrected) -> None:
        self._unsaved.pop((company, name), None)
        if company == self._company:
            self._version = max(self._version, corrected.version)
            self._places[name].show_value(self._places[name].text().strip())
            self._places[name].finish()
        self._notice.show(_SAID[name], undo=lambda: self._correct(company, name, before, corrected.version))

    def _refused(self, company: int, name: str, text: str, error: UserError | OperationError) -> None:
        if company == self._company:
            self._places[name].refuse(error.message)
        else:
            self._unsaved[company, name] = text
            self._notice.tell(error.message)
