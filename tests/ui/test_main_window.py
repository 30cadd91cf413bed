"""The frame: notice and undo, lock, lost lines, search, zones, sign-out, one person in one place."""

from collections.abc import Callable
from dataclasses import replace

import keyring
import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import Busy, UserError
from iduo_desktop.services import staff
from iduo_desktop.ui import notice as notice_module
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.theme import DARK, tokens
from tests.database.proxy import Proxy
from tests.people import PASSWORD, People
from tests.services.world import World
from tests.test_credentials import MemoryKeyring
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier
OpenProgram = Callable[..., Workstation]


def connections(superuser: psycopg.Connection, login: str) -> int:
    """How many connections somebody has."""
    found = superuser.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", [login]).fetchone()
    assert found is not None
    return int(found[0])


def test_a_workstation_at_rest_holds_two_connections(
    qtbot: QtBot, station: Workstation, people: People, superuser: psycopg.Connection
) -> None:
    login = people.conninfo("ana").login
    qtbot.waitUntil(lambda: connections(superuser, login) == 2)
    station.window.refresh()
    station.settle()
    assert connections(superuser, login) == 2


def test_a_test_database_is_called_so(station: Workstation) -> None:
    assert "BASE DE PRUEBA" in station.window.windowTitle()
    assert station.find(QLabel, "test_database", station.window.top_bar).isVisible()


def test_what_was_done_is_said_and_undone_once(qtbot: QtBot, station: Workstation) -> None:
    undone: list[int] = []
    station.window.notice.show("Llamada a Gómez registrada", undo=lambda: undone.append(1))
    assert station.find(QLabel, "notice_text").text() == "✔ Llamada a Gómez registrada"
    assert station.find(QPushButton, "notice_action").text() == "Deshacer  Ctrl+Z"
    station.press(Qt.Key.Key_Z, CONTROL)
    station.press(Qt.Key.Key_Z, CONTROL)
    assert undone == [1]


def test_the_button_undoes_too(station: Workstation) -> None:
    undone: list[int] = []
    station.window.notice.show("Caso tomado", undo=lambda: undone.append(1))
    station.find(QPushButton, "notice_action").click()
    assert undone == [1]
    assert not station.window.undo.isEnabled()


def test_in_a_field_ctrl_z_undoes_typing_first(station: Workstation) -> None:
    undone: list[int] = []
    field = QLineEdit(station.window.frame)
    field.show()
    field.setFocus()
    QTest.keyClicks(field, "hola")
    station.window.notice.show("Caso tomado", undo=lambda: undone.append(1))
    station.press(Qt.Key.Key_Z, CONTROL)
    assert field.text() == ""
    assert undone == []


def test_undo_ends_with_the_next_action_and_with_time(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, station: Workstation
) -> None:
    undone: list[str] = []
    notice = station.window.notice
    notice.show("Primera", undo=lambda: undone.append("first"))
    notice.tell("Un aviso no es una acción")
    assert notice.undoable
    notice.show("Segunda")
    assert not notice.undoable
    monkeypatch.setattr(notice_module, "UNDO_SECONDS", 0)
    short = Notice()
    short.show("Tercera", undo=lambda: undone.append("third"))
    assert not short.undoable
    assert undone == []


def test_a_notice_goes_away_and_a_failure_stays(qtbot: QtBot, station: Workstation) -> None:
    notice = station.window.notice
    notice._fades.setInterval(30)
    notice.tell("Ya se va")
    qtbot.waitUntil(lambda: notice.text == "")
    notice._say("⚠", "No se pudo", ("Reintentar", lambda: None))
    qtbot.wait(60)
    assert notice.text == "No se pudo"


def test_a_refusal_is_shown_as_it_is(qtbot: QtBot, station: Workstation) -> None:
    def refuse(_database: Database) -> None:
        raise UserError("Lo tiene Juan Paz desde las 14:03.")

    station.operations.run(station.window, refuse)
    qtbot.waitUntil(lambda: "Lo tiene Juan Paz" in station.find(QLabel, "notice_text").text())


