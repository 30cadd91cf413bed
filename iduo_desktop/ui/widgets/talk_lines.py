"""What was said in a chat, new lines below, each day under its heading, and below all what did not go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.chats import Line
from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.inert import inert
from iduo_desktop.ui.widgets.message_lines import MessageLines, Written

UNSENT = 10_000  # above every number that a line has
NEAR = 24
SYSTEM = "Sistema"
SENDING, BEHIND, OFFLINE = "Enviando…", "Sale después de la anterior", "Sin conexión: sale sola cuando vuelva"
RETRY, REWRITE = "Reintentar", "Volver a escribirlo"


@dataclass(frozen=True, slots=True)
class Unsent:
    """A line under way. `trouble` says why it did not go; `refused`: it never will as it is; `waits`: for a line."""

    text: str
    trouble: str
    refused: bool
    waits: bool


class TalkLines(QWidget):
    """Stays at the end while one is there; what is `over` is read from its beginning.

    `rewrite_asked` brings the place of what was refused.
    """

    retry_asked = Signal()
    rewrite_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, over: bool = False):
        super().__init__(parent)
        self.setObjectName("talk_lines")
        self._over = over
        self._chat_id = 0
        self._known: frozenset[int] = frozenset()
        self._shown: tuple[object, ...] = ()
        self._stays = not over
        self.lines = MessageLines("chat_lines")
        self.lines.asked.connect(self._ask)
        self.lines.chosen.connect(self._look)
        content = QWidget()
        mark(content, surface="background")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 4, 0, 4)
        if not over:
            column.addStretch(1)
        column.addWidget(self.lines)
        if over:
            column.addStretch(1)
        self.area = FillingScroll(content)
        self.area.setObjectName("chat_scroll")
        self.area.setAccessibleName("Conversación")
        self._bar = self.area.verticalScrollBar()
        self._bar.valueChanged.connect(lambda _value: self._follow())
        self._bar.rangeChanged.connect(lambda _low, _high: self._hold_end())
        self.news = button("Hay líneas nuevas ↓", "chat_news", self.go_to_end, role="link")
        self.news.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.area, 1)
        whole.addWidget(self.news, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_talk(
        self, chat_id: int, visitor: str, lines: tuple[Line, ...], unsent: Iterable[Unsent], read: int, today: date
    ) -> None:
        """Show what was said; another chat is shown from its end."""
        rows = (*_written(lines, visitor, read), *_unsent(unsent))
        other = chat_id != self._chat_id
        if not other and (rows, today) == self._shown:
            return
        fresh = [line for line in lines if line.seq not in self._known and line.side == "visitor"]
        self._chat_id, self._known, self._shown = chat_id, frozenset(line.seq for line in lines), (rows, today)
        self._stays = not self._over and (self._stays or other)
        self.lines.show_messages(rows, today)
        if fresh and not other:
            self._tell(visitor, fresh[-1].text)
        if self._stays:
            QTimer.singleShot(0, self, self.go_to_end)
        elif fresh and not self._over:
            self.news.show()

    def clear(self) -> None:
        """No chat."""
        self._chat_id, self._known, self._shown, self._stays = 0, frozenset(), (), True
        self.lines.show_messages((), formats.here(formats.now()).date())
        self.news.hide()

    def go_to_end(self) -> None:
        """See the newest lines."""
        self._stays = True
        self.news.hide()
        self._bar.setValue(self._bar.maximum())

    def _follow(self) -> None:
        """Who scrolls up reads on there, whatever is written meanwhile."""
        self._stays = self._bar.value() >= self._bar.maximum() - NEAR
        if self._stays:
            self.news.hide()

    def _hold_end(self) -> None:
        if self._stays:
            self._bar.setValue(self._bar.maximum())

    def _look(self, place: QRect) -> None:
        """The keyboard goes through the lines."""
        top = self.lines.y() + place.top()
        self.area.ensureVisible(0, top + place.height(), 0, 4)
        self.area.ensureVisible(0, top, 0, 4)

    def _ask(self, number: int) -> None:
        row = next((row for row in self.lines.written() if row.id == number), None)
        if row is not None and row.verb == RETRY:
            self.retry_asked.emit()
        elif row is not None:
            self.rewrite_asked.emit(number - UNSENT)

    def _tell(self, visitor: str, text: str) -> None:
        if self.isVisible() and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"{visitor}: {inert(text)}"))


def said_by(line: Line, visitor: str) -> str:
    """Who wrote a line."""
    return {"visitor": visitor, "operator": line.by_name or "Operador"}.get(line.side, SYSTEM)


def _written(lines: Iterable[Line], visitor: str, read: int) -> Iterator[Written]:
    for line in lines:
        incoming = line.side == "visitor"
        head = f"{said_by(line, visitor)} · {formats.clock(line.at)}"
        fresh = incoming and line.seq > read
        yield Written(line.seq, head, inert(line.text), at=line.at, incoming=incoming, fresh=fresh)


def _unsent(unsent: Iterable[Unsent]) -> Iterator[Written]:
    under_way = SENDING
    for place, saying in enumerate(unsent):
        trouble = "" if saying.waits else saying.trouble
        verb = "" if not trouble else REWRITE if saying.refused else RETRY
        state = OFFLINE if saying.waits else f"⚠ No se envió. {trouble}" if trouble else under_way
        if not saying.refused:
            under_way = BEHIND
        yield Written(UNSENT + place, "Vos", inert(saying.text), state, trouble=bool(trouble), verb=verb)
