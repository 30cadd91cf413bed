"""The four states as tabs, each with its sign and how many tickets stand in it."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.tickets import StateCount
from iduo_desktop.terms import TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.ticket_words import LISTS, listed

STATES = tuple(TicketState)


class TicketTabs(QTabBar):
    """`state_chosen` tells which list somebody wants to see."""

    state_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("ticket_tabs")
        self.setAccessibleName("Mensajes por estado")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for number, state in enumerate(STATES):
            self.addTab(listed(state))
            self.setTabToolTip(number, LISTS[state])
            self.setAccessibleTabName(number, LISTS[state])
        self.currentChanged.connect(lambda number: self.state_chosen.emit(STATES[number]))

    def show_counts(self, counts: Iterable[StateCount]) -> None:
        """«○ Abiertos 137», «✔ Comunicados 10.000+»."""
        for counted in counts:
            state = TicketState(counted.state)
            shown = formats.count(counted.count, capped=counted.capped)
            self.setTabText(STATES.index(state), f"{listed(state)} {shown}")
            spoken = f"{LISTS[state]}, {formats.plural(counted.count, 'mensaje', 'mensajes')}"
            self.setAccessibleTabName(STATES.index(state), spoken)

    def choose(self, state: TicketState) -> None:
        """Show this tab as the chosen one; nobody is told."""
        with QSignalBlocker(self):
            self.setCurrentIndex(STATES.index(state))
