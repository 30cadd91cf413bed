"""From the start of the process to the first paint of the login window, beside a window with nothing in it."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import Result

ROUNDS = 15
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
from iduo_desktop import app
app.LoginDialog = painted(app.LoginDialog)
app.main([])
"""


def measure() -> Iterator[Result]:
    """Both are started in turns, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="iduo-bench-") as folder:
        times: dict[str, list[float]] = {BARE: [], LOGIN: []}
        for turn in range(ROUNDS + 1):
            for script, spent in times.items():
                found = start(script, Path(folder))
                if turn:
                    spent.append(found)
    bare, login = (statistics.median(spent) for spent in times.values())
    yield Result("login window", login, bare, "ms", login / bare, 1.3)


def start(script: str, home: Path) -> float:
    """Milliseconds until a new process has painted; its settings and logs stay in `home`."""
    names = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
    places = {f"XDG_{name}": str(home) for name in names}
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **places}
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PAINTED + script],
        cwd=Path(__file__).parents[1],
        env=environment,
        capture_output=True,
        check=True,
    )
    spent = (time.perf_counter() - begun) * 1000
    assert done.stdout == b"painted", done.stderr.decode()
    return spent
