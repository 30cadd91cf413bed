"""Three bare Debian 13 machines with systemd on a network of their own, as containers; needs root."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

SUITE = "trixie"
WANTED = ("debootstrap", "systemd-nspawn", "slirp4netns", "nsenter", "ip")
# What every installation of Debian has, and a minimal debootstrap lacks.
INSTALLED = ("ca-certificates", "systemd-sysv", "dbus", "iproute2", "libnss-systemd", "adduser")
ADDRESSES = {"db1": "10.20.0.11", "db2": "10.20.0.12", "db3": "10.20.0.13"}
PATHS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
BOOT = 60.0


class CannotRunError(Exception):
    """The lane cannot be carried out on this machine; says why."""


def why_not() -> str:
    """What this machine lacks; nothing when the lane can run."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "the guide's lane needs root on Linux: it makes machines of its own"
    missing = [name for name in WANTED if shutil.which(name) is None]
    return f"these programs are missing: {', '.join(missing)}" if missing else ""


class Machines:
    """The machines, made anew, and a folder that all of them see; `cache` keeps the bare system for the next time."""

    def __init__(self, cache: Path, keep: bool) -> None:
        self._cache = cache
        self._keep = keep
        self._folder = Path(tempfile.mkdtemp(prefix="iduo-guide-"))
        self._shared = self._folder / "shared"
        self._shared.mkdir(mode=0o700)
        self._network = f"iduo-guide-{os.getpid()}"
        self._leaders: dict[str, int] = {}
        self._ending = ExitStack()

    def __enter__(self) -> "Machines":
        try:
            self._make_network()
            base = self._bare_system()
            for name in ADDRESSES:
                self._boot(name, base)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop what was started here, and nothing else."""
        self._ending.close()
        if self._keep:
            print(f"kept: {self._folder}")
        else:
            shutil.rmtree(self._folder, ignore_errors=True)

    def give(self, name: str, file: Path) -> None:
        """Put a file into root's home on a machine."""
        shutil.copy(file, self._folder / name / "root" / file.name)

    def leave(self, name: str, text: str) -> None:
        """Put a text into the folder that all of them see."""
        (self._shared / name).write_text(text, "utf-8")

    def read(self, name: str) -> str:
        """What one of them left in that folder."""
        return (self._shared / name).read_text("utf-8")

    def cut(self, name: str) -> None:
        """Pull a machine's cable."""
        _do("ip", "-n", self._network, "link", "set", name, "down")

    def mend(self, name: str) -> None:
        """Put it back."""
        _do("ip", "-n", self._network, "link", "set", name, "up")

    def run(self, name: str, script: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Carry a script out as root on one machine, as somebody who typed it; it ends at the first failure."""
        enter = ("nsenter", "-t", str(self._leaders[name]), "-a", "--")
        variables = {"HOME": "/root", "USER": "root", "PATH": PATHS, "LANG": "C.UTF-8", **_for_packages()}
        settings = [f"{key}={value}" for key, value in variables.items()]
        shell = ("/usr/bin/env", "-i", "-C", "/root", *settings, "/bin/bash", "-euo", "pipefail", "-c", script)
        try:
            return subprocess.run(
                [*enter, *shell],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = bytes(late.stdout or b"").decode("utf-8", "replace")  # whatever is asked for, it is bytes
            return subprocess.CompletedProcess(enter, 124, f"{said}\nnot done after {seconds:.0f} s")

    def _make_network(self) -> None:
        """A cable from each machine to one switch, apart from this machine's network, and a router for packages."""
        self._make_namespace(self._network)
        _do("ip", "-n", self._network, "link", "add", "switch", "type", "bridge")
        _do("ip", "-n", self._network, "link", "set", "switch", "up")
        for name, address in ADDRESSES.items():
            own = f"{self._network}-{name}"
            self._make_namespace(own)
            _do("ip", "-n", own, "link", "add", "lan", "type", "veth", "peer", "name", name, "netns", self._network)
            _do("ip", "-n", self._network, "link", "set", name, "master", "switch", "up")
            _do("ip", "-n", own, "addr", "add", f"{address}/24", "dev", "lan")
            _do("ip", "-n", own, "link", "set", "lan", "up")
            router = ("slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback", "--netns-type=path")
            self._start((*router, f"/run/netns/{own}", "tap0"), self._folder / f"{name}-router.log")

    def _make_namespace(self, name: str) -> None:
        _do("ip", "netns", "add", name)
        self._ending.callback(_do, "ip", "netns", "del", name)
        _do("ip", "-n", name, "link", "set", "lo", "up")

    def _bare_system(self) -> Path:
        packed = self._cache / f"{SUITE}.tar"
        if not packed.exists():
            self._cache.mkdir(parents=True, exist_ok=True)
            root = self._folder / "bare"
            print(f"Making a bare Debian {SUITE}, a minute or two the first time…", flush=True)
            with (self._cache / "debootstrap.log").open("w") as log:
                made = ("debootstrap", "--variant=minbase", f"--include={','.join(INSTALLED)}", SUITE, root, _mirror())
                if subprocess.run(made, stdout=log, stderr=log, check=False).returncode:
                    raise CannotRunError(f"debootstrap failed; see {log.name}")
            _do("tar", "-C", root, "-cf", packed.with_suffix(".part"), ".")
            packed.with_suffix(".part").rename(packed)
            shutil.rmtree(root)
        return packed

    def _boot(self, name: str, base: Path) -> None:
        root = self._folder / name
        root.mkdir()
        _do("tar", "-C", root, "-xf", base)
        _reach_the_registries(root)
        container = ("systemd-nspawn", "--register=no", "--keep-unit", "--console=pipe", "-b", f"--hostname={name}")
        folders = [f"--bind-ro={folder}" for folder in _local_packages()]
        place = (f"--network-namespace-path=/run/netns/{self._network}-{name}", "--resolv-conf=off", "--timezone=off")
        command: tuple[str | Path, ...] = (*container, f"--bind={self._shared}:/mnt/it", *folders, *place, "-D", root)
        running = self._start(command, self._folder / f"{name}.log", SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1")
        until = time.monotonic() + BOOT
        while time.monotonic() < until:
            children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text("ascii").split()
            if children:
                self._leaders[name] = int(children[0])
                asked = self.run(name, "systemctl is-system-running --wait", BOOT)
                if asked.stdout.strip() in ("running", "degraded"):
                    _do("nsenter", "-t", children[0], "-u", "hostname", name)
                    return
            time.sleep(0.5)
        raise CannotRunError(f"systemd does not start in a container here; see {root}.log (keep it with --keep)")

    def _start(self, command: Sequence[str | Path], log: Path, **variables: str) -> subprocess.Popen[bytes]:
        with log.open("wb") as file:
            started = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, env={**os.environ, **variables}
            )
        self._ending.callback(_end, started)
        return started


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask twice: a machine shuts down at the first, and is cut off at the second."""
    for _ in range(2):
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def _do(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRunError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


def _mirror() -> str:
    """Where this machine's own Debian comes from."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in files:
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            if line.startswith(("deb ", "URIs:")):
                found = [word.rstrip("/") for word in line.split() if "://" in word]
                if found and found[0].endswith("/debian"):
                    return found[0]
    raise CannotRunError("apt's sources name no mirror of Debian")


def _pip_files() -> list[Path]:
    homes = (Path("/etc/pip.conf"), Path.home() / ".config" / "pip" / "pip.conf", Path.home() / ".pip" / "pip.conf")
    return [path for path in homes if path.is_file()]


def _for_packages() -> Mapping[str, str]:
    """How this machine's package clients are set up, by variables."""
    return {"DEBIAN_FRONTEND": "noninteractive"} | {
        name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy")
    }


def _local_packages() -> list[Path]:
    """Folders of packages that pip's settings name."""
    said = " ".join([*(path.read_text("utf-8") for path in _pip_files()), *_for_packages().values()])
    words = [word.removeprefix("file://").removesuffix("/simple") for word in said.split()]
    return sorted({Path(word) for word in words if word.startswith("/") and Path(word).is_dir()})


def _reach_the_registries(root: Path) -> None:
    """Name server, authorities and settings of apt and pip, as this machine has them."""
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n", "ascii")  # as the installer writes it
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n", "ascii")  # slirp4netns' own
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", root / "etc/ssl/certs/ca-certificates.crt")
    for path in _pip_files():
        inside = root / ("root/.config/pip/pip.conf" if path.is_relative_to(Path.home()) else "etc/pip.conf")
        inside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, inside)
    for path in Path("/etc/apt/apt.conf.d").glob("*"):
        if "Acquire::" in path.read_text("utf-8", "replace"):
            shutil.copy(path, root / "etc/apt/apt.conf.d" / path.name)
