"""Install, upgrade, refuse, open, remove in the Windows lab: `lab_steps.py LAB FROZEN ICON`.

LAB is a folder made by the lab's own tool, FROZEN the folder that was frozen there. Everything happens in a copy. What
Wine cannot show (rights, UAC, TLS) is not tried there. With `here` for LAB it happens on this Windows: on a runner that
is thrown away afterwards.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import lab as windows_lab
import make_msi
import make_setup
import this_windows

Place = windows_lab.Lab | this_windows.ThisWindows
OF_A_PERSON = re.compile(r"users/[^/]+/AppData/(Local|Roaming)/iduo(/|$)")  # settings, logs: for the next time
UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run\iduo Desktop"
PROGRAM = r"C:\Program Files\iduo\Desktop\iduo-desktop.exe"
MACHINE_FILE = "ProgramData/iduo/Desktop/config.toml"
ADDRESS = "iduo:call?caller=3416124410&id=1763800000.42"
REFUSED = 1603 & 255  # Wine's programs end with eight bits
FAILED = (REFUSED, 1627 & 255)  # Wine's word for an action that failed is the second
SETTLED = 15  # a program that refuses its arguments has long ended by then
HERE_ITSELF = "here"
OLD, NEW = "0.1.0", "0.1.1"


@dataclass(frozen=True, slots=True)
class Packages:
    """Both installers of one version."""

    msi: Path
    setup: Path


class Steps:
    """Everything that is done to a PC in its life, each step with what has to be so afterwards."""

    def __init__(
        self,
        lab: windows_lab.Lab | this_windows.ThisWindows,
        old: Packages,
        new: Packages,
        pictures: Path | None = None,
    ) -> None:
        """Begin with a Windows in which nothing of ours is."""
        self.lab, self.old, self.new, self.pictures = lab, old, new, pictures
        self.files, self.registry = lab.files(), lab.registry()
        self.machine_file = lab.drive / MACHINE_FILE

    def all(self) -> list[Callable[[], str]]:
        """In their order."""
        return [
            self.hostile_values_install_nothing,
            self.without_words_there_is_no_machine_file,
            self.installed_silently,
            self.opened_by_an_address,
            self.upgraded_by_the_setup,
            self.downgrade_refused,
            self.removed,
        ]

    def hostile_values_install_nothing(self) -> str:
        """A value that would be more than a value fails the installation and leaves nothing."""
        value = 'DBHOST=db1"" --replace ""'
        code, _ = self.lab.run("msiexec", "/i", self.old.msi, "/qn", "/norestart", value)
        _need(code & 255 in FAILED, f"exit code {code}")
        _need(not self.machine_file.exists(), "it wrote the machine's file")
        return f"refused, left: {self._left() or 'nothing'}"

    def without_words_there_is_no_machine_file(self) -> str:
        """Installed for a PC that gets its configuration by policy; removed without a trace."""
        self._msiexec("/i", self.old.msi)
        registry = self.lab.registry()
        _need(not self.machine_file.exists(), "it wrote a file")
        _need(RUN not in registry, "it starts by itself")
        self._msiexec("/x", self.old.msi)
        left = self._left()
        _need(not left, f"left: {left}")
        return "installed and removed, nothing left"

    def installed_silently(self) -> str:
        """With what IT says: the machine's file, the programs, one entry, the address, the telephone offered."""
        self._msiexec("/i", self.old.msi, "DBHOST=127.0.0.1,db2.example.org:5433", "DBPORT=6432", "AUTOSTART=1")
        said = self.machine_file.read_text("utf-8")
        _need('hosts = ["127.0.0.1:6432", "db2.example.org:5433"]' in said, said)
        registry = self.lab.registry()
        _need(registry.get(RUN) == f'"{PROGRAM}" --minimized', "Run is not said")
        _need(registry.get(r"Software\Classes\iduo\shell\open\command\@") == f'"{PROGRAM}" "%1"', "iduo: opens nothing")
        _need(registry.get(r"Software\RegisteredApplications\iduo Desktop") is not None, "tel: is not offered")
        _need(self._versions() == [OLD], f"entries: {self._versions()}")
        _need(any(name.endswith("Programs/iduo Desktop.lnk") for name in self.lab.files()), "not in the Start menu")
        return f"installed {OLD}; {len(list(self._programs().rglob('*')))} files and folders"

    def opened_by_an_address(self) -> str:
        """Windows finds the program by the registry and hands the whole address over."""
        self.lab.open(ADDRESS)
        _need(bool(self.lab.processes(f"iduo-desktop.exe {ADDRESS}", 60)), "no program has that address")
        time.sleep(SETTLED)
        found = self.lab.processes(f"iduo-desktop.exe {ADDRESS}")
        if self.pictures:
            subprocess.run(["import", "-window", "root", self.pictures / "opened.png"], check=False)
        self.lab.end(found)
        _need(bool(found), "it ended by itself")
        return "opened with the address"

    def upgraded_by_the_setup(self) -> str:
        """Without a word about autostart, and with another server: both stay as they were; still one entry."""
        before = self.machine_file.read_bytes()
        code, said = self.lab.run(self.new.setup, "/S", "DBHOST=another.example.org")
        _need(code == 0, f"exit code {code}: {said}")
        _need(self.machine_file.read_bytes() == before, "the machine's file is another one")
        _need(RUN in self.lab.registry(), "it does not start by itself any more")
        _need(self._versions() == [NEW], f"entries: {self._versions()}")
        return f"upgraded to {NEW}; machine file and autostart stayed"

    def downgrade_refused(self) -> str:
        """By the MSI and by the setup, which passes its code on."""
        codes = [self.lab.run("msiexec", "/i", self.old.msi, "/qn", "/norestart")[0]]
        codes.append(self.lab.run(self.old.setup, "/S")[0])
        _need([code & 255 for code in codes] == [REFUSED, REFUSED], f"exit codes {codes}")
        _need(self._versions() == [NEW], f"entries: {self._versions()}")
        return "refused by both"

    def removed(self) -> str:
        """What stays is the machine's file and its folders."""
        self._msiexec("/x", self.new.msi)
        parts = MACHINE_FILE.split("/")
        kept = {"/".join(parts[:count]) for count in range(2, len(parts) + 1)}
        left = self._left()
        of_people = [name for name in left if OF_A_PERSON.match(name)]
        _need(set(left) - set(of_people) == kept, f"left: {left}")
        return f"left: {', '.join(left)}"

    def _msiexec(self, verb: str, msi: Path, *words: str) -> None:
        log = r"C:\msi.log"
        code, said = self.lab.run("msiexec", verb, msi, "/qn", "/norestart", "/l*v", log, *words)
        (self.lab.drive / "msi.log").unlink(missing_ok=True)
        _need(code == 0, f"msiexec {verb}: exit code {code}: {said}")

    def _versions(self) -> list[str]:
        found = {key: value for key, value in self.lab.registry().items() if key.startswith(UNINSTALL)}
        ours = [key.rpartition("\\")[0] for key, value in found.items() if value == "iduo Desktop"]
        return [found[f"{key}\\DisplayVersion"] for key in ours]

    def _programs(self) -> Path:
        return self.lab.drive / "Program Files" / "iduo" / "Desktop"

    def _left(self) -> list[str]:
        """Files and values that were not there at first."""
        return [*sorted(self.lab.files() - self.files), *sorted(self.lab.registry().keys() - self.registry.keys())]


