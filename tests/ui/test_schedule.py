"""F9: a call or a task for later, from anywhere, in two keys and what is typed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import formats
from iduo_desktop.ui.agenda.schedule_dialog import ScheduleDialog
from iduo_desktop.ui.drafts import Draft
from tests.people import People
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace, set_up
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.programs import Workstation

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def place(world: World, people: People) -> AgendaPlace:
    """Who is attended."""
    return set_up(world, people)


@pytest.fixture
def station(place: AgendaPlace, open_program: OpenProgram) -> Workstation:
    """Ana at work, with her case on the screen."""
    made = open_program("ana", "operator")
    window = made.log_in()
    made._qtbot.waitUntil(lambda: window.cases.reader.card is not None)
    return made


def opened() -> ScheduleDialog:
    """The box."""
    found = QApplication.activeModalWidget()
    assert isinstance(found, ScheduleDialog)
    return found


def planned(place: AgendaPlace, table: str = "call") -> tuple[object, ...] | None:
    """The last that was put in: when, for whom, about which case, when it reminds."""
    column = {"call": "starts_at", "task": "due_at"}[table]
    return place.world.superuser.execute(
        f"SELECT {column}, assignee, case_id, remind FROM iduo.{table} ORDER BY id DESC LIMIT 1".encode()
    ).fetchone()


def tomorrow(hour: int) -> datetime:
    """Tomorrow at that hour, here."""
    return (formats.now() + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)


def test_two_keys_plan_a_call_to_whom_one_sees(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard
) -> None:
    station.press(Qt.Key.Key_F9)
    dialog = opened()
    assert station.find(QLabel, "schedule_about", dialog).text() == "SOSA, Bruno"
    keyboard.write("mañana 10")
    assert f"{tomorrow(10):%d/%m/%Y} 10:00" in dialog.when.meaning.text()
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: planned(place) is not None)
    assert planned(place) == (tomorrow(10), place.ana, place.case, 10)
    qtbot.waitUntil(lambda: station.window.notice.text == "Agendaste una llamada (SOSA, Bruno): mañana 10:00")


def test_its_twin_opens_it_and_esc_keeps_what_was_typed(qtbot: QtBot, station: Workstation, keyboard: Keyboard) -> None:
    station.press(Qt.Key.Key_G, CONTROL)
    keyboard.write("lun 15:30")
    keyboard.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    station.window.activateWindow()
    qtbot.waitUntil(station.window.isActiveWindow)
    station.press(Qt.Key.Key_F9)
    assert opened().when.edit.text().endswith("15:30")


def test_a_weekend_is_asked_about_and_a_day_off_is_warned_of(
    qtbot: QtBot, station: Workstation, keyboard: Keyboard
) -> None:
    qtbot.waitUntil(lambda: station.window.agenda.commands.shift.text != "")
    station.press(Qt.Key.Key_F9)
    dialog = opened()
    keyboard.write("fin de semana")
    assert dialog.when.meaning.text().startswith("¿El sábado ")
    keyboard.press(Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.when.edit.setText("domingo 10")
    assert "⚠ domingo: fuera de tu turno (" in dialog.when.meaning.text()


def test_a_task_needs_to_say_what(qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard) -> None:
    station.window.rooms.open_part("home")
    station.settle()
    station.press(Qt.Key.Key_F9)
    dialog = opened()
    assert not dialog.is_call
    keyboard.write("+2d")
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.focused() == "schedule_what"
    assert dialog.message.text() == "Escribí qué hay que hacer."
    keyboard.write("Pedir turno")
    dialog.anybody.setChecked(True)
    keyboard.save()
    qtbot.waitUntil(lambda: planned(place, "task") is not None)
    found = planned(place, "task")
    assert found is not None
    assert found[1:] == (None, None, 10)


def test_what_is_on_the_screen_can_be_left_out(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard
) -> None:
    station.press(Qt.Key.Key_F9)
    dialog = opened()
    keyboard.write("en 1 hora")
    dialog.what.setText("Comprar café")
    dialog._unrelate()
    keyboard.save()
    qtbot.waitUntil(lambda: planned(place, "task") is not None)
    assert (planned(place, "task") or ())[2] is None


def test_only_a_coordinator_gives_it_to_somebody_else(
    qtbot: QtBot, place: AgendaPlace, station: Workstation, open_program: OpenProgram, keyboard: Keyboard
) -> None:
    station.press(Qt.Key.Key_F9)
    assert not opened().other.isVisible()
    opened().reject()
    coordinator = open_program("cora", "coordinator")
    window = coordinator.log_in()
    window.rooms.open_part("home")
    coordinator.settle()
    coordinator.press(Qt.Key.Key_F9)
    dialog = opened()
    coordinator.settle()
    dialog.when.edit.setText("+1d")
    dialog.what.setText("Llamar a la obra social")
    dialog.other.setChecked(True)
    dialog.person.set_key(place.ana)
    keyboard.save()
    qtbot.waitUntil(lambda: planned(place, "task") is not None)
    assert (planned(place, "task") or ())[1] == place.ana


def test_an_unsafe_hour_asks_why(qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard) -> None:
    place.world.superuser.execute("UPDATE iduo.contact SET safe_when = 'de 10 a 12' WHERE id = %s", [place.contact])
    station.press(Qt.Key.Key_F9)
    dialog = opened()
    keyboard.write("mañana 18")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.safe.isVisible)
    assert "de 10 a 12" in dialog.message.text()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is station.find(QLineEdit, "agenda_safe_reason", dialog))
    keyboard.write("Lo pidió ella")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: planned(place) is not None)
    assert place.world.value("SELECT safe_reason FROM iduo.call ORDER BY id DESC LIMIT 1") == "Lo pidió ella"


def test_ctrl_z_takes_it_out_again(qtbot: QtBot, place: AgendaPlace, station: Workstation, keyboard: Keyboard) -> None:
    station.press(Qt.Key.Key_F9)
    keyboard.write("mañana 10")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Agendaste"))
    station.window.activateWindow()
    qtbot.waitUntil(station.window.isActiveWindow)
    station.press(Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: place.world.value("SELECT state FROM iduo.call ORDER BY id DESC LIMIT 1") == "not_held")


def test_what_a_crash_left_opens_again(qtbot: QtBot, place: AgendaPlace, station: Workstation) -> None:
    left = Draft("schedule", place.case, "Agendar: SOSA, Bruno", uuid4(), '{"when": "+2d"}', datetime.now(UTC))
    station.window.drafts.keep(left)
    station.window.recovery.offer((left,))
    station.window.recovery.open_next()
    dialog = opened()
    assert dialog.when.edit.text() == "+2d"
    assert station.find(QLabel, "schedule_about", dialog).text() == "SOSA, Bruno"
