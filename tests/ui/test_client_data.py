"""A client's data corrected in place on the real server: kept, warned of, undone, and who was first."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, companies
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.ui.cases.client_data import ClientData
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard


@pytest.fixture
def ana(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk("ana", "operator")


@pytest.fixture
def case(world: World, ana: Desk) -> int:
    """A case of Ana's, of a client in Rosario."""
    company = world.company(street="Belgrano 1450", locality="Rosario", note="Trato amable")
    return world.case(company=company, assigned_to=ana.login)


@pytest.fixture
def data(ana: Desk, case: int, window: QWidget) -> ClientData:
    """The panel's part with the client's data."""
    made = ClientData(ana.operations, ana.notice, "341")
    QVBoxLayout(window).addWidget(made)
    made.show_card(cases.card(ana.database, case))
    return made


def card_of(ana: Desk, case: int) -> CaseCard:
    return cases.card(ana.database, case)


def view(data: ClientData, name: str) -> QLabel:
    found = data.findChild(QLabel, name)
    assert found is not None
    return found


def editor(data: ClientData, name: str) -> QLineEdit:
    found = data.findChild(QLineEdit, f"{name}_editor")
    assert found is not None
    return found


def edit(data: ClientData, name: str, keyboard: Keyboard, text: str) -> None:
    """Enter on a value, and type over it."""
    view(data, name).setFocus()
    keyboard.press(Qt.Key.Key_Return)
    assert keyboard.focused() == f"{name}_editor"
    keyboard.write(text)


def test_enter_edits_and_enter_saves(qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard) -> None:
    edit(data, "client_street", keyboard, "San Martín 55")
    keyboard.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    qtbot.waitUntil(lambda: view(data, "client_street").isVisible())
    assert view(data, "client_street").text() == "San Martín 55"
    assert view(data, "client_street").accessibleName() == "Domicilio: San Martín 55"
    keyboard.reaches("client_street")
    assert ana.notice.text == "Corregiste el domicilio"
    assert card_of(ana, case).street == "San Martín 55"
    ana.notice.undo()
    qtbot.waitUntil(lambda: card_of(ana, case).street == "Belgrano 1450")


def test_esc_leaves_it_as_it_was(ana: Desk, case: int, data: ClientData, keyboard: Keyboard) -> None:
    edit(data, "client_street", keyboard, "otra cosa")
    keyboard.press(Qt.Key.Key_Escape)
    assert view(data, "client_street").text() == "Belgrano 1450"
    assert keyboard.focused() == "client_street"
    assert card_of(ana, case).street == "Belgrano 1450"


def test_two_corrections_one_after_the_other(
    qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard
) -> None:
    """The second goes with the version that the first gave, though no new card has come yet."""
    edit(data, "client_street", keyboard, "San Martín 55")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view(data, "client_street").isVisible())
    edit(data, "client_locality", keyboard, "Funes")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view(data, "client_locality").isVisible())
    card = card_of(ana, case)
    assert (card.street, card.locality) == ("San Martín 55", "Funes")


def test_who_was_first_is_said_and_the_text_stays(
    qtbot: QtBot,
    ana: Desk,
    case: int,
    data: ClientData,
    keyboard: Keyboard,
    become: Callable[..., Database],
) -> None:
    juan = become("juan", "operator")
    card = card_of(ana, case)
    edit(data, "client_street", keyboard, "San Martín 55")
    assert card.company_id is not None
    companies.correct(juan, card.company_id, "street", "Mitre 800", card.company_version, uuid4())
    keyboard.press(Qt.Key.Key_Return)
    remark = view(data, "client_street_remark")
    qtbot.waitUntil(lambda: remark.text().startswith("Otra persona corrigió estos datos recién."))
    assert editor(data, "client_street").text() == "San Martín 55"
    data.show_card(card_of(ana, case))
    assert remark.text() == "Mientras tanto cambió. Ahora dice «Mitre 800». Enter guarda lo tuyo."
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view(data, "client_street").isVisible())
    assert card_of(ana, case).street == "San Martín 55"


