#!/usr/bin/env python3
"""Every developer command, as `python3 dev.py demo`; each sets up what is missing first. Without one they are listed.

Needs nothing but Python: the environment in `.venv` is made from requirements.lock, and on Debian the system
libraries that Qt and the tests want are installed. On Windows nothing of the system is needed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
SPEC = ROOT / "packaging" / "pyinstaller" / "iduo-desktop.spec"
PARTS = ("msi", "nsis", "sbom", "sign", "winget")
SCRIPTS = os.pathsep.join(map(str, (ROOT, *(ROOT / "packaging" / part for part in PARTS))))  # these import each other
STAMP = ENVIRONMENT / "installed.sha256"
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
WINDOWS = sys.platform == "win32"
BIN = ENVIRONMENT / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

# Debian's names: what Qt links to, what its xcb plugin needs for a window, what the tests start
QT = (
    "libegl1 libgl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon0 libx11-6 libbrotli1 libgssapi-krb5-2 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-randr0 libxcb-shape0 "
    "libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libx11-xcb1 libxkbcommon-x11-0 fonts-dejavu-core"
).split()
VIRTUAL_SCREEN = ["xvfb", "xauth"]
INSTALLERS = ["wixl", "msitools", "nsis", "osslsigncode"]  # MSI, setup and their signatures
FREEZER = ["binutils"]  # PyInstaller asks it what programs link to
BROWSER = ["chromium", "libatomic1"]  # the web chat's box in tests that only --slow runs, and what drives it
OFFICE = ["libreoffice-calc-nogui"]  # opens, sorts and saves our batches in the tests
MACHINES = ["debootstrap", "systemd-container", "slirp4netns", "iproute2"]  # three servers for docs/it.md

CHECKS: Mapping[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "mypy, Windows": ("mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32"),
    "import-linter": ("lint-imports", "--no-logo"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and answer with its exit code."""
    name, *rest = arguments or ["--help"]
    if name not in COMMANDS:
        print(f"{__doc__}\nusage: dev.py COMMAND [OPTIONS OF THE COMMAND]\n")
        print(*(f"    {name:10}{function.__doc__}" for name, function in COMMANDS.items()), sep="\n")
        return 0 if name in {"-h", "--help"} else 2
    try:
        return COMMANDS[name](rest)
    except subprocess.CalledProcessError as error:
        return complain(f"this did not work (exit code {error.returncode}): {' '.join(map(str, error.cmd))}")
    except KeyboardInterrupt:
        return 130


def demo(arguments: Sequence[str]) -> int:
    """Open the program on a private server with demo data (options go on to the program)"""
    if not (WINDOWS or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))):
        return complain("the program needs a screen: run this in a desktop session, or set DISPLAY.")
    ensure(QT)
    return run(PYTHON, "-m", "iduo_desktop", "--demo", *arguments)


def test(arguments: Sequence[str]) -> int:
    """Run all tests, or those named: dev.py test tests/ui -k close"""
    ensure([*QT, *VIRTUAL_SCREEN, *OFFICE, *INSTALLERS, *(BROWSER if "--slow" in arguments else ())])
    return run_offscreen("pytest", "-n", "auto", "--dist", "worksteal", *arguments)


def check(arguments: Sequence[str]) -> int:
    """Run ruff, mypy --strict and import-linter, all of them even if one fails"""
    if arguments:
        return complain(f"check takes no options: {' '.join(arguments)}")
    ensure()
    results: dict[str, str] = {}
    for name, (program, *options) in CHECKS.items():
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        code = run(BIN / program, *options, PYTHONUTF8="1")  # they print arrows, Windows or not
        results[name] = f"{'ok' if code == 0 else 'FAILED':8}{time.monotonic() - begun:5.1f} s"
    print("\n== check")
    for name, result in results.items():
        print(f"{name:16}{result}")
    return int(any("FAILED" in result for result in results.values()))


def bench(arguments: Sequence[str]) -> int:
    """Measure the ratios of docs/performance.md"""
    ensure(QT)
    return run_offscreen("bench", *arguments)


def screens(arguments: Sequence[str]) -> int:
    """Draw every screen and dialog into the folder screens/"""
    ensure([*QT, *VIRTUAL_SCREEN])
    return run_offscreen("tests.ui.screens", "--out", str(ROOT / "screens"), *arguments)


