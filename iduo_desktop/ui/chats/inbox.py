"""The chats as this workstation knows them: who waits, one's own with their lines, followed as they go on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from time import monotonic
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import Database, chats
from iduo_desktop.services.chats import Chat, Line, Queue, Said, Taken
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import ChatState
from iduo_desktop.ui.chats.sayings import Sayings
from iduo_desktop.ui.chats.words import is_own, rings_for
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operations

OWN_MS, OTHERS_MS = 20, 1_000
PAGE = 200
Known = tuple[tuple[Chat, ...], Queue]


class Inbox(QObject):
    """One of a window. `changed`: the list is another; `written`: a chat, by its id, has more lines; `rang`: one waits.

    `taken` brings the id of a chat that is one's own now; `lost` those that were taken away, and whether something
    was typed for one of them.
    """

    changed = Signal()
    written = Signal(int)
    rang = Signal(object)
    taken = Signal(int)
    lost = Signal(object, bool)

    def __init__(self, operations: Operations, drafts: Drafts, me: Me, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._drafts = drafts
        self._login, self._name = me.login, me.full_name
        self.all: tuple[Chat, ...] = ()
        self.queue: Queue | None = None
        self._lines: dict[int, tuple[Line, ...]] = {}
        self._said: dict[int, dict[int, Line]] = {}
        self._given: set[int] = set()
        self._sayings: dict[int, Sayings] = {}
        self._keys: dict[int, UUID] = {}
        self._seen: dict[int, int] = {}
        self._rung: set[int] = set()
        self._asking: set[int] = set()
        self._running = self._again = False
        self._asked_at = 0.0
        self._collect = QTimer(self, singleShot=True)
        self._collect.timeout.connect(self.look)
        operations.changed.connect(self._hear)
        operations.connection_changed.connect(lambda online: self.look() if online else None)
        drafts.recovered.connect(lambda _drafts: self._recover())

    @property
    def own(self) -> tuple[Chat, ...]:
        """Those that one attends, or that wait for how they ended, in the order in which they were begun."""
        return tuple(sorted((each for each in self.all if is_own(each, self._login)), key=lambda each: each.id))

    @property
    def waiting(self) -> tuple[Chat, ...]:
        """Those that wait for anybody or for oneself, the longest wait first."""
        return tuple(each for each in self.all if rings_for(each, self._login))

    def find(self, chat_id: int | None) -> Chat | None:
        """One of one's own."""
        return next((each for each in self.own if each.id == chat_id), None)

    def lines(self, chat_id: int) -> tuple[Line, ...]:
        """What was said, as far as it is known here: what was read, and what one has just said oneself."""
        read, said = self._lines.get(chat_id, ()), self._said.get(chat_id, {})
        last = read[-1].seq if read else 0
        return (*read, *(said[seq] for seq in sorted(said) if seq > last))

    def is_read(self, chat: Chat) -> bool:
        """Whether all that was said there is known here."""
        return len(self.lines(chat.id)) >= chat.lines

    def sayings(self, chat: Chat) -> Sayings:
        """What one writes there."""
        if chat.id not in self._sayings:
            made = self._sayings[chat.id] = Sayings(self._operations, self._drafts, chat, self)
            made.said.connect(partial(self._note, chat.id))
            made.changed.connect(partial(self.written.emit, chat.id))
            made.settle(self._own_lines(chat.id))
        return self._sayings[chat.id]

    def look(self) -> None:
        """Ask how things stand; what is wrong with it is told once the line is back."""
        if self._running:
            self._again = True
            return
        self._running, self._again = True, False
        self._asked_at = monotonic()
        asked = self._operations.refresh(self, _look)
        asked.then(self._know).refused(self._stumble).failed(self._stumble)

    def take(self, chat: Chat) -> None:
        """Attend one that waits; asked again, with the same key."""
        key = self._keys.setdefault(chat.id, uuid4())
        asked = self._operations.run(self, chats.take, chat.id, key)
        asked.then(self._took).refused(partial(self._lose, chat.id))

    def let_go(self, chat: Chat) -> None:
        """One ended it or handed it on: nobody has to be told that it is gone."""
        self._given.add(chat.id)
        self.look()

    def gave(self, chat_id: int) -> bool:
        """Whether one let it go oneself."""
        return chat_id in self._given

    def read(self, chat: Chat) -> None:
        """It is looked at."""
        last = max((line.seq for line in self.lines(chat.id)), default=0)
        if last > self._seen.get(chat.id, chat.read):
            self._seen[chat.id] = last
            self.all = self._with_seen(self.all)  # of what was read no word comes
            QTimer.singleShot(0, self, self.changed.emit)
            self._operations.refresh(self, chats.read, chat.id, last).failed(lambda _error: None)

    def _recover(self) -> None:
        """What an earlier run left was read after the chats were."""
        for chat_id, sayings in self._sayings.items():
            sayings.recover()
            sayings.settle(self._own_lines(chat_id))

    def _took(self, taken: Taken) -> None:
        self._keys.pop(taken.chat_id, None)
        self.taken.emit(taken.chat_id)
        self.look()

    def _lose(self, chat_id: int, error: UserError) -> None:
        """Somebody else was quicker."""
        self._keys.pop(chat_id, None)
        self._operations.refused.emit(error)
        self.look()

    def _stumble(self, _error: object) -> None:
        self._running = False

    def _hear(self, table: str, chat_id: int | None) -> None:
        """One's own are looked at right away, all the others once a second."""
        if table in {"chat", "call"}:
            mine = chat_id is not None and any(each.id == chat_id for each in self.own)
            if table == "call" and not self.own:
                return
            rest = OTHERS_MS - round((monotonic() - self._asked_at) * 1000)
            gap = OWN_MS if mine else max(OWN_MS, rest)
            if not 0 <= self._collect.remainingTime() <= gap:
                self._collect.start(gap)

    def _know(self, known: Known) -> None:
        self._running = False
        before = self.own
        self.all, self.queue = self._with_seen(known[0]), known[1]
        own = {each.id for each in self.own}
        self._given -= own
        gone = tuple(each for each in before if each.id not in own | self._given)
        typed = any(self._typed(each) for each in gone)
        attended = any(each.state == ChatState.ATTENDED for each in self.own)
        self._operations.hurry(on=attended)
        self._forget_others()
        for chat in self.own:
            self._read_on(chat.id)
        waiting = {each.id: each for each in self.waiting}
        fresh = [waiting[each] for each in waiting if each not in self._rung]
        self._rung = set(waiting)
        self.changed.emit()
        if gone:
            self.lost.emit(gone, typed)
        if fresh:
            self.rang.emit(fresh[0])
        if self._again:
            self.look()

    def _with_seen(self, found: tuple[Chat, ...]) -> tuple[Chat, ...]:
        """With what was read here, of which the database may not know yet."""
        return tuple(replace(each, read=max(each.read, self._seen.get(each.id, 0))) for each in found)

    def _forget_others(self) -> None:
        """What was said to somebody who is not one's own any more."""
        own = {each.id for each in self.own}
        for gone in self._sayings.keys() - own:
            self._sayings.pop(gone).deleteLater()  # what was typed stays as a draft, should it come back
        self._seen = {chat_id: seq for chat_id, seq in self._seen.items() if chat_id in own}
        self._lines = {chat_id: lines for chat_id, lines in self._lines.items() if chat_id in own}
        self._said = {chat_id: said for chat_id, said in self._said.items() if chat_id in own}

    def _typed(self, chat: Chat) -> bool:
        """Whether something is left that was meant for it."""
        sayings = self._sayings.get(chat.id)
        return sayings is not None and bool(sayings.text.strip() or sayings.open)

    def _note(self, chat_id: int, text: str, said: Said) -> None:
        """What went stands there right away, whoever wrote meanwhile."""
        line = Line(said.seq, "operator", self._name, text, said.at)
        self._said.setdefault(chat_id, {})[said.seq] = line

    def _own_lines(self, chat_id: int) -> tuple[Line, ...]:
        read = self._lines.get(chat_id, ())
        return tuple(line for line in read if line.side == "operator" and line.by_name == self._name)

    def _read_on(self, chat_id: int) -> None:
        chat = self.find(chat_id)
        last = max((line.seq for line in self._lines.get(chat_id, ())), default=0)
        if chat is None or chat.lines <= last or chat_id in self._asking:
            return
        self._asking.add(chat_id)
        asked = self._operations.refresh(self, chats.lines, chat_id, last)
        done: Callable[[object], None] = partial(self._stop_asking, chat_id)
        asked.then(partial(self._add, chat_id)).refused(done).failed(done)

    def _stop_asking(self, chat_id: int, _error: object) -> None:
        self._asking.discard(chat_id)

    def _add(self, chat_id: int, found: tuple[Line, ...]) -> None:
        self._asking.discard(chat_id)
        known = {line.seq: line for line in (*self._lines.get(chat_id, ()), *found)}
        self._lines[chat_id] = tuple(known[seq] for seq in sorted(known))
        if chat_id in self._sayings:
            self._sayings[chat_id].settle(self._own_lines(chat_id))
        self.written.emit(chat_id)
        if len(found) == PAGE:
            self._read_on(chat_id)


def _look(database: Database) -> Known:
    return chats.page(database), chats.queue(database)
