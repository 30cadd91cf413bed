"""What the page of messages is made of, and where on the screen it stands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Role, TicketState
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.tickets.filters import TicketFilters
from iduo_desktop.ui.tickets.lists import TicketListFrame
from iduo_desktop.ui.tickets.panel import TicketPanel
from iduo_desktop.ui.tickets.tabs import TicketTabs
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock

NARROW = 1000
ROOMY = 700  # from here on a button has room for its key
LEAST_PANEL = 380


class TicketsParts(QWidget):
    """Tabs and filters above, list and ticket side by side. A ticket can stand alone; where it is narrow it does.

    `export_asked`: the list as it is filtered; the button is shown to those who may. `together_asked`: one text for
    those that are marked.
    """

    export_asked = Signal()
    together_asked = Signal()

    def __init__(self, operations: Operations, me: Me, drafts: Drafts, clock: Clock):
        super().__init__()
        self.setObjectName("tickets_page")
        office = bool({Role.ANSWERER, Role.COORDINATOR} & set(me.roles))
        self.tabs = TicketTabs()
        self.filters = TicketFilters(clock, me.area_code)
        self.frames = {state: TicketListFrame(operations, state, clock, office=office) for state in TicketState}
        for frame in self.frames.values():
            frame.let_mark(office=Role.ANSWERER in me.roles)
        self.panel = TicketPanel(operations, me, drafts, clock)
        self.together = button("", "answer_together", self.together_asked.emit, role="primary")
        self.unmark = button("Desmarcar", "unmark", lambda: self.frame.unmark(tuple(self.frame.marks)), role="link")
        self.export = button("Exportar…", "export_tickets", self.export_asked.emit)
        self.export.hide()
        self._stack = QStackedWidget()
        self._splitter = QSplitter()
        self._tools = QWidget()
        self._alone = False
        self._wish = True
        self._lay_out()
        self.show_marks(0)

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
        return (self.filters, self.frame, self.panel)

    def show_marks(self, count: int) -> None:
        """Offer what can be done with those that are marked."""
        key = actions.shown("answer") if self.width() >= ROOMY else ""
        name_button(self.together, f"Responder {formats.count(count)} juntos", key)
        self.together.setVisible(count > 0)
        self.export.setMaximumWidth(0 if count else self.export.sizeHint().width())  # one of the two has room
        self.unmark.setVisible(count > 0)

    def toggle_panel(self) -> None:
        """F12: show or hide the ticket; where it is narrow, it takes the place of the list."""
        if self._alone or self.width() < NARROW:
            self.stand_alone(alone=not self._alone)
        else:
            self._wish = not self._wish
            self._arrange()
        if self.panel.isHidden():
            self.frame.view.setFocus()

    def stand_alone(self, *, alone: bool) -> None:
        """Give the ticket the room of the list, or give it back."""
        self._alone = alone
        self.panel.head.stand(alone=alone)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self.panel.setVisible(self._alone or (self._wish and self.width() >= NARROW))
        self._stack.setHidden(self._alone)
        self._tools.setHidden(self._alone)

    def _lay_out(self) -> None:
        for frame in self.frames.values():
            self._stack.addWidget(frame)
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.filters, 1)
        row.addWidget(self.together, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.unmark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        self.panel.setMinimumWidth(LEAST_PANEL)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 3)
        self._splitter.setStretchFactor(1, 2)
        self._splitter.setSizes([620, 380])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._tools)
        column.addWidget(self._splitter, 1)
