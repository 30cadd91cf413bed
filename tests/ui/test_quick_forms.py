"""A call, a task and a case alone: short forms that become full ones, with the case that was just made at hand."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import formats
from iduo_desktop.ui.attention.quick_calls import PlanCallDialog, RecordCallDialog, TaskDialog
from iduo_desktop.ui.attention.quick_case import CaseDialog
from iduo_desktop.ui.attention.quick_dialog import About, QuickDialog
from tests.services.world import World
from tests.ui.attention_place import case_of, helpline, person
from tests.ui.conftest import OpenDesk
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
CALL = "SELECT to_jsonb(c) FROM iduo.call c"
TASK = "SELECT to_jsonb(t) FROM iduo.task t"


@pytest.fixture
def desk(open_desk: OpenDesk, world: World) -> Desk:
    """Ana's, where a helpline is attended."""
    helpline(world)
    return open_desk()


@pytest.fixture
def nora(desk: Desk) -> int:
    """Somebody who has called."""
    return person(desk.database, "Roldán", "Nora", document="30112233")


def shown(qtbot: QtBot, desk: Desk, dialog: QuickDialog) -> QuickDialog:
    """The dialog, on the screen, with nothing asked any more."""
    dialog.open()
    qtbot.waitUntil(lambda: not desk.operations._unsettled)
    qtbot.wait(20)
    return dialog


def field(dialog: QuickDialog, key: str) -> QWidget:
    """The input of a field."""
    return next(row.editor.input for form in dialog.forms for row in form.rows if row.field.key == key)


def typed(dialog: QuickDialog, key: str) -> str:
    """What stands in a line."""
    line = field(dialog, key)
    assert isinstance(line, QLineEdit)
    return line.text()


def test_the_case_just_made_is_offered_first(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard, world: World
) -> None:
    case_of(desk.database, nora, "Otra consulta")
    case = case_of(desk.database, nora, "Violencia en el hogar")
    given = (desk.operations, desk.drafts, About(), formats.now)
    dialog = shown(qtbot, desk, RecordCallDialog(*given, window))
    assert typed(dialog, "case") == f"C-{case} · Violencia en el hogar · ROLDÁN, Nora"
    field(dialog, "note").setFocus()
    keyboard.write("Atendió la hermana.")
    with qtbot.waitSignal(dialog.saved, timeout=8000):
        keyboard.save()
    made = world.value(CALL)
    assert (made["case_id"], made["direction"], made["state"]) == (case, "inbound", "held")
    assert made["note"] == "Atendió la hermana."


def test_another_case_is_found_by_what_is_typed(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard
) -> None:
    other = case_of(desk.database, person(desk.database, "Sosa", "Marta", "11 4321-5678", "28444555"), "Vivienda")
    case_of(desk.database, nora, "Violencia en el hogar")
    given = (desk.operations, desk.drafts, About(), formats.now)
    dialog = shown(qtbot, desk, RecordCallDialog(*given, window))
    field(dialog, "case").setFocus()
    keyboard.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    keyboard.write("sosa")
    assert dialog.related is not None
    qtbot.waitUntil(dialog.related._list.isVisible)
    texts = dialog.related._list.texts()
    assert texts[0].startswith("C-")
    while "Vivienda" not in str(dialog.related._list.currentIndex().data()):
        keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Return)
    assert dialog.related.value() == str(other)


def test_the_full_form_keeps_what_was_typed_in_the_quick_one(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard, world: World
) -> None:
    case_of(desk.database, nora, "Violencia en el hogar")
    given = (desk.operations, desk.drafts, About(), formats.now, lambda _: "")
    dialog = shown(qtbot, desk, PlanCallDialog(*given, window))
    assert keyboard.focused() == "field_at"
    keyboard.write("lunes 10")
    assert dialog.full is not None
    assert dialog.full.isHidden()
    dialog.more.click()
    assert dialog.full.isVisible()
    assert typed(dialog, "at").endswith("10:00")  # written out when one left it
    dialog.full.set_values({"direction": "outbound", "remind": "30", "who": "anybody"})
    dialog.more.click()
    assert dialog.full.isHidden()
    with qtbot.waitSignal(dialog.saved, timeout=8000):
        dialog.submit()
    made = world.value(CALL)
    assert (made["state"], made["remind"], made["assignee"]) == ("planned", 30, None)


def test_what_was_left_in_the_full_form_is_there_again(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard
) -> None:
    case_of(desk.database, nora, "Violencia en el hogar")
    given = (desk.operations, desk.drafts, About(), formats.now)
    dialog = shown(qtbot, desk, RecordCallDialog(*given, window))
    dialog.toggle_full()
    dialog.forms[1].set_values({"minutes": "12"})
    dialog.reject()
    window.activateWindow()
    again = shown(qtbot, desk, RecordCallDialog(*given, window))
    assert again.full is not None
    assert again.full.isVisible()
    assert again.forms[1].values() == {"minutes": "12"}
    assert "Violencia" in typed(again, "case")


def test_a_task_is_put_into_the_agenda(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard, world: World
) -> None:
    given = (desk.operations, desk.drafts, About(nora, "ROLDÁN, Nora"), formats.now, lambda _: "")
    dialog = shown(qtbot, desk, TaskDialog(*given, window))
    keyboard.write("Mandarle los turnos")
    keyboard.press(Qt.Key.Key_Return)
    keyboard.write("+2d")
    with qtbot.waitSignal(dialog.saved, timeout=8000):
        keyboard.save()
    made = world.value(TASK)
    assert (made["title"], made["contact_id"]) == ("Mandarle los turnos", nora)
    assert (formats.now() + timedelta(days=2)).date().isoformat() == made["due_at"][:10]


def test_a_case_alone_is_of_somebody_whom_one_knows(
    qtbot: QtBot, window: QWidget, desk: Desk, nora: int, keyboard: Keyboard, world: World
) -> None:
    dialog = shown(qtbot, desk, CaseDialog(desk.operations, desk.drafts, About(), formats.now, window))
    keyboard.write("rold")
    assert isinstance(dialog, CaseDialog)
    qtbot.waitUntil(dialog.who._list.isVisible)
    keyboard.press(Qt.Key.Key_Return)
    assert dialog.who.contact_id == nora
    keyboard.press(Qt.Key.Key_Return)
    keyboard.write("Consulta")
    with qtbot.waitSignal(dialog.saved, timeout=8000):
        keyboard.save()
    made = world.value('SELECT to_jsonb(c) FROM iduo."case" c')
    assert (made["contact_id"], made["subject"], made["priority"]) == (nora, "Consulta", "normal")
