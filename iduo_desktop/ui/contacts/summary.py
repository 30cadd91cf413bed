"""At the right of a record: what is open, what comes next, and who may be the same person."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.contact_records import ContactCase, ContactRecord, Duplicate
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.words import case_stands
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.tips import tip

MOST = 5
MOST_SAME = 3
LONGEST = 30


class Summary(QWidget):
    """`compare_asked` brings the other person's id, `case_asked` a case's, `network_asked` nothing."""

    compare_asked = Signal(int)
    case_asked = Signal(int)
    network_asked = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._made: list[QWidget] = []
        self.setObjectName("record_summary")
        self.setAccessibleName("Resumen")
        self.counts = label("", "", "summary_counts")
        self.next = label("", "", "summary_next")
        self.route = sentence("warning", "summary_route")
        mark(self.route, role="heading")
        self.network = small("", "summary_network", self.network_asked.emit, "link")
        self._cases = QVBoxLayout()
        self._cases.setSpacing(4)
        self._same = QVBoxLayout()
        self._same.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(label("Resumen", "heading", "summary_title", wraps=False))
        for widget in (self.counts, self.next, self.route, self.network):
            column.addWidget(widget)
        column.addLayout(self._cases)
        column.addLayout(self._same)
        column.addStretch(1)

    def show_record(self, record: ContactRecord, *, may_merge: bool, may_see_cases: bool) -> None:
        """Show how this person stands."""
        for old in self._made:
            old.hide()
            old.deleteLater()
        self._made = []
        open_cases = [case for case in record.cases if not case.closed]
        counts = (
            formats.plural(len(open_cases), "caso abierto", "casos abiertos"),
            formats.plural(record.tickets, "ticket", "tickets"),
        )
        self.counts.setText(" · ".join(counts))
        when = formats.when(record.next_at, self._clock()) if record.next_at else "nada agendado"
        self.next.setText(f"Próximo: {when}" + (f" · {record.next_what}" if record.next_what else ""))
        say(self.route, f"⚑ Ruta activa: {record.route}" if record.route else "")
        text = f"Red de apoyo: {formats.plural(record.network, 'persona', 'personas')}"
        self.network.setText(text)
        self.network.setAccessibleName(text)
        for case in open_cases[:MOST]:
            self._add_case(case, enabled=may_see_cases)
        if record.duplicates:
            self._add(self._same, label("⚠ Posible duplicado", "warning", "summary_same"))
        for number, other in enumerate(record.duplicates[:MOST_SAME], 1):
            self._add_same(number, other, may_merge=may_merge)
        more = len(record.duplicates) - MOST_SAME
        if more > 0:
            self._add(self._same, label(f"y {formats.count(more)} más", "secondary", "same_more"))

    def _add_same(self, number: int, other: Duplicate, *, may_merge: bool) -> None:
        self._add(self._same, label(other.person, "", f"same_{number}"))
        self._add(self._same, label(other.why, "secondary", f"same_{number}_why"))
        if may_merge:
            compare = small("Comparar y unir", f"compare_{number}", partial(self.compare_asked.emit, other.contact_id))
            compare.setAccessibleName(f"Comparar y unir con {other.person}")
            self._add(self._same, compare)

    def _add_case(self, case: ContactCase, *, enabled: bool) -> None:
        link = small(_short(case.subject), f"summary_case_{case.id}", partial(self.case_asked.emit, case.id), "link")
        link.setEnabled(enabled)
        link.setAccessibleName(f"Caso: {case.subject}")
        link.setToolTip(tip(case.subject))
        self._add(self._cases, link)
        self._add(self._cases, label(case_stands(case), "secondary", f"summary_case_{case.id}_stands"))

    def _add(self, where: QVBoxLayout, widget: QWidget) -> None:
        self._made.append(widget)
        where.addWidget(widget, 0, Qt.AlignmentFlag(0))


def _short(subject: str) -> str:
    return (
        "Sin asunto" if not subject else subject if len(subject) <= LONGEST else f"{subject[: LONGEST - 1].rstrip()}…"
    )
