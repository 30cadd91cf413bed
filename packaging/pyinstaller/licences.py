"""The licences of what the bundle holds: the LGPL for Qt, and the text that each library brings along."""

import os
import shutil
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

OF_QT = ("PySide6_Essentials", "shiboken6")  # bring none; theirs are beside the text about Qt
WORDS = ("licen", "copying", "notice", "third_party")
QT_NOTICE = """\
iduo Desktop uses Qt {version} (https://www.qt.io) and PySide6 (https://pyside.org) under the GNU Lesser General Public
License, version 3; its text is in LGPL-3.0.txt, and that of the GNU General Public License, which it builds on, in
GPL-3.0.txt. Both are unmodified, as published by The Qt Company in the wheels PySide6-Essentials and shiboken6 of
version {version}. Their libraries lie in the folder _internal/PySide6 and _internal/shiboken6 as separate files and may
be replaced by other builds of the same interface. Sources: https://download.qt.io/official_releases/QtForPython/ and
https://download.qt.io/official_releases/qt/.
"""


def distributions(modules: Iterable[str]) -> list[metadata.Distribution]:
    """Which installed packages these modules belong to."""
    owners = metadata.packages_distributions()
    tops = {module.partition(".")[0] for module in modules}
    names = {name for top in tops for name in owners.get(top, ())}
    return [metadata.distribution(name) for name in sorted(names, key=str.lower) if name != "iduo-desktop"]


def gather(modules: Iterable[str], texts: Path, folder: Path) -> None:
    """Put all texts into `folder`; a package that brings none stops the build."""
    folder.mkdir(parents=True)
    for path in texts.glob("*.txt"):
        shutil.copy(path, folder)
    shutil.copy(_of_python(), folder / "Python.txt")
    qt = metadata.version("PySide6-Essentials")
    (folder / "Qt-PySide6.txt").write_text(QT_NOTICE.format(version=qt), "utf-8")
    without = [one.name for one in distributions(modules) if not _copied(one, folder) and one.name not in OF_QT]
    if without:
        raise FileNotFoundError(f"no licence in the wheels of {', '.join(without)}")


def _of_python() -> Path:
    places = (Path(sys.base_prefix), Path(os.__file__).parent)
    return next(place / "LICENSE.txt" for place in places if (place / "LICENSE.txt").is_file())


def _copied(one: metadata.Distribution, folder: Path) -> bool:
    found = [path for path in one.files or () if _is_licence(Path(path))]
    for path in found:
        target = folder / f"{one.name}-{one.version}" / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(str(one.locate_file(path)), target)
    return bool(found)


def _is_licence(path: Path) -> bool:
    inside = any(part.endswith(".dist-info") for part in path.parts)
    return inside and path.name.lower().startswith(WORDS)
