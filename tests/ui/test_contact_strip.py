"""Ctrl+L on the real server: a digit and Ctrl+Enter, what a result asks for, a client on pause."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QRadioButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import activities, cases
from iduo_desktop.services.activities import Attempt, Logged
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.contact_strip import ContactStrip
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def ana(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk("ana", "operator")


@pytest.fixture
def case(world: World, ana: Desk) -> int:
    """A case of Ana's."""
    return world.case(assigned_to=ana.login)


@pytest.fixture
def strip(qtbot: QtBot, ana: Desk, case: int, window: QWidget) -> ContactStrip:
    """The strip under a list, on Ana's case, ready for a result."""
    made = ContactStrip(ana.operations, ana.drafts)
    column = QVBoxLayout(window)
    column.addStretch(1)
    column.addWidget(made)
    qtbot.waitUntil(lambda: made.findChild(QWidget, "result_1") is not None)
    made.show_card(cases.card(ana.database, case))
    made.begin()
    return made


def attempts(world: World) -> list[tuple[object, ...]]:
    found = world.superuser.execute(
        "SELECT a.channel, a.direction, d.label, a.note, a.address, a.override_reason"
        " FROM iduo.attempt a JOIN iduo.disposition d ON d.id = a.disposition_id ORDER BY a.id"
    )
    return found.fetchall()


def said(strip: ContactStrip, name: str) -> str:
    label = strip.findChild(QLabel, name)
    assert label is not None
    return label.text() if label.isVisible() else ""


def shown(strip: ContactStrip) -> set[str]:
    """The inputs that are there because of the result."""
    return {name for name, row in strip._extras.rows.items() if row.editor.isVisible()}


def test_a_digit_and_ctrl_enter(qtbot: QtBot, strip: ContactStrip, keyboard: Keyboard, world: World, case: int) -> None:
    assert keyboard.focused() == "result_1"
    keyboard.press(Qt.Key.Key_2)
    with qtbot.waitSignal(strip.logged) as told:
        keyboard.save()
    assert told.args is not None
    logged: Logged = told.args[0]
    assert (logged.case_id, logged.level, logged.replayed) == (case, 1, False)
    assert attempts(world) == [("call", "outbound", "Ocupado", "", "", "")]


def test_letters_go_to_the_note_and_digits_there_are_text(
    qtbot: QtBot, strip: ContactStrip, keyboard: Keyboard, world: World
) -> None:
    keyboard.press(Qt.Key.Key_1)
    keyboard.write("Llamar después de las 18")
    assert keyboard.focused() == "note"
    with qtbot.waitSignal(strip.logged):
        keyboard.save()
    assert attempts(world) == [("call", "outbound", "No contesta", "Llamar después de las 18", "", "")]


def test_the_button_that_was_used_chooses_the_medium(
    qtbot: QtBot, ana: Desk, strip: ContactStrip, keyboard: Keyboard, world: World, case: int
) -> None:
    strip.begin("whatsapp", "+5493416124410")
    assert said(strip, "address") == "+54 9 341 612-4410"
    keyboard.press(Qt.Key.Key_6)
    with qtbot.waitSignal(strip.logged):
        keyboard.save()
    assert attempts(world) == [("whatsapp", "outbound", "Mensaje dejado", "", "+5493416124410", "")]
    strip.show_card(cases.card(ana.database, case))
    strip.begin()
    last = strip.findChild(QRadioButton, "channel_whatsapp")
    assert last is not None
    assert last.isChecked()
    assert said(strip, "address") == ""


def test_a_promise_asks_for_amount_and_day(qtbot: QtBot, strip: ContactStrip, keyboard: Keyboard, world: World) -> None:
    assert shown(strip) == set()
    keyboard.press(Qt.Key.Key_3)
    assert shown(strip) == {"promise_amount", "promise_date"}
    keyboard.write("48.310,50")
    keyboard.save()
    assert said(strip, "error_promise_date") == "Completá este dato"
    keyboard.write("mañana")
    with qtbot.waitSignal(strip.logged):
        keyboard.save()
    assert world.value("SELECT amount FROM iduo.promise") == Decimal("48310.50")
    assert (
        world.value("SELECT due_date - (now() AT TIME ZONE 'America/Argentina/Buenos_Aires')::date FROM iduo.promise")
        == 1
    )


def test_a_callback_asks_for_its_moment(
    qtbot: QtBot, strip: ContactStrip, keyboard: Keyboard, world: World, case: int
) -> None:
    keyboard.press(Qt.Key.Key_5)
    assert shown(strip) == {"callback_at"}
    keyboard.write("mañana 10:30")
    with qtbot.waitSignal(strip.logged):
        keyboard.save()
    due = world.value("SELECT next_action_at FROM iduo.case WHERE id = %s", case)
    assert formats.clock(due) == "10:30"


def test_without_a_result_nothing_is_saved(strip: ContactStrip, keyboard: Keyboard, world: World) -> None:
    keyboard.save()
    assert said(strip, "message") == "Elegí el resultado"
    assert attempts(world) == []


