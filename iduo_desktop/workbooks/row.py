"""One row of any list: cells read by column, what is wrong with them as warnings, or why the row cannot be taken."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from stdnum.ar import cuit

from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.cells import CellError
from iduo_desktop.workbooks.header import Header
from iduo_desktop.workbooks.values import Cell, Row

T = TypeVar("T")

MAIL: Final = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@(?:[\w](?:[\w-]{0,61}[\w])?\.)+[a-z]{2,63}", re.IGNORECASE)
MAIL_SEPARATOR: Final = re.compile(r"[;,\s/]+")
TYPED_PHONE: Final = 60
ADDRESS: Final = 254
LONGEST_WARNINGS: Final = 900


class RowError(Exception):
    """The row cannot be taken: whether it is refused or doubtful, the cell at fault, and a sentence."""

    def __init__(self, outcome: str, key: str, column: str, what: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.key = key
        self.column = column
        self.what = what


@dataclass(frozen=True, slots=True)
class Habits:
    """How those who keep the list write: numbers without area code are of `area_code`, days stand before months.

    `erase_empty`: an empty cell takes away what is here; otherwise it says nothing.
    """

    area_code: str
    day_first: bool = True
    erase_empty: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a row that could not be used, though the row is taken: where, what stands there, a sentence."""

    row: int
    key: str
    column: str
    what: str
    message: str


class RowReader:
    """Reads one row column by column; what it cannot use becomes a warning."""

    lengths: Mapping[str, int]

    def __init__(self, header: Header, number: int, row: Row, habits: Habits) -> None:
        self.header = header
        self.number = number
        self.row = row
        self.habits = habits
        self.faults: list[Fault] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be used, in sentences, as many as a message holds."""
        return bounded([fault.message for fault in self.faults])

    def warn(self, message: str, key: str = "", title: str = "", what: str = "") -> None:
        """Note what could not be used."""
        self.faults.append(Fault(self.number, key, title, what, message))

    def cells(self, key: str) -> Iterator[tuple[str, Cell]]:
        """The title and the cell of each column of that name."""
        for place in self.header.places.get(key, ()):
            yield self.header.titles[place], self.row[place] if place < len(self.row) else ""

    def read(self, key: str, read: Callable[[Cell], T], otherwise: T, consequence: str) -> T:
        """The first cell of that name that can be read."""
        for title, cell in self.cells(key):
            try:
                return read(cell)
            except CellError as error:
                self.warn(f"{title} {quoted(cell)}{error}: {consequence}.", key, title, shown(cell))
        return otherwise

    def text(self, key: str) -> str:
        """What the column says, no longer than the database holds."""
        text = self.read(key, cells.text, "", "queda vacío")
        if len(text) > self.lengths[key]:
            title = self.header.titles[self.header.places[key][0]]
            self.warn(f"{title} es muy largo: se corta.", key, title, text[:80])
        return text[: self.lengths[key]].strip()

    def number_of(self, of: str) -> int:
        """The number that every row needs; a RowError if it cannot be used."""
        title, cell = next(self.cells("number"))
        try:
            return cells.whole_number(cell, of)
        except CellError as error:
            raise RowError("refused", "number", title, shown(cell), f"{title} {quoted(cell)}{error}.") from error

    def day(self, key: str, consequence: str) -> date | None:
        """The day that the column says."""
        return self.read(key, self._day, None, consequence)

    def erased(self, names: Mapping[str, str]) -> tuple[str, ...]:
        """Columns that are empty on purpose, by what the database calls them; one that is not there never is."""
        if not self.habits.erase_empty:
            return ()
        empty = (
            key for key in names if key in self.header.places and not any(shown(cell) for _, cell in self.cells(key))
        )
        return tuple(names[key] for key in empty)

    def documents(self) -> tuple[str, str]:
        """DNI of 7 or 8 digits, CUIT of 11 with its check digit; anything else is left out with a warning."""
        document = tax_id = ""
        for title, cell in self.cells("document"):
            text = self.shown_or_warned("document", title, cell)
            digits = re.sub(r"\D", "", text)
            if len(digits) == 11 and cuit.is_valid(digits):
                tax_id = digits
            elif 7 <= len(digits.lstrip("0")) <= 8 and len(digits) <= 10:
                document = digits.lstrip("0")
            elif text:
                fault = "no pasa la verificación" if len(digits) == 11 else "no es un DNI ni un CUIT"
                self.warn(f"{title} «{text}» {fault}: se importa sin él.", "document", title, text[:80])
        return document, tax_id

    def shown_or_warned(self, key: str, title: str, cell: Cell) -> str:
        """What a cell says; nothing, and a warning, if it is broken."""
        try:
            return cells.text(cell)
        except CellError as error:
            self.warn(f"{title} {quoted(cell)}{error}.", key, title, shown(cell))
            return ""

    def _day(self, cell: Cell) -> date | None:
        return cells.day(cell, self.habits.day_first)


def bounded(warnings: list[str]) -> tuple[str, ...]:
    """As many as a row's message holds; of the rest how many there are."""
    kept: list[str] = []
    for warning in warnings:
        if sum(map(len, kept)) + len(warning) + 2 * len(kept) > LONGEST_WARNINGS:
            return (*kept, f"Hay {len(warnings) - len(kept)} avisos más.")
        kept.append(warning)
    return tuple(kept)


def shown(cell: Cell) -> str:
    """What a cell says, whatever is wrong with it; as much of it as a message holds."""
    try:
        return cells.text(cell)[:80]
    except CellError:
        return getattr(cell, "text", str(cell))[:80]


def quoted(cell: Cell) -> str:
    """The same between quotation marks, before the rest of a sentence; nothing if it says nothing."""
    return f"«{shown(cell)}» " if shown(cell) else ""
