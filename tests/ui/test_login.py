"""The login on a real server: who is let in, who is not and why, one person in one place, and the keyring."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import keyring
import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.config import Profile
from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.gate import Entered, Gate
from iduo_desktop.services import staff
from iduo_desktop.ui import login_flow
from iduo_desktop.ui.credentials_page import CredentialsPage
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.login_dialog import LoginDialog
from iduo_desktop.ui.login_flow import LoginFlow
from iduo_desktop.ui.operations import Operations
from tests.database.proxy import Proxy
from tests.people import PASSWORD, People
from tests.test_credentials import MemoryKeyring
from tests.ui.entrance import Entrance

# What costs more than it gives while nobody has typed anything yet
HEAVY = {
    "psycopg",
    "sqlalchemy",
    "alembic",
    "keyring",
    "cryptography",
    "phonenumbers",
    "openpyxl",
    "stdnum",
    "iduo_desktop.services",
    "dataclasses",
    "json",
    "datetime",
    "decimal",
    "zoneinfo",
    "socket",
    "subprocess",
    "concurrent.futures",
    "ctypes",
    "PySide6.QtSvg",
    "PySide6.QtNetwork",
    "iduo_desktop.ui.icons",
    "iduo_desktop.ui.widgets.focus_ring",
}
NEW = "otra clave mas larga"


OpenEntrance = Callable[..., Entrance]
pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def open_entrance(qtbot: QtBot, people: People) -> Iterator[OpenEntrance]:
    """`open_entrance("ana")`: the login with Ana's name in it; `port` for another way to the server."""
    opened: list[Entrance] = []

    def open_one(name: str = "ana", *roles: str, port: int | None = None) -> Entrance:
        people.add(name, *roles)
        conninfo = people.conninfo(name)
        hosts = tuple((host, port or own) for host, own in conninfo.hosts)
        profile = Profile("prueba", False, conninfo.dbname, hosts, None, None, test=True)
        opened.append(Entrance(qtbot, profile, conninfo.login))
        return opened[-1]

    yield open_one
    for entrance in opened:
        entrance.close()


@pytest.fixture
def memory_keyring(no_keyring: None) -> MemoryKeyring:
    """For one test there is a keyring on this PC."""
    made = MemoryKeyring()
    keyring.set_keyring(made)
    return made


def from_pc_12(people: People, name: str) -> Database:
    """The same person's program on another PC, connected."""
    conninfo: Conninfo = replace(people.conninfo(name), program="iduo Desktop - PC-12 - 0.1.0 - 1")
    database = Database(conninfo)
    staff.sessions(database)
    return database


