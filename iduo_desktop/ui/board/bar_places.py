"""Where the bars of a plot stand: groups one after the other, the parts of a group one on the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from PySide6.QtCore import QRectF

from iduo_desktop.services.supervision import Bar

MOST_THICK = 36.0
SHARE = 0.68
STEPS = (1, 2, 5, 10)
TICKS = 4


@dataclass(frozen=True, slots=True)
class Group:
    """What stands at one place of the axis: its parts from the axis on, and what they come to."""

    name: str
    parts: tuple[Bar, ...]

    @property
    def total(self) -> int:
        """All parts."""
        return sum(part.value for part in self.parts)

    @property
    def late(self) -> bool:
        """Whether something of it is overdue."""
        return any(part.late and part.value for part in self.parts)


@dataclass(frozen=True, slots=True)
class Place:
    """A bar on the screen. `group` and `part` number it; an empty one has no length but can be gone to."""

    bar: Bar
    rect: QRectF
    group: int
    part: int


def groups_of(bars: Sequence[Bar]) -> tuple[Group, ...]:
    """The groups in the order in which they come."""
    found: dict[str, list[Bar]] = {}
    for bar in bars:
        found.setdefault(bar.group, []).append(bar)
    return tuple(Group(name, tuple(parts)) for name, parts in found.items())


def series_of(bars: Sequence[Bar]) -> tuple[str, ...]:
    """The names of the parts in the order in which they come."""
    return tuple(dict.fromkeys(bar.series for bar in bars))


def ticks(most: int) -> tuple[int, ...]:
    """Round values from 0 to the first that is not below `most`, at most five of them."""
    if most <= 0:
        return (0, 1)
    rough = max(1.0, most / TICKS)
    power = 10 ** int(log10(rough))
    step = next(power * each for each in STEPS if power * each >= rough)
    return tuple(range(0, step * ceil(most / step) + 1, step))


def places(groups: Sequence[Group], area: QRectF, top: int, *, upright: bool) -> tuple[Place, ...]:
    """Every bar in `area`, where `top` is the value at its far end."""
    if not groups:
        return ()
    room = (area.width() if upright else area.height()) / len(groups)
    thick = min(MOST_THICK, room * SHARE)
    made: list[Place] = []
    for number, group in enumerate(groups):
        across = room * number + (room - thick) / 2
        begun = 0
        for part, bar in enumerate(group.parts):
            made.append(Place(bar, _rect(area, across, thick, begun / top, bar.value / top, upright), number, part))
            begun += bar.value
    return tuple(made)


def _rect(area: QRectF, across: float, thick: float, begun: float, long: float, upright: bool) -> QRectF:
    if upright:
        height = area.height()
        return QRectF(area.left() + across, area.bottom() - height * (begun + long), thick, height * long)
    width = area.width()
    return QRectF(area.left() + width * begun, area.top() + across, width * long, thick)
