"""A list on its way in: what was read of each row, what was made of all of them, and what was corrected since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iduo_desktop.workbooks import collector, lists
from iduo_desktop.workbooks.header import Header
from iduo_desktop.workbooks.kinds import Kind
from iduo_desktop.workbooks.lists import Listed, Placed, Problem, Progress
from iduo_desktop.workbooks.row import Habits
from iduo_desktop.workbooks.values import Cell, Row, Sheet


@dataclass(frozen=True, slots=True)
class Draft:
    """`read` is row by row, `listed` what came of it beside the others; `cells` are rows that were corrected."""

    kind: Kind[Any]
    sheet: Sheet
    head: Header
    habits: Habits
    read: Listed[Any]
    listed: Listed[Any]
    cells: Mapping[int, Row] = field(default_factory=dict)
    omitted: frozenset[int] = frozenset()

    def row(self, number: int) -> Row:
        """The cells of a row, as they stand now."""
        return self.cells.get(number) or self.sheet.rows[number - 1]

    def sent(self) -> list[Placed | Problem]:
        """Every row in its order, as it goes to the database."""
        return sorted((*self.listed.rows, *self.listed.problems), key=lambda one: one.row)


def draft(kind: Kind[Any], sheet: Sheet, head: Header, habits: Habits, progress: Progress | None = None) -> Draft:
    """Understand a list; a WorkbookError says that formulas in it have no result."""
    with collector.at_rest():
        read = lists.read_below(sheet, head, kind.understanding(habits), progress)
        return Draft(kind, sheet, head, habits, read, kind.settle(read))


def corrected(before: Draft, number: int, place: int, value: Cell) -> Draft:
    """The same with another value in one cell; only its row is read again."""
    with collector.at_rest():
        return _corrected(before, number, place, value)


def omitting(before: Draft, rows: frozenset[int]) -> Draft:
    """The same without these rows."""
    with collector.at_rest():
        read = _without(before.read, rows)
        return replace(before, read=read, listed=before.kind.settle(read), omitted=before.omitted | rows)


def changed(before: Draft, after: Draft) -> Iterator[Placed | Problem]:
    """Rows that are to be sent again; those that were left out are none."""
    had = {one.row: one for one in before.sent()}
    return (one for one in after.sent() if had.get(one.row) != one)


def _corrected(before: Draft, number: int, place: int, value: Cell) -> Draft:
    cells = list(before.row(number))
    cells += [""] * (place + 1 - len(cells))
    cells[place] = value
    one = lists.read_row(before.head, number, tuple(cells), before.kind.understanding(before.habits))
    read = _without(before.read, {number})
    if isinstance(one, Problem):
        read = replace(read, problems=_by_row((*read.problems, one)))
    else:
        read = replace(read, rows=_by_row((*read.rows, one[0])), faults=_by_row((*read.faults, *one[1])))
    listed = before.kind.settle(read)
    return replace(before, read=read, listed=listed, cells={**before.cells, number: tuple(cells)})


def _without(read: Listed[Any], rows: frozenset[int] | set[int]) -> Listed[Any]:
    return replace(
        read,
        rows=tuple(one for one in read.rows if one.row not in rows),
        problems=tuple(one for one in read.problems if one.row not in rows),
        faults=tuple(one for one in read.faults if one.row not in rows),
    )


def _by_row(found: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted(found, key=lambda one: one.row))
