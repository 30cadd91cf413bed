"""Argentina's clocks: what is shown or goes into a file has the time of here, wherever the program runs."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PLACE = "America/Argentina/Buenos_Aires"


@cache
def zone() -> timezone | ZoneInfo:
    """The zone of Buenos Aires. There has been no summer time since 2009, so a bare system's lack does no harm."""
    try:
        return ZoneInfo(PLACE)
    except ZoneInfoNotFoundError:
        return timezone(timedelta(hours=-3), "-03")


def on_the_wall(moment: datetime) -> datetime:
    """The moment as a sheet holds it: without a zone."""
    return moment.astimezone(zone()).replace(tzinfo=None)


def now() -> datetime:
    """The same of this moment, by the clock of the PC."""
    return on_the_wall(datetime.now(UTC))
