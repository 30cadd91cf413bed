"""Argentine telephone numbers: what was typed, its E.164 form and the key by which any spelling is found."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

COUNTRY = "54"
KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed",
    PhoneNumberType.VOIP: "fixed",
    PhoneNumberType.PERSONAL_NUMBER: "fixed",
    PhoneNumberType.PAGER: "mobile",
    PhoneNumberType.VOICEMAIL: "fixed",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.UAN: "shared_cost",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.PREMIUM_RATE: "premium",
}
EXTENSION = re.compile(r"[\s,;(]*\b(?:interno|int|extensi[oó]n|ext|x)\b\W*\d{1,6}\W*$", re.IGNORECASE)
_NO_PERSON = {"toll_free", "shared_cost", "premium", None}
NO_DIGIT = re.compile(r"[^0-9]+")
SEPARATOR = re.compile(r"[/;,|\n]|\s+[yoe]\s+|\s+-\s+", re.IGNORECASE)
# area codes have 2 digits (11 only), 3 or 4; with the local part always 10, so "15" has one possible place
MOBILE_15 = re.compile(r"(11|(?!11)\d{3}(?=15\d{7}$)|(?!11)\d{4}(?=15\d{6}$))15(?=\d{6,8}$)")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A telephone as typed and as understood; `e164` is None when it is not a number that exists."""

    typed: str
    e164: str | None
    search_key: str
    kind: str
    valid: bool


def parse(typed: str, area_code: str, mobile: bool = False) -> Parsed:
    """Understand a number; one without area code takes `area_code`; `mobile` when the column says so."""
    text = " ".join(typed.split())
    digits = _digits(EXTENSION.sub("", text))
    if _is_foreign(text, digits):
        return _foreign(text, digits)
    key, marked = _national(digits, _digits(area_code).lstrip("0"))
    for prefix in ("9", "") if marked or mobile else ("", "9"):
        kind = _kind(int(COUNTRY), prefix + key)
        if kind is not None:
            return Parsed(text, f"+{COUNTRY}{prefix}{key}", key, kind, valid=True)
    return Parsed(text, None, key, "unknown", valid=False)


def several(typed: str) -> tuple[str, ...]:
    """The numbers of a cell that may hold more than one ("4210000 / 4210001"), as typed."""
    parts = [part.strip() for part in SEPARATOR.split(typed)]
    if len(parts) > 1 and all(len(_digits(part)) >= 6 for part in parts if part):
        return tuple(part for part in parts if part)
    return (typed.strip(),) if typed.strip() else ()


def shown(e164: str) -> str:
    """How lists show it: «+54 9 341 612-4410»."""
    return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)


def reading(address: str) -> str:
    """How one reads what somebody is written to: a number in its groups, a mail as it is."""
    return shown(address) if address.startswith("+") else address


def whatsapp_url(e164: str, text: str = "") -> str:
    """The link that opens a conversation with a text in it; empty for a number of a company's (0800, 0810, 0600).

    Argentine numbers need the 9 there, typed or not, fixed lines too.
    """
    digits = e164.removeprefix("+")
    if kind_of(e164) in _NO_PERSON:
        return ""
    if digits.startswith(COUNTRY) and len(digits) == 12:
        digits = f"{COUNTRY}9{digits.removeprefix(COUNTRY)}"
    return f"https://wa.me/{digits}" + (f"?text={quote(text, safe='')}" if text else "")


def kind_of(e164: str) -> str | None:
    """What a number is (mobile, fixed, toll_free, …), None if there is no such number."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return None
    return KINDS.get(phonenumbers.number_type(number))


def _digits(text: str) -> str:
    return NO_DIGIT.sub("", text)


def _is_foreign(text: str, digits: str) -> bool:
    abroad = text.lstrip(" (").startswith("+") or (digits.startswith("00") and len(digits) > 11)
    return abroad and not digits.lstrip("0").startswith(COUNTRY)


def _foreign(text: str, digits: str) -> Parsed:
    try:
        number = phonenumbers.parse("+" + digits.lstrip("0"))
    except phonenumbers.NumberParseException:
        return Parsed(text, None, digits[-10:], "unknown", valid=False)
    kind = _kind(number.country_code, str(number.national_number))
    e164 = None if kind is None else phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Parsed(text, e164, str(number.national_number)[-10:], kind or "unknown", valid=kind is not None)


def _kind(country: int | None, national: str) -> str | None:
    """What a number is, None if it does not exist; asked without parsing, which costs three times as much."""
    if not national:
        return None
    number = phonenumbers.PhoneNumber(country_code=country, national_number=int(national))
    return KINDS.get(phonenumbers.number_type(number))


def _national(digits: str, area_code: str) -> tuple[str, bool]:
    """The last ten national digits without 54, 9, 0 and 15, and whether 9 or 15 marked it as a mobile.

    No area code begins with 0, 5 or 9, so a prefix that leaves ten digits or more is one.
    """
    rest = digits.lstrip("0")
    if rest.startswith(COUNTRY) and len(rest) >= 12:
        rest = rest.removeprefix(COUNTRY).lstrip("0")
    marked = rest.startswith("9") and len(rest) >= 11
    if marked:
        rest = rest.removeprefix("9").lstrip("0")
    without = MOBILE_15.sub(r"\1", rest, count=1) if len(rest) == 12 else rest
    return _with_area(without, area_code, marked or without != rest)


def _with_area(rest: str, area_code: str, marked: bool) -> tuple[str, bool]:
    """Complete a local number; eight digits that begin with 15 are a mobile of a short exchange, not a local one."""
    if rest.startswith("15") and len(rest) <= 10:
        rest, marked = rest.removeprefix("15"), True
    if area_code and len(rest) + len(area_code) == 10:
        rest = area_code + rest
    return rest[-10:], marked
