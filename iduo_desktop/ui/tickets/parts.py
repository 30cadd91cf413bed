"""What the page of messages is made of, and where on the screen it stands."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.terms import TicketState
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.tickets.lists import TicketListFrame
from iduo_desktop.ui.tickets.panel import TicketPanel
from iduo_desktop.ui.tickets.tabs import TicketTabs
from iduo_desktop.ui.widgets.date_box import Clock

NARROW = 1000
LEAST_PANEL = 360
LATE_DAYS = 2


class TicketsParts(QWidget):
    """Tabs and filters above, list and ticket side by side. A ticket can stand alone; where it is narrow it does."""

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__()
        self.setObjectName("tickets_page")
        self.tabs = TicketTabs()
        self.frames = {state: TicketListFrame(operations, state, clock, lambda: LATE_DAYS) for state in TicketState}
        self.panel = TicketPanel(me, clock)
        self._stack = QStackedWidget()
        self._splitter = QSplitter()
        self._tools = QWidget()
        self._alone = False
        self._wish = True
        self._lay_out()

    @property
    def frame(self) -> TicketListFrame:
        """The list that is shown."""
        shown = self._stack.currentWidget()
        return next(frame for frame in self.frames.values() if frame is shown)

    @property
    def alone(self) -> bool:
        """True while a ticket has the room of its list too."""
        return self._alone

    def zones(self) -> tuple[QWidget, ...]:
        """For F6, in their order on the screen."""
        return (self._tools, self.frame, self.panel)

    def toggle_panel(self) -> None:
        """F12: show or hide the ticket beside the list."""
        self._wish = self.panel.isHidden()
        self._alone = self._wish and self.width() < NARROW
        self._arrange()

    def stand_alone(self, *, alone: bool) -> None:
        """Give the ticket the room of the list, or give it back."""
        self._alone = alone
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= NARROW
        self.panel.setVisible(self._alone or (wide and self._wish))
        self._stack.setHidden(self._alone)
        self._tools.setHidden(self._alone)

    def _lay_out(self) -> None:
        for frame in self.frames.values():
            self._stack.addWidget(frame)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(12, 6, 12, 6)
        self.panel.setMinimumWidth(LEAST_PANEL)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._tools)
        column.addWidget(self._splitter, 1)
