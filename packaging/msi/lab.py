"""A copy of a Windows (a Wine prefix) to install into: runs programs, and says what they left in files and registry."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

NOISE = ("wine32", "multiarch", 'execute "dpkg', "apt-get install wine32")
# what Windows itself writes while programs run, and what belongs to the lab
OF_WINDOWS = re.compile(
    r"^windows/(Installer$|temp|Temp|inf|logs|winsxs)|^users/[^/]+/(AppData/Local/)?Temp(/|$)|^Python311", re.IGNORECASE
)
OF_THE_INSTALLER = re.compile(r"\\(CurrentVersion\\Installer|Wine)\b|\\Installer\\UserData$")


class Lab:
    """Programs of Windows in a prefix of its own, on the virtual screen of this process."""

    def __init__(self, prefix: Path) -> None:
        """Use that prefix: a copy of the lab's, because everything in it is for trying."""
        self.prefix = prefix
        self.drive = prefix / "drive_c"
        wine = {"WINEPREFIX": str(prefix), "WINEARCH": "win64", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscms=n"}
        self.environment = {**os.environ, **wine}

    def run(self, *words: str | Path, seconds: int = 300) -> tuple[int, str]:
        """The exit code (of Windows' 32 bits Wine passes the lowest eight) and what was printed."""
        command = ["wine", *map(windows, words)]
        done = subprocess.run(
            command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False
        )
        said = (done.stdout + done.stderr).decode("cp850", "replace").replace("\r", "")
        return done.returncode, "\n".join(line for line in said.split("\n") if not any(word in line for word in NOISE))

    def open(self, address: str) -> None:
        """What a click on an address does; what opens goes on running."""
        nothing = subprocess.DEVNULL  # a pipe would be inherited, and end only with the program
        command = ["wine", "start", address]
        subprocess.run(command, env=self.environment, stdin=nothing, stdout=nothing, stderr=nothing, check=True)

    def registry(self) -> dict[str, str]:
        """Every value of the machine's Software key, by its key and name."""
        out = self.drive / "exported.reg"
        self.run("reg", "export", r"HKLM\Software", r"C:\exported.reg", "/y")
        text = out.read_text("utf-16")
        out.unlink()
        return dict(values(text))

    def files(self) -> set[str]:
        """Every file and folder but Windows' own scratch."""
        found = (path.relative_to(self.drive).as_posix() for path in self.drive.rglob("*"))
        return {name for name in found if not OF_WINDOWS.match(name)}

    def processes(self, word: str, seconds: float = 0) -> list[int]:
        """The programs of this prefix whose command line ends with that word; waits so long for one."""
        end = time.monotonic() + seconds
        while True:
            found = [pid for pid, line in self._lines() if line.rstrip().endswith(word)]
            if found or time.monotonic() >= end:
                return found
            time.sleep(0.5)

    def end(self, pids: list[int]) -> None:
        """End those, and wait until the prefix is at rest."""
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        subprocess.run(["wineserver", "-w"], env=self.environment, timeout=120, check=False)

    def _lines(self) -> Iterator[tuple[int, str]]:
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and int(folder.name) != os.getpid():
                try:
                    ours = f"WINEPREFIX={self.prefix}".encode() in (folder / "environ").read_bytes().split(b"\0")
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:  # it has ended meanwhile
                    continue
                if ours:
                    yield int(folder.name), line


def copied(lab: Path, to: Path) -> Lab:
    """The lab's Windows without its Python: what is installed has to bring all it needs."""
    shutil.copytree(lab / "prefix", to, symlinks=True, ignore=shutil.ignore_patterns("Python311"))
    return Lab(to)


def windows(word: str | Path) -> str:
    """A path of this machine as the lab's programs see it."""
    return f"Z:{str(word.resolve()).replace('/', chr(92))}" if isinstance(word, Path) else word


def values(text: str) -> Iterator[tuple[str, str]]:
    """Every value of an exported registry, by its key and name."""
    key = ""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.startswith("["):
            key = line.strip("[]").removeprefix("HKEY_LOCAL_MACHINE\\")
        elif line and key and not OF_THE_INSTALLER.search(key):
            name, _, value = line.partition("=")
            yield (
                f"{key}\\{name.strip(chr(34))}",
                value.removeprefix('"').removesuffix('"').replace('\\"', '"').replace("\\\\", "\\"),
            )
