"""The manual's four steps in the whole window, from the call to the database: within twelve command keys."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.caller import Ring
from iduo_desktop.ui import actions
from iduo_desktop.ui.attention.quick_calls import PlanCallDialog
from tests.people import People
from tests.services.world import World
from tests.ui.attention_place import case_of, helpline, person
from tests.ui.conftest import OpenProgram
from tests.ui.programs import Workstation
from tests.ui.test_arrival_whole import CONTROL, Hands

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
SHIFT = Qt.KeyboardModifier.ShiftModifier
BUDGET = 12
NUMBER = "+5493416124410"
MADE = """
    SELECT n.surname, c.subject, h.outcome, h.caller, f.direction, f.state, r.label
    FROM iduo.contact n JOIN iduo."case" c ON c.contact_id = n.id
    JOIN iduo.call h ON h.case_id = c.id AND h.state = 'held'
    JOIN iduo.call f ON f.case_id = c.id AND f.state = 'planned'
    JOIN iduo.route_activation a ON a.case_id = c.id JOIN iduo.route r ON r.id = a.route_id
"""


@pytest.fixture
def work(world: World, open_program: OpenProgram) -> Callable[..., Workstation]:
    """`work(tickets=False)`: Ana at work, where a helpline is attended."""

    def begin(*, tickets: bool = False) -> Workstation:
        helpline(world)
        world.set_setting("part_tickets", tickets)
        made = open_program("ana", "operator")
        made.log_in()
        return made

    return begin


def ring(qtbot: QtBot, station: Workstation) -> None:
    """Somebody calls."""
    station.window.calls.ring(Ring(NUMBER))
    qtbot.waitUntil(station.window.calls.card.isVisible)
    station.settle()


def four_steps(station: Workstation, hands: Hands) -> None:
    """What the manual asks for, of somebody new."""
    hands.command("Shift+F2", Qt.Key.Key_F2, SHIFT)
    for text in ("Roldán", "Nora", "30.112.233", "Violencia en el hogar"):
        hands.write(text)
        hands.command("Enter", Qt.Key.Key_Return)
    hands.write("Llama desde lo de una vecina.")
    hands.command("Tab", Qt.Key.Key_Tab)
    hands.command("Space", Qt.Key.Key_Space)
    hands.write("lunes 10")
    hands.command("Enter", Qt.Key.Key_Return)
    hands.command("Space", Qt.Key.Key_Space)
    hands.write("sal")
    hands.command("Ctrl+Enter", Qt.Key.Key_Return, CONTROL)


@pytest.mark.parametrize("tickets", [False, True])
def test_the_four_steps_from_a_call(
    qtbot: QtBot, work: Callable[..., Workstation], world: World, tickets: bool
) -> None:
    station = work(tickets=tickets)
    ring(qtbot, station)
    hands = Hands(qtbot, station)
    four_steps(station, hands)
    hands.leave()
    assert len(hands.commands) <= BUDGET
    assert hands.mouse == 0
    made = world.superuser.execute(MADE).fetchall()
    assert made == [("Roldán", "Violencia en el hogar", "attended", NUMBER, "outbound", "planned", "Salud")]
    assert world.value("SELECT count(*) FROM iduo.attention") == 1
    assert station.window.calls.arrivals.current is None
    assert station.window.rooms.currentWidget() is station.window.rooms.cases
    assert station.window.notice.text == "Se crearon 1 contacto, 1 caso, 1 llamada, 1 seguimiento y 1 ruta"


def test_without_messages_a_call_is_taken_as_an_attention(
    qtbot: QtBot, work: Callable[..., Workstation], people: People
) -> None:
    station = work()
    someone = person(people.become("berta", "operator"), "Gómez")
    ring(qtbot, station)
    card = station.window.calls.card
    assert card.attention.isVisible()
    assert not card.message.isVisible()
    station.press(Qt.Key.Key_F4)
    assert QApplication.focusWidget() is card.attention
    station.press(Qt.Key.Key_Return)
    station.settle()
    page = station.window.attention.page
    assert station.window.rooms.currentWidget() is page
    assert page.form.contact.contact_id == someone
    assert page.form.call.call_id is not None
    assert not card.isVisible()
    station.press(Qt.Key.Key_Escape)
    assert station.window.rooms.currentWidget() is station.window.rooms.cases
    assert station.window.calls.arrivals.current is not None


def test_it_is_opened_from_the_search_and_from_a_record(
    qtbot: QtBot, work: Callable[..., Workstation], people: People
) -> None:
    station = work()
    berta = people.become("berta", "operator")
    someone = person(berta, "Gómez")
    case = case_of(berta, someone, "Consulta anterior")
    window = station.window
    station.press(Qt.Key.Key_F3)
    QTest.keyClicks(window.omnibox, "nueva aten")
    qtbot.waitUntil(window.omnibox.results.isVisible)
    QTest.keyClick(window.omnibox, Qt.Key.Key_Return)
    assert window.rooms.currentWidget() is window.attention.page
    assert "new_attention" in {key.name for key in actions.keys_here(window)}
    station.press(Qt.Key.Key_Escape)
    window.contacts.open(someone)
    station.settle()
    station.press(Qt.Key.Key_E, CONTROL | SHIFT)
    station.settle()
    form = window.attention.page.form
    assert form.contact.contact_id == someone
    assert str(case) in form.case.which.box.itemData(1)
    station.press(Qt.Key.Key_Escape)
    assert window.rooms.currentWidget() is window.contacts.page
    commands = {command.text for command in window.omnibox.commands}
    assert {"Nueva atención", "Registrar llamada", "Programar llamada", "Nueva tarea"} <= commands


def test_of_the_case_of_a_person_that_is_looked_at(
    qtbot: QtBot, work: Callable[..., Workstation], people: People
) -> None:
    station = work()
    berta = people.become("berta", "operator")
    someone = person(berta, "Gómez")
    case = case_of(berta, someone, "Consulta anterior")
    window = station.window
    window.cases.open_case(case)
    qtbot.waitUntil(lambda: window.cases.reader.card is not None)
    station.settle()
    station.press(Qt.Key.Key_F2, SHIFT)
    station.settle()
    form = window.attention.page.form
    qtbot.waitUntil(lambda: not form.case.choice.isHidden())
    assert (form.contact.contact_id, form.case.which.value()) == (someone, str(case))
    assert form.case.more.isVisible()
    station.press(Qt.Key.Key_Escape)
    window.attention.plan_call()
    station.settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PlanCallDialog)
    assert dialog.related is not None
    assert dialog.related.value() == str(case)
    dialog.reject()


def test_who_has_no_helpline_has_nothing_of_it(open_program: OpenProgram, world: World) -> None:
    station = open_program("ana", "operator")
    window = station.log_in()
    assert "new_attention" not in {key.name for key in actions.keys_here(window)}
    assert "Nueva atención" not in {command.text for command in window.omnibox.commands}
    station.press(Qt.Key.Key_F2, SHIFT)
    assert window.rooms.currentWidget() is window.rooms.cases
