"""What happened with a ticket, newest first, notes among it."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.tickets import TicketCard, TicketEvent
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.history_lines import Happened, HistoryLines, Line, short_name
from iduo_desktop.ui.widgets.labels import label

_WORDS = {
    "created": ("+", "Ingresó"),
    "insisted": ("↺", "Insistió"),
    "exported": ("⇪", "Enviado en el listado del día"),
    "taken": ("●", "Tomado para responder"),
    "answered": ("✎", "Respondido"),
    "sent_back": ("←", "Devuelto: la respuesta no sirve"),
    "communicated": ("✔", "Comunicado a"),
    "note": ("·", "Nota interna"),
}


class Story(QWidget):
    """`note_asked`: somebody wants to add an internal note."""

    note_asked = Signal()
    line_chosen = Signal(QRect)

    def __init__(self, clock: Clock, login: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._login = login
        self._lines = HistoryLines("ticket_story")
        self._lines.chosen.connect(lambda place: self.line_chosen.emit(place.translated(self._lines.pos())))
        self.note = button("Agregar nota interna", "note_button", self.note_asked.emit, key=shown("note"), role="link")
        head = QHBoxLayout()
        head.addWidget(label("Historial", "heading", "story_title", wraps=False))
        head.addStretch(1)
        head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._lines)

    def show_card(self, card: TicketCard) -> None:
        """Show the events of a ticket."""
        entries = [self._happened(event, card) for event in reversed(card.events)]
        self._lines.show_entries(entries, self._clock().date())

    def _happened(self, event: TicketEvent, card: TicketCard) -> Happened:
        line = self._line(event, card)
        when = formats.when(event.at, self._clock())
        parts = (when, line.text, line.note, line.by, "deshecho" if line.undone else "")
        return Happened(event.at, line, ", ".join(part for part in parts if part))

    def _line(self, event: TicketEvent, card: TicketCard) -> Line:
        sign, words = _WORDS.get(event.kind, ("·", event.kind))
        by = "vos" if event.by == self._login else short_name(event.by_name)
        note = "" if event.kind == "created" or event.text == card.answer else event.text
        if event.kind == "communicated":
            words, note = f"{words} {event.text}", ""
        return Line(words, formats.clock(event.at), sign, by, note, event.undone)
