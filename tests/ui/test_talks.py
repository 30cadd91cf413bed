"""«Ana está hablando con este número»: on a call's card, in a record, in a new attention; renewed, and put down."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Party
from iduo_desktop.ui.talks import Talks, key_of
from tests.people import PASSWORD, People
from tests.services.world import World
from tests.ui.attention_place import AttentionPlace
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Desk, Keyboard
from tests.ui.message_desk import NUMBER, MessageDesk, set_up
from tests.ui.reception import Reception, person

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
SAID = "☎ Juan está hablando con este número desde las "


@pytest.fixture
def juan(people: People) -> Callable[[Party], None]:
    """`juan(party)`: Juan, on another PC, begins to speak with somebody."""
    people.add("juan", "operator")
    database = people.become("juan")
    return lambda party: pressure.begin_talk(database, party, "call")


def until(world: World) -> Any:
    """Until when the only talk holds, None when there is none."""
    found = world.superuser.execute("SELECT until FROM iduo.talk").fetchone()
    return found[0] if found is not None else None


def test_a_talk_is_renewed_while_it_lasts(qtbot: QtBot, open_desk: OpenDesk, world: World) -> None:
    desk = open_desk("ana", "operator")
    talks = Talks(desk.operations)
    talks.begin(Party(address="+5493416124410"), "call")
    qtbot.waitUntil(lambda: until(world) is not None)
    first = until(world)
    talks.begin(Party(address="+5493416124410"), "call")  # the same again says nothing
    talks._renew.timeout.emit()
    qtbot.waitUntil(lambda: until(world) > first)
    talks.end()
    qtbot.waitUntil(lambda: until(world) is None)
    talks._renew.timeout.emit()
    qtbot.wait(50)
    assert until(world) is None


def test_who_died_is_forgotten(qtbot: QtBot, open_desk: OpenDesk, world: World, juan: Callable[[Party], None]) -> None:
    talks = Talks(open_desk("ana", "operator").operations)
    juan(Party(address="+5493416124410"))
    qtbot.waitUntil(lambda: len(talks.all) == 1, timeout=8000)
    assert talks._forget.isActive()
    world.superuser.execute("UPDATE iduo.talk SET until = now() - interval '1 second'")
    talks._forget.timeout.emit()
    qtbot.waitUntil(lambda: talks.all == ())
    assert not talks._forget.isActive()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("+54 9 341 612-4410", "3416124410"),
        ("3416124410", "3416124410"),
        ("Ana@Ejemplo.com", "ana@ejemplo.com"),
        ("", ""),
    ],
)
def test_a_number_is_known_however_it_is_written(typed: str, key: str) -> None:
    assert key_of(typed) == key


def test_the_record_says_it_and_using_a_number_is_said(
    qtbot: QtBot, open_desk: OpenDesk, world: World, juan: Callable[[Party], None], keyboard: Keyboard
) -> None:
    world.set_setting("part_helpline", True)
    ana = Reception(qtbot, open_desk("ana", "operator"))
    gomez = person(ana.desk.database, document="24118903")
    ana.open(gomez)
    juan(Party(contact_id=gomez))
    ana.wait_for(lambda: ana.text("record_talk").startswith("☎ Juan está hablando con esta persona"))
    keyboard.press(Qt.Key.Key_L)
    ana.wait_for(lambda: world.value("SELECT count(*) FROM iduo.talk") == 2)
    keyboard.press(Qt.Key.Key_Escape)
    ana.wait_for(lambda: world.value("SELECT count(*) FROM iduo.talk") == 1)


def test_the_record_warns_before_a_call(qtbot: QtBot, open_desk: OpenDesk, world: World, keyboard: Keyboard) -> None:
    world.set_setting("part_helpline", True)
    ana = Reception(qtbot, open_desk("ana", "operator"))
    gomez = person(ana.desk.database, document="24118903")
    pressure.add_no_contact(ana.desk.database, "3416124410", "", "", "Lo pidió", None)
    ana.open(gomez)
    keyboard.press(Qt.Key.Key_L)
    ana.wait_for(lambda: ana.text("reach_pressure").startswith("⛔ No hay que contactarlo"))


def test_a_new_attention_says_it(
    qtbot: QtBot, open_desk: OpenDesk, world: World, juan: Callable[[Party], None], keyboard: Keyboard
) -> None:
    world.set_setting("part_helpline", True)
    place = AttentionPlace(qtbot, open_desk("ana", "operator"))
    place.page.begin()
    juan(Party(address="+5493416124410"))
    place.form.contact.phone.input.setFocus()
    keyboard.write("0341 15 612-4410")
    place.wait(lambda: place.text("attention_talk").startswith(SAID))
    keyboard.press(Qt.Key.Key_Backspace)
    assert place.text("attention_talk") == ""


@pytest.fixture
def desk(world: World, people: People) -> MessageDesk:
    """An organisation that takes messages; Ana Gómez is known."""
    return set_up(world, people)


def test_the_card_of_a_call_says_it_and_a_locked_window_speaks_with_nobody(
    qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk, world: World, juan: Callable[[Party], None]
) -> None:
    station = open_program("ana", "operator")
    station.log_in()
    window = station.window
    juan(Party(address=NUMBER))
    window.calls.ring(Ring(NUMBER))
    said = window.calls.card.findChild(QLabel, "call_talk")
    assert said is not None
    qtbot.waitUntil(lambda: said.text().startswith(SAID), timeout=8000)
    assert said.isVisible()
    window.rooms.talks.begin(Party(address=NUMBER), "call")
    qtbot.waitUntil(lambda: world.value("SELECT count(*) FROM iduo.talk") == 2)
    window.lock()
    qtbot.waitUntil(lambda: world.value("SELECT count(*) FROM iduo.talk") == 1)
    window.lock_screen.password.setText(PASSWORD)
    window.lock_screen.unlock.click()
    qtbot.waitUntil(lambda: world.value("SELECT count(*) FROM iduo.talk") == 2, timeout=8000)


def test_whoever_leaves_speaks_with_nobody(
    qtbot: QtBot, open_program: OpenProgram, desk: MessageDesk, world: World
) -> None:
    station = open_program("ana", "operator")
    station.log_in()
    station.window.rooms.talks.begin(Party(address=NUMBER), "call")
    qtbot.waitUntil(lambda: until(world) is not None)
    station.window.sign_out()
    qtbot.waitUntil(lambda: until(world) is None, timeout=8000)
