"""Reads the record of the person who is looked at, and again whenever something of hers changed."""

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.ui.errors import OFFLINE
from iduo_desktop.ui.operations import Operation, Operations

COLLECT_MS = 60
# what of a person is kept elsewhere has ids of its own: any change of it is looked at
_OTHERS = {
    "contact_phone",
    "contact_email",
    "contact_flag",
    "contact_section",
    "contact_merge",
    "contact_relation",
    "contact_event",
    "case",
    "call",
    "task",
    "route_activation",
    "ticket",
    "attempt",
    "form_version",
}


class ContactReader(QObject):
    """One person at a time. Late answers about another one are dropped."""

    record_read = Signal(object)
    failed = Signal(str)

    def __init__(self, operations: Operations, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._contact = 0
        self._record: ContactRecord | None = None
        self._asked: Operation[ContactRecord] | None = None
        self._collecting = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._collecting.timeout.connect(self._ask)
        operations.changed.connect(self._take_change)

    @property
    def record(self) -> ContactRecord | None:
        """The record of the person who is looked at, None until it is here."""
        return self._record

    @property
    def contact_id(self) -> int:
        """The person who is looked at, 0 when nobody is."""
        return self._contact

    def read(self, contact_id: int) -> None:
        """Look at somebody; 0 at nobody."""
        if contact_id != self._contact:
            self._contact, self._record = contact_id, None
        self._ask()

    def again(self) -> None:
        """Read the same once more."""
        if self._contact and not self._collecting.isActive():
            self._collecting.start()

    def _ask(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        if self._contact:
            self._asked = self._operations.run(self, contact_records.record, self._contact)
            self._asked.then(self._take).refused(self._fail).failed(self._fail)

    def _take(self, record: ContactRecord) -> None:
        self._asked = None
        self._record = record
        self.record_read.emit(record)

    def _fail(self, error: UserError | OperationError) -> None:
        self._asked = None
        self.failed.emit(error.message if self._operations.online else OFFLINE)

    def _take_change(self, table: str, changed: int | None) -> None:
        if (table == "contact" and changed in {self._contact, None}) or table in _OTHERS:
            self.again()