class FailedStepError(Exception):
    """What was not so."""


def _need(true: bool, otherwise: str) -> None:
    if not true:
        raise FailedStepError(otherwise)


def made(frozen: Path, icon: Path, folder: Path, version: str) -> Packages:
    """The installers of that version, of the same frozen folder."""
    packages = Packages(folder / f"iduo-desktop-{version}-x64.msi", folder / f"iduo-desktop-{version}-x64-setup.exe")
    make_msi.make(frozen, packages.msi, icon, version)
    make_setup.make(packages.msi, packages.setup, icon, version)
    return packages


def run(lab: Path, frozen: Path, icon: Path, pictures: Path | None = None) -> bool:
    """All steps; True if each one came out as it has to."""
    with tempfile.TemporaryDirectory(prefix="iduo-lab-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        old, new = (made(frozen, icon, folder, version) for version in (OLD, NEW))
        here = str(lab) == HERE_ITSELF
        place = this_windows.ThisWindows() if here else windows_lab.copied(lab, folder / "prefix")
        steps = Steps(place, old, new, pictures)
        for step in steps.all():
            try:
                print(f"ok      {step.__name__}: {step()}", flush=True)
            except FailedStepError as error:
                print(f"FAILED  {step.__name__}: {error}", flush=True)
                return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Run the steps on a virtual screen."""
    parser = argparse.ArgumentParser("lab_steps.py", description=__doc__)
    parser.add_argument("lab", type=Path)
    parser.add_argument("frozen", type=Path)
    parser.add_argument("icon", type=Path)
    parser.add_argument("--pictures", type=Path, help="where a picture of the opened program goes")
    options = parser.parse_args(arguments)
    wine = () if str(options.lab) == HERE_ITSELF else ("wine", "xvfb-run")
    missing = [name for name in (*wine, "wixl", "msibuild", "makensis") if shutil.which(name) is None]
    if missing:
        sys.exit(f"lab_steps: NOT RUN, missing: {', '.join(missing)} (Debian: wine xvfb wixl msitools nsis)")
    if wine and "DISPLAY" not in os.environ:
        return subprocess.run(["xvfb-run", "-a", sys.executable, __file__, *arguments], check=False).returncode
    return 0 if run(options.lab, options.frozen, options.icon, options.pictures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
