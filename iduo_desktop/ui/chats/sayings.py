"""What one writes in a chat: sent in its order, one at a time; what did not go stays with its key."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

from PySide6.QtCore import QObject, Signal

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import chats
from iduo_desktop.services.chats import Chat, Line, Said
from iduo_desktop.ui.chats.words import name_of
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operations

KIND = "chat"
_MAYBE = "Puede que no se haya enviado."


@dataclass(slots=True)
class Saying:
    """A line under way. `trouble` says why it did not go; `refused`: it never will as it is.

    If it went and nobody heard of it, it stands somewhere after the line `after`.
    """

    key: UUID
    text: str
    trouble: str = ""
    refused: bool = False
    after: int | None = None


class Sayings(QObject):
    """Of one chat. What is typed and what did not go is kept as a draft. `said`: a line went, and where it stands."""

    changed = Signal()
    said = Signal(str, object)

    def __init__(self, operations: Operations, drafts: Drafts, chat: Chat, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._chat_id = chat.id
        self._known = chat.lines
        self._gone = 0  # where the last line of one's own stands that is known to have gone
        self._begin: Callable[[], FormDraft] = partial(FormDraft, drafts, KIND, chat.id, f"Chat con {name_of(chat)}")
        self.text = ""
        self.open: list[Saying] = []
        self.ticket = False  # whether a message was taken of it
        self._running = False
        self._take()
        operations.connection_changed.connect(self._be_told)

    def recover(self) -> None:
        """What an earlier run left was read; nothing that is here is lost for it."""
        if not self.text.strip() and not self.open:
            self._take()
            self.changed.emit()

    def keep(self, text: str) -> None:
        """Something was typed."""
        self.text = text
        self._keep()

    def say(self, text: str) -> None:
        """Send it, after those that wait."""
        self.text = ""
        self.open.append(Saying(uuid4(), text, after=max(self._known, self._gone)))
        self._keep()
        self._go_on()

    def settle(self, own: Iterable[Line]) -> None:
        """Lines of one's own were read: what stands there went, though the answer was lost; it is shown once."""
        left = [each for each in self.open if not self._stands(each, own)]
        if len(left) < len(self.open):
            self.open = left
            self._keep()
            self._go_on()

    def retry(self) -> None:
        """Send again what did not go, with its key, and what waits behind it."""
        for each in self.open:
            if not each.refused:
                each.trouble = ""
        self._go_on()

    def waits(self, saying: Saying) -> bool:
        """Whether it goes by itself as soon as there is a line again."""
        return not self._operations.online and _goes_by_itself(saying)

    def _be_told(self, online: bool) -> None:
        """The line is back: what it broke goes by itself; what an earlier run left waits for somebody to look at it."""
        if not online:
            self.changed.emit()
            return
        for each in filter(_goes_by_itself, self.open):
            each.trouble = ""
        self._go_on()

    def take_back(self, saying: Saying) -> str:
        """What was refused goes back to where one writes."""
        self.open.remove(saying)
        self._keep()
        self._go_on()
        return saying.text

    def forget(self) -> None:
        """The chat is not one's own any more."""
        self.text, self.open = "", []
        self._draft.discard()

    def _take(self) -> None:
        self._draft = self._begin()
        kept = self._draft.values()
        self.text = str(kept.get("text", ""))
        left = kept.get("unsent")
        kept_open = left if isinstance(left, list) else []
        self.open = [Saying(UUID(str(key)), str(text), _MAYBE, after=after) for key, text, after in kept_open]

    def _stands(self, saying: Saying, own: Iterable[Line]) -> bool:
        """They go in their order, so that of two alike the second stands after the first."""
        if saying.after is None:
            return False
        after, words = max(saying.after, self._gone), saying.text.split()
        found = next((line.seq for line in own if line.seq > after and line.text.split() == words), 0)
        self._gone = max(self._gone, found)
        return found > 0

    def _go_on(self) -> None:
        following = next((each for each in self.open if not each.refused), None)
        if following is not None and not following.trouble and not self._running:
            self._running = True
            asked = self._operations.run(self, chats.say, self._chat_id, following.text, following.key)
            asked.then(partial(self._went, following)).refused(partial(self._refuse, following))
            asked.failed(partial(self._fail, following))
        self.changed.emit()

    def _went(self, saying: Saying, said: Said) -> None:
        self._running = False
        self._gone = max(self._gone, said.seq)
        if saying in self.open:
            self.open.remove(saying)
        self._keep()
        self.said.emit(saying.text, said)
        self._go_on()

    def _refuse(self, saying: Saying, error: UserError) -> None:
        self._running = False
        saying.trouble, saying.refused = error.message, True
        self._go_on()

    def _fail(self, saying: Saying, error: OperationError) -> None:
        self._running = False
        saying.trouble = error.message
        if saying in self.open:
            self.changed.emit()
        else:
            self._go_on()  # it stands in the talk

    def _keep(self) -> None:
        unsent = [[str(each.key), each.text, each.after] for each in self.open]
        self._draft.keep({"text": self.text, "unsent": unsent} if self.text.strip() or unsent else {})


def _goes_by_itself(saying: Saying) -> bool:
    return not saying.refused and saying.trouble != _MAYBE