def test_a_failure_is_retried_with_the_same_values(qtbot: QtBot, station: Workstation) -> None:
    tries: list[str] = []

    def busy_once(_database: Database, key: str) -> None:
        tries.append(key)
        if len(tries) == 1:
            raise Busy

    station.operations.run(station.window, busy_once, "clave")
    action = station.find(QPushButton, "notice_action")
    qtbot.waitUntil(action.isVisible)
    assert action.text() == "Reintentar"
    action.click()
    qtbot.waitUntil(lambda: tries == ["clave", "clave"])


def test_a_cut_line_is_said_and_comes_back_by_itself(
    qtbot: QtBot, open_program: OpenProgram, people: People, world: World
) -> None:
    world.cases(2)
    people.add("ana")
    with Proxy(people.conninfo("ana").hosts[0][1]) as proxy:
        station = open_program("ana", port=proxy.port)
        station.log_in()
        proxy.refusing = True
        proxy.cut()
        banner = station.find(QLabel, "banner_text")
        qtbot.waitUntil(banner.isVisible, timeout=10000)
        assert banner.text().startswith("○ Sin conexión desde ")
        assert station.find(QLabel, "connection").text() == "○ Sin conexión"
        proxy.refusing = False
        qtbot.waitUntil(lambda: not banner.isVisible(), timeout=15000)
        assert station.find(QLabel, "connection").text() == "● Conectado"


def test_the_search_finds_a_client_and_opens_his_case(qtbot: QtBot, open_program: OpenProgram, world: World) -> None:
    case = world.case(company=world.company(surname="González", names="Ana"))
    station = open_program("ana", "operator")
    window = station.log_in()
    station.press(Qt.Key.Key_F3)
    assert QApplication.focusWidget() is window.omnibox
    QTest.keyClicks(window.omnibox, "gonzalez")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    assert "GONZÁLEZ, Ana" in str(window.omnibox.results.currentIndex().data())
    with qtbot.waitSignal(window.omnibox.company_chosen) as chosen:
        station.press(Qt.Key.Key_Return)
    assert chosen.args is not None
    assert chosen.args[0].case_id == case
    qtbot.waitUntil(window.cases.panel.isVisible)


def test_esc_gives_the_focus_back_where_it_was(qtbot: QtBot, station: Workstation) -> None:
    window = station.window
    before = QApplication.focusWidget()
    station.press(Qt.Key.Key_K, CONTROL)
    QTest.keyClicks(window.omnibox, "zzzz")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    assert "No encontramos “zzzz”" in str(
        window.omnibox.results.currentIndex().data() or window.omnibox.results.model().index(0, 0).data()
    )
    station.press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is before
    assert window.omnibox.text() == ""


def test_an_answer_older_than_the_last_key_is_dropped(qtbot: QtBot, station: Workstation, world: World) -> None:
    world.case(company=world.company(surname="Ibarra"))
    box = station.window.omnibox
    box.begin()
    QTest.keyClicks(box, "ib")
    box._ask()
    QTest.keyClicks(box, "zz")
    qtbot.waitUntil(box.results.isVisible)
    shown = str(box.results.model().index(0, 0).data())
    assert "IBARRA" not in shown


def test_commands_are_found_by_any_of_their_words(qtbot: QtBot, station: Workstation) -> None:
    box = station.window.omnibox
    box.begin()
    QTest.keyClicks(box, "oscuro")
    qtbot.waitUntil(box.results.isVisible)
    station.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tokens(station.window.palette()) is DARK)
    station.settle()
    assert station.preferences.current.scheme == "dark"
    assert not box.results.isVisible()


def test_f6_goes_round_the_zones_and_shift_f6_back(station: Workstation) -> None:
    def zone() -> str:
        focused = QApplication.focusWidget()
        names = [
            z.objectName() or type(z).__name__
            for z in station.window.zones._zones()
            if focused and (z is focused or z.isAncestorOf(focused))
        ]
        return names[0] if names else "?"

    seen = [zone()]
    for _ in range(8):
        station.press(Qt.Key.Key_F6)
        seen.append(zone())
    assert {"top_bar", "rail"} <= set(seen)
    assert "?" not in seen
    for wanted in reversed(seen[:-1]):
        station.press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert zone() == wanted


