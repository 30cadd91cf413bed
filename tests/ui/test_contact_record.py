"""A person's record on the real server: corrected in place, safe or not, sections, network, history, two at once."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services import contact_records
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.reception import Reception, case_of, change, person

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Key = Qt.Key


@pytest.fixture
def ana(qtbot: QtBot, open_desk: OpenDesk, world: World) -> Reception:
    """Ana at work, where the helpline is switched on."""
    world.set_setting("part_helpline", True)
    return Reception(qtbot, open_desk("ana", "operator"))


@pytest.fixture
def gomez(ana: Reception) -> int:
    """Ana Gómez, with a telephone."""
    return person(ana.desk.database, document="24118903")


def edit(ana: Reception, keyboard: Keyboard, name: str, text: str) -> None:
    """Enter, another text, Enter."""
    ana.focus(f"record_{name}")
    keyboard.press(Key.Key_Return)
    assert keyboard.focused() == f"record_{name}_editor"
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write(text)
    keyboard.press(Key.Key_Return)


def test_a_value_is_corrected_and_taken_back(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    edit(ana, keyboard, "surname", "Gomes")
    ana.wait_for(lambda: ana.text("record_person") == "GOMES, Ana")
    keyboard.reaches("record_surname")
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.text("record_person") == "GÓMEZ, Ana")


def test_a_birth_date_is_understood_or_refused(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    edit(ana, keyboard, "birth_date", "3/5")
    assert ana.text("record_birth_date_remark") == "Escribila así: 3/5/1975"
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write("3/5/75")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.record.birth_date == date(1975, 5, 3))
    ana.wait_for(lambda: ana.text("record_birth_date").startswith("03/05/1975"))


def test_what_a_colleague_changed_is_said_and_not_overwritten(
    ana: Reception, gomez: int, keyboard: Keyboard, open_desk: OpenDesk
) -> None:
    """While Ana types a surname Berta corrects it: Ana's text stays, she is told, and a second Enter is hers."""
    ana.open(gomez)
    ana.focus("record_surname")
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write("Gomes")
    change(open_desk("berta", "operator").database, gomez, "surname", "Gamez")
    ana.desk.operations.poll_now()
    ana.wait_for(lambda: "Ahora dice «Gamez»" in ana.text("record_surname_remark"))
    assert ana.text("record_surname_editor") == "Gomes"
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.record.surname == "Gomes")


