"""What this PC remembers of the servers it worked with, so that one that was left behind is not written to again."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from iduo_desktop.database.locks import FileLock

_MOST = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Which server it is, and how often one of its copies took its place: its timeline."""

    system: str
    timeline: int


@dataclass(frozen=True, slots=True)
class _Memory:
    """The server one works with, and those that were worked with before it."""

    system: str = ""
    timeline: int = 0
    before: tuple[str, ...] = ()

    def admits(self, place: Place) -> bool:
        """The same one on the same timeline or a later one, or one that was never seen."""
        if place.system == self.system:
            return place.timeline >= self.timeline
        return place.system not in self.before

    def after(self, place: Place) -> "_Memory":
        """What is remembered once one works with that one."""
        if place.system == self.system:
            return replace(self, timeline=place.timeline)
        before = (*self.before, self.system) if self.system else self.before
        return _Memory(place.system, place.timeline, before[-_MOST:])


class Servers:
    """The memory of one database, by where it is reached; used by any thread, and by several programs at once.

    Where nothing can be written it lasts as long as the program.
    """

    def __init__(self, file: Path, name: str) -> None:
        self._file = file
        self._name = name
        self._known = _Memory()

    def admits(self, place: Place) -> bool:
        """Whether to work with it; one that is admitted is remembered."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._file.with_suffix(".lock"))
        except OSError:
            return self._judge(self._known, place)
        try:
            lock.take()
            kept = self._read()
            known = _memory(kept.get(self._name)) or self._known
            admitted = self._judge(known, place)
            if self._known != known:
                self._write({**kept, self._name: asdict(self._known)})
        finally:
            lock.close()
        return admitted

    def _judge(self, known: _Memory, place: Place) -> bool:
        admitted = known.admits(place)
        self._known = known.after(place) if admitted else known
        return admitted

    def _read(self) -> Mapping[str, Any]:
        """A file that cannot be read says nothing."""
        with suppress(OSError, ValueError):
            kept = json.loads(self._file.read_text("utf-8"))
            if isinstance(kept, dict):
                return kept
        return {}

    def _write(self, kept: Mapping[str, Any]) -> None:
        beside = self._file.with_suffix(".new")
        with suppress(OSError):
            beside.write_text(json.dumps(kept, indent=1), "utf-8")
            beside.replace(self._file)


def _memory(kept: object) -> _Memory | None:
    """What the file says, if it makes sense."""
    match kept:
        case {"system": str(system), "timeline": int(timeline), "before": list(before)}:
            return _Memory(system, timeline, tuple(map(str, before)))
    return None
