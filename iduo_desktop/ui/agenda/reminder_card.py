"""The card of one reminder: what, when, whom to call where; it stays until it is done, called or put off."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services.agenda import Item
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.agenda import postpone, words
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout


class ReminderCard(QFrame):
    """`asked` brings an act and the item, `put_off` the item and until when. Decides nothing."""

    asked = Signal(str, object)
    put_off = Signal(object, object)

    def __init__(self, item: Item, clock: Clock, parent: QWidget, *, discreet: bool):
        super().__init__(parent)
        self.setObjectName("reminder_card")
        mark(self, surface="card")
        self._clock = clock
        self._discreet = discreet
        self.item = item
        self.head = ElidedLabel("reminder_head")
        mark(self.head, role="heading")
        self.call = self._button("Llamar", "call")
        self.done = self._button("Hecho", "done")
        self.later = button("Posponer ▾", "reminder_postpone", self.pop, key=shown("postpone"))
        self.later.setAccessibleName("Posponer")
        self.open = self._button("Abrir", "open")
        self._lay_out()
        self.show_item(item)

    def show_item(self, item: Item) -> None:
        """The same thing, perhaps changed."""
        self.item = item
        now = self._clock()
        self.head.setText(f"{words.when(item, now)} · {words.text(item, discreet=self._discreet)}")
        self.setAccessibleName(f"Recordatorio: {self.head.text()}")
        self.call.setVisible(item.kind in words.CALLS)
        primary = self.call if item.kind in words.CALLS else self.done
        for each in (self.call, self.done):
            mark(each, role="primary" if each is primary else "")

    def take_keyboard(self) -> None:
        """F10: go there."""
        target = self.call if self.item.kind in words.CALLS else self.done
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def pop(self) -> None:
        """How long to put it off."""
        place = self.later.mapToGlobal(self.later.rect().bottomLeft())
        postpone.pop(self, place, self._clock, self._put_off)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters that lists have."""
        acts: dict[str, Callable[[], object]] = {
            "d": partial(self._ask, "done"),
            "p": self.pop,
            "l": partial(self._ask, "call"),
        }
        act = acts.get(event.text().lower())
        if act is not None and not (event.text().lower() == "l" and self.call.isHidden()):
            act()
        else:
            super().keyPressEvent(event)

    def _ask(self, act: str) -> None:
        self.asked.emit(act, self.item)

    def _put_off(self, until: datetime) -> None:
        self.put_off.emit(self.item, until)

    def _button(self, text: str, act: str) -> QPushButton:
        key = "" if act == "open" else shown(act)
        made = button(text, f"reminder_{act}", partial(self._ask, act), key=key)
        made.setAutoDefault(True)  # Enter presses what has the focus
        return made

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 8)
        column.setSpacing(2)
        column.addWidget(self.head)
        flow = FlowLayout(spacing=6)
        for made in (self.call, self.done, self.later, self.open):
            flow.addWidget(made)
        column.addSpacing(4)
        column.addLayout(flow)
