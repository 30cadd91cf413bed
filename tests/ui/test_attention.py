"""An attention is taken in one screen with few keys, saved whole by one call, and kept as typed until it is."""

from types import FunctionType

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.terms import CallOutcome
from tests.services.world import World
from tests.ui.attention_place import AttentionPlace, case_of, helpline, person, ring
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
CONTACT = "SELECT surname || ', ' || names FROM iduo.contact WHERE id = %s"
SECTION = """
    SELECT s.said FROM iduo.contact_section s JOIN iduo.form f ON f.id = s.form_id
    WHERE f.title = %s AND s.contact_id = %s
"""


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk, world: World) -> AttentionPlace:
    """Ana at the screen of a helpline."""
    helpline(world)
    return AttentionPlace(qtbot, open_desk())


def count(world: World, table: str) -> int:
    """How many rows a table has."""
    return int(world.value(f"SELECT count(*) FROM iduo.{table}"))


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
    place.keyboard.reaches("field_surname")
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


def test_saving_asks_the_database_once(place: AttentionPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    place.say("Roldán")
    place.form.case.new.row("subject").editor.set_value("Consulta")
    place.qtbot.wait(400)
    place.rest()
    asked: list[str] = []
    run = place.desk.operations.run

    def watched(owner: QObject, function: FunctionType, *values: object) -> object:
        asked.append(function.__name__)
        return run(owner, function, *values)

    monkeypatch.setattr(place.desk.operations, "run", watched)
    with place.qtbot.waitSignal(place.page.closed, timeout=8000):
        place.command(Qt.Key.Key_Return, CONTROL)
    assert asked == ["attend"]


def test_what_is_missing_is_said_where_it_is_missing(place: AttentionPlace, world: World) -> None:
    place.page.begin()
    place.rest()
    place.command(Qt.Key.Key_Return, CONTROL)
    assert place.text("error_surname") == "Escribí el apellido, el nombre o el documento."
    assert place.keyboard.focused() == "field_surname"
    place.keyboard.write("Paz")
    place.command(Qt.Key.Key_Return, CONTROL)
    assert place.keyboard.focused() == "field_subject"
    assert place.text("error_subject") == "Completá el tema del caso."
    place.keyboard.write("Consulta")
    place.form.follow_up.box.click()
    assert place.keyboard.focused() == "field_at"
    place.command(Qt.Key.Key_Return, CONTROL)
    assert place.text("error_at") == "Completá este dato"
    assert count(world, "contact") == 0


def test_a_refusal_keeps_everything_as_it_was_typed(place: AttentionPlace, world: World) -> None:
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    world.superuser.execute("UPDATE iduo.route SET active = false")
    key = place.form.draft.key
    four_steps(place)
    place.wait(lambda: place.text("error_route") == "Elegí la ruta.")
    place.keyboard.reaches("field_route")
    assert place.form.contact.form.text("surname") == "Roldán"
    assert place.form.case.new.text("subject") == "Violencia en el hogar"
    assert [count(world, table) for table in ("contact", '"case"', "route_activation")] == [0, 0, 0]
    assert place.form.draft.key == key
    place.form.route.box.click()
    with place.qtbot.waitSignal(place.page.closed, timeout=8000):
        place.command(Qt.Key.Key_Return, CONTROL)
    assert place.desk.notice.text == "Se crearon 1 contacto, 1 caso, 1 llamada y 1 seguimiento"


def test_what_was_typed_comes_back_with_its_key(place: AttentionPlace, qtbot: QtBot, world: World) -> None:
    call = ring(place.desk.database)
    place.page.begin(call=call)
    place.rest()
    place.say("Roldán")
    place.say("Nora")
    place.form.sections[0].fold.open(True)
    place.form.sections[0].view.say_nothing()
    place.form.network.add().set_values({"who": "Roldán, Elsa", "what": "Madre"})
    key, typed = place.form.draft.key, place.form.values()
    place.command(Qt.Key.Key_Escape)
    again = AttentionPlace(qtbot, place.desk)
    again.page.begin()
    again.rest()
    assert again.form.draft.key == key
    assert again.form.values() == typed
    assert again.form.call.call_id == call.id
    assert again.text("restored").startswith("Recuperamos lo que habías escrito")
    assert count(world, "contact") == 0


def test_an_attention_is_taken_back_and_its_text_stays(place: AttentionPlace, world: World) -> None:
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    with place.qtbot.waitSignal(place.page.closed, timeout=8000):
        four_steps(place)
    place.desk.notice.undo()
    place.wait(lambda: "se deshizo" in place.desk.notice.text)
    assert world.value('SELECT count(*) FROM iduo."case" WHERE state = %s', "open") == 0
    place.page.begin()
    place.rest()
    assert place.form.contact.form.text("surname") == "Roldán"
    assert place.form.route.on


def test_sections_and_support_network_are_saved_with_the_rest(place: AttentionPlace, world: World) -> None:
    place.page.begin()
    place.rest()
    place.form.contact.form.set_values({"surname": "Roldán", "names": "Nora"})
    place.form.case.new.row("subject").editor.set_value("Consulta")
    health = next(each for each in place.form.sections if each.title == "Antecedentes de salud")
    health.fold.open(True)
    health.view.say_nothing()
    place.form.network_fold.open(True)
    place.form.network.more.click()
    assert place.keyboard.focused() == "supporter_1_who"
    place.say("Roldán, Elsa")
    place.say("Madre")
    place.say("11 4321-5678")
    with place.qtbot.waitSignal(place.page.attended, timeout=8000) as attended:
        place.command(Qt.Key.Key_Return, CONTROL)
    done = attended.args[0]
    assert set(world.value(SECTION, "Antecedentes de salud", done.contact_id).values()) == {"__unsaid__"}
    mother = world.value("SELECT other_id FROM iduo.contact_relation WHERE contact_id = %s", done.contact_id)
    assert world.value(CONTACT, mother) == "Roldán, Elsa"
    assert place.desk.notice.text.endswith("y 1 persona de la red de apoyo")


def test_whoever_is_there_already_is_shown_while_one_types(place: AttentionPlace) -> None:
    someone = person(place.desk.database, "Roldán", "Nora", document="30112233")
    place.page.begin()
    place.rest()
    place.keyboard.write("rold")
    place.wait(place.form.contact._hits[0].isVisible)
    place.command(Qt.Key.Key_Down)
    place.command(Qt.Key.Key_Return)
    assert place.form.contact.contact_id == someone
    assert place.keyboard.focused() == "field_subject"
    place.rest()
    assert "30.112.233" in place.text("known_reach")
    place.form.contact.change()
    assert place.keyboard.focused() == "field_surname"
    place.form.contact.form.set_values({"document": "30.112.233"})
    place.wait(lambda: place.form.contact.people.found)
    place.form.contact.people.chosen.emit(someone, "ROLDÁN, Nora")
    assert place.form.contact.card.isVisible()


def test_of_several_who_have_the_number_one_chooses(place: AttentionPlace) -> None:
    first = person(place.desk.database, "Gómez", "Ana", document="24118903")
    person(place.desk.database, "Gómez", "Luis", document="20111222")
    place.page.begin(call=ring(place.desk.database))
    place.rest()
    assert place.form.contact.contact_id is None
    assert {each.person for each in place.form.contact.people.found} == {"GÓMEZ, Ana", "GÓMEZ, Luis"}
    place.form.contact.people.chosen.emit(first, "GÓMEZ, Ana")
    place.rest()
    assert place.form.contact.contact_id == first


def test_drafts_of_different_calls_never_mix(place: AttentionPlace) -> None:
    first, second = ring(place.desk.database), ring(place.desk.database, "11 4321-5678")
    place.page.begin(call=first)
    place.rest()
    place.say("Roldán")
    place.page.begin(call=second)
    place.rest()
    assert place.form.contact.form.text("surname") == ""
    place.page.begin(call=first)
    place.rest()
    assert place.form.contact.form.text("surname") == "Roldán"


def test_without_a_call_none_is_kept_where_there_was_none(place: AttentionPlace, world: World) -> None:
    place.page.begin()
    place.rest()
    place.say("Paz")
    place.form.case.new.row("subject").editor.set_value("Vino a la oficina")
    place.form.call.without.click()
    assert place.text("attention_call") == "Sin llamada"
    with place.qtbot.waitSignal(place.page.closed, timeout=8000):
        place.command(Qt.Key.Key_Return, CONTROL)
    assert count(world, "call") == 0
    assert place.desk.notice.text == "Se crearon 1 contacto y 1 caso"
