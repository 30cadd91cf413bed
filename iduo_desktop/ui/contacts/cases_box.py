"""The cases of a person, the newest first; Enter opens one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.contact_records import ContactCase, ContactRecord
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.words import case_stands
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label


class CasesBox(QWidget):
    """`case_asked` brings the id of the one to open."""

    case_asked = Signal(int)

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self.setObjectName("record_cases")
        self.list = HitList("record_case_list", "Casos")
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.chosen.connect(self._open)
        self.nothing = label("Todavía no tiene casos.", "secondary", "record_no_cases")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addWidget(self.nothing)

    def show_record(self, record: ContactRecord) -> None:
        """Show the cases of this person."""
        self.list.show_lines(self._line(case) for case in record.cases)
        self.list.setFixedHeight(self.list.wanted_height())
        self.list.setVisible(bool(record.cases))
        self.nothing.setVisible(not record.cases)

    def _line(self, case: ContactCase) -> Line:
        since = f"desde {formats.when(case.opened_at, self._clock())}"
        text = f"{case.subject or 'Sin asunto'} · {case_stands(case)}"
        return Line(text, since, case, urgent=not case.closed)

    def _open(self, case: object) -> None:
        if isinstance(case, ContactCase):
            self.case_asked.emit(case.id)
