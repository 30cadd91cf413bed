"""iduo-admin staff: people with passwords that nobody else sees, by superuser and by administrator."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from iduo_desktop.admin.outcome import Exit
from iduo_desktop.admin.passwords import kept_passwords, new_password
from iduo_desktop.database import errors
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.embedded import EmbeddedServer
from iduo_desktop.services import staff
from tests.admin.conftest import Admin
from tests.conftest import Become
from tests.people import PASSWORD, People


@pytest.fixture
def login(mark: str, superuser: psycopg.Connection) -> Iterator[str]:
    """The login of somebody new, gone after the test."""
    yield f"marta_{mark}"
    superuser.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"marta_{mark}")))


@pytest.fixture(params=["superuser", "administrator"])
def options(
    request: pytest.FixtureRequest, central: tuple[str, ...], database_name: str, people: People, tmp_path: Path
) -> tuple[str, ...]:
    """The options of somebody who may administer people."""
    if request.param == "superuser":
        return (*central, "--dbname", database_name)
    (tmp_path / "admin").write_text(PASSWORD)
    login = people.add("jefa", "admin")
    return (*central, "--dbname", database_name, "--user", login, "--password-file", str(tmp_path / "admin"))


@pytest.fixture
def enter(server: EmbeddedServer, database_name: str) -> Iterator[object]:
    """Log in as somebody with a password."""
    opened: list[Database] = []

    def log_in(login: str, password: str) -> Database:
        opened.append(Database(Conninfo(((server.host, server.port),), database_name, login, password)))
        return opened[-1]

    yield log_in
    for database in opened:
        database.close()


def test_added_reset_and_disabled(
    iduo_admin: Admin, options: tuple[str, ...], login: str, enter: Become, superuser: psycopg.Connection
) -> None:
    roles = ("--role", "operador", "--role", "coordinator")
    added = iduo_admin("staff", "add", login, "--name", "Marta Sosa", *roles, *options)
    assert added.code == Exit.DONE
    assert added.answer["roles"] == ["coordinator", "operator"]
    me = staff.me(enter(login, added.answer["password"]), "0.1.0")
    assert (me.full_name, me.roles, me.must_change_password) == ("Marta Sosa", ("operator", "coordinator"), True)
    limits = superuser.execute("SELECT rolconnlimit, rolsuper FROM pg_roles WHERE rolname = %s", [login]).fetchone()
    assert limits == (4, False)

    again = iduo_admin("staff", "add", login, "--name", "Marta Sosa", *roles, *options)
    assert (again.code, again.answer["error"]) == (Exit.REFUSED, "Ese usuario ya existe.")

    reset = iduo_admin("staff", "reset", login, *options)
    assert reset.code == Exit.DONE
    with pytest.raises(errors.LoginRefused, match="no coinciden"):
        staff.me(enter(login, added.answer["password"]), "0.1.0")
    entered = enter(login, reset.answer["password"])
    assert staff.me(entered, "0.1.0").must_change_password

    assert iduo_admin("staff", "disable", login, *options).code == Exit.DONE
    with pytest.raises(errors.LoginRefused, match="desactivado"):
        staff.me(entered, "0.1.0")
    found = superuser.execute("SELECT active, disabled_at IS NULL FROM iduo.staff WHERE login = %s", [login]).fetchone()
    assert found == (False, False)


@pytest.mark.parametrize("verb", ["disable", "reset"])
def test_only_people_of_this_database_are_touched(iduo_admin: Admin, options: tuple[str, ...], verb: str) -> None:
    for stranger in ("postgres", "iduo_owner", "nadie"):
        ended = iduo_admin("staff", verb, stranger, *options)
        assert (ended.code, ended.answer["error"]) == (Exit.REFUSED, "Ese usuario no existe.")


@pytest.mark.parametrize("bad", ["", "Marta", "marta sosa", "pg_marta", "iduo_x", "m;drop"])
def test_bad_logins_are_refused(iduo_admin: Admin, options: tuple[str, ...], bad: str) -> None:
    ended = iduo_admin("staff", "add", "--name", "X", "--role", "operador", *options, bad)
    assert ended.code == Exit.REFUSED


def test_an_operator_administers_nobody(
    iduo_admin: Admin, central: tuple[str, ...], database_name: str, people: People, login: str, tmp_path: Path
) -> None:
    (tmp_path / "ana").write_text(PASSWORD)
    ana = people.add("ana")
    options = (*central, "--dbname", database_name, "--user", ana, "--password-file", str(tmp_path / "ana"))
    for command in (["add", login, "--name", "X", "--role", "administrador"], ["reset", ana], ["disable", ana]):
        ended = iduo_admin("staff", *command, *options)
        assert (ended.code, ended.answer["error"]) == (Exit.REFUSED, "No tenés permiso para hacer esto.")


def test_the_password_itself_never_travels(
    iduo_admin: Admin, options: tuple[str, ...], login: str, superuser: psycopg.Connection
) -> None:
    added = iduo_admin("staff", "add", login, "--name", "Marta", "--role", "operador", *options)
    kept = superuser.execute("SELECT rolpassword FROM pg_authid WHERE rolname = %s", [login]).fetchone()
    assert kept
    assert kept[0].startswith("SCRAM-SHA-256$")
    audited = superuser.execute(
        "SELECT count(*) FROM audit.entry e WHERE e::text LIKE %s", [f"%{added.answer['password']}%"]
    )
    assert audited.fetchone() == (0,)


def test_made_passwords_are_long_and_all_different(tmp_path: Path) -> None:
    made = {new_password() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(password) for password in made} == {19}
    kept = kept_passwords(tmp_path / "people.json", ("a", "b"))
    assert kept_passwords(tmp_path / "people.json", ("a", "b")) == kept
    more = kept_passwords(tmp_path / "people.json", ("a", "b", "c"))
    assert more.items() >= kept.items()
    assert (tmp_path / "people.json").stat().st_mode & 0o777 == 0o600
