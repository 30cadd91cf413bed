"""What the cases page is made of, and where on the screen it stands."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.terms import CaseList, Channel, Direction
from iduo_desktop.ui import actions
from iduo_desktop.ui.cases.composer import Composer
from iduo_desktop.ui.cases.contact_strip import ContactStrip
from iduo_desktop.ui.cases.filter_row import FilterRow
from iduo_desktop.ui.cases.inbox import Inbox
from iduo_desktop.ui.cases.lists import CaseListFrame
from iduo_desktop.ui.cases.panel import WIDTH, Panel
from iduo_desktop.ui.cases.tabs import CaseTabs
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock

NARROW = 1000
LOW = 460
LEAST_PANEL = 300
CRAMPED = 640
USUAL_FILTER, SHORT_FILTER = 210, 170


class CasesParts(QWidget):
    """Tabs and filters above, list and panel side by side, the strip below. Narrow, the panel is folded.

    `export_asked`: the list as it is filtered; the button is shown to those who may. `next_asked`: the next case to
    be taken. `menu_asked`: everything that can be done here. `several_asked`: cases of the list go to other hands.
    """

    export_asked = Signal()
    several_asked = Signal()
    next_asked = Signal()
    menu_asked = Signal()

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock, talks: Talks):
        super().__init__()
        self.setObjectName("cases_page")
        self.talks = talks
        self.tabs = CaseTabs()
        self.filters = FilterRow()
        self.inbox = Inbox(operations, self)
        self.inbox.changed.connect(lambda: self.tabs.show_unread(len(self.inbox.unread())))
        given = {CaseList.MINE: self.inbox}
        self.frames = {
            which: CaseListFrame(operations, which, clock, me.login, talks, given.get(which)) for which in CaseList
        }
        for frame in self.frames.values():
            frame.works = works(me)
        self.panel = Panel(operations, me, notice, clock)
        self.strip = ContactStrip(operations, drafts, clock=clock)
        self.composer = Composer(operations, drafts, clock)
        self.next = button(
            *("Tomar el siguiente", "take_next_button", self.next_asked.emit),
            key=actions.shown("take_next"),
            role="primary",
        )
        if not works(me):
            self.next.hide()
        self.export = button("Exportar…", "export_list", self.export_asked.emit)
        self.export.hide()
        self.more = button("⋯", "more_actions", self.menu_asked.emit)
        self.more.setAccessibleName("Más acciones")
        self.more.setToolTip("Más acciones")
        self.more.setFixedWidth(40)
        self._stack = QStackedWidget()
        self._splitter = QSplitter()
        self._wish: bool | None = None
        self._lay_out()

    @property
    def frame(self) -> CaseListFrame:
        """The list that is shown."""
        shown = self._stack.currentWidget()
        return next(frame for frame in self.frames.values() if frame is shown)

    def zones(self) -> tuple[QWidget, ...]:
        """For F6, in their order on the screen."""
        return (self.filters, self.frame, self.panel, self.composer, self.strip)

    def toggle_panel(self) -> None:
        """F12: show or hide the panel; the choice outlasts a change of width."""
        self._wish = self.panel.isHidden()
        self.panel.setVisible(self._wish)
        if not self._wish:
            self.frame.view.setFocus()

    def turn_panel(self) -> None:
        """The conversation instead of the data, and back; a folded panel is unfolded for it."""
        if self.panel.isHidden():
            self.toggle_panel()
            self.panel.tabs.talk()
        else:
            self.panel.tabs.turn()

    def show_strip(self, *, shown: bool) -> None:
        """Show or hide the strip; where there is little height, it takes the place of the filters."""
        self.strip.setVisible(shown)
        self.composer.hide()
        if not shown:
            self.talks.end()
        self._tools.setHidden(shown and self.height() < LOW)

    def show_composer(self) -> None:
        """One writes where contacts are registered."""
        self.show_strip(shown=False)
        self.composer.show()
        self._tools.setHidden(self.height() < LOW)

    def has(self, focused: QWidget | None) -> bool:
        """Whether the keyboard is in the strip, the composer or the panel: somebody is at work there."""
        parts = (self.strip, self.composer, self.panel)
        return focused is not None and any(part.isAncestorOf(focused) for part in parts)

    @property
    def medium(self) -> tuple[str, str]:
        """By which channel one is in contact with the client, and who began it; by telephone when nobody says."""
        if self.strip.isVisible():
            return self.strip.channel, self.strip.direction
        return self.composer.channel if self.composer.isVisible() else Channel.CALL.value, Direction.OUTBOUND.value

    @property
    def below(self) -> bool:
        """Whether the strip or the composer is open."""
        return not (self.strip.isHidden() and self.composer.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.filters.set_low(low=self.height() < LOW)
        cramped = self.width() < CRAMPED and not self.export.isHidden()
        self.filters.text.setFixedWidth(SHORT_FILTER if cramped else USUAL_FILTER)
        self._tools.setHidden(self.below and self.height() < LOW)
        self.panel.setVisible(self.width() >= NARROW if self._wish is None else self._wish)

    def _lay_out(self) -> None:
        for frame in self.frames.values():
            self._stack.addWidget(frame)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.filters, 1)
        row.addWidget(self.next, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.panel.setMinimumWidth(LEAST_PANEL)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)
        self._splitter.setSizes([WIDTH * 3, WIDTH])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self._tools)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.composer)
        column.addWidget(self.strip)
        self.strip.hide()
