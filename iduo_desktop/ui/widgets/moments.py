"""Days and moments as operators type them: «mañana 10», «lun 15», «25/11», «+2d», «en 1 hora»."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
WEEKDAY_NAMES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_FIRST_HOUR = time(9)
_FILLERS = re.compile(r"\b(el|la|las|los|a|al|de|del|este|esta|proximo|proxima|que viene)\b|(?<=\d) ?(hs?|horas)\b\.?")

_CLOCK = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?"
_TIME = re.compile(rf"{_CLOCK}|(?P<compact>\d{{3,4}})|(?P<noon>mediodia)")
_OFFSET = re.compile(r"(?:\+|en )\s*(?P<count>\d+|una?|media) ?(?P<unit>[a-z]+)")
_NUMERIC = re.compile(r"(?P<day>\d{1,2})[/\-.](?P<month>\d{1,2})(?:[/\-.](?P<year>\d{4}|\d{2}))?")
_NAMED = re.compile(r"(?P<day>\d{1,2}) (?P<month>[a-z]{3,10})(?: (?P<year>\d{4}))?")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:t(?P<clock>.*))?")
_LONGEST = timedelta(days=5 * 366)
_RELATIVE = {"hoy": 0, "manana": 1, "pasado manana": 2, "pasado": 2, "ayer": -1, "anteayer": -2}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text means. `moment` is None when it has no single meaning; then `problem` says why.

    `choices` are what the person may have meant, best first.
    """

    moment: datetime | None = None
    problem: str = ""
    choices: tuple[datetime, ...] = ()


def fold(text: str) -> str:
    """The text without accents, case and repeated spaces, for comparing."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(letter for letter in plain if unicodedata.category(letter) != "Mn").split())


def read_day(text: str, now: datetime, *, ahead: bool = False) -> Reading:
    """The day that a text means, as midnight; one without a year is the nearest, or with `ahead` the next."""
    reading = _read_day(text, now, ahead)
    if ahead and reading.moment is not None:
        return _soon(reading.moment, now) if reading.moment.date() >= now.date() else Reading(problem="Ese día ya pasó")
    return reading


def _read_day(text: str, now: datetime, ahead: bool) -> Reading:
    plain = " ".join(_FILLERS.sub(" ", fold(text)).split())
    if re.fullmatch(r"\d{1,2}", plain):
        found = _day_of_month(int(plain), now.date(), ahead)
        return Reading(_at(found, time(), now)) if found else _unread("día")
    weekend = _weekend(plain, now, time())
    if weekend:
        return weekend
    found = _day(plain, now.date(), ahead=ahead) or _offset_day(fold(text), now)
    return Reading(_at(found, time(), now)) if found else _unread("día")


def read_moment(text: str, now: datetime) -> Reading:
    """The moment to come that a text means; without an hour, the first one of the working day."""
    later = _offset(fold(text), now)
    if later:
        return _soon(later, now) if later > now else _unread("momento")
    plain = " ".join(_FILLERS.sub(" ", fold(text)).split())
    weekend = _weekend(plain, now, _FIRST_HOUR)
    if weekend:
        return weekend
    day, clock = _split(plain, now.date())
    if day is None and clock is None:
        return _unread("momento")
    moment = _at(day or now.date(), clock or _default_hour(day, now), now)
    return _soon(moment, now) if moment > now else _past(moment, now)


def read_time(text: str) -> time | None:
    """The hour of the day that a text means: «9», «9:30», «930», «mediodía»."""
    found = _TIME.fullmatch(" ".join(_FILLERS.sub(" ", fold(text)).split()))
    if not found:
        return None
    if found["noon"]:
        return time(12)
    compact = found["compact"]
    hour, minute = (compact[:-2], compact[-2:]) if compact else (found["hour"], found["minute"] or "0")
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None


def show_day(day: date) -> str:
    """«mié 25/11/2026»."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def show_moment(moment: datetime) -> str:
    """«mié 25/11/2026 10:00»."""
    return f"{show_day(moment)} {moment:%H:%M}"


def distance(day: date, today: date) -> str:
    """How far a day is: «hoy», «mañana», «en 4 días», «hace 2 días»."""
    days = (day - today).days
    near = {0: "hoy", 1: "mañana", -1: "ayer"}.get(days)
    return near or (f"en {days} días" if days > 0 else f"hace {-days} días")


def _soon(moment: datetime, now: datetime) -> Reading:
    """A moment to come, unless it was surely mistyped."""
    if moment.replace(tzinfo=None) - now.replace(tzinfo=None) > _LONGEST:
        return Reading(problem="Falta demasiado para esa fecha. Fijate el año.")
    return Reading(moment)


def _unread(kind: str) -> Reading:
    example = "mañana, lun, 25/11" if kind == "día" else "mañana 10, lun 15, 25/11 10:30"
    return Reading(problem=f"No entendimos el {kind}. Probá con: {example}")


def _past(moment: datetime, now: datetime) -> Reading:
    if moment.date() < now.date():
        return Reading(problem="Ese día ya pasó")
    later = _at(now.date() + timedelta(days=1), moment.time(), now)
    return Reading(problem=f"Esa hora ya pasó. ¿Quisiste decir mañana {later:%H:%M}?", choices=(later,))


