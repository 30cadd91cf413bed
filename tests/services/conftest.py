"""Clients and cases for the tests of the services, and who works on them."""

from collections.abc import Callable, Iterator

import pytest

from iduo_desktop.database.connection import Database
from tests.services.gateway import Gateway
from tests.services.world import World


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
