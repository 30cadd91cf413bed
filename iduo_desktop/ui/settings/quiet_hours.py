"""When nobody is contacted: for each purpose a table of the week, with up to two stretches a day."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from iduo_desktop.services import Database, pressure, settings
from iduo_desktop.services.pressure import QuietHours
from iduo_desktop.terms import FieldKind, Purpose
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.settings.page import Office
from iduo_desktop.ui.settings.typed_page import TypedPage
from iduo_desktop.ui.widgets.fields import Value, editor, fixed_field
from iduo_desktop.ui.widgets.form import FieldRow, FormView, Values
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.moments import WEEKDAY_NAMES

ON = "quiet_hours_on"
DAY = 24 * 60
STRETCHES = (1, 2)
_STARTS, _ENDS = "starts", "ends"
_WIDTH = 118
_SHIPPED = "Vienen cargados los habituales, apagados: revisalos con quien sepa qué exige la ley en tu lugar."
_INCOMPLETE = "Completá desde y hasta, o vaciá los dos"
_BACKWARDS = "Tiene que terminar después de empezar. Para pasar la medianoche usá los dos tramos de días seguidos"

Span = tuple[int, int]
Week = dict[int, tuple[Span, ...]]


class QuietHoursPage(TypedPage):
    """A switch for all, and one tab for each purpose. What laws usually ask for ships with it, switched off."""

    name = "quiet_hours"
    title = "Horarios no permitidos"
    hint = "Las horas en las que no se contacta sin un motivo, por finalidad. «Hasta 00:00» es la medianoche."
    tables = frozenset({"quiet_hours", "setting"})

    def __init__(self, office: Office):
        super().__init__(office)
        self.tabs = QTabBar()
        self.tabs.setObjectName("quiet_purposes")
        self.tabs.setAccessibleName("Finalidad")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.stack = QStackedWidget()
        field = fixed_field(ON, "Rigen estos horarios", FieldKind.YES_NO, help=_SHIPPED)
        self.switch = FormView((field,), office.clock)
        self.column.addWidget(self.switch)
        self.follow_rows(self.switch.rows)
        self.column.addWidget(self.tabs)
        self.column.addWidget(self.stack, 1)
        self.views: dict[str, WeekView] = {}
        for purpose in Purpose:
            self.views[purpose] = WeekView(purpose, office)
            self.tabs.addTab(purpose.label)
            self.stack.addWidget(self.views[purpose])
            self.follow_rows(self.views[purpose].rows.values())
        self.tabs.currentChanged.connect(self.stack.setCurrentIndex)

    def load(self) -> None:
        self.office.operations.run(self, _kept).then(lambda kept: self._show(*kept))

    def save(self) -> None:
        wrong = next((row for view in self.views.values() for row in view.check()), None)
        if wrong is not None:
            self.point(wrong)
        else:
            super().save()

    def store(self, changed: Values) -> Operation[Any]:
        purposes = {key.split(".")[0] for key in changed} - {ON}
        weeks = tuple((purpose, self.views[purpose].hours()) for purpose in sorted(purposes))
        on = changed[ON] is True if ON in changed else None
        return self.office.operations.run(self, _save, on, weeks)

    def point(self, row: FieldRow) -> None:
        if row.field.key != ON:
            self.tabs.setCurrentIndex([*self.views].index(row.field.key.split(".")[0]))
        super().point(row)

    def _show(self, on: bool, found: tuple[QuietHours, ...]) -> None:
        kept: dict[str, Value] = {ON: on}
        for purpose, view in self.views.items():
            kept |= view.read(tuple(hours for hours in found if hours.purpose == purpose))
        self.receive(kept)


class WeekView(QWidget):
    """The week of one purpose: a line for each day."""

    def __init__(self, purpose: str, office: Office):
        super().__init__()
        self._purpose = purpose
        self._more: tuple[QuietHours, ...] = ()
        self.rows: dict[str, FieldRow] = {}
        self._grid = QGridLayout()
        self._lay_out(office)

    def read(self, found: tuple[QuietHours, ...]) -> dict[str, Value]:
        """What is kept, field by field; more stretches than have room are kept as they are."""
        kept: dict[str, Value] = {}
        more: list[QuietHours] = []
        for weekday in range(1, 8):
            of_day = sorted((each for each in found if each.weekday == weekday), key=lambda each: each.starts)
            for stretch, hours in zip(STRETCHES, of_day, strict=False):
                kept[self._key(weekday, stretch, _STARTS)] = _clock(hours.starts)
                kept[self._key(weekday, stretch, _ENDS)] = _clock(hours.ends % DAY)
            more += of_day[len(STRETCHES) :]
        self._more = tuple(more)
        return kept

    def hours(self) -> tuple[QuietHours, ...]:
        """What was typed."""
        typed = (QuietHours(self._purpose, weekday, *span) for weekday, spans in self._week().items() for span in spans)
        return (*typed, *self._more)

    def check(self) -> Iterable[FieldRow]:
        """The fields that do not go together, each with what is wrong under it."""
        for weekday in range(1, 8):
            for stretch in STRETCHES:
                first, last = self._pair(weekday, stretch)
                starts, ends = _minutes(first.editor.value()), _minutes(last.editor.value(), end=True)
                if first.check() or last.check():
                    yield first if first.wrong else last
                elif (starts is None) != (ends is None):
                    last.show_error(_INCOMPLETE)
                    yield last if ends is None else first
                elif starts is not None and ends is not None and ends <= starts:
                    last.show_error(_BACKWARDS)
                    yield last

    def _pair(self, weekday: int, stretch: int) -> tuple[FieldRow, FieldRow]:
        return self.rows[self._key(weekday, stretch, _STARTS)], self.rows[self._key(weekday, stretch, _ENDS)]

    def _key(self, weekday: int, stretch: int, which: str) -> str:
        return f"{self._purpose}.{weekday}.{stretch}.{which}"

    def _week(self) -> Week:
        week: Week = {}
        for weekday in range(1, 8):
            spans: list[Span] = []
            for stretch in STRETCHES:
                first, last = self._pair(weekday, stretch)
                starts, ends = _minutes(first.editor.value()), _minutes(last.editor.value(), end=True)
                if starts is not None and ends is not None:
                    spans.append((starts, ends))
            week[weekday] = tuple(sorted(spans))
        return week

    def _lay_out(self, office: Office) -> None:
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(5, 1)
        for column, title in enumerate(("No contactar desde", "hasta", "y desde", "hasta"), 1):
            self._grid.addWidget(label(title, "secondary", wraps=False), 0, column)
        for weekday, name in enumerate(WEEKDAY_NAMES, 1):
            named = label(name.capitalize(), wraps=False)
            named.setContentsMargins(0, 6, 8, 0)
            self._grid.addWidget(named, weekday, 0, Qt.AlignmentFlag.AlignTop)
            for stretch in STRETCHES:
                for which in (_STARTS, _ENDS):
                    self._add(office, weekday, stretch, which)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(self._grid)
        whole.addStretch(1)

    def _add(self, office: Office, weekday: int, stretch: int, which: str) -> None:
        spoken = (
            f"{WEEKDAY_NAMES[weekday - 1].capitalize()}, {'desde' if which == _STARTS else 'hasta'}, tramo {stretch}"
        )
        field = fixed_field(self._key(weekday, stretch, which), spoken, FieldKind.TIME)
        row = FieldRow(field, editor(field, office.clock), self)
        row.cell.setFixedWidth(_WIDTH)
        self.rows[field.key] = row
        self._grid.addWidget(row.cell, weekday, 2 * stretch - (which == _STARTS), Qt.AlignmentFlag.AlignTop)


def _kept(database: Database) -> tuple[bool, tuple[QuietHours, ...]]:
    """Whether they hold, and all of them."""
    on = next(each.value for each in settings.settings(database) if each.name == ON)
    return on == "true", pressure.quiet_hours(database)


def _save(database: Database, on: bool | None, weeks: tuple[tuple[str, tuple[QuietHours, ...]], ...]) -> None:
    if on is not None:
        settings.save(database, ON, str(on).lower())
    for purpose, hours in weeks:
        pressure.save_quiet_hours(database, purpose, hours)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _minutes(value: Value, *, end: bool = False) -> int | None:
    """Minutes of the day; at the end of a stretch 00:00 is the midnight after it."""
    if value is None:
        return None
    hours, _, minutes = str(value).partition(":")
    return int(hours) * 60 + int(minutes) or (DAY if end else 0)
