"""What can be proved of Windows on Linux, under Wine: `windows_lab.py TOOL LAB [STEP ...]`, run by `dev.py windows`.

The lab is made by the tool `windows-lab` and serves tests alone: the bundle that ships is frozen on a real Windows.
PostgreSQL for Windows does not run in Wine, so its programs connect to servers that are started here.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.private_server import PrivateServer
from iduo_desktop.smoke import with_every_part

ROOT = Path(__file__).resolve().parents[2]
STUB = Path(__file__).with_name("bcryptprimitives.c")
LIBPQ = "unrecognized win32 error code: 127"  # of a function that Wine 8 lacks, at every connection
# what Wine 8 does not know or does later, and Qt says so
SCREEN = ("QtWindows::DpiAwareness", "EnableNonClientDpiScaling", "QWindowsWindow::setGeometry")
SERVER_SETTINGS = {"scram_iterations": "1", "max_connections": "300"}
# What differs between the systems: files, folders, registry, keyring, pipes, processes, time zones; and one slice.
TESTS = (
    *(
        f"tests/test_{name}.py"
        for name in ("caller", "config", "credentials", "links", "logs", "phones", "sms", "policies", "trust")
    ),
    *(f"tests/workbooks/test_{name}.py" for name in ("cells", "delimited", "reading", "sent")),
    *(
        f"tests/ui/test_{name}.py"
        for name in ("arrival_handed", "chip", "desktop_session", "formats", "login", "preferences", "theme")
    ),
    *("tests/database/test_connection.py", "tests/services/test_cases.py", "tests/test_registry.py"),
    *(f"tests/packaging/test_{name}.py" for name in ("bundle", "smoke")),
)
# What Wine or the server outside cannot show; on a real Windows all of them run.
NOT_HERE = (
    # reads the log of the server, which is not in this run's folder
    "tests/ui/test_arrival_handed.py::test_hostile_callers_get_one_search_each_at_most_and_nothing_else",
    # Wine 8 dies of a page fault, which nobody has explained yet
    "tests/ui/test_login.py::test_a_locked_window_opens_for_its_own_password_only",
    # ctypes is loaded for Caps Lock and the session: Windows' own start is not weighed yet
    "tests/ui/test_login.py::test_nothing_heavy_is_loaded_before_the_login_is_seen",
)


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab in a folder, and the tool that runs programs in it."""

    tool: Path
    folder: Path

    @property
    def bundle(self) -> Path:
        """Where the frozen folder is put."""
        return self.folder / "dist" / "iduo-desktop"

    def use(self, verb: str, *words: str | Path, **variables: str) -> None:
        """Have the tool do something in the lab; CalledProcessError when that fails."""
        command = [self.tool, verb, self.folder, *words]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=True)

    def python(self, *words: str, **variables: str) -> None:
        """Run Windows' Python."""
        self.use("python", *words, **variables)


def seen(path: Path) -> str:
    """A path of ours as Windows' programs see it."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def set_up(lab: Lab) -> None:
    """Make it, or bring it up to the lock; the lock without its hashes is what the tool takes."""
    lab.folder.mkdir(parents=True, exist_ok=True)
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    plain = "\n".join(line.removesuffix("\\").rstrip() for line in lines if not line.lstrip().startswith("--hash"))
    requirements = lab.folder / "requirements.txt"
    if requirements.is_file() and requirements.read_text("utf-8") == plain:
        return
    requirements.unlink(missing_ok=True)
    asked = lab.folder / "wanted.txt"
    asked.write_text(plain, "utf-8")
    lab.use("setup", asked)
    system = lab.folder / "prefix" / "drive_c" / "windows" / "system32"
    compiler = ("x86_64-w64-mingw32-gcc", "-O2", "-s", "-shared")
    subprocess.run([*compiler, "-o", system / "bcryptprimitives.dll", STUB, "-ladvapi32"], check=True)
    asked.rename(requirements)


def run_tests(lab: Lab) -> None:
    """The tests of what differs, under Windows' Python, on a server of ours."""
    with tempfile.TemporaryDirectory(prefix="iduo-lab-") as folder:
        Path(folder).chmod(0o755)
        with EmbeddedServer(Path(folder), fsync=False, settings=SERVER_SETTINGS) as server:
            ignored = "qt_log_ignore=" + "\n".join(SCREEN)
            left_out = [word for name in NOT_HERE for word in ("--deselect", name)]
            words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", ignored, *left_out, *TESTS)
            lab.python(*words, IDUO_TEST_SERVER=f"{server.port}:{server.password}")


def freeze(lab: Lab) -> None:
    """Freeze both programs by the same spec as everywhere."""
    places = ("--distpath", seen(lab.bundle.parent), "--workpath", seen(lab.folder / "build"))
    lab.python("-m", "PyInstaller", "--noconfirm", *places, "packaging/pyinstaller/iduo-desktop.spec")


def smoke(lab: Lab) -> None:
    """Run what was frozen: every part of the window, for everybody."""
    expected = [word for text in (*SCREEN, LIBPQ) for word in ("--expect", text)]
    report = lab.folder / "smoke.json"
    with _served(lab.folder) as server:
        words = ("--server", seen(server), "--report", seen(report), *expected)
        lab.python("packaging/smoke/smoke.py", seen(lab.bundle), *words)


def measure(lab: Lab) -> None:
    """The start of the frozen program beside Python's."""
    lab.python("packaging/smoke/start_time.py", seen(lab.bundle))


def install(lab: Lab) -> None:
    """Install, upgrade, open and remove MSI and setup, in a copy of the lab."""
    icon = lab.folder / "build" / "iduo-desktop" / "iduo.ico"
    subprocess.run(
        [sys.executable, ROOT / "packaging" / "msi" / "lab_steps.py", lab.folder, lab.bundle, icon], check=True
    )


STEPS: dict[str, Callable[[Lab], None]] = {
    "setup": set_up,
    "tests": run_tests,
    "freeze": freeze,
    "smoke": smoke,
    "start": measure,
    "install": install,
}


@contextmanager
def _served(folder: Path) -> Iterator[Path]:
    """A server with the demo's people; the file says how to get in."""
    with tempfile.TemporaryDirectory(prefix="iduo-lab-") as temporary:
        Path(temporary).chmod(0o755)
        server = PrivateServer(Path(temporary) / "server", fill=False)
        place = with_every_part(server.start(print))
        people = [{"role": role, "login": login, "password": password} for role, login, password in place.people]
        file = folder / "server.json"
        file.touch(mode=0o600)
        said = {"host": place.host, "port": place.port, "dbname": place.dbname, "people": people}
        file.write_text(json.dumps(said), "utf-8")
        try:
            yield file
        finally:
            file.unlink()
            server.close()


def main(arguments: Sequence[str]) -> int:
    """Take the steps one after the other, or those that are named."""
    tool, folder, *names = arguments
    lab = Lab(Path(tool), Path(folder).resolve())
    wrong = [name for name in names if name not in STEPS]
    if wrong:
        print(f"lab: no step {', '.join(wrong)}; there are {', '.join(STEPS)}", file=sys.stderr)
        return 2
    for name in names or STEPS:
        print(f"\n== {name}: {STEPS[name].__doc__}", flush=True)
        try:
            STEPS[name](lab)
        except subprocess.CalledProcessError as error:
            print(f"lab: {name} failed (exit code {error.returncode})", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
