"""The primary is killed under load: the program goes on by itself on the other, and nothing that was said is lost."""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import promotion
from iduo_desktop.admin.guard import Guard, Limits
from iduo_desktop.admin.outcome import Terminal
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.errors import LeftBehind
from iduo_desktop.database.servers import Servers
from iduo_desktop.services import staff as persons
from tests.database.desks import PASSWORD, Desk, hire, judge
from tests.database.pair import Standby, kill, pair, pid_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a cut of power is SIGKILL, which is POSIX's")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the servers' user can reach."""
    with tempfile.TemporaryDirectory(prefix="iduo-pair-") as made:
        yield Path(made)


def test_the_primary_is_killed_and_the_standby_takes_its_place(
    place: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    people, seconds, each = (8, 10.0, 1500) if request.config.getoption("--long") else (3, 1.0, 60)
    with ExitStack() as ending:
        primary, standby = ending.enter_context(pair(place))
        hosts = (("127.0.0.1", primary.port), ("127.0.0.1", standby.port))
        servers = Servers(place / "servers.json", "central")
        end = threading.Event()
        desks = [
            Desk(Conninfo(hosts, "iduo", f"ana{number}", PASSWORD, servers=servers), end) for number in range(people)
        ]
        with psycopg.connect(make_conninfo(primary.superuser_conninfo, dbname="iduo")) as connection:
            for number, desk in enumerate(desks):
                desk.mine = hire(connection, desk.conninfo.login, each, number * each)
        _guard_of_the_standby_waits(standby.conninfo)
        assert capsys.readouterr().out == "Este servidor es el secundario: espero su turno.\n"
        killed, promoted, highest = _kill_under_load(desks, end, primary, standby, seconds)
        with psycopg.connect(make_conninfo(standby.conninfo, dbname="iduo")) as connection:
            counted = judge(desks, connection)
        assert min(counted.values()) > 5
        waits = [min((at for at in desk.times if at > promoted), default=float("inf")) - promoted for desk in desks]
        assert max(waits) < 5, waits
        assert max(number for desk in desks for number in desk.said.values()) > highest + promotion.STEP
        _comes_back(place, desks[0].conninfo, standby)
    told = ", ".join(f"{count} {what}s" for what, count in counted.items())
    waited = (
        f"{1000 * min(waits):.0f} to {1000 * max(waits):.0f} ms after promotion ({promoted - killed:.2f} s to promote)"
    )
    request.config.get_terminal_writer().line(f"{told}: 0 lost, 0 twice; {people} desks wrote again {waited}")


def _kill_under_load(
    desks: list[Desk], end: threading.Event, primary: EmbeddedServer, standby: Standby, seconds: float
) -> tuple[float, float, int]:
    """As docs/it.md says: the old one is off for certain, the other is promoted, numbers go on further up."""
    workers = [threading.Thread(target=desk.work) for desk in desks]
    for worker in workers:
        worker.start()
    victim = psutil.Process(pid_of(primary))
    time.sleep(seconds)
    killed = time.monotonic()
    kill(victim.ppid())  # with its watchdog, which would start it again: the machine is off
    highest = max(number for desk in desks for (what, _), number in [*desk.said.items()] if what == "ticket")
    standby.promote()
    promoted = time.monotonic()
    with psycopg.connect(make_conninfo(standby.conninfo, dbname="iduo")) as connection:
        assert promotion.move_on(connection) > 20
    until = time.monotonic() + 10
    while time.monotonic() < until and not all(len([at for at in desk.times if at > promoted]) > 9 for desk in desks):
        time.sleep(0.05)
    end.set()
    for worker in workers:
        worker.join(20)
    return killed, promoted, highest


def _comes_back(place: Path, conninfo: Conninfo, standby: Standby) -> None:
    """The old primary, which takes what is written as if nothing had happened: nobody writes there."""
    with EmbeddedServer(place / "primary", fsync=False) as old:
        with psycopg.connect(old.superuser_conninfo, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            connection.execute("SELECT pg_reload_conf()")
        alone = Database(replace(conninfo, hosts=(("127.0.0.1", old.port),)))
        with pytest.raises(LeftBehind):
            persons.sessions(alone)
        alone.close()
        both = Database(replace(conninfo, hosts=(("127.0.0.1", old.port), ("127.0.0.1", standby.port))))
        persons.sessions(both)  # it stands first, and is passed by
        assert both.place is not None
        assert both.place.timeline == 2
        both.close()
        with psycopg.connect(make_conninfo(old.superuser_conninfo, dbname="iduo")) as connection:
            promotion.name_lineage(connection, "iduo")  # somebody at IT says that this is the one to go on with
        said = Database(replace(conninfo, hosts=(("127.0.0.1", old.port),)))
        persons.sessions(said)
        said.close()


def _guard_of_the_standby_waits(conninfo: str) -> None:
    """It is said once, however often it is tried."""
    guard = Guard(Terminal(as_json=False), Limits(15, 10, 600, 3600))
    guard.end.set()
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError) as refused:
            psycopg.connect(make_conninfo(conninfo, target_session_attrs="read-write"))
        guard._wait_for_the_server(refused.value)
