"""One ticket: what was taken, its answer to read out, and what can be done with it. Reading is never a dialog."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import TicketCard, TicketRow
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.ticket_words import numbered, stated


class TicketPanel(QWidget):
    """Shows a card, or at once what the line of the list tells of it. `left`: Esc."""

    left = Signal()

    def __init__(self, me: Me, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("ticket_panel")
        self.setAccessibleName("Datos del ticket")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self._me = me
        self._clock = clock
        self._shown = 0
        self.title = ElidedLabel("ticket_title")
        mark(self.title, role="title")
        self.answer = label("", "", "ticket_answer")
        self.remark = sentence("warning", "ticket_remark")
        column = QVBoxLayout(self)
        for widget in (self.title, self.remark, self.answer):
            column.addWidget(widget)
        column.addStretch(1)
        self.show_nobody()

    @property
    def ticket_id(self) -> int:
        """The ticket that is on the screen, 0 when none is."""
        return self._shown

    def show_nobody(self) -> None:
        """The list has no chosen line."""
        self._shown = 0
        self.title.setText("")
        self.answer.setText("Elegí un mensaje de la lista para verlo.")
        say(self.remark, "")

    def expect(self, row: TicketRow) -> None:
        """A card is on its way."""
        self.title.setText(f"Ticket {numbered(row.number, row.check)} · {stated(row.state)}")

    def show_card(self, card: TicketCard) -> None:
        """Show all about a ticket."""
        self._shown = card.id
        self.title.setText(f"Ticket {numbered(card.number, card.check)} · {stated(card.state)}")
        self.answer.setText(card.answer)
        say(self.remark, "")

    def tell(self, text: str) -> None:
        """Say something about what is shown."""
        say(self.remark, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
