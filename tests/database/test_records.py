"""Rows become the dataclasses of the services: the same, however they are made."""

from dataclasses import FrozenInstanceError, dataclass
from enum import StrEnum

import pytest

from iduo_desktop.database.records import row_maker


class Colour(StrEnum):
    """Something that needs converting."""

    RED = "red"


@dataclass(frozen=True, slots=True)
class Plain:
    """Nothing to convert."""

    number: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Converted:
    """One to convert."""

    number: int
    colour: Colour


def test_plain_rows_are_as_if_made_by_the_class() -> None:
    made = row_maker(Plain)((1, "uno"))
    assert made == Plain(1, "uno")
    assert hash(made) == hash(Plain(1, "uno"))
    with pytest.raises(FrozenInstanceError):
        made.number = 2  # type: ignore[misc]  # what must not work


def test_values_are_converted() -> None:
    assert row_maker(Converted)((1, "red")) == Converted(1, Colour.RED)


@pytest.mark.parametrize("row", [(1,), (1, "uno", 2)])
def test_a_row_of_another_width_is_refused(row: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="argument 2"):
        row_maker(Plain)(row)