def _weekend(plain: str, now: datetime, clock: time) -> Reading | None:
    if plain not in ("fin semana", "finde", "fin"):
        return None
    saturday = now.date() + timedelta(days=(5 - now.weekday()) % 7 or 7)
    days = (saturday, saturday + timedelta(days=1))
    return Reading(
        problem=f"¿El sábado {days[0]:%d/%m} o el domingo {days[1]:%d/%m}?",
        choices=tuple(_at(day, clock, now) for day in days),
    )


def _split(plain: str, today: date) -> tuple[date | None, time | None]:
    """Day and hour of a text: the whole as an hour, the whole as a day, or a day and then an hour."""
    whole = read_time(plain)
    if whole is not None:
        return None, whole
    iso = _ISO.fullmatch(plain)
    if iso and iso["clock"]:
        return _day(plain.partition("t")[0], today, ahead=True), read_time(iso["clock"][:5])
    day = _day(plain, today, ahead=True)
    if day is not None:
        return day, None
    head, _, tail = plain.rpartition(" ")
    day, clock = _day(head, today, ahead=True), read_time(tail)
    return (day, clock) if day is not None and clock is not None else (None, None)


def _day(plain: str, today: date, *, ahead: bool) -> date | None:
    if plain in _RELATIVE:
        return today + timedelta(days=_RELATIVE[plain])
    weekday = _weekday(plain)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    if plain == "fin mes":
        return today.replace(day=monthrange(today.year, today.month)[1])
    head, _, rest = plain.partition(" ")
    if (weekday := _weekday(head)) is not None:  # «lun 23/11»: as it is shown, and only where both agree
        found_day = _day(rest, today, ahead=ahead) if rest[:1].isdigit() else None
        return found_day if found_day is not None and found_day.weekday() == weekday else None
    found = _ISO.fullmatch(plain) or _NUMERIC.fullmatch(plain) or _NAMED.fullmatch(plain)
    if not found or not (month := _month(found["month"])):
        return None
    return _calendar_day(int(found["day"]), month, found["year"], today, ahead=ahead)


def _weekday(plain: str) -> int | None:
    names = [fold(name) for name in WEEKDAY_NAMES]
    fits = [index for index, name in enumerate(names) if len(plain) >= 3 and name.startswith(plain)]
    return fits[0] if fits else None


def _month(text: str) -> int | None:
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.index(text[:3]) + 1 if text[:3] in _MONTHS else None


def _calendar_day(day: int, month: int, year: str | None, today: date, *, ahead: bool) -> date | None:
    if year:
        return _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    near = [found for shift in (-1, 0, 1) if (found := _valid(today.year + shift, month, day))]
    if ahead:
        return next((found for found in near if found >= today), None)
    return min(near, key=lambda found: abs((found - today).days), default=None)


def _day_of_month(day: int, today: date, ahead: bool) -> date | None:
    """The nearest day of that number: in this month, or in the next one when this month's is long past."""
    this, following = _valid(today.year, today.month, day), today.replace(day=1) + timedelta(days=32)
    near = [found for found in (this, _valid(following.year, following.month, day)) if found]
    near = [found for found in near if found >= today or not ahead]
    return min(near, key=lambda found: abs((found - today).days), default=None)


def _valid(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1900 <= year < 3000 and 1 <= day <= monthrange(year, month)[1] else None


def _offset(plain: str, now: datetime) -> datetime | None:
    """«+2d», «en 1 hora», «en media hora», «en 3 semanas»."""
    found = _OFFSET.fullmatch(plain)
    if not found:
        return None
    count = {"un": 1.0, "una": 1.0, "media": 0.5}.get(found["count"]) or float(found["count"])
    minutes = dict.fromkeys(("h", "hs", "hora", "horas"), 60.0)
    minutes |= dict.fromkeys(("min", "mins", "minuto", "minutos"), 1.0)
    if found["unit"] in minutes:
        return _whole_minute(now + min(_LONGEST * 2, timedelta(minutes=min(count, 1e8) * minutes[found["unit"]])))
    day = _offset_day(plain, now)
    return _at(day, _FIRST_HOUR, now) if day else None


def _offset_day(plain: str, now: datetime) -> date | None:
    found = _OFFSET.fullmatch(plain)
    days = {"d": 1, "dia": 1, "dias": 1, "s": 7, "sem": 7, "semana": 7, "semanas": 7}
    count = {"un": "1", "una": "1"}.get(found["count"], found["count"]) if found else ""
    if not found or found["unit"] not in days or not count.isdigit() or int(count) > 999:
        return None
    return now.date() + timedelta(days=int(count) * days[found["unit"]])


def _default_hour(day: date | None, now: datetime) -> time:
    """The first hour of a day to come; today, the next full hour."""
    if day != now.date():
        return _FIRST_HOUR
    return time(min(now.hour + 1, 23))


def _whole_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _at(day: date, clock: time, now: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=now.tzinfo)