def test_a_change_that_was_not_seen_is_refused(
    ana: Reception, gomez: int, keyboard: Keyboard, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The word of Berta's change is not here yet: the server refuses Ana's, and her text stays."""
    ana.open(gomez)
    ana.focus("record_surname")
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write("Gomes")
    berta = open_desk("berta", "operator").database
    monkeypatch.setattr(ana.desk.operations, "poll_now", lambda: None)
    change(berta, gomez, "surname", "Gamez")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.text("record_surname_remark"))
    assert ana.text("record_surname_editor") == "Gomes"
    assert contact_records.record(berta, gomez).surname == "Gamez"


def test_what_is_typed_waits_while_another_person_is_looked_at(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    other = person(ana.desk.database, "Sosa", "Marta", phone="")
    ana.open(gomez)
    ana.focus("record_names")
    keyboard.press(Key.Key_Return)
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write("Ana Clara")
    ana.open(other)
    assert ana.text("record_names") == "Marta"
    ana.open(gomez)
    assert ana.text("record_names_editor") == "Ana Clara"


def test_an_unsafe_telephone_is_not_copied_before_somebody_says_so(
    ana: Reception, gomez: int, keyboard: Keyboard
) -> None:
    contact_records.change(ana.desk.database, gomez, "safe_words", "Decí que es de la biblioteca", 1, uuid4())
    ana.open(gomez)
    phone = ana.record.phones[0]
    contact_records.mark_phone(ana.desk.database, gomez, phone.id, False, False, uuid4())
    ana.desk.operations.poll_now()
    ana.wait_for(lambda: ana.record.phones[0].safe is False)
    QGuiApplication.clipboard().setText("nada")
    ana.focus("record_surname")
    keyboard.press(Key.Key_L)
    ana.wait_for(lambda: keyboard.focused() == "reach_close")
    assert "no seguro" in ana.text("reach_warning")
    assert "Decí que es de la biblioteca" in ana.text("reach_rules")
    assert QGuiApplication.clipboard().text() == "nada"
    ana.click("reach_anyway")
    assert QGuiApplication.clipboard().text() == "+54 9 341 612-4410"


def test_a_call_is_registered_from_the_record(ana: Reception, gomez: int, keyboard: Keyboard, world: World) -> None:
    case = case_of(world, gomez)
    ana.open(gomez)
    ana.focus("record_surname")
    keyboard.press(Key.Key_L)
    ana.wait_for(lambda: keyboard.focused() == "reach_note")
    keyboard.write("Está mejor")
    keyboard.save()
    ana.wait_for(lambda: ana.record.calls == 1)
    assert not ana.view.reach.isVisible()
    assert world.value("SELECT case_id FROM iduo.call") == case


def test_a_telephone_is_added_marked_and_taken_out(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    ana.click("add_phone")
    keyboard.write("4321-5678")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: len(ana.record.phones) == 2 or ana.text("phone_new_remark"))
    if len(ana.record.phones) < 2:  # without an area code it is odd, and Enter again keeps it
        keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: len(ana.record.phones) == 2)
    phone = ana.record.phones[1]
    ana.view.data.phones._mark(phone.id, True)
    ana.wait_for(lambda: ana.record.phones[1].safe is True)
    ana.click(f"phone_{phone.id}_out")
    ana.wait_for(lambda: len(ana.record.phones) == 1)
    ana.desk.notice.undo()
    ana.wait_for(lambda: len(ana.record.phones) == 2)
    assert {each.id: each.safe for each in ana.record.phones}[phone.id] is True


def test_a_flag_is_raised_until_a_day_and_lowered(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    ana.click("flag_add")
    keyboard.write("Medida cautelar")
    keyboard.press(Key.Key_Tab)
    keyboard.write("+7d")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: "Medida cautelar (hasta el" in ana.text("record_flags"))
    flag = ana.record.flags[0]
    assert flag.until is not None
    ana.click(f"flag_{flag.id}_out")
    ana.wait_for(lambda: not ana.record.flags)
    ana.desk.notice.undo()
    ana.wait_for(lambda: [each.text for each in ana.record.flags] == ["Medida cautelar"])


def open_section(ana: Reception, title: str) -> Any:
    """Unfold the section with this title."""
    box = next(box for box in ana.view.sections if title in box.fold.text())
    box.fold.open(True)
    return box


def test_no_dijo_is_an_answer(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    box = open_section(ana, "Demografía")
    ana.wait_for(lambda: box._form is not None)
    ana.focus("unsaid_gender")
    keyboard.press(Key.Key_Space)
    ana.focus("field_locality")
    keyboard.write("Rosario")
    keyboard.save()
    ana.wait_for(lambda: not box.is_open)
    section = next(each for each in ana.record.sections if each.title == "Demografía")
    kept = contact_records.section(ana.desk.database, gomez, section.form_id, None)
    assert '"__unsaid__"' in kept.values
    assert '"Rosario"' in kept.values


def test_what_was_typed_in_a_section_is_there_again(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    ana.open(gomez)
    box = open_section(ana, "Demografía")
    ana.wait_for(lambda: box._form is not None)
    ana.focus("field_locality")
    keyboard.write("Rosario")
    keyboard.press(Key.Key_Escape)
    assert not box.is_open
    box = open_section(ana, "Demografía")
    ana.wait_for(lambda: box._form is not None)
    ana.wait_for(lambda: ana.text("field_locality") == "Rosario")


def test_a_reserved_section_is_opened_with_a_reason(
    ana: Reception, gomez: int, keyboard: Keyboard, world: World
) -> None:
    """Whoever attends her open case reads it, after saying why; the trace is there before the text is."""
    case_of(world, gomez, assigned_to=ana.desk.login)
    ana.open(gomez)
    box = open_section(ana, "Antecedentes de salud")
    ana.wait_for(lambda: box._form is not None)  # nothing is stored yet: nothing is read
    ana.find("unsaid_treatment").setFocus()
    keyboard.press(Key.Key_Space)
    keyboard.save()
    ana.wait_for(lambda: not box.is_open and "sin completar" not in box.fold.text())
    before = world.value("SELECT count(*) FROM iduo.receipt")
    box = open_section(ana, "Antecedentes de salud")
    ana.wait_for(lambda: keyboard.focused() == "section_reason_text")
    assert "queda registrado" in box.reason.findChild(type(box._says), "section_reason_hint").text()
    keyboard.press(Key.Key_Return)
    assert box._form is None
    keyboard.write("Seguimiento")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: box._form is not None)
    assert world.value("SELECT count(*) FROM iduo.receipt") == before + 1


def test_who_does_not_attend_her_is_told_who_may(ana: Reception, gomez: int) -> None:
    ana.open(gomez)
    box = open_section(ana, "Antecedentes de salud")
    ana.rest()
    assert "la lee y la completa quien atiende" in box._says.text()
    assert box._form is None


def test_the_support_network_is_made_of_persons(ana: Reception, gomez: int, keyboard: Keyboard, world: World) -> None:
    """Her mother has a record: found, added; then read with a reason."""
    case_of(world, gomez, assigned_to=ana.desk.login)
    rosa = person(ana.desk.database, "Gómez", "Rosa", phone="341 555-1234")
    ana.open(gomez)
    ana.view.network.open()
    ana.click("network_add")
    ana.wait_for(lambda: keyboard.focused() == "field_person")
    keyboard.write("rosa gomez")
    ana.wait_for(lambda: "GÓMEZ, Rosa" in ana.view.network.person._list.texts())
    keyboard.press(Key.Key_Return)
    ana.focus("field_what")
    keyboard.write("Madre")
    keyboard.save()
    ana.wait_for(lambda: ana.record.network == 1)
    ana.view.network.fold.open(False)
    ana.view.network.fold.open(True)
    ana.wait_for(lambda: keyboard.focused() == "network_reason_text")
    keyboard.write("Seguimiento")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: ana.view.network._lines)
    opened: list[int] = []
    ana.view.network.person_asked.connect(opened.append)
    ana.view.network._lines[0].findChildren(QPushButton)[0].click()
    assert opened == [rosa]


def test_somebody_without_a_record_gets_one(ana: Reception, gomez: int, keyboard: Keyboard, world: World) -> None:
    case_of(world, gomez, assigned_to=ana.desk.login)
    ana.open(gomez)
    ana.view.network.open()
    ana.click("network_add")
    ana.wait_for(lambda: keyboard.focused() == "field_person")
    keyboard.write("Lopez Ines")
    ana.wait_for(ana.view.network.person._list.isVisible)
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: QApplication.activeModalWidget() is not None and keyboard.focused() == "field_document")
    keyboard.save()
    ana.wait_for(lambda: QApplication.activeModalWidget() is None and ana.view.network.person.contact_id is not None)
    ana.come_here()
    ana.focus("field_what")
    keyboard.write("Amiga")
    keyboard.save()
    ana.wait_for(lambda: ana.record.network == 1)


def test_the_history_is_narrowed_by_kind_and_by_words(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    change(ana.desk.database, gomez, "note", "Prefiere la mañana")
    ana.open(gomez)
    ana.wait_for(lambda: ana.view.story._lines)
    ana.view.story.choose("ticket")
    ana.wait_for(lambda: ana.text("story_nothing") == "Nada en la historia con ese filtro.")
    ana.view.tabs.setCurrentIndex(1)
    assert ana.text("record_no_cases") == "Todavía no tiene casos."
    assert not ana.view.data.isVisible()
    ana.view.tabs.setCurrentIndex(0)
    ana.wait_for(lambda: ana.view.story._lines)
    assert ana.view.data.isVisible()


def test_two_records_become_one_and_two_again(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    other = person(ana.desk.database, "Gomez", "A.", document="24118903")
    ana.open(gomez)
    ana.wait_for(lambda: [each.contact_id for each in ana.record.duplicates] == [other])
    ana.click("compare_1")
    ana.wait_for(lambda: ana.find("merge_join").isEnabled())
    ana.find("merge_names_other").setProperty("checked", True)
    keyboard.save()
    ana.wait_for(lambda: ana.text("record_person") == "GÓMEZ, A." and not ana.record.duplicates)
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.text("record_person") == "GÓMEZ, Ana")
    assert contact_records.record(ana.desk.database, other).merged_into is None


def test_the_buttons_tell_the_window(ana: Reception, gomez: int) -> None:
    ana.open(gomez)
    told: list[tuple[str, int]] = []
    ana.page.attention_requested.connect(lambda contact: told.append(("attention", contact)))
    ana.page.schedule_requested.connect(lambda contact: told.append(("schedule", contact)))
    ana.click("record_attention")
    ana.click("record_schedule")
    assert told == [("attention", gomez), ("schedule", gomez)]
