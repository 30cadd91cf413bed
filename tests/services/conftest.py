"""Clients and cases for the tests of the services, and who works on them."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from iduo_desktop.database.connection import Database
from tests.people import People
from tests.services.gateway import Gateway
from tests.services.world import World

REFUSED = 10**9


@pytest.fixture
def ana(become: Callable[..., Database]) -> Database:
    """The workstation of an operator."""
    return become("ana", "operator")


@pytest.fixture
def juan(become: Callable[..., Database]) -> Database:
    """The workstation of another operator."""
    return become("juan", "operator")


@pytest.fixture
def marta(become: Callable[..., Database]) -> Database:
    """The workstation of a coordinator."""
    return become("marta", "coordinator")


@pytest.fixture
def gateway(superuser_conninfo: str, world: World) -> Iterator[Gateway]:
    """A gateway that sends at once; nobody waits for it to be undone."""
    world.set_setting("message_delay_seconds", 0)
    running = Gateway(superuser_conninfo)
    running.beat("email", "sms")
    yield running
    running.close()


@pytest.fixture
def counter(superuser: psycopg.Connection, people: People) -> Callable[[str], tuple[int, int]]:
    """`counter("ana")`: how often she was refused in this hour, and how many rows she was given."""

    def read(name: str) -> tuple[int, int]:
        query = "SELECT coalesce(pg_sequence_last_value(iduo.counter_of(%s)), 0)"
        ((value,),) = superuser.execute(query, [people.add(name)]).fetchall()
        return value // REFUSED % 1000, value % REFUSED

    return read
