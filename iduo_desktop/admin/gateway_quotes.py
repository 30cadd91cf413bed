"""Answers by mail carry along what they answer: it is cut off below a mark, unless somebody answered in between."""

import re
from typing import Final

MARK: Final = "[Abajo seguía el mensaje anterior.]"
LONGEST: Final = 10_000
REST: Final = "[Sigue: el correo entero está en la casilla.]"

# "El sáb, 21 nov 2026 a las 10:15, Ana (<a@b>) escribió:", in one line or broken into two or three.
WROTE: Final = re.compile(
    r"^[ \t]*(?:El|On|Em|Le|Am)\b[^\n]{0,300}(?:\n[^\n]{0,200}){0,2}?"
    r"\b(?:escribi[óo]|wrote|escreveu|a écrit|schrieb)[ \t]*:[ \t]*$",
    re.MULTILINE,
)
LINE: Final = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:Mensaje original|Original Message|Mensaje reenviado|Forwarded message)[ \t]*-{2,}"
    r"|_{20,}[ \t]*\n+[ \t]*\*?(?:De|From):"
    r"|\*?(?:De|From):[^\n]{1,300}\n(?:[^\n]{0,300}\n){0,2}?[ \t]*\*?(?:Enviado|Sent|Fecha|Date)(?: el)?:)",
    re.MULTILINE | re.IGNORECASE,
)
QUOTED: Final = re.compile(r"^[ \t]*>", re.MULTILINE)


def without_quote(text: str) -> str:
    """What was written now; everything when it is mixed with what it answers, or when nothing else is there."""
    starts = [found.start() for pattern in (WROTE, LINE) if (found := pattern.search(text))]
    if (place := text.find(MARK)) >= 0:
        starts.append(place)
    if (tail := _quoted_tail(text)) is not None:
        starts.append(tail)
    if not starts:
        return text.strip()
    own, rest = text[: min(starts)].strip(), text[min(starts) :]
    if not own or QUOTED.search(own) or _answered_in_between(rest):
        return text.replace(MARK, "").strip()
    return f"{own}\n\n{MARK}"


def shortened(text: str, extra: str = "") -> str:
    """At most so much as is kept, with what has to stand below it."""
    below = f"\n\n{extra}" if extra else ""
    if len(text) + len(below) <= LONGEST:
        return f"{text}{below}".strip()
    below = f"\n\n{REST}{below}"
    return f"{text[: LONGEST - len(below)].rstrip()}{below}"


def _quoted_tail(text: str) -> int | None:
    """Where the quoted lines at the end begin, if the text ends with such."""
    lines = text.rstrip().split("\n")
    first = len(lines)
    while first and (lines[first - 1].lstrip().startswith(">") or not lines[first - 1].strip()):
        first -= 1
    quoted = any(line.lstrip().startswith(">") for line in lines[first:])
    return sum(len(line) + 1 for line in lines[:first]) if quoted else None


def _answered_in_between(rest: str) -> bool:
    """Lines of one's own between quoted ones."""
    lines = [line.strip() for line in rest.split("\n") if line.strip()]
    marks = [line.startswith(">") for line in lines]
    if True not in marks:
        return False
    first, last = marks.index(True), len(marks) - 1 - marks[::-1].index(True)
    return not all(marks[first : last + 1]) or (last < len(marks) - 1 and not lines[last + 1].startswith("--"))
