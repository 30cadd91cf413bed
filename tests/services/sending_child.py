"""A workstation that is killed while it sends: its folder and the fatal step as arguments, its login on stdin."""

import json
import os
import sys
from pathlib import Path
from uuid import UUID

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.services import sending
from iduo_desktop.workbooks import places

KILL = 9  # without a name on Windows, where it does the same


def main() -> None:
    """Send the day's messages, and die at the named step; "put" is after the states moved, before the rename."""
    folder, fatal = Path(sys.argv[1]), sys.argv[2]
    said = json.load(sys.stdin)
    key = UUID(said.pop("key"))
    database = Database(Conninfo(((said["host"], said["port"]),), said["dbname"], said["login"], said["password"]))

    def step(name: str, _done: int, _of: int) -> None:
        if name == fatal:
            os.kill(os.getpid(), KILL)

    def put(path: Path) -> None:
        # the last moment that can be cut
        os.kill(os.getpid(), KILL)

    if fatal == "put":
        places.put = put
    sending.send_day(database, folder, None, None, True, (), key, step)


if __name__ == "__main__":
    main()
