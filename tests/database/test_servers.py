"""A server that another took the place of is not worked with again: by its timeline, and by who it is."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import LeftBehind
from iduo_desktop.database.feed import Feed
from iduo_desktop.database.servers import Place, Servers
from iduo_desktop.services import staff
from tests.conftest import Raw
from tests.people import People

ONE, OTHER = "7301", "7302"


@pytest.fixture
def servers(tmp_path: Path) -> Servers:
    """What a PC remembers."""
    return Servers(tmp_path / "deep" / "servers.json", "central")


def again(servers: Servers) -> Servers:
    """The next start of the program on that PC."""
    return Servers(servers._file, servers._name)


def test_a_lower_timeline_of_the_same_server_is_refused(servers: Servers) -> None:
    assert servers.admits(Place(ONE, 3))
    assert servers.admits(Place(ONE, 3))
    assert servers.admits(Place(ONE, 4))
    assert not servers.admits(Place(ONE, 3))
    assert not again(servers).admits(Place(ONE, 1))
    assert again(servers).admits(Place(ONE, 4))
    assert again(servers).admits(Place(ONE, 9))


def test_another_server_takes_its_place_for_ever(servers: Servers) -> None:
    """As after pg_upgrade or a restored dump, which begin at timeline 1."""
    assert servers.admits(Place(ONE, 5))
    assert servers.admits(Place(OTHER, 1))
    assert not again(servers).admits(Place(ONE, 5))
    assert not again(servers).admits(Place(ONE, 99))
    assert again(servers).admits(Place(f"{ONE}/a1b2", 5))  # IT said that one goes on from there
    assert not again(servers).admits(Place(OTHER, 1))


def test_profiles_and_programs_do_not_disturb_each_other(servers: Servers) -> None:
    training = Servers(servers._file, "training")
    assert servers.admits(Place(ONE, 5))
    assert training.admits(Place(ONE, 1))
    beside = again(servers)
    assert beside.admits(Place(ONE, 6))
    assert not servers.admits(Place(ONE, 5))
    every = [threading.Thread(target=again(servers).admits, args=(Place(ONE, line),)) for line in range(7, 20)]
    for each in every:
        each.start()
    for each in every:
        each.join()
    assert not servers.admits(Place(ONE, 18))


@pytest.mark.parametrize("said", ["", "{", "[]", '{"central": 3}', '{"central": {"system": 3}}', "\0" * 100])
def test_a_damaged_memory_is_none(servers: Servers, said: str) -> None:
    assert servers.admits(Place(ONE, 5))
    servers._file.write_text(said, "utf-8")
    assert not servers.admits(Place(ONE, 4))  # the program remembers as long as it runs
    servers._file.write_text(said, "utf-8")
    assert again(servers).admits(Place(ONE, 4))


def test_where_nothing_can_be_written_it_lasts_as_long_as_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    made = Servers(tmp_path / "file" / "servers.json", "central")
    assert made.admits(Place(ONE, 5))
    assert not made.admits(Place(ONE, 4))


@pytest.fixture
def known(people: People, servers: Servers) -> Iterator[Callable[[], Database]]:
    """`known()`: a connection of Ana's, from a PC that remembers."""
    opened: list[Database] = []

    def one() -> Database:
        opened.append(Database(replace(people.conninfo("ana"), servers=servers)))
        return opened[-1]

    yield one
    for database in opened:
        database.close()


def test_the_server_says_which_it_is(known: Callable[[], Database], superuser: psycopg.Connection) -> None:
    database = known()
    staff.sessions(database)
    row = superuser.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    assert row is not None
    assert database.place == Place(row[0], 1)
    name_lineage(superuser, "a1b2")
    later = known()
    staff.sessions(later)
    assert later.place == Place(f"{row[0]}/a1b2", 1)


def test_nothing_is_asked_of_one_that_was_left_behind(
    known: Callable[[], Database], servers: Servers, superuser: psycopg.Connection
) -> None:
    database = known()
    staff.sessions(database)
    assert database.place is not None
    assert servers.admits(replace(database.place, timeline=2))  # another workstation's failover, say
    with pytest.raises(LeftBehind, match="quedó atrás"):
        staff.sessions(known())
    staff.sessions(database)  # a line that is open was let in
    name_lineage(superuser, "said-by-it")
    staff.sessions(known())


def test_a_person_cannot_say_that_it_is_another(
    known: Callable[[], Database], raw: Raw, superuser: psycopg.Connection
) -> None:
    staff.sessions(known())
    ana = raw("ana")
    ana.execute("SET iduo.lineage = 'mine'")
    assert ana.execute("SELECT system FROM api.server_place()").fetchall() == [
        superuser.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone()
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ana.execute(sql.SQL("ALTER DATABASE {} SET iduo.lineage = 'mine'").format(sql.Identifier(ana.info.dbname)))


def test_on_another_server_everything_may_be_different(
    known: Callable[[], Database], superuser: psycopg.Connection
) -> None:
    database = known()
    feed = Feed(database)
    assert feed.poll() == ()
    assert feed.poll() == ()
    name_lineage(superuser, "restored")
    database._drop()
    told = {(change.table_name, change.id) for change in feed.poll()}
    assert {("ticket", None), ("case", None)} <= told
    assert feed.poll() == ()


def name_lineage(superuser: psycopg.Connection, name: str) -> None:
    """As iduo-admin does."""
    change = sql.SQL("ALTER DATABASE {} SET iduo.lineage = {}")
    superuser.execute(change.format(sql.Identifier(superuser.info.dbname), sql.Literal(name)))
