"""Numbers and amounts of money as operators type and read them: «48310», «48.310,50», «$ 48.310,50»."""

import re
from decimal import Decimal

_GROUPED = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?")
_COMMA = re.compile(r"\d*,\d+|\d+,?")
_DOT = re.compile(r"\d*\.\d{1,2}|(0|\d{4,})\.\d+")


def read_number(text: str) -> Decimal | None:
    """The number that a text means. A dot before three digits groups thousands; otherwise it is the keypad's comma."""
    plain = text.replace(" ", "").replace("\u00a0", "").removeprefix("$")
    sign = -1 if plain.startswith(("-", "−")) else 1
    plain = plain.lstrip("-−+").removeprefix("$")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    elif not (_COMMA.fullmatch(plain) or _DOT.fullmatch(plain)):
        return None
    return sign * Decimal(plain.replace(",", ".").rstrip(".") or "0")


def fits(number: Decimal, *, money: bool) -> bool:
    """Whether the database takes it: 12 digits; money is not negative and has two decimals, numbers up to six."""
    _, _, exponent = number.as_tuple()
    decimals = -exponent if isinstance(exponent, int) else 0
    return abs(number) < 10**12 and decimals <= (2 if money else 6) and (number >= 0 or not money)


def show_number(number: Decimal) -> str:
    """«48.310,5»: grouped, with the decimals it has."""
    whole, _, decimals = f"{abs(number):,f}".partition(".")
    shown = whole.replace(",", ".") + (f",{decimals}" if decimals else "")
    return f"-{shown}" if number < 0 else shown


def show_money(amount: Decimal) -> str:
    """«48.310,50»: grouped, with two decimals, without the sign of the currency."""
    return show_number(amount.quantize(Decimal("0.01")))
