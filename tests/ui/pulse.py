"""Whether the window's thread comes back to its event loop, and where it is when it does not."""

import sys
import threading
import time
import traceback
from types import TracebackType
from typing import Self

from PySide6.QtCore import QTimer

TICK_MS = 5
# After that long without a tick it is looked where the thread is.
LATE = 0.06
LOOK = 0.02
# Nobody who draws a screen waits in these, neither for a server nor for a thread of ours.
WAITING = (
    *(("psycopg", name) for name in ("wait", "connect", "execute", "fetchall")),
    *(("iduo_desktop/database", name) for name in ("ask", "_ask", "hear", "connect")),
    *(("socket.py", name) for name in ("create_connection", "getaddrinfo")),
    *(("threading.py", name) for name in ("join", "wait", "_wait_for_tstate_lock")),
    *(("concurrent/futures", name) for name in ("result", "shutdown")),
    *(("keyring", name) for name in ("get_password", "set_password")),
    ("subprocess.py", "wait"),
)


class Pulse:
    """Ticks in the window's thread, which makes it and enters it; a thread of its own watches the ticks."""

    def __init__(self) -> None:
        self._ticks = QTimer(interval=TICK_MS)
        self._ticks.timeout.connect(self._tick)
        self._thread = threading.get_ident()
        self._last = time.monotonic()
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="pulse")
        self.gaps: dict[str, float] = {}
        self.step = ""
        self.caught: list[str] = []

    def __enter__(self) -> Self:
        """Begin."""
        self._last = time.monotonic()
        self._ticks.start()
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._tick()
        self._over.set()
        self._watcher.join()
        self._ticks.stop()

    @property
    def longest(self) -> float:
        """Seconds in which the event loop did not run."""
        return max(self.gaps.values())

    def begin(self, step: str) -> None:
        """What is done from here on is called so."""
        self._tick()
        self.step = step

    def _tick(self) -> None:
        now = time.monotonic()
        self.gaps[self.step] = max(self.gaps.get(self.step, 0.0), now - self._last)
        self._last = now

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            if time.monotonic() - self._last > LATE:
                stack = traceback.extract_stack(sys._current_frames()[self._thread])
                files = [(one.filename.replace("\\", "/"), one.name) for one in stack]
                starts = any(called == "start" and file.endswith("threading.py") for file, called in files)
                if not starts and any(of in file and name == called for file, called in files for of, name in WAITING):
                    self.caught.append(f"{self.step}: " + " < ".join(f"{f.name} {f.lineno}" for f in stack[:-9:-1]))
