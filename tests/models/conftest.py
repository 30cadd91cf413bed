"""The place where the machines play."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.models.base import Place
from tests.models.cuts import Cutter
from tests.people import People


@pytest.fixture
def place(superuser: psycopg.Connection, people: People) -> Iterator[Place]:
    """With lines that hold."""
    made = Place(superuser, people)
    yield made
    made.close()


@pytest.fixture
def shaky_place(superuser: psycopg.Connection, people: People) -> Iterator[Place]:
    """With lines that break amid every other command."""
    with Cutter(superuser.info.port) as cutter:
        made = Place(superuser, people, cutter)
        yield made
        made.close()