def test_a_result_without_a_digit_is_typed(
    qtbot: QtBot, strip: ContactStrip, ana: Desk, keyboard: Keyboard, world: World
) -> None:
    world.superuser.execute(
        "INSERT INTO iduo.disposition"
        " (label, position, reached, final, promise, callback, wrong_number, do_not_contact)"
        " VALUES ('Falleció el titular', 20, true, true, false, false, false, false)"
    )
    ana.operations.poll_now()
    others = strip.findChild(QWidget, "other_results")
    assert others is not None
    qtbot.waitUntil(others.isVisible)
    others.setFocus()
    keyboard.write("fallecio")
    keyboard.press(Qt.Key.Key_Tab)
    with qtbot.waitSignal(strip.logged):
        keyboard.save()
    assert attempts(world)[0][2] == "Falleció el titular"


@pytest.fixture
def paused(ana: Desk, case: int, strip: ContactStrip) -> ContactStrip:
    """The client was called five times today."""
    for _ in range(5):
        activities.log_attempt(ana.database, case, Attempt("call", 1), uuid4())
    strip.show_card(cases.card(ana.database, case))
    strip.begin()
    return strip


def test_a_client_on_pause_is_contacted_with_a_reason_only(
    qtbot: QtBot, paused: ContactStrip, keyboard: Keyboard, world: World
) -> None:
    assert said(paused, "pause").startswith("⛔ Pausa hasta ")
    keyboard.press(Qt.Key.Key_1)
    keyboard.save()
    assert said(paused, "error_override_reason") == "Completá este dato"
    keyboard.write("Lo pidió él")
    with qtbot.waitSignal(paused.logged):
        keyboard.save()
    assert attempts(world)[-1] == ("call", "outbound", "No contesta", "", "", "Lo pidió él")


def test_what_comes_in_needs_no_reason(qtbot: QtBot, paused: ContactStrip, keyboard: Keyboard, world: World) -> None:
    inbound = paused.findChild(QCheckBox, "inbound")
    assert inbound is not None
    inbound.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert shown(paused) == set()
    keyboard.press(Qt.Key.Key_4)
    with qtbot.waitSignal(paused.logged):
        keyboard.save()
    assert attempts(world)[-1][:3] == ("call", "inbound", "Pagó")


def test_a_pause_that_began_meanwhile_asks_for_the_reason_then(
    qtbot: QtBot, strip: ContactStrip, ana: Desk, keyboard: Keyboard, case: int
) -> None:
    for _ in range(5):
        activities.log_attempt(ana.database, case, Attempt("call", 1), uuid4())
    keyboard.press(Qt.Key.Key_1)
    keyboard.write("sigue sin atender")
    keyboard.save()
    qtbot.waitUntil(lambda: said(strip, "error_override_reason").startswith("Está en pausa hasta "))
    keyboard.write("Lo pidió él")
    with qtbot.waitSignal(strip.logged):
        keyboard.save()


def test_what_was_typed_waits_for_its_client(
    qtbot: QtBot, strip: ContactStrip, ana: Desk, keyboard: Keyboard, world: World, case: int
) -> None:
    other = world.case(assigned_to=ana.login)
    keyboard.press(Qt.Key.Key_3)
    keyboard.write("48310")
    keyboard.press(Qt.Key.Key_Tab)
    note = strip.findChild(QLineEdit, "note")
    assert note is not None
    note.setFocus()
    keyboard.write("paga en dos veces")
    strip.show_card(cases.card(ana.database, case))
    assert note.text() == "paga en dos veces"
    strip.show_card(cases.card(ana.database, other))
    assert (note.text(), shown(strip)) == ("", set())
    strip.show_card(cases.card(ana.database, case))
    assert note.text() == "paga en dos veces"
    assert shown(strip) == {"promise_amount", "promise_date"}
    assert strip._extras.values()["promise_amount"] == "48310.00"


def test_a_case_of_somebody_else_keeps_the_text(
    qtbot: QtBot, strip: ContactStrip, ana: Desk, keyboard: Keyboard, world: World
) -> None:
    strip.show_card(cases.card(ana.database, world.case(assigned_to="nobody")))
    strip.begin()
    keyboard.press(Qt.Key.Key_1)
    keyboard.write("nota")
    keyboard.save()
    qtbot.waitUntil(lambda: said(strip, "message").startswith("Lo está atendiendo Nadie."))
    note = strip.findChild(QLineEdit, "note")
    assert note is not None
    assert (note.text(), note.isEnabled()) == ("nota", True)


def test_esc_says_that_one_left(qtbot: QtBot, strip: ContactStrip, keyboard: Keyboard) -> None:
    with qtbot.waitSignal(strip.closed):
        keyboard.press(Qt.Key.Key_Escape)


def test_without_a_client_it_takes_nothing(strip: ContactStrip) -> None:
    strip.show_card(None)
    assert not strip.isEnabled()


def test_tab_order_is_reading_order(strip: ContactStrip, keyboard: Keyboard) -> None:
    keyboard.press(Qt.Key.Key_5)
    channel = strip.findChild(QRadioButton, "channel_call")
    assert channel is not None
    channel.setFocus()
    seen = []
    for _ in range(6):
        seen.append(keyboard.focused())
        keyboard.press(Qt.Key.Key_Tab)
    assert seen == ["channel_call", "inbound", "result_5", "date_text", "note", "save_contact"]
    assert QApplication.focusWidget() is not None
