"""The outbox: what was finished while there was no line, sent in its order when there is one, each once."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QRandomGenerator, Qt, QTimer, Signal

from iduo_desktop.database.errors import (
    ConnectionLost,
    InDoubt,
    LoginRefused,
    OperationError,
    ServerNotTrusted,
    UserError,
)
from iduo_desktop.services import Database
from iduo_desktop.ui.drafts import Draft, Drafts
from iduo_desktop.ui.operations import Fault, Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock

# Milliseconds, drawn by lot between two: after an outage five hundred desks do not all come at once.
FIRST = (1_000, 10_000)
NEXT = (300, 1_200)
AGAIN = (3_000, 15_000)
_BROKEN = "El programa no pudo enviarlo tal como está. Copialo o corregilo, y avisá a Informática."

Answers = Mapping[str, Any]


class State(Enum):
    """Where a letter is: it waits, was refused, is being corrected in its form, or was done and not looked at yet."""

    WAITING = "waiting"
    REFUSED = "refused"
    CORRECTED = "corrected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a letter that somebody has to know: the ticket with its number."""

    ticket_id: int
    number: int
    check: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a kind of form goes by itself: what it is called, and the command that its answers are.

    `send(database, target, answers, key)` runs in a worker. `dated` writes into the answers when they were typed.
    `of_case`: its target is a case, and what is about one case goes in its order. `note` adds what was typed as a
    note to the ticket that the answers are about, when it cannot be anything else any more.
    """

    noun: str
    send: Callable[[Database, int, Answers, UUID], Outcome | None]
    dated: Callable[[Answers, datetime], Answers] = lambda answers, _at: answers
    of_case: bool = False
    note: Callable[[Database, Answers, UUID], object] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A form that was finished. `turn` is its place in the order; `said` is why the server refused it."""

    draft: Draft
    written_at: datetime
    turn: int
    state: State = State.WAITING
    said: str = ""
    outcome: Outcome | None = None

    @property
    def key(self) -> UUID:
        """The key of its command."""
        return self.draft.key

    @property
    def answers(self) -> dict[str, Any]:
        """What was typed."""
        return dict(json.loads(self.draft.values))

    @property
    def code(self) -> str:
        """What the caller has instead of a number, if anything."""
        return str(self.answers.get("#provisional", ""))

    def folded(self) -> Draft:
        """As it is kept on this PC."""
        draft = self.draft
        about = {
            "kind": draft.kind,
            "target": draft.target,
            "values": draft.values,
            "written_at": self.written_at.isoformat(),
            "turn": self.turn,
            "state": self.state.value,
            "said": self.said,
            "outcome": asdict(self.outcome) if self.outcome is not None else None,
        }
        return replace(draft, kind="letter", target=0, values=json.dumps(about), saved_at=datetime.now(UTC))


def unfolded(kept: Draft) -> Letter:
    """A letter as it was kept."""
    about = json.loads(kept.values)
    draft = replace(kept, kind=about["kind"], target=about["target"], values=about["values"])
    outcome = Outcome(**about["outcome"]) if about["outcome"] is not None else None
    written = datetime.fromisoformat(about["written_at"])
    return Letter(draft, written, about["turn"], State(about["state"]), about["said"], outcome)


