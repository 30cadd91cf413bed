"""Columns of a table: what a cell says, shows and sounds like, made once when its line arrives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QIcon

from iduo_desktop.ui.formats import NOTHING
from iduo_desktop.ui.widgets.pages import R

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
    for `descending` when that is what people look for (the greatest debt).
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
        return (column.tip or column.text)(row)
    if role == _SPOKEN:
        text = (column.spoken or column.text)(row)
        return NO_DATA if text in {"", NOTHING} else text
    return None
