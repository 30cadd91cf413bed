"""Times of things that are done in turns, so that a noisy machine slows all of them alike."""

import statistics
import time
from collections.abc import Callable, Sequence


def in_turns(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """The median time of each action in milliseconds; one round before is not counted."""
    times: list[list[float]] = [[] for _ in actions]
    for turn in range(rounds + 1):
        for place, action in enumerate(actions):
            spent = milliseconds(action)
            if turn:
                times[place].append(spent)
    return [statistics.median(spent) for spent in times]


def milliseconds(action: Callable[[], object]) -> float:
    """How long it takes once."""
    begun = time.perf_counter()
    action()
    return (time.perf_counter() - begun) * 1000


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which that part of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]
