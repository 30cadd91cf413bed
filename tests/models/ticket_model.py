"""Tickets as a plain program has them: four states, their arrows, what went out in which batch, and what came back."""

import copy
from dataclasses import dataclass, field

STATES = ("open", "awaiting_answer", "awaiting_communication", "communicated")
ARROWS = {
    ("open", "awaiting_answer"),
    ("open", "awaiting_communication"),
    ("awaiting_answer", "awaiting_communication"),
    ("awaiting_communication", "communicated"),
    ("awaiting_communication", "awaiting_answer"),
    ("communicated", "awaiting_communication"),
    ("awaiting_answer", "open"),  # these two only where a batch is undone
    ("awaiting_communication", "open"),
}


@dataclass
class Said:
    """One line of a ticket's history. `id` is known of what can be taken back."""

    kind: str
    by: str
    version: int
    id: int | None = None
    batch: int = 0
    undone: bool = False
    old: bool = False


@dataclass
class Ticket:
    """One message."""

    id: int
    number: int
    state: str = "open"
    answer: str = ""
    insisted: int = 0
    version: int = 1
    read_to: str = ""
    read_by: str = ""
    read: int = 0
    out: int | None = None
    sent_insisted: int | None = None
    history: list[Said] = field(default_factory=list)

    def say(self, kind: str, by: str, event: int | None = None, batch: int = 0, moved: bool = True) -> None:
        """One more line; a note moves nothing."""
        self.version += moved
        self.history.append(Said(kind, by, self.version, event, batch))

    def worked_on(self) -> bool:
        """Somebody took or answered it since it went out."""
        last = max((n for n, said in enumerate(self.history) if said.kind == "exported"), default=-1)
        return any(s.kind in ("taken", "answered", "sent_back") and not s.undone for s in self.history[last + 1 :])


@dataclass
class Row:
    """A row of a batch; `before` is the ticket as it was."""

    ticket: int
    before: Ticket
    outcome: str = ""
    text: str = ""


@dataclass
class Batch:
    """What went out, or came in."""

    id: int
    kind: str
    by: str
    state: str
    rows: list[Row]
    file: str = ""

    @property
    def undoable(self) -> str:
        """Why it cannot be undone."""
        if self.state == "undone":
            return "ya deshizo ese lote"
        return "" if self.state in ("sent", "applied") else "Ese lote no se aplicó"


class Tickets:
    """All of them, and their batches."""

    def __init__(self) -> None:
        self.tickets: dict[int, Ticket] = {}
        self.batches: dict[int, Batch] = {}
        self.turns = 0

    def of(self, state: str) -> list[Ticket]:
        """A list in work order: insisted first, then the oldest; what was communicated: the newest first."""
        found = [ticket for ticket in self.tickets.values() if ticket.state == state]
        return sorted(found, key=lambda t: -t.read if state == "communicated" else (-t.insisted, t.id))

    def held(self, but: str) -> set[int]:
        """What others prepare to send at this moment."""
        others = (b for b in self.batches.values() if b.state == "prepared" and b.by != but)
        return {row.ticket for batch in others for row in batch.rows}

    def prepare(self, batch: int, who: str) -> Batch:
        """What has to travel, for whoever asks; what he had prepared before is let go."""
        for own in self.batches.values():
            if own.by == who and own.state == "prepared":
                own.state = "expired"
        held = self.held(who)
        going = [
            ticket
            for ticket in self.tickets.values()
            if (ticket.state == "open" or (ticket.state == "awaiting_answer" and ticket.out is not None))
            and (-1 if ticket.sent_insisted is None else ticket.sent_insisted) < ticket.insisted
            and ticket.id not in held
        ]
        rows = [Row(ticket.id, copy.copy(ticket)) for ticket in sorted(going, key=lambda t: t.number)]
        self.batches[batch] = Batch(batch, "sent", who, "prepared", rows)
        return self.batches[batch]

    def not_sent(self, who: str, batch: Batch) -> str:
        """Why a batch cannot go out."""
        reasons = (
            (batch.by != who, "Ese lote no existe o es de otra persona."),
            (batch.kind != "sent" or batch.state in ("sent", "undone"), "Ese lote ya se envió."),
            (batch.state == "expired", "Ese lote venció sin enviarse"),
            (not batch.rows, "Ese lote no tiene mensajes."),
        )
        return next((why for refused, why in reasons if refused), "")

    def send(self, batch: Batch, move: bool) -> tuple[int, int]:
        """It went out; how many moved, how many were left because somebody was quicker."""
        batch.state = "sent"
        for row in batch.rows:
            ticket = self.tickets[row.ticket]
            moves = ticket.state == "open" and move
            row.outcome = "left" if ticket.state != row.before.state else "moved" if moves else "sent"
            if row.outcome != "left":
                ticket.state = "awaiting_answer" if moves else ticket.state
                ticket.out, ticket.sent_insisted = batch.id, row.before.insisted
                ticket.say("exported", batch.by, batch=batch.id)
        outcomes = [row.outcome for row in batch.rows]
        return outcomes.count("moved"), outcomes.count("left")

    def undo(self, batch: Batch) -> int:
        """As it was before, but for what somebody worked on since; how many those are."""
        batch.state = "undone"
        undo = self._unsend if batch.kind == "sent" else self._unanswer
        return sum(not undo(batch, row) for row in batch.rows if row.outcome in ("moved", "sent", "answered"))

    def _unsend(self, batch: Batch, row: Row) -> bool:
        ticket = self.tickets[row.ticket]
        if ticket.out != batch.id or ticket.state not in STATES[:2] or ticket.worked_on():
            return False
        ticket.state, ticket.out, ticket.sent_insisted = row.before.state, row.before.out, row.before.sent_insisted
        self._back(ticket, "exported", batch.id)
        return True

    def _unanswer(self, batch: Batch, row: Row) -> bool:
        ticket = self.tickets[row.ticket]
        if ticket.version != row.before.version + 1:
            return False
        ticket.state, ticket.answer = row.before.state, row.before.answer
        self._back(ticket, "answered", batch.id)
        return True

    @staticmethod
    def _back(ticket: Ticket, kind: str, batch: int) -> None:
        ticket.version += 1
        for said in ticket.history:
            if said.kind == kind and said.batch == batch:
                said.undone = True
