"""What each column of a list is: as last time, by its name or a near one, or by what stands in it."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from stdnum.ar import cuit

from iduo_desktop.workbooks.cells import DAY_FIRST, CellError, text
from iduo_desktop.workbooks.header import Column, Header, folded
from iduo_desktop.workbooks.row import MAIL
from iduo_desktop.workbooks.values import Cell, Row, Sheet, place

EXAMPLES: Final = 3
LOOKED_AT: Final = 50
NEAR: Final = 0.84
MOST: Final = 0.6
SHORTEST_WORD: Final = 4
SMALL_WORDS: Final = frozenset(("de", "del", "la", "el", "los", "las", "y", "o", "en", "a", "por"))
PHONE: Final = re.compile(r"\+?[\d(][\d\s()./-]{5,20}\d")
DATES: Final = ("answered_on", "cutoff_date", "extended_until", "birth_date")


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the sheet by its place from 0, and the known column that it is; `how` says by what."""

    place: int
    title: str
    examples: tuple[str, ...]
    key: str
    how: str
    ambiguous: bool


def matched(
    sheet: Sheet, title_row: int, columns: Sequence[Column], remembered: Mapping[str, str]
) -> tuple[Match, ...]:
    """Every column that has a title or values; `remembered` says by title what was chosen last time."""
    rows = sheet.rows[title_row + 1 :]
    titles = _titles(sheet.rows[title_row] if title_row < len(sheet.rows) else ())
    width = max((len(row) for row in islice(rows, 1000)), default=0)
    found = []
    for one in range(max(len(titles), width)):
        values = _values(rows, one)
        title = titles[one] if one < len(titles) else ""
        if title or values:
            title = title or f"Columna {place(0, one).rstrip('1')}"
            examples = tuple(dict.fromkeys(values))[:EXAMPLES]
            found.append(Match(one, title, examples, "", "" if values else "empty", ambiguous=False))
    chosen = _by_examples(_by_name(found, columns, remembered), columns, rows)
    order = day_order(rows, [one.place for one in chosen])
    return tuple(replace(one, ambiguous=order is None and _is_dated(rows, one.place)) for one in chosen)


def day_order(rows: Sequence[Row], places: Sequence[int]) -> bool | None:
    """True when dates typed as text show that days stand first, False for months, None when they do not say."""
    days = months = False
    for one in places:
        if not _is_dated(rows, one):
            continue
        for row in rows:
            cell = row[one] if one < len(row) else None
            found = DAY_FIRST.match(cell) if isinstance(cell, str) else None
            if found:
                days, months = days or int(found[1]) > 12, months or int(found[2]) > 12
    return None if days == months else days


def header(sheet: Sheet, title_row: int, titles: Mapping[int, str], keys: Mapping[int, str]) -> Header:
    """The row of titles as it was decided: the titles and the known columns by their places."""
    places: dict[str, tuple[int, ...]] = {}
    for one, key in sorted(keys.items()):
        if key:
            places[key] = (*places.get(key, ()), one)
    width = max((len(sheet.rows[title_row]) if title_row < len(sheet.rows) else 0), max(titles, default=-1) + 1)
    unread = tuple(title for one, title in titles.items() if not keys.get(one))
    return Header(title_row, places, tuple(titles.get(one, "") for one in range(width)), unread)


def likely_title_row(sheet: Sheet) -> int:
    """Of the first rows the one that names most columns, when none of them is known."""
    best, row = 0, 0
    for number, cells in enumerate(islice(sheet.rows, LOOKED_AT)):
        words = {cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()}
        filled = sum(1 for cell in cells if cell != "")
        if len(words) == filled > best:
            best, row = filled, number
    return row


def _titles(row: Row) -> tuple[str, ...]:
    return tuple(" ".join(str(cell).split()) if isinstance(cell, str | float) else "" for cell in row)


