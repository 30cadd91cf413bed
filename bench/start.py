"""From the start of the process to the first paint of the login window, beside a window with nothing in it."""

import importlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench import Result

ROUNDS = 25
PAINTED = """
import os
def painted(kind):
    class Painted(kind):
        def paintEvent(self, event):
            super().paintEvent(event)
            os.write(1, b"painted")
            os._exit(0)
    return Painted
"""
BARE = """
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = painted(QWidget)()
window.show()
application.exec()
"""
# What it loads after that (settings, driver, window) is not waited for, here as there.
LOGIN = """
from iduo_desktop import __main__, app
show_login = app.Program.show_login
def show_painted(program, **how):
    from iduo_desktop.ui import login_dialog
    login_dialog.LoginDialog = painted(login_dialog.LoginDialog)
    show_login(program, **how)
app.Program.show_login = show_painted
__main__.main([])
"""


class Spent(NamedTuple):
    """Milliseconds by the clock, and of the processors."""

    clock: float
    processors: float


def measure() -> Iterator[Result]:
    """Both are started in turns, each in a process of its own; what other programs take of the machine is only added.

    So the quickest of many is the figure.
    """
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        times: dict[str, list[Spent]] = {BARE: [], LOGIN: []}
        for turn in range(ROUNDS + 1):
            for script, spent in times.items():
                found = start(script, Path(folder))
                if turn:
                    spent.append(found)
    bare, login = (Spent(*map(min, zip(*spent, strict=True))) for spent in times.values())
    yield Result("login window", login.clock, bare.clock, "ms", login.clock / bare.clock, 1.3)
    ratio = login.processors / bare.processors
    yield Result("login window, time of the processors", login.processors, bare.processors, "ms", ratio, None)


def start(script: str, home: Path) -> Spent:
    """What it takes until a new process has painted; its settings and logs stay in `home`."""
    begun = Spent(time.perf_counter(), of_children())
    done = subprocess.run(
        [sys.executable, "-c", PAINTED + script],
        cwd=Path(__file__).parents[1],
        env=environment(home),
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"painted", done.stderr.decode()
    return Spent((time.perf_counter() - begun.clock) * 1000, (of_children() - begun.processors) * 1000)


def of_children() -> float:
    """Seconds of the processors that ended processes took; by the clock where the system does not say it."""
    if sys.platform == "win32":
        return time.perf_counter()
    resource = importlib.import_module("resource")  # Windows has none
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(used.ru_utime + used.ru_stime)


def environment(home: Path) -> dict[str, str]:
    """A person's own; and compiled modules are kept, as an installed program has them."""
    names = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
    places = {f"XDG_{name}": str(home) for name in names}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {"QT_QPA_PLATFORM": "offscreen", **kept, **places, "PYTHONPYCACHEPREFIX": str(home / "compiled")}
