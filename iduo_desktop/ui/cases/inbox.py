"""What the clients of one's own cases wrote: the last message of each, and word when one answers."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import messages
from iduo_desktop.services.cases import CaseRow
from iduo_desktop.services.messages import Conversation, Correspondence
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.inert import one_line
from iduo_desktop.ui.widgets.message_words import last_words, spoken_words

GATHER_MS = 200
_SHOWN, _TIP = 22, 400


class Inbox(QObject):
    """`changed`: the words are others. `answered` brings what just came in, {case: whose it is}."""

    changed = Signal()
    answered = Signal(object)

    def __init__(self, operations: Operations, parent: QObject | None = None):
        super().__init__(parent)
        self._operations = operations
        self._known: Mapping[int, Correspondence] | None = None
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.ask)
        operations.changed.connect(self._hear)

    def ask(self) -> None:
        """Ask for the conversations of one's cases."""
        self._operations.refresh(self, messages.of_my_cases).then(self._take).failed(lambda _error: None)

    def of(self, case_id: int) -> Conversation | None:
        """What was written in a case; None where nothing was."""
        found = (self._known or {}).get(case_id)
        return None if found is None else found.conversation

    def unread(self) -> tuple[int, ...]:
        """The cases with something that nobody has read, the newest first."""
        every = (found.conversation for found in (self._known or {}).values())
        waiting = sorted((found for found in every if found.unread), key=lambda found: found.last_at, reverse=True)
        return tuple(found.case_id for found in waiting)

    def words(self, row: CaseRow) -> str:
        """«● 2 · Ya pagué el lunes…»."""
        found = self.of(row.id)
        return formats.NOTHING if found is None else one_line(last_words(found, _SHOWN), _SHOWN)

    def tip(self, row: CaseRow) -> str:
        """More of it, and when."""
        found = self.of(row.id)
        return "" if found is None else f"{formats.exact(found.last_at)}\n{last_words(found, _TIP)}"

    def spoken(self, row: CaseRow) -> str:
        """For a screen reader."""
        found = self.of(row.id)
        return formats.NOTHING if found is None else spoken_words(found)

    def waits(self, row: CaseRow) -> bool:
        """Whether an answer was not read yet."""
        found = self.of(row.id)
        return found is not None and found.unread > 0

    def _hear(self, table: str, _id: object) -> None:
        if table in {"message", "conversation"} and not self._gather.isActive():
            self._gather.start()

    def _take(self, found: Mapping[int, Correspondence]) -> None:
        before, self._known = self._known, found
        if found != before:
            self.changed.emit()
        if before is not None:
            new = {case: each.client for case, each in found.items() if _grew(before.get(case), each)}
            if new:
                self.answered.emit(new)


def _grew(before: Correspondence | None, now: Correspondence) -> bool:
    """Whether something came in since."""
    return now.conversation.unread > (before.conversation.unread if before is not None else 0)
