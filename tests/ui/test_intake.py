"""A message is taken with few keys, kept as it was typed, and gives a number to read out."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.terms import CallOutcome
from tests.services.world import World
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL
from tests.ui.intake_place import IntakePlace, firm, person, ring

TEXT = "No recibió la factura de noviembre."


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk) -> IntakePlace:
    """Ana at the page where messages are taken."""
    return IntakePlace(qtbot, open_desk())


pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
TAKEN = (
    *("number", "channel", "caller_kind", "ivr_option", "company_number", "topic", "kind", "surname", "names"),
    *("document", "phone_e164", "email", "text", "id", "contact_id"),
)


def ticket(world: World) -> dict[str, object]:
    """The only ticket there is."""
    found = world.value("SELECT to_jsonb(t) FROM iduo.ticket t")
    return {column: found[column] for column in TAKEN}


def test_a_call_of_a_known_company_takes_four_keys(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    someone = person(place.desk, "Gómez", company=company)
    call = ring(place.desk, ivr=1, company="1204")
    place.commands += 1  # F2, which belongs to the window
    place.page.begin(call=call)
    assert place.keyboard.focused() == "field_topic"
    place.keyboard.write("fac")
    place.command(Qt.Key.Key_Tab)
    place.keyboard.write(TEXT)
    place.register()
    shown = place.page.number.number.number.text().replace("\N{NO-BREAK SPACE}", "")
    with place.qtbot.waitSignal(place.page.call_ended), place.qtbot.waitSignal(place.page.closed):
        place.command(Qt.Key.Key_Return)
    assert place.commands == 4
    taken = ticket(world)
    assert shown == str(taken["number"])
    assert taken | {"number": 0, "id": 0} == {
        "number": 0,
        "id": 0,
        "channel": "phone",
        "caller_kind": "client",
        "ivr_option": 1,
        "company_number": 1204,
        "topic": "Factura o pago",
        "kind": "question",
        "surname": "Gómez",
        "names": "Ana",
        "document": "24118903",
        "phone_e164": "+5493416124410",
        "email": "",
        "text": TEXT,
        "contact_id": someone,
    }
    assert world.value("SELECT outcome FROM iduo.call WHERE id = %s", call.id) == CallOutcome.MESSAGE
    assert world.value("SELECT ticket_id FROM iduo.call_ticket WHERE call_id = %s", call.id) == taken["id"]


def test_one_key_fewer_does_not_register(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    place.page.begin(call=ring(place.desk, ivr=1, company="1204"))
    place.keyboard.write("fac")
    place.keyboard.write(TEXT)  # without Tab it all goes into the topic
    place.command(Qt.Key.Key_Return, CONTROL)
    place.rest()
    assert not place.page.number.isVisible()
    assert world.value("SELECT count(*) FROM iduo.ticket") == 0


def test_a_company_that_is_spoken_takes_five_keys(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    place.commands += 1
    place.page.begin(call=ring(place.desk))
    assert place.keyboard.focused() == "field_company"
    place.keyboard.write("1204")
    place.command(Qt.Key.Key_Return)
    assert place.keyboard.focused() == "field_topic"
    place.keyboard.write("fac")
    place.command(Qt.Key.Key_Tab)
    place.keyboard.write(TEXT)
    place.rest()
    place.register()
    place.command(Qt.Key.Key_Return)
    assert place.commands == 5
    assert ticket(world)["company_number"] == 1204


def test_a_new_caller_takes_eight_keys(place: IntakePlace, world: World) -> None:
    place.commands += 1
    place.page.begin(call=ring(place.desk, ivr=2))
    for name, text in (
        ("field_contact", "Pérez Luis"),
        ("field_document", "24118903"),
        ("field_phone", ""),
        ("field_email", "luis@ejemplo.com.ar"),
        ("field_topic", "alta"),
    ):
        assert place.keyboard.focused() == name
        place.keyboard.write(text)
        place.command(Qt.Key.Key_Tab)
    place.keyboard.write(TEXT)
    place.rest()
    place.register()
    place.command(Qt.Key.Key_Return)
    assert place.commands == 8
    taken = ticket(world)
    assert (taken["surname"], taken["names"], taken["caller_kind"]) == ("Pérez", "Luis", "prospect")
    assert (taken["topic"], taken["email"], taken["ivr_option"]) == ("Alta de servicio", "luis@ejemplo.com.ar", 2)


def test_there_are_nine_tab_stops(place: IntakePlace) -> None:
    place.page.begin()
    channel = place.page.form.fields.channel.focusProxy()
    assert isinstance(channel, QWidget)
    channel.setFocus()
    seen = [place.keyboard.focused()]
    while place.keyboard.focused() != "submit" and len(seen) < 20:
        place.keyboard.press(Qt.Key.Key_Tab)
        seen.append(place.keyboard.focused())
    assert seen == [
        *("channel_phone", "caller_kind_client", "field_company", "field_contact", "field_document"),
        *("field_phone", "field_email", "field_topic", "field_text", "submit"),
    ]
