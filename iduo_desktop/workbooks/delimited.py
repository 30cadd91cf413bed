"""Lists as plain text, .csv: the encoding and the separator are found out, every cell is text."""

import csv
import io
import re
from itertools import islice
from typing import Final

ENCODINGS: Final = ("utf-8-sig", "cp1252")
BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS: Final = ";,\t"
LOOKED_AT: Final = 50
# what no text has; tab, new line and return may be there
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

Rows = list[list[str]]


def decoded(data: bytes) -> str | None:
    """The text of a file, or None when it is none."""
    encodings = ("utf-16",) if data.startswith(BYTE_ORDER_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def separator(text: str) -> str | None:
    """What parts the cells of most rows into the same number of columns, at least two; None if nothing does."""
    best: tuple[int, int, str] | None = None
    for one in SEPARATORS:
        try:
            rows = [*islice(csv.reader(io.StringIO(text, newline=""), delimiter=one), LOOKED_AT)]
        except csv.Error:
            continue
        widths = [len(row) for row in rows if row]
        width = max(set(widths), key=widths.count, default=0)
        if width > 1:
            found = (widths.count(width), width, one)
            best = found if best is None else max(best, found)
    return None if best is None else best[2]


def parse(text: str, between: str) -> Rows:
    """All rows, each as wide as the widest; csv.Error if a cell is longer than any cell can be."""
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=between))
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]
