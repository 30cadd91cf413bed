"""What a cell means: text, a number, a date, an amount; what it cannot mean is said in a sentence."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from iduo_desktop.workbooks.values import BadCell, Cell, Flaw

SAFE_DIGITS: Final = 10**15
NOTHING: Final = frozenset({"", "-", "--", "—", "–", "s/d", "n/a"})
SCIENTIFIC: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+?\d{1,3}")
GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+")
DAY_FIRST: Final = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
YEAR_FIRST: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
FIRST_DAY: Final = date(1899, 12, 30)
YEARS: Final = range(1990, 2100)
CURRENCY: Final = re.compile(r"^(?:ar\s*\$|\$|ars|pesos)\s*|\s*(?:\$|ars|pesos)$", re.IGNORECASE)
MOST_MONEY: Final = Decimal(10) ** 12
CENT: Final = Decimal("0.01")


class CellError(ValueError):
    """What is wrong with a cell, as the end of a sentence: «no es una fecha»."""


def text(cell: Cell) -> str:
    """What the cell shows, on one line; a number as Excel shows it, without `.0`."""
    match cell:
        case str():
            shown = _printable(cell)
            if SCIENTIFIC.fullmatch(shown):
                raise CellError("fue dañado por Excel, que le cortó cifras; escribilo como texto")
            return shown
        case bool():
            return "VERDADERO" if cell else "FALSO"
        case float() | int():
            return _number_shown(float(cell))
        case datetime():
            return f"{cell:%d/%m/%Y %H:%M}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case time():
            return f"{cell:%H:%M}"
    raise CellError(_flaw(cell))


def whole_number(cell: Cell, of: str) -> int:
    """A whole number above 0; `of` says whose it is: «cliente»."""
    shown = text(cell)
    digits = shown.replace(".", "") if GROUPED.fullmatch(shown) else shown
    if not shown:
        raise CellError("está vacío")
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 10**12):
        raise CellError(f"no es un número de {of}")
    return int(digits)


def lines(cell: Cell) -> str:
    """What the cell shows, its lines kept: an answer, a note."""
    if not isinstance(cell, str):
        return text(cell)
    return "\n".join(map(_printable, cell.replace("\r\n", "\n").replace("\r", "\n").split("\n"))).strip()


def day(cell: Cell, day_first: bool = True, years: range = YEARS) -> date | None:
    """A date cell, a date typed day or month first, or the number by which Excel knows a day; None if nothing."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell == int(cell) and int(cell) in _serials(years):
        cell = FIRST_DAY + timedelta(days=int(cell))
    if isinstance(cell, date):
        return _plausible(cell, years)
    shown = text(cell)
    return None if shown.casefold() in NOTHING else _plausible(_typed(shown, day_first, years), years)


def _typed(shown: str, day_first: bool, years: range) -> date:
    """A date in one of the ways in which people write it."""
    if found := DAY_FIRST.fullmatch(shown):
        one, other, year = map(int, found.groups())
        days, months = (one, other) if day_first else (other, one)
    elif found := YEAR_FIRST.fullmatch(shown):
        year, months, days = map(int, found.groups())
    else:
        raise CellError("no es una fecha")
    if year < 100:
        year += 2000 if year + 2000 in years else 1900
    try:
        return date(year, months, days)
    except ValueError as error:
        raise CellError("no es una fecha que exista") from error


def money(cell: Cell) -> Decimal | None:
    """An amount in pesos with two decimals; None if the cell is empty, 0 if it is a dash."""
    if isinstance(cell, float) and not isinstance(cell, bool):
        return _rounded(Decimal(repr(cell)))
    shown = CURRENCY.sub("", text(cell)).replace(" ", "").replace("−", "-")
    if not shown:
        return None
    if shown in NOTHING:
        return Decimal("0.00")
    negative = shown.startswith(("-", "(")) or shown.endswith("-")
    shown = CURRENCY.sub("", shown.strip("-()"))
    try:
        amount = Decimal(_with_point(shown))
    except InvalidOperation as error:
        raise CellError("no es un importe") from error
    return _rounded(-amount if negative else amount)


def _printable(value: str) -> str:
    line = " ".join(value.split())
    if not line.isprintable():
        line = " ".join("".join(one for one in line if one.isprintable()).split())
    return line if unicodedata.is_normalized("NFC", line) else unicodedata.normalize("NFC", line)


def _number_shown(number: float) -> str:
    if abs(number) >= SAFE_DIGITS:
        raise CellError("tiene más de 15 cifras y Excel le cambió las últimas; escribilo como texto")
    return str(int(number)) if number == int(number) else repr(number).replace(".", ",")


def _flaw(cell: BadCell) -> str:
    if cell.flaw is Flaw.FORMULA:
        return "es una fórmula sin resultado guardado"
    return f"tiene el error {cell.text}"


@lru_cache(maxsize=8)
def _serials(years: range) -> range:
    """The numbers by which Excel knows the days of these years."""
    return range((date(years.start, 1, 1) - FIRST_DAY).days, (date(years.stop, 1, 1) - FIRST_DAY).days)


def _plausible(value: date, years: range) -> date:
    if value.year not in years:
        raise CellError("es una fecha de otro siglo")
    return value


def _with_point(shown: str) -> str:
    """1.234,50 and 1,234.50 with one decimal point; three digits after a lone point are thousands."""
    if not re.fullmatch(r"[\d.,]*\d[\d.,]*", shown):
        raise CellError("no es un importe")
    comma, point = shown.rfind(","), shown.rfind(".")
    if comma >= 0 and point >= 0:
        decimal = "," if comma > point else "."
        thousands = "." if decimal == "," else ","
        return shown.replace(thousands, "").replace(decimal, ".")
    if comma >= 0:
        return shown.replace(",", ".")
    return shown.replace(".", "") if GROUPED.fullmatch(shown) else shown


def _rounded(amount: Decimal) -> Decimal:
    if abs(amount) >= MOST_MONEY:
        raise CellError("es un importe imposible")
    return amount.quantize(CENT) + 0  # never -0.00
