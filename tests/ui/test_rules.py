"""What IT decides is shown as such, and who is sent to IT is told how to reach it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import psycopg
import pytest
from psycopg import sql
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from iduo_desktop import config, identity
from iduo_desktop.admin.upgrade import latest_revision
from iduo_desktop.config import Profile, Source
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.door import LOCKED, OWN_FILE, Rules, rules_of
from iduo_desktop.ui.main_window import MainWindow
from tests.people import People
from tests.test_credentials import MemoryKeyring
from tests.ui.conftest import OpenProgram
from tests.ui.entrance import Entrance

SUPPORT = "Mesa de ayuda, interno 100"
OpenEntrance = Callable[..., Entrance]
pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def open_entrance(qtbot: QtBot, people: People) -> Iterator[OpenEntrance]:
    """The login of Ana under these rules."""
    opened: list[Entrance] = []

    def open_one(rules: Rules) -> Entrance:
        conninfo = people.conninfo("ana")
        profile = Profile("prueba", False, conninfo.dbname, conninfo.hosts, None, None, test=True)
        opened.append(Entrance(qtbot, profile, conninfo.login, rules))
        return opened[-1]

    yield open_one
    for entrance in opened:
        entrance.close()


def decided(source: Source, **values: object) -> Rules:
    """The rules of these values."""
    return rules_of(config.merge([(source, values), (Source.MACHINE, {"profiles": {"central": {"hosts": ["db1"]}}})]))


def test_who_decided_is_said() -> None:
    assert decided(Source.POLICY, remember_password=0).remember_why == LOCKED
    assert decided(Source.MACHINE, remember_password=False).remember_why == LOCKED
    assert decided(Source.USER, remember_password=False).remember_why == OWN_FILE
    assert decided(Source.POLICY, remember_password=1).remember_why == ""  # everybody decides
    assert decided(Source.POLICY, dial_with="sip").dial_why == LOCKED
    assert (decided(Source.USER).dial_with, decided(Source.USER).dial_why) == ("", "")


def test_nobody_keeps_a_password_and_one_that_was_kept_is_wiped(
    qtbot: QtBot, people: People, open_entrance: OpenEntrance
) -> None:
    made = MemoryKeyring()
    keyring.set_keyring(made)
    login = people.add("ana", "operator")
    made.set_password("iduo Desktop (prueba)", login, "la de antes")
    entrance = open_entrance(decided(Source.POLICY, remember_password=0))
    box = entrance.find("remember")
    assert isinstance(box, QCheckBox)
    assert not box.isEnabled()
    assert not box.isChecked()
    assert box.toolTip() == box.accessibleDescription() == LOCKED
    assert entrance.text("no_keyring") == f"{LOCKED}: la contraseña se escribe cada vez."
    assert entrance.dialog.findChild(CredentialsPage) is not None
    entrance.enter()
    entrance.wait_for_entry()
    qtbot.waitUntil(lambda: made.get_password("iduo Desktop (prueba)", login) is None)


def test_what_is_wrong_with_the_configuration_is_said_to_it(people: People, open_entrance: OpenEntrance) -> None:
    people.add("ana", "operator")
    entrance = open_entrance(decided(Source.MACHINE, remember_password="no", hots=["db1"]))
    said = entrance.text("for_it")
    assert said.startswith("Para Informática: «remember_password» (archivo de la PC) no puede ser «no»")
    assert "Y 1 más" in said
    entrance.enter()
    entrance.wait_for_entry()  # and everybody goes on working


def test_without_a_server_nothing_is_begun_in_its_place(people: People, open_entrance: OpenEntrance) -> None:
    people.add("ana", "operator")
    blocked = rules_of(
        config.merge([(Source.MACHINE, {"support": SUPPORT, "profiles": {"central": {"hosts": ["a b"]}}})])
    )
    entrance = open_entrance(blocked)
    assert entrance.text("server_state") == "○ Esta PC no tiene un servidor con el que trabajar."
    assert entrance.text("login_error").endswith(f"({SUPPORT}).")
    entrance.enter()
    assert entrance.text("login_error").endswith(f"({SUPPORT}).")
    assert entrance.entered == []


def test_who_has_too_old_a_program_is_told_whom_to_call(
    people: People, superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    people.add("ana", "operator")
    superuser.execute("UPDATE iduo.setting SET value = to_jsonb('9.0.0'::text) WHERE name = 'minimum_client'")
    entrance = open_entrance(Rules(support=SUPPORT))
    entrance.enter()
    assert entrance.wait_for("login_error", "Esta versión").endswith(f"que la actualice ({SUPPORT}).")


def test_a_database_that_is_older_than_the_program_is_said(
    people: People, superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    people.add("ana", "operator")
    superuser.execute("DROP FUNCTION api.program_versions")  # as before this release
    superuser.execute("UPDATE iduo.alembic_version SET version_num = '0015'")
    entrance = open_entrance(Rules(support=SUPPORT))
    entrance.enter()
    entrance.wait_for("login_error", "La base es más vieja que este programa")


def test_the_program_knows_its_database() -> None:
    assert latest_revision() == identity.SCHEMA


def test_a_newer_version_is_told_and_work_goes_on(superuser: psycopg.Connection, open_program: OpenProgram) -> None:
    change = sql.SQL("UPDATE iduo.setting SET value = to_jsonb('9.9.9'::text) WHERE name = 'recommended_client'")
    superuser.execute(change)
    window: MainWindow = open_program("ana", "operator").log_in()
    assert window.notice.text == "Hay una versión nueva: la instala Informática."
    lines = [action.text() for action in window.top_bar.person.drop.actions()]
    assert lines[-1].endswith("; hay una nueva, la 9.9.9")


def test_what_calls_is_decided(qtbot: QtBot, tmp_path: Path, open_program: OpenProgram) -> None:
    rules = decided(Source.POLICY, dial_with="copy", support=SUPPORT)
    window = open_program("ana", "operator", rules=rules).log_in()
    ways = {action.data(): action for action in window.top_bar.dials.actions()}
    assert [way for way, action in ways.items() if action.isChecked()] == ["copy"]
    assert not any(action.isEnabled() for action in ways.values())
    menu = window.top_bar.person.drop
    assert "Llamar con (lo decide Informática)" in [action.text() for action in menu.actions()]
    assert [action.text() for action in menu.actions()][-1] == f"Informática: {SUPPORT}"
    assert window.cases.contacting.writing.dial_with() == "copy"
