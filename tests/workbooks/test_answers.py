"""Answers are read whatever was done to the sheet; rows that say the same, nothing or the opposite are told apart."""

from datetime import date

import pytest

from iduo_desktop.workbooks import answers, lists
from iduo_desktop.workbooks.answer_row import AnswerRow
from iduo_desktop.workbooks.answers import Answers
from iduo_desktop.workbooks.row import Habits
from iduo_desktop.workbooks.values import BadCell, Cell, Flaw
from tests.workbooks.sheets import book

TITLES = ("Nro de ticket", "Control", "Respuesta", "Fecha de respuesta")


def understood(*rows: tuple[Cell, ...], titles: tuple[str, ...] = TITLES, habits: Habits = Habits("")) -> Answers:  # noqa: B008  # it is frozen
    """What comes of rows under our own titles."""
    return answers.settle(lists.read(book(titles, *rows), answers.COLUMNS, answers.understanding(habits)))


def one(*row: Cell) -> AnswerRow:
    """What comes of one row."""
    return understood(row).rows[0]


def problems(found: Answers) -> list[tuple[int, str, str]]:
    """Row, outcome and column of those that are not taken."""
    return [(problem.row, problem.outcome, problem.key) for problem in found.problems]


@pytest.mark.parametrize(
    ("number", "said"),
    [("104237", "104237"), (104237.0, "104237"), ("104 237-4", "104 237-4"), (" Nro 104.237 ", "Nro 104.237")],
)
def test_a_number_however_it_is_written(number: Cell, said: str) -> None:
    """As typed: the database knows whose it is, and its check digit."""
    assert one(number, "BCDFGH", "Sí", "").number == said


@pytest.mark.parametrize("number", ["", "S/N", "1E+15", 10.0**16, "1" * 41, BadCell(Flaw.ERROR, "#N/A")])
def test_no_number_is_refused(number: Cell) -> None:
    assert problems(understood((number, "BCDFGH", "Sí", ""))) == [(2, "refused", "number")]


def test_lines_and_signs_of_an_answer_stay() -> None:
    assert one("7", " bcdfgh ", "  Uno\r\n  =dos  x\n\ntres\u200b ", "").answer == "Uno\n=dos x\n\ntres"
    assert one("7", " bc dfgh ", "x", "").code == "BCDFGH"
    assert one("7", "BCDFGH", 12.0, "").answer == "12"


def test_without_a_column_there_is_no_code() -> None:
    found = understood(("7", "Sí"), titles=("Ticket", "Rta"))
    assert (found.rows[0].code, found.rows[0].answered_on) == (None, None)
    assert one("7", "", "Sí", "").code == ""


def test_too_long_is_refused() -> None:
    assert len(one("7", "B", "a" * 4000, "").answer) == 4000
    assert problems(understood(("7", "B", "a" * 4001, ""))) == [(2, "refused", "answer")]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (date(2026, 11, 25), date(2026, 11, 25)),
        ("25/11/2026", date(2026, 11, 25)),
        ("3/4/26", date(2026, 4, 3)),
        (46351.0, date(2026, 11, 25)),
        ("ayer", None),
        ("31/02/2026", None),
        ("", None),
    ],
)
def test_dates(said: Cell, day: date | None) -> None:
    found = one("7", "B", "x", said)
    assert (found.answered_on, bool(found.warnings)) == (day, day is None and said != "")


def test_months_first_if_it_is_said() -> None:
    found = understood(("7", "B", "x", "03/04/2026"), habits=Habits("", day_first=False))
    assert found.rows[0].answered_on == date(2026, 3, 4)


def test_a_doubled_row_that_was_left_empty_says_nothing() -> None:
    """Whether two answers say the same, the database tells."""
    rows = (("1", "B", "Sí", ""), ("1", "B", "No", ""), ("2", "B", "", ""), (2.0, "B", "No", ""), ("3", "B", "", ""))
    found = understood(*rows)
    assert [(row.row, row.answer) for row in found.rows] == [(2, "Sí"), (3, "No"), (5, "No"), (6, "")]
    assert problems(found) == [(4, "unchanged", "answer")]
