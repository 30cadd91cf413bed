"""Columns of a table: what a cell says, shows and sounds like, made once when its line arrives."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QIcon

from iduo_desktop.ui.formats import NOTHING
from iduo_desktop.ui.widgets.pages import R
from iduo_desktop.ui.widgets.tips import tip

_Role = Qt.ItemDataRole
_DISPLAY, _TIP, _SPOKEN = int(_Role.DisplayRole), int(_Role.ToolTipRole), int(_Role.AccessibleTextRole)
BADGES = int(_Role.UserRole) + 1
NO_DATA = "sin dato"


@dataclass(frozen=True, slots=True)
class Badge:
    """A small mark at the right end of a cell.

    It is an `eye` (somebody has it open), `talk` (speaks with him), `clock` (its hour has come) or `again`. `meaning`
    is what a screen reader says of it.
    """

    kind: str
    text: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column: what its cells say, show and sound like. `sort` is the order that its header asks for.

    `main` is printed in bold in the current line; `stretch` takes the width that is left. A header's first click asks
    for `descending` when that is what people look for (the greatest debt). Where there is no room for `width`, it
    goes down to `least`, so that nobody has to scroll sideways. What does not fit is left out in the middle, of `prose`
    at the end. `about` is the tip of the header.
    """

    key: str
    title: str
    width: int
    text: Callable[[R], str]
    right: bool = False
    sort: str = ""
    descending: bool = False
    main: bool = False
    stretch: bool = False
    tip: Callable[[R], str] | None = None
    spoken: Callable[[R], str] | None = None
    icon: Callable[[R], QIcon | None] | None = None
    colour: Callable[[R], QBrush | None] | None = None
    badges: Callable[[R], tuple[Badge, ...]] | None = None
    least: int = 0
    prose: bool = False
    about: str = ""


def shared(columns: Sequence[Column[R]], widths: Sequence[int], room: int) -> list[int]:
    """How wide each column is in this room; a width that somebody chose stays as it is.

    What is left goes to the one that stretches, what is missing comes off those that may be less, each by its part.
    """
    made = list(widths)
    slack = [
        max(0, width - column.least) if column.least and width == column.width else 0
        for column, width in zip(columns, widths, strict=True)
    ]
    missing, given = sum(widths) - room, sum(slack)
    if missing > 0 and given:
        part = min(1.0, missing / given)
        made = [width - math.ceil(part * spare) for width, spare in zip(widths, slack, strict=True)]
    stretched = next((number for number, column in enumerate(columns) if column.stretch), -1)
    if stretched >= 0:
        made[stretched] += max(0, room - sum(made))
    return made


def preparer(columns: Sequence[Column[R]]) -> Callable[[R], dict[int, tuple[Any, ...]]]:
    """A function that makes, for each role, the values of all columns; painting only looks them up."""
    texts = tuple(column.text for column in columns)
    makers = (
        (int(_Role.DecorationRole), tuple(column.icon for column in columns)),
        (int(_Role.ForegroundRole), tuple(column.colour for column in columns)),
        (BADGES, tuple(column.badges for column in columns)),
    )
    used = [(role, functions) for role, functions in makers if any(functions)]

    def prepare(row: R) -> dict[int, tuple[Any, ...]]:
        roles: dict[int, tuple[Any, ...]] = {_DISPLAY: tuple([text(row) for text in texts])}
        for role, functions in used:
            roles[role] = tuple([make(row) if make is not None else None for make in functions])
        return roles

    return prepare


def tell(column: Column[R], row: R, role: int) -> str | None:
    """What a cell says of itself when it is asked, by a tooltip or a screen reader; seldom, so not prepared."""
    if role == _TIP:
        return tip((column.tip or column.text)(row))
    if role == _SPOKEN:
        text = (column.spoken or column.text)(row)
        return NO_DATA if text in {"", NOTHING} else text
    return None
