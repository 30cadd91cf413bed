"""One thread that acts when something takes too long: TCP does not notice a server that is frozen."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# seconds by which the two clocks may differ while nobody sleeps
TOLERANCE = 30.0


class Watch:
    """Runs an action when a limit passes. Its thread starts with the first limit and sleeps until the earliest."""

    def __init__(self) -> None:
        self._bell = threading.Condition()
        self._limits: dict[object, tuple[float, Callable[[], object]]] = {}
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None

    @contextmanager
    def limit(self, seconds: float, action: Callable[[], object]) -> Iterator[None]:
        """Run `action` in the watching thread unless the block ends within `seconds`."""
        token = object()
        self._add(token, time.monotonic() + seconds, action)
        try:
            yield
        finally:
            with self._bell:
                self._limits.pop(token, None)

    def _add(self, token: object, when: float, action: Callable[[], object]) -> None:
        with self._bell:
            self._limits[token] = (when, action)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif when < self._wakes_at:
                self._bell.notify()

    def _run(self) -> None:
        while True:
            with self._bell:
                due = self._due()
            for action in due:
                action()

    def _due(self) -> list[Callable[[], object]]:
        """Wait until something may be due, and take it out. The bell is held."""
        self._wakes_at = min((when for when, _ in self._limits.values()), default=float("inf"))
        wait = self._wakes_at - time.monotonic()
        if wait > 0:
            self._bell.wait(None if self._wakes_at == float("inf") else wait)
        now = time.monotonic()
        tokens = [token for token, (when, _) in self._limits.items() if when <= now]
        return [self._limits.pop(token)[1] for token in tokens]


class SleepSensor:
    """Notices that the computer slept: the wall clock went on, the clock of waking time did not."""

    def __init__(self) -> None:
        self._offset = time.time() - awake_seconds()

    def slept(self) -> bool:
        """True once after a jump of more than the tolerance, either way."""
        before, self._offset = self._offset, time.time() - awake_seconds()
        return abs(self._offset - before) > TOLERANCE


def awake_seconds() -> float:
    """Seconds that the computer was awake; monotonic() leaves sleep out everywhere but on Windows."""
    if sys.platform == "win32":
        ticks = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value / 10_000_000
    return time.monotonic()


WATCH = Watch()