def test_f1_lists_the_keys_of_this_screen(qtbot: QtBot, station: Workstation) -> None:
    station.press(Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    said = " ".join(text.text() for text in dialog.findChildren(QLabel))
    for wanted in ("F8", "Tomar el siguiente", "Ctrl+3", "Deshacer la última acción", "Av Pág"):
        assert wanted in said
    station.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_the_rail_opens_lists_and_shows_counts(qtbot: QtBot, station: Workstation) -> None:
    station.window.rail.expand(True)
    morosos = station.window.rail.lists[next(kind for kind in station.window.rail.lists if kind.value == "delinquent")]
    qtbot.waitUntil(lambda: morosos.accessibleName() == "Morosos, 3")
    with qtbot.waitSignal(station.window.cases.list_changed) as changed:
        morosos.click()
    assert changed.args == ["delinquent"]
    assert station.preferences.current.rail_expanded


def test_signing_out_closes_all_and_wipes_the_password(
    qtbot: QtBot, open_program: OpenProgram, people: People, superuser: psycopg.Connection
) -> None:
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    people.add("ana")
    station = open_program("ana")
    qtbot.waitUntil(station.credentials.remember.isEnabled)
    station.credentials.remember.setChecked(True)
    station.log_in()
    qtbot.waitUntil(lambda: PASSWORD in memory.kept.values())
    station.window.sign_out()
    qtbot.waitUntil(lambda: station.program.login is not None)
    assert PASSWORD not in memory.kept.values()
    assert station.program.login is not None
    assert station.program.login.isVisible()
    qtbot.waitUntil(lambda: connections(superuser, people.conninfo("ana").login) == 0)
    station.log_in()


def test_nothing_of_a_window_is_left_behind(qtbot: QtBot, open_program: OpenProgram) -> None:
    before = set(QApplication.topLevelWidgets())
    station = open_program("ana", "coordinator")
    station.log_in().sign_out()
    qtbot.waitUntil(lambda: set(QApplication.topLevelWidgets()) - before == {station.program.login})


def test_a_session_elsewhere_that_is_newer_ends_this_one(qtbot: QtBot, station: Workstation, people: People) -> None:
    program = f"iduo Desktop - PC-12 - 0.1.0 - {2**33}"
    other = Database(replace(people.conninfo("ana"), program=program))
    staff.sessions(other)
    station.window.one_place.look()
    qtbot.waitUntil(lambda: station.program.login is not None, timeout=8000)
    assert station.credentials.error.text().startswith("Entraste en PC-12 a las ")
    other.close()


def test_an_older_session_elsewhere_does_not(qtbot: QtBot, station: Workstation, people: People) -> None:
    older = Database(replace(people.conninfo("ana"), program="iduo Desktop - PC-12 - 0.1.0 - 1000"))
    staff.sessions(older)
    station.window.one_place.look()
    station.settle()
    assert station.window.isVisible()
    older.close()


def test_who_is_disabled_meanwhile_is_shown_out(
    qtbot: QtBot, station: Workstation, people: People, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE iduo.staff SET active = false WHERE login = %s", [people.conninfo("ana").login])
    station.operations.poll_now()
    qtbot.waitUntil(lambda: station.program.login is not None, timeout=8000)


def test_a_password_changed_at_work_serves_after_a_cut(
    qtbot: QtBot, station: Workstation, people: People, superuser: psycopg.Connection
) -> None:
    login = people.conninfo("ana").login
    grant = sql.SQL("GRANT {} TO iduo_useradmin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    superuser.execute(grant.format(sql.Identifier(login)))
    station.window.change_password()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    for name in ("new_password", "new_password_again"):
        station.find(QLineEdit, name, dialog).setText("otra clave larga")
    station.find(QPushButton, "save_password", dialog).click()
    qtbot.waitUntil(lambda: "Contraseña cambiada" in station.window.notice.text, timeout=8000)
    superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
    got: list[object] = []
    station.operations.run(station.window, staff.sessions).then(got.append)
    qtbot.waitUntil(lambda: bool(got), timeout=8000)
    station.window.lock()
    station.window.lock_screen.password.setText("otra clave larga")
    station.window.lock_screen.unlock.click()
    qtbot.waitUntil(station.window.frame.isVisible)


def test_closing_the_window_ends_the_program(
    qtbot: QtBot, station: Workstation, people: People, superuser: psycopg.Connection
) -> None:
    station.window.close()
    qtbot.waitUntil(lambda: connections(superuser, people.conninfo("ana").login) == 0)
    assert not station.window.isVisible()
