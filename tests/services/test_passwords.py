"""Passwords made here: whoever gets one comes in with it and has to change it; only the verifier travels."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from iduo_desktop import __version__
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import LoginRefused
from iduo_desktop.services import catalogues, passwords, staff
from iduo_desktop.services.catalogues import Team
from tests.services.refusals import refusal, refused_field
from tests.services.world import World

ConninfoOf = Callable[[str], Conninfo]


@pytest.fixture
def login(mark: str, superuser: psycopg.Connection) -> Iterator[str]:
    """The login of somebody new, gone after the test."""
    yield f"pia_{mark}"
    superuser.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"pia_{mark}")))


def me(conninfo: Conninfo, login: str, password: str) -> staff.Me:
    """Come in."""
    database = Database(replace(conninfo, login=login, password=password))
    try:
        return staff.me(database, __version__)
    finally:
        database.close()


def test_added_with_team_and_area_code_in_one_step(admin: Database, login: str, conninfo_of: ConninfoOf) -> None:
    team = catalogues.save_team(admin, Team(None, "Tarde", True, 0)).id
    password = passwords.new_password()
    passwords.add_person(admin, login, "Núñez, Pía", ("operator", "coordinator"), "341", team, password)
    entered = me(conninfo_of("admin"), login, password)
    assert (entered.full_name, entered.roles) == ("Núñez, Pía", ("operator", "coordinator"))
    assert (entered.area_code, entered.must_change_password) == ("341", True)
    person = next(one for one in staff.overview(admin).people if one.login == login)
    assert (person.team, person.area_code) == ("Tarde", "341")


def test_what_does_not_fit_adds_nobody(admin: Database, login: str) -> None:
    for area, team, field in (("0341x", None, "area_code"), ("", 999_999, "team")):
        asked = (login, "Pía", ("operator",), area, team, passwords.new_password())
        assert refused_field(passwords.add_person, admin, *asked)[0] == field
    assert login not in {one.login for one in staff.people(admin)}


def test_a_reset_password_replaces_the_old_one(admin: Database, login: str, conninfo_of: ConninfoOf) -> None:
    old, new = passwords.new_password(), passwords.new_password()
    passwords.add_person(admin, login, "Pía", ("operator",), "", None, old)
    passwords.reset(admin, login, new)
    assert me(conninfo_of("admin"), login, new).must_change_password
    with pytest.raises(LoginRefused):
        me(conninfo_of("admin"), login, old)


def test_dismissed_and_handed_over_at_once(
    world: World, admin: Database, juan: Database, login: str, conninfo_of: ConninfoOf
) -> None:
    password = passwords.new_password()
    passwords.add_person(admin, login, "Pía", ("operator",), "", None, password)
    case = world.case(assigned_to=login)
    to = conninfo_of("juan").login
    assert refused_field(staff.dismiss, admin, login, login, "Se va")[0] == "to"
    assert staff.dismiss(admin, login, to, "Se va").cases == 1
    assert world.value('SELECT assigned_to FROM iduo."case" WHERE id = %s', case) == to
    with pytest.raises(LoginRefused, match="desactivado"):
        me(conninfo_of("admin"), login, password)
    staff.enable(admin, login)
    assert me(conninfo_of("admin"), login, password).login == login


def test_nobody_else_may(ana: Database, marta: Database, login: str) -> None:
    for database in (ana, marta):
        asked = (login, "Pía", ("operator",), "", None, passwords.new_password())
        assert refusal(passwords.add_person, database, *asked) == "No tenés permiso para hacer esto."


def test_made_passwords_are_long_readable_and_never_twice() -> None:
    made = {passwords.new_password() for _ in range(500)}
    assert len(made) == 500
    assert {len(one) for one in made} == {19}
    assert not {*"".join(made)} & {*"10ilo"}
