"""Locks on files that the system lets go when a program ends, however it ends."""

import secrets
import sys
import time
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks ranges of bytes, each for one holder: who shares takes one of these, who wants it alone takes all.
_PLACES = 1 << 20
_PAUSE = 0.2


class FileLock:
    """A lock on a file, shared by many or held by one. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("a+b")
        self._place: tuple[int, int] | None = None

    def share(self) -> None:
        """Wait until nobody has it alone, then hold it with others."""
        self._wait(exclusive=False)

    def take(self) -> None:
        """Wait until nobody has it, then hold it alone."""
        self._wait(exclusive=True)

    def alone(self) -> bool:
        """Take it alone if nobody else has it now; what was held before may be lost."""
        if sys.platform == "win32":
            self._release()
        # elsewhere what is held becomes the other kind in one step, and who waits for it cannot come in between
        return self._try(exclusive=True)

    def close(self) -> None:
        """Let it go."""
        self._release()
        self._file.close()

    if sys.platform == "win32":

        def _wait(self, exclusive: bool) -> None:
            while not self._try(exclusive):
                time.sleep(_PAUSE)

        def _try(self, exclusive: bool) -> bool:
            start, length = (0, _PLACES) if exclusive else (secrets.randbelow(_PLACES), 1)
            self._file.seek(start)
            try:
                msvcrt.locking(self._file.fileno(), msvcrt.LK_NBLCK, length)
            except OSError:
                return False
            self._place = (start, length)
            return True

        def _release(self) -> None:
            if self._place:
                self._file.seek(self._place[0])
                msvcrt.locking(self._file.fileno(), msvcrt.LK_UNLCK, self._place[1])
                self._place = None

    else:

        def _wait(self, exclusive: bool) -> None:
            fcntl.flock(self._file, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)

        def _try(self, exclusive: bool) -> bool:
            try:
                fcntl.flock(self._file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        def _release(self) -> None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
