"""The server of one PC killed while people work: it comes back by itself, and nothing that was said is lost."""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import upgrade
from iduo_desktop.database.connection import Conninfo
from iduo_desktop.database.embedded import EmbeddedServer
from tests.database.desks import PASSWORD, Desk, hire, judge
from tests.database.pair import kill, pid_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there pg_ctl starts it, and nobody waits for its end")
PEOPLE = 2


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A private server that waits for its disk, as in the shipped program."""
    with tempfile.TemporaryDirectory(prefix="iduo-killed-") as place:
        Path(place).chmod(0o755)
        with EmbeddedServer(Path(place) / "server", settings={"scram_iterations": "1"}) as running:
            upgrade.create(running.superuser_conninfo, "iduo")
            yield running


def test_a_killed_server_comes_back_and_nothing_is_lost(server: EmbeddedServer, request: pytest.FixtureRequest) -> None:
    kills = 30 if request.config.getoption("--long") else 2
    end = threading.Event()
    hosts = ((server.host, server.port),)
    desks = [Desk(Conninfo(hosts, "iduo", f"ana{number}", PASSWORD), end) for number in range(PEOPLE)]
    with psycopg.connect(make_conninfo(server.superuser_conninfo, dbname="iduo")) as connection:
        for number, desk in enumerate(desks):
            desk.mine = hire(connection, desk.conninfo.login, 200, number * 200)
    workers = [threading.Thread(target=desk.work) for desk in desks]
    for worker in workers:
        worker.start()
    for number in range(kills):
        victim = pid_of(server)
        if number % 2:
            kill(victim)  # all of its processes, as when memory is short
        else:
            psutil.Process(victim).kill()
        at = time.monotonic()
        while not all(len([one for one in desk.times if one > at]) > 4 for desk in desks):
            assert time.monotonic() < at + 120, [desk.troubles[-3:] for desk in desks]
            time.sleep(0.05)
    end.set()
    for worker in workers:
        worker.join(60)
    with psycopg.connect(make_conninfo(server.superuser_conninfo, dbname="iduo")) as connection:
        counted = judge(desks, connection)
    request.config.get_terminal_writer().line(f"{kills} kills of the server: {counted}, 0 lost, 0 twice")
