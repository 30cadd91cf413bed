"""Which days and which team the board shows."""

from datetime import date, timedelta

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from iduo_desktop.services.catalogues import Team
from iduo_desktop.services.supervision import Span
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock, DateBox
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say

RANGE = "range"
DAYS = {
    "today": "Hoy",
    "yesterday": "Ayer",
    "week": "Últimos 7 días",
    "month": "Este mes",
    "before": "El mes pasado",
    RANGE: "Del … al …",
}
ALL_TEAMS = "Todos los equipos"
PAUSE_MS = 500
DATE_WIDTH = 120
BACKWARDS = "El primer día va antes que el último."


class SpanRow(QWidget):
    """Which days, perhaps from one to another, and whose; `changed` when something else is chosen."""

    changed = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self.setObjectName("board_span")
        self.setAccessibleName("Qué días y qué equipo")
        self._clock = clock
        self._chosen = days_of("today", clock().date())
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._take_range)
        self.days = _choice("board_days", "Período")
        for name, text in DAYS.items():
            self.days.addItem(text, name)
        self.team = _choice("board_team", "Equipo")
        self.team.addItem(ALL_TEAMS, None)
        self.first, self.last = self._date("board_first", "Desde el día"), self._date("board_last", "Hasta el día")
        self.meaning = label("", "secondary", "board_span_meaning", wraps=False)
        self._range = self._lay_out_range()
        row = FlowLayout(self, spacing=8)
        for widget in (self.days, self._range, self.team):
            row.addWidget(widget)
        self.days.currentIndexChanged.connect(self._take_days)
        self.team.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.team.hide()

    def show_teams(self, teams: tuple[Team, ...]) -> None:
        """The teams that there are; the chosen one stays."""
        chosen = self.team.currentData()
        self.team.blockSignals(True)
        self.team.clear()
        self.team.addItem(ALL_TEAMS, None)
        for team in teams:
            if team.active:
                self.team.addItem(team.name, team.id)
        self.team.setCurrentIndex(max(0, self.team.findData(chosen)))
        self.team.blockSignals(False)
        self.team.setVisible(self.team.count() > 1)

    @property
    def span(self) -> Span:
        """What is chosen, as of today; of days that are being typed, the last ones that made sense."""
        name = self.days.currentData()
        first, last = self._chosen if name == RANGE else days_of(name, self._clock().date())
        return Span(first, last, self.team.currentData())

    @property
    def words(self) -> str:
        """«hoy», «del 01/11/2026 al 22/11/2026»."""
        if self.days.currentData() != RANGE:
            return self.days.currentText().lower()
        first, last = self._chosen
        return f"del {formats.day(first)} al {formats.day(last)}"

    def _take_days(self) -> None:
        wanted = self.days.currentData() == RANGE
        self._range.setVisible(wanted)
        if not wanted:
            self._pause.stop()
            self._chosen = self.span.first, self.span.last
            self.changed.emit()
            return
        zone = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        for box, day in ((self.first, self._chosen[0]), (self.last, self._chosen[1])):
            box.set_moment(zone.replace(year=day.year, month=day.month, day=day.day))
        self.first.setFocus()
        self.first.edit.selectAll()

    def _take_range(self) -> None:
        """What is typed, as soon as it means two days."""
        first, last = self.first.moment(), self.last.moment()
        wrong = next((text for box in (self.first, self.last) if (text := box.problem())), "")
        if first is not None and last is not None and first > last:
            wrong = BACKWARDS
        say(self.meaning, wrong, "error")
        if wrong or first is None or last is None or (first.date(), last.date()) == self._chosen:
            return
        self._chosen = first.date(), last.date()
        self.changed.emit()

    def _date(self, name: str, title: str) -> DateBox:
        box = DateBox(self._clock, beside=False, parent=self)
        box.edit.setObjectName(name)
        box.edit.setAccessibleName(title)
        box.edit.setToolTip(title)
        box.setFixedWidth(DATE_WIDTH)
        box.meaning.setParent(box)  # said by the line's own text once it is written out
        box.meaning.hide()
        box.changed.connect(self._pause.start)
        return box

    def _lay_out_range(self) -> QWidget:
        made = QWidget(self)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label("del", wraps=False), self.first, label("al", wraps=False), self.last, self.meaning):
            row.addWidget(widget)
        self.meaning.hide()
        made.hide()
        return made


def days_of(name: str, today: date) -> tuple[date, date]:
    """The days of a choice, both included."""
    first_of_month = today.replace(day=1)
    day = timedelta(days=1)
    return {
        "today": (today, today),
        "yesterday": (today - day, today - day),
        "week": (today - 6 * day, today),
        "month": (first_of_month, today),
        "before": ((first_of_month - day).replace(day=1), first_of_month - day),
    }[name]


def _choice(name: str, title: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(title)
    return box
