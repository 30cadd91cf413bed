"""Numbers as they are said, group by group, for whoever writes one down on the telephone."""

_UNITS = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    *("diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve"),
    *("veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete"),
    *("veintiocho", "veintinueve"),
)
_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos"),
    *("seiscientos", "setecientos", "ochocientos", "novecientos"),
)


def in_groups(number: int, check: str = "") -> str:
    """«ciento cuatro… doscientos treinta y siete», with the check digit «… guion cuatro»; zeros are said."""
    said = [_group(group) for group in f"{number:,}".split(",")]
    return "… ".join([*said, f"guion {_group(check)}"] if check else said)


def _group(digits: str) -> str:
    """Three digits or fewer; «037» is «cero treinta y siete»."""
    rest = digits.lstrip("0")
    zeros = ["cero"] * (len(digits) - len(rest))
    return " ".join([*zeros, _below_thousand(int(rest))] if rest else zeros)


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    return " ".join(part for part in (_HUNDREDS[hundreds], _below_hundred(rest) if rest else "") if part)


def _below_hundred(number: int) -> str:
    if number < len(_UNITS):
        return _UNITS[number]
    tens, units = divmod(number, 10)
    return f"{_TENS[tens]} y {_UNITS[units]}" if units else _TENS[tens]
