"""Where calls meet the window: the card in its corner, F4, a message of the call, a ticket of the caller's."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from iduo_desktop.caller import Ring
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.terms import CallOutcome
from iduo_desktop.ui.intake.arrival import Arrival, Arrivals, Person, name_of
from iduo_desktop.ui.intake.arrival_by_hand import ByHandDialog
from iduo_desktop.ui.intake.arrival_number import AddNumberDialog
from iduo_desktop.ui.intake.call_card import CallCardView
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rooms import Rooms
from iduo_desktop.ui.widgets.date_box import Clock

MOST_HELD = 5


class CallDesk(QObject):
    """`current_changed` brings the call one is in, or None."""

    current_changed = Signal(object)
    attention_asked = Signal()
    search_asked = Signal()

    def __init__(
        self, operations: Operations, me: Me, notice: Notice, clock: Clock, rooms: Rooms, below: QWidget, over: QWidget
    ):
        super().__init__(over)
        self._operations = operations
        self._me = me
        self._notice = notice
        self._rooms = rooms
        self._over = over
        self._away: Arrival | None = None
        self._wanted: Arrival | None = None
        self._held: list[Ring] | None = None
        self._why: frozenset[str] = frozenset()
        self.reading: Callable[[], ContactHit | None] = lambda: None  # whose record is open
        self.chatting: Callable[[], bool] = lambda: False  # whether a chat on the screen takes the message
        self.arrivals = Arrivals(operations, me, clock, self)
        self.card = CallCardView(clock, below, over)
        self._connect()

    def ring(self, ring: Ring) -> None:
        """The telephone system says something; who takes no messages is not told, and a locked window waits."""
        if self._held is not None:
            self._held = [*self._held, ring][-MOST_HELD:]
        elif self._rooms.parts.calls:
            self.arrivals.ring(ring)

    def hold(self, *, on: bool, why: str = "hidden") -> None:
        """Nothing is shown, nor looked for, while nobody is there to see it; as long as any reason holds."""
        self._why = self._why | {why} if on else self._why - {why}
        held, self._held = self._held, (self._held or []) if self._why else None
        for ring in (held or ()) if self._held is None else ():
            self.ring(ring)

    def show(self) -> None:
        """F4: go to the call one is in; with none, open one by hand."""
        self._away = None
        if self.arrivals.current is None:
            self.open_by_hand()
        else:
            self._show()
            self.card.take_keyboard()

    def open_by_hand(self) -> None:
        """A call that no telephone system told of."""
        dialog = ByHandDialog(self._over)
        dialog.opened.connect(self._opened)
        dialog.open()

    def add_number(self) -> None:
        """Ctrl+Shift+G: the caller's number goes to a contact."""
        arrival = self.arrivals.current
        if arrival is None or not arrival.ring.caller:
            self._notice.tell("No hay ninguna llamada con un número para agregar.")
            return
        number = (arrival.ring.caller, arrival.number)
        dialog = AddNumberDialog(self._operations, *number, self._me.area_code, self._over)
        dialog.added.connect(self._added)
        dialog.open()

    def new_message(self) -> None:
        """F2: a message of the call one is in, as soon as it is known who calls; else of whose ticket is read."""
        arrival = self.arrivals.current
        if self.chatting():
            return
        if arrival is None or arrival.problem:
            self._rooms.new_message(ticket=self._rooms.ticket, contact=self.reading())
        elif arrival.card is None:
            self._wanted = arrival
        else:
            self._take_message(arrival)

    def take_contact(self, hit: ContactHit) -> None:
        """A person was found: it is who calls, if nobody knew that yet."""
        arrival = self.arrivals.current
        if arrival is not None and arrival.card is not None and not arrival.card.callers:
            self.arrivals.identify(hit)
            self._take_message(arrival)
        else:
            self._rooms.new_message(call=arrival.card if arrival is not None else None, contact=hit)

    def _connect(self) -> None:
        self.arrivals.changed.connect(self._show)
        self._rooms.talks.changed.connect(self._show_talk)
        self.arrivals.rang.connect(lambda: QApplication.alert(self._over.window()))
        self.card.message_asked.connect(self.new_message)
        self.card.attention_asked.connect(self.attention_asked)
        if self._rooms.parts.helps:
            self.card.offer_attention(alone=not self._rooms.parts.takes)
        self.card.ticket_asked.connect(self._open_ticket)
        self.card.search_asked.connect(self.search_asked)
        self.card.number_asked.connect(self.add_number)
        self.card.person_chosen.connect(self.arrivals.identify)
        self.card.outcome_chosen.connect(self.arrivals.finish)
        self.card.left.connect(self._put_away)
        if self._rooms.intake is not None:
            self._rooms.intake.call_ended.connect(self.arrivals.let_go)
        if self._rooms.tickets is not None:
            self._rooms.tickets.new_message_requested.connect(self._take_more)
            done = self._rooms.tickets.commands
            done.read_out.connect(lambda ticket: self.arrivals.finish_with(ticket, CallOutcome.ANSWER))
            done.insisted.connect(lambda ticket: self.arrivals.finish_with(ticket, CallOutcome.INSISTED))

    def _take_more(self, ticket: TicketCard | None) -> None:
        """One more message of whose ticket is read, in the call one is in; or of anybody."""
        arrival = self.arrivals.current
        if ticket is None:
            self.new_message()
        else:
            self._rooms.new_message(call=arrival.card if arrival is not None else None, ticket=ticket)

    def _opened(self, ring: Ring) -> None:
        self.arrivals.open_by_hand(ring)
        self.card.take_keyboard()

    def _added(self, hit: ContactHit) -> None:
        arrival = self.arrivals.current
        self._notice.show(f"Agregaste el {arrival.number if arrival is not None else 'número'} a {name_of(hit)}")
        self.arrivals.identify(hit)

    def _show(self) -> None:
        arrival = self.arrivals.current
        if arrival is None:
            self.card.put_away()
        elif arrival is not self._away:
            self.card.show_arrival(arrival)
            self._show_talk()
        self.current_changed.emit(arrival)
        wanted = self._wanted
        if wanted is not None and (wanted is not arrival or wanted.card is not None or wanted.problem):
            self._wanted = None
            if wanted is arrival:
                self.new_message()

    def _show_talk(self) -> None:
        """Somebody else may be speaking with who calls."""
        arrival = self.arrivals.current
        if arrival is not None:
            person = _person(arrival)
            who = (person.company_id, person.contact_id) if person is not None else (None, None)
            self.card.show_talk(self._rooms.talks.sentence(*who, (arrival.number,)))

    def _put_away(self) -> None:
        self._away = self.arrivals.current

    def _take_message(self, arrival: Arrival) -> None:
        if not self._rooms.parts.takes:
            self.attention_asked.emit()
            return
        person = _person(arrival)
        self.leave_card()
        self._rooms.new_message(call=arrival.card, company_id=_company(arrival, person), contact=person)

    def _open_ticket(self, ticket_id: int) -> None:
        self.leave_card()
        self._rooms.open_ticket(ticket_id)

    def leave_card(self) -> None:
        """Something is done with the call: the card makes room, the call stays."""
        self._away = self.arrivals.current
        self.card.put_away()


def _person(arrival: Arrival) -> Person | None:
    """Who calls: chosen, or the only one who fits."""
    callers = arrival.card.callers if arrival.card is not None else ()
    return arrival.person or (callers[0] if len(callers) == 1 else None)


def _company(arrival: Arrival, person: Person | None) -> int | None:
    """For which company: the caller's, or that of all who may be calling."""
    if person is not None:
        return person.company_id
    companies = {caller.company_id for caller in arrival.card.callers} if arrival.card is not None else set()
    return companies.pop() if len(companies) == 1 else None
