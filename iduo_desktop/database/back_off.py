"""How long to wait before connecting again: a little longer each time, everybody differently."""

from random import SystemRandom
from typing import Final

# Seconds.
FIRST: Final = 0.1
LONGEST: Final = 5.0

chance = SystemRandom()


class BackOff:
    """Counts the attempts that failed since the last that did not."""

    def __init__(self) -> None:
        self._failures = 0

    def next(self) -> float:
        """Seconds until the next attempt, after one more that failed."""
        delay = min(LONGEST, FIRST * 2.0**self._failures) * chance.uniform(0.5, 1.0)
        self._failures = min(self._failures + 1, 10)
        return delay

    def end(self) -> None:
        """It worked."""
        self._failures = 0
