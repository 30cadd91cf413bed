"""A private server for the demo or one PC, run by iduo-admin in a process of its own, so that we load none of it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iduo_desktop.database.errors import UserError

FAILED = "No se pudo poner en marcha la base de esta PC: {}"


@dataclass(frozen=True, slots=True)
class Served:
    """Where the server answers; `people` are (role, login, password) of the demo."""

    host: str
    port: int
    dbname: str
    people: tuple[tuple[str, str, str], ...]


def served(said: Mapping[str, Any]) -> Served:
    """What `iduo-admin serve --json` answers."""
    people = tuple((one["role"], one["login"], one["password"]) for one in said["people"])
    return Served(said["host"], said["port"], said["dbname"], people)


class PrivateServer:
    """Runs from `start` to `close`; when this program dies, the end of the pipe stops it."""

    def __init__(self, directory: Path, fill: bool):
        """`fill`: put made-up data in, the first time."""
        self._directory = directory
        self._fill = fill
        self._process: subprocess.Popen[str] | None = None
        self.served: Served | None = None

    def start(self, report: Callable[[str], object]) -> Served:
        """Start it, or say where it is; `report` is told what takes long."""
        if self.served is None:
            report("poniendo en marcha la base…")
            said = self._serve()
            if self._fill:
                report("preparando la base de prueba; la primera vez lleva un minuto…")
                self._ask("demo")
            self.served = served(said)
        return self.served

    def close(self) -> None:
        """Stop it, and wait until everything is written."""
        if self._process is not None:
            self._process.communicate()  # closes its input, which is how it is told
            self._process = None

    def _serve(self) -> dict[str, Any]:
        self._process = subprocess.Popen(
            self._command("serve"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            creationflags=_NO_WINDOW,
        )
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        return _understood(line)

    def _ask(self, verb: str) -> dict[str, Any]:
        done = subprocess.run(
            self._command(verb),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
            creationflags=_NO_WINDOW,
        )
        return _understood(done.stdout)

    def _command(self, verb: str) -> list[str]:
        return [*_admin(), "--embedded", str(self._directory), verb, "--json"]


_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def _admin() -> list[str]:
    """iduo-admin as a module of this environment, or the program beside ours in the frozen bundle."""
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name("iduo-admin" + Path(sys.executable).suffix))]
    return [sys.executable, "-m", "iduo_desktop.admin"]


def _understood(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        raise UserError(FAILED.format("el servidor no contestó.")) from None
    if "error" in said:
        raise UserError(FAILED.format(said["error"]))
    return dict(said)