def build(arguments: Sequence[str]) -> int:
    """Build the wheel and the frozen programs into dist/; with --smoke run them too, every part of the window"""
    if set(arguments) - {"--smoke"}:
        return complain(f"build takes --smoke alone: {' '.join(arguments)}")
    ensure([*QT, *FREEZER])
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # what was deleted since would come along
    wheel = ("wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", ".")
    frozen = ROOT / "dist" / "iduo-desktop"
    steps: list[tuple[str | Path, ...]] = [
        (PYTHON, "-m", "pip", *wheel),
        (PYTHON, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", SPEC),
    ]
    if arguments:
        steps.append((PYTHON, "packaging/smoke/smoke.py", frozen))
    for step in steps:
        code = run(*step)
        if code != 0:
            return code
    print(f"The wheel is in dist/, and {frozen.relative_to(ROOT)}/ runs where there is no Python.")
    print("For Windows run this on Windows; the installers are made of that folder (docs/decisions/installers.md).")
    return 0


def windows(arguments: Sequence[str]) -> int:
    """Try the program on Wine: dev.py windows [LAB [STEP ...]], LAB a folder that is made and kept (1.5 GB)"""
    tool = Path(os.environ.get("IDUO_WINDOWS_LAB", ROOT.parent / "shared" / "tools" / "windows-lab" / "windows-lab"))
    if sys.platform != "linux" or not tool.is_file():
        print(
            f"SKIPPED: nothing of Windows was tried. The lab needs Linux and the tool windows-lab; {tool} is not there."
        )
        print(
            "Say where it is in IDUO_WINDOWS_LAB, or test on a real Windows: py dev.py test, py dev.py build --smoke."
        )
        return 0
    ensure(QT)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    lab, *steps = arguments or [str(cache / "iduo-windows-lab")]
    return run(PYTHON, "packaging/smoke/windows_lab.py", tool, lab, *steps, PYTHONPATH=SCRIPTS)


def release(arguments: Sequence[str]) -> int:
    """Sign and pack what build froze on Windows, MSI and setup, into dist/release/ (packaging/release.py)"""
    ensure([*QT, *INSTALLERS])
    if "--try-here" not in arguments:  # else: install, upgrade and remove on this Windows, one to be thrown away
        return run(PYTHON, "packaging/release.py", *arguments, PYTHONPATH=SCRIPTS)
    icon = ROOT / "build" / "iduo-desktop" / "iduo.ico"
    return run(PYTHON, "packaging/msi/lab_steps.py", "here", "dist/iduo-desktop", icon, PYTHONPATH=SCRIPTS)


def guide(arguments: Sequence[str]) -> int:
    """Carry out docs/it.md on three bare Debian machines made for it: needs root and the network, ten minutes"""
    if sys.platform != "linux" or os.geteuid() != 0:
        return complain("THE GUIDE WAS NOT TRIED: it makes machines of its own, which needs Linux and root.")
    ensure(MACHINES)
    code = run(PYTHON, "packaging/server/make.py", "build/server")
    package = next(iter(sorted((ROOT / "build" / "server").glob("*.tar.gz"), reverse=True)), None)
    if code or package is None:
        return complain("THE GUIDE WAS NOT TRIED: the server's package could not be made.")
    return run(PYTHON, "-m", "tests.it_guide", "--package", package, *arguments)


COMMANDS = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "screens": screens,
    "build": build,
    "release": release,
    "guide": guide,
    "windows": windows,
}


def ensure(packages: Sequence[str] = ()) -> None:
    """Set up what is missing: Debian packages and the environment. Nothing is done twice."""
    missing = missing_packages(packages)
    if missing:
        install_packages(missing)
    wanted = fingerprint()
    if not (STAMP.is_file() and STAMP.read_text(encoding="ascii") == wanted):
        install_environment()
        STAMP.write_text(wanted, encoding="ascii")


def fingerprint() -> str:
    """What the environment is made from; a change of any of it installs again."""
    parts = (VERSION.encode(), LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def install_environment() -> None:
    """Make `.venv` (anew if it is another Python's) and install the lock and the project itself, from the tree."""
    print("Installing the environment into .venv (a minute or two the first time)...", flush=True)
    if not PYTHON.exists() or python_of_environment() != VERSION:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    pip = (PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    # wheels only: a compiler is not to be expected, and no package's own build script runs here
    subprocess.run([*pip, "--only-binary", ":all:", "--require-hashes", "-r", LOCK], check=True)
    # compat puts one line into a .pth file; the default's import hook costs every start 16 ms
    editable = ("--config-settings", "editable_mode=compat", "-e", ROOT)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", *editable], check=True)


def python_of_environment() -> str:
    """The version, as in "3.11", of the Python that made `.venv`."""
    settings = (ENVIRONMENT / "pyvenv.cfg").read_text(encoding="utf-8")
    found = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", settings, re.MULTILINE)
    return found.group(1) if found else ""


def missing_packages(packages: Sequence[str]) -> list[str]:
    """Which of these Debian packages are not there; none on other systems, which bring their own."""
    dpkg = shutil.which("dpkg-query")
    if dpkg is None:
        return []
    wanted = list(packages)
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        wanted.append("python3-venv")
    fields = "${db:Status-Status}\t${Package}, ${Provides}\n"
    lines = subprocess.run([dpkg, "-W", "-f", fields], check=True, capture_output=True, text=True).stdout.splitlines()
    names = (
        name.split()[0]
        for line in lines
        if line.startswith("installed\t")
        for name in line[10:].split(",")
        if name.strip()
    )
    return sorted(set(wanted) - set(names))


def install_packages(packages: Sequence[str]) -> None:
    """Install Debian packages as root or by sudo, or say which ones somebody has to install."""
    if sys.platform == "win32":  # never comes here; so says mypy, which knows no geteuid there
        return
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo") or ""]
    if "" in sudo:
        sys.exit(f"dev.py: these Debian packages are missing; as root: apt-get install {' '.join(packages)}")
    print("Installing Debian packages:", *packages, flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], check=True, stdout=subprocess.DEVNULL)


def run(*command: str | Path, **variables: str) -> int:
    """Run a program in the project's folder, with these variables besides, and answer with its exit code."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode


def run_offscreen(module: str, *arguments: str) -> int:
    """Run a module without a screen, unless the environment names one of Qt's platforms."""
    with tempfile.TemporaryDirectory(prefix="iduo-dev-") as folder:  # Qt warns without a folder of the session
        defaults = {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": folder}
        return run(PYTHON, "-m", module, *arguments, **{**defaults, **os.environ})


def complain(sentence: str) -> int:
    """Say what is wrong, for whoever has to do something about it."""
    print(f"dev.py: {sentence}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    if not (3, 11) <= sys.version_info[:2] < (3, 14):
        sys.exit(f"dev.py: Python 3.11, 3.12 or 3.13 is needed; this is {sys.version.split()[0]}.")
    sys.exit(main(sys.argv[1:]))
