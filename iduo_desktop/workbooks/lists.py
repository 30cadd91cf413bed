"""A list of whatever has a number: every row with its values, or with the reason why it is not taken."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeVar

from iduo_desktop.workbooks import header
from iduo_desktop.workbooks.container import SAVE_AGAIN
from iduo_desktop.workbooks.header import Column, Header, folded
from iduo_desktop.workbooks.row import Fault, RowError
from iduo_desktop.workbooks.values import BadCell, Flaw, Row, Sheet, Workbook, WorkbookError, place

TOTALS: Final = re.compile(r"(?:sub|gran )?total(?:es)?(?: general(?:es)?)?")

Progress = Callable[[int, int], object]


class Placed(Protocol):
    """A row that was understood: where it stands."""

    @property
    def row(self) -> int:
        """Counted from 1, as Excel shows it."""


class Numbered(Placed, Protocol):
    """One that has a number, too: whose it is."""

    @property
    def number(self) -> int:
        """The client's, the company's."""


P = TypeVar("P", bound=Placed)
R = TypeVar("R", bound=Numbered)

# what comes of a row, and what of it could not be used
Understand = Callable[[Header, int, Row], tuple[P, tuple[Fault, ...]]]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that is not taken: refused, doubtful, or unchanged (it repeats another). `what` is what the cell says.

    `key` is the column's; `double` says that it is another row that stands in its way.
    """

    row: int
    outcome: str
    number: int | None
    column: str
    what: str
    message: str
    key: str = ""
    double: bool = False


@dataclass(frozen=True, slots=True)
class Listed(Generic[P]):
    """All rows of a list, each in one of the two; `unread` are the titles of columns that nobody knows.

    `faults` are cells of rows that are taken all the same.
    """

    sheet: str
    number_title: str
    rows: tuple[P, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def read(
    book: Workbook, columns: Sequence[Column], understand: Understand[P], progress: Progress | None = None
) -> Listed[P]:
    """Find the list in the workbook and understand it; a WorkbookError says that it is no such list."""
    sheet, head = header.find(book, columns)
    return read_below(sheet, head, understand, progress)


def read_below(sheet: Sheet, head: Header, understand: Understand[P], progress: Progress | None = None) -> Listed[P]:
    """Understand a list row by row. No cell makes it fail but a formula.

    A WorkbookError says that a column that is read has formulas without a result.
    """
    rows: list[P] = []
    problems: list[Problem] = []
    faults: list[Fault] = []
    numbered = list(rows_below(sheet, head))
    _check_formulas(numbered, head)
    for done, (number, row) in enumerate(numbered, 1):
        one = read_row(head, number, row, understand)
        if isinstance(one, Problem):
            problems.append(one)
        else:
            rows.append(one[0])
            faults += one[1]
        if progress is not None and done % 1000 == 0:
            progress(done, len(numbered))
    title = head.titles[head.places["number"][0]] if "number" in head.places else ""
    return Listed(sheet.name, title, tuple(rows), tuple(problems), head.unread, tuple(faults))


def read_row(head: Header, number: int, row: Row, understand: Understand[P]) -> tuple[P, tuple[Fault, ...]] | Problem:
    """What one row says, or why it is not taken."""
    try:
        return understand(head, number, row)
    except RowError as error:
        return Problem(number, error.outcome, None, error.column, error.what, str(error), error.key)


def without_doubles(found: Listed[R], content: Callable[[R], object]) -> Listed[R]:
    """The first of equal rows stands for all; rows of one number that contradict each other are all doubtful.

    `content` is what makes two rows equal.
    """
    return without_same(found, lambda row: row.number, content, found.number_title)


def without_same(
    found: Listed[P], whose: Callable[[P], object], content: Callable[[P], object], title: str
) -> Listed[P]:
    """The same for whatever tells whose a row is; rows of which it tells nothing stay as they are."""
    by_owner: dict[object, list[P]] = defaultdict(list)
    for row in found.rows:
        by_owner[whose(row) or ("row", row.row)].append(row)
    kept, problems = [], [*found.problems]
    for owner, same in by_owner.items():
        if len(same) == 1 or len({content(row) for row in same}) == 1:
            kept.append(same[0])
            message = f"Es igual a la fila {same[0].row}."
            problems += [_double(row, "unchanged", owner, title, message) for row in same[1:]]
            continue
        listed = ", ".join(str(row.row) for row in same[:10])
        message = f"{title} {owner} está en las filas {listed} con datos distintos."
        problems += [_double(row, "doubtful", owner, title, message) for row in same]
    return replace(found, rows=tuple(kept), problems=tuple(sorted(problems, key=lambda problem: problem.row)))


def _double(row: Placed, outcome: str, owner: object, title: str, message: str) -> Problem:
    number = owner if isinstance(owner, int) else None
    return Problem(row.row, outcome, number, title, str(owner), message, "number" if number else "", double=True)


def rows_below(sheet: Sheet, head: Header) -> Iterator[tuple[int, Row]]:
    """Rows below the titles with their numbers; blank ones, totals and titles again are none."""
    titles = [folded(title) for title in head.titles]
    for number, row in enumerate(sheet.rows[head.row + 1 :], head.row + 2):
        first = next((cell for cell in row if cell != ""), None)
        if first is None or (isinstance(first, str) and not "".join(map(str, row)).strip()):
            continue
        if isinstance(first, str) and not first.isdigit() and _is_no_row(folded(first), row, titles):
            continue
        yield number, row


def _is_no_row(first: str, row: Row, titles: list[str]) -> bool:
    """A total, or the titles once more."""
    if first in titles and [folded(str(cell)) for cell in row] == titles[: len(row)]:
        return True
    return TOTALS.fullmatch(first) is not None


def _check_formulas(rows: list[tuple[int, Row]], head: Header) -> None:
    read = [place for places in head.places.values() for place in places]
    bad = [
        (number, column)
        for number, row in rows
        for column in read
        if column < len(row) and isinstance(cell := row[column], BadCell) and cell.flaw is Flaw.FORMULA
    ]
    if bad:
        number, column = bad[0]
        others = f" y {len(bad) - 1} más" if len(bad) > 1 else ""
        raise WorkbookError(
            f"Hay fórmulas sin resultado guardado en «{head.titles[column]}» ({place(number - 1, column)}{others}). "
            f"{SAVE_AGAIN}"
        )
