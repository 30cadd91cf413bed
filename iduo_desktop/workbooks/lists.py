"""A list of whatever has a number: every row with its values, or with the reason why it is not taken."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Generic, Protocol, TypeVar

from iduo_desktop.workbooks import header
from iduo_desktop.workbooks.container import SAVE_AGAIN
from iduo_desktop.workbooks.header import Column, Header, folded
from iduo_desktop.workbooks.row import RowError
from iduo_desktop.workbooks.values import BadCell, Flaw, Row, Sheet, Workbook, WorkbookError, place

TOTALS: Final = re.compile(r"(?:sub|gran )?total(?:es)?(?: general(?:es)?)?")

Progress = Callable[[int, int], object]


class Numbered(Protocol):
    """A row that was understood: where it stands, and whose it is."""

    @property
    def row(self) -> int:
        """Counted from 1, as Excel shows it."""

    @property
    def number(self) -> int:
        """The client's, the company's."""


R = TypeVar("R", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that is not taken: refused, doubtful, or unchanged (it repeats another). `what` is what the cell says."""

    row: int
    outcome: str
    number: int | None
    column: str
    what: str
    message: str


@dataclass(frozen=True, slots=True)
class Listed(Generic[R]):
    """All rows of a list, each in one of the two; `unread` are the titles of columns that nobody knows."""

    sheet: str
    number_title: str
    rows: tuple[R, ...]
    problems: tuple[Problem, ...]
    unread: tuple[str, ...]


def read(
    book: Workbook,
    columns: Sequence[Column],
    understand: Callable[[Header, int, Row], R],
    progress: Progress | None = None,
) -> Listed[R]:
    """Understand a list row by row. No cell makes it fail but a formula.

    A WorkbookError says that it is no such list, or that a column that is read has formulas without a result.
    """
    sheet, head = header.find(book, columns)
    rows: list[R] = []
    problems: list[Problem] = []
    numbered = list(_rows_below(sheet, head))
    _check_formulas(numbered, head)
    for done, (number, row) in enumerate(numbered, 1):
        try:
            rows.append(understand(head, number, row))
        except RowError as error:
            problems.append(Problem(number, error.outcome, None, error.column, error.what, str(error)))
        if progress is not None and done % 1000 == 0:
            progress(done, len(numbered))
    return Listed(sheet.name, head.titles[head.places["number"][0]], tuple(rows), tuple(problems), head.unread)


def without_doubles(found: Listed[R], content: Callable[[R], object]) -> Listed[R]:
    """The first of equal rows stands for all; rows of one number that contradict each other are all doubtful.

    `content` is what makes two rows equal.
    """
    by_number: dict[int, list[R]] = defaultdict(list)
    for row in found.rows:
        by_number[row.number].append(row)
    title, kept, problems = found.number_title, [], [*found.problems]
    for number, same in by_number.items():
        if len(same) == 1 or len({content(row) for row in same}) == 1:
            kept.append(same[0])
            message = f"Es igual a la fila {same[0].row}."
            problems += [Problem(row.row, "unchanged", number, title, str(number), message) for row in same[1:]]
            continue
        listed = ", ".join(str(row.row) for row in same[:10])
        message = f"{title} {number} está en las filas {listed} con datos distintos."
        problems += [Problem(row.row, "doubtful", number, title, str(number), message) for row in same]
    return replace(found, rows=tuple(kept), problems=tuple(sorted(problems, key=lambda problem: problem.row)))


def _rows_below(sheet: Sheet, head: Header) -> Iterator[tuple[int, Row]]:
    """Rows below the titles with their numbers; blank ones, totals and titles again are none."""
    titles = [folded(title) for title in head.titles]
    for number, row in enumerate(sheet.rows[head.row + 1 :], head.row + 2):
        first = next((cell for cell in row if cell != ""), None)
        if first is None or (isinstance(first, str) and not "".join(map(str, row)).strip()):
            continue
        if isinstance(first, str) and (
            TOTALS.fullmatch(folded(first)) or [folded(str(cell)) for cell in row] == titles[: len(row)]
        ):
            continue
        yield number, row


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
