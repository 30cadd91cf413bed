"""Owns a private server: starts it, and stops it when no program uses it any more, killed ones included."""

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iduo_desktop.database.locks import FileLock

# Seconds that the server has to write everything before it is stopped the hard way (it recovers at the next start).
_GRACE = 60
# Between a server that was killed and the next one, whose predecessor's sessions have to notice; and how often.
_PAUSE = 0.5
_TRIES = 100


def main(arguments: Sequence[str]) -> int:
    """LOCK LOG USER:GROUP|- PROGRAMS DATA: run the server until nobody holds LOCK."""
    lock, log, owner, programs, data = arguments
    return _serve(Path(lock), Path(log), owner, Path(programs), data)


if sys.platform == "win32":

    def _serve(lock: Path, log: Path, _owner: str, programs: Path, data: str) -> int:
        """pg_ctl gives up administrators' rights, with which the server would refuse to run."""
        pg_ctl = programs / "pg_ctl"
        started = subprocess.run([pg_ctl, "start", "-w", "-D", data, "-l", log], check=False, **as_owner("-"))
        if started.returncode == 0:
            # Kept until this process ends: whoever comes meanwhile waits, then starts a server of his own.
            FileLock(lock).take()
            subprocess.run([pg_ctl, "stop", "-D", data, "-m", "fast", "-t", str(_GRACE)], check=False, **as_owner("-"))
        return started.returncode

    def as_owner(_owner: str) -> dict[str, Any]:
        """What subprocess needs here so that no console window opens."""
        return {"creationflags": subprocess.CREATE_NO_WINDOW, "stdin": subprocess.DEVNULL}

    def on_its_own() -> dict[str, Any]:
        """What keeps a Ctrl+C in our console away from a child."""
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}

else:

    def _serve(lock: Path, log: Path, owner: str, programs: Path, data: str) -> int:
        """Until nobody uses it; one that was killed meanwhile is started again, and recovers."""
        ending = threading.Event()
        running: list[subprocess.Popen[bytes]] = []
        signal.signal(signal.SIGTERM, lambda *_: _stop(ending, running))
        threading.Thread(target=_stop_when_alone, args=(lock, ending, running), daemon=True).start()
        with log.open("ab") as output:
            while True:
                running.append(
                    subprocess.Popen(
                        [programs / "postgres", "-D", data], stdout=output, stderr=output, **as_owner(owner)
                    )
                )
                if ending.is_set():  # said while there was none
                    _stop(ending, running)
                code = running[-1].wait()
                if ending.is_set() or (code >= 0 and len(running) == 1):
                    return code
                if ending.wait(_PAUSE) or len(running) > _TRIES:
                    return code

    def _stop_when_alone(lock: Path, ending: threading.Event, running: "list[subprocess.Popen[bytes]]") -> None:
        # Kept until this process ends: whoever comes meanwhile waits, then starts a server of his own.
        FileLock(lock).take()
        _stop(ending, running)

    def _stop(ending: threading.Event, running: "list[subprocess.Popen[bytes]]") -> None:
        """Sessions are ended, everything is written, the server stops."""
        ending.set()
        for server in running[-1:]:
            server.send_signal(signal.SIGINT)
            hard = threading.Timer(_GRACE, server.send_signal, (signal.SIGQUIT,))
            hard.daemon = True
            hard.start()

    def as_owner(owner: str) -> dict[str, Any]:
        """What makes subprocess run something as USER:GROUP; «-» is whoever we are."""
        if owner == "-":
            return {"stdin": subprocess.DEVNULL}
        user, group = map(int, owner.split(":"))
        return {"stdin": subprocess.DEVNULL, "user": user, "group": group, "extra_groups": []}

    def on_its_own() -> dict[str, Any]:
        """What keeps a Ctrl+C in our terminal away from a child."""
        return {"start_new_session": True}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
