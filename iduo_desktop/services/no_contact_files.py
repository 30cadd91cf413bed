"""Lists of who is not to be contacted that come as files: which column holds them, and how they are looked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from iduo_desktop import phones
from iduo_desktop.workbooks import delimited, reading
from iduo_desktop.workbooks.container import MOST_BYTES, NOT_A_SHEET, TOO_BIG
from iduo_desktop.workbooks.values import Cell, Row, WorkbookError

Progress = Callable[[str, int, int], object]
AT_ONCE = 10_000
LEAST_DIGITS, MOST_DIGITS = 6, 15
KEY_DIGITS = 10
_TEXTS = {".csv", ".txt"}
_AROUND = set("+-() ./")
_LOOKED_AT = 2_000
_TOLD_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may hold numbers or addresses; `hits` of the rows that were looked at."""

    index: int
    title: str
    hits: int
    example: str


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file as it was understood: the columns that may be meant, the likeliest first."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = field(repr=False, compare=False)


def look(path: Path, progress: Progress | None = None) -> ListFile:
    """Read a file, .csv, .xlsx, .xls or .ods; a WorkbookError says in a sentence why not. Slow."""
    rows = _single_column(path)
    if rows is None:
        book = reading.read(path, None if progress is None else lambda done, of: progress("Leyendo", done, of))
        rows = next((sheet.rows for sheet in book.sheets if sheet.visible and any(sheet.rows)), ())
    columns = sorted(_columns(rows), key=lambda column: -column.hits)
    if not columns:
        raise WorkbookError("No encontramos ninguna columna con teléfonos o mails.")
    return ListFile(path.name, tuple(columns), rows)


def addresses(file: ListFile, column: int, area_code: str, progress: Progress | None = None) -> tuple[str, ...]:
    """What a column holds, each once and in its order: the ten digits of a number, a mail in small letters. Slow."""
    found: dict[str, None] = {}
    for number, row in enumerate(file.rows):
        if progress is not None and number % _TOLD_EVERY == 0:
            progress("Entendiendo los números", number, len(file.rows))
        text = _text(row[column]) if column < len(row) else ""
        if text and (number or _looks_right(text)):
            found[_key(text, area_code)] = None
    return tuple(found)


def parts(found: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """As many at once as the database takes."""
    return tuple(found[first : first + AT_ONCE] for first in range(0, len(found), AT_ONCE))


def _single_column(path: Path) -> tuple[Row, ...] | None:
    """The lines of a text that has one column, None when it is anything else."""
    if path.suffix.lower() not in _TEXTS:
        return None
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise WorkbookError(f"No se encuentra el archivo «{path.name}».") from error
    except (PermissionError, IsADirectoryError) as error:
        raise WorkbookError(f"No se puede abrir «{path.name}». ¿Lo tiene abierto otro programa?") from error
    if len(data) > MOST_BYTES:
        raise WorkbookError(TOO_BIG)
    text = delimited.decoded(data)
    if text is None:
        raise WorkbookError(NOT_A_SHEET)
    return None if delimited.separator(text) is not None else tuple((line.strip(' "'),) for line in text.splitlines())


def _columns(rows: tuple[Row, ...]) -> Iterator[Column]:
    looked_at = rows[:_LOOKED_AT]
    head = next((row for row in rows if row), ())
    for index in range(max(map(len, looked_at), default=0)):
        texts = [_text(row[index]) for row in looked_at if index < len(row)]
        right = [text for text in texts if _looks_right(text)]
        if right:
            title = _text(head[index]) if index < len(head) else ""
            named = title if title and not _looks_right(title) else f"Columna {index + 1}"
            yield Column(index, named, len(right), right[0])


def _looks_right(text: str) -> bool:
    """Whether it may be a number or an address at all."""
    if "@" in text:
        return True
    digits = sum(letter.isdecimal() for letter in text)
    return LEAST_DIGITS <= digits <= MOST_DIGITS and all(letter.isdecimal() or letter in _AROUND for letter in text)


def _text(cell: Cell) -> str:
    if isinstance(cell, float) and not isinstance(cell, bool) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split()) if isinstance(cell, str | int | float) and not isinstance(cell, bool) else ""


def _key(text: str, area_code: str) -> str:
    """What cannot be understood stays as it is, and is counted by who refuses it."""
    if "@" in text:
        return text.lower()
    if len(text) == KEY_DIGITS and text.isdecimal() and text[0] != "0" and text[:2] != "15":
        return text
    return phones.parse(text, area_code).search_key or text
