"""«No contactar»: a file is read and sent by parts, single numbers come and go with a reason, all by keyboard."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.services import no_contact_files, pressure
from iduo_desktop.services.pressure import NoContactList
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.no_contact import NoContactPage
from iduo_desktop.ui.settings.no_contact_load import LoadDialog
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog, press

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Callable[[str], None]) -> NoContactPage:
    """The page, loaded."""
    go("No contactar")
    shown = frame.page
    assert isinstance(shown, NoContactPage)
    qtbot.waitUntil(lambda: shown.said.text() == "Todavía no hay ninguno.")
    return shown


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """25 numbers, one of them twice and one that is none, beside names."""
    lines = ["nombre;telefono", *(f"Cliente {number};11 4321-{number:04}" for number in range(25))]
    path = tmp_path / "Pedidos de octubre.csv"
    path.write_text("\n".join([*lines, "Otra vez;011 4321 0003", "Nadie;sin teléfono"]), "utf-8")
    return path


def open_load(qtbot: QtBot, page: NoContactPage, keyboard: Keyboard) -> LoadDialog:
    """The dialog, opened by its button."""
    press(keyboard, page.load_file)
    shown = dialog(qtbot, "no_contact_load_dialog")
    assert isinstance(shown, LoadDialog)
    return shown


def _says(shown: LoadDialog, sentence: str) -> bool:
    return shown.message.text().startswith(sentence)


def lists(desk: Desk) -> list[tuple[str, str, int]]:
    """What the database keeps."""
    return [(each.name, each.purpose, each.entries) for each in pressure.no_contact_lists(desk.database)]


def addresses(desk: Desk) -> list[str]:
    """Those entered one by one."""
    return [each.address for each in pressure.no_contact_entries(desk.database, "")]


def test_a_file_is_brought_in_by_keyboard(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(no_contact_files, "AT_ONCE", 10)
    shown = open_load(qtbot, page, keyboard)
    assert keyboard.focused() == "no_contact_path"
    shown.path.setText(str(file))
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.form.values().get("name") == "Pedidos de octubre")
    assert shown.column.box.currentText() == "telefono (11 4321-0000)"
    keyboard.reaches("field_as_of")
    keyboard.write("ayer")
    keyboard.save()
    qtbot.waitUntil(lambda: lists(desk) == [("Pedidos de octubre", "", 25)], timeout=8000)
    qtbot.waitUntil(lambda: page.lists.topLevelItemCount() == 1)
    said = "Cargaste «Pedidos de octubre»: 25 números y mails nuevos, 1 no se entendieron"
    qtbot.waitUntil(lambda: desk.notice.text == said)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_a_workbook_with_numbers_as_numbers(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(("documento", "linea", "mail"))
    sheet.append((30111222, 1143215678, ""))
    sheet.append((30111223, "0341 15-612-4410", "Ana@Example.org"))
    path = tmp_path / "registro.xlsx"
    book.save(path)
    found = no_contact_files.look(path)
    assert [column.title for column in found.columns] == ["documento", "linea", "mail"]
    assert no_contact_files.addresses(found, 1, "11") == ("1143215678", "3416124410")
    assert no_contact_files.addresses(found, 2, "11") == ("ana@example.org",)


def test_a_text_of_one_column(tmp_path: Path) -> None:
    path = tmp_path / "registro.txt"
    path.write_text("1143215678\r\n1143215679\r\n", "cp1252")
    found = no_contact_files.look(path)
    assert [(column.title, column.hits) for column in found.columns] == [("Columna 1", 2)]
    assert no_contact_files.addresses(found, 0, "11") == ("1143215678", "1143215679")


def test_a_file_that_is_none_and_one_without_numbers(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, tmp_path: Path
) -> None:
    shown = open_load(qtbot, page, keyboard)
    for name, content, sentence in (
        ("foto.csv", b"\x89PNG\x00\x01", "El archivo no es una planilla."),
        ("notas.csv", b"uno;dos\ntres;cuatro", "No encontramos ninguna columna con teléfonos o mails."),
    ):
        (tmp_path / name).write_bytes(content)
        shown.take(tmp_path / name)
        qtbot.waitUntil(partial(_says, shown, sentence))
        assert not shown.meter.isVisible()
    keyboard.save()
    assert shown.message.text() == "Elegí el archivo."
    keyboard.press(Qt.Key.Key_Escape)


def test_it_is_stopped_between_two_parts(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(no_contact_files, "AT_ONCE", 5)
    shown = open_load(qtbot, page, keyboard)
    shown.take(file)
    qtbot.waitUntil(lambda: bool(shown.form.values().get("name")))
    shown.form.rows[3].editor.set_value("2026-11-20")
    before = shown._sent

    def stop_after_one(loaded: pressure.Loaded) -> None:
        shown.reject()  # as Esc does
        before(loaded)

    monkeypatch.setattr(shown, "_sent", stop_after_one)
    keyboard.save()
    qtbot.waitUntil(lambda: shown.message.text().startswith("Quedaron cargados 5 de 26."), timeout=8000)
    assert lists(desk) == [("Pedidos de octubre", "", 5)]
    shown.reject()


def test_lists_are_marked_when_they_are_old_and_taken_away(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk, world: World
) -> None:
    old = world.now() - timedelta(days=40)
    pressure.load_no_contact(desk.database, "No Llame", "promotion", old, ("1143215678",), True)
    qtbot.waitUntil(lambda: page.lists.topLevelItemCount() == 1)
    item = page.lists.topLevelItem(0)
    assert item is not None
    day = formats.day(formats.here(old).date())
    assert [item.text(column) for column in range(4)] == ["No Llame", "Promoción", f"{day}  ⚠ vieja: solo avisa", "1"]
    press(keyboard, page.drop_list)
    dialog(qtbot, "no_contact_list_dialog")
    keyboard.save()
    qtbot.waitUntil(lambda: lists(desk) == [])
    qtbot.waitUntil(lambda: page.lists.topLevelItemCount() == 0)


def test_one_number_is_added_found_and_taken_away_with_a_reason(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk
) -> None:
    press(keyboard, page.add)
    dialog(qtbot, "no_contact_entry_dialog")
    assert keyboard.focused() == "field_address"
    keyboard.write("0341 15 612-4410")
    for _ in range(3):
        keyboard.press(Qt.Key.Key_Return)
    keyboard.reaches("field_origin")
    keyboard.write("Lo pidió por carta")
    keyboard.save()
    qtbot.waitUntil(lambda: addresses(desk) == ["0341 15 612-4410"])
    qtbot.waitUntil(lambda: page.entries.topLevelItemCount() == 1)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    page.window().activateWindow()
    page.search.setFocus()
    keyboard.write("99")
    qtbot.waitUntil(lambda: page.said.text() == "Ninguno empieza con «99».")
    keyboard.press(Qt.Key.Key_Escape)
    keyboard.write("34161")
    qtbot.waitUntil(lambda: page.entries.topLevelItemCount() == 1)
    press(keyboard, page.drop)
    dialog(qtbot, "no_contact_remove_dialog")
    keyboard.save()
    reason = QApplication.activeModalWidget()
    assert reason is not None
    problem = reason.findChild(QLabel, "error_reason")
    assert problem is not None
    assert problem.text() == "Completá este dato"
    keyboard.write("Volvió a ser cliente")
    keyboard.save()
    qtbot.waitUntil(lambda: addresses(desk) == [])


def test_a_number_that_is_none_is_said_at_its_field(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk
) -> None:
    page.search.setText("hola")
    press(keyboard, page.add)
    shown = dialog(qtbot, "no_contact_entry_dialog")
    line = shown.findChild(QLineEdit, "field_origin")
    assert line is not None
    line.setFocus()
    keyboard.write("Carta")
    keyboard.save()
    problem = shown.findChild(QLabel, "error_address")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.text() == "No es un número ni un mail.")
    assert addresses(desk) == []
    keyboard.press(Qt.Key.Key_Escape)


def test_a_list_again_begins_with_its_name(
    qtbot: QtBot, page: NoContactPage, keyboard: Keyboard, desk: Desk, world: World
) -> None:
    pressure.load_no_contact(desk.database, "No Llame", "promotion", world.now(), ("1143215678",), True)
    qtbot.waitUntil(lambda: page.lists.topLevelItemCount() == 1)
    page.lists.setFocus()
    keyboard.press(Qt.Key.Key_Return)
    shown = dialog(qtbot, "no_contact_load_dialog")
    assert isinstance(shown, LoadDialog)
    assert shown.form.values() == {"name": "No Llame", "purpose": "promotion"}
    keyboard.press(Qt.Key.Key_Escape)
    known: NoContactList | None = page.lists.row()
    assert known is not None
