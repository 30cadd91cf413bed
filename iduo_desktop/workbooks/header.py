"""Which row of a sheet holds the titles, and which column is which."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from iduo_desktop.workbooks.values import Row, Sheet, Workbook, WorkbookError

TITLE_ROWS: Final = 50
NUMBER_SIGN: Final = re.compile(r"\bn\s*[°º]|\b(?:nro|num|numero|nº)\b\.?")
NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is looked for, by the names that people give it; `several` of the name may stand side by side."""

    key: str
    title: str
    names: frozenset[str]
    needed: bool = False
    several: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The row of titles (counted from 0), the places of each known column, and the titles of the unknown ones."""

    row: int
    places: Mapping[str, tuple[int, ...]]
    titles: tuple[str, ...]
    unread: tuple[str, ...]


def column(key: str, title: str, *names: str, needed: bool = False, several: bool = False) -> Column:
    """A column with the names that it goes by, its title among them."""
    return Column(key, title, frozenset(map(folded, (title, *names))), needed, several)


def folded(text: str) -> str:
    """Without accents, case and punctuation; N°, Nro. and Número are one."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("°", "º"))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return NO_WORD.sub(" ", NUMBER_SIGN.sub(" nro ", plain)).strip()


def find(book: Workbook, columns: Sequence[Column]) -> tuple[Sheet, Header]:
    """The sheet and the row of titles where most columns are known; a WorkbookError if a needed one is nowhere."""
    found = [(header, sheet) for sheet in book.sheets for header in candidates(sheet, columns)]
    if not found:
        needed = ", ".join(f"«{one.title}»" for one in columns if one.needed)
        raise WorkbookError(f"No se encuentra la fila de títulos. Tienen que estar al menos las columnas {needed}.")
    header, sheet = max(found, key=lambda pair: (pair[1].visible, len(pair[0].places), -pair[0].row))
    check(header, columns)
    return sheet, header


def candidates(sheet: Sheet, columns: Sequence[Column]) -> list[Header]:
    """Every row that could hold the titles: at least half of the needed columns and two of all."""
    needed = {one.key for one in columns if one.needed}
    found = []
    for number, row in enumerate(islice(sheet.rows, TITLE_ROWS)):
        header = _understood(number, row, columns)
        if len(header.places) >= 2 and 2 * len(needed & header.places.keys()) >= len(needed):
            found.append(header)
    return found


def _understood(number: int, row: Row, columns: Sequence[Column]) -> Header:
    keys = {name: one for one in columns for name in one.names}
    places: dict[str, tuple[int, ...]] = {}
    unread = []
    for place, cell in enumerate(row):
        if not isinstance(cell, str) or not cell.strip():
            continue
        title = folded(cell)
        known = keys.get(title)
        if known is None:
            known = keys.get(title.rstrip(" 0123456789"))
            known = known if known is not None and known.several else None
        if known is None:
            unread.append(" ".join(cell.split()))
        else:
            places[known.key] = (*places.get(known.key, ()), place)
    titles = tuple(" ".join(cell.split()) if isinstance(cell, str) else "" for cell in row)
    return Header(number, places, titles, tuple(unread))


def check(header: Header, columns: Sequence[Column]) -> None:
    """A WorkbookError when a needed column is missing, or one that stands alone is there twice."""
    for one in columns:
        places = header.places.get(one.key, ())
        if one.needed and not places:
            raise WorkbookError(f"Falta la columna «{one.title}» en la fila {header.row + 1}, la de los títulos.")
        if len(places) > 1 and not one.several:
            titles = " y ".join(f"«{header.titles[place]}»" for place in places)
            raise WorkbookError(f"Hay más de una columna para «{one.title}»: {titles}. Dejá una sola.")
