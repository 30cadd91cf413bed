"""Argentina's clocks: what goes into a file shows the time of here, wherever the program runs."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone() -> timezone | ZoneInfo:
    """The zone of Buenos Aires; a system that knows no zones has the same time, there being no summer time."""
    try:
        return ZoneInfo("America/Argentina/Buenos_Aires")
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-3), "-03")


def on_the_wall(moment: datetime) -> datetime:
    """The moment as a sheet holds it: without a zone."""
    return moment.astimezone(zone()).replace(tzinfo=None)


def now() -> datetime:
    """The same of this moment, by the clock of the PC."""
    return on_the_wall(datetime.now(UTC))
