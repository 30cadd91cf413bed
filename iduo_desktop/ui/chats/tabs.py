"""One's own chats, a tab each, with how many lines nobody read."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.chats import Chat
from iduo_desktop.terms import ChatState
from iduo_desktop.ui import formats
from iduo_desktop.ui.chats.words import name_of, unread
from iduo_desktop.ui.widgets.tips import tip

NAMES = (22, 17, 13, 10, 8, 6, 5)  # letters of a name: the more chats, the fewer


class ChatTabs(QTabBar):
    """`tab_chosen` brings the id of the chat that somebody wants to see. Names are cut until all tabs have room."""

    tab_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chat_tabs")
        self.setAccessibleName("Chats que atendés")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self._chats: tuple[Chat, ...] = ()
        self._fitted: tuple[int, tuple[str, ...]] | None = None
        self.currentChanged.connect(self._tell)

    @property
    def chat_id(self) -> int | None:
        """The chat that is chosen."""
        found = self.tabData(self.currentIndex())
        return None if found is None else int(found)

    def show_chats(self, chats: Iterable[Chat], chosen: int | None) -> None:
        """These, with this one chosen; nobody is told."""
        self._chats = tuple(chats)
        with QSignalBlocker(self):
            while self.count() > len(self._chats):
                self.removeTab(self.count() - 1)
            while self.count() < len(self._chats):
                self.addTab("")
            for number, chat in enumerate(self._chats):
                self._show(number, chat)
                if chat.id == chosen:
                    self.setCurrentIndex(number)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def step(self, by: int) -> None:
        """The next one, or the one before, around the end."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())

    def _show(self, number: int, chat: Chat) -> None:
        name, new = name_of(chat), unread(chat)
        self.setTabData(number, chat.id)
        said = (name, f"{formats.count(new)} sin leer" if new else "", "terminó" if _over(chat) else "")
        self.setAccessibleTabName(number, ", ".join(filter(None, said)))

    def _fit(self) -> None:
        """The longest names with which all tabs are seen, else the shortest."""
        wanted = (self.width(), tuple(_words(chat, NAMES[0]) for chat in self._chats))
        if wanted == self._fitted:
            return
        self._fitted = wanted
        for longest in NAMES:
            for number, chat in enumerate(self._chats):
                shown = _words(chat, longest)
                if self.tabText(number) != shown:
                    self.setTabText(number, shown)
                    self.setTabToolTip(number, tip(name_of(chat)) if len(name_of(chat)) > longest else "")
            if sum(self.tabRect(number).width() for number in range(self.count())) <= self.width():
                return

    def _tell(self, number: int) -> None:
        found = self.tabData(number)
        if found is not None:
            self.tab_chosen.emit(int(found))


def _over(chat: Chat) -> bool:
    return chat.state == ChatState.ENDED


def _words(chat: Chat, longest: int) -> str:
    """An ampersand would underline a letter and take a key."""
    name, new = name_of(chat), unread(chat)
    short = name if len(name) <= longest else f"{name[: longest - 1].rstrip()}…"
    return f"{'✓ ' if _over(chat) else ''}{short}{f' ({formats.count(new)})' if new else ''}".replace("&", "&&")
