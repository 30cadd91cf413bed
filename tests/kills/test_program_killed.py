"""The program killed at any moment while somebody types and saves: what was typed is back, and nowhere to be read."""

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import form_builder, tickets
from iduo_desktop.services.tickets import NewTicket
from tests.kills import traces
from tests.kills.program import Record, Running
from tests.kills.told import Given
from tests.people import PASSWORD, People
from tests.services.world import World

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL and the limits of a process are POSIX's")
Start = Callable[[int], Running]
QUESTION = {"key": "q1", "label": "¿Qué dijo?", "kind": "long_text"}
NEW = NewTicket(
    channel="phone", caller_kind="client", text="Sin línea.", topic_id=1, surname="Pérez", email="a@b.example"
)
NAMES = {
    "attention": "subject",
    "close": "description",
    "create": "subject",
    "new_contact": "surname",
    "contact": "note",
}
SAVED = """SELECT count(*) FROM (SELECT text FROM iduo.ticket_event UNION ALL SELECT note FROM iduo.attempt) said (text)
    WHERE text = %s"""


@pytest.fixture
def given(people: People, superuser: psycopg.Connection, admin: Database, tmp_path: Path) -> Given:
    """Somebody who may do everything, and what she works on."""
    world = World(superuser)
    for part in ("tickets", "helpline"):
        world.set_setting(f"part_{part}", True)
    login = people.add("ana", "operator", "coordinator", "answerer")
    company = world.company(service_status="active", surname="Gómez")
    cases = (world.case("active", company, assigned_to=login), *world.cases(8, assigned_to=login))
    form = form_builder.create(admin, "survey", "Satisfacción", uuid4())
    draft = form_builder.definition(admin, form.form_id)
    saved = form_builder.save_draft(admin, form.form_id, draft.version, json.dumps({"fields": [QUESTION]}))
    form_builder.publish(admin, form.form_id, saved.version)
    ticket = tickets.create(people.become("ana"), NEW, uuid4()).ticket_id
    conninfo = people.conninfo("ana")
    ((host, port),) = conninfo.hosts
    ring = str(tmp_path / "keyring.json")
    return Given(host, port, conninfo.dbname, login, PASSWORD, ring, cases, ticket, form.form_id, 0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """All that the program can write to."""
    return tmp_path / "home"


@pytest.fixture
def start(home: Path, given: Given) -> Iterator[Start]:
    """`start(seed)`: the program, with somebody before it; none is left running."""
    started: list[Running] = []

    def one(seed: int) -> Running:
        started.append(Running(home, replace(given, seed=seed)))
        return started[-1]

    yield one
    for running in started:
        running.close()


def lives(home: Path, start: Start, kills: int, dice: random.Random) -> Iterator[tuple[Running, float]]:
    """One start after the other, and when it was killed; the last one is asked what it found."""
    for number in range(kills):
        running = start(dice.randrange(10**9))
        moment = dice.random()
        if number and moment < 0.15:  # in the middle of starting
            time.sleep(dice.uniform(0.2, 1.5))
        elif number and moment < 0.3:  # while it takes up what was left
            running.wait("in")
            time.sleep(dice.uniform(0, 0.4))
        elif moment < 0.5:  # while a draft is written
            running.wait("typed")
            time.sleep(dice.uniform(0, 2))
            _wait_for_a_write(home)
        else:
            running.wait("typed")
            time.sleep(dice.uniform(0.3, 4))
        yield running, running.kill(crash=number % 10 == 9)


@pytest.mark.timeout(7200)
def test_what_was_typed_comes_back(
    home: Path, start: Start, superuser: psycopg.Connection, server: EmbeddedServer, request: pytest.FixtureRequest
) -> None:
    kills = 100 if request.config.getoption("--long") else 2
    record, dice, began = Record(), random.Random(kills), time.monotonic()
    for running, at in lives(home, start, kills, dice):
        record.take(running.said, _Names())
        record.die(at)
    last = start(0)
    last.wait("found")
    record.take(last.said, _Names())
    last.kill()
    _saved_once(record, superuser)
    _unreadable(home, server, record)
    figures = f"{kills} kills, {record.typed} keys, {record.back} drafts back, {record.shown} opened again, "
    figures += f"{len(record.saved)} saved, {len(record.sent) - len(record.saved)} killed or refused while saving"
    figures += f", offer hidden by {sorted(set(record.unoffered))}" if record.unoffered else ""
    request.config.get_terminal_writer().line(f"{figures}, {time.monotonic() - began:.0f} s")


class _Names(dict[str, str]):
    """Most forms have a `text`."""

    def __missing__(self, kind: str) -> str:
        return "q1" if kind.startswith("survey_") else NAMES.get(kind, "text")


def _saved_once(record: Record, superuser: psycopg.Connection) -> None:
    """What was said to be saved is there once; what nobody heard of, once at most."""
    counts = {key: _count(superuser, text) for key, text in record.sent.items()}
    assert {key: count for key, count in counts.items() if count > 1} == {}
    assert {key: counts[key] for key in record.saved if counts[key] != 1} == {}


def _count(superuser: psycopg.Connection, text: str) -> int:
    row = superuser.execute(SAVED, [text]).fetchone()
    return int(row[0]) if row else 0


def _unreadable(home: Path, server: EmbeddedServer, record: Record) -> None:
    """Not one of the marked words stands in anything that the program or the server's log left."""
    log = (server._directory / "server").resolve() / "postgres.log"
    assert list(traces.files(home / ".local"))
    (home / "control").write_text("zorzal", "utf-16-le")
    found = traces.hits([home, log], ["zorzal", "ñandú"])
    (home / "control").unlink()
    assert found == [f"{home / 'control'}: zorzal as utf-16-le"]
    assert b"ERROR" not in b"".join(path.read_bytes() for path in traces.files(home) if path.suffix == ".log")


def _wait_for_a_write(home: Path) -> None:
    """Until a draft is half written, or nobody writes one."""
    until = time.monotonic() + 1
    folder = next((home / ".local/share").glob("*/drafts/*"), home)
    while time.monotonic() < until and not list(folder.glob("*.new")):
        time.sleep(0.001)
