"""One's own chats, a tab each, with how many lines nobody read."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.chats import Chat
from iduo_desktop.terms import ChatState
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import name_of, unread

NAME = 22


class ChatTabs(QTabBar):
    """`tab_chosen` brings the id of the chat that somebody wants to see."""

    tab_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chat_tabs")
        self.setAccessibleName("Chats que atendés")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.currentChanged.connect(self._tell)

    @property
    def chat_id(self) -> int | None:
        """The chat that is chosen."""
        found = self.tabData(self.currentIndex())
        return None if found is None else int(found)

    def show_chats(self, chats: Iterable[Chat], chosen: int | None) -> None:
        """These, with this one chosen; nobody is told."""
        listed = [*chats]
        with QSignalBlocker(self):
            while self.count() > len(listed):
                self.removeTab(self.count() - 1)
            while self.count() < len(listed):
                self.addTab("")
            for number, chat in enumerate(listed):
                self._show(number, chat)
                if chat.id == chosen:
                    self.setCurrentIndex(number)

    def step(self, by: int) -> None:
        """The next one, or the one before, around the end."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def _show(self, number: int, chat: Chat) -> None:
        name, new = name_of(chat), unread(chat)
        over = chat.state == ChatState.ENDED
        short = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
        # an ampersand would underline a letter and take a key
        shown = f"{'✓ ' if over else ''}{short}{f' ({new})' if new else ''}".replace("&", "&&")
        self.setTabData(number, chat.id)
        if self.tabText(number) != shown:
            self.setTabText(number, shown)
        said = (name, f"{formats.count(new)} sin leer" if new else "", "terminó" if over else "")
        self.setAccessibleTabName(number, ", ".join(filter(None, said)))
        self.setTabToolTip(number, "")

    def _tell(self, number: int) -> None:
        found = self.tabData(number)
        if found is not None:
            self.tab_chosen.emit(int(found))
