"""Numbers and money as they are typed and shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iduo_desktop.ui.widgets import amounts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("48310", "48310"),
        ("48.310", "48310"),
        ("48310,5", "48310.5"),
        ("48.310,50", "48310.50"),
        ("48310.50", "48310.50"),
        ("$ 48.310,50", "48310.50"),
        ("-$ 5", "-5"),
        ("1.234.567,89", "1234567.89"),
        ("0.500", "0.500"),
        (",5", "0.5"),
        ("5,", "5"),
    ],
)
def test_what_a_number_means(typed: str, meant: str) -> None:
    assert amounts.read_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "abc", "1,234.5", "1.23.4", "1e5", "NaN", "12 pesos", "--5 a"])
def test_what_is_no_number(typed: str) -> None:
    assert amounts.read_number(typed) is None


def test_how_they_are_shown() -> None:
    assert amounts.show_number(Decimal("48310.5")) == "48.310,5"
    assert amounts.show_money(Decimal("48310.5")) == "48.310,50"
    assert amounts.show_money(Decimal(-1234567)) == "-1.234.567,00"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_what_is_shown_is_read_again(amount: Decimal) -> None:
    assert amounts.read_number(amounts.show_money(amount)) == amount


@pytest.mark.parametrize(
    ("number", "money", "fits"),
    [
        ("0", True, True),
        ("-1", True, False),
        ("1.234", True, False),
        ("1.234", False, True),
        ("1" + "0" * 12, False, False),
    ],
)
def test_what_the_database_takes(number: str, money: bool, fits: bool) -> None:
    assert amounts.fits(Decimal(number), money=money) is fits
