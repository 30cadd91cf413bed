"""The organisation's working hours and holidays: what is said of a moment when nobody works then."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import groupby

from iduo_desktop.services.catalogues import Holiday, WorkingHours
from iduo_desktop.ui.widgets.moments import WEEKDAY_NAMES, WEEKDAYS

Hours = tuple[time, time]


class Shift:
    """`warning(moment)`: «domingo: fuera de tu turno (lun a vie 9 a 18)»; nothing while the hours are not known."""

    def __init__(self, hours: Iterable[WorkingHours] = (), holidays: Iterable[Holiday] = ()):
        self._hours: dict[int, Hours] = {
            each.weekday - 1: (each.opens, each.closes)
            for each in hours
            if each.opens is not None and each.closes is not None
        }
        self._holidays: dict[date, str] = {each.day: each.name for each in holidays}

    @property
    def text(self) -> str:
        """«lun a vie 9 a 18, sáb 9 a 13»."""
        return ", ".join(_spans(self._hours))

    def warning(self, moment: datetime) -> str:
        """Why nobody works then; empty when somebody does."""
        if not self._hours:
            return ""
        holiday = self._holidays.get(moment.date())
        if holiday is not None:
            return f"feriado ({holiday}): fuera de tu turno ({self.text})"
        hours = self._hours.get(moment.weekday())
        if hours is None:
            return f"{WEEKDAY_NAMES[moment.weekday()]}: fuera de tu turno ({self.text})"
        inside = hours[0] <= moment.time() < hours[1]
        return "" if inside else f"{_clock(moment.time())}: fuera de tu turno ({self.text})"


def _spans(hours: dict[int, Hours]) -> Iterator[str]:
    """Days that follow each other and have the same hours, together."""
    days = sorted(hours)
    for (opens, closes), together in groupby(days, key=lambda day: hours[day]):
        for _, run in groupby(enumerate(together), key=lambda numbered: numbered[1] - numbered[0]):
            found = [day for _, day in run]
            first, last = WEEKDAYS[found[0]], WEEKDAYS[found[-1]]
            named = first if len(found) == 1 else f"{first} y {last}" if len(found) == 2 else f"{first} a {last}"
            yield f"{named} {_clock(opens)} a {_clock(closes)}"


def _clock(value: time) -> str:
    return f"{value.hour}" if not value.minute else f"{value:%H:%M}"
