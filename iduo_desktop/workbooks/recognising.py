"""Which list a workbook holds and where its titles stand; our own that comes back is known at once."""

import re
from dataclasses import dataclass
from typing import Final

from iduo_desktop.workbooks import header, matching, sent
from iduo_desktop.workbooks.kinds import ANSWERS, KINDS
from iduo_desktop.workbooks.values import Sheet, Workbook, WorkbookError

NOTHING_THERE: Final = "La planilla no tiene ninguna fila."
BATCH: Final = re.compile(r"\blote (\d{1,12})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A list: what it is, its sheet, its row of titles from 0. `own`: ours came back, of which batch if it says.

    The kind is empty when nothing says what it is.
    """

    kind: str
    sheet: Sheet
    title_row: int
    own: bool
    of_batch: int | None


def recognised(book: Workbook, kind: str = "", sheet_name: str = "", title_row: int | None = None) -> Recognised:
    """Find the list; what is given (a kind, a sheet, the row of titles from 0) is not asked.

    A WorkbookError says that there is nothing in the workbook.
    """
    sheets = [sheet for sheet in book.sheets if sheet.name == sheet_name] or _filled(book)
    if not any(any(row) for sheet in sheets for row in sheet.rows):
        raise WorkbookError(NOTHING_THERE)
    if kind in {"", ANSWERS.word} and (own := _own(book, sheets)) is not None:
        return own
    found = [
        (one.places.keys() >= {column.key for column in KINDS[word].columns if column.needed}, sheet.visible,
         len(one.places), -one.row, word, sheet)
        for word in ([kind] if kind else KINDS)
        for sheet in sheets
        for one in header.candidates(sheet, KINDS[word].columns)
        if title_row in {None, one.row}
    ]  # fmt: skip
    if found:
        *_, above, word, sheet = max(found, key=lambda one: one[:4])
        return Recognised(word, sheet, -above, own=False, of_batch=None)
    row = matching.likely_title_row(sheets[0]) if title_row is None else title_row
    return Recognised(kind, sheets[0], row, own=False, of_batch=None)


def _filled(book: Workbook) -> list[Sheet]:
    """The sheets that hold something, those that can be seen first."""
    return sorted(
        (sheet for sheet in book.sheets if any(any(row) for row in sheet.rows)), key=lambda sheet: not sheet.visible
    )


def _own(book: Workbook, sheets: list[Sheet]) -> Recognised | None:
    """By its hidden mark; in a .csv, which has one sheet only, by its three columns and the line above them."""
    of_batch = sent.batch_of(book)
    for sheet in sheets:
        for one in header.candidates(sheet, ANSWERS.columns):
            titled = all(one.titles[places[0]] == sent.COLUMNS[key].title for key, places in one.places.items())
            if one.places.keys() >= set(sent.NEEDED) and (titled or of_batch is not None):
                return Recognised(ANSWERS.word, sheet, one.row, own=True, of_batch=of_batch or _said(sheet, one.row))
    return None


def _said(sheet: Sheet, title_row: int) -> int | None:
    above = " ".join(str(cell) for row in sheet.rows[:title_row] for cell in row if isinstance(cell, str))
    found = BATCH.search(above)
    return int(found[1]) if found else None