def manage(superuser: psycopg.Connection, login: str) -> None:
    """Let the program's own functions change this person, as if they had made him."""
    grant = sql.SQL("GRANT {} TO iduo_useradmin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    superuser.execute(grant.format(sql.Identifier(login)))


def test_nothing_heavy_is_loaded_before_the_login_is_seen(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from iduo_desktop import app\n"
        "from iduo_desktop.ui.login_dialog import LoginDialog\n"
        "LoginDialog.paintEvent = lambda *_: (print(*sys.modules, flush=True), os._exit(0))\n"
        "app.main([])\n"
    )
    folders = {f"XDG_{name}": str(tmp_path) for name in ("CONFIG_HOME", "DATA_HOME", "RUNTIME_DIR")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ | folders
    )
    loaded = set(done.stdout.split())
    assert sorted(HEAVY & loaded) == []
    assert "iduo_desktop.ui.login_dialog" in loaded


def test_the_last_person_only_types_the_password(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    assert entrance.dialog.focusWidget().objectName() == "password"
    entrance.enter()
    entered = entrance.wait_for_entry()
    assert entered.me.roles == ("operator",)
    assert entered.me.full_name == "Ana"


def test_enter_asks_once_from_any_key_called_so(qtbot: QtBot, open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    entrance.write("password", PASSWORD)
    entrance.press_enter(Qt.Key.Key_Enter)
    entrance.wait_for_entry()
    qtbot.wait(100)
    assert len(entrance.entered) == 1


def test_somebody_else_types_both(people: People, open_entrance: OpenEntrance) -> None:
    people.add("beto", "coordinator")
    entrance = open_entrance("ana")
    entrance.write("login", people.conninfo("beto").login)
    entrance.press_enter()
    assert entrance.dialog.focusWidget().objectName() == "password"
    entrance.enter()
    assert entrance.wait_for_entry().me.roles == ("coordinator",)


def test_the_server_is_tried_before_anybody_types(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    assert entrance.wait_for("server_state", "● Servidor") == "● Servidor 127.0.0.1: conectado"


def test_a_wrong_password_is_said_in_its_place_and_typed_again(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    entrance.enter("no es esta")
    assert entrance.wait_for("login_error", "El usuario") == "El usuario o la contraseña no coinciden."
    password = cast(QLineEdit, entrance.find("password"))
    assert entrance.dialog.focusWidget() is password
    assert password.selectedText() == "no es esta" or password.hasSelectedText()
    entrance.enter()
    entrance.wait_for_entry()


def test_who_does_not_exist_hears_the_same(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    entrance.write("login", "nadie")
    entrance.enter()
    assert entrance.wait_for("login_error", "El usuario") == "El usuario o la contraseña no coinciden."


def test_who_was_disabled_is_told_so(
    people: People, superuser: psycopg.Connection, admin: Database, open_entrance: OpenEntrance
) -> None:
    entrance = open_entrance()
    manage(superuser, people.conninfo("ana").login)
    admin.call("disable_person", login=people.conninfo("ana").login)
    entrance.enter()
    assert entrance.wait_for("login_error", "Tu usuario") == "Tu usuario está desactivado. Hablá con tu coordinador."


def test_without_a_server_it_tries_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, people: People, open_entrance: OpenEntrance
) -> None:
    monkeypatch.setattr(login_flow, "RETRY_SECONDS", 1)
    people.add("ana")
    with Proxy(people.conninfo("ana").hosts[0][1]) as proxy:
        proxy.freeze()
        proxy.refusing = True
        entrance = open_entrance("ana", port=proxy.port)
        entrance.enter()
        said = entrance.wait_for("server_state", "○ No hay conexión")
        assert said == "○ No hay conexión con el servidor. Reintentamos en 1 s."
        assert entrance.find("retry").isVisible()
        proxy.refusing = False
        proxy.thaw()
        entrance.wait_for_entry()
        entrance.entered[0].leave()


def test_too_many_connections_are_explained_and_clear(
    monkeypatch: pytest.MonkeyPatch, people: People, open_entrance: OpenEntrance
) -> None:
    monkeypatch.setattr(login_flow, "RETRY_SECONDS", 1)
    entrance = open_entrance()
    dead = [people.raw("ana") for _ in range(4)]
    entrance.enter()
    entrance.wait_for("login_error", "Ya hay demasiadas conexiones abiertas con tu usuario.")
    for connection in dead:
        connection.close()
    entrance.wait_for_entry()


def test_a_second_login_says_where_the_first_is_and_ends_it(
    qtbot: QtBot, people: People, superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    entrance = open_entrance()
    first = from_pc_12(people, "ana")
    entrance.enter()
    assert "En PC-12, desde las " in entrance.wait_for("elsewhere_where", "En PC-12")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is entrance.find("end_elsewhere"))
    entrance.press_enter()
    entrance.wait_for_entry()
    count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'iduo Desktop - PC-12 - 0.1.0 - 1'"
    qtbot.waitUntil(lambda: superuser.execute(count).fetchone() == (0,))
    first.close()


def test_or_leaves_the_first_alone(people: People, open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    first = from_pc_12(people, "ana")
    entrance.enter()
    entrance.wait_for("elsewhere_where", "En PC-12")
    entrance.click("cancel_elsewhere")
    assert entrance.dialog.focusWidget().objectName() == "password"
    assert len(staff.sessions(first)) <= 1
    assert entrance.entered == []
    first.close()


def test_what_a_dead_program_left_on_this_pc_is_ended_without_a_word(
    people: People, superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    entrance = open_entrance()
    dead = Database(people.conninfo("ana"))
    staff.sessions(dead)
    before = superuser.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [people.conninfo("ana").login])
    pids = [pid for (pid,) in before.fetchall()]
    entrance.enter()
    entrance.wait_for_entry()
    alive = superuser.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY(%s)", [pids]).fetchone()
    assert alive == (0,)
    dead.close()


def test_a_new_password_is_asked_for_and_works(
    people: People, superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    entrance = open_entrance()
    login = people.conninfo("ana").login
    manage(superuser, login)
    superuser.execute("UPDATE iduo.staff SET must_change_password = true WHERE login = %s", [login])
    entrance.enter()
    entrance.wait_for("new_password_title", "Elegí")
    assert entrance.dialog.focusWidget().objectName() == "new_password"
    for first, second, problem in (
        ("corta", "corta", "La contraseña tiene que tener al menos 10 caracteres."),
        (NEW, NEW + "!", "Las dos contraseñas no coinciden."),
    ):
        entrance.write("new_password", first)
        entrance.write("new_password_again", second)
        entrance.press_enter()
        assert entrance.wait_for("new_password_error", problem[:3]) == problem
    entrance.write("new_password", NEW)
    entrance.write("new_password_again", NEW)
    entrance.press_enter()
    entered = entrance.wait_for_entry()
    assert not entered.me.must_change_password
    assert staff.sessions(entered.database) is not None
    with psycopg.connect(**replace(people.conninfo("ana"), password=NEW).keywords(5)):
        pass
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**people.conninfo("ana").keywords(5))


def test_a_password_is_shown_and_hidden(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    password = cast(QLineEdit, entrance.find("password"))
    eye = entrance.find("show_password")
    assert password.echoMode() is QLineEdit.EchoMode.Password
    QTest.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert password.echoMode() is QLineEdit.EchoMode.Normal
    assert eye.accessibleName() == "Ocultar la contraseña"


def test_a_pc_without_a_keyring_says_so(qtbot: QtBot, open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    assert "escribir cada vez" in entrance.wait_for("no_keyring", "Esta PC no tiene dónde guardar contraseñas")
    assert not entrance.find("remember").isEnabled()


def test_the_password_is_kept_only_if_ticked(
    qtbot: QtBot, memory_keyring: MemoryKeyring, open_entrance: OpenEntrance
) -> None:
    entrance = open_entrance()
    entrance.enter()
    entrance.wait_for_entry()
    entrance.operations.run_local(entrance.operations, str).then(lambda _: None)
    assert not memory_keyring.kept
    ticked = open_entrance()
    ticked.write("password", PASSWORD)
    ticked.click("remember")
    ticked.write("password", PASSWORD)
    ticked.press_enter()
    ticked.wait_for_entry()
    qtbot.waitUntil(lambda: PASSWORD in memory_keyring.kept.values())
    again = open_entrance()
    qtbot.waitUntil(lambda: cast(QLineEdit, again.find("password")).text() == PASSWORD)
    again.click("enter")
    again.wait_for_entry()


def test_a_locked_window_opens_for_its_own_password_only(people: People, open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    entrance.enter()
    entered = entrance.wait_for_entry()
    entered.unlock(PASSWORD)
    with pytest.raises(Exception, match="no coinciden"):
        entered.unlock("otra")


def test_passwords_are_not_in_what_is_printed(open_entrance: OpenEntrance) -> None:
    entrance = open_entrance()
    entrance.enter()
    assert PASSWORD not in repr(entrance.wait_for_entry())


def test_the_old_version_of_the_program_is_told_to_update(
    superuser: psycopg.Connection, open_entrance: OpenEntrance
) -> None:
    change = sql.SQL("UPDATE iduo.setting SET value = to_jsonb('9.0.0'::text) WHERE name = 'minimum_client'")
    superuser.execute(change)
    entrance = open_entrance()
    entrance.enter()
    assert "Pedile a Informática que la actualice." in entrance.wait_for("login_error", "Esta versión")


def test_who_is_faster_than_the_program_is_let_in(qtbot: QtBot, people: People) -> None:
    conninfo = people.conninfo("ana")
    dialog = LoginDialog(conninfo.login)
    qtbot.addWidget(dialog)
    dialog.show()
    first = dialog.first
    assert isinstance(first, CredentialsPage)
    first.password.setText(PASSWORD)
    first.enter.click()
    operations, entered = Operations(sort_error), list[Entered]()
    profile = Profile("prueba", False, conninfo.dbname, conninfo.hosts, None, None, test=True)
    LoginFlow(dialog, operations, Gate(profile, demo=False)).entered.connect(entered.append)
    qtbot.waitUntil(lambda: bool(entered), timeout=8000)
    entered[0].leave()
    operations.close()
