"""The working calendar: from when to when each day of the week is worked, and the holidays."""

from datetime import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.catalogues import WorkingHours
from iduo_desktop.terms import FieldKind
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.holidays import HolidayList
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.widgets.fields import Value, editor, fixed_field
from iduo_desktop.ui.widgets.form import FieldRow, Values
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.moments import WEEKDAY_NAMES

_OPENS, _CLOSES = "opens", "closes"
_WIDTH = 130


class CalendarPage(TypedPage):
    """A day without hours is not worked. The hours are saved together; holidays one by one, in their dialog."""

    name = "calendar"
    title = "Calendario"
    hint = "Se usa para los días hábiles, la agenda y los horarios de contacto. Sin horas: ese día no se trabaja."
    tables = frozenset({"working_hours", "holiday"})

    def __init__(self, office: Office):
        super().__init__(office)
        self.week = QWidget()
        self.holidays = HolidayList(office)
        self.column.addWidget(label("Semana", "heading", "calendar_week"))
        self.column.addWidget(self.week)
        self.column.addWidget(label("Feriados", "heading", "calendar_holidays"))
        self.column.addWidget(self.holidays, 1)
        self._lay_out_week()

    def load(self) -> None:
        self.office.operations.run(self, catalogues.working_hours).then(self._show)
        self.office.operations.run(self, catalogues.holidays).then(self.holidays.list.show_rows)

    def store(self, changed: Values) -> Operation[Any]:
        weekdays = sorted({int(key.rpartition("_")[2]) for key in changed})
        days = tuple(WorkingHours(day, self._hour(_OPENS, day), self._hour(_CLOSES, day)) for day in weekdays)
        return self.office.operations.run(self, catalogues.save_week, days)

    def _hour(self, which: str, weekday: int) -> time | None:
        value = self.rows[f"{which}_{weekday}"].editor.value()
        return None if value is None else time.fromisoformat(str(value))

    def _show(self, week: tuple[WorkingHours, ...]) -> None:
        opens = {f"{_OPENS}_{day.weekday}": _written(day.opens) for day in week}
        self.receive(opens | {f"{_CLOSES}_{day.weekday}": _written(day.closes) for day in week})

    def _lay_out_week(self) -> None:
        grid = QGridLayout(self.week)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(3, 1)
        grid.addWidget(label("Desde", "secondary", wraps=False), 0, 1)
        grid.addWidget(label("Hasta", "secondary", wraps=False), 0, 2)
        for weekday, name in enumerate(WEEKDAY_NAMES, 1):
            named = label(name.capitalize(), wraps=False)
            named.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(named, weekday, 0, Qt.AlignmentFlag.AlignTop)
            for column, which in ((1, _OPENS), (2, _CLOSES)):
                spoken = f"{name.capitalize()}, {'desde' if which == _OPENS else 'hasta'}"
                field = fixed_field(f"{which}_{weekday}", spoken, FieldKind.TIME)
                row = FieldRow(field, editor(field, self.office.clock), self.week)
                row.cell.setMinimumWidth(_WIDTH)
                grid.addWidget(row.cell, weekday, column)
                self.follow_rows((row,))


def _written(hour: time | None) -> Value:
    return None if hour is None else f"{hour:%H:%M}"
