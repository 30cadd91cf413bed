"""The board as a workbook: a sheet for each plot, with its title and what is counted in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from iduo_desktop.workbooks.writing import Column, SheetWriter, Value, new_book


@dataclass(frozen=True, slots=True)
class BoardSheet:
    """One plot: the sheet's name, the line above, which says the unit too, and its rows."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Sequence[Value], ...]


def write_board(path: Path, sheets: Iterable[BoardSheet], created: datetime | None = None) -> int:
    """Write them one after the other into a new file, and say how many rows it has. Slow: never on the UI thread."""
    written = 0
    with new_book(path, created) as book:
        for sheet in sheets:
            writer = SheetWriter(book, sheet.name, sheet.columns, sheet.title)
            for row in sheet.rows:
                writer.add(row)
            writer.close()
            written += len(sheet.rows)
    return written
