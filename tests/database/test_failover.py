"""The primary is killed under load: the program goes on by itself on the other, and nothing that was said is lost."""

import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import staff
from iduo_desktop.admin.guard import Guard, Limits
from iduo_desktop.admin.outcome import Terminal
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import OperationError
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import NewTicket
from tests.database.pair import kill, pair, pid_of

PEOPLE = 3
PASSWORD = "una contraseña de prueba"
NEW = NewTicket(
    channel="phone",
    caller_kind="client",
    text="Sin internet desde ayer.",
    topic_id=1,
    surname="Pérez",
    email="ana@correo.example",
)


@dataclass
class Desk:
    """A person who takes one message after the other, and asks again when the program says so."""

    conninfo: Conninfo
    end: threading.Event
    said: dict[UUID, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Until told to end; the key stays the same while one message is not saved."""
        database, key = Database(self.conninfo, deadline=5.0), uuid4()
        while not self.end.is_set():
            try:
                made = tickets.create(database, NEW, key)
            except OperationError as error:
                self.troubles.append(type(error).__name__)
                self.end.wait(0.05)
                continue
            self.said[key] = made.number
            self.times.append(time.monotonic())
            key = uuid4()
        database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a cut of power is SIGKILL, and the server's user, POSIX's")
def test_the_primary_is_killed_and_the_standby_takes_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="iduo-pair-") as place, pair(Path(place)) as (primary, standby):
        hosts = (("127.0.0.1", primary.port), ("127.0.0.1", standby.port))
        with psycopg.connect(make_conninfo(primary.superuser_conninfo, dbname="iduo")) as connection:
            for number in range(PEOPLE):
                staff.enrol(connection, f"ana{number}", "Ana Prueba", "operator", PASSWORD)
        _guard_of_the_standby_waits(standby.conninfo)
        assert capsys.readouterr().out == "Este servidor es el secundario: espero su turno.\n"
        end = threading.Event()
        desks = [Desk(Conninfo(hosts, "iduo", f"ana{number}", PASSWORD), end) for number in range(PEOPLE)]
        workers = [threading.Thread(target=desk.work) for desk in desks]
        for worker in workers:
            worker.start()
        victim = pid_of(primary)
        time.sleep(1)
        kill(victim)
        standby.promote()
        promoted = time.monotonic()
        while time.monotonic() < promoted + 10 and not all(desk.times and desk.times[-1] > promoted for desk in desks):
            time.sleep(0.05)
        end.set()
        for worker in workers:
            worker.join(20)
        waits = [min((at for at in desk.times if at > promoted), default=float("inf")) - promoted for desk in desks]
        _nothing_lost(desks, make_conninfo(standby.conninfo, dbname="iduo"))
    assert max(waits) < 5, waits


def _guard_of_the_standby_waits(conninfo: str) -> None:
    """It is said once, however often it is tried."""
    guard = Guard(Terminal(as_json=False), Limits(15, 10, 600, 3600))
    guard.end.set()
    for _ in range(2):
        with pytest.raises(psycopg.OperationalError) as refused:
            psycopg.connect(make_conninfo(conninfo, target_session_attrs="read-write"))
        guard._wait_for_the_server(refused.value)


def _nothing_lost(desks: list[Desk], conninfo: str) -> None:
    said = {key: number for desk in desks for key, number in desk.said.items()}
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("SELECT key, number FROM iduo.ticket").fetchall()
    kept: dict[UUID, int] = {row[0]: row[1] for row in rows}
    assert len(said) > 20
    assert {key: number for key, number in said.items() if kept.get(key) != number} == {}
    assert len(set(said.values())) == len(said)
    assert len(set(kept.values())) == len(kept)
    # what was under way when it happened is there once at most, and asked for again with its key
    assert len(kept) - len(said) <= len(desks)
