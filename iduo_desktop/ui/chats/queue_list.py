"""Who waits, and for coordinators who attends whom: a line each; Enter takes one that waits."""

from collections.abc import Iterable, Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.chats import Chat
from iduo_desktop.terms import ChatState
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import name_of
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.hit_list import HitList, Line

WIDTH = 250
ATTENDED = "Los atienden, sin respuesta desde"
OTHERS = "Esperan a otra persona"
OFFERED = "Ya pueden dejar un mensaje"  # who waits so long may go: they come first


class QueueList(QWidget):
    """`take_asked` brings the chat."""

    take_asked = Signal(object)

    def __init__(self, login: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chat_queue_box")
        self.setFixedWidth(WIDTH)
        self._login = login
        self._shown: tuple[tuple[str, str, int], ...] = ()
        self.list = HitList("chat_queue", "Chats en espera; Enter toma uno")
        self.list.chosen.connect(self._choose)
        self.list.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 12)
        column.addWidget(self.list, 1)

    def show_chats(self, chats: Iterable[Chat]) -> None:
        """All that one may see and does not attend; the chosen one stays chosen."""
        lines = [*self._lines([chat for chat in chats if chat.attended_by != self._login])]
        told = tuple((line.text, line.why, line.data.id if isinstance(line.data, Chat) else 0) for line in lines)
        if told == self._shown:
            return
        self._shown = told
        before = self.list.current()
        self.list.show_lines(lines)
        if isinstance(before, Chat):
            self._choose_again(before.id, [line.data for line in lines])
        self.list.setVisible(bool(lines))

    def _choose_again(self, chat_id: int, offered: list[object]) -> None:
        takeable = [each.id for each in offered if isinstance(each, Chat)]
        for _ in range(takeable.index(chat_id) if chat_id in takeable else 0):
            self.list.move_by(1)

    def _lines(self, chats: list[Chat]) -> Iterator[Line]:
        offered = [chat for chat in chats if chat.state == ChatState.WAITING and chat.offered]
        others = [each for each in chats if each.asked_for not in {None, self._login} and each not in offered]
        waiting = [each for each in chats if each.state == ChatState.WAITING and each not in (*offered, *others)]
        attended = [chat for chat in chats if chat.state == ChatState.ATTENDED]
        for heading, part in ((OFFERED, offered), ("Esperan", waiting), (OTHERS, others)):
            if part:
                yield Line(heading, heading=True)
            yield from map(self._line, part)
        if attended:
            yield Line(ATTENDED, heading=True)
        for chat in attended:
            since = formats.clock(chat.waits_since) if chat.waits_since else ""
            who = short_name(chat.attended_name or "")
            yield Line(name_of(chat), " · ".join(filter(None, (who, since))))

    def _line(self, chat: Chat) -> Line:
        urgent = chat.offered or chat.asked_for == self._login
        return Line(name_of(chat), formats.clock(chat.queued_at), chat, urgent=urgent)

    def _choose(self, chosen: object) -> None:
        if isinstance(chosen, Chat):
            self.take_asked.emit(chosen)
