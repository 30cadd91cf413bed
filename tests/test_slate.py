"""The database that tests use one after the other is after each as it was before it."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from iduo_desktop.database.embedded import EmbeddedServer
from tests.services.world import World
from tests.slate import SEQUENCES, TABLES, Slate


@pytest.fixture
def lent(slate: Slate, server: EmbeddedServer) -> Iterator[str]:
    """How the superuser connects to it."""
    name = slate.lend()
    yield make_conninfo(server.superuser_conninfo, dbname=name)
    slate.wipe()


def everything(conninfo: str) -> dict[str, object]:
    """All rows of ours, where the sequences stand, and how much the planner knows."""
    with psycopg.connect(conninfo) as connection:
        found: dict[str, object] = {"sequences": connection.execute(SEQUENCES).fetchall()}
        found["statistics"] = connection.execute("SELECT count(*) FROM pg_statistic WHERE starelid >= 16384").fetchall()
        for schema, name, _ in connection.execute(TABLES).fetchall():
            query = sql.SQL("SELECT * FROM {} t ORDER BY t::text").format(sql.Identifier(schema, name))
            found[name] = connection.execute(query).fetchall()
    return found


def test_rows_and_numbers_are_put_back(slate: Slate, lent: str) -> None:
    before = everything(lent)
    staying = psycopg.connect(lent, autocommit=True)
    world = World(staying)
    world.cases(3)
    world.set_setting("open_cases_limit", 3)
    world.superuser.execute("DELETE FROM iduo.holiday")
    world.superuser.execute("ANALYZE iduo.setting, iduo.company")
    world.superuser.execute("DELETE FROM iduo.disposition WHERE id IN (SELECT max(id) FROM iduo.disposition)")
    assert everything(lent) != before
    clone = world.value("SELECT oid FROM pg_database WHERE datname = current_database()")
    slate.wipe()
    with pytest.raises(psycopg.OperationalError):
        staying.execute("SELECT 1")
    staying.close()
    slate.lend()
    assert everything(lent) == before
    with psycopg.connect(lent) as connection:
        kept = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert kept == (clone,)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE iduo.company ADD COLUMN x text",
        "ALTER TABLE iduo.company DISABLE TRIGGER audit",
        "CREATE FUNCTION api.x() RETURNS void LANGUAGE sql AS ''",
        "GRANT SELECT (note) ON iduo.company TO PUBLIC",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database()); END $$",
        "DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO PUBLIC', current_database()); END $$",
    ],
)
def test_what_is_more_than_rows_is_not(slate: Slate, lent: str, statement: str) -> None:
    with psycopg.connect(lent, autocommit=True) as connection:
        connection.execute(statement.encode())
    assert not slate._put_back()
    slate.drop()
    slate.lend()
