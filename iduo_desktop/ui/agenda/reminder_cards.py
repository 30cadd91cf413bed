"""The reminders in a strip below the page: as many cards as there is room for, and how many more there are."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.services.agenda import Item
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.reminder_card import ReminderCard
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, sentence

TITLE, CARD, MOST, LOW = 230, 340, 3, 500
LOW_TITLE = 190  # leaves a card its buttons on one line


class ReminderCards(QFrame):
    """Covers nothing and never takes the keyboard by itself: F10 goes there, Esc goes back to where one was."""

    asked = Signal(str, object)
    put_off = Signal(object, object)
    all_asked = Signal()

    def __init__(self, clock: Clock, parent: QWidget, *, discreet: bool):
        super().__init__(parent)
        self.setObjectName("reminder_cards")
        self.setAccessibleName("Recordatorios")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self, surface="bottom")
        self._clock = clock
        self._discreet = discreet
        self._items: tuple[Item, ...] = ()
        self._missed = 0
        self._before: QWidget | None = None
        self.cards: list[ReminderCard] = []
        self.title = label(f"Recordatorios  {shown('reminders')}", "secondary", "reminders_title", wraps=False)
        self.missed = sentence("warning", "reminders_missed")
        self.all = button("", "reminders_all", self.all_asked.emit, role="link")
        self._head = QWidget()
        self._row = QHBoxLayout(self)
        self._lay_out()
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)
        self.hide()

    def show_items(self, items: Iterable[Item], missed: int) -> None:
        """All that remind now, and how many were missed before one came."""
        before = {words.number(item) for item in self._items}
        self._items, self._missed = tuple(items), missed
        self._fill()
        fresh = [item for item in self._items if words.number(item) not in before]
        if fresh and QAccessible.isActive():
            told = words.text(fresh[0], discreet=self._discreet)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, f"Recordatorio: {told}"))

    def take_keyboard(self) -> bool:
        """F10: go to the first card, if there is any."""
        if self.isHidden():
            return False
        if self.cards:
            self.cards[0].take_keyboard()
        else:
            self.all.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self._give_back()
        elif step is not None and self.cards:
            here = next((at for at, card in enumerate(self.cards) if self._holds(card)), 0)
            self.cards[(here + step) % len(self.cards)].take_keyboard()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fitting.start()

    def _fill(self) -> None:
        """Cards of what is still there stay, with the keyboard where it is."""
        wanted = self._items[: self._room()]
        mine = any(self._holds(card) for card in self.cards)
        numbers = {words.number(item) for item in wanted}
        known = {words.number(card.item): card for card in self.cards}
        for number, card in known.items():
            if number not in numbers:
                self._row.removeWidget(card)
                card.hide()
                card.deleteLater()
        self.cards = []
        for at, item in enumerate(wanted):
            card = known.get(words.number(item)) or self._make(item)
            card.show_item(item)
            self._row.insertWidget(at + 1, card, 1)
            self.cards.append(card)
        self._say_rest()
        # where there is little height, the rail alone counts what was missed
        self.setVisible(bool(self._items) or (bool(self._missed) and self.window().height() >= LOW))
        if mine and not any(self._holds(card) for card in self.cards):
            self.take_keyboard() if self.cards else self._give_back()

    def _make(self, item: Item) -> ReminderCard:
        card = ReminderCard(item, self._clock, self, discreet=self._discreet)
        card.asked.connect(self.asked)
        card.put_off.connect(self.put_off)
        return card

    def _say_rest(self) -> None:
        more = len(self._items) - len(self.cards)
        said = formats.plural(self._missed, "cosa venció", "cosas vencieron")
        self.missed.setText(f"Mientras no estabas, {said}." if self._missed else "")
        self.missed.setVisible(bool(self._missed))
        rest = f"Ver {formats.count(more)} más"
        name_button(
            self.all, rest if not self._missed else f"Ver los vencidos y {more} más" if more else "Ver los vencidos"
        )
        self.all.setVisible(bool(more or self._missed))

    def _room(self) -> int:
        """How many cards fit beside each other."""
        return max(1, min(MOST, (self.width() - self._head.width()) // CARD))

    def _give_back(self) -> None:
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _holds(self, widget: QWidget) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and (widget is focused or widget.isAncestorOf(focused))

    def _note_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Remember where one was before one came here, by key or by mouse."""
        inside = new is not None and self.isAncestorOf(new)
        if inside and not (old is not None and isValid(old) and self.isAncestorOf(old)):
            self._before = old

    def _lay_out(self) -> None:
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(12)
        self._head.setFixedWidth(TITLE)
        column = QVBoxLayout(self._head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.missed)
        column.addWidget(self.all, 0, Qt.AlignmentFlag.AlignLeft)
        self._row.addWidget(self._head, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addStretch()

    def _fit(self) -> None:
        self._head.setFixedWidth(TITLE if self.window().height() >= LOW else LOW_TITLE)
        if len(self.cards) != min(len(self._items), self._room()):
            self._fill()
