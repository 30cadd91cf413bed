"""The change feed: one's own and colleagues' changes, nothing skipped."""

import threading

import psycopg
import pytest

from iduo_desktop.database.errors import ConnectionLost
from iduo_desktop.database.feed import Change, Feed
from tests.conftest import Become, Raw


def touch(connection: psycopg.Connection, plan: str) -> int:
    """A change that a workstation must hear of; the client's id."""
    row = connection.execute(
        "INSERT INTO iduo.company (number, kind, name, plan, service_status) "
        "VALUES (nextval('pg_temp.n'), 'organisation', 'Uno', %s, 'active') RETURNING id",
        [plan],
    ).fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def writer(superuser: psycopg.Connection) -> psycopg.Connection:
    """Somebody who changes clients."""
    superuser.execute("CREATE TEMP SEQUENCE n START 700000")
    return superuser


def test_begins_silent_then_says_what_changed(become: Become, writer: psycopg.Connection) -> None:
    touch(writer, "antes")
    feed = Feed(become("ana"))
    assert feed.poll() == ()
    assert feed.poll() == ()
    ids = {touch(writer, "uno"), touch(writer, "dos")}
    changes = [change for change in feed.poll() if change.table_name == "company"]
    assert {change.id for change in changes} == ids
    assert feed.poll() == ()
    table, row = changes[0]
    assert (table, row) == changes[0] == Change(table, row)


def test_late_commits_are_not_skipped(become: Become, writer: psycopg.Connection, superuser_conninfo: str) -> None:
    feed = Feed(become("ana"))
    feed.poll()
    with psycopg.connect(superuser_conninfo) as slow:
        slow.execute("CREATE TEMP SEQUENCE n START 800000")
        held = touch(slow, "empezó antes, termina después")
        later = touch(writer, "empezó después, terminó antes")
        assert {c.id for c in feed.poll() if c.table_name == "company"} == {later}
    assert {c.id for c in feed.poll() if c.table_name == "company"} == {held}


def test_goes_on_where_it_was_after_a_lost_connection(
    become: Become, writer: psycopg.Connection, superuser: psycopg.Connection
) -> None:
    feed = Feed(become("ana"))
    feed.poll()
    superuser.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name LIKE 'iduo Desktop%'"
    )
    changed = touch(writer, "mientras no había conexión")
    assert Change("company", changed) in feed.poll()


def test_who_calls_without_end_hinders_nobody(become: Become, raw: Raw, writer: psycopg.Connection) -> None:
    """Anybody may NOTIFY: he is not believed, and one stops listening rather than never looking again."""
    feed, noisy, stop = Feed(become("ana")), raw("mala"), threading.Event()
    feed.poll()
    assert not feed.wait(0.1)

    def call() -> None:
        while not stop.is_set():
            noisy.execute("".join(f"NOTIFY iduo_change, '{number}';" for number in range(500)))

    caller = threading.Thread(target=call)
    caller.start()
    line = feed._database._line
    assert line is not None
    waits = [feed.wait(0.3) for _ in iter(lambda: line._deaf_until > 0, True)]
    stop.set()
    caller.join()
    assert waits
    assert not any(waits)
    assert line.ask(b"SELECT count(*) FROM pg_listening_channels()", {}, 15) == [(0,)]
    changed = touch(writer, "entre tanto ruido")
    assert Change("company", changed) in feed.poll()


def test_close_ends_it(become: Become) -> None:
    feed = Feed(become("ana"))
    feed.poll()
    thread = threading.Thread(target=feed.close)
    thread.start()
    thread.join()
    with pytest.raises(ConnectionLost):
        feed.poll()
