"""A ticket's number, big enough to be read from across the desk, and how it is said."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.ui.theme import figures
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.spoken import in_groups
from iduo_desktop.ui.widgets.ticket_words import numbered

_HUGE = 72
_ROOM = 420  # the height of a window from which there is room for the huge one


class TicketNumber(QWidget):
    """Groups of three above, words below; both can be selected with the mouse."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.number = label("", "number", "ticket_number")
        self.words = label("", "reading", "ticket_words")
        for each in (self.number, self.words):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            each.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.number)
        column.addWidget(self.words)

    def show_number(self, number: int, check: str = "") -> None:
        """Show this number."""
        self.show_text(numbered(number, check), in_groups(number, check))

    def show_text(self, text: str, words: str) -> None:
        """Show a code that is no number, and how it is said."""
        self.number.setFont(figures(self.number.font()))
        self.number.setText(text)
        self.number.setAccessibleName(f"Ticket {text}: {words}")
        self.words.setText(f"«{words}»" if words else "")
        self.words.setVisible(bool(words))

    def fit(self, height: int) -> None:
        """Be huge where a window of this height has room for it."""
        self.number.setStyleSheet(f"font-size: {_HUGE}px" if height >= _ROOM else "")
