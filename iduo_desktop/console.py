"""Where a window program writes when somebody asks it something from a command line."""

import ctypes
import sys
from pathlib import Path
from typing import TextIO

_PARENT = -1


def lend() -> None:
    """On Windows a window program has no output; take that of the console it was started from, if any."""
    if sys.platform == "win32" and sys.stdout is None and ctypes.windll.kernel32.AttachConsole(_PARENT):
        sys.stdout = sys.stderr = Path("CONOUT$").open("w", encoding="utf-8")  # noqa: SIM115  # open until we end


def write(text: str) -> None:
    """Write it, or nothing where there is nowhere; letters that the place does not know as their numbers."""
    _put(text, sys.stdout)


def complain(text: str) -> None:
    """The same, of what is wrong."""
    _put(f"{text}\n", sys.stderr)


def _put(text: str, place: TextIO | None) -> None:
    if place is not None:
        encoding = place.encoding or "utf-8"
        place.write(text.encode(encoding, "backslashreplace").decode(encoding))
        place.flush()
