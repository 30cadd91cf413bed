"""F7 on the real server: a digit closes, errors stand at their fields, nothing typed is lost."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.close_dialog import CloseDialog
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Open = Callable[..., CloseDialog]


@pytest.fixture
def ana(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk("ana", "operator")


@pytest.fixture
def case(world: World, ana: Desk) -> int:
    """A case of Ana's."""
    return world.case(assigned_to=ana.login)


@pytest.fixture
def open_dialog(qtbot: QtBot, ana: Desk, case: int, window: QWidget) -> Open:
    """`open_dialog()`: F7 on the case."""

    def open_one() -> CloseDialog:
        dialog = CloseDialog(ana.operations, ana.drafts, cases.card(ana.database, case), window)
        dialog.open()
        qtbot.waitUntil(lambda: bool(dialog.forms))
        dialog.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        return dialog

    return open_one


def closing(world: World, case: int) -> dict[str, object]:
    """The answers that a case was closed with."""
    found: dict[str, object] = world.value("SELECT values FROM iduo.closing WHERE case_id = %s", case)
    return found


def text_of(dialog: CloseDialog, name: str) -> str:
    label = dialog.findChild(QLabel, name)
    assert label is not None
    return "" if label.isHidden() else label.text()


def test_a_digit_and_ctrl_enter(
    qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, world: World, case: int, ana: Desk
) -> None:
    dialog = open_dialog()
    assert keyboard.focused() == "field_reason"
    keyboard.press(Qt.Key.Key_1)
    with qtbot.waitSignal(dialog.closed) as told:
        keyboard.save()
    assert told.args is not None
    assert told.args[0] == case
    assert closing(world, case) == {
        "reason": "paid",
        "contact_reason": "collection",
        "status": "solved",
        "description": "Regularizó el pago.",
    }
    assert cases.undo(ana.database, told.args[1]).kind == "closed"
    assert ana.drafts.find("close", case) is None


def test_a_digit_before_the_form_has_come(
    qtbot: QtBot, ana: Desk, case: int, window: QWidget, keyboard: Keyboard
) -> None:
    dialog = CloseDialog(ana.operations, ana.drafts, cases.card(ana.database, case), window)
    dialog.open()
    assert not dialog.forms
    keyboard.press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: bool(dialog.forms))
    assert dialog.values()["reason"] == "payment_plan"


def test_by_hand_with_the_keyboard_alone(
    qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, world: World, case: int
) -> None:
    dialog = open_dialog()
    for typed in ("regularizo", "cobr", "acord"):
        keyboard.write(typed)
        keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("Paga hoy en 2 veces.")
    keyboard.press(Qt.Key.Key_Tab)
    assert keyboard.focused() == "future_fold"
    keyboard.press(Qt.Key.Key_Space)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("a la tarde")
    keyboard.press(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.focused() == "field_next_date"
    keyboard.write("+7d")
    with qtbot.waitSignal(dialog.closed):
        keyboard.save()
    found = closing(world, case)
    assert found["description"] == "Paga hoy en 2 veces."
    assert found["best_time"] == "a la tarde"
    due = world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case)
    assert formats.clock(due) == "09:00"


def test_what_is_missing_has_the_focus(open_dialog: Open, keyboard: Keyboard, world: World, case: int) -> None:
    dialog = open_dialog()
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.save()
    assert keyboard.focused() == "field_reason"
    assert text_of(dialog, "error_reason") == "Elegí un valor de la lista"
    assert text_of(dialog, "message") == "Faltan 4 datos: Motivo, Razón de contacto, Estatus, Descripción"
    keyboard.press(Qt.Key.Key_1)
    assert text_of(dialog, "error_reason") == ""
    assert world.value("SELECT state FROM iduo.case WHERE id = %s", case) == "open"


def test_a_template_never_overwrites(open_dialog: Open, keyboard: Keyboard) -> None:
    dialog = open_dialog()
    description = dialog.forms[0].rows[3].editor
    description.input.setFocus()
    keyboard.write("Llamó él a las 10.")
    dialog.forms[0].rows[0].editor.input.setFocus()
    keyboard.press(Qt.Key.Key_4)
    assert dialog.values()["reason"] == "unreachable"
    assert description.value() == "Llamó él a las 10."
    keyboard.press(Qt.Key.Key_0)
    assert dialog.isVisible()


def test_a_refusal_of_the_database_stands_at_its_field(
    qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, world: World, case: int
) -> None:
    dialog = open_dialog()
    keyboard.press(Qt.Key.Key_1)
    # the administrator retires the reason while the dialog is open
    world.superuser.execute("UPDATE iduo.form_option SET active = false WHERE key = 'paid'")
    keyboard.save()
    qtbot.waitUntil(lambda: text_of(dialog, "error_reason") == "Elegí una opción de «Motivo».")
    keyboard.reaches("field_reason")
    assert dialog.values()["description"] == "Regularizó el pago."
    world.superuser.execute("UPDATE iduo.form_option SET active = true WHERE key = 'paid'")
    with qtbot.waitSignal(dialog.closed):
        keyboard.save()


def test_a_refusal_without_a_field_stands_above_the_buttons(
    qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, case: int, become: Callable[..., Database]
) -> None:
    dialog = open_dialog()
    keyboard.press(Qt.Key.Key_1)
    cases.take_over(become("marta", "coordinator"), case, "Lo sigo yo.", uuid4())
    keyboard.save()
    qtbot.waitUntil(lambda: "Lo está atendiendo Marta" in text_of(dialog, "message"))
    assert dialog.isVisible()
    assert dialog.content.isEnabled()


def test_esc_keeps_what_was_typed(qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, world: World, case: int) -> None:
    dialog = open_dialog()
    keyboard.press(Qt.Key.Key_3)
    key = dialog.draft.key
    with qtbot.waitSignal(dialog.finished):
        keyboard.press(Qt.Key.Key_Escape)
    again = open_dialog()
    assert again.values()["reason"] == "declined"
    assert again.draft.key == key
    forget = again.findChild(QPushButton, "discard_draft")
    assert forget is not None
    assert forget.isVisible()
    forget.click()
    assert again.values() == {}
    assert again.draft.key != key


def test_a_closed_case_is_not_closed_twice_with_one_key(
    qtbot: QtBot, open_dialog: Open, keyboard: Keyboard, world: World, case: int, ana: Desk
) -> None:
    """The answer of the first try never came: asked again, it is the same close."""
    dialog = open_dialog()
    keyboard.press(Qt.Key.Key_1)
    dialog.draft.keep(dialog.values())
    first = dialog.ask()
    done: list[cases.Done] = []
    first.then(done.append)
    qtbot.waitUntil(lambda: bool(done))
    with qtbot.waitSignal(dialog.saved) as told:
        keyboard.save()
    assert told.args == [cases.Done(done[0].event, case, replayed=True)]
    assert world.value("SELECT count(*) FROM iduo.closing") == 1


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (48, "Antes de cerrar: ⚠ hoy no hay ninguna comunicación registrada"),
        (0, "Antes de cerrar: ✔ comunicación registrada hoy"),
    ],
)
def test_it_says_whether_somebody_was_contacted_today(
    open_dialog: Open, world: World, case: int, hours: int, said: str
) -> None:
    world.superuser.execute(
        "UPDATE iduo.case SET last_contact_at = clock_timestamp() - make_interval(hours => %s), version = version + 1"
        " WHERE id = %s",
        [hours, case],
    )
    assert text_of(open_dialog(), "before_closing") == said