def test_the_note_has_lines(qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard) -> None:
    view(data, "client_note").setFocus()
    keyboard.press(Qt.Key.Key_Return)
    text = data.findChild(QPlainTextEdit, "client_note_editor")
    assert text is not None
    text.selectAll()
    keyboard.write("Uno")
    keyboard.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    keyboard.write("dos")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card_of(ana, case).note == "Uno\ndos")


def test_a_telephone_is_understood_with_the_own_area_code(
    qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard
) -> None:
    add = data.findChild(QPushButton, "add_phone")
    assert add is not None
    add.setFocus()
    keyboard.press(Qt.Key.Key_Space)
    assert keyboard.focused() == "phone_new_editor"
    keyboard.write("15 612-4410")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(card_of(ana, case).phones) == 1)
    qtbot.waitUntil(lambda: keyboard.focused() == "add_phone")
    data.show_card(card_of(ana, case))
    (phone,) = card_of(ana, case).phones
    assert (phone.typed, phone.e164, phone.valid) == ("15 612-4410", "+5493416124410", True)
    assert view(data, f"phone_{phone.id}").text() == "+54 9 341 612-4410 · celular"


def test_a_telephone_that_does_not_exist_is_kept_with_a_second_enter(
    qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard
) -> None:
    data.phones.add()
    keyboard.write("15 99")
    keyboard.press(Qt.Key.Key_Return)
    remark = view(data, "phone_new_remark")
    qtbot.waitUntil(remark.isVisible)
    assert remark.text() == (
        "Ese teléfono no existe en Argentina. ¿Falta el código de área? Ej.: 11 4321-5678."
        " Enter de nuevo lo guarda así."
    )
    assert card_of(ana, case).phones == ()
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(card_of(ana, case).phones) == 1)
    (phone,) = card_of(ana, case).phones
    assert (phone.typed, phone.e164, phone.valid) == ("15 99", None, False)
    data.show_card(card_of(ana, case))
    assert view(data, f"phone_{phone.id}").text() == "15 99 ⚠"


def test_a_telephone_is_taken_away_and_comes_back(
    qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard
) -> None:
    company = card_of(ana, case).company_id
    assert company is not None
    data.phones.ask(company, 0, "0341 421-8890", sure=False)
    qtbot.waitUntil(lambda: len(card_of(ana, case).phones) == 1)
    data.show_card(card_of(ana, case))
    view(data, f"phone_{card_of(ana, case).phones[0].id}").setFocus()
    keyboard.press(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: card_of(ana, case).phones == ())
    qtbot.waitUntil(lambda: ana.notice.text == "Sacaste el teléfono 0341 421-8890")
    ana.notice.undo()
    qtbot.waitUntil(lambda: len(card_of(ana, case).phones) == 1)


def test_mails_are_corrected_and_doubted(
    qtbot: QtBot, ana: Desk, case: int, data: ClientData, keyboard: Keyboard
) -> None:
    data.emails.add()
    keyboard.write("ana@pansur.com.ar")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(card_of(ana, case).emails_of_client) == 1)
    data.show_card(card_of(ana, case))
    name = f"email_{card_of(ana, case).emails_of_client[0].id}"
    edit(data, name, keyboard, "ana arroba pansur")
    keyboard.press(Qt.Key.Key_Return)
    assert view(data, f"{name}_remark").text().startswith("Esa dirección no parece un mail.")
    keyboard.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: card_of(ana, case).emails_of_client[0].address == "ana arroba pansur")
    assert not card_of(ana, case).emails_of_client[0].valid


def test_what_is_being_typed_waits_for_its_client(
    ana: Desk, case: int, data: ClientData, keyboard: Keyboard, world: World
) -> None:
    other = world.case(company=world.company(street="Otra 1"), assigned_to=ana.login)
    edit(data, "client_street", keyboard, "a medias")
    data.show_card(card_of(ana, case))
    assert editor(data, "client_street").text() == "a medias"
    data.show_card(card_of(ana, other))
    assert view(data, "client_street").text() == "Otra 1"
    data.show_card(card_of(ana, case))
    assert editor(data, "client_street").isVisible()
    assert editor(data, "client_street").text() == "a medias"


def test_without_a_value_it_says_so(data: ClientData) -> None:
    assert view(data, "client_province").text() == "—"
    assert view(data, "client_province").accessibleName() == "Provincia: sin dato"
