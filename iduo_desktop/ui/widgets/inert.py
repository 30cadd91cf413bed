"""Text that strangers wrote, made harmless to look at: no marks that turn, hide or pile up letters."""

import re
import unicodedata

_PILE = 3  # marks above one letter; more would reach into other lines
_SPACES = re.compile(r"[ \t\u00a0]+")
_EMPTY = re.compile(r"\n{3,}")


def inert(text: str) -> str:
    """The same letters in their order. Controls, invisible letters and heaps of marks are left out."""
    kept: list[str] = []
    marks = 0
    for letter in text.replace("\r\n", "\n").replace("\r", "\n"):
        category = unicodedata.category(letter)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Zl", "Zp"}:
            kept.append("\n")
        elif marks <= _PILE and (letter in "\n\t" or category not in _UNSEEN):
            kept.append(letter)
    return _EMPTY.sub("\n\n", "".join(kept)).strip()


def one_line(text: str, longest: int) -> str:
    """The beginning of a text, on one line."""
    # most letters that are left out would not be seen anyway, so a little more than is wanted is enough to look at
    line = _SPACES.sub(" ", inert(text[: longest * 8]).replace("\n", " ")).strip()
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
