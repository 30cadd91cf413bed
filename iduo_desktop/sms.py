"""How long a text message is, as providers count and charge it: letters of the GSM alphabet, or of all others."""

from dataclasses import dataclass

# GSM 03.38: the letters of its alphabet, and those that take two places
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("\f^{}\\[~]|€")
_ONE, _EACH = {True: 160, False: 70}, {True: 153, False: 67}


@dataclass(frozen=True, slots=True)
class Length:
    """`units` are places taken, `parts` messages sent, `left` the places that are left in the last one.

    `plain` while all letters are of the GSM alphabet; `other` is the first that is not.
    """

    units: int
    parts: int
    left: int
    plain: bool
    other: str


def length(text: str) -> Length:
    """Count a text. What takes two places is never cut between two parts, so a part may be one short."""
    other = next((letter for letter in text if letter not in _BASIC and letter not in _DOUBLE), "")
    plain = not other
    sizes = [_size(letter, plain) for letter in text]
    units = sum(sizes)
    if units <= _ONE[plain]:
        return Length(units, int(bool(text)), _ONE[plain] - units, plain, other)
    parts, used = 1, 0
    for size in sizes:
        if used + size > _EACH[plain]:
            parts, used = parts + 1, 0
        used += size
    return Length(units, parts, _EACH[plain] - used, plain, other)


def unaccented(text: str) -> str:
    """The same without the accents that make a message dearer; é, ñ and ü cost nothing and stay."""
    return text.translate(_CHEAPER)


def _size(letter: str, plain: bool) -> int:
    if plain:
        return 2 if letter in _DOUBLE else 1
    return 2 if ord(letter) > 0xFFFF else 1


_CHEAPER = str.maketrans("áíóúÁÍÓÚ“”\u2018\u2019«»–—…ºª°", 'aiouAIOU""\'\'""--.oao')
