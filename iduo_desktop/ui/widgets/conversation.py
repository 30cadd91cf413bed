"""What was written with somebody, newest first: read, followed as it goes on, and sent again where it failed."""

from functools import partial
from uuid import uuid4

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import cases, messages
from iduo_desktop.services.messages import Message, Sent, Thread
from iduo_desktop.terms import Direction
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.message_lines import MessageLines
from iduo_desktop.ui.widgets.message_words import written
from iduo_desktop.ui.widgets.resend_dialog import ResendDialog

PAGE = 100
GATHER_MS, LOOK_MS = 150, 1_000
NOTHING = "Todavía no se escribieron. Los mails y los mensajes que se manden y los que contesten quedan acá."
WAITS = "Mensaje para enviar"


class Conversation(QWidget):
    """As high as its messages: whatever it stands in scrolls. `unread_changed` tells how many nobody has read.

    What is new counts as read once whoever has the case has had it before his eyes for a second.
    """

    unread_changed = Signal(int)
    line_chosen = Signal(QRect)

    def __init__(self, operations: Operations, notice: Notice, me: str, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("conversation")
        self._operations = operations
        self._notice = notice
        self._me = me
        self._clock = clock
        self._case = 0
        self._mine = self._may_write = False
        self._unread = 0
        self._asked = 0
        self._messages: list[Message] = []
        self.lines = MessageLines("messages")
        self._nothing = label(NOTHING, "secondary", "messages_nothing")
        self._more = button("Ver más", "messages_more", self._ask_older, role="link")
        self._gather = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self._ask)
        self._looks = QTimer(self, interval=LOOK_MS)
        self._looks.timeout.connect(self._look)
        self._lay_out()
        self.lines.chosen.connect(lambda place: self.line_chosen.emit(place.translated(self.lines.pos())))
        self.lines.asked.connect(self.resend)
        operations.changed.connect(self._hear)

    @property
    def unread(self) -> int:
        """How many messages came in and were not read."""
        return self._unread

    def show_case(self, case_id: int, *, mine: bool, may_write: bool) -> None:
        """Show what was written with the client or person of a case; 0 shows nothing."""
        self._mine, self._may_write = mine, may_write
        if case_id != self._case:
            self._case = case_id
            self._show(Thread(None, ()))
            self._ask()
        else:
            self._paint()

    def resend(self, message_id: int) -> None:
        """Send one again that failed, or of which nobody knows."""
        asked = self._operations.run(self, messages.resend, message_id, uuid4())
        asked.busy(self.lines).then(self._resent).refused(partial(self._refuse, message_id))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._unread:
            self._looks.start()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._nothing)
        column.addWidget(self.lines)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def _hear(self, table: str, _id: object) -> None:
        if table in {"message", "conversation"} and self._case and not self._gather.isActive():
            self._gather.start()

    def _ask(self) -> None:
        if self._case:
            self._asked += 1
            number = self._asked
            asked = self._operations.run(self, messages.thread, self._case)
            asked.then(lambda found: self._take(number, found)).failed(lambda _error: None)

    def _take(self, number: int, found: Thread) -> None:
        if number == self._asked:
            self._show(found)
            self.unread_changed.emit(self._unread)

    def _show(self, found: Thread) -> None:
        older = self._messages if found.conversation is not None else []
        here = {message.id for message in found.messages}
        last = min(here, default=0)
        self._messages = [*found.messages, *(message for message in older if message.id < last)]
        if not older or len(self._messages) == len(found.messages):
            self._more.setVisible(len(found.messages) >= PAGE)
        self._unread = found.conversation.unread if found.conversation is not None else 0
        self._paint()
        if self._unread:
            self._looks.start()

    def _paint(self) -> None:
        came = [message.id for message in self._messages if message.direction == Direction.INBOUND]
        fresh = set(came[: self._unread])
        shown = [
            written(message, self._me, fresh=message.id in fresh, may_write=self._may_write)
            for message in self._messages
        ]
        self.lines.show_messages(shown, self._clock().date())
        self._nothing.setVisible(not shown)

    def _ask_older(self) -> None:
        if self._messages:
            case, before = self._case, self._messages[-1].id
            asked = self._operations.run(self, messages.messages, case, before).busy(self._more)
            asked.then(lambda older: self._add(case, older))

    def _add(self, case_id: int, older: tuple[Message, ...]) -> None:
        if case_id == self._case:
            known = {message.id for message in self._messages}
            self._messages += [message for message in older if message.id not in known]
            self._more.setVisible(len(older) >= PAGE)
            self._paint()

    def _look(self) -> None:
        """Somebody who has the case, at a window in front, sees it: then it is read."""
        if not self._unread or not self.isVisible():
            self._looks.stop()
        elif self._mine and self.window().isActiveWindow() and not self.lines.viewport().visibleRegion().isEmpty():
            self._looks.stop()
            asked = self._operations.run(self, messages.mark_read, self._case)
            asked.refused(lambda _error: None).failed(lambda _error: None)

    def _resent(self, sent: Sent) -> None:
        self._notice.show(WAITS, undo=lambda: self._operations.run(self, cases.undo, sent.event).then(self._undid))

    def _refuse(self, message_id: int, error: UserError) -> None:
        """Where he is not to be contacted now, a reason is asked for; all else is said."""
        if error.field != "override_reason":
            self._notice.refuse(error)
            return
        dialog = ResendDialog(self._operations, message_id, error.message, self)
        dialog.resent.connect(self._resent)
        dialog.open()

    def _undid(self, _undone: object) -> None:
        self._notice.tell("Anulaste el mensaje: no sale.")