def _values(rows: Sequence[Row], one: int) -> list[str]:
    """What the first filled cells of a column show."""
    found: list[str] = []
    for row in rows:
        cell = row[one] if one < len(row) else ""
        if cell != "" and (said := _shown(cell)):
            found.append(said)
            if len(found) == LOOKED_AT:
                break
    return found


def _shown(cell: Cell) -> str:
    try:
        return text(cell)[:200]
    except CellError:
        return str(getattr(cell, "text", cell))[:200]


def _by_name(found: Sequence[Match], columns: Sequence[Column], remembered: Mapping[str, str]) -> list[Match]:
    """As last time, then those with a known name, then those with a near one; each known column once."""
    known = {one.key: one for one in columns}
    names = {name: one.key for one in columns for name in one.names}
    # what was left out last time stays out
    kept = {folded(title): key for title, key in remembered.items() if not key or key in known}
    finders: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("last_time", lambda title: kept.get(title, "")),
        ("name", lambda title: names.get(title, "")),
        ("name", lambda title: _numbered(title, names, known)),
        ("name", lambda title: _near(title, names)),
    )
    result = [replace(one, how="last_time") if kept.get(folded(one.title)) == "" else one for one in found]
    for how, find in finders:
        for at, one in enumerate(result):
            key = "" if one.key or (folded(one.title) in kept and how != "last_time") else find(folded(one.title))
            if key and _is_free(known[key], result):
                result[at] = replace(one, key=key, how=how)
    return result


def _is_free(column: Column, taken: Sequence[Match]) -> bool:
    return column.several or all(one.key != column.key for one in taken)


def _numbered(title: str, names: Mapping[str, str], known: Mapping[str, Column]) -> str:
    """«Teléfono 2», where several may stand side by side."""
    key = names.get(title.rstrip(" 0123456789"), "")
    return key if key and known[key].several else ""


def _near(title: str, names: Mapping[str, str]) -> str:
    """A name with a slip of the pen, or one that is a part of the title."""
    if close := difflib.get_close_matches(title, names, 1, NEAR):
        return names[close[0]]
    words = set(title.split()) - SMALL_WORDS
    inside = [
        (len(parts), name)
        for name in names
        if (parts := set(name.split()) - SMALL_WORDS) and parts < words and max(map(len, parts)) >= SHORTEST_WORD
    ]
    return names[max(inside)[1]] if inside else ""


def _by_examples(found: Sequence[Match], columns: Sequence[Column], rows: Sequence[Row]) -> list[Match]:
    """What nobody named, by the shape of its values."""
    known = {one.key: one for one in columns}
    result = list(found)
    for at, one in enumerate(result):
        if one.key or one.how:
            continue
        for key in _shape(_values(rows, one.place)):
            if key in known and all(other.key != key for other in result):
                result[at] = replace(one, key=key, how="examples")
                break
    return result


def _shape(values: Sequence[str]) -> tuple[str, ...]:
    """Which known columns values like these may be, the likelier first."""
    shapes: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...] = (
        (lambda value: MAIL.fullmatch(value) is not None, ("email",)),
        (_is_document, ("document",)),
        (lambda value: DAY_FIRST.fullmatch(value) is not None, DATES),
        (lambda value: PHONE.fullmatch(value) is not None, ("mobile", "phone")),
        (lambda value: len(value) > 40 and " " in value, ("answer", "note")),
    )
    for fits, keys in shapes:
        if values and sum(map(fits, values)) >= MOST * len(values):
            return keys
    return ()


def _is_document(value: str) -> bool:
    digits = re.sub(r"[.\s-]", "", value)
    return digits.isdigit() and (7 <= len(digits) <= 8 or (len(digits) == 11 and cuit.is_valid(digits)))


def _is_dated(rows: Sequence[Row], one: int) -> bool:
    """Some of its cells hold dates that were typed as text."""
    seen = 0
    for row in rows:
        cell = row[one] if one < len(row) else ""
        if isinstance(cell, str) and cell:
            if DAY_FIRST.fullmatch(cell.strip()):
                return True
            seen += 1
            if seen == LOOKED_AT:
                break
    return False
