"""The audit log's seals: whatever is changed afterwards is found, and nothing that is written is left out."""

import json
import os
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from iduo_desktop.admin import guard
from iduo_desktop.admin.doctor_services import service_findings
from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database import binaries
from iduo_desktop.database.embedded import EmbeddedServer
from tests.admin.conftest import Admin, Ended
from tests.admin.everything import somebody
from tests.conftest import Figure, Raw
from tests.services.world import World

MIDDLE = "SELECT id FROM audit.entry ORDER BY id OFFSET %s LIMIT 1"
SWAP = """UPDATE audit.entry a SET (at, xid, actor, table_name, row_key, operation, before, after)
          = (b.at, b.xid, b.actor, b.table_name, b.row_key, b.operation, b.before, b.after) FROM audit.entry b
          WHERE (a.id, b.id) IN (({id}, {id} + 1), ({id} + 1, {id}))"""
ELSEWHERE = """WITH gone AS (DELETE FROM audit.entry WHERE id = {id} RETURNING *)
               INSERT INTO audit.entry OVERRIDING SYSTEM VALUE
               SELECT -1, at, xid, actor, table_name, row_key, operation, before, after FROM gone"""
CHANGES = (
    ("UPDATE audit.entry SET after = after || '{\"debt\": 1}' WHERE id = {id}", "changed"),
    ("UPDATE audit.entry SET actor = overlay(actor placing 'x' from 1 for 1) WHERE id = {id}", "changed"),
    ("UPDATE audit.entry SET at = at + interval '1 microsecond' WHERE id = {id}", "changed"),
    ("UPDATE audit.entry SET before = 'null' WHERE id = {id}", "changed"),
    (SWAP, "changed"),
    ("DELETE FROM audit.entry WHERE id = {id}", "deleted"),
    (ELSEWHERE, "deleted added"),
    ("UPDATE audit.seal SET at = at - interval '1 second' WHERE id = 2", "seal"),
    ("UPDATE audit.seal SET digests = overlay(digests placing '\\x00' from 5 for 1) WHERE id = 2", "changed seal"),
    ("UPDATE audit.seal SET hash = sha256('x') WHERE id = 2", "seal"),
    ("UPDATE audit.seal SET ids = ids[1:1] || ids[3:], digests = substr(digests, 97) WHERE id = 2", "seal added"),
    ("DELETE FROM audit.seal WHERE id = 2", "added seal"),
    ("DELETE FROM audit.seal WHERE id = 1", "added seal"),
)  # fmt: skip
Seal = Callable[[], int]


@pytest.fixture
def verify(iduo_admin: Admin, central: tuple[str, ...], database_name: str) -> Admin:
    """iduo-admin audit verify on this test's database."""

    def run(*options: str | Path) -> Ended:
        return iduo_admin("audit", "verify", *central, "--dbname", database_name, *options)

    return run


@pytest.fixture
def sealing(server: EmbeddedServer, database_name: str, guard_password: str) -> Iterator[psycopg.Connection]:
    """The guard's own session."""
    where = make_conninfo("", host=server.host, port=server.port, dbname=database_name, user="iduo_guard")
    with psycopg.connect(where, password=guard_password, autocommit=True) as connection:
        yield connection


@pytest.fixture
def seal(sealing: psycopg.Connection, superuser: psycopg.Connection) -> Seal:
    """Seal until there is nothing left, also to say that nothing more can come; the last seal's number."""

    def run() -> int:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            sealing.execute("SELECT api.guard_seal(30)")
            query = "SELECT id, low = upto AND upto >= (SELECT max(id) FROM audit.entry) FROM audit.seal"
            row = superuser.execute(f"{query} ORDER BY id DESC LIMIT 1").fetchone()
            if row and row[1]:
                return int(row[0])
        pytest.fail("somebody's transaction lasts too long")

    return run


@pytest.fixture
def world(superuser: psycopg.Connection) -> World:
    """Some work in the log: more than one seal covers."""
    made = World(superuser)
    made.cases(40)
    return made