class Outbox(QObject):
    """The letters of the person who is logged in, in the order in which they were written.

    `changed`: something about them is another. `taken` tells of a new one, `refused` of one that the server did not
    take, `ended` of what went since the line came back: how many, and those with a number.
    """

    changed = Signal()
    taken = Signal(object)
    refused = Signal(object)
    ended = Signal(int, object)

    def __init__(self, operations: Operations, drafts: Drafts, ways: Mapping[str, Way], clock: Clock, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._drafts = drafts
        self._ways = ways
        self._clock = clock
        self._letters: dict[UUID, Letter] = {}
        self._under_way: tuple[UUID, Operation[Outcome | None]] | None = None
        self._sent: list[Letter] = []
        self._moved: set[UUID] = set()  # from the drafts, where they stay on the disk until they are here
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._go)
        self.box = drafts.beside(self)
        self.box.recovered.connect(self._recover)
        self.box.memory_only_changed.connect(lambda _: self.changed.emit())
        self.box.saved.connect(self._look_for_moved)
        self.box.load()
        drafts.queue = self
        drafts.finished.connect(self._finish)
        operations.connection_changed.connect(self._turn)
        operations.done.connect(self._look_at_mistakes, Qt.ConnectionType.QueuedConnection)

    # What forms ask

    def takes(self, draft: Draft) -> bool:
        """Whether a form like this can go by itself."""
        return draft.kind in self._ways

    def put(self, draft: Draft) -> None:
        """Take it: it goes when it can. One that was refused before goes corrected, in its old place."""
        before = self._letters.get(draft.key)
        written = self._clock() if before is None else before.written_at
        if before is None and not draft.sent:  # what may have been done goes again as it was
            dated = self._ways[draft.kind].dated(json.loads(draft.values), written)
            draft = replace(draft, values=json.dumps(dated))
        turn = max((each.turn for each in self._letters.values()), default=0) + 1
        letter = Letter(draft, written, turn if before is None else before.turn)
        self._moved.add(draft.key)
        self._keep(letter)
        self.taken.emit(letter)
        self._wait(NEXT)

    # What is there

    @property
    def letters(self) -> tuple[Letter, ...]:
        """All, in their order."""
        return tuple(sorted(self._letters.values(), key=lambda letter: letter.turn))

    def those(self, *states: State) -> tuple[Letter, ...]:
        """Those in these states."""
        return tuple(letter for letter in self.letters if letter.state in states)

    @property
    def unsent(self) -> tuple[Letter, ...]:
        """All but those that were done."""
        return self.those(State.WAITING, State.REFUSED, State.CORRECTED)

    def noun(self, letter: Letter) -> str:
        """What it is called."""
        return self._ways[letter.draft.kind].noun

    def is_going(self, letter: Letter) -> bool:
        """True while the server is asked."""
        return self._under_way is not None and self._under_way[0] == letter.key

    def before(self, letter: Letter) -> Letter | None:
        """The one about the same case that has to go first, if it cannot go yet."""
        if not self._ways[letter.draft.kind].of_case:
            return None
        return next((each for each in self._of_case(letter) if each.state is not State.WAITING), None)

    # What one does with them

    def send_now(self) -> None:
        """Without waiting any longer."""
        self._operations.poll_now()
        self._timer.start(0)

    def discard(self, letter: Letter) -> None:
        """Nobody wants it sent any more; or a number was seen."""
        if not self.is_going(letter) and self._letters.pop(letter.key, None) is not None:
            self.box.discard(letter.key)
            if letter.state is State.CORRECTED:
                self._drafts.discard(letter.key)
            self.changed.emit()
            self._wait(NEXT)

    def correct(self, letter: Letter) -> None:
        """Back into its form, with its key: if it was done after all, the same key with other answers is refused."""
        if self.is_going(letter):
            return
        draft = self._drafts.held(letter.key) or replace(letter.draft, sent=False, saved_at=self._clock())
        self._keep(replace(letter, state=State.CORRECTED))
        self._drafts.keep(draft)
        self._drafts.resumed.emit(draft)

    def may_note(self, letter: Letter) -> bool:
        """Whether what it says can be a note on a ticket."""
        return self._ways[letter.draft.kind].note is not None and bool(letter.answers.get("#similar"))

    def save_note(self, letter: Letter) -> Operation[object] | None:
        """Instead of what it was meant to be: then it is gone from here."""
        note = self._ways[letter.draft.kind].note
        if note is None or self.is_going(letter):
            return None
        asked = self._operations.run(self, note, letter.answers, letter.key)
        return asked.then(lambda _: self.discard(letter))

    # Sending

    def _of_case(self, letter: Letter) -> Iterator[Letter]:
        """What was written before about the same case."""
        for each in self.unsent:
            same = self._ways[each.draft.kind].of_case and each.draft.target == letter.draft.target
            if same and each.turn < letter.turn:
                yield each

    def _turn(self, online: bool) -> None:
        if online:
            self._wait(FIRST)
        else:
            self._timer.stop()

    def _wait(self, between: tuple[int, int]) -> None:
        if self._under_way is None and not self._timer.isActive() and (self.those(State.WAITING) or self._sent):
            self._timer.start(QRandomGenerator.global_().bounded(*between))

    def _go(self) -> None:
        """Send the next one; without a line, whoever brings it back comes here again."""
        letter = next((each for each in self.those(State.WAITING) if self.before(each) is None), None)
        if letter is None:
            self._end()
        elif self._operations.online and self._under_way is None:
            doubtful = letter.draft.sent
            letter = replace(letter, draft=replace(letter.draft, sent=True))
            self._keep(letter)
            way, draft = self._ways[letter.draft.kind], letter.draft
            asked = self._operations.run(self, way.send, draft.target, letter.answers, draft.key)
            self._under_way = draft.key, asked
            asked.then(lambda outcome: self._done(letter, outcome))
            asked.refused(lambda error: self._refuse(letter, error))
            asked.failed(lambda error: self._fail(letter, error, doubtful=doubtful))
            self.changed.emit()

    def _done(self, letter: Letter, outcome: Outcome | None) -> None:
        self._under_way = None
        self._sent.append(replace(letter, state=State.DONE, outcome=outcome))
        if outcome is not None:
            self._keep(self._sent[-1])
        else:
            self._letters.pop(letter.key, None)
            self.box.discard(letter.key)
            self.changed.emit()
        self._wait(NEXT)

    def _refuse(self, letter: Letter, error: UserError) -> None:
        self._under_way = None
        if isinstance(error, LoginRefused | ServerNotTrusted):  # not of the letter: it waits for whoever may come in
            self.changed.emit()
            return
        self._hinder(letter, error.message)

    def _hinder(self, letter: Letter, why: str) -> None:
        refused = replace(letter, draft=replace(letter.draft, sent=False), state=State.REFUSED, said=why)
        self._keep(refused)
        self.refused.emit(refused)
        self._wait(NEXT)

    def _fail(self, letter: Letter, error: OperationError, *, doubtful: bool) -> None:
        """Nothing is known to be wrong with it: it goes again, when the line is back or the server has time."""
        self._under_way = None
        self._keep(replace(letter, draft=replace(letter.draft, sent=doubtful or isinstance(error, InDoubt))))
        if not isinstance(error, ConnectionLost | InDoubt) or self._operations.online:
            self._wait(AGAIN)

    def _look_at_mistakes(self, operation: Operation[Any], future: Future[Any]) -> None:
        """A mistake of ours is told elsewhere; here the others do not wait behind it for ever."""
        if self._under_way is None or self._under_way[1] is not operation or future.cancelled():
            return
        error = future.exception()
        if error is not None and self._operations.sort(error) is Fault.BUG:
            letter = self._letters[self._under_way[0]]
            self._under_way = None
            self._hinder(letter, _BROKEN)

    def _end(self) -> None:
        sent, self._sent = self._sent, []
        if sent:
            self.ended.emit(len(sent), tuple(letter for letter in sent if letter.outcome is not None))

    # Keeping

    def _keep(self, letter: Letter) -> None:
        self._letters[letter.key] = letter
        self.box.keep(letter.folded())
        self.box.flush()
        self.changed.emit()

    def _look_for_moved(self, _at: object) -> None:
        for key in self._moved:
            self._operations.run_keeping(self, self.box.is_written, key).then(partial(self._end_move, key))

    def _end_move(self, key: UUID, written: bool) -> None:
        """It is on the disk here: what the form had left there goes."""
        if written and key in self._moved:
            self._moved.remove(key)
            self._drafts.remove(key)

    def _recover(self, kept: tuple[Draft, ...]) -> None:
        """What an earlier run left. A form that was put here when the program died is no draft any more."""
        for letter in map(unfolded, kept):
            if letter.key in self._letters or letter.draft.kind not in self._ways:
                continue
            self._letters[letter.key] = letter
            if letter.state is not State.CORRECTED:
                self._drafts.discard(letter.key)
        self.changed.emit()
        self._wait(FIRST)

    def _finish(self, key: UUID) -> None:
        """What was corrected in its form is saved, or thrown away there."""
        letter = self._letters.get(key)
        if letter is not None and letter.state is State.CORRECTED:
            del self._letters[key]
            self.box.discard(key)
            self.changed.emit()
            self._wait(NEXT)
