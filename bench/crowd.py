"""Some workstations in a process of their own: told what to do on stdin, answers on stdout, a line of JSON each."""

import json
import sys
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.desk import Desk, Slate
from iduo_desktop.database.connection import Conninfo, Database

STACK = 256 * 1024
AT_ONCE = 4


def main() -> None:
    """The first line says where and who; then `pace SECONDS`, `mark` and `report`, until the end of the lines."""
    threading.stack_size(STACK)
    where = json.loads(sys.stdin.readline())
    slate = Slate(pace=where["pace"])
    desks = [_desk(where, login, password, number, slate) for number, login, password in where["people"]]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Desk.open, desks))
    threads = [threading.Thread(target=does) for desk in desks for does in (desk.work, desk.listen)]
    for thread in threads:
        thread.start()
    _say({"ready": len(desks)} | _report(slate))
    for line in sys.stdin:
        word, *values = line.split()
        if word == "pace":
            slate.pace = float(values[0])
        elif word == "mark":
            _report(slate)
        elif word == "report":
            _say(_report(slate))
    for desk in desks:
        desk.close()
    for thread in threads:
        thread.join()


def _desk(where: dict[str, Any], login: str, password: str, number: int, slate: Slate) -> Desk:
    conninfo = Conninfo((tuple(where["host"]),), where["dbname"], login, password)
    return Desk(number, Database(conninfo, 60.0), Database(conninfo, 60.0), slate)


def _report(slate: Slate) -> dict[str, object]:
    """What was seen since the last report."""
    spent, slate.spent = slate.spent, defaultdict(list)
    trouble, slate.trouble = slate.trouble, Counter()
    return {"spent": dict(spent), "trouble": dict(trouble), "cpu": time.process_time()}


def _say(values: dict[str, object]) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
