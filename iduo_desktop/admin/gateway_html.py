"""HTML mails as text: nothing of them is loaded, run or shown but their words."""

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser
from typing import Final

# What a mail of this many characters holds beyond is a layout, not words; a longer mark carries a picture.
LONGEST: Final = 200_000
LONGEST_MARK: Final = 5000
HIDDEN: Final = frozenset({"head", "script", "style", "title", "template", "noscript", "svg", "object"})
# What else begins and ends without a new line.
INLINE: Final = frozenset(
    {"a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "ins", "label", "mark", "o:p", "q", "s"}
    | {"small", "span", "strike", "strong", "sub", "sup", "td", "th", "tt", "u", "wbr"}
)
# How mail programs mark the mail that is answered.
QUOTES: Final = re.compile(r"\b(gmail_quote(_container)?|moz-cite-prefix|yahoo_quoted|divRplyFwdMsg|appendonsend)\b")
# Each mark is given to the parser by itself: of a whole mail that was made for it, it takes hours.
PIECE: Final = re.compile(r"</?[a-zA-Z][^<>]*>|[^<]+|<")
ASIDE: Final = re.compile(r"<[!?]")


def to_text(html: str, mark: str) -> str:
    """The words of a mail; where the mail that it answers begins stands `mark` on a line of its own, and it ends."""
    reader = _Reader(mark)
    for piece in PIECE.findall(_without_asides(html[:LONGEST])):
        if not piece.startswith("<") or len(piece) == 1:
            reader.handle_data(unescape(piece))
        elif len(piece) <= LONGEST_MARK:
            reader.feed(piece)
            reader.rawdata = ""  # what it does not understand by itself is left
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_asides(html: str) -> str:
    """Comments, declarations and instructions go; one that does not end takes the rest along, as in a browser."""
    kept, place = [], 0
    while found := ASIDE.search(html, place):
        ends = "-->" if html.startswith("<!--", found.start()) else ">"
        kept.append(html[place : found.start()])
        end = html.find(ends, found.end())
        if end < 0:
            return "".join(kept)
        place = end + len(ends)
    return "".join([*kept, html[place:]])


class _Reader(HTMLParser):
    def __init__(self, mark: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._mark = mark
        self._hidden = 0
        self._over = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Lines begin; what is hidden or quoted is left."""
        if tag in HIDDEN:
            self._hidden += 1
        names = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        cited = tag == "blockquote" and ("type", "cite") in attrs
        if (cited or QUOTES.search(names)) and not self._over:
            self.parts.append(f"\n{self._mark}\n")
            self._over = True
        elif tag not in INLINE:
            self._write("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Lines end."""
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("td", "th"):
            self._write(" ")
        elif tag not in INLINE:
            self._write("\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        self._write(re.sub(r"\s+", " ", data))

    def _write(self, text: str) -> None:
        if not self._hidden and not self._over:
            self.parts.append(text)
