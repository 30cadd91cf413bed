"""iduo-admin database promoted: every number goes on further up, and a restored database is another one."""

from uuid import uuid4

import psycopg

from iduo_desktop.admin import promotion
from iduo_desktop.services import tickets
from tests.admin.conftest import Admin
from tests.conftest import Become, Raw
from tests.database.desks import NEW

PLACE = "SELECT system, timeline FROM api.server_place()"
LAST = """SELECT sequencename, last_value FROM pg_sequences
    WHERE schemaname IN ('iduo', 'audit') AND sequencename !~ '^rows_read_'"""


def test_no_number_can_be_given_twice(
    iduo_admin: Admin, central: tuple[str, ...], superuser: psycopg.Connection, become: Become
) -> None:
    database = become("ana", "operator")
    before = tickets.create(database, NEW, uuid4()).number
    lasts: dict[str, int | None] = dict(superuser.execute(LAST).fetchall())
    ended = iduo_admin("database", "promoted", "--dbname", superuser.info.dbname, *central)
    assert ended.code == 0
    assert ended.answer == {"sequences": len(lasts), "step": 100_000, "timeline": 1, "lineage": ""}
    now: dict[str, int] = dict(superuser.execute(LAST).fetchall())
    assert {name: now[name] - (last or 0) for name, last in lasts.items() if now[name] - (last or 0) < 100_000} == {}
    assert tickets.create(database, NEW, uuid4()).number > before + promotion.STEP


def test_a_restored_database_is_another_one_each_time(
    iduo_admin: Admin, central: tuple[str, ...], superuser: psycopg.Connection, raw: Raw
) -> None:
    seen = set(raw("ana", "operator").execute(PLACE).fetchall())
    for _ in range(2):
        ended = iduo_admin("database", "promoted", "--restored", "--dbname", superuser.info.dbname, *central)
        assert ended.code == 0
        ((system, timeline),) = raw("ana").execute(PLACE).fetchall()
        assert system.endswith(f"/{ended.answer['lineage']}")
        seen.add((system, timeline))
    assert len(seen) == 3
