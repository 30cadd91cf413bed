"""The tabs of a record: its data, and each kind of what happened with how much there is of it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget

from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.ui import formats

DATA, CONVERSATION = "", "message"
_TABS = (
    *((DATA, "Datos"), ("case", "Casos"), ("call", "Llamadas"), ("task", "Tareas"), ("ticket", "Tickets")),
    (CONVERSATION, "Conversación"),
)


class RecordTabs(QTabBar):
    """`chosen` brings the kind, "" for the data."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("record_tabs")
        self.setAccessibleName("Partes de la ficha")
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        for _kind, words in _TABS:
            self.addTab(words)
        self.currentChanged.connect(lambda number: self.chosen.emit(_TABS[number][0]))

    @property
    def kind(self) -> str:
        """The kind that is shown, "" for the data."""
        return _TABS[self.currentIndex()][0]

    def show_record(self, record: ContactRecord) -> None:
        """«Casos 2», «Llamadas 7»."""
        counts = {
            "case": len(record.cases),
            "call": record.calls,
            "task": record.tasks,
            "ticket": record.tickets,
        }
        for number, (kind, words) in enumerate(_TABS):
            count = counts.get(kind, 0)
            self.setTabText(number, f"{words} {formats.count(count)}" if count else words)
            self.setAccessibleTabName(number, f"{words}, {count}" if kind else words)