@contextmanager
def in_secret(superuser: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """What only a superuser can do: no trigger sees it."""
    with superuser.transaction():
        superuser.execute("SET LOCAL session_replication_role = replica")
        yield superuser


def number(superuser: psycopg.Connection, place: int) -> int:
    """The number of an entry by its place."""
    row = superuser.execute(MIDDLE, [place]).fetchone()
    assert row
    return int(row[0])


def test_in_order(verify: Admin, seal: Seal, world: World) -> None:
    seals = seal()
    said = verify()
    assert (said.code, said.answer["seals"], said.answer["unsealed"]) == (Exit.DONE, seals, 0)
    assert said.answer["entries"] == world.value("SELECT count(*) FROM audit.entry")
    world.company()
    later = verify()
    more = world.value("SELECT count(*) FROM audit.entry") - said.answer["entries"]
    assert (later.code, later.answer["unsealed"]) == (Exit.DONE, more)
    seal()
    noted = world.value("SELECT encode(hash, 'hex') FROM audit.seal WHERE id = %s", seals)
    after = verify("--after", noted)
    assert (after.code, after.answer["entries"]) == (Exit.DONE, more)
    assert verify("--after", "0" * 64).code == Exit.WRONG_USE


def test_whatever_is_changed_is_found(verify: Admin, seal: Seal, world: World, superuser: psycopg.Connection) -> None:
    assert seal() > 2
    for kept, table in (("kept", "audit.entry"), ("kept_seal", "audit.seal")):
        superuser.execute(f"CREATE TEMP TABLE {kept} AS TABLE {table}")
    entry = number(superuser, 20)
    for statement, kinds in CHANGES:
        with in_secret(superuser):
            done = superuser.execute(statement.replace("{id}", str(entry)))
            assert done.rowcount >= 1
        said = verify()
        assert said.code == Exit.REFUSED
        assert set(kinds.split()) <= {found["kind"] for found in said.answer["findings"]}, (statement, said.answer)
        assert kinds != "changed" or entry in [found["entry"] for found in said.answer["findings"]]
        with in_secret(superuser):
            superuser.execute("DELETE FROM audit.entry; DELETE FROM audit.seal")
            superuser.execute("INSERT INTO audit.entry OVERRIDING SYSTEM VALUE TABLE kept")
            superuser.execute("INSERT INTO audit.seal TABLE kept_seal")
        assert verify().code == Exit.DONE, "put back it is as it was"


def test_put_in(verify: Admin, seal: Seal, world: World, superuser: psycopg.Connection) -> None:
    with superuser.transaction(force_rollback=True):
        world.company()
    world.company()
    gap = world.value(
        """SELECT g FROM generate_series(1, (SELECT max(id) FROM audit.entry)) g
           WHERE g NOT IN (SELECT id FROM audit.entry) LIMIT 1"""
    )
    seal()
    superuser.execute(
        """INSERT INTO audit.entry (id, actor, table_name, row_key, operation) OVERRIDING SYSTEM VALUE
           VALUES (%s, 'ana', 'case', '1', 'INSERT')""",
        [gap],
    )
    for _ in range(2):
        said = verify()
        assert [(found["kind"], found["entry"]) for found in said.answer["findings"]] == [("added", gap)]
        seal()
    world.company()
    seal()
    assert verify().code == Exit.REFUSED, "a seal made it good"


@pytest.mark.parametrize("as_json", [False, True])
def test_the_end_cut_off(
    verify: Admin, seal: Seal, world: World, superuser: psycopg.Connection, tmp_path: Path, as_json: bool
) -> None:
    journal = tmp_path / "journal"
    last = seal()
    noted = superuser.execute("SELECT id, cardinality(ids), encode(hash, 'hex') FROM audit.seal ORDER BY id").fetchall()
    with journal.open("w") as lines:
        for made in (guard.Seal(*row) for row in noted):
            print(json.dumps({"event": "sealed", **asdict(made)}) if as_json else f"nov 22 db1: {made}", file=lines)
    assert verify("--journal", journal).code == Exit.DONE
    with in_secret(superuser):
        superuser.execute("DELETE FROM audit.seal WHERE id >= %s", [last - 1])
        superuser.execute("DELETE FROM audit.entry WHERE id > (SELECT max(last) FROM audit.seal)")
    assert verify().code == Exit.DONE, "in the database alone nobody sees it"
    said = verify("--journal", journal)
    assert (said.code, [found["kind"] for found in said.answer["findings"]]) == (Exit.REFUSED, ["journal"])
    seal()  # of something else
    world.cases(40)
    seal()
    assert {found["kind"] for found in verify("--journal", journal).answer["findings"]} == {"journal"}
    journal.write_text("nada")
    assert verify("--journal", journal).code == Exit.WRONG_USE


def test_nobody_is_skipped_who_writes_meanwhile(
    verify: Admin, seal: Seal, sealing: psycopg.Connection, superuser_conninfo: str, superuser: psycopg.Connection
) -> None:
    """Numbers are taken in one order and committed in another, or never."""
    stop = threading.Event()

    def write(place: int) -> int:
        with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
            for turn in range(30):
                with connection.transaction(force_rollback=(turn + place) % 5 == 0):
                    for step in range(3):
                        connection.execute("INSERT INTO iduo.team (name) VALUES (%s)", [f"{place} {turn} {step}"])
                        time.sleep(0.001 * ((turn * place) % 7))
        return place

    def keep_sealing() -> int:
        made = 0
        while not stop.is_set():
            made += sealing.execute("SELECT FROM api.guard_seal(20)").rowcount
        return made

    with ThreadPoolExecutor(6) as pool:
        meanwhile = pool.submit(keep_sealing)
        assert len([*pool.map(write, range(5))]) == 5
        stop.set()
        assert meanwhile.result() > 3
    seal()
    said = verify()
    assert (said.code, said.answer["unsealed"]) == (Exit.DONE, 0), said.answer
    out_of_order = "SELECT count(*) FROM audit.seal a JOIN audit.seal b ON b.id = a.id + 1 AND b.ids[1] < a.last"
    assert superuser.execute(out_of_order).fetchone() != (0,), "nothing came late"
    twice = "SELECT count(*) - count(DISTINCT i) FROM audit.seal, unnest(ids) i"
    assert superuser.execute(twice).fetchone() == (0,)


def test_a_restored_copy_is_in_order(
    verify: Admin, seal: Seal, world: World, server: EmbeddedServer, superuser_conninfo: str, empty_database: str
) -> None:
    seal()
    world.company()
    known = conninfo_to_dict(superuser_conninfo)
    environment = os.environ | {
        "PGHOST": str(known["host"]),
        "PGPORT": str(known["port"]),
        "PGUSER": str(known["user"]),
        "PGPASSWORD": str(known["password"]),
    }
    programs = binaries.find_programs()
    dump = [str(programs / "pg_dump"), "-Fc", "-d", str(known["dbname"])]
    taken = subprocess.run(dump, env=environment, capture_output=True, check=True, timeout=60).stdout
    back = [str(programs / "pg_restore"), "-d", empty_database, "--single-transaction"]
    subprocess.run(back, env=environment, input=taken, check=True, timeout=60)
    said = verify("--dbname", empty_database)
    assert (said.code, said.answer["unsealed"] > 0, said.answer["entries"] > 80) == (Exit.DONE, True, True)


def test_taking_a_person_out_leaves_it_in_order(
    verify: Admin, seal: Seal, world: World, superuser: psycopg.Connection
) -> None:
    him = somebody(world)
    seal()
    superuser.execute("SELECT iduo.erase(%s, '{}')", [him.company])
    said = verify()
    assert (said.code, said.answer["erased"] > 10, said.answer["erased_by_other_rules"]) == (Exit.DONE, True, 0)
    seal()
    assert verify().code == Exit.DONE
    entry = world.value(
        "SELECT id FROM audit.entry WHERE table_name = 'company' AND row_key = %s LIMIT 1", str(him.company)
    )
    with in_secret(superuser):  # a fact that stayed
        superuser.execute("UPDATE audit.entry SET after = after || '{\"debt\": 1}' WHERE id = %s", [entry])
    assert [found["entry"] for found in verify().answer["findings"]] == [entry]


def test_a_release_that_knows_more_columns_to_be_personal(
    verify: Admin, seal: Seal, world: World, superuser: psycopg.Connection
) -> None:
    definition = world.value("SELECT pg_get_functiondef('audit.personal'::regproc)")
    known = "'address note override_reason'"
    assert known in definition
    superuser.execute(definition.replace(known, "'address override_reason'"))
    him = somebody(world)
    seal()
    superuser.execute(definition)
    superuser.execute("SELECT iduo.erase(%s, '{}')", [him.company])
    said = verify()
    assert (said.code, said.answer["erased_by_other_rules"]) == (Exit.DONE, 1)
    with in_secret(superuser):
        superuser.execute("UPDATE audit.entry SET actor = 'otra' WHERE table_name = 'attempt'")
    assert verify().code == Exit.REFUSED


def test_only_the_guard_seals(raw: Raw, superuser: psycopg.Connection, sealing: psycopg.Connection) -> None:
    for role in ("operator", "coordinator", "admin"):
        for statement in ("SELECT api.guard_seal()", "SELECT audit.seal_entries(1)", "DELETE FROM audit.seal"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw(f"una_{role}", role).execute(statement)
    for statement in ("SELECT * FROM audit.seal", "SELECT audit.seal_entries(1)", "SELECT * FROM audit.entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sealing.execute(statement)
    rights = """SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND r.rolname ^@ 'iduo_'
                AND has_table_privilege(r.oid, 'audit.seal', 'INSERT, UPDATE, DELETE, TRUNCATE')"""
    assert superuser.execute(rights).fetchall() == [("iduo_audit",)]
    sealing.execute("SELECT api.guard_seal()")
    for change in ("UPDATE audit.seal SET low = low + 1", "DELETE FROM audit.seal", "TRUNCATE audit.seal"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays as it is"):
            superuser.execute(change)


def test_doctor_says_that_seals_lag(seal: Seal, world: World, superuser: psycopg.Connection) -> None:
    world.company()
    with in_secret(superuser):
        superuser.execute("UPDATE audit.entry SET at = at - interval '11 minutes'")
    assert "seals" not in [finding.check for finding in service_findings(superuser)], "there is no guard"
    superuser.execute(
        """INSERT INTO iduo.heartbeat (service, pid, started_at, beat_at)
           VALUES ('guard', 1, clock_timestamp() - interval '1 hour', clock_timestamp())"""
    )
    assert "seals" in [finding.check for finding in service_findings(superuser)]
    seal()
    assert "seals" not in [finding.check for finding in service_findings(superuser)]


def test_many_entries_stream(
    pytestconfig: pytest.Config,
    figure: Figure,
    verify: Admin,
    seal: Seal,
    sealing: psycopg.Connection,
    superuser: psycopg.Connection,
) -> None:
    entries = 1_000_000 if pytestconfig.getoption("long") else 3_000
    with in_secret(superuser):
        superuser.execute(
            """INSERT INTO audit.entry (actor, table_name, row_key, operation, before, after)
               SELECT 'ana', 'attempt', n, 'UPDATE', x, x || '{"note": "no"}' FROM generate_series(1, %s) n,
               LATERAL (SELECT jsonb_build_object('id', n, 'note', repeat('texto ', 20), 'address', '11') AS x) y""",
            [entries],
        )
    began = time.monotonic()
    while (sealing.execute("SELECT entries FROM api.guard_seal(1000)").fetchone() or (0,))[0] == 1000:
        pass
    seal()
    sealed = time.monotonic() - began
    tracemalloc.start()
    said = verify()
    (_, peak), took = tracemalloc.get_traced_memory(), time.monotonic() - began - sealed
    tracemalloc.stop()
    figure(f"{entries} entries: sealed in {sealed:.1f} s, verified in {took:.1f} s, {peak >> 20} MB")
    assert (said.code, said.answer["unsealed"]) == (Exit.DONE, 0)
    assert peak < 64 * 2**20
