"""Tickets that the message being typed may repeat: offered while one types, never in the way."""

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import Similar
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.offered_lines import OfferedLines, offered_line
from iduo_desktop.ui.widgets.ticket_words import numbered, stated

PAUSE_MS = 400
ENOUGH = 8
_SHOWN = 2
_ALIKE = "texto parecido"  # as similar_tickets says why
_WAITING = {TicketState.OPEN.value, TicketState.AWAITING_ANSWER.value}
Question = tuple[int | None, int | None, str, str, str]


class SimilarBox(OfferedLines):
    """`insist_requested` asks to add the text to one of them; `ticket_requested` to open one."""

    insist_requested = Signal(object)
    ticket_requested = Signal(int)

    def __init__(self, operations: Operations, clock: Clock, parent: QWidget | None = None):
        super().__init__("similar_box", parent)
        self.setAccessibleName("Tickets parecidos")
        self._operations = operations
        self._clock = clock
        self._question: Question | None = None
        self._asked: Operation[tuple[Similar, ...]] | None = None
        self.found: tuple[Similar, ...] = ()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def look_for(self, company: int | None, contact: int | None, document: str, phone_key: str, text: str) -> None:
        """Look for the like after a pause; without a person or company, or with hardly a word, for nothing."""
        somebody = company is not None or contact is not None or document or phone_key
        question = (company, contact, document, phone_key, text.strip())
        if not somebody or len(text.strip()) < ENOUGH:
            self.clear()
        elif question != self._question:
            self._question = question
            self._pause.start()

    def clear(self) -> None:
        """Offer nothing."""
        self._question = None
        self._stop()
        self._show(())

    def insist(self) -> None:
        """Ctrl+R: add the text to the first that still waits."""
        first = self._first_waiting()
        if first is not None:
            self.insist_requested.emit(first)

    def _first_waiting(self) -> Similar | None:
        return next((each for each in self.found if each.state in _WAITING), None)

    def _stop(self) -> None:
        self._pause.stop()
        if self._asked is not None:
            self._asked.stop()
            self._asked = None

    def _ask(self) -> None:
        self._stop()
        if self._question is not None:
            self._asked = self._operations.run(self, tickets.similar, *self._question)
            self._asked.then(self._show).refused(lambda _: None).failed(lambda _: None)

    def _show(self, found: tuple[Similar, ...]) -> None:
        self._asked = None
        worth = tuple(each for each in found if _worth(each))[:_SHOWN]
        if worth != self.found:
            self.found = worth
            self.show_lines(map(self._line, worth))

    def _line(self, similar: Similar) -> QWidget:
        """«⚠ Parecido al 104 002, hace 3 días · ○ Abierto · …  [Agregar a ese ticket]»."""
        ago = formats.elapsed((self._clock() - similar.at).total_seconds())
        number = numbered(similar.number, similar.check)
        words = " ".join(similar.text.split())
        text = f"{_said(similar)} {number}, {ago} · {stated(similar.state)} · {words}"
        return offered_line(f"similar_{similar.ticket_id}", text, self._verb(similar))

    def _verb(self, similar: Similar) -> QPushButton:
        if similar.state in _WAITING:
            key = shown("insist") if similar is self._first_waiting() else ""
            name, act = f"insist_{similar.ticket_id}", partial(self.insist_requested.emit, similar)
            return button("Agregar a ese ticket", name, act, key=key)
        ready = similar.state == TicketState.AWAITING_COMMUNICATION
        act = partial(self.ticket_requested.emit, similar.ticket_id)
        return button("Leer la respuesta" if ready else "Ver", f"open_{similar.ticket_id}", act)


def _worth(similar: Similar) -> bool:
    """What is done with is only worth a line when it says the same."""
    return _ALIKE in similar.why or similar.state != TicketState.COMMUNICATED


def _said(similar: Similar) -> str:
    if similar.state == TicketState.AWAITING_COMMUNICATION:
        return "☎ Tiene una respuesta sin comunicar:"
    return "⚠ Parecido al" if _ALIKE in similar.why else "⚠ Ya tiene uno sin respuesta:"
