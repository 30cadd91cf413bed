"""Lines of the agenda as a list takes them."""

import json
from dataclasses import dataclass
from typing import Any

from iduo_desktop.services import agenda
from iduo_desktop.services.agenda import Item
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.widgets.table_model import Source


@dataclass(frozen=True, slots=True)
class Line:
    """Something of the agenda in a list; its `id` is unique among all kinds."""

    id: int
    position: str
    item: Item


def line(item: Item) -> Line:
    """The line of something."""
    return Line(words.number(item), item.position, item)


def source(tab: str, whose: str) -> Source[Line]:
    """How a tab is asked for. Single lines never are: what changed may have gone to another tab."""

    def page(database: Any, after: str | None, limit: int) -> tuple[Line, ...]:
        return tuple(map(line, agenda.items(database, tab, whose, after, limit)))

    def only(_database: Any, _ids: tuple[int, ...]) -> tuple[Line, ...]:
        return ()

    return Source(page, only, _key)


def _key(row: Line) -> tuple[object, ...]:
    _moment, rank, key = json.loads(row.position)
    return row.item.due_at, rank, key
