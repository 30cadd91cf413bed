"""Who did what and who looked: a reason first, then the lines, the change before and after, and files."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import settings
from iduo_desktop.ui.settings import files
from iduo_desktop.ui.settings.audit import AccessPage, AuditPage, ChangeDialog
from iduo_desktop.ui.settings.erase_dialog import EraseDialog
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.person_data import PersonDataPage
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Go = Callable[[str], None]


@pytest.fixture
def page(frame: SettingsFrame, go: Go) -> AuditPage:
    """The audit, with nothing on it yet."""
    go("Auditoría")
    assert isinstance(frame.page, AuditPage)
    return frame.page


def test_nothing_is_read_without_a_reason(page: AuditPage, keyboard: Keyboard, desk: Desk, world: World) -> None:
    assert keyboard.focused() == "field_reason"
    keyboard.save()
    problem = page.findChild(QLabel, "error_reason")
    assert problem is not None
    assert problem.text() == "Completá este dato"
    assert page.found == ()
    assert world.value("SELECT count(*) FROM iduo.receipt") == 0


def test_a_change_is_found_and_shown_before_and_after(
    qtbot: QtBot, page: AuditPage, keyboard: Keyboard, desk: Desk, world: World, tmp_path: Path
) -> None:
    settings.save(desk.database, "open_cases_limit", "45")
    keyboard.write("Control mensual")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("ajuste")
    keyboard.press(Qt.Key.Key_Tab)
    page.window().activateWindow()  # the offscreen platform leaves the list that popped up active
    qtbot.waitUntil(page.window().isActiveWindow)
    keyboard.write("hoy")
    keyboard.save()
    qtbot.waitUntil(lambda: len(page.found) == 1)
    keyboard.reaches("audit_list")
    keyboard.press(Qt.Key.Key_Return)
    shown = dialog(qtbot, "change_dialog")
    assert isinstance(shown, ChangeDialog)
    rows = [shown.list.topLevelItem(at) for at in range(shown.list.topLevelItemCount())]
    assert ["● valor", "30", "45"] in [[row.text(column) for column in range(3)] for row in rows if row is not None]
    keyboard.press(Qt.Key.Key_Escape)
    reasons = world.superuser.execute("SELECT subject, reason FROM iduo.receipt ORDER BY id").fetchall()
    assert reasons == [("log", "Control mensual"), ("setting:open_cases_limit", "Control mensual")]
    page.write(str(tmp_path / "lista.csv"))
    qtbot.waitUntil(lambda: "1 línea" in desk.notice.text)
    assert "cambió: Ajuste;open_cases_limit" in (tmp_path / "lista.csv").read_text("utf-8-sig")


def test_who_looked(qtbot: QtBot, frame: SettingsFrame, go: Go, keyboard: Keyboard) -> None:
    go("Consultas")
    looked = frame.page
    assert isinstance(looked, AccessPage)
    keyboard.write("Control")
    keyboard.save()
    qtbot.waitUntil(lambda: len(looked.found) == 1)
    assert (looked.found[0].reason, looked.found[0].actor_name) == ("Control", "Root")


def test_all_that_is_kept_on_a_client_goes_into_a_file(
    qtbot: QtBot, frame: SettingsFrame, go: Go, keyboard: Keyboard, desk: Desk, world: World, tmp_path: Path
) -> None:
    world.case(company=world.company(surname="Núñez", names="Ana <b>", number=31001))
    go("Datos de una persona")
    shown = frame.page
    assert isinstance(shown, PersonDataPage)
    keyboard.write("nunez")
    qtbot.waitUntil(lambda: bool(shown.client._hits))
    keyboard.press(Qt.Key.Key_Return)
    keyboard.write("Lo pidió por nota")
    keyboard.save()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QFileDialog))
    chooser = QApplication.activeModalWidget()
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "ana.html"))
    chooser.reject()
    qtbot.waitUntil(lambda: desk.notice.text.startswith("Guardaste los datos de NÚÑEZ"))
    written = (tmp_path / "ana.html").read_text("utf-8")
    assert "<td>Ana &lt;b&gt;</td>" in written
    assert "<h2>Casos</h2>" in written


def said(asked: EraseDialog, field: str) -> str:
    """What is said to be wrong with a field."""
    found = asked.findChild(QLabel, f"error_{field}")
    assert isinstance(found, QLabel)
    return found.text()


def test_his_data_are_blanked_when_his_number_was_typed_again(
    qtbot: QtBot, frame: SettingsFrame, go: Go, keyboard: Keyboard, desk: Desk, world: World
) -> None:
    company = world.company(surname="Núñez", names="Ana", number=31001)
    go("Datos de una persona")
    shown = frame.page
    assert isinstance(shown, PersonDataPage)
    keyboard.write("nunez")
    qtbot.waitUntil(lambda: bool(shown.client._hits))
    keyboard.press(Qt.Key.Key_Return)
    erase = shown.findChild(QPushButton, "person_erase")
    assert isinstance(erase, QPushButton)
    erase.click()
    asked = dialog(qtbot, "erase_person_dialog")
    assert isinstance(asked, EraseDialog)
    keyboard.write("lo pidió Núñez")
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("31002")
    keyboard.save()
    qtbot.waitUntil(lambda: said(asked, "reason").startswith("No pongas su nombre"))
    asked.form.set_values({"reason": "nota 12/26", "number": "31002"})
    asked.submit()
    qtbot.waitUntil(lambda: "Ese no es" in said(asked, "number"))
    assert world.value("SELECT surname FROM iduo.company WHERE id = %s", company) == "Núñez"
    asked.form.set_values({"reason": "nota 12/26", "number": "31.001"})
    asked.submit()
    qtbot.waitUntil(lambda: desk.notice.text == "Borraste los datos del cliente 31001")
    assert world.value("SELECT surname FROM iduo.company WHERE id = %s", company) == "(borrado)"
    assert shown.client.value() is None


def test_files(tmp_path: Path) -> None:
    files.write_list(tmp_path / "a.csv", ["Qué"], [["=1+1"], ["ñ;x"]])
    assert (tmp_path / "a.csv").read_bytes() == '\ufeffQué\r\n\'=1+1\r\n"ñ;x"\r\n'.encode()
    record = '{"cliente": {"surname": "Núñez"}, "casos": []}'
    assert json.loads(files.write_person(tmp_path / "a.json", "Ana", record).read_text("utf-8")) == json.loads(record)
    with pytest.raises(UserError, match="Elegí otro lugar"):
        files.write_list(tmp_path / "no" / "a.csv", [], [])
