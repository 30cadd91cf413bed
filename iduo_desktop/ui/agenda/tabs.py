"""The four tabs of the agenda, each with how much stands in it."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.agenda import Counts
from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda.words import TABS


class AgendaTabs(QTabBar):
    """`tab_chosen` tells by its name which one somebody wants to see."""

    tab_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.names = tuple(TABS)
        self.setObjectName("agenda_tabs")
        self.setAccessibleName("Agenda")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for number, name in enumerate(self.names):
            self.addTab(TABS[name])
            self.setAccessibleTabName(number, TABS[name])
        self.currentChanged.connect(lambda number: self.tab_chosen.emit(self.names[number]))

    def show_counts(self, counts: Counts) -> None:
        """«Hoy 6», «Vencidos 2»."""
        for number, name in enumerate(self.names):
            count = int(getattr(counts, name))
            self.setTabText(number, f"{TABS[name]} {formats.count(count)}" if count else TABS[name])
            self.setAccessibleTabName(number, f"{TABS[name]}, {formats.count(count)}")

    def choose(self, name: str) -> None:
        """Show this tab as the chosen one; nobody is told."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.names.index(name))
