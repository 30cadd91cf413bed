"""The six tabs by name, each with how many cases it has."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.cases import ListCount
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import actions, formats

LISTS = tuple(CaseList)


class CaseTabs(QTabBar):
    """`list_chosen` tells which list somebody wants to see."""

    list_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("case_tabs")
        self.setAccessibleName("Listas de casos")
        self._counts: dict[CaseList, ListCount] = {}
        self._unread = 0
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for number, which in enumerate(LISTS):
            self.addTab(which.label)
            self.setTabToolTip(number, f"{which.label} ({actions.shown(f'list_{which.value}')})")
        self.currentChanged.connect(lambda number: self.list_chosen.emit(LISTS[number]))

    def show_counts(self, counts: Iterable[ListCount]) -> None:
        """«Morosos 212», «Activos 10.000+», «Mis asignados 9 ● 2» with two who answered and were not read."""
        self._counts = {CaseList(counted.list): counted for counted in counts}
        for which, counted in self._counts.items():
            shown = formats.count(counted.count, capped=counted.capped)
            unread = self._unread if which is CaseList.MINE else 0
            marked = f" ● {unread}" if unread else ""
            said = f", {formats.plural(unread, 'contestó', 'contestaron')} y no se leyó" if unread else ""
            self.setTabText(LISTS.index(which), f"{which.label} {shown}{marked}")
            words = f"{which.label}, {formats.plural(counted.count, 'caso', 'casos')}{said}"
            self.setAccessibleTabName(LISTS.index(which), words)

    def show_unread(self, count: int) -> None:
        """In so many of one's own cases somebody answered and was not read."""
        self._unread = count
        self.show_counts([*self._counts.values()])

    def choose(self, which: CaseList) -> None:
        """Show this tab as the chosen one."""
        self.setCurrentIndex(LISTS.index(which))
