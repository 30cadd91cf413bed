"""The private server: SCRAM only, loopback only, shared, kept, and gone when its programs are, however they end."""

import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.database import binaries, errors
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.database.locks import FileLock

PROGRAM = """
import sys, time
from pathlib import Path
from iduo_desktop.database.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1]), fsync=False) as server:
    print(server.port, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a server that the server's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="iduo-server-") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "servidor"


def program(folder: Path) -> "subprocess.Popen[str]":
    """Another program that uses the server in that folder until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def port_of(other: "subprocess.Popen[str]") -> int:
    """The port that it printed."""
    assert other.stdout
    return int(other.stdout.readline())


def end(other: "subprocess.Popen[str]") -> None:
    """Let it leave."""
    other.communicate("", timeout=60)
    assert other.returncode == 0


def gone(folder: Path, seconds: float = 20) -> bool:
    """True once no server runs in that folder."""
    ends = time.monotonic() + seconds
    while (folder / "server" / "data" / "postmaster.pid").exists():
        if time.monotonic() > ends:
            return False
        time.sleep(0.05)
    return True


def test_only_scram_and_loopback_and_not_root(folder: Path) -> None:
    with EmbeddedServer(folder, fsync=False) as server:
        with psycopg.connect(server.superuser_conninfo) as connection:
            rules = connection.execute("SELECT type, address, auth_method FROM pg_hba_file_rules").fetchall()
            assert rules == [("host", "127.0.0.1", "scram-sha-256")]
            settings: dict[str, str] = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
            assert settings["listen_addresses"] == "127.0.0.1"
            assert settings["unix_socket_directories"] == ""
            assert settings["max_prepared_transactions"] == "0"
            assert settings["password_encryption"] == "scram-sha-256"
            assert settings["server_encoding"] == "UTF8"
            assert int(settings["temp_file_limit"]) > 0
            collated = connection.execute("SELECT upper('ñandú'), 'Ávila' > 'Zeta'").fetchone()
            assert collated == ("ÑANDÚ", True)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(make_conninfo(server.superuser_conninfo, password="otra"))
        with pytest.raises(psycopg.OperationalError, match=r"no password supplied|fe_sendauth"):
            psycopg.connect(make_conninfo(server.superuser_conninfo, password=""))
        if sys.platform != "win32":
            pid = int((folder / "server" / "data" / "postmaster.pid").read_text().splitlines()[0])
            assert psutil.Process(pid).uids().real != 0
            assert server.password not in " ".join(psutil.Process(pid).cmdline())


def test_secrets_are_for_nobody_else(folder: Path) -> None:
    with EmbeddedServer(folder, fsync=False) as server:
        secret = folder / "superuser.password"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "server").stat().st_mode) == 0o700
        assert server.password not in repr(vars(server)["_settings"])
        assert not list((folder / "server").glob("password-*"))


def test_data_are_kept_between_runs(folder: Path) -> None:
    with EmbeddedServer(folder) as server, psycopg.connect(server.superuser_conninfo) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'dato' AS text")
        password = server.password
    assert gone(folder, 0)
    with EmbeddedServer(folder) as server, psycopg.connect(server.superuser_conninfo) as connection:
        assert connection.execute("SELECT text FROM kept").fetchone() == ("dato",)
        assert server.password == password


def test_the_last_one_to_leave_knows_it_though_somebody_waits(tmp_path: Path) -> None:
    """As the watchdog does; else who leaves would not wait until everything is written."""
    for number in range(30):
        mine, waiting = FileLock(tmp_path / str(number)), FileLock(tmp_path / str(number))
        mine.share()
        watchdog = threading.Thread(target=waiting.take)
        watchdog.start()
        time.sleep(0.01)
        assert mine.alone()
        mine.close()
        watchdog.join()
        waiting.close()


def test_programs_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    first = program(folder)
    port = port_of(first)
    second = program(folder)
    assert port_of(second) == port
    with EmbeddedServer(folder) as server:
        assert server.port == port
        end(first)
        with psycopg.connect(server.superuser_conninfo) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    end(second)
    assert gone(folder)


