"""The list of walls that tests must miss is right: each can still be taken out; asked for at length, each is missed."""

import subprocess
import sys

import psycopg
import pytest

from tests.mutations.run import break_in
from tests.mutations.walls import known

WHOLE = 3 * 3600


def test_each_wall_is_where_the_list_says(superuser: psycopg.Connection) -> None:
    walls = known()
    assert len({wall.name for wall in walls}) == len(walls) > 70
    for wall in walls:
        with superuser.transaction(force_rollback=True):
            break_in(superuser, wall)


@pytest.mark.timeout(WHOLE)
def test_each_wall_is_missed(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("long"):
        pytest.skip("half an hour: with --long")
    ran = subprocess.run([sys.executable, "-m", "tests.mutations"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
