"""A sound that is heard across a room, with what the system has: nothing more has to be installed."""

import array
import math
import sys
import wave
from pathlib import Path

from platformdirs import user_cache_path
from PySide6.QtCore import QObject, QProcess, QStandardPaths
from PySide6.QtWidgets import QApplication

from iduo_desktop.ui.operations import Operations

if sys.platform == "win32":
    import winsound

PLAYERS = ("pw-play", "paplay", "aplay")
RATE, LOUD = 22_050, 20_000
TONES = ((880, 0.18), (0, 0.06), (660, 0.18), (0, 0.06), (880, 0.3))


class Sound(QObject):
    """Windows plays the file itself, Linux through its sound system's player; else the system's beep has to do."""

    def __init__(self, operations: Operations, parent: QObject | None = None, folder: Path | None = None):
        super().__init__(parent)
        self.path = ""
        where = folder or user_cache_path("iduo Desktop", "iduo")
        operations.run_local(self, write, where / "route.wav").then(self._take)

    def play(self) -> None:
        """Once; it does not wait for the end."""
        if not (self.path and _played(self.path)):
            QApplication.beep()

    def _take(self, path: str) -> None:
        self.path = path


def write(path: Path) -> str:
    """Write the sound; empty when this PC lets nothing be written. Not for the UI thread."""
    samples = array.array("h")
    for tone, seconds in TONES:
        count = round(RATE * seconds)
        for at in range(count):
            fades = min(1.0, at / 200, (count - at) / 200)
            samples.append(round(LOUD * fades * math.sin(2 * math.pi * tone * at / RATE)))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(samples.tobytes())
    except OSError:
        return ""
    return str(path)


def _played(path: str) -> bool:
    """Whether there was something to play it with."""
    if sys.platform == "win32":
        try:
            winsound.PlaySound(path, winsound.SND_FILENAME | winsound.SND_ASYNC)
        except RuntimeError:
            return False
        return True
    player = next((found for name in PLAYERS if (found := QStandardPaths.findExecutable(name))), "")
    return bool(player) and QProcess.startDetached(player, [path])[0]