def test_programs_that_start_together_agree(folder: Path) -> None:
    others = [program(folder) for _ in range(4)]
    assert len({port_of(other) for other in others}) == 1
    for other in others:
        end(other)
    assert gone(folder)


def test_it_stops_after_a_kill_and_starts_again(folder: Path) -> None:
    other = program(folder)
    port_of(other)
    other.kill()
    other.communicate(timeout=60)
    assert gone(folder)
    with EmbeddedServer(folder) as server:
        psycopg.connect(server.superuser_conninfo).close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_server_is_started_again(folder: Path) -> None:
    with EmbeddedServer(folder) as server:
        with psycopg.connect(server.superuser_conninfo) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        pid = int((folder / "server" / "data" / "postmaster.pid").read_text().splitlines()[0])
        psutil.Process(pid).kill()
    with EmbeddedServer(folder) as server, psycopg.connect(server.superuser_conninfo) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_an_interrupted_start_leaves_nothing_half_done(folder: Path) -> None:
    with EmbeddedServer(folder, fsync=False):
        pass
    (folder / "server" / "data").rename(folder / "server" / "data-1a2b3c4d")
    with EmbeddedServer(folder, fsync=False) as server:
        psycopg.connect(server.superuser_conninfo).close()


@pytest.mark.skipif(binaries.owner() == "-", reason="only root has another user run the server")
def test_a_folder_of_roots_that_nobody_may_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="iduo-system-") as system:
        Path(system).chmod(0o755)
        monkeypatch.setattr(binaries, "SYSTEM_FOLDER", Path(system))
        monkeypatch.setattr(binaries, "reachable", lambda path: False)
        for _ in range(2):
            with EmbeddedServer(tmp_path / "servidor", fsync=False) as server:
                psycopg.connect(server.superuser_conninfo).close()
        kept = sorted(path.name.split("-")[0] for path in Path(system).iterdir())
        assert kept == ["postgres", "server"]
        shutil.rmtree(tmp_path / "servidor")
        with EmbeddedServer(tmp_path / "otro", fsync=False):
            assert len(list(Path(system).glob("server-*"))) == 1


def test_another_version_is_said(folder: Path) -> None:
    with EmbeddedServer(folder, fsync=False):
        pass
    (folder / "server" / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(binaries.NoServerError, match="PostgreSQL 12"), EmbeddedServer(folder):
        pass


def test_the_programs_of_the_machine_are_found_when_new_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = binaries.find_programs()
    assert binaries.version_of(wheel) >= binaries.LEAST_VERSION
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr(binaries, "_installed", list)
    with pytest.raises(binaries.NoServerError, match="PostgreSQL 16"):
        binaries.find_programs()
    monkeypatch.setattr(binaries, "_installed", lambda: [wheel])
    assert binaries.find_programs() == wheel


@dataclass(frozen=True, slots=True)
class Written:
    n: int


DOOR = """
CREATE SCHEMA api;
CREATE TABLE api.written (key uuid PRIMARY KEY);
CREATE FUNCTION api.write(p_key uuid) RETURNS TABLE (n integer) LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO api.written VALUES (p_key); RETURN QUERY SELECT 1; END $$;
ALTER SYSTEM SET synchronous_standby_names = 'away';
"""


def test_an_unconfirmed_commit_is_not_taken_for_done(folder: Path) -> None:
    replica = {"wal_level": "replica", "max_wal_senders": "4"}
    with (
        EmbeddedServer(folder, fsync=False, settings=replica) as server,
        psycopg.connect(server.superuser_conninfo, autocommit=True) as connection,
    ):
        for statement in DOOR.strip().split(";\n"):
            connection.execute(statement)
        connection.execute("SELECT pg_reload_conf()")
        ana = Conninfo(((server.host, server.port),), "postgres", "postgres", server.password)
        database = Database(ana, deadline=20)
        waiting = threading.Timer(0.5, _give_up_waiting, (connection,))
        waiting.start()
        # it is asked again with the same key, and this function, unlike ours, complains of its own first try
        with pytest.raises(errors.UnexpectedError, match="23505"):
            database.one(Written, "write", key=uuid4())
        waiting.join()
        database.close()


def _give_up_waiting(connection: psycopg.Connection) -> None:
    """What an administrator does when the standby does not come back."""
    connection.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
