"""What of a client the panel shows: his data and what happened, or what was written with him."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTabBar

from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown

DATA, CONVERSATION = 0, 1


class PanelTabs(QTabBar):
    """Remembers which one was wished. Whoever has an unread answer is shown with it at first, and only he."""

    turned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel_tabs")
        self.setAccessibleName("Datos o conversación")
        self.setExpanding(False)
        self.setDrawBase(False)
        for text in ("Datos", "Conversación"):
            self.addTab(text)
        key = shown("conversation")
        self.setTabToolTip(CONVERSATION, f"Conversación ({key})" if key else "Conversación")
        self._wish = DATA
        self._unread = 0
        self._first = False
        self.currentChanged.connect(lambda _tab: self.turned.emit())
        self.tabBarClicked.connect(self._note_wish)

    @property
    def talking(self) -> bool:
        """Whether the conversation is shown."""
        return self.currentIndex() == CONVERSATION

    def turn(self) -> None:
        """The other one."""
        self.setCurrentIndex(DATA if self.talking else CONVERSATION)
        self._wish = self.currentIndex()

    def talk(self) -> None:
        """The conversation, for this client."""
        self.setCurrentIndex(CONVERSATION)

    def begin(self) -> None:
        """Another client is shown."""
        self._unread = 0
        self._first = True
        self._write()
        self.setCurrentIndex(self._wish)

    def show_unread(self, count: int) -> None:
        """So many messages came in and were not read."""
        if count and self._first:
            self.setCurrentIndex(CONVERSATION)
        self._unread, self._first = count, False
        self._write()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        self._wish = self.currentIndex()

    def _note_wish(self, tab: int) -> None:
        if tab >= 0:
            self._wish = tab

    def _write(self) -> None:
        self.setTabText(CONVERSATION, f"Conversación ● {self._unread}" if self._unread else "Conversación")
        said = formats.plural(self._unread, "mensaje sin leer", "mensajes sin leer")
        self.setAccessibleTabName(CONVERSATION, f"Conversación, {said}" if self._unread else "Conversación")
