"""What a workbook gives: sheets of frozen rows, or one sentence that says why not."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class WorkbookError(Exception):
    """The sentence is for whoever chose the file, in Spanish, and says what to do."""


class Flaw(StrEnum):
    """Why a cell has no value, though it is not empty."""

    FORMULA = "formula"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class BadCell:
    """A formula whose result was never stored, or an error such as #N/A (`text`)."""

    flaw: Flaw
    text: str


# a datetime is a date too; an empty cell is ""
Cell = str | float | bool | date | time | BadCell
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; `rows[0]` is its row 1. Rows are as wide as the sheet, blank ones are empty."""

    name: str
    visible: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read; `sha256` is of the bytes that were read."""

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]


def place(row: int, column: int) -> str:
    """The name of a cell, both counted from 0: (4, 0) is A5."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def position(name: str) -> tuple[int, int]:
    """Row and column of a cell, both counted from 0: A5 is (4, 0)."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(name[len(letters) :]) - 1, column - 1
