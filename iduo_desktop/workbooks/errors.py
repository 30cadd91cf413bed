"""The rows that were not imported, as a sheet like the user's own: painted, commented, and importable again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from iduo_desktop.workbooks import sent
from iduo_desktop.workbooks.drafts import Draft
from iduo_desktop.workbooks.values import BadCell, Cell
from iduo_desktop.workbooks.writing import FORMATS, Column, SheetWriter, Value, new_book, writable

OWN: Final = ("Error", "Columna", "Qué hacer")
PAINT: Final = "#FFD9D3"
WIDEST: Final = 60
LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a row was not imported: a sentence, the column, what to do, and the place of the cell, if it is one."""

    error: str
    column: str
    advice: str
    places: tuple[int, ...] = ()


def write(path: Path, draft: Draft, remarks: Mapping[int, Sequence[Remark]], of_batch: int | None = None) -> int:
    """Write the rows that have remarks and say how many; `of_batch` marks answers of a batch of ours as such."""
    titles = draft.head.titles
    rows = [(number, draft.row(number)) for number in sorted(remarks)]
    columns = [Column(title, _width(title, place, rows)) for place, title in enumerate(titles)]
    told = [Column(OWN[0], 40), Column(OWN[1], 20), Column(OWN[2], 60)]
    with new_book(path) as book:
        writer = SheetWriter(book, draft.sheet.name[:31], [*columns, *told])
        styles = _styles(book)
        for number, row in rows:
            marked = {place for one in remarks[number] for place in one.places}
            _comment(writer, row, remarks[number], styles["text", True])
            cells = [_value(row[place]) if place < len(row) else None for place in range(len(titles))]
            chosen = {place: styles[_kind(value), place in marked] for place, value in enumerate(cells)}
            writer.add([*cells, *_told(remarks[number])], chosen)
        writer.close()
        if of_batch is not None:
            sent.write_mark(book, of_batch, ())
    return len(rows)


def _styles(book: Any) -> dict[tuple[str, bool], Any]:
    """A cell's format by what it holds, painted or not."""
    base: dict[str, object] = {"valign": "top", "font_size": 10}
    return {
        (kind, painted): book.add_format(base | FORMATS[kind] | ({"bg_color": PAINT} if painted else {}))
        for kind in ("text", "plain", "day", "moment", "time")
        for painted in (False, True)
    }


def _kind(value: Value) -> str:
    match value:
        case datetime():
            return "moment" if value.time() != time() else "day"
        case date():
            return "day"
        case time():
            return "time"
        case int() | float():
            return "plain"
    return "text"


def _comment(writer: SheetWriter, row: Sequence[Cell], remarks: Sequence[Remark], painted: Any) -> None:
    """Say at the cell what is wrong; one that is empty is painted too."""
    for place in {place for one in remarks for place in one.places}:
        said = " ".join(f"{one.error}. {one.advice}" for one in remarks if place in one.places)
        writer.sheet.write_comment(writer.row, place, writable(said)[:1000])
        if place >= len(row) or row[place] == "":
            writer.sheet.write_blank(writer.row, place, None, painted)


def _told(remarks: Sequence[Remark]) -> tuple[str, str, str]:
    """What stands behind the row: each thing once."""
    errors, columns, advice = (
        dict.fromkeys(filter(None, said))
        for said in zip(*((one.error, one.column, one.advice) for one in remarks), strict=True)
    )
    return " · ".join(errors), " · ".join(columns), " · ".join(advice)


def _value(cell: Cell) -> Value:
    """The cell as it was; what had no value as the text that it showed."""
    return cell.text if isinstance(cell, BadCell) else cell


def _width(title: str, place: int, rows: Sequence[tuple[int, Sequence[Cell]]]) -> int:
    longest = max((len(str(row[place])) for _, row in rows[:LOOKED_AT] if place < len(row)), default=0)
    return min(WIDEST, max(8, len(title) + 2, longest + 1))
