"""The page of messages: four lists by state, one ticket with its answer, and the back office."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent

from iduo_desktop.services import tickets
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import StateCount, TicketCard
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.tickets.parts import NARROW, TicketsParts
from iduo_desktop.ui.tickets.reader import TicketReader
from iduo_desktop.ui.widgets.date_box import Clock

COUNT_MS = 1_000


class TicketsPage(TicketsParts):
    """The ticket follows the list. One that is asked for by its id stands alone until one goes back to the list.

    `new_message_requested` brings the card of the person who has one more message.
    """

    counts_changed = Signal(object)
    state_changed = Signal(str)
    new_message_requested = Signal(object)
    company_requested = Signal(int)

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__(operations, me, notice, drafts, clock)
        self._operations = operations
        self._me = me
        self._counts: dict[str, StateCount] = {}
        self.reader = TicketReader(operations, self)
        self._counting = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._counting.timeout.connect(self._ask_counts)
        self._connect_parts()
        self._started = False

    # What the window asks for

    def open_state(self, state: str) -> None:
        """Show one of the four lists."""
        frame = self.frames[TicketState(state)]
        self._begin()
        self._stack.setCurrentWidget(frame)
        self.tabs.choose(frame.state)
        frame.begin()
        self.stand_alone(alone=False)
        frame.view.setFocus()
        self._follow()
        self.state_changed.emit(state)

    def open_ticket(self, ticket_id: int) -> None:
        """Show a ticket, alone, ready to be read out."""
        self._begin()
        self.stand_alone(alone=True)
        self.panel.setFocus()
        self.reader.read(ticket_id, at_once=True)

    def refresh(self) -> None:
        """Ask for everything that is shown again."""
        for frame in self.frames.values():
            if frame.started:
                frame.model.reload()
        self.reader.again()
        self._ask_counts()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        (self.panel if self.alone else self.frame.view).setFocus()

    def _begin(self) -> None:
        """Nothing is asked before somebody looks at the page."""
        if not self._started:
            self._started = True
            self._ask_counts()

    # Connections

    def _connect_parts(self) -> None:
        self.tabs.state_chosen.connect(lambda state: self.open_state(state.value))
        for frame in self.frames.values():
            frame.view.current_changed.connect(lambda _id, frame=frame: self._follow() if frame is self.frame else None)
            frame.view.opened.connect(lambda _id: self._enter_ticket())
        self.panel.left.connect(self._to_list)
        self.reader.card_read.connect(self._show_card)
        self.reader.failed.connect(self.panel.tell)
        self._operations.changed.connect(self._note_change)

    def _follow(self) -> None:
        """Show what is chosen in the list."""
        row = self.frame.view.current_row()
        if not self.alone and (row.id if row is not None else 0) != self.reader.ticket_id:
            self.reader.read(row.id if row is not None else 0)
            if row is None:
                self.panel.show_nobody()
            else:
                self.panel.expect(row)

    def _show_card(self, card: TicketCard) -> None:
        self.panel.show_card(card)

    def _enter_ticket(self) -> None:
        if self.width() < NARROW:
            self.stand_alone(alone=True)
        self.panel.setFocus()

    def _to_list(self) -> None:
        self.open_state(self.frame.state.value)

    # Counts

    def _note_change(self, table: str, _id: object) -> None:
        if self._started and table == "ticket" and not self._counting.isActive():
            self._counting.start()

    def _ask_counts(self) -> None:
        self._operations.run(self, tickets.counts).then(self._show_counts).failed(lambda _error: None)

    def _show_counts(self, counts: tuple[StateCount, ...]) -> None:
        self._counts = {counted.state: counted for counted in counts}
        self.tabs.show_counts(counts)
        self.counts_changed.emit(counts)
