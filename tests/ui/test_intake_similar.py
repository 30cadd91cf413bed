"""What a message may repeat is offered while one types, never in the way; the text can go to that ticket instead."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import tickets
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import CallOutcome
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL
from tests.ui.intake_place import SHIFT, IntakePlace, firm, person, ring

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
TEXT = "No recibió la factura de noviembre."
Taken = Callable[..., int]


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk) -> IntakePlace:
    """Ana at the page where messages are taken."""
    return IntakePlace(qtbot, open_desk())


@pytest.fixture
def taken(people: People) -> Taken:
    """A message that a colleague took before; its id."""
    database: Database = people.become("berta", "operator", "answerer")

    def take(company: int, text: str = TEXT, **values: Any) -> int:
        given = NewTicket("phone", "client", text, company_id=company, phone="0341 421-8890", phone_key="3414218890")
        return tickets.create(database, replace(given, **values), uuid4()).ticket_id

    return take


def write(place: IntakePlace, text: str) -> None:
    """What the caller says."""
    place.page.form.fields.text.input.setFocus()
    place.keyboard.write(text)


def test_a_repetition_is_offered_and_the_text_goes_to_it(place: IntakePlace, world: World, taken: Taken) -> None:
    company = firm(world, 1204)
    ticket = taken(company)
    number = str(world.value("SELECT number FROM iduo.ticket"))
    call = ring(place.desk, company="1204")
    place.page.begin(call=call)
    write(place, "Otra vez: no recibió la factura de noviembre")
    place.wait(place.page.form.similar.isVisible)
    assert place.text(f"similar_{ticket}").startswith("⚠ Parecido al")
    place.keyboard.reaches("field_text")
    place.command(Qt.Key.Key_R, CONTROL)
    place.wait(place.page.number.isVisible)
    assert place.text("number_head") == "Agregado al ticket"
    assert place.text("ticket_number").replace("\N{NO-BREAK SPACE}", "") == number
    assert place.text("number_sentence").startswith("«Le pido que espere")
    with place.qtbot.waitSignal(place.page.call_ended):
        place.command(Qt.Key.Key_Return)
    event = world.value("SELECT to_jsonb(e) FROM iduo.ticket_event e WHERE kind = 'insisted'")
    assert (event["ticket_id"], event["text"]) == (ticket, "Otra vez: no recibió la factura de noviembre")
    assert world.value("SELECT count(*) FROM iduo.ticket") == 1
    assert world.value("SELECT outcome FROM iduo.call WHERE id = %s", call.id) == CallOutcome.INSISTED
    place.page.begin()
    assert place.page.form.fields.text.is_blank()


def test_it_does_not_keep_one_from_registering(place: IntakePlace, world: World, taken: Taken) -> None:
    taken(firm(world, 1204))
    place.page.begin(call=ring(place.desk, company="1204"))
    write(place, TEXT)
    place.wait(place.page.form.similar.isVisible)
    place.register()
    assert world.value("SELECT count(*) FROM iduo.ticket") == 2


def test_an_answer_that_waits_is_offered_to_be_read(
    place: IntakePlace, world: World, taken: Taken, people: People
) -> None:
    ticket = taken(firm(world, 1204), "Pide el alta del servicio.")
    tickets.answer(people.become("berta"), (ticket,), "Ya está.", uuid4())
    place.page.begin(call=ring(place.desk, company="1204"))
    write(place, "Llama por lo que dejó dicho")
    place.wait(place.page.form.similar.isVisible)
    assert place.text(f"similar_{ticket}").startswith("☎ Tiene una respuesta sin comunicar:")
    read = place.page.findChild(QPushButton, f"open_{ticket}")
    assert isinstance(read, QPushButton)
    with place.qtbot.waitSignal(place.page.ticket_requested) as asked:
        read.click()
    assert asked.args == [ticket]


def test_nothing_is_offered_for_another_company(place: IntakePlace, world: World, taken: Taken) -> None:
    taken(firm(world, 1204))
    firm(world, 1300, "Ferretería Norte")
    place.page.begin(call=ring(place.desk, "0341 421-9999", company="1204"))
    write(place, TEXT)
    place.wait(place.page.form.similar.isVisible)
    place.page.form.fields.company.line.setFocus()
    place.page.form.fields.company.line.selectAll()
    place.keyboard.write("1300")
    place.wait(lambda: not place.page.form.similar.isVisible())


def test_a_known_person_fills_in_what_is_empty(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    someone = person(place.desk, "Gómez", company=company)
    place.page.begin()
    place.page.form.fields.contact.line.setFocus()
    place.page.form.fields.phone.line.setText("11 4321-5678")
    place.keyboard.write("gom")
    place.wait(place.page.form.fields.contact._list.isVisible)
    place.command(Qt.Key.Key_Down)
    place.command(Qt.Key.Key_Return)
    fields = place.page.form.fields
    assert (fields.contact.contact_id, fields.contact.value()) == (someone, "Gómez, Ana")
    assert (fields.document.value(), fields.phone.value()) == ("24.118.903", "11 4321-5678")
    assert fields.company.company_id == company
    assert place.keyboard.focused() == "field_topic"
    fields.contact.line.setFocus()
    place.keyboard.write("x")
    assert fields.contact.contact_id is None


def test_down_shows_those_of_the_company(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    someone = person(place.desk, "Gómez", company=company, phone="11 4321-5678")
    person(place.desk, "Gómez", "Berta", phone="11 4321-5679")
    place.page.begin(call=ring(place.desk, company="1204"))
    contact = place.page.form.fields.contact
    contact.show_person(None, "")
    contact.line.setFocus()
    place.command(Qt.Key.Key_Down)
    place.wait(contact._list.isVisible)
    assert contact._list.texts() == ("GÓMEZ, Ana",)
    place.command(Qt.Key.Key_Down)
    place.command(Qt.Key.Key_Return)
    assert contact.contact_id == someone


def test_a_call_whose_number_was_left_without_enter_ends_with_the_next_one(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    first, second = ring(place.desk, company="1204"), ring(place.desk, "0341 421-8890", company="1204")
    place.page.begin(call=first)
    write(place, TEXT)
    place.register()
    with place.qtbot.waitSignal(place.page.call_ended) as ended:
        place.page.begin(call=second)
    assert ended.args == [first.id]
    assert world.value("SELECT outcome FROM iduo.call WHERE id = %s", first.id) == CallOutcome.MESSAGE


def test_a_new_contact_is_kept_with_the_message(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    place.page.begin(call=ring(place.desk, company="1204"))
    place.page.form.fields.contact.line.setFocus()
    place.keyboard.write("De la Fuente Eva")
    place.command(Qt.Key.Key_N, CONTROL | SHIFT)
    assert place.text("meaning_contact").startswith("✚ Se guarda como contacto nuevo")
    write(place, TEXT)
    place.register()
    found = world.value("SELECT to_jsonb(c) FROM iduo.contact c")
    assert (found["surname"], found["names"], found["company_id"]) == ("De la Fuente", "Eva", company)
    assert world.value("SELECT contact_id FROM iduo.ticket") == found["id"]
    assert world.value("SELECT typed FROM iduo.contact_phone") == "+54 9 341 612-4410"


def test_the_number_is_copied_and_read_in_words(place: IntakePlace, world: World) -> None:
    world.set_setting("ticket_check_digit", True)
    firm(world, 1204)
    place.page.begin(call=ring(place.desk, company="1204"))
    write(place, TEXT)
    place.register()
    number = str(world.value("SELECT number FROM iduo.ticket"))
    place.command(Qt.Key.Key_C, CONTROL | SHIFT)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"{number}-")
    assert len(copied) == len(number) + 2
    assert place.text("ticket_words").startswith("«cien… cero cero uno… guion ")
    assert place.text("number_sentence").startswith("«He ingresado el mensaje al sistema")


def test_a_refusal_of_the_database_stands_at_its_field(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    place.page.begin(call=ring(place.desk, company="1204"))
    place.page.form.fields.document.line.setText("ninguno")
    write(place, TEXT)
    place.command(Qt.Key.Key_Return, CONTROL)
    place.wait(lambda: place.text("error_document"))
    assert place.text("error_document") == "Escribí el número de documento."
    assert place.page.form.fields.text.value() == TEXT
