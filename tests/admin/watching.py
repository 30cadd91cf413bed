"""A service that runs as a program of its own, for tests of what it does meanwhile."""

import json
import signal
import subprocess
import sys
import threading
import time
from typing import Any


class Watching:
    """A guard that runs, and the lines that it said so far."""

    noun = "guard"

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "iduo_desktop.admin", self.noun, "--json", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.lines: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def until(self, event: str, count: int = 1, seconds: float = 10.0) -> dict[str, Any]:
        """The last of so many lines of that kind."""
        end = time.monotonic() + seconds
        while len(found := [line for line in self.lines if line.get("event") == event]) < count:
            assert time.monotonic() < end, (event, self.lines, self.process.poll())
            time.sleep(0.01)
        return found[count - 1]

    def end(self) -> int:
        """Tell it to end; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(10)
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(json.loads(line))


class Sending(Watching):
    """A gateway that runs."""

    noun = "gateway"

    def kill(self) -> None:
        """As when the power fails."""
        self.process.kill()
        self.process.wait(10)
        self._reader.join()
        if self.process.stdout:
            self.process.stdout.close()
