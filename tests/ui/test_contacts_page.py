"""The page of persons on the real server: find her, add her, and who is there already is not added twice."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.reception import Reception, case_of, person

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Key = Qt.Key
SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def ana(qtbot: QtBot, open_desk: OpenDesk, world: World) -> Reception:
    """Ana at work, where the helpline is switched on."""
    world.set_setting("part_helpline", True)
    return Reception(qtbot, open_desk("ana", "operator"))


def test_a_person_is_found_by_name_and_opened(ana: Reception, keyboard: Keyboard) -> None:
    """Letters without accents narrow the list, Enter opens the record, Esc comes back to the same line."""
    for surname in ("Álvarez", "Gómez", "Pérez"):
        person(ana.desk.database, surname, "Inés")
    ana.open_list()
    assert ana.listed() == ["ÁLVAREZ, Inés", "GÓMEZ, Inés", "PÉREZ, Inés"]
    ana.focus("contact_search")
    keyboard.write("gomez")
    ana.wait_for(lambda: ana.listed() == ["GÓMEZ, Inés"])
    keyboard.press(Key.Key_Down)
    assert keyboard.focused() == "contacts"
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.text("record_person") == "GÓMEZ, Inés" and keyboard.focused() == "record_surname")
    keyboard.press(Key.Key_Escape)
    ana.wait_for(lambda: keyboard.focused() == "contacts")
    row = ana.page.list.view.current_row()
    assert row is not None
    assert row.person == "GÓMEZ, Inés"


def test_only_those_with_an_open_case(ana: Reception, world: World) -> None:
    person(ana.desk.database, "Álvarez", "Inés")
    case_of(world, person(ana.desk.database, "Gómez", "Ana"))
    ana.open_list()
    ana.page.open_only.setChecked(True)
    ana.wait_for(lambda: ana.listed() == ["GÓMEZ, Ana"])


def test_a_new_person_shows_in_the_list_of_a_colleague(ana: Reception, open_desk: OpenDesk) -> None:
    ana.open_list()
    person(open_desk("berta", "operator").database, "Zárate", "Luis")
    ana.desk.operations.poll_now()
    ana.wait_for(lambda: ana.listed() == ["ZÁRATE, Luis"])


def test_a_person_is_added_by_keyboard(ana: Reception, keyboard: Keyboard) -> None:
    """Ctrl+Shift+N, the fields one after the other with Enter, Ctrl+Enter: her record is open."""
    ana.open_list()
    keyboard.press(Key.Key_N, SHIFT)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None and keyboard.focused() == "field_surname")
    for typed in ("Sosa", "Marta", "24118903", "0341 15 612 4410"):
        keyboard.write(typed)
        keyboard.press(Key.Key_Return)
    keyboard.save()
    ana.wait_for(lambda: ana.text("record_person") == "SOSA, Marta")
    assert ana.record.document == "24118903"
    assert [phone.e164 for phone in ana.record.phones] == ["+5493416124410"]


def test_nobody_is_kept_without_a_name_or_a_document(ana: Reception, keyboard: Keyboard) -> None:
    ana.open_list()
    keyboard.press(Key.Key_N, SHIFT)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None and keyboard.focused() == "field_surname")
    keyboard.save()
    assert ana.text("error_surname") == "Escribí el apellido, el nombre o el documento"


def test_who_is_there_already_is_shown_while_one_types(ana: Reception, keyboard: Keyboard) -> None:
    """The same telephone, spelled otherwise: «Es esta persona» opens her record, and nothing new is kept."""
    there = person(ana.desk.database, "Gómez", "Ana")
    ana.open_list()
    keyboard.press(Key.Key_N, SHIFT)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None and keyboard.focused() == "field_surname")
    ana.focus("field_phone")
    keyboard.write("0341 15 612 4410")
    ana.wait_for(lambda: ana.find("same_person").isVisible())
    ana.click("same_person")
    ana.wait_for(lambda: ana.view.record is not None and ana.record.id == there)
    assert ana.desk.drafts.newest("new_contact") is None


def test_what_was_typed_of_a_new_person_is_there_again(ana: Reception, keyboard: Keyboard) -> None:
    ana.open_list()
    keyboard.press(Key.Key_N, SHIFT)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None and keyboard.focused() == "field_surname")
    keyboard.write("Sosa")
    keyboard.press(Key.Key_Escape)
    ana.wait_for(lambda: QApplication.activeModalWidget() is None)
    ana.come_here()
    keyboard.press(Key.Key_N, SHIFT)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None)
    assert ana.text("field_surname") == "Sosa"
