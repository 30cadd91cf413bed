"""How long the frozen program takes until its login is on the screen, beside the same program run by Python.

`start_time.py FOLDER [ROUNDS]`, with the Python of the project's environment. Both in turns; the quickest counts, since
what other programs take of the machine is only added. Fails above MOST.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = 1.3
ROUNDS = 7


def main(arguments: Sequence[str]) -> int:
    """Say both times and their ratio."""
    folder, rounds = Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else ROUNDS
    suffix = ".exe" if os.name == "nt" else ""
    frozen, source = [str(folder / f"iduo-desktop{suffix}")], [sys.executable, "-m", "iduo_desktop"]
    with tempfile.TemporaryDirectory(prefix="iduo-start-") as home:
        times = [(started(frozen, Path(home)), started(source, Path(home))) for _ in range(rounds + 1)][1:]
    best_frozen, best_source = (min(column) for column in zip(*times, strict=True))
    ratio = best_frozen / best_source
    milliseconds = f"frozen {best_frozen * 1000:.0f} ms, Python {best_source * 1000:.0f} ms"
    print(f"start: {milliseconds}, ratio {ratio:.2f} (at most {MOST})")
    return int(ratio > MOST)


def started(command: Sequence[str], home: Path) -> float:
    """Seconds from the start of the process to the login on the screen."""
    out = home / "out.json"
    places = {} if os.name == "nt" else {f"XDG_{name}_HOME": str(home) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    screen = {} if os.name == "nt" or os.environ.get("DISPLAY") else {"QT_QPA_PLATFORM": "offscreen"}
    # compiled modules are kept, as an installed program has them; here for all rounds
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = {"PYTHONPYCACHEPREFIX": str(home / "compiled")}
    words = ["--smoke-test", str(out), "--login-only"]
    begun = time.time()  # the program's own clock is compared with it
    subprocess.run(
        [*command, *words], cwd=ROOT, env={**kept, **places, **screen, **compiled}, capture_output=True, check=False
    )
    seen: float = json.loads(out.read_text("utf-8"))["moments"]["login"]
    out.unlink()
    return seen - begun


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
