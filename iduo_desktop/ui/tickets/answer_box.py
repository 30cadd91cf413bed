"""The answer, large, to be read to the caller; and to whom it was read."""

from collections.abc import Iterable
from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services.catalogues import Script
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.tickets.reading import Reading
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.script_strip import fill

WHILE = timedelta(minutes=5)
_TO_WHOM = "Escribí a quién se la leés."


class AnswerBox(QWidget):
    """`communicated` tells to whom; before the whole answer was on the screen there is `unread` instead."""

    communicated = Signal(str)
    unread = Signal()

    def __init__(self, clock: Clock, login: str, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._login = login
        self._card: TicketCard | None = None
        self.setObjectName("answer_box")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="card")
        self._title = label("", "heading", "answer_title", wraps=False)
        self._when = label("", "secondary", "answer_when", wraps=False)
        self.text = Reading("ticket_answer", "Respuesta")
        self._script = sentence("secondary", "answer_script")
        self._scripts: dict[str, str] = {}
        self._done = sentence("ok", "answer_communicated")
        self._message = sentence("warning", "answer_message")
        self.to = QLineEdit(maxLength=120)
        self.to.setObjectName("communicated_to")
        self.to.setAccessibleName("A quién se le lee la respuesta")
        self.to.setPlaceholderText("A quién")
        self.button = button(
            "✔ Comunicado", "communicate_button", self.communicate, key=shown("communicate"), role="primary"
        )
        self._row = QWidget()
        self._lay_out()
        self.to.returnPressed.connect(self.communicate)

    def offer(self, scripts: Iterable[Script]) -> None:
        """The organisation's sentences."""
        self._scripts = {script.situation: script.text for script in scripts}

    def show_card(self, card: TicketCard, right: Right) -> None:
        """Show the answer; one that changed has to be seen again."""
        other = self._card is None or self._card.id != card.id
        if other or (self._card is not None and self._card.answered_at != card.answered_at):
            self.text.forget()
            say(self._message, "")
        if other:
            self.to.setText(person_of(card))
            self.to.setCursorPosition(0)
        self._card = card
        self.text.show_text(card.answer)
        ready = card.state == TicketState.AWAITING_COMMUNICATION
        self._title.setText("Leer al cliente" if ready and right.offered else "Respuesta")
        by = f" por {card.answered_by}" if card.answered_by else ""
        self._when.setText(f"Respondida {formats.when(card.answered_at, self._clock())}{by}")
        self._when.setToolTip(formats.exact(card.answered_at))
        self._show_row(ready and right.offered)
        self.button.setEnabled(right.granted)
        say(self._done, self._said(card))
        said = fill(self._scripts.get(self._situation(card), ""), {}) if right.offered else ""
        say(self._script, f"Guion: «{said}»" if said else "")

    def communicate(self) -> None:
        """Ctrl+M: this answer was read to this person; what was not on the screen cannot have been read."""
        if not self._row.isVisible() or not self.button.isEnabled():
            return
        if not self.text.seen:
            self.unread.emit()
        elif not self.to.text().strip():
            say(self._message, _TO_WHOM)
            self.to.setFocus()
        else:
            say(self._message, "")
            self.communicated.emit(self.to.text().strip())

    def tell(self, text: str) -> None:
        """Say something about the answer."""
        say(self._message, text)

    def _show_row(self, shown: bool) -> None:
        """Whoever confirmed with Enter stays with the answer when the line goes."""
        focused = QApplication.focusWidget()
        if not shown and focused is not None and self._row.isAncestorOf(focused):
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self._row.setVisible(shown)

    def _situation(self, card: TicketCard) -> str:
        """Before reading, and for a while after it: an answer of last week needs no words."""
        if card.communicated_at is None:
            return "answer"
        return "communicated" if self._clock() - card.communicated_at < WHILE else ""

    def _said(self, card: TicketCard) -> str:
        if card.state != TicketState.COMMUNICATED:
            return ""
        when = formats.when(card.communicated_at, self._clock())
        by = f", por {card.communicated_by}" if card.communicated_by else ""
        return f"✔ Comunicado a {card.communicated_to} {when}{by}"

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._when, 0, Qt.AlignmentFlag.AlignBottom)
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(label("Se la leés a", "secondary", wraps=False))
        row.addWidget(self.to, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        for widget in (self._script, self.text, self._done, self._message, self._row):
            column.addWidget(widget)


def person_of(card: TicketCard) -> str:
    """«Ana Gómez»: as one says it."""
    return " ".join(part for part in (card.names, card.surname) if part)
