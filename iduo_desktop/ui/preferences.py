"""What a person likes on this PC: kept in a small file, read at the start and written by a worker."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from iduo_desktop.ui.operations import Operations


@dataclass(frozen=True, slots=True)
class Preferences:
    """`scheme` is system, light or dark; `density` compact, normal, wide, or "" by the screen's height."""

    last_login: str = ""
    scheme: str = "system"
    density: str = ""
    rail_expanded: bool = False
    geometry: str = ""


class PreferencesFile:
    """The preferences of this PC's user; a file that cannot be read or written does no harm."""

    def __init__(self, path: Path):
        self._path = path
        self.current = read(path)

    def change(self, operations: Operations, **values: str | bool) -> None:
        """Change some and keep them."""
        changed = replace(self.current, **values)  # type: ignore[arg-type]
        if changed != self.current:
            self.current = changed
            operations.run_local(operations, write, self._path, changed)


def read(path: Path) -> Preferences:
    """What the file says; what it does not say, or says wrongly, is as at the first start."""
    try:
        said = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return Preferences()
    return Preferences(**_understood(said)) if isinstance(said, dict) else Preferences()


def write(path: Path, preferences: Preferences) -> None:
    """Write the file whole or not at all."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(preferences), indent=1), "utf-8")
        beside.replace(path)


def _understood(said: Mapping[str, Any]) -> dict[str, Any]:
    first = Preferences()
    known = {field.name: type(getattr(first, field.name)) for field in fields(Preferences)}
    return {name: said[name] for name, kind in known.items() if isinstance(said.get(name), kind)}
