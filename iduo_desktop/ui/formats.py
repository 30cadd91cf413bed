"""Dates, money and numbers as people here read them; times are shown in Argentina's, however they are kept."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from iduo_desktop.services import clocks
from iduo_desktop.ui.widgets.amounts import show_money
from iduo_desktop.ui.widgets.moments import WEEKDAYS, distance

NOTHING = "—"


def here(moment: datetime) -> datetime:
    """The same moment on Argentina's clocks."""
    return moment.astimezone(clocks.zone())


def now() -> datetime:
    """The moment by the clock of the PC; what matters is timed by the server."""
    return datetime.now(UTC).astimezone(clocks.zone())


def clock_of(server_time: datetime) -> Callable[[], datetime]:
    """A clock that shows the server's time from now on, however wrong the PC's is, or is set to meanwhile."""
    began = steady()
    return lambda: here(server_time + timedelta(seconds=steady() - began))


def clock(moment: datetime | None) -> str:
    """«14:03»."""
    return NOTHING if moment is None else f"{here(moment):%H:%M}"


def when(moment: datetime | None, at: datetime) -> str:
    """A moment as seen at another: «hoy 10:12», «ayer 16:40», «lun 23/11 10:00», «19/11 16:40», «02/11/2025 09:05»."""
    if moment is None:
        return NOTHING
    local, today = here(moment), here(at).date()
    return f"{_near_day(local.date(), today)} {local:%H:%M}"


def exact(moment: datetime | None) -> str:
    """«lun 23/11/2026 10:00», for tooltips."""
    if moment is None:
        return NOTHING
    local = here(moment)
    return f"{WEEKDAYS[local.weekday()]} {local:%d/%m/%Y %H:%M}"


def day(value: date | None) -> str:
    """«25/11/2026»."""
    return NOTHING if value is None else f"{value:%d/%m/%Y}"


def short_day(value: date | None, today: date) -> str:
    """«25/11», with the year when it is another one."""
    if value is None:
        return NOTHING
    return f"{value:%d/%m}" if value.year == today.year else f"{value:%d/%m/%Y}"


def day_and_distance(value: date | None, today: date) -> str:
    """«25/11/2026 (en 4 días)»."""
    return NOTHING if value is None else f"{value:%d/%m/%Y} ({distance(value, today)})"


def money(amount: Decimal | None) -> str:
    """«$ 48.310,00», on one line wherever it stands."""
    if amount is None:
        return NOTHING
    return f"{'-' if amount < 0 else ''}$\N{NO-BREAK SPACE}{show_money(abs(amount))}"


def count(number: int, *, capped: bool = False) -> str:
    """«1.830», or «10.000+» when it was counted no further."""
    return f"{number:,}".replace(",", ".") + ("+" if capped else "")


def plural(number: int, one: str, many: str) -> str:
    """«1 caso», «1.830 casos»."""
    return f"{count(number)} {one if number == 1 else many}"


def document(digits: str) -> str:
    """«24.118.903» for a DNI, «30-71234567-8» for a CUIT, anything else as it is."""
    if not digits.isdecimal():
        return digits or NOTHING
    if len(digits) in {7, 8}:
        return count(int(digits))
    return f"{digits[:2]}-{digits[2:10]}-{digits[10]}" if len(digits) == 11 else digits


def ticket(number: int) -> str:
    """«104 237»: groups of three, as it is read out."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def elapsed(seconds: float) -> str:
    """«recién», «hace 5 minutos», «hace 2 horas», «hace 3 días»."""
    for size, one, many in ((86400, "día", "días"), (3600, "hora", "horas"), (60, "minuto", "minutos")):
        if seconds >= size:
            return f"hace {plural(int(seconds // size), one, many)}"
    return "recién"


def clocked(lasted: timedelta) -> str:
    """«06:02», «1:06:02»: how long something has been going on."""
    minutes, seconds = divmod(int(lasted.total_seconds()), 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02}:{seconds:02}" if hours else f"{rest:02}:{seconds:02}"


def steady() -> float:
    """Seconds that go on while the PC sleeps, and that nobody can set."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def _near_day(value: date, today: date) -> str:
    away = (value - today).days
    if away in {-1, 0, 1}:
        return ("hoy", "mañana", "ayer")[away]
    return f"{WEEKDAYS[value.weekday()]} {value:%d/%m}" if 1 < away < 7 else short_day(value, today)
