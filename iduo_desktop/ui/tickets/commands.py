"""What one does with a ticket besides writing about it: one command each, what is said of it, and its undo."""

from collections.abc import Iterable
from uuid import uuid4

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import Answered, Done, TicketCard
from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.tickets.answer_box import AnswerBox
from iduo_desktop.ui.tickets.rights import Ticket, Verb
from iduo_desktop.ui.widgets.ticket_words import numbered

_SAVED = {
    Verb.INSIST: "Sumaste el reclamo al ticket {}",
    Verb.ANSWER: "Respondiste el ticket {}",
    Verb.SEND_BACK: "Devolviste la respuesta del ticket {}",
    Verb.NOTE: "Nota agregada al ticket {}",
}
_REST = (
    ("wrong_state", "{} ya tenía respuesta", "{} ya tenían respuesta"),
    ("busy", "{} lo está cambiando otra persona", "{} los está cambiando otra persona"),
    ("unknown", "{} ya no está", "{} ya no están"),
)
_NAMED = 3


class Commands(QObject):
    """Each says in the notice what was done. `looked_for` tells of a ticket that is wanted on the screen.

    `read_out` and `insisted` tell of a ticket whose caller got his answer, or asked for it again.
    """

    looked_for = Signal(int)
    read_out = Signal(int)
    insisted = Signal(int)

    def __init__(self, operations: Operations, notice: Notice, window: QWidget) -> None:
        super().__init__(window)
        self._operations = operations
        self._notice = notice

    def communicate(self, card: TicketCard, to: str, box: AnswerBox) -> None:
        """The answer was read to somebody; 5 minutes to take it back."""
        asked = self._operations.run(self, tickets.communicate, card.id, to, card.version, uuid4())
        asked.busy(box.button, box.to).refused(lambda error: box.tell(error.message))
        asked.then(lambda done: self._communicated(card, to, done))

    def take(self, ticket: Ticket) -> None:
        """Take an open message into work in the back office."""
        asked = self._operations.run(self, tickets.take, ticket.id, uuid4()).refused(self._refused)
        asked.then(lambda _done: self._notice.show(f"Tomaste el ticket {_number(ticket)} para responder"))

    def saved(self, verb: Verb, card: TicketCard) -> None:
        """A text about a ticket was saved."""
        self._notice.show(_SAVED[verb].format(_number(card)))
        if verb is Verb.INSIST:
            self.insisted.emit(card.id)

    def copy_number(self, ticket: Ticket) -> None:
        """Put the number where it can be pasted."""
        QGuiApplication.clipboard().setText(f"{ticket.number}-{ticket.check}" if ticket.check else str(ticket.number))
        self._notice.tell(f"Copiaste el número {_number(ticket)}")

    def copied(self, text: str) -> None:
        """Something is in the clipboard."""
        self._notice.tell(f"Copiaste {text}")

    def answered(self, outcomes: Iterable[Answered]) -> None:
        """Several were answered with one text."""
        self._notice.show(outcome_sentence(tuple(outcomes)))

    def _communicated(self, card: TicketCard, to: str, done: Done) -> None:
        self._notice.show(f"Ticket {_number(card)} comunicado a {to}", undo=lambda: self._undo(done.event))
        self.read_out.emit(card.id)

    def _undo(self, event: int) -> None:
        self._operations.run(self, tickets.undo, event).then(self._undid)

    def _undid(self, done: Done) -> None:
        self._notice.tell("Deshecho: la respuesta está otra vez pendiente de comunicación")
        self.looked_for.emit(done.ticket_id)

    def _refused(self, error: UserError) -> None:
        self._notice.refuse(error)


def outcome_sentence(outcomes: tuple[Answered, ...]) -> str:
    """«Respondiste 5 mensajes; 104 002 ya tenía respuesta»: what became of each of several."""
    done = sum(each.outcome in {"answered", "same"} for each in outcomes)
    parts = [f"Respondiste {formats.plural(done, 'mensaje', 'mensajes')}" if done else "No se respondió ninguno"]
    for outcome, one, many in _REST:
        numbers = [each.number for each in outcomes if each.outcome == outcome]
        if numbers:
            parts.append((one if len(numbers) == 1 else many).format(_listed(numbers)))
    return "; ".join(parts)


def _listed(numbers: list[int | None]) -> str:
    """«104 002 y 104 010», «104 002, 104 010, 104 011 y 4 más»."""
    known = [numbered(number) for number in numbers if number is not None]
    if not known:
        return formats.count(len(numbers))
    shown, rest = known[:_NAMED], len(numbers) - len(known[:_NAMED])
    if rest:
        return f"{', '.join(shown)} y {rest} más"
    return " y ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def _number(ticket: Ticket) -> str:
    return numbered(ticket.number, ticket.check)
