"""Batches: what went out comes back right, late, twice, sorted apart, corrected or with two answers; and is undone."""

import hashlib
import json
from functools import partial
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from iduo_desktop.services import answers, batches
from tests.models.base import ANY
from tests.models.ticket_model import Batch, Row, Ticket
from tests.models.tickets import ANSWERS, SENDERS, TicketMachine

CODES = st.sampled_from(["right", "right", "none", "another's"])
LINES = st.lists(
    st.tuples(ANY, st.sampled_from([*ANSWERS, " Ya  está\nresuelto. ", ""]), CODES, st.booleans()),
    min_size=1,
    max_size=5,
)
COUNTED = {
    "answered": "answered",
    "same": "same",
    "conflict": "conflict",
    "wrong_state": "doubtful",
    "wrong_code": "refused",
    "unknown": "refused",
    "empty": "refused",
}


def words(text: str) -> str:
    """What an answer says, however its blanks are set."""
    return " ".join(text.split())


class AnswerMachine(TicketMachine):
    """Tickets, and lists of answers that come back for them."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        for who in ("ana", "juan"):
            self._create(who)
        self.prepare("marta")
        self.send("marta", 0, True)

    def _lines(self, lines: list[tuple[int, str, str, bool]]) -> str:
        """A file."""
        staged = []
        for row, (pick, text, code, _) in enumerate(lines, 2):
            ticket = self._pick(pick)
            known = self.place.codes.get(ticket.id, [(0, "BBBBBB")])
            given = {"right": known[-1][1], "none": None, "another's": "BCDFGH"}[code]
            number = f"{ticket.number}" if pick % 5 else "999999999999"
            staged.append({"row": row, "number": number, "code": given, "answer": text, "answered_on": None})
        return json.dumps(staged)

    @rule(who=SENDERS, lines=LINES, pick=ANY, same=st.sampled_from([False, False, True]), dry=st.booleans())
    def bring(self, who: str, lines: list[tuple[int, str, str, bool]], pick: int, same: bool, dry: bool) -> None:
        """A file comes in, perhaps one that came before; it is tried, then applied."""
        file = self.files[pick % len(self.files)] if same and self.files else self._lines(lines)
        sha = hashlib.sha256(file.encode()).hexdigest()
        refused = self._no_sender(who)
        opening = partial(answers.open_answers, file_name="r.xlsx", sha256=sha, of_batch=None, key=uuid4())
        opened = self.do(who, opening, refused)
        if not opened:
            return
        self.past.pop()  # "already" tells of what was applied since
        applied = [b for b in self.model.batches.values() if b.kind == "answers" and b.state == "applied"]
        assert (opened.already is not None) == any(batch.file == sha for batch in applied)
        self.files = [*self.files, file][-3:]
        staged = json.loads(file)
        over = [row["row"] for row, line in zip(staged, lines, strict=False) if line[3]]
        self.do(who, partial(batches.stage, batch_id=opened.batch_id, rows=file))
        self.past.pop()  # once it is applied nothing more is put into it
        batch = self._judged(opened.batch_id, who, sha, staged, over)
        for trial in (True, False) if dry else (False,):
            totals = self.do(who, partial(answers.apply, batch_id=batch.id, replace=over, dry_run=trial))
            self.past = self.past[:-1]
            self._told(batch, who, totals)
        self._applied(batch)

    def _judged(self, id: int, who: str, sha: str, staged: list[dict[str, Any]], over: list[int]) -> Batch:
        """How each row ends, as the model has it."""
        rows = [self._row(one, one["row"] in over, sha) for one in staged]
        for ticket in {row.ticket for row in rows if row.ticket}:
            own = [n for n, row in enumerate(rows) if row.ticket == ticket and row.outcome not in _OUT]
            replacing = [n for n in own if staged[n]["row"] in over]
            winner = (replacing[-1:] or own[:1] or [0])[0]
            for n in own:
                if n != winner and rows[n].outcome == "answered":
                    rows[n].outcome = "same" if words(rows[n].text) == words(rows[winner].text) else "conflict"
        batch = Batch(id, "answers", who, "staging", rows, sha)
        self.model.batches[id] = batch
        return batch

    def _row(self, one: dict[str, Any], over: bool, sha: str) -> Row:
        """How a row ends if it were alone."""
        ticket = next((t for t in self.model.tickets.values() if str(t.number) == one["number"]), None)
        text = one["answer"].strip()
        if not text or ticket is None:
            return Row(0, Ticket(0, 0), "unknown" if text else "empty", text)
        reasons = (
            (one["code"] is not None and one["code"] not in self._codes(ticket), "wrong_code"),
            (ticket.answer and words(ticket.answer) == words(text), "same"),
            (ticket.state == "communicated", "wrong_state"),
            (ticket.answer and not over, "conflict"),
            (not ticket.answer and self._brought_before(ticket, text, sha), "same"),
        )
        return Row(ticket.id, ticket, next((outcome for fits, outcome in reasons if fits), "answered"), text)

    def _codes(self, ticket: Ticket) -> set[str]:
        """Those with which it really went out."""
        return {code for batch, code in self.place.codes.get(ticket.id, ()) if self.model.batches[batch].state in _GONE}

    def _brought_before(self, ticket: Ticket, text: str, sha: str) -> bool:
        same = (b for b in self.model.batches.values() if b.file == sha and b.state == "applied")
        rows = (row for batch in same for row in batch.rows if row.ticket == ticket.id and row.outcome == "answered")
        return any(words(row.text) == words(text) for row in rows)

    def _told(self, batch: Batch, who: str, totals: answers.AnswersApplied) -> None:
        """Totals and outcomes, as the model has them."""
        for name in ("answered", "same", "conflict", "doubtful", "refused"):
            assert getattr(totals, name) == sum(COUNTED[row.outcome] == name for row in batch.rows), name
        assert totals.rows == len(batch.rows)
        found = self.see(who, partial(answers.outcomes, batch_id=batch.id))
        assert [one.outcome for one in found] == [row.outcome for row in batch.rows]

    def _applied(self, batch: Batch) -> None:
        """What the batch changes."""
        batch.state = "applied"
        for row in batch.rows:
            if row.outcome == "answered":
                ticket = self.model.tickets[row.ticket]
                row.before = _copy(ticket)
                ticket.state, ticket.answer = "awaiting_communication", row.text.replace("\r\n", "\n")
                ticket.say("answered", batch.by, batch=batch.id)

    @precondition(lambda self: any(b.kind == "answers" for b in self.model.batches.values()))
    @rule(pick=ANY, dry=st.booleans())
    def apply_again(self, pick: int, dry: bool) -> None:
        """A batch that was applied says what it said, and does nothing."""
        batch = self._batch(pick, "answers")
        assert batch
        done = self.do(batch.by, partial(answers.apply, batch_id=batch.id, replace=(), dry_run=dry))
        self._told(batch, batch.by, done)
        self.past.pop()


_OUT = ("empty", "unknown", "wrong_code")
_GONE = ("sent", "undone")


def _copy(ticket: Ticket) -> Ticket:
    return Ticket(**{name: getattr(ticket, name) for name in Ticket.__dataclass_fields__})
