"""Tickets: taken, insisted on, sent out, answered, sent back and read to the caller by five people in turns."""

import hashlib
from functools import partial
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from iduo_desktop.services import batches, sending, tickets
from tests.models.base import ANY, NOT_ALLOWED, Machine
from tests.models.ticket_model import ARROWS, STATES, Batch, Said, Ticket, Tickets
from tests.services.messages import new

WHO = st.sampled_from(["ana", "juan", "juan", "marta", "rosa", "rosa", "eva"])
SENDERS = st.sampled_from(["marta", "marta", "eva", "ana"])
SHA = hashlib.sha256(b"x").hexdigest()
ANSWERS = ("Ya está resuelto.", "Pase por la oficina.")
DESK, BACK, BOTH = ("ana", "juan", "marta"), ("rosa", "marta"), ("ana", "juan", "marta", "rosa")


class TicketMachine(Machine):
    """All that can be done with tickets, and the batches in which they go out."""

    SAME = ("event", "ticket_id", "number", "moved", "left")

    def __init__(self) -> None:
        super().__init__()
        self.model = Tickets()
        self.touched: Ticket | None = None
        self.coordinators = False
        self.place.world.set_setting("coordinators_answer", value=False)
        self.was: dict[int, str] = {}
        self._create("ana")

    @initialize(coordinators=st.booleans())
    def decide(self, coordinators: bool) -> None:
        """Whether coordinators answer too."""
        self.coordinators = coordinators
        self.place.world.set_setting("coordinators_answer", coordinators)

    def _pick(self, number: int) -> Ticket:
        """One of the tickets."""
        self.touched = list(self.model.tickets.values())[number % len(self.model.tickets)]
        return self.touched

    def _create(self, who: str, **values: object) -> Any:
        command = partial(tickets.create, ticket=new(**values), key=uuid4())
        made = self.do(who, command, self._create_refused(who, values))
        if made:
            assert made.number not in self.place.numbers, "a number was given twice"
            self.place.numbers.add(made.number)
            self.model.tickets[made.ticket_id] = ticket = Ticket(made.ticket_id, made.number)
            ticket.say("created", who, moved=False)

    @staticmethod
    def _create_refused(who: str, values: dict[str, object]) -> str:
        if who not in DESK:
            return NOT_ALLOWED
        return "Escribí el mensaje." if "text" in values else "Pedile un teléfono" if "phone" in values else ""

    def _move(self, who: str, roles: tuple[str, ...], kind: str, ticket: Ticket, why: str, command: Any) -> bool:
        """A command on one ticket; its line in the history."""
        command = partial(command, ticket_id=ticket.id, key=uuid4())
        done = self.do(who, command, why if who in roles else NOT_ALLOWED)
        if done:
            ticket.say(kind, who, done.event, moved=kind != "note")
            assert (done.ticket_id, done.version) == (ticket.id, ticket.version)
        return bool(done)

    @precondition(lambda self: len(self.model.tickets) < 8)
    @rule(who=WHO, lacks=st.sampled_from(["", "", "", "text", "phone"]))
    def create(self, who: str, lacks: str) -> None:
        """A message, or one without what is compulsory."""
        self._create(who, **({lacks: ""} if lacks else {}))

    @rule(who=WHO, pick=ANY)
    def take(self, who: str, pick: int) -> None:
        """Into work in the back office."""
        ticket = self._pick(pick)
        why = self._not_answering(who) or ("" if ticket.state == "open" else "Ya está")
        if self._move(who, BACK, "taken", ticket, why, tickets.take):
            ticket.state = "awaiting_answer"

    def _not_answering(self, who: str) -> str:
        return "" if who == "rosa" or self.coordinators else "Acá responden los respondedores."

    @rule(
        who=WHO,
        picks=st.lists(ANY, min_size=1, max_size=4),
        text=st.sampled_from([*ANSWERS, " "]),
        extra=st.sampled_from([(), (), (1,)]),
    )
    def answer(self, who: str, picks: list[int], text: str, extra: tuple[int, ...]) -> None:
        """One or several with the same text."""
        chosen = {ticket.id: ticket for ticket in map(self._pick, picks)}
        why = NOT_ALLOWED if who not in BACK else self._not_answering(who) or ("" if text.strip() else "Escribí la")
        found = self.do(who, partial(tickets.answer, tickets=(*chosen, *extra), text=text, key=uuid4()), why)
        if found and {one.outcome for one in found} != {"answered"}:
            self.past.pop()  # asked again it answers what could not be answered before
        for one in found or ():
            ticket = chosen.get(one.ticket_id)
            if not ticket:
                assert one.outcome == "unknown"
            elif ticket.state in STATES[:2]:
                assert one.outcome == "answered"
                ticket.state, ticket.answer = "awaiting_communication", text
                ticket.say("answered", who)
            else:
                assert one.outcome == ("same" if ticket.answer == text else "wrong_state")

    @rule(who=WHO, pick=ANY, stale=st.sampled_from([0, 0, 1]), to=st.sampled_from(["la titular", "la titular", " "]))
    def communicate(self, who: str, pick: int, stale: int, to: str) -> None:
        """The answer is read to the caller, from the card that was last seen."""
        ticket = self._pick(pick)
        reasons = (
            (to == " ", "¿A quién se la leíste?"),
            (ticket.state == "communicated", f"{ticket.read_by.title()} ya se la leyó a {ticket.read_to}"),
            (ticket.state != "awaiting_communication", "Todavía no tiene respuesta."),
            (stale, "El ticket cambió mientras lo tenías abierto"),
        )
        why = next((why for refused, why in reasons if refused), "")
        command = partial(tickets.communicate, to=to, version=ticket.version - stale)
        if self._move(who, DESK, "communicated", ticket, why, command):
            self.model.turns += 1
            ticket.state, ticket.read_to, ticket.read_by, ticket.read = "communicated", to, who, self.model.turns

    @rule(who=WHO, pick=ANY, remark=st.sampled_from(["sigue igual", "sigue igual", ""]))
    def insist(self, who: str, pick: int, remark: str) -> None:
        """He calls again."""
        ticket = self._pick(pick)
        answered = {"awaiting_communication": "Ya tiene respuesta", "communicated": "Ya se le comunicó la respuesta"}
        why = answered.get(ticket.state, "") if remark else "Escribí qué dice ahora."
        if self._move(who, DESK, "insisted", ticket, why, partial(tickets.insist, remark=remark)):
            ticket.insisted += 1

    @rule(who=WHO, pick=ANY)
    def send_back(self, who: str, pick: int) -> None:
        """The answer does not serve."""
        ticket = self._pick(pick)
        why = "" if ticket.state == "awaiting_communication" else "No se puede devolver"
        if self._move(who, BOTH, "sent_back", ticket, why, partial(tickets.send_back, reason="no era eso")):
            ticket.state, ticket.answer, ticket.sent_insisted = "awaiting_answer", "", None

    @rule(who=WHO, pick=ANY)
    def note(self, who: str, pick: int) -> None:
        """For colleagues; it changes nothing."""
        self._move(who, BOTH, "note", self._pick(pick), "", partial(tickets.add_note, text="ojo"))

    def _said(self, pick: int) -> tuple[Ticket, Said] | None:
        """A line of a history that somebody may try to take back; what was read to somebody most often."""
        ticket = self._pick(pick)
        known = [said for said in ticket.history if said.id]
        return (ticket, known[-1 - (pick // 7) % len(known)]) if known else None

    @rule(who=st.sampled_from(["its own", "its own", "its own", "ana", "rosa"]), pick=ANY)
    def undo(self, who: str, pick: int) -> None:
        """It was not read after all."""
        if not (found := self._said(pick)):
            return
        ticket, said = found
        who = said.by if who == "its own" else who
        reasons = (
            (who not in DESK, NOT_ALLOWED),
            (said.by != who, "Solo podés deshacer lo que hiciste vos."),
            (said.undone, ""),
            (said.kind != "communicated", "Eso no se puede deshacer."),
            (said.old, "Ya pasaron más de 5 minutos"),
            (ticket.version != said.version, "El ticket cambió después"),
        )
        why = next((why for refused, why in reasons if refused), "")
        if self.do(who, partial(tickets.undo, event=said.id or 0), why) and not said.undone:
            ticket.state, ticket.read_to, ticket.read_by = "awaiting_communication", "", ""
            ticket.version, said.undone = ticket.version + 1, True

    @rule(pick=ANY)
    def wait(self, pick: int) -> None:
        """Five minutes pass, for one line."""
        if found := self._said(pick):
            self.place.world.age("ticket_event", found[1].id or 0, "at", minutes=6)
            found[1].old = True

    @rule(who=SENDERS)
    def prepare(self, who: str) -> None:
        """What has to travel is gathered."""
        made = self.do(who, partial(sending.prepare, first=None, last=None, key=uuid4()), self._no_sender(who))
        if made:
            self.past.pop()  # asked again later it may have expired
            batch = self.model.prepare(made.batch_id, who)
            again = sum(row.before.out is not None for row in batch.rows)
            assert (made.tickets, made.again) == (len(batch.rows), again)
            seen = self.see(who, partial(sending.tickets, batch_id=batch.id))
            assert [row.ticket_id for row in seen] == [row.ticket for row in batch.rows]
            for row in seen:
                self.place.codes.setdefault(row.ticket_id, []).append((batch.id, row.code))

    @staticmethod
    def _no_sender(who: str) -> str:
        return "" if who in ("marta", "eva") else NOT_ALLOWED

    def _batch(self, pick: int, kind: str) -> Batch | None:
        found = [batch for batch in self.model.batches.values() if batch.kind == kind]
        return found[-1 - pick % len(found)] if found else None

    @rule(who=SENDERS, pick=st.integers(0, 2), move=st.sampled_from([True, True, False]))
    def send(self, who: str, pick: int, move: bool) -> None:
        """Its file is written: it went out."""
        if batch := self._batch(pick, "sent"):
            why = self._no_sender(who) or self.model.not_sent(who, batch)
            command = partial(sending.send, batch_id=batch.id, file_name="x.xlsx", sha256=SHA, move=move, key=uuid4())
            if done := self.do(who, command, why):
                assert (done.moved, done.left) == self.model.send(batch, move)

    @rule(who=SENDERS, pick=ANY, kind=st.sampled_from(["sent", "answers"]))
    def undo_batch(self, who: str, pick: int, kind: str) -> None:
        """Taken back, but for what somebody worked on since."""
        if batch := self._batch(pick, kind):
            why = self._no_sender(who) or batch.undoable
            left = self.do(who, partial(batches.undo, batch_id=batch.id, key=uuid4()), why)
            if left is not None:
                assert len(left) == self.model.undo(batch)

    @invariant()
    def lists_are_the_models(self) -> None:
        """By state, page by page, in work order, with their counts; nothing went but along an arrow."""
        step = self.step()
        viewer = ("ana", "rosa", "marta", "eva")[step % 4]
        counted = {one.state: one.count for one in self.see(viewer, tickets.counts)}
        for state in STATES if step % 3 == 0 else STATES[step % 4 :][:1]:
            expected = self.model.of(state)
            rows = self._paged(viewer, state)
            assert [row.id for row in rows] == [ticket.id for ticket in expected]
            assert counted[state] == len(expected)
            for row, ticket in zip(rows, expected, strict=True):
                assert (row.version, row.insisted, row.answer) == (ticket.version, ticket.insisted, ticket.answer)
        for ticket in self.model.tickets.values():
            arrow = self.was.get(ticket.id, ticket.state), ticket.state
            assert arrow[0] == arrow[1] or arrow in ARROWS
        self.was = {ticket.id: ticket.state for ticket in self.model.tickets.values()}

    def _paged(self, viewer: str, state: str) -> list[tickets.TicketRow]:
        """The whole list, three at a time."""
        rows: list[tickets.TicketRow] = []
        last = None
        while page := self.see(viewer, partial(tickets.page, state=state, after=last, limit=3)):
            rows += page
            last = rows[-1].position
        return rows

    @invariant()
    def the_touched_one_is_the_models(self) -> None:
        """Its card, and its history: each line once, in order."""
        if self.touched:
            ticket = self.touched
            card = self.see("rosa", partial(tickets.card, ticket_id=ticket.id))
            assert (card.state, card.version, card.number) == (ticket.state, ticket.version, ticket.number)
            assert (card.answer, card.communicated_to) == (ticket.answer, ticket.read_to)
            told = [(e.kind, self.place.name_of(e.by), e.undone) for e in card.events]
            assert told == [(said.kind, said.by, said.undone) for said in ticket.history]
