"""Which days and which team the board shows."""

from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from iduo_desktop.services.catalogues import Team
from iduo_desktop.services.supervision import Span
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout

DAYS = {"today": "Hoy", "yesterday": "Ayer", "week": "Últimos 7 días", "month": "Este mes", "before": "El mes pasado"}
ALL_TEAMS = "Todos los equipos"


class SpanRow(QWidget):
    """Two choices; `changed` when either is made."""

    changed = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self._clock = clock
        self.days = _choice("board_days", "Período")
        for name, text in DAYS.items():
            self.days.addItem(text, name)
        self.team = _choice("board_team", "Equipo")
        self.team.addItem(ALL_TEAMS, None)
        row = FlowLayout(self, spacing=8, centred=False)
        for box in (self.days, self.team):
            row.addWidget(box)
            box.currentIndexChanged.connect(lambda _index: self.changed.emit())

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
        """What is chosen, as of today."""
        first, last = days_of(self.days.currentData(), self._clock().date())
        return Span(first, last, self.team.currentData())


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
