"""Reads the card of the ticket that is looked at, and again whenever something of it changed."""

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.ui.errors import OFFLINE
from iduo_desktop.ui.operations import Operation, Operations

PAUSE_MS, COLLECT_MS = 30, 60


class TicketReader(QObject):
    """Arrow keys pass over many tickets: only the one where they stop is read. Late answers are dropped."""

    card_read = Signal(object)
    failed = Signal(str)

    def __init__(self, operations: Operations, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._ticket = 0
        self._card: TicketCard | None = None
        self._asked: Operation[TicketCard] | None = None
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._ask)
        operations.changed.connect(self._take_change)

    @property
    def card(self) -> TicketCard | None:
        """The card of the ticket that is looked at, None until it is here."""
        return self._card

    @property
    def ticket_id(self) -> int:
        """The ticket that is looked at, 0 when none is."""
        return self._ticket

    @property
    def waiting(self) -> bool:
        """True while a card is on its way."""
        return self._pause.isActive() or self._asked is not None

    def read(self, ticket_id: int, *, at_once: bool = False) -> None:
        """Look at another ticket; 0 at none."""
        if ticket_id != self._ticket:
            self._forget()
            self._ticket, self._card = ticket_id, None
            self._pause.start(0 if at_once else PAUSE_MS)

    def again(self) -> None:
        """Read the same once more."""
        if not self._pause.isActive():
            self._pause.start(COLLECT_MS)

    def _forget(self) -> None:
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _ask(self) -> None:
        self._forget()
        if self._ticket:
            self._asked = self._operations.run(self, tickets.card, self._ticket)
            self._asked.then(self._take_card).refused(self._fail).failed(self._fail)

    def _take_card(self, card: TicketCard) -> None:
        self._asked = None
        self._card = card
        self.card_read.emit(card)

    def _fail(self, error: UserError | OperationError) -> None:
        self._asked = None
        self.failed.emit(error.message if self._operations.online else OFFLINE)

    def _take_change(self, table: str, changed: int | None) -> None:
        if self._ticket and table == "ticket" and changed in {self._ticket, None}:
            self.again()
