"""A folder as PyInstaller leaves it, small; and the tools, or the reason why a test cannot run."""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path

import make_msi
import pytest

MSI_TOOLS = ("wixl", "wixl-heat", "msibuild", "msiinfo")
WHEN = 1_767_225_600  # files of one known time


@pytest.fixture(scope="session")
def program() -> bytes:
    """A real, small program for Windows, which setuptools happens to carry."""
    return Path(str(distribution("setuptools").locate_file("setuptools/cli-64.exe"))).read_bytes()


@pytest.fixture(scope="session")
def icon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An icon of one colour: 1 × 1, 32 bits."""
    path = tmp_path_factory.mktemp("icon") / "iduo.ico"
    header = b"\0\0\1\0\1\0\1\1\0\0\1\0\x20\0\x30\0\0\0\x16\0\0\0"
    path.write_bytes(header + b"\x28\0\0\0\1\0\0\0\2\0\0\0\1\0\x20\0" + b"\0" * 24 + b"\xff\0\0\xff" + b"\0" * 4)
    return path


@pytest.fixture(scope="session")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two programs, a library, a text beside them."""
    folder = tmp_path_factory.mktemp("frozen") / "iduo-desktop"
    contents = {
        "iduo-desktop.exe": b"MZ desktop",
        "iduo-admin.exe": b"MZ admin",
        "_internal/PySide6/Qt6Core.dll": b"MZ core",
        "_internal/iduo_desktop/ui/icons/iduo.svg": b"<svg/>",
        "licencias/Qt/LGPL-3.0.txt": b"LGPL",
        "LEEME.txt": b"iduo Desktop",
    }
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (WHEN, WHEN))
    return folder


@pytest.fixture(scope="session")
def msi(frozen: Path, icon: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The MSI of that folder, of a version."""
    need(*MSI_TOOLS)
    folder = tmp_path_factory.mktemp("msi")

    def make(version: str) -> Path:
        path = folder / f"{version}.msi"
        if not path.exists():
            make_msi.make(frozen, path, icon, version)
        return path

    return make


def need(*programs: str) -> None:
    """Skip, saying what is missing; Debian has all of them, and dev.py test installs them."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (Debian: wixl msitools nsis osslsigncode)")


def table(path: Path, name: str) -> list[list[str]]:
    """The rows of a table of an MSI."""
    # beside the package, because it writes what is no text into a folder where it runs
    command = ["msiinfo", "export", path.name, name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True, check=True)
    lines = done.stdout.decode("utf-8").replace("\r\n", "\n").rstrip("\n\0").split("\n")
    return [line.split("\t") for line in lines[3:]]
