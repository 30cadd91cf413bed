"""What is said of a moment when nobody works then."""

from datetime import date, datetime, time

import pytest

from iduo_desktop.services import clocks
from iduo_desktop.services.catalogues import Holiday, WorkingHours
from iduo_desktop.ui.widgets.shift import Shift

WEEK = [WorkingHours(day, time(9), time(18)) for day in range(1, 6)]
CLOSED = [WorkingHours(day, None, None) for day in (6, 7)]
SHIFT = Shift([*WEEK, *CLOSED], [Holiday(date(2026, 12, 8), "Inmaculada Concepción")])


def at(text: str) -> datetime:
    """A moment here."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=clocks.zone())


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("23/11/2026 10:00", ""),
        ("23/11/2026 09:00", ""),
        ("22/11/2026 10:00", "domingo: fuera de tu turno (lun a vie 9 a 18)"),
        ("23/11/2026 18:00", "18: fuera de tu turno (lun a vie 9 a 18)"),
        ("23/11/2026 07:30", "07:30: fuera de tu turno (lun a vie 9 a 18)"),
        ("08/12/2026 10:00", "feriado (Inmaculada Concepción): fuera de tu turno (lun a vie 9 a 18)"),
    ],
)
def test_a_moment(moment: str, said: str) -> None:
    assert SHIFT.warning(at(moment)) == said


def test_days_with_other_hours_stand_apart() -> None:
    saturday = WorkingHours(6, time(9), time(13, 30))
    assert Shift([*WEEK, saturday]).text == "lun a vie 9 a 18, sáb 9 a 13:30"
    assert Shift([WEEK[0], WEEK[1], WEEK[3]]).text == "lun y mar 9 a 18, jue 9 a 18"


def test_nothing_is_said_while_nobody_knows_the_hours() -> None:
    assert Shift().warning(at("22/11/2026 03:00")) == ""
