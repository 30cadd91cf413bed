"""Make the MSI from a frozen folder, for release.py.

wixl-heat lists the files, wixl writes tables and cabinet, msibuild adds what those two cannot say: Debian's packages
`wixl` and `msitools`; on Windows MSYS2's package `msitools`. The same files of the same times give the same bytes.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid5

import msi_additions

from iduo_desktop import __version__

HERE = Path(__file__).resolve().parent
UPGRADE_CODE = UUID("9f438545-d6da-475b-ad7f-0d1fe40209cd")  # the same for ever: by it Windows knows the older versions
PROGRAMS = ("iduo-desktop.exe", "iduo-admin.exe")
VERSION = re.compile(r"(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,4})")


def product_code(version: str) -> UUID:
    """Another one for each version, and the same one whenever that version is made again."""
    return uuid5(UPGRADE_CODE, f"product {version}")


def braced(code: UUID) -> str:
    """As Windows writes it."""
    return f"{{{str(code).upper()}}}"


def make(folder: Path, out: Path, icon: Path, version: str = __version__) -> None:
    """Write the MSI of that folder."""
    if not VERSION.fullmatch(version):  # Windows compares three numbers and no more
        sys.exit(f"make_msi: an MSI's version is three numbers, not «{version}»")
    missing = [name for name in PROGRAMS if not (folder / name).is_file()]
    if missing:
        sys.exit(f"make_msi: not in {folder}: {', '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="iduo-msi-") as scratch:
        work = Path(scratch)
        when = stage(folder, work / "files")
        shutil.copyfile(icon, work / "iduo.ico")
        shutil.copyfile(HERE / "iduo.wxs", work / "iduo.wxs")
        (work / "files.wxs").write_text(listed(work / "files"), "utf-8")
        defined = {
            "Version": version,
            "ProductCode": braced(product_code(version)),
            "UpgradeCode": braced(UPGRADE_CODE),
        }
        defined |= {"Source": "files", "Icon": "iduo.ico", "Win64": "yes"}
        words = [word for name, value in defined.items() for word in ("-D", f"{name}={value}")]
        run(work, "wixl", "--arch", "x64", *words, "-o", "made.msi", "iduo.wxs", "files.wxs")
        add(work, contents_code(work, version), when)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work / "made.msi", out)


def stage(folder: Path, to: Path) -> int:
    """A copy whose files are all of one time, which the cabinet keeps; that time."""
    shutil.copytree(folder, to)
    newest = int(max(path.stat().st_mtime for path in folder.rglob("*") if path.is_file()))
    when = int(os.environ.get("SOURCE_DATE_EPOCH", newest))
    for path in to.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
        os.utime(path, (when, when))
    return when


def listed(files: Path) -> str:
    """wixl-heat's fragment with every file but the two programs, which iduo.wxs names."""
    paths = sorted(path.relative_to(files.parent).as_posix() for path in files.rglob("*") if path.is_file())
    others = [path for path in paths if path not in {f"files/{name}" for name in PROGRAMS}]
    words = ("--directory-ref", "INSTALLDIR", "--component-group", "Files", "--var", "var.Source", "--win64")
    found = run(files.parent, "wixl-heat", *words, "--prefix", "files/", said="\n".join(others) + "\n")
    names: dict[str, str] = {}  # wixl-heat draws the names of folders by lot
    return re.sub(r"\bdir[0-9A-F]{32}\b", lambda match: names.setdefault(match[0], f"folder{len(names)}"), found)


def contents_code(work: Path, version: str) -> UUID:
    """A package code that changes with anything inside; Windows takes equal codes for equal files."""
    digest = hashlib.sha256(version.encode())
    for path in sorted(work.rglob("*")):
        if path.is_file() and path.name != "made.msi":
            digest.update(
                path.relative_to(work).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
            )
    digest.update(repr((msi_additions.statements(), msi_additions.tables(UPGRADE_CODE, ""))).encode())
    return uuid5(UPGRADE_CODE, digest.hexdigest())


def add(work: Path, package_code: UUID, when: int) -> None:
    """The statements and tables of msi_additions.py."""
    run(work, "msibuild", "made.msi", "-q", *msi_additions.statements())
    made = time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime(when))
    for name, text in msi_additions.tables(package_code, made).items():
        (work / f"{name}.idt").write_bytes(text.encode("cp1252"))
        run(work, "msibuild", "made.msi", "-i", f"{name}.idt")


def run(work: Path, program: str, *arguments: str, said: str = "") -> str:
    """What a tool of msitools prints. These tools warn of what they ignore and go on: here a warning is a failure."""
    path = shutil.which(program)
    if path is None:
        sys.exit(f"make_msi: {program} is missing: apt-get install wixl msitools; on Windows MSYS2's package msitools")
    environment = {**os.environ, "TZ": "UTC"}  # the cabinet holds local times
    done = subprocess.run(
        [path, *arguments], cwd=work, env=environment, input=said, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode or done.stderr.strip():
        sys.exit(f"make_msi: {program} {' '.join(arguments)}\n{done.stderr.strip()}\nexit code {done.returncode}")
    return done.stdout
