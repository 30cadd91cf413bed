"""Calls that arrive: told once each, kept until something became of them, the newest one first."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop import phones
from iduo_desktop.caller import CallState, Ring
from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import Database, calls
from iduo_desktop.services.calls import CallCard, Caller, Incoming
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import CallOutcome
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock

MOST_OPEN, MOST_KNOWN = 8, 200
RETRY_MS = 3_000
Person = Caller | ContactHit


class Arrival:
    """One call from its first ring until its outcome. `card` is what the database knows; None while it is asked."""

    def __init__(self, ring: Ring, at: datetime, *, by_hand: bool):
        self.ring = ring
        self.at = at
        self.by_hand = by_hand
        self.key: UUID = uuid4()
        self.card: CallCard | None = None
        self.person: Person | None = None
        self.problem = ""
        self.asking = False
        self.hung_up = False
        self.outcome: CallOutcome | None = None

    @property
    def number(self) -> str:
        """The caller's number as it is read."""
        e164 = self.card.e164 if self.card is not None else None
        return phones.shown(e164) if e164 else self.ring.caller

    @property
    def who(self) -> str:
        """Who calls, as far as one knows."""
        if self.person is not None:
            return name_of(self.person)
        only = self.card.callers if self.card is not None else ()
        return name_of(only[0]) if len(only) == 1 else self.number or "Número oculto"


class Arrivals(QObject):
    """`changed` tells that the current call is another one, or is known better. What became of a call is told here."""

    changed = Signal()
    rang = Signal()

    def __init__(self, operations: Operations, me: Me, clock: Clock, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._area_code = me.area_code
        self._clock = clock
        self._open: list[Arrival] = []
        self._known: dict[str, Arrival] = {}
        self._again = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._again.timeout.connect(self._ask_unanswered)
        operations.connection_changed.connect(lambda online: self._ask_unanswered() if online else None)

    @property
    def current(self) -> Arrival | None:
        """The call one is in: the newest that nothing became of yet."""
        return self._open[-1] if self._open else None

    @property
    def others(self) -> int:
        """How many more are open."""
        return max(0, len(self._open) - 1)

    def ring(self, ring: Ring) -> None:
        """The telephone system says something of a call."""
        known = self._find(ring)
        if known is not None:
            self._follow(known, ring)
        elif ring.state is not CallState.ENDED:
            self._add(Arrival(ring, self._clock(), by_hand=False))
            self.rang.emit()

    def open_by_hand(self, ring: Ring) -> None:
        """Somebody types what the telephone shows."""
        self._add(Arrival(ring, self._clock(), by_hand=True))

    def identify(self, person: Person) -> None:
        """Somebody says who calls."""
        if self.current is not None:
            self.current.person = person
            self.changed.emit()

    def finish(self, outcome: CallOutcome) -> None:
        """The current call is over, and so."""
        if self.current is not None:
            self._end(self.current, outcome)

    def finish_with(self, ticket_id: int, outcome: CallOutcome) -> None:
        """Something was done with a ticket: for who is on the line, or for whom it was offered before he hung up."""
        arrival = self.current
        if arrival is None or arrival.card is None:
            return
        if not arrival.hung_up or any(hit.ticket_id == ticket_id for hit in arrival.card.tickets):
            self._end(arrival, outcome)

    def let_go(self, call_id: int) -> None:
        """A call was ended by somebody else's command."""
        self._open = [one for one in self._open if one.card is None or one.card.id != call_id]
        self.changed.emit()

    def _find(self, ring: Ring) -> Arrival | None:
        """The same call: by its id; without one, the open call from that number."""
        if ring.id:
            return self._known.get(ring.id)
        same = (one for one in reversed(self._open) if not (one.ring.id or one.by_hand or one.hung_up))
        return next((one for one in same if ring.caller in {"", one.ring.caller}), None)

    def _follow(self, arrival: Arrival, ring: Ring) -> None:
        arrival.hung_up = arrival.hung_up or ring.state is CallState.ENDED
        arrival.ring = replace(arrival.ring, state=ring.state)
        self.changed.emit()

    def _add(self, arrival: Arrival) -> None:
        self._open = [*self._open, arrival][-MOST_OPEN:]
        if arrival.ring.id:
            self._known[arrival.ring.id] = arrival
            for old in [*self._known][:-MOST_KNOWN]:
                del self._known[old]
        self.changed.emit()
        self._ask(arrival)

    def _ask(self, arrival: Arrival) -> None:
        arrival.asking = True
        asked = self._operations.run(self, _receive, arrival.ring, self._area_code, arrival.key)
        asked.then(partial(self._received, arrival))
        asked.refused(partial(self._refused, arrival)).failed(partial(self._failed, arrival))

    def _received(self, arrival: Arrival, card: CallCard) -> None:
        arrival.card, arrival.problem = card, ""
        if arrival.outcome is not None:  # it was over before anybody knew of it
            self._end(arrival, arrival.outcome)
        self.changed.emit()

    def _refused(self, arrival: Arrival, error: UserError) -> None:
        arrival.problem = error.message
        self.changed.emit()

    def _failed(self, arrival: Arrival, _error: OperationError) -> None:
        arrival.asking = False
        arrival.problem = "Todavía no pudimos buscar quién llama. Seguimos intentando."
        self._again.start()
        self.changed.emit()

    def _ask_unanswered(self) -> None:
        """Those that nobody knows of yet, with their keys."""
        for arrival in self._open:
            if not arrival.asking:
                self._ask(arrival)

    def _end(self, arrival: Arrival, outcome: CallOutcome) -> None:
        arrival.outcome = outcome
        if arrival in self._open:
            self._open.remove(arrival)
        if arrival.card is not None:
            self._operations.run(self, calls.end, arrival.card.id, outcome.value, "", uuid4())
        self.changed.emit()


def name_of(person: Person) -> str:
    """«GÓMEZ, Ana — Panificadora Sur SRL (1204)»."""
    if isinstance(person, ContactHit):
        surname = person.surname.upper()
        name = ", ".join(filter(None, (surname, person.names))) or person.document
    else:
        name = person.name
    if not person.company or person.company == name:
        return f"{name} ({person.company_number})" if person.company_number and not person.company else name
    company = f"{person.company} ({person.company_number})" if person.company_number else person.company
    return f"{name} — {company}" if name else company


def _receive(database: Database, ring: Ring, area_code: str, key: UUID) -> CallCard:
    number = phones.parse(ring.caller, area_code)
    incoming = Incoming(ring.caller, number.e164, number.search_key, ring.ivr, ring.company, ring.id)
    return calls.receive(database, incoming, key)
