"""What the page of the agenda is made of, and where on the screen it stands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.agenda.lists import AgendaFrame
from iduo_desktop.ui.agenda.panel import AgendaPanel
from iduo_desktop.ui.agenda.tabs import AgendaTabs
from iduo_desktop.ui.agenda.words import TABS
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import coordinates
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock

NARROW = 860
LEAST_PANEL = 300


class AgendaParts(QWidget):
    """Tabs above, list and detail side by side; where it is narrow, one below the other.

    `schedule_asked`: somebody wants to put something into the agenda.
    """

    schedule_asked = Signal()

    def __init__(self, operations: Operations, me: Me, clock: Clock):
        super().__init__()
        self.setObjectName("agenda_page")
        self.tabs = AgendaTabs()
        self.frames = {tab: AgendaFrame(operations, tab, clock) for tab in TABS}
        self.panel = AgendaPanel(clock)
        self.add = button("Agendar", "agenda_add", self.schedule_asked.emit, key=shown("schedule"), role="primary")
        self.mine = self._choice("Para mí", "agenda_mine")
        self.everybody = self._choice("De todos", "agenda_everybody")
        self._whose = QButtonGroup(self)
        for each in (self.mine, self.everybody):
            self._whose.addButton(each)
            if not coordinates(me):
                each.hide()
        self.mine.setChecked(True)
        self._stack = QStackedWidget()
        self._splitter = QSplitter()
        self._lay_out()

    @property
    def frame(self) -> AgendaFrame:
        """The list that is shown."""
        shown_now = self._stack.currentWidget()
        return next(frame for frame in self.frames.values() if frame is shown_now)

    def zones(self) -> tuple[QWidget, ...]:
        """For F6, in their order on the screen."""
        return (self.tabs, self.frame, self.panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        self._splitter.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        self.panel.setMinimumWidth(0 if narrow else LEAST_PANEL)

    def _choice(self, text: str, name: str) -> QPushButton:
        made = QPushButton(text)
        made.setObjectName(name)
        made.setCheckable(True)
        return made

    def _lay_out(self) -> None:
        for frame in self.frames.values():
            self._stack.addWidget(frame)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.tabs, 1)
        for each in (self.mine, self.everybody, self.add):
            row.addWidget(each)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setSizes([640, 360])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._splitter, 1)
