"""`iduo-desktop --smoke-test OUT.json`: the real window on a real database, every part opened, what is there told.

By default on a private server of its own; `--server FILE` names another (as `iduo-admin serve --json` answers, in a
file because it holds passwords). 0 when everything is as it should be. Nothing of the person's is touched.
"""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from iduo_desktop import __version__, app, config, console
from iduo_desktop.config import Profile
from iduo_desktop.database.connection import Database
from iduo_desktop.database.conninfo import Conninfo
from iduo_desktop.gate import Gate
from iduo_desktop.logs import LogFiles, describe
from iduo_desktop.private_server import PrivateServer, Served, served
from iduo_desktop.services import settings
from iduo_desktop.smoke.checks import check_all
from iduo_desktop.smoke.tour import Tour
from iduo_desktop.terms import Role
from iduo_desktop.ui.application import new_application
from iduo_desktop.ui.preferences import PreferencesFile

# what the offscreen platform and a machine without a desktop session say of themselves
EXPECTED = ("This plugin does not support", "QStandardPaths: XDG_RUNTIME_DIR not set")

DISCARD = 9  # a port at which nobody answers


class Smoke:
    """One test: where it works, and what it found."""

    def __init__(self, folder: Path, server: Path | None, expected: Sequence[str], *, whole: bool):
        self.folder = folder
        self.whole = whole
        self._expected = (*EXPECTED, *expected)
        self._server = server
        self._private: PrivateServer | None = None
        self.problems: list[str] = []
        self.people: tuple[tuple[str, str, str], ...] = ()

    def open(self) -> Gate:
        """The door of the server. Takes its time: not on the UI thread."""
        place = self._find() if self.whole else Served("127.0.0.1", DISCARD, "", ())
        self.people = place.people
        hosts = ((place.host, place.port),)
        return Gate(Profile("smoke-test", False, place.dbname, hosts, None, None, test=True), demo=False)

    def close(self) -> None:
        """Stop the private server, if it is one."""
        if self._private is not None:
            self._private.close()

    def hear(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        """Qt's warnings: unexpected ones are problems, told on the standard error too."""
        if kind is QtMsgType.QtDebugMsg or kind is QtMsgType.QtInfoMsg or text.startswith(self._expected):
            return
        self.problems.append(text)
        console.complain(text)

    def uncaught(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """A mistake of ours."""
        self.problems.append(describe(kind, error, trace))

    def _find(self) -> Served:
        if self._server is not None:
            return served(json.loads(self._server.read_text("utf-8")))
        self._private = PrivateServer(self.folder / "server", fill=False)
        return with_every_part(self._private.start(lambda _: None))


def with_every_part(place: Served) -> Served:
    """The server with messages and helpline switched on, by the one who may."""
    login, password = next((login, password) for role, login, password in place.people if role == Role.ADMIN.label)
    database = Database(Conninfo(((place.host, place.port),), place.dbname, login, password))
    try:
        for name in ("part_tickets", "part_helpline"):
            settings.save(database, name, "true")
    finally:
        database.close()
    return place


def main(arguments: Sequence[str]) -> int:
    """Run it, write OUT.json, and answer with the exit code."""
    console.lend()
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="iduo-smoke-", ignore_cleanup_errors=True) as folder:
        if sys.platform != "win32":
            Path(folder).chmod(0o755)  # the server's own user has to pass through
        report = _run(Smoke(Path(folder), options.server, options.expect, whole=not options.login_only))
    options.out.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0 if report["ok"] else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("iduo-desktop", description="Prueba que el programa esté entero.")
    parser.add_argument("--smoke-test", dest="out", type=Path, metavar="SALIDA.json", required=True)
    parser.add_argument("--server", type=Path, metavar="ARCHIVO", help="lo que contestó iduo-admin serve --json")
    parser.add_argument("--login-only", action="store_true", help="hasta que se ve el ingreso, y nada más")
    parser.add_argument("--expect", action="append", default=[], metavar="AVISO", help="un aviso de Qt que no es falla")
    return parser.parse_args(arguments)


def _run(smoke: Smoke) -> dict[str, Any]:
    qInstallMessageHandler(smoke.hear)
    application = new_application()
    logs = LogFiles(config.log_folder(), smoke.uncaught)
    preferences = PreferencesFile(str(smoke.folder / "window.ini"))
    program = app.Program(application, preferences, False, smoke.open)
    tour = Tour(program, smoke, whole=smoke.whole)
    program.ended.connect(application.exit)
    tour.start()
    app.run(application)
    smoke.close()
    logs.close()
    checks = [asdict(one) for one in check_all()] if smoke.whole else []
    wrong = [one["name"] for one in checks if not one["ok"]]
    return {
        "ok": not wrong and not smoke.problems and tour.complete,
        "wrong": wrong,
        "problems": smoke.problems,
        "version": __version__,
        "program": sys.executable,
        "frozen": bool(getattr(sys, "frozen", False)),
        "python": sys.version,
        "system": platform.platform(),
        "moments": tour.moments,
        "seen": tour.seen,
        "checks": checks,
    }
