"""iduo-admin guard as a program of its own: who hinders others is ended, workstations are woken, old changes go."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.admin.passwords import new_password, verifier
from iduo_desktop.database import errors
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.feed import CHANNEL, Feed
from iduo_desktop.services import batches, staff
from iduo_desktop.services.staff import GuardState
from tests.admin.conftest import Admin
from tests.admin.watching import Watching
from tests.conftest import Become, Raw
from tests.people import People

SHORT = ("--query-seconds", "1", "--idle-seconds", "1", "--import-seconds", "3")
ENDLESS = "SELECT count(*) FROM generate_series(1, 1e12::bigint)"
GONE = (psycopg.errors.AdminShutdown, psycopg.OperationalError)


@pytest.fixture
def until_gone(superuser: psycopg.Connection) -> Callable[..., float]:
    """Wait until no session of theirs is left; how many seconds it took."""

    def wait(*pids: int, limit: float = 10.0) -> float:
        began = time.monotonic()
        query = "SELECT FROM pg_stat_activity WHERE pid = ANY (%s)"
        while superuser.execute(query, [list(pids)]).fetchone() is not None:
            assert time.monotonic() - began < limit, "still there"
            time.sleep(0.02)
        return time.monotonic() - began

    return wait


def until_running(admin: Database) -> GuardState:
    """How the guard stands, once it was heard of."""
    end = time.monotonic() + 10.0
    while not (found := staff.guard_state(admin)).running:
        assert time.monotonic() < end, "nobody hears of it"
        time.sleep(0.01)
    return found


def run_endless(connection: psycopg.Connection) -> threading.Thread:
    """Start a query that never ends; its session is ended, and nothing else is wrong with it."""

    def ask() -> None:
        with pytest.raises(GONE):
            connection.execute(ENDLESS)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    return thread


def test_sessions_of_the_disabled_are_ended(
    watch: Callable[..., Watching],
    raw: Raw,
    superuser: psycopg.Connection,
    people: People,
    until_gone: Callable[..., float],
) -> None:
    ana, beto, login = raw("ana"), raw("beto"), people.add("ana")
    watching = watch()
    # by whatever way he was disabled: nobody ends his session but the guard
    superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [login])
    assert until_gone(ana.info.backend_pid) < 2.0
    said = watching.until("ended")
    assert (said["reason"], said["pid"]) == ("disabled", ana.info.backend_pid)
    assert beto.execute("SELECT 1").fetchone() == (1,)
    with superuser.transaction():
        superuser.execute("DELETE FROM iduo.attendance WHERE login = %s", [people.add("beto")])
        superuser.execute("DELETE FROM iduo.staff WHERE login = %s", [people.add("beto")])
    assert until_gone(beto.info.backend_pid) < 2.0, "a stranger stays"
    assert watching.end() == 0
    assert not any(login in json.dumps(line) for line in watching.lines)


@pytest.fixture
def enrolled(superuser: psycopg.Connection, database_name: str, mark: str) -> Iterator[Conninfo]:
    """How somebody connects whom an administrator may disable."""
    login, password = f"vera_{mark}", new_password()
    made = verifier(superuser, login, password)
    superuser.execute("SELECT iduo.create_person(%s, 'Vera', ARRAY['operator'], %s, false)", [login, made])
    yield Conninfo(((superuser.info.host, superuser.info.port),), database_name, login, password)
    superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
    superuser.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))


def test_who_comes_back_while_he_is_disabled_is_ended(
    watch: Callable[..., Watching], admin: Database, enrolled: Conninfo, superuser: psycopg.Connection
) -> None:
    stop, in_there = threading.Event(), list[psycopg.Connection]()

    def come_back() -> None:
        while not stop.wait(0.01):
            with suppress(psycopg.OperationalError):
                in_there.append(psycopg.connect(autocommit=True, **enrolled.keywords(30)))

    racing = threading.Thread(target=come_back, daemon=True)
    racing.start()
    watch()
    admin.call("disable_person", login=enrolled.login)
    time.sleep(2.0)
    left = superuser.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [enrolled.login]).fetchone()
    stop.set()
    racing.join(10)
    for connection in in_there:
        connection.close()
    assert in_there
    assert left == (0,)


def test_endless_queries_and_open_transactions_are_ended(
    watch: Callable[..., Watching], raw: Raw, superuser: psycopg.Connection, until_gone: Callable[..., float]
) -> None:
    slow, idle, trickle, honest = raw("ana"), raw("beto"), raw("carla"), raw("dora")
    slow.execute("SET statement_timeout = 0")
    idle.execute("SET idle_in_transaction_session_timeout = 0")
    watching = watch(*SHORT)
    thread = run_endless(slow)
    idle.execute("BEGIN")
    trickle.execute("BEGIN")
    began, gone = time.monotonic(), False
    while not gone and time.monotonic() - began < 8:
        try:
            trickle.execute("SELECT 1")
        except GONE:
            gone = True
        assert honest.execute("SELECT 1").fetchone() == (1,)
        time.sleep(0.1)
    assert gone, "a slow trickle keeps a transaction open"
    assert until_gone(slow.info.backend_pid, idle.info.backend_pid) < 3.0
    thread.join()
    watching.until("ended", 3)
    assert sorted(line["reason"] for line in watching.lines if line["event"] == "ended") == [
        "idle_transaction",
        "query",
        "query",
    ]
    # whoever runs the server may take his time
    superuser.execute("SELECT count(*) FROM generate_series(1, 10000000)")


def test_bringing_in_a_list_may_take_longer(
    watch: Callable[..., Watching],
    become: Become,
    people: People,
    superuser: psycopg.Connection,
    superuser_conninfo: str,
) -> None:
    juan = become("juan", "coordinator")
    batch = batches.open_batch(juan, "x.xlsx", "a" * 64, uuid4()).batch_id
    watch(*SHORT)

    def bring_in() -> None:
        with suppress(errors.ConnectionLost, errors.InDoubt, errors.Busy):
            batches.apply(juan, batch, dry_run=True)

    begun = "SELECT min(query_start) FROM pg_stat_activity WHERE usename = %s AND state = 'active'"
    with psycopg.connect(superuser_conninfo) as holding:
        holding.execute("LOCK TABLE iduo.company IN SHARE UPDATE EXCLUSIVE MODE")
        thread = threading.Thread(target=bring_in)
        thread.start()
        until = time.monotonic() + 10.0
        while (first := superuser.execute(begun, [people.add("juan")]).fetchone()) in (None, (None,)):
            assert time.monotonic() < until
        # not after one second, as others; but not for ever
        time.sleep(2.0)
        assert superuser.execute(begun, [people.add("juan")]).fetchone() == first
        while superuser.execute(begun, [people.add("juan")]).fetchone() == first:
            assert time.monotonic() < until
            time.sleep(0.05)
    thread.join()


def test_only_bringing_in_a_list_may_take_longer(
    watch: Callable[..., Watching], raw: Raw, until_gone: Callable[..., float]
) -> None:
    """Whoever has begun one holds the lock by which it is known, and does something else."""
    juan = raw("juan", "coordinator")
    (batch,) = juan.execute(
        "SELECT batch_id FROM api.open_batch('clients', 'x.xlsx', repeat('a', 64), gen_random_uuid())"
    ).fetchone() or (0,)
    watch("--query-seconds", "1", "--idle-seconds", "1", "--import-seconds", "30")
    juan.execute("BEGIN")
    juan.execute("SELECT api.apply_batch(%s, true)", [batch])
    thread = run_endless(juan)
    until_gone(juan.info.backend_pid, limit=5.0)
    thread.join()


def test_workstations_are_woken(
    watch: Callable[..., Watching], become: Become, raw: Raw, admin: Database, superuser: psycopg.Connection
) -> None:
    feed, forger = Feed(become("ana")), raw("malo")
    watch()
    until_running(admin)
    feed.poll()
    while feed.wait(1.0):  # that it begins is a change, too
        feed.poll()
    thread = threading.Timer(0.3, lambda: forger.execute(f"NOTIFY {CHANNEL}"))
    thread.start()
    assert not feed.wait(1.0), "anybody can wake everybody"
    thread.join()
    insert = "INSERT INTO iduo.team (name) VALUES ({})"
    for number in range(3):
        change = threading.Timer(0.2, lambda name: superuser.execute(insert.format(f"'{name}'")), [f"e{number}"])
        change.start()
        began = time.monotonic()
        assert feed.wait(5.0)
        assert time.monotonic() - began < 1.2
        change.join()
        assert {change.table_name for change in feed.poll()} == {"team"}
    # one's own command and the end of the program interrupt it
    threading.Timer(0.2, feed.wake).start()
    assert not feed.wait(5.0)
    threading.Timer(0.2, feed.close).start()
    began = time.monotonic()
    feed.wait(5.0)
    assert time.monotonic() - began < 1.0


def test_a_broken_line_is_found_out_at_once(become: Become, superuser: psycopg.Connection) -> None:
    feed = Feed(become("ana"))
    feed.poll()
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ^@ 'iduo Desktop'"
    threading.Timer(0.2, lambda: superuser.execute(f"{cut} AND datname = current_database()")).start()
    assert feed.wait(5.0)
    assert feed.poll() == ()


def test_without_a_guard_nobody_is_woken_and_nothing_is_lost(become: Become, superuser: psycopg.Connection) -> None:
    feed = Feed(become("ana"))
    feed.poll()
    superuser.execute("INSERT INTO iduo.team (name) VALUES ('sola')")
    assert not feed.wait(0.3)
    assert {change.table_name for change in feed.poll()} == {"team"}


def test_administrators_see_that_it_runs(watch: Callable[..., Watching], become: Become, admin: Database) -> None:
    before = staff.guard_state(admin)
    assert (before.running, before.started_at) == (False, None)
    watching = watch()
    assert until_running(admin).started_at is not None
    assert watching.end() == 0
    assert [line["event"] for line in watching.lines] == ["started", "connected", "stopped"]
    with pytest.raises(errors.UserError, match="permiso"):
        staff.guard_state(become("ana"))


def test_it_comes_back_with_the_server(
    watch: Callable[..., Watching], server_connection: psycopg.Connection, database_name: str
) -> None:
    watching = watch()
    name = sql.Identifier(database_name)
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'iduo_guard' AND datname = %s"
    server_connection.execute(cut, [database_name])
    watching.until("lost", 3)
    server_connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    watching.until("connected", 2)
    assert watching.end() == 0


def test_only_the_guard_guards(
    iduo_admin: Admin, place: tuple[str, ...], people: People, raw: Raw, tmp_path: Path, superuser: psycopg.Connection
) -> None:
    role = "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = 'iduo_guard'"
    assert superuser.execute(role).fetchone() == (False, False, False)
    (tmp_path / "guard").write_text("otra clave")
    wrong = iduo_admin("guard", "--once", *place)
    assert (wrong.code, "no coinciden" in wrong.answer["error"]) == (Exit.NO_CONNECTION, True)
    (tmp_path / "guard").write_text("una clave de prueba")
    assert iduo_admin("guard", "--once", *place, "--user", people.add("jefa", "admin")).code == Exit.REFUSED
    for options in (("--embedded", str(tmp_path / "x")), ("--query-seconds", "0"), ("--keep-minutes", "0")):
        assert iduo_admin("guard", "--once", *place, *options).code == Exit.WRONG_USE
    for function in ("guarded_people()", "guard_look()", "guard_beat(NULL)", "guard_prune('1 hour')"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw("jefa").execute(f"SELECT api.{function}")


def test_what_the_guard_may_not_do(
    server: EmbeddedServer, database_name: str, guard_password: str, superuser: psycopg.Connection
) -> None:
    there = psycopg.connect(
        host=server.host, port=server.port, dbname=database_name, user="iduo_guard", password=guard_password
    )
    there.autocommit = True
    with there:
        refused(there, superuser)


def refused(there: psycopg.Connection, superuser: psycopg.Connection) -> None:
    """What must not pass."""
    for statement in (
        "SELECT * FROM iduo.staff",
        "SELECT * FROM iduo.change",
        "SELECT api.people()",
        "SELECT api.changes()",
        "SELECT api.find_companies('a')",
        "SET ROLE iduo_owner",
        "CREATE TABLE api.x (y integer)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            there.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        there.execute("SELECT pg_terminate_backend(%s)", [superuser.info.backend_pid])


def test_its_password_is_made_and_kept(
    iduo_admin: Admin, private_central: tuple[tuple[str, ...], EmbeddedServer], tmp_path: Path
) -> None:
    central, server = private_central
    secret = tmp_path / "secreto"
    made = iduo_admin("database", "guard-password", "--file", secret, *central)
    assert (made.code, made.answer) == (Exit.DONE, {"role": "iduo_guard", "file": str(secret)})
    assert secret.stat().st_mode & 0o777 == 0o600
    first = secret.read_text()
    assert len(first.strip()) == len(new_password())
    options = ("--host", server.host, "--port", str(server.port), "--password-file", secret)
    assert iduo_admin("guard", "--once", *options).answer["ended"] == []
    assert iduo_admin("database", "guard-password", "--file", secret, *central).code == Exit.DONE
    assert secret.read_text() != first
    assert iduo_admin("guard", "--once", *options).code == Exit.DONE


@pytest.fixture(scope="module")
def private_central(private: object, folder: Path) -> Iterator[tuple[tuple[str, ...], EmbeddedServer]]:
    """A server of this module's own, as if it were a central one: the guard's password belongs to a server."""
    with EmbeddedServer(folder) as server:
        secret = folder.parent / "clave"
        secret.write_text(server.password)
        user = ("--user", "postgres", "--password-file", str(secret))
        yield ("--host", server.host, "--port", str(server.port), *user), server
