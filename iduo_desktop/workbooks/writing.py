"""Rows to sheets: text stays text, whatever it begins with; a list is written row by row, so memory stays flat."""

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from iduo_desktop.workbooks.values import WorkbookError

LONGEST: Final = 32767
MOST_ROWS: Final = 1_048_000
_PLACE: Final = "¿Hay lugar en el disco, y permiso en la carpeta?"
# what XML cannot hold, or a reader would change: controls but tab and new line, lone surrogates, non-characters
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
FORMATS: Final[dict[str, dict[str, object]]] = {
    "text": {"num_format": "@"},
    "wrapped": {"num_format": "@", "text_wrap": True},
    "plain": {},
    "number": {"num_format": "0"},
    "money": {"num_format": '"$" #,##0.00'},
    "day": {"num_format": "dd/mm/yyyy", "align": "left"},
    "time": {"num_format": "hh:mm", "align": "left"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
}

# what a cell may hold; None is an empty cell
Value = str | int | float | bool | Decimal | date | time | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in characters, and which of FORMATS its cells have."""

    title: str
    width: int = 16
    kind: str = "text"


class SheetWriter:
    """One sheet: a line above, the titles, which stay in sight, and rows in their order."""

    def __init__(self, book: Any, name: str, columns: Sequence[Column], title: str = ""):
        self._sheet = book.add_worksheet(name)
        self._columns = columns
        base: dict[str, object] = {"valign": "top", "font_size": 10}
        self._formats = [book.add_format(base | FORMATS[column.kind]) for column in columns]
        head = book.add_format(
            {"bold": True, "bg_color": "#D6E8FB", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.row = 0
        for place, column in enumerate(columns):
            self._sheet.set_column(place, place, column.width, self._formats[place])
        if title:
            large = book.add_format({"bold": True, "font_size": 14})
            _check(self._sheet.write_string(0, 0, writable(title), large), title)
            self.row = 1
        for place, column in enumerate(columns):
            _check(self._sheet.write_string(self.row, place, column.title, head), column.title)
        self.row += 1
        self.first = self.row
        self._sheet.freeze_panes(self.row, 1)
        self._sheet.set_landscape()
        self._sheet.repeat_rows(self.row - 1)
        self._sheet.fit_to_pages(1, 0)

    def add(self, values: Sequence[Value], styles: Mapping[int, Any] | None = None) -> None:
        """One more row, some cells in a style of their own; a WorkbookError when a text is too long for a cell."""
        if self.row - self.first >= MOST_ROWS:
            raise WorkbookError("Son más filas de las que entran en una planilla. Acotá la lista con un filtro.")
        for place, (value, style) in enumerate(zip(values, self._formats, strict=True)):
            self._write(place, value, style if styles is None else styles.get(place, style))
        self.row += 1

    @property
    def sheet(self) -> Any:
        """The library's own sheet, for what only one list needs."""
        return self._sheet

    def close(self) -> None:
        """The list is whole: its titles filter it."""
        if self.row > self.first:
            self._sheet.autofilter(self.first - 1, 0, self.row - 1, len(self._columns) - 1)

    def _write(self, place: int, value: Value, style: Any) -> None:
        sheet, row = self._sheet, self.row
        match value:
            case None | "":
                return
            case str():
                _check(sheet.write_string(row, place, writable(value), style), value)
            case bool():
                sheet.write_boolean(row, place, value, style)
            case int() | float() | Decimal():
                _check(sheet.write_number(row, place, value, style), str(value))
            case date() | time():
                _check(sheet.write_datetime(row, place, value, style), str(value))


@contextmanager
def new_book(path: Path, created: datetime | None = None) -> Iterator[Any]:
    """A workbook that is written when the block ends; a WorkbookError says why it cannot be."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    _try(path)
    # loaded here: the window starts without it
    xlsxwriter = importlib.import_module("xlsxwriter")
    book = xlsxwriter.Workbook(str(path), options | {"default_date_format": "dd/mm/yyyy"})
    if created is not None:
        book.set_properties({"created": created})
    whole = False
    try:
        yield book
        whole = True
    finally:
        try:
            # closing lets go of the library's own files too
            book.close()
        except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
            raise WorkbookError(_cannot(path)) from error
        finally:
            if not whole:
                path.unlink(missing_ok=True)


def _try(path: Path) -> None:
    """Find out at once what would else be found out at the end."""
    try:
        path.open("wb").close()
    except OSError as error:
        raise WorkbookError(_cannot(path)) from error


def _cannot(path: Path) -> str:
    return f"No se puede escribir «{path.name}». {_PLACE}"


def write_list(path: Path, name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
    """Write one list into a new file and say how many rows it has. Slow: never on the UI thread."""
    with new_book(path) as book:
        writer = SheetWriter(book, name, columns, title)
        for row in rows:
            writer.add(row)
        writer.close()
    return writer.row - writer.first


def writable(text: str) -> str:
    """The text as a cell can hold it: lines end as they do in sheets, and what cannot be written is left out."""
    if text.isprintable():  # as nearly all is
        return text
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _check(code: int, text: str) -> None:
    """The library answers with a number below 0, and writes nothing, when a cell cannot hold the text."""
    if code:
        raise WorkbookError(f"Un texto es más largo que los {LONGEST} caracteres de una celda: «{text[:40]}…».")
