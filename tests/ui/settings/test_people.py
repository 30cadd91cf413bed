"""People: added, changed, given away their cases, disabled, let in again, with a new password; by keyboard."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Conninfo, Database
from iduo_desktop.database.errors import LoginRefused, UserError
from iduo_desktop.services import staff
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.people import PeoplePage
from tests.people import People
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog, modal, press

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Go = Callable[[str], None]
Hire = Callable[..., str]


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Go) -> PeoplePage:
    """The page of the people, with everybody on it."""
    go("Personas")
    shown = frame.page
    assert isinstance(shown, PeoplePage)
    qtbot.waitUntil(lambda: shown.list.topLevelItemCount() > 0)
    return shown


def cells(page: PeoplePage, login: str) -> list[str]:
    """The line of a person."""
    items = [page.list.topLevelItem(at) for at in range(page.list.topLevelItemCount())]
    texts = [[item.text(column) for column in range(item.columnCount())] for item in items if item is not None]
    return next((line for line in texts if line[1] == login), [""] * 7)


@pytest.fixture
def login(people: People, mark: str, server_connection: psycopg.Connection) -> Iterator[str]:
    """A login that nobody has yet, dropped after the test."""
    yield f"nueva_{mark}"
    server_connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"nueva_{mark}")))


def test_a_person_is_added_and_comes_in_with_the_password_shown(
    qtbot: QtBot, page: PeoplePage, keyboard: Keyboard, login: str, conninfo_of: Callable[[str], Conninfo]
) -> None:
    press(keyboard, page.buttons["add"])
    dialog(qtbot, "add_person_dialog")
    for text in ("Núñez, Pía", login):
        keyboard.write(text)
        keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    shown = dialog(qtbot, "password_shown")
    found = shown.findChild(QLabel, "password")
    assert found is not None
    password = found.text().replace(" ", "")
    assert shown.findChild(QLabel, "password_login").text() == f"Usuario: {login}"  # type: ignore[union-attr]  # it is there
    entering = Database(replace(conninfo_of("root"), login=login, password=password))
    me = staff.me(entering, "9.9.9")
    entering.close()
    assert (me.full_name, me.roles, me.must_change_password) == ("Núñez, Pía", ("operator",), True)
    qtbot.waitUntil(lambda: cells(page, login)[4] == "Contraseña provisoria")
    keyboard.reaches("password_done")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: modal() == "")


def test_the_password_leaves_the_clipboard_with_its_dialog(
    qtbot: QtBot, page: PeoplePage, keyboard: Keyboard, hire: Hire
) -> None:
    ana = hire("ana", "operator")
    qtbot.waitUntil(lambda: page.list.topLevelItemCount() == 2)
    page.list.choose(ana)
    press(keyboard, page.buttons["reset"])
    dialog(qtbot, "reset_dialog")
    keyboard.save()
    shown = dialog(qtbot, "password_shown")
    press(keyboard, shown.findChild(QPushButton, "copy_password"))  # type: ignore[arg-type]  # it is there
    assert len(QGuiApplication.clipboard().text()) == 19
    keyboard.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: modal() == "")
    assert QGuiApplication.clipboard().text() == ""


def test_an_error_stays_at_its_field_with_what_was_typed(
    qtbot: QtBot, page: PeoplePage, keyboard: Keyboard, people: People
) -> None:
    taken = people.add("root")
    press(keyboard, page.buttons["add"])
    shown = dialog(qtbot, "add_person_dialog")
    for text in ("Otra Persona", taken):
        keyboard.write(text)
        keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    problem = shown.findChild(QLabel, "error_login")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "Ese usuario ya existe.")
    keyboard.reaches("field_login")
    keyboard.press(Qt.Key.Key_Escape)
    assert keyboard.focused() == "unsaved_save"
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: modal() == "")


def test_roles_and_name_are_changed(
    qtbot: QtBot, page: PeoplePage, keyboard: Keyboard, people: People, desk: Desk
) -> None:
    ana = people.add("ana", "operator")
    staff.save(desk.database, ana, "Ana", ("operator",), "", None)
    qtbot.waitUntil(lambda: page.list.topLevelItemCount() == 2)
    page.list.choose(ana)
    page.list.setFocus()
    keyboard.press(Qt.Key.Key_Return)
    dialog(qtbot, "person_dialog")
    keyboard.press(Qt.Key.Key_End)
    keyboard.write(" Paz")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Space)
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    qtbot.waitUntil(lambda: cells(page, ana)[:3] == ["Ana Paz", ana, "operador, coordinador"])


def test_whoever_leaves_hands_over_what_is_open(
    qtbot: QtBot,
    page: PeoplePage,
    keyboard: Keyboard,
    hire: Hire,
    world: World,
    conninfo_of: Callable[[str], Conninfo],
) -> None:
    ana, juan = hire("ana", "operator"), hire("juan", "operator")
    cases = world.cases(3, assigned_to=ana)
    qtbot.waitUntil(lambda: page.list.topLevelItemCount() >= 3)
    page.list.choose(ana)
    press(keyboard, page.buttons["switch"])
    shown = dialog(qtbot, "dismiss_dialog")
    hint = shown.findChild(QLabel, "dialog_hint")
    assert hint is not None
    assert "3 casos abiertos" in hint.text()
    keyboard.write("juan")
    keyboard.press(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("Se va de la empresa")
    keyboard.save()
    qtbot.waitUntil(lambda: modal() == "")
    holders = world.superuser.execute("SELECT DISTINCT assigned_to FROM iduo.case WHERE id = ANY (%s)", [[*cases]])
    assert holders.fetchall() == [(juan,)]
    with pytest.raises(LoginRefused, match="desactivado"):
        staff.me(Database(replace(conninfo_of("root"), login=ana)), "9.9.9")
    qtbot.waitUntil(lambda: cells(page, ana)[4].startswith("Desactivado"))
    page.list.choose(ana)
    assert page.buttons["switch"].text() == "Activar"
    press(keyboard, page.buttons["switch"])
    qtbot.waitUntil(lambda: cells(page, ana)[4] == "Contraseña provisoria")


def test_nobody_can_disable_himself(page: PeoplePage, people: People, desk: Desk) -> None:
    root = people.add("root")
    page.list.choose(root)
    assert not page.buttons["switch"].isEnabled()
    with pytest.raises(UserError, match="desactivarte"):
        staff.disable(desk.database, root)


def test_what_the_guard_does_is_said(qtbot: QtBot, page: PeoplePage, world: World, people: People) -> None:
    assert "no está en marcha" in page.guard.text()
    assert "iduo-guard" in page.guard.text()
    beat = "INSERT INTO iduo.heartbeat (service, pid, started_at, beat_at) VALUES ('guard', 1, {0}, {0})"
    world.superuser.execute(beat.format("clock_timestamp()"))
    event = "INSERT INTO iduo.guard_event (hour, kind, login, count) VALUES (clock_timestamp(), %s, %s, %s)"
    name = world.value("SELECT full_name FROM iduo.staff WHERE login = %s", people.add("ana"))
    for kind, login, count in (("query", people.add("ana"), 3), ("returned", "", 1), ("escalated", "", 2)):
        world.superuser.execute(event, [kind, login, count])
    page.load()
    qtbot.waitUntil(lambda: "activa desde" in page.guard.text())
    for words in (
        f"3 consultas sin fin terminadas ({name})",
        "1 caso sin movimiento devuelto a su lista",
        "2 rutas que nadie recibió a tiempo",
    ):
        assert words in page.guard.text()
