"""What a person likes on this PC: kept in a small file, read before the login is seen and written by a worker."""

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QSettings

if TYPE_CHECKING:
    from iduo_desktop.ui.operations import Operations


class Preferences(NamedTuple):
    """`scheme` is system, light or dark; `density` compact, normal, wide, or "" by the screen's height.

    `keys` are those that a person chose, «name=keys;…», and `letters` whether lists have keys of one letter.
    `export_folder` is where files went the last time. `dial_with` is what calls here: tel or sip, or copy.
    """

    last_login: str = ""
    scheme: str = "system"
    density: str = ""
    rail_expanded: bool = False
    geometry: str = ""
    keys: str = ""
    letters: bool = True
    export_folder: str = ""
    dial_with: str = "tel"

    def chosen_keys(self) -> dict[str, str]:
        """{name: keys} of what was changed."""
        pairs = (pair.partition("=") for pair in self.keys.split(";") if "=" in pair)
        return {name: keys for name, _, keys in pairs}


class PreferencesFile:
    """The preferences of this PC's user; a file that cannot be read or written does no harm."""

    def __init__(self, path: str):
        self._path = path
        self.current = read(path)

    def change(self, operations: "Operations", **values: str | bool) -> None:
        """Change some and keep them."""
        changed = self.current._replace(**values)  # type: ignore[arg-type]  # each by its name and of its kind
        if changed != self.current:
            self.current = changed
            operations.run_local(operations, write, self._path, changed)


def as_text(keys: dict[str, str]) -> str:
    """Chosen keys as they are kept."""
    return ";".join(f"{name}={each}" for name, each in keys.items())


def read(path: str) -> Preferences:
    """What the file says; what it does not say is as at the first start."""
    kept, first = QSettings(path, QSettings.Format.IniFormat), Preferences()
    said = {name: str(kept.value(name, "")) for name in Preferences._fields if kept.contains(name)}
    # the file says «true», a value that was just written is still Python's True
    flags = {name: said.pop(name).lower() == "true" for name in ("rail_expanded", "letters") if name in said}
    return first._replace(**said, **flags)  # type: ignore[arg-type]  # texts and flags apart, as above


def write(path: str, preferences: Preferences) -> None:
    """Write the file, whole or not at all."""
    kept = QSettings(path, QSettings.Format.IniFormat)
    for name, value in preferences._asdict().items():
        kept.setValue(name, value)
    kept.sync()
