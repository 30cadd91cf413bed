"""The services that are seen from the Internet: whoever has the password of one holds nothing up for long."""

import threading
import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

from iduo_desktop.database.connection import Conninfo
from tests.admin.watching import Watching
from tests.conftest import Raw, ServiceLogin
from tests.services.visitors import hashed, open_always
from tests.services.world import World

BEGIN = "SELECT api.visitor_open(%s, %s, 'Rosa', '', '')"
RECEIVED = "SELECT matched FROM api.gateway_receive('sms', 'x', '+543416124410', '', '', 'Hola', '{}', now())"


@pytest.fixture
def thief(service_login: ServiceLogin, superuser: psycopg.Connection) -> Conninfo:
    """How somebody connects who has it."""
    open_always(superuser)
    return service_login("iduo_chat")


def test_who_has_the_services_password_keeps_no_transaction_open(
    watch: Callable[..., Watching], thief: Conninfo, superuser: psycopg.Connection
) -> None:
    """It would keep every other visitor from beginning: they come one after the other."""
    with (
        closing(psycopg.connect(autocommit=True, **thief.keywords(30.0))) as idle,
        closing(psycopg.connect(autocommit=True, **thief.keywords(30.0))) as honest,
    ):
        idle.execute("SET idle_in_transaction_session_timeout = 0")
        idle.execute("BEGIN")
        idle.execute(BEGIN, [hashed("a"), hashed("b")])
        watching = watch("--query-seconds", "2", "--idle-seconds", "1")
        said = watching.until("ended")
        assert (said["reason"], said["pid"]) == ("idle_transaction", idle.info.backend_pid)
        honest.execute(BEGIN, [hashed("c"), hashed("b")])
        time.sleep(2)
        assert honest.execute("SELECT count(*) FROM api.visitor_hours()").fetchall() == [(1,)]
    assert superuser.execute("SELECT count(*) FROM iduo.chat").fetchall() == [(1,)]
    assert superuser.execute("SELECT login FROM iduo.guard_event").fetchall() == [("iduo_chat",)]


def test_who_has_the_jobs_password_holds_no_client(
    watch: Callable[..., Watching], service_login: ServiceLogin, superuser: psycopg.Connection
) -> None:
    """Its own lists may take their time; what it leaves open may not."""
    thief = service_login("iduo_job")
    with closing(psycopg.connect(autocommit=True, **thief.keywords(30.0))) as idle:
        idle.execute("SET idle_in_transaction_session_timeout = 0")
        idle.execute("BEGIN")
        idle.execute("SELECT api.load_no_contact('x', '', now(), '{3416124410}', false)")
        assert superuser.execute("SELECT FROM iduo.no_contact_number").rowcount == 0
        said = watch("--query-seconds", "1", "--idle-seconds", "2").until("ended")
        assert (said["reason"], said["pid"]) == ("idle_transaction", idle.info.backend_pid)
    with closing(psycopg.connect(autocommit=True, **thief.keywords(30.0))) as busy:
        busy.execute("SELECT count(*) FROM generate_series(1, 2e7::bigint)")


@pytest.mark.slow
def test_who_cannot_be_ended_is_named(watch: Callable[..., Watching], raw: Raw) -> None:
    """Between the columns of one row PostgreSQL does not look whether it is to end."""
    psql = raw("eva")
    long = ", ".join(["octet_length(sha512(b))"] * 30)
    query = f"SELECT {long} FROM (SELECT convert_to(repeat(repeat('x', 10000), %s), 'UTF8') AS b OFFSET 0) x"

    def ask() -> None:
        with pytest.raises(psycopg.OperationalError):
            psql.execute(query.encode(), [10_000])

    thread = threading.Thread(target=ask)
    thread.start()
    said = watch("--query-seconds", "1", "--idle-seconds", "1").until("stuck", seconds=60.0)
    assert said["pid"] == psql.info.backend_pid
    thread.join()


def test_who_has_the_gateways_password_holds_no_client(
    watch: Callable[..., Watching], service_login: ServiceLogin, superuser: psycopg.Connection, world: World
) -> None:
    """What a client writes locks his row: in a transaction that stays open nobody could work on his case."""
    number = {"typed": "3416124410", "e164": "+543416124410", "search_key": "3416124410", "valid": True}
    company = world.company()
    world.insert("company_phone", number | {"company_id": company})
    world.case(company=company)
    thief = service_login("iduo_gateway")
    with closing(psycopg.connect(autocommit=True, **thief.keywords(30.0))) as idle:
        idle.execute("SET idle_in_transaction_session_timeout = 0")
        idle.execute("BEGIN")
        assert idle.execute(RECEIVED).fetchall() == [(True,)]
        held = "SELECT FROM iduo.company FOR NO KEY UPDATE SKIP LOCKED"
        assert superuser.execute(held).rowcount == 0
        said = watch("--query-seconds", "2", "--idle-seconds", "1").until("ended")
        assert (said["reason"], said["pid"]) == ("idle_transaction", idle.info.backend_pid)
        assert superuser.execute(held).rowcount == 1
    assert superuser.execute("SELECT login FROM iduo.guard_event").fetchall() == [("iduo_gateway",)]
