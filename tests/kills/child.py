"""The program as it is started on a PC, with somebody before it: python -m tests.kills.child GIVEN."""

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import keyring
from PySide6.QtWidgets import QApplication

from iduo_desktop import app, config, opening
from iduo_desktop.app import Program
from iduo_desktop.config import Profile
from iduo_desktop.gate import Gate
from tests.kills.keyring_file import FileKeyring
from tests.kills.told import Given, given
from tests.kills.typist import Typist

SLOW_DISK = 0.02


class Rest(opening.Rest):
    """The server is the test's, without a certificate; everything else is as on a PC."""

    wanted: Given

    def open(self) -> Gate:
        """Log and folders are the real ones."""
        self._open_log(config.log_folder())
        here = self.wanted
        hosts = ((here.host, here.port),)
        return Gate(Profile("prueba", False, here.dbname, hosts, None, None, test=True), demo=False)


def run(application: QApplication) -> int:
    """The one loop, with somebody at the keyboard."""
    program = next(one for one in application.children() if isinstance(one, Program))
    Typist(program, Rest.wanted)
    return application.exec()  # the one loop of this process, in the place of app.run


def main() -> int:
    """Until it is killed."""
    Rest.wanted = given()
    # what a crash would leave is to be the program's own doing
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    keyring.set_keyring(FileKeyring(Path(Rest.wanted.keyring)))
    opening.Rest = Rest  # type: ignore[misc]  # mypy lets no class stand for another, whatever it is made of
    app.run = run
    whole = os.fsync

    def fsync(fd: Any) -> None:
        time.sleep(SLOW_DISK)
        whole(fd)

    os.fsync = fsync
    return app.main([])


if __name__ == "__main__":
    sys.exit(main())
