"""Make Setup.exe around an MSI with makensis (Debian's and MSYS2's nsis), for release.py."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from iduo_desktop import __version__

HERE = Path(__file__).resolve().parent


def make(msi: Path, out: Path, icon: Path, version: str = __version__) -> None:
    """Write the setup; any warning of makensis is a failure."""
    program = shutil.which("makensis")
    if program is None:
        sys.exit("make_setup: makensis is missing: apt-get install nsis; on Windows MSYS2's package nsis")
    when = os.environ.get("SOURCE_DATE_EPOCH", str(int(msi.stat().st_mtime)))
    defined = {"MSI": msi.resolve(), "OUT": out.resolve(), "VERSION": version, "ICON": icon.resolve()}
    words = [f"-D{name}={value}" for name, value in defined.items()]
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [program, "-V2", "-WX", "-NOCD", "-INPUTCHARSET", "UTF8", *words, str(HERE / "setup.nsi")]
    subprocess.run(command, env={**os.environ, "SOURCE_DATE_EPOCH": when}, check=True)
