"""A chat that waits, in a strip below the page: who, how long, and how many more there are."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.services.chats import Chat
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.chats.words import handed, name_of, waits
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.inert import one_line

SAID, NARROW = 160, 700


class RingCard(QFrame):
    """Covers nothing and never takes the keyboard by itself: F6 goes there, Esc puts it away until the next one."""

    take_asked = Signal(object)
    all_asked = Signal()

    def __init__(self, clock: Clock, parent: QWidget, *, discreet: bool):
        super().__init__(parent)
        self.setObjectName("chat_card")
        self.setAccessibleName("Chat en espera")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        mark(self, surface="bottom")
        self._clock = clock
        self._discreet = discreet
        self._chats: tuple[Chat, ...] = ()
        self._away: frozenset[int] = frozenset()
        self._before: QWidget | None = None
        self.head = ElidedLabel("chat_card_head")
        mark(self.head, role="heading")
        self.says = ElidedLabel("chat_card_says")
        mark(self.says, role="secondary")
        self.take = button("Tomar", "chat_card_take", self._take, key=shown("take_chat"), role="primary")
        self.all = button("Ver los chats", "chat_card_all", self.all_asked.emit)
        self.later = button("Más tarde", "chat_card_later", self.put_away, key="Esc")
        self._lay_out()
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self._tick)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)
        self.hide()

    @property
    def chat(self) -> Chat | None:
        """The one that has waited longest."""
        return self._chats[0] if self._chats else None

    def show_chats(self, chats: tuple[Chat, ...]) -> None:
        """Those that wait; what was put away stays so until another one comes."""
        waiting = frozenset(chat.id for chat in chats)
        new = waiting - {chat.id for chat in self._chats}
        self._chats = chats
        self._away &= waiting  # who was attended meanwhile and waits again is another one
        if waiting <= self._away:
            self._leave()
        else:
            self._away = frozenset()
            self._fill(chats[0])
            self.show()
            self._ticks.start()
            if new and self.isVisible() and QAccessible.isActive():
                told = f"Chat en espera: {name_of(chats[0], discreet=self._discreet)}"
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def put_away(self) -> None:
        """«Más tarde»: out of the way until another one waits."""
        self._away = frozenset(chat.id for chat in self._chats)
        self._leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, who waits is worth more than the way to the page."""
        super().resizeEvent(event)
        self.all.setVisible(self.width() >= NARROW)

    def _fill(self, chat: Chat) -> None:
        self._tick()
        told = "" if self._discreet else one_line(chat.last_text or "", SAID) if chat.last_side == "visitor" else ""
        self.says.setText(handed(chat) or told)
        self.says.setVisible(bool(self.says.text()))

    def _tick(self) -> None:
        chat, more = self.chat, len(self._chats) - 1
        if chat is not None:
            name = name_of(chat, discreet=self._discreet)
            rest = f"{formats.count(more)} más" if more else ""
            late = "ya puede dejar un mensaje" if chat.offered else ""
            said = (f"✎ Chat en espera: {name}", f"hace {waits(chat, self._clock())}", rest, late)
            self.head.setText(" · ".join(filter(None, said)))

    def _take(self) -> None:
        if self.chat is not None:
            self.take_asked.emit(self.chat)

    def _leave(self) -> None:
        focused = QApplication.focusWidget()
        here = focused is not None and self.isAncestorOf(focused)
        before, self._before = self._before, None
        self._ticks.stop()
        self.hide()
        if here and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _note_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        """Remember where one was before one came here, by key or by mouse."""
        inside = new is not None and self.isAncestorOf(new)
        if inside and not (old is not None and isValid(old) and self.isAncestorOf(old)):
            self._before = old

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.head)
        texts.addWidget(self.says)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addLayout(texts, 1)
        buttons: tuple[QPushButton, ...] = (self.take, self.all, self.later)
        for each in buttons:
            each.setAutoDefault(True)
            row.addWidget(each)
