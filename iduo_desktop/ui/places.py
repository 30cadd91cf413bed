"""Where a session is: its connections carry the PC's name, the version and when it began."""

import platform
from datetime import datetime
from typing import TYPE_CHECKING

from iduo_desktop import __version__

if TYPE_CHECKING:
    from iduo_desktop.services.staff import Present, Session

_LONGEST_PC = 24


def this_pc() -> str:
    """The name of this PC as the server sees it."""
    return (platform.node() or "PC").encode("ascii", "replace").decode()[:_LONGEST_PC]


def program_name(began: datetime) -> str:
    """«iduo Desktop - PC-12 - 1.0.0 - 1763733600»: short enough for the server to keep whole."""
    return f"iduo Desktop - {this_pc()} - {__version__} - {int(began.timestamp())}"


def place(session: "Session | Present") -> str:
    """The PC of a session."""
    parts = session.program.split(" - ")
    return parts[1] if len(parts) > 1 else (session.address or session.program)


def began(program: str) -> int:
    """When a session began by the server's clock, in seconds; 0 when it does not say."""
    last = program.rpartition(" - ")[2]
    return int(last) if last.isdecimal() else 0


def newer_elsewhere(sessions: "tuple[Session, ...]", mine: str) -> "Session | None":
    """A session of the same person that began later on another PC: then this one is over."""
    return next((one for one in sessions if place(one) != this_pc() and began(one.program) > began(mine)), None)
