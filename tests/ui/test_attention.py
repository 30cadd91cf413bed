"""An attention is taken in one screen with few keys, saved whole by one call, and kept as typed until it is."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.terms import CallOutcome
from tests.services.world import World
from tests.ui.attention_place import AttentionPlace, case_of, helpline, person, ring
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
MADE = "SELECT (SELECT count(*) FROM iduo.{}) AS found"


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk, world: World) -> AttentionPlace:
    """Ana at the screen of a helpline."""
    helpline(world)
    return AttentionPlace(qtbot, open_desk())


def count(world: World, table: str) -> int:
    """How many rows a table has."""
    return int(world.value(f"SELECT count(*) FROM iduo.{table}"))  # noqa: S608  # our own names


def four_steps(place: AttentionPlace) -> None:
    """A new person in a call, and all that the manual asks for."""
    place.say("Roldán")
    place.say("Nora")
    place.say("30.112.233")
    place.say("Violencia en el hogar")
    place.say("Llama desde lo de una vecina.", Qt.Key.Key_Tab)
    place.say("", Qt.Key.Key_Space)
    place.say("lunes 10")
    place.say("", Qt.Key.Key_Space)
    place.keyboard.write("salud")
    place.command(Qt.Key.Key_Return, CONTROL)


def test_the_four_steps_take_few_keys_and_make_everything(place: AttentionPlace, world: World) -> None:
    call = ring(place.desk.database)
    place.commands += 1  # Shift+F2, which belongs to the window
    place.page.begin(call=call)
    place.rest()
    assert place.keyboard.focused() == "field_surname"
    with place.qtbot.waitSignal(place.page.closed, timeout=8000), place.qtbot.waitSignal(place.page.call_ended):
        four_steps(place)
    assert place.commands <= 12
    assert place.desk.notice.text == "Se crearon 1 contacto, 1 caso, 1 llamada, 1 seguimiento y 1 ruta"
    contact = world.value("SELECT to_jsonb(c) FROM iduo.contact c")
    assert (contact["surname"], contact["names"], contact["document"]) == ("Roldán", "Nora", "30112233")
    case = world.value("SELECT to_jsonb(c) FROM iduo.case c")
    assert (case["contact_id"], case["subject"]) == (contact["id"], "Violencia en el hogar")
    held = world.value("SELECT to_jsonb(c) FROM iduo.call c WHERE state = 'held'")
    assert (held["id"], held["case_id"], held["outcome"]) == (call.id, case["id"], CallOutcome.ATTENDED)
    planned = world.value("SELECT to_jsonb(c) FROM iduo.call c WHERE state = 'planned'")
    assert (planned["case_id"], planned["direction"]) == (case["id"], "outbound")
    assert count(world, "route_activation") == 1


def test_whoever_calls_is_known_by_his_number(place: AttentionPlace, world: World) -> None:
    someone = person(place.desk.database, "Gómez")
    old = case_of(place.desk.database, someone, "Consulta anterior")
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    assert place.form.contact.card.isVisible()
    assert place.form.contact.contact_id == someone
    assert place.form.case.choice.isVisible()
    place.form.case.which.set_value(str(old))
    place.form.case.more.row("call_note").editor.set_value("Sigue igual.")
    with place.qtbot.waitSignal(place.page.closed, timeout=8000):
        place.command(Qt.Key.Key_Return, CONTROL)
    assert count(world, "contact") == 1
    assert world.value("SELECT case_id FROM iduo.call WHERE note = 'Sigue igual.'") == old
