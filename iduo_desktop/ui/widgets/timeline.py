"""What happened with a client, newest first: a line each, by day, with icon and words; older ones on demand."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.cases import TimelineEntry
from iduo_desktop.terms import Channel, Direction
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.history_lines import Happened, HistoryLines, Line, short_name
from iduo_desktop.ui.widgets.inert import inert
from iduo_desktop.ui.widgets.labels import label

PAGE = 50

_EVERYTHING, _CONTACTS, _MOVES = "Todo", "Contactos", "Movimientos"
_WORDS = {
    "created": ("+", "Caso nuevo"),
    "imported": ("+", "Caso abierto por importación"),
    "taken": ("●", "Tomado"),
    "taken_over": ("●", "Quitado a otro"),
    "released": ("○", "Liberado"),
    "returned": ("○", "Volvió a su lista"),
    "moved": ("→", "Movido"),
    "closed": ("✔", "Cerrado"),
    "reopened": ("↺", "Reabierto"),
    "survey": ("✎", "Encuesta"),
}
_OPENS = {"closed", "survey", "chat"}  # behind these stands a form, or what was said
_SIGNS = {Channel.CALL: "☎", Channel.WHATSAPP: "WA", Channel.EMAIL: "✉", Channel.SMS: "SMS", Channel.CHAT: "Chat"}


def describe(entry: TimelineEntry, me: str) -> Line:
    """An entry in words: «☎ No contesta · vos»."""
    by = "vos" if entry.by == me else short_name(entry.by_name)
    sign, words = _WORDS.get(entry.kind, ("·", ""))
    if entry.channel:
        channel = Channel(entry.channel)
        came_in = " (se comunicó el cliente)" if entry.direction == Direction.INBOUND else ""
        sign, words = _SIGNS[channel], f"{entry.text or channel.label}{came_in}"
    elif entry.text:
        words = f"{words}: {entry.text}" if words else entry.text
    note = inert(entry.note) if entry.kind == "chat" else entry.note  # who wrote gave the name that stands there
    return Line(words, formats.clock(entry.at), sign, by, note, entry.undone)


def speak(entry: TimelineEntry, line: Line, at: datetime) -> str:
    """The same for a screen reader, in one sentence."""
    kind = Channel(entry.channel).label if entry.channel else ""
    parts = (formats.when(entry.at, at), kind, line.text, line.note, line.by, "deshecho" if line.undone else "")
    return ", ".join(part for part in parts if part)


class Timeline(QWidget):
    """As high as its entries: whatever it stands in scrolls. `more_asked` tells the id of the oldest one here.

    `form_asked` tells the id of an entry whose filled form somebody wants to see, `chat_asked` a chat's.
    """

    more_asked = Signal(int)
    form_asked = Signal(int)
    chat_asked = Signal(int)
    line_chosen = Signal(QRect)

    def __init__(self, me: str, clock: Clock = formats.now, parent: QWidget | None = None):
        super().__init__(parent)
        self._me = me
        self._clock = clock
        self._entries: list[TimelineEntry] = []
        self._filter = QComboBox()
        self._filter.setObjectName("timeline_filter")
        self._filter.setAccessibleName("Qué mostrar del historial")
        self._filter.addItems([_EVERYTHING, _CONTACTS, _MOVES])
        self._filter.currentIndexChanged.connect(self._show)
        self._lines = HistoryLines("timeline")
        self._lines.chosen.connect(lambda place: self.line_chosen.emit(place.translated(self._lines.pos())))
        self._lines.opened.connect(self._open)
        self._nothing = label("Todavía no pasó nada con este cliente.", "secondary", "timeline_nothing")
        self._more = button("Ver más", "timeline_more", self._ask_more, role="link")
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("Historial", "heading", "timeline_title", wraps=False))
        head.addStretch(1)
        head.addWidget(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._lines)
        column.addWidget(self._nothing)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show the newest entries of a client."""
        self._entries = list(entries)
        self._more.setVisible(len(entries) >= PAGE)
        self._show()

    def add_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Add older ones below."""
        known = {entry.id for entry in self._entries}
        self._entries += [entry for entry in entries if entry.id not in known]
        self._more.setVisible(len(entries) >= PAGE)
        self._show()

    @property
    def count(self) -> int:
        """Entries here, filtered out or not."""
        return len(self._entries)

    def _open(self, key: int) -> None:
        """A chat has its number below zero, of which no event is."""
        if key < 0:
            self.chat_asked.emit(-key)
        else:
            self.form_asked.emit(key)

    def _ask_more(self) -> None:
        if self._entries:
            self.more_asked.emit(self._entries[-1].id)

    def _shown(self) -> Iterable[TimelineEntry]:
        wanted = self._filter.currentText()
        for entry in self._entries:
            if wanted == _EVERYTHING or (wanted == _CONTACTS) == (entry.channel is not None):
                yield entry

    def _show(self) -> None:
        shown = [self._happened(entry) for entry in self._shown()]
        self._lines.show_entries(shown, self._clock().date())
        self._nothing.setVisible(not shown)

    def _happened(self, entry: TimelineEntry) -> Happened:
        line = describe(entry, self._me)
        key = entry.id if entry.kind in _OPENS else 0
        return Happened(entry.at, line, speak(entry, line, self._clock()), key)
