"""The feed: whatever is committed is told once, however late it is committed; many rows are told as one."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import UserError
from iduo_desktop.database.feed import Feed
from iduo_desktop.services import activities, cases, companies
from tests.people import People
from tests.services.world import World


@pytest.fixture
def feed(become: Callable[..., Database]) -> Iterator[Feed]:
    """What a colleague's workstation asks."""
    made = Feed(become("juan", "operator"))
    assert made.poll() == ()
    yield made
    made.close()


def test_what_each_command_tells(world: World, ana: Database, feed: Feed) -> None:
    company = world.company()
    case = world.case(company=company)
    feed.poll()
    cases.take(ana, case, uuid4())
    assert set(feed.poll()) == {("case", case), ("case_event", company)}
    assert feed.poll() == ()
    activities.log_attempt(ana, case, activities.Attempt("call", 1), uuid4())
    assert set(feed.poll()) == {("case", case), ("case_event", company), ("attempt", case)}
    companies.save_phone(ana, company, None, "4210000", None, "3414210000", "", True, uuid4())
    assert set(feed.poll()) == {("company_phone", company)}
    companies.correct(ana, company, "locality", "Funes", 1, uuid4())
    assert set(feed.poll()) == {("company", company), ("case", case)}
    cases.watch(ana, case, True)
    assert set(feed.poll()) == {("case", case)}
    cases.watch(ana, case, True)
    assert feed.poll() == ()


def test_what_was_refused_or_rolled_back_is_not_told(
    world: World, ana: Database, raw: Callable[..., psycopg.Connection], feed: Feed
) -> None:
    case = world.case()
    feed.poll()
    with suppress(UserError):
        cases.release(ana, case, uuid4())
    with raw("ana").transaction(force_rollback=True) as transaction:
        transaction.connection.execute("SELECT api.take_case(%s, gen_random_uuid())", [case])
    assert feed.poll() == ()


def test_many_rows_are_told_as_one(world: World, feed: Feed) -> None:
    world.cases(51)
    feed.poll()
    world.superuser.execute("UPDATE iduo.case SET locality = 'x' WHERE id <= 50")
    assert len(feed.poll()) == 50
    world.superuser.execute("UPDATE iduo.case SET locality = 'y'")
    assert feed.poll() == (("case", None),)
    for case in range(1, 52):
        for _ in range(5):
            world.superuser.execute("INSERT INTO iduo.change (table_name, id) VALUES ('other', %s)", [case * 10 + _])
    assert feed.poll() == (("other", None),)
    world.superuser.execute("UPDATE iduo.case SET locality = 'y' WHERE false")
    assert feed.poll() == ()


def test_a_lost_connection_skips_nothing(world: World, people: People, feed: Feed) -> None:
    case = world.case()
    feed.poll()
    world.superuser.execute(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = %s", [people.add("juan")]
    )
    world.superuser.execute("UPDATE iduo.case SET locality = 'x'")
    assert feed.poll() == (("case", case),)


def test_a_transaction_that_stays_open_holds_nobody_up(world: World, superuser_conninfo: str, feed: Feed) -> None:
    first, second = world.cases(2)
    feed.poll()
    with psycopg.connect(superuser_conninfo) as slow:
        slow.execute("UPDATE iduo.case SET locality = 'x' WHERE id = %s", [first])
        world.superuser.execute("UPDATE iduo.case SET locality = 'x' WHERE id = %s", [second])
        assert feed.poll() == (("case", second),)
        assert feed.poll() == ()
        slow.commit()
    assert feed.poll() == (("case", first),)
    assert feed.poll() == ()


def test_nothing_is_skipped_under_concurrent_commits(world: World, superuser_conninfo: str, feed: Feed) -> None:
    """Transactions that take their numbers in one order and commit in another."""
    writers, each = 6, 60
    world.cases(50)
    feed.poll()

    def write(number: int) -> None:
        chance = random.Random(number)
        with psycopg.connect(superuser_conninfo, autocommit=True) as connection:
            for turn in range(each):
                with connection.transaction():
                    insert = "INSERT INTO iduo.change (table_name, id) VALUES (%s, %s)"
                    connection.execute(insert, [f"t{turn // 20}", number * each + turn])
                    time.sleep(chance.random() * 0.01)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    told: list[int | None] = []
    while any(thread.is_alive() for thread in threads):
        told += [change.id for change in feed.poll()]
    told += [change.id for change in feed.poll()]
    assert sorted(told, key=lambda one: one or 0) == [*range(writers * each)]


def test_a_cursor_from_before_a_restore(world: World, become: Callable[..., Database]) -> None:
    """The numbers of transactions began again: everything may be different, and later changes are told."""
    feed = Feed(become("juan", "operator"))
    feed._cursor = "9000000:9000000:"
    assert ("case", None) in feed.poll()
    assert feed.poll() == ()
    case = world.case()
    assert ("case", case) in feed.poll()


def test_a_forged_cursor(raw: Callable[..., psycopg.Connection]) -> None:
    connection = raw("ana", "operator")
    for cursor in ("", "x", "1:2", "10:20:30", "-1:2:", "1:1:; DROP"):
        with pytest.raises(psycopg.Error) as refused:
            connection.execute("SELECT * FROM api.changes(%s)", [cursor])
        assert refused.value.sqlstate == "IU001"
