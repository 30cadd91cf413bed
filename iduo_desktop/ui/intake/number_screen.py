"""What is read to the caller: the number, big, in groups and in words, and the sentence that goes with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui import actions
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.ticket_number import TicketNumber

_LEAVES = (*ENTER, Qt.Key.Key_Escape)
_LOW = 340
_SHARE = 8  # of the width, with a part left free at either side


class NumberScreen(QWidget):
    """Nothing else is on it. `done`: it was read."""

    done = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("number_screen")
        self.setAccessibleName("Número de ticket")
        self._copied = ""
        self._head = label("Ticket", "title", "number_head")
        self.number = TicketNumber()
        self._lead = label("Leele:", "secondary", "number_lead")
        self._sentence = label("", "reading", "number_sentence")
        self._remark = sentence("secondary", "number_remark")
        self._ready = button("Listo", "number_done", self.done.emit, key="⏎", role="primary")
        self._copy = button("Copiar", "number_copy", self.copy, key=actions.shown("copy_number"))
        self.setFocusProxy(self._ready)
        self._lay_out()
        actions.make(self, "copy_number", self.copy)

    def show_number(self, head: str, number: int, check: str, script: str, remark: str = "") -> None:
        """Show this number, with the sentence to read and what else is to be known."""
        self._head.setText(head)
        self.number.show_number(number, check)
        self._copied = f"{number}{'-' if check else ''}{check}"
        self._lead.setVisible(bool(script))
        self._sentence.setText(f"«{script}»")
        self._sentence.setVisible(bool(script))
        say(self._remark, remark)
        name_button(self._copy, "Copiar", actions.shown("copy_number"))
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.number.number.accessibleName()))

    def copy(self) -> None:
        """Ctrl+Shift+C: the number as it is typed."""
        QGuiApplication.clipboard().setText(self._copied)
        name_button(self._copy, "Copiado ✔", actions.shown("copy_number"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LEAVES:
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.number.fit(self.height())
        low = self.height() < _LOW
        self._head.setVisible(not low)
        self._column.setSpacing(4 if low else 8)

    def _lay_out(self) -> None:
        for each in (self._head, self._lead, self._sentence, self._remark):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        keys = QWidget()
        flow = QHBoxLayout(keys)
        flow.setContentsMargins(0, 0, 0, 0)
        flow.setSpacing(8)
        flow.addWidget(self._ready)
        flow.addWidget(self._copy)
        column = self._column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self._head, self.number):
            column.addWidget(widget)
        column.addStretch(1)
        for widget in (self._lead, self._sentence, self._remark):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(keys, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.addStretch(1)
        row.addLayout(column, _SHARE)
        row.addStretch(1)
