"""database doctor on a central server: each thing put wrong on purpose is found, and mended as it says."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from iduo_desktop.admin import doctor, staff, upgrade
from iduo_desktop.admin.doctor_backups import backup_findings, proof_findings
from iduo_desktop.admin.doctor_care import care_findings, certificate_findings
from iduo_desktop.admin.doctor_services import service_findings
from iduo_desktop.admin.proof import GUARDS, PROVED
from iduo_desktop.admin.target import Target, WrongUseError
from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.conftest import Admin
from tests.database.certificates import make_authority, make_server

SETTINGS = {
    "archive_mode": "on",
    "archive_command": "/bin/true",
    "archive_timeout": "60s",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "max_slot_wal_keep_size": "1MB",
    "scram_iterations": "1",
}
# What a server on the loopback without TLS, services and a tried backup lacks.
BARE = ["tls", "pg_hba", "guard", "backup proved"]
SLOT = """SELECT pg_create_physical_replication_slot('viejo', true), pg_switch_wal();
          CREATE TABLE public.filler (t text); SELECT pg_switch_wal();
          DROP TABLE public.filler; SELECT pg_switch_wal(); CHECKPOINT"""
BEAT = "INSERT INTO iduo.heartbeat (service, pid, started_at, beat_at) VALUES "
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

Run = Callable[..., None]


@pytest.fixture(scope="module")
def kept() -> Iterator[Target]:
    """A server of its own with archiving, and a person who administers."""
    with tempfile.TemporaryDirectory(prefix="iduo-kept-") as place:
        Path(place).chmod(0o755)
        with EmbeddedServer(Path(place), settings=SETTINGS) as server:
            upgrade.create(server.superuser_conninfo, "iduo")
            conninfo = make_conninfo(server.superuser_conninfo, dbname="iduo")
            with psycopg.connect(conninfo) as connection:
                staff.enrol(connection, "marina", "Marina García", "admin", "una contraseña")
            yield Target(conninfo, server.superuser_conninfo, "iduo", None)


@pytest.fixture
def run(kept: Target) -> Run:
    """Run SQL as superuser in the database."""

    def execute(*statements: str) -> None:
        with psycopg.connect(kept.conninfo, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    return execute


def checks(target: Target) -> list[str]:
    """What doctor finds."""
    return [finding.check for finding in doctor.examine(target)]


def test_a_server_that_is_not_finished(kept: Target) -> None:
    assert checks(kept) == BARE


@pytest.mark.parametrize(
    ("broken", "check", "word"),
    [
        ("ALTER TABLE iduo.company SET (autovacuum_enabled = off)", "autovacuum", "iduo.company"),
        ("CREATE ROLE jefe SUPERUSER LOGIN", "superusers", "jefe"),
        (SLOT, "slot", "viejo"),
    ],
)
def test_found_and_mended(kept: Target, run: Run, broken: str, check: str, word: str) -> None:
    run(*broken.split(";"))
    (finding,) = [finding for finding in doctor.examine(kept) if finding.check not in BARE]
    assert finding.check == check
    assert word in finding.problem
    assert finding.mend.endswith(";")
    run(finding.mend)
    assert checks(kept) == BARE
    run("DROP ROLE IF EXISTS jefe")


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("autovacuum", "off", "setting autovacuum"),
        ("track_counts", "off", "setting track_counts"),
        ("archive_timeout", "0", "archive"),
        ("log_min_duration_statement", "100", "logs"),
        ("log_statement", "all", "logs"),
        ("log_parameter_max_length_on_error", "-1", "logs"),
        ("synchronous_standby_names", "nadie", "standby"),
    ],
)
def test_settings(kept: Target, run: Run, setting: str, value: str, check: str) -> None:
    run(f"ALTER SYSTEM SET {setting} = '{value}'", "SELECT pg_reload_conf()")
    _until(lambda: check in checks(kept))
    assert checks(kept).count(check) == 1
    run(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
    _until(lambda: checks(kept) == BARE)


def test_a_slot_may_not_fill_the_disk(kept: Target, run: Run) -> None:
    run("SELECT pg_create_physical_replication_slot('nuevo')", "ALTER SYSTEM SET max_slot_wal_keep_size = -1")
    run("SELECT pg_reload_conf()")
    assert "setting max_slot_wal_keep_size" in checks(kept)
    run("SELECT pg_drop_replication_slot('nuevo')", "ALTER SYSTEM RESET max_slot_wal_keep_size")
    run("SELECT pg_reload_conf()")


def test_an_archive_that_fails(kept: Target, run: Run) -> None:
    run("ALTER SYSTEM SET archive_command = '/bin/false'", "SELECT pg_reload_conf()")
    run("CREATE TABLE public.filler (t text)", "DROP TABLE public.filler", "SELECT pg_switch_wal()")
    _until(lambda: "archive failing" in checks(kept))
    run("ALTER SYSTEM RESET archive_command", "SELECT pg_reload_conf()", "SELECT pg_switch_wal()")
    _until(lambda: "archive failing" not in checks(kept))


def test_a_full_disk_is_seen_where_the_disk_is(kept: Target) -> None:
    def found(free: tuple[int, int] | None) -> list[str]:
        with psycopg.connect(kept.server) as connection:
            return [finding.check for finding in care_findings(connection, lambda _: free)]

    assert found((2**30, 100 * 2**30)) == ["disk"]
    assert found((6 * 2**30, 20 * 2**30)) == []
    assert found(None) == []


def test_services_that_are_away(kept: Target, run: Run) -> None:
    run(BEAT + "('guard', 1, clock_timestamp(), clock_timestamp())")
    assert "guard" not in checks(kept)
    run(BEAT + "('gateway', 2, clock_timestamp(), clock_timestamp() - interval '3 minutes')")
    assert "gateway" in checks(kept)
    run("UPDATE iduo.heartbeat SET beat_at = clock_timestamp(), complaint = 'el servidor no contesta' WHERE pid = 2")
    (finding,) = [finding for finding in doctor.examine(kept) if finding.check == "gateway"]
    assert "el servidor no contesta" in finding.problem
    run("DELETE FROM iduo.heartbeat")


def test_a_chat_that_nobody_serves(kept: Target, run: Run) -> None:
    assert "chat" not in checks(kept)  # nobody meant it to be
    run("ALTER ROLE iduo_chat PASSWORD 'una contraseña'")
    assert "chat" in checks(kept)
    run(BEAT + "('chat', 3, clock_timestamp(), clock_timestamp())")
    assert "chat" not in checks(kept)
    run("DELETE FROM iduo.heartbeat", "UPDATE iduo.setting SET value = 'false' WHERE name = 'chat_on'")
    assert "chat" not in checks(kept)
    run("UPDATE iduo.setting SET value = 'true' WHERE name = 'chat_on'", "ALTER ROLE iduo_chat PASSWORD NULL")


def test_people_and_versions(kept: Target, run: Run) -> None:
    run("ALTER ROLE marina PASSWORD NULL")
    assert [one for one in checks(kept) if one not in BARE] == ["people without password"]
    run("ALTER ROLE marina PASSWORD 'otra contraseña'", "ALTER ROLE iduo_job PASSWORD NULL")
    run("CREATE ROLE viejo LOGIN PASSWORD 'md53175bce1d3201d16594cebf9d7eb3f9d'")
    assert [one for one in checks(kept) if one not in BARE] == ["passwords"]
    run("DROP ROLE viejo", "UPDATE iduo.setting SET value = '\"99.0.0\"' WHERE name = 'minimum_client'")
    assert [one for one in checks(kept) if one not in BARE] == ["minimum version"]
    run("UPDATE iduo.setting SET value = '\"0.1.0\"' WHERE name = 'minimum_client'")
    run("INSERT INTO iduo.staff (login, full_name) SELECT 'p' || n, 'Persona' FROM generate_series(1, 60) n")
    with psycopg.connect(kept.conninfo) as connection:
        assert [finding.check for finding in service_findings(connection)] == ["guard", "max_connections"]
    run("DELETE FROM iduo.staff WHERE full_name = 'Persona'")


def test_a_backup_that_was_never_tried(kept: Target, iduo_admin: Admin, run: Run, tmp_path: Path) -> None:
    with psycopg.connect(kept.conninfo) as connection:
        assert "Nunca" in next(proof_findings(connection, NOW)).problem
    options = _options(kept, tmp_path)
    assert iduo_admin("database", "backup-proved", *options).code == 0
    assert "backup proved" not in checks(kept)
    with psycopg.connect(kept.conninfo) as connection:
        late = datetime.now(UTC) + timedelta(days=101)
        assert [finding.check for finding in proof_findings(connection, late)] == ["backup proved"]
    run(f'ALTER DATABASE iduo RESET "{PROVED}"')


def test_counts_of_a_copy_are_compared(kept: Target, iduo_admin: Admin, run: Run, tmp_path: Path) -> None:
    options = _options(kept, tmp_path)
    file = tmp_path / "cantidades.json"
    first = iduo_admin("database", "counts", "--file", file, *options)
    assert first.code == 0
    assert first.answer["tables"]["iduo.staff"] >= 1
    for name in GUARDS:  # they grow and shrink by themselves, while nobody works
        run(f"SELECT '{name}'::regclass")
        assert name not in first.answer["tables"]
    assert iduo_admin("database", "counts", "--compare", file, *options).code == 0
    run("CREATE TABLE public.sobra (t text)")
    more = iduo_admin("database", "counts", "--compare", file, *options)
    assert more.code == 1
    assert more.answer["differences"] == {"public.sobra": [None, 0]}
    run("DROP TABLE public.sobra")
    file.write_text("[]")
    assert iduo_admin("database", "counts", "--compare", file, *options).code == 2


def test_how_old_the_last_backup_is() -> None:
    def found(*ends: datetime, code: int = 0) -> list[str]:
        backups = [{"timestamp": {"start": 1, "stop": int(end.timestamp())}, "error": False} for end in ends]
        info = [{"name": "iduo", "status": {"code": code, "message": "missing"}, "backup": backups}]
        return [finding.problem for finding in backup_findings(json.dumps(info), NOW)]

    assert found(NOW - timedelta(hours=20), NOW - timedelta(days=3)) == []
    assert found(NOW - timedelta(hours=30)) == ["El último resguardo es del 21/11/2026 06:00 UTC."]
    assert found() == ["No hay ningún resguardo."]
    assert found(NOW, code=1) == ["El repositorio de resguardos no está bien: missing."]
    assert [finding.check for finding in backup_findings("[]", NOW)] == ["backup"]
    for wrong in ("", "{}x", '[{"status": 3}]', "[1]"):
        with pytest.raises(WrongUseError):
            list(backup_findings(wrong, NOW))


def test_a_certificate_that_ends(tmp_path: Path) -> None:
    authority = make_authority(tmp_path, "real")
    now = datetime.now(UTC)

    def found(days: float) -> list[str]:
        pem = make_server(tmp_path, authority, "db1.example.org", days)[0].read_bytes()
        return [finding.problem for finding in certificate_findings(pem, now)]

    assert found(90) == []
    assert "vence el" in found(10)[0]
    assert "venció el" in found(-0.5)[0]
    assert any("subjectAltName" in f.problem for f in certificate_findings(authority[2].read_bytes(), now))


def _options(target: Target, folder: Path) -> tuple[str, ...]:
    info = psycopg.conninfo.conninfo_to_dict(target.conninfo)
    (folder / "clave").write_text(str(info["password"]))
    given = ("--host", "127.0.0.1", "--port", str(info["port"]), "--user", "postgres")
    return (*given, "--password-file", str(folder / "clave"))


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)
