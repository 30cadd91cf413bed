"""The Windows that this runs on, for a runner that is thrown away: the same steps as in the lab, on the real thing."""

import os
import subprocess
import time
from pathlib import Path

import lab
import psutil

OURS = "iduo"
FOLDERS = (
    "Program Files/iduo",
    "ProgramData/iduo",
    "ProgramData/Microsoft/Windows/Start Menu/Programs",
)


class ThisWindows:
    """As lab.Lab, without Wine. Needs an administrator; looks only at what is called after us."""

    drive = Path("C:/")

    def run(self, *words: str | Path, seconds: int = 600) -> tuple[int, str]:
        """The exit code and what was printed."""
        done = subprocess.run([*map(str, words)], capture_output=True, timeout=seconds, check=False)
        return done.returncode, (done.stdout + done.stderr).decode("cp850", "replace").replace("\r", "")

    def open(self, address: str) -> None:
        """What a click on an address does."""
        subprocess.run(["rundll32", "url.dll,FileProtocolHandler", address], check=True)

    def registry(self) -> dict[str, str]:
        """The values of the machine's Software key that are ours."""
        out = Path(os.environ["TEMP"], "exported.reg")
        self.run("reg", "export", r"HKLM\Software", out, "/y")
        values = lab.values(out.read_text("utf-16"))
        out.unlink()
        return {key: value for key, value in values if OURS in f"{key} {value}".lower() or "DisplayVersion" in key}

    def files(self) -> set[str]:
        """What is in the folders where something of ours may be."""
        found = {path for name in FOLDERS for path in (self.drive / name, *(self.drive / name).rglob("*"))}
        people = (self.drive / "Users").glob("*/AppData/*/iduo/**/*")
        return {path.relative_to(self.drive).as_posix() for path in {*found, *people} if path.exists()}

    def processes(self, word: str, seconds: float = 0) -> list[int]:
        """The programs whose command line ends with that word's parts; waits so long for one."""
        name, _, rest = word.partition(" ")
        end = time.monotonic() + seconds
        while True:
            running = psutil.process_iter(["pid", "name", "cmdline"])
            found = [
                one.pid for one in running if one.info["name"] == name and (one.info["cmdline"] or [""])[-1] == rest
            ]
            if found or time.monotonic() >= end:
                return found
            time.sleep(0.5)

    def end(self, pids: list[int]) -> None:
        """End those."""
        processes = [psutil.Process(pid) for pid in pids]
        for process in processes:
            process.terminate()
        psutil.wait_procs(processes, timeout=30)
