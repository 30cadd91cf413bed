"""What cells mean: texts, numbers of clients, dates, amounts."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop.workbooks import cells
from iduo_desktop.workbooks.cells import CellError
from iduo_desktop.workbooks.values import BadCell, Cell, Flaw, place, position


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("  De  la\u00a0Fuente ", "De la Fuente"),
        ("Ana\u200b\x07 María\r\nde tarde", "Ana María de tarde"),
        ("Nun\u0303ez", "Nuñez"),
        ("=llamar de tarde", "=llamar de tarde"),
        ("0341", "0341"),
        (612345678.0, "612345678"),
        (-3.0, "-3"),
        (12.5, "12,5"),
        (999_999_999_999_999.0, "999999999999999"),
        (True, "VERDADERO"),
        (date(2026, 11, 9), "09/11/2026"),
        (datetime(2026, 11, 9, 8, 5), "09/11/2026 08:05"),
        (time(8, 5), "08:05"),
        ("", ""),
    ],
)
def test_text(cell: Cell, expected: str) -> None:
    """As the sheet shows it, on one line."""
    assert cells.text(cell) == expected


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (5493416124410123.0, "15 cifras"),
        ("3,41612E+12", "dañado por Excel"),
        ("5.49342E+12", "dañado por Excel"),
        (BadCell(Flaw.ERROR, "#N/A"), "#N/A"),
        (BadCell(Flaw.FORMULA, ""), "fórmula"),
    ],
)
def test_text_that_is_damaged(cell: Cell, fault: str) -> None:
    """Digits that Excel lost are not made up."""
    with pytest.raises(CellError, match=fault):
        cells.text(cell)


@pytest.mark.parametrize(
    ("cell", "expected"), [(20000.0, 20000), ("20000", 20000), (" 20.001 ", 20001), ("00042", 42), (1.0, 1)]
)
def test_whole_number(cell: Cell, expected: int) -> None:
    """Typed or a number."""
    assert cells.whole_number(cell, "cliente") == expected


@pytest.mark.parametrize("cell", ["", "S/N", 0.0, -5.0, 20000.5, "20001-A", "1,5", "٣", 1e14, "TOTAL", True, "²"])
def test_no_whole_number(cell: Cell) -> None:
    """Nothing else is one."""
    with pytest.raises(CellError):
        cells.whole_number(cell, "cliente")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (date(2026, 12, 11), date(2026, 12, 11)),
        (datetime(2026, 12, 11, 23, 59), date(2026, 12, 11)),
        ("09/12/2026", date(2026, 12, 9)),
        ("27-10-26", date(2026, 10, 27)),
        ("1.2.2026", date(2026, 2, 1)),
        ("2026-12-09", date(2026, 12, 9)),
        ("2026-12-09 00:00:00", date(2026, 12, 9)),
        ("09/12/2026 10:30", date(2026, 12, 9)),
        (46367.0, date(2026, 12, 11)),
        ("", None),
        (" - ", None),
        ("S/D", None),
    ],
)
def test_day(cell: Cell, expected: date | None) -> None:
    """Day first, two or four digits of the year, and what Excel keeps."""
    assert cells.day(cell) == expected


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        ("31/02/2026", "no es una fecha que exista"),
        ("a confirmar", "no es una fecha"),
        ("12/31/2026", "no es una fecha que exista"),
        ("09/12", "no es una fecha"),
        ("01/01/1900", "otro siglo"),
        (date(1900, 1, 1), "otro siglo"),
        (3.0, "no es una fecha"),
        (46367.5, "no es una fecha"),
        (1e300, "15 cifras"),
    ],
)
def test_no_day(cell: Cell, fault: str) -> None:
    """The sentence says what is wrong."""
    with pytest.raises(CellError, match=fault):
        cells.day(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("$ 114.646,62", "114646.62"),
        ("$ 0,00", "0.00"),
        (171547.27, "171547.27"),
        (0.0, "0.00"),
        (-0.0, "0.00"),
        ("-", "0.00"),
        ("1.234", "1234.00"),
        ("1.234.567", "1234567.00"),
        ("1234.5", "1234.50"),
        ("1234,5", "1234.50"),
        ("1,234.56", "1234.56"),
        ("48310", "48310.00"),
        ("$ -500,00", "-500.00"),
        ("-$ 500,00", "-500.00"),
        ("(500,00)", "-500.00"),
        ("500,00-", "-500.00"),
        ("ARS 10", "10.00"),
        ("10,005", "10.00"),
        ("\u2212 3,50", "-3.50"),
    ],
)
def test_money(cell: Cell, expected: str) -> None:
    """As Argentines, Excel and programs write it."""
    assert str(cells.money(cell)) == expected


def test_no_money_is_none() -> None:
    """An empty cell says nothing; it is not 0."""
    assert cells.money("") is None


@pytest.mark.parametrize("cell", ["doscientos", "USD 100", "1.2.3,4,5", "$", "1 2 x", 1e12, date(2026, 1, 1), True])
def test_not_money(cell: Cell) -> None:
    """A sentence, never another amount."""
    if cell == "$":
        assert cells.money(cell) is None
        return
    with pytest.raises(CellError):
        cells.money(cell)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_amount_comes_back(amount: Decimal) -> None:
    """Shown in es-AR with its sign, and read again."""
    shown = f"{abs(amount):,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
    assert cells.money(f"{'-' if amount < 0 else ''}$ {shown}") == amount
    assert cells.money(float(amount)) == amount


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back(day: date) -> None:
    """Typed with a year of four digits, or as Excel's number."""
    assert cells.day(f"{day:%d/%m/%Y}") == day
    assert cells.day(float((day - cells.FIRST_DAY).days)) == day


@given(st.text())
def test_text_is_one_printable_line(value: str) -> None:
    """Whatever the cell holds: a sentence or a line without control characters."""
    try:
        shown = cells.text(value)
    except CellError:
        return
    assert shown == " ".join(shown.split())
    assert shown.isprintable()
    assert cells.text(shown) == shown


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_places_have_names(row: int, column: int) -> None:
    """A1 and back."""
    assert position(place(row, column)) == (row, column)


def test_the_last_place() -> None:
    """The one that everybody knows."""
    assert place(1_048_575, 16_383) == "XFD1048576"
