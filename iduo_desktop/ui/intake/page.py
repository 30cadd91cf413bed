"""«Mensaje a iduo»: what a caller says goes in, and the number that is read to him comes out."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock


class IntakePage(QWidget):
    """The form with the company beside it, then the number in its place.

    `closed`: done, or left with the draft kept. `ticket_requested`: a ticket is to be opened, by its id.
    `call_ended`: this call, by its id, is over by what was done here.
    """

    closed = Signal()
    ticket_requested = Signal(int)
    call_ended = Signal(int)

    def __init__(
        self,
        operations: Operations,
        me: Me,
        notice: Notice,
        drafts: Drafts,
        clock: Clock,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("intake_page")
        self.setAccessibleName("Mensaje a iduo")
        self._operations = operations
        self._me = me
        self._notice = notice
        self._drafts = drafts
        self._clock = clock

    def begin(
        self,
        call: CallCard | None = None,
        company_id: int | None = None,
        contact: Caller | ContactHit | None = None,
        ticket: TicketCard | None = None,
    ) -> None:
        """Start a message: of this call, of this company, from this person, from who left this ticket."""
        self.setFocus()

    def refresh(self) -> None:
        """F5: ask for what is shown again."""

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through, in reading order."""
        return (self,)
