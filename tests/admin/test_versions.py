"""Which versions of the program IT wants: said by iduo-admin, kept in the database."""

import psycopg
import pytest

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.database.connection import Database
from iduo_desktop.services import staff
from tests.admin.conftest import Admin
from tests.conftest import Become

REQUIRE = ("database", "require-version")


def test_it_says_which_version_is_wanted(
    iduo_admin: Admin, central: tuple[str, ...], database_name: str, become: Become
) -> None:
    where = (*central, "--dbname", database_name)
    assert iduo_admin(*REQUIRE, *where).answer == {"minimum": "0.1.0", "recommended": "0.1.0"}
    assert iduo_admin(*REQUIRE, "--recommended", "0.3.0", *where).answer == {"minimum": "0.1.0", "recommended": "0.3.0"}
    ana: Database = become("ana", "operator")
    assert staff.versions(ana).recommended == "0.3.0"
    assert iduo_admin(*REQUIRE, "--minimum", "0.4.0", *where).answer == {"minimum": "0.4.0", "recommended": "0.4.0"}


@pytest.mark.parametrize("version", ["1", "1.2", "1.2.x", "1.2.3.4", "12345.0.0", "1.2.3; DROP"])
def test_what_is_no_version_is_refused(
    version: str, iduo_admin: Admin, central: tuple[str, ...], database_name: str, superuser: psycopg.Connection
) -> None:
    ended = iduo_admin(*REQUIRE, "--minimum", version, *central, "--dbname", database_name)
    assert ended.code == Exit.WRONG_USE
    found = superuser.execute("SELECT value #>> '{}' FROM iduo.setting WHERE name = 'minimum_client'").fetchone()
    assert found == ("0.1.0",)
