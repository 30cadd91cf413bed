"""The chat's service is seen from the Internet: whoever has its password holds nothing up for long."""

import time
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

from iduo_desktop.database.connection import Conninfo
from tests.admin.watching import Watching
from tests.conftest import ServiceLogin
from tests.services.visitors import hashed, open_always

BEGIN = "SELECT api.visitor_open(%s, %s, 'Rosa', '', '')"


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
