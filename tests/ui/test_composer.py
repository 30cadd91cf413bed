"""Writing to a client, keyboard only: mail and SMS through the gateway, programs of the PC where there is none."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from iduo_desktop.services import messages
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.cases.composer import draft_of
from tests.services.gateway import Gateway
from tests.services.persons import attend, person
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.workplace import Workplace, log
from tests.ui.writing import FIXED, MAIL, MOBILE, Programs, reachable_client

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key = Qt.Key
Write = Callable[[Key], None]


@pytest.fixture
def gateway(superuser_conninfo: str, world: World) -> Iterator[Gateway]:
    """It runs, for mail and text messages."""
    made = Gateway(superuser_conninfo)
    made.beat("email", "sms")
    yield made
    made.close()


@pytest.fixture
def programs(qapp: object) -> Iterator[Programs]:
    """All of them are on this PC."""
    made = Programs()
    made.install(("tel", "sip", "mailto", "sms", "https"))
    yield made
    made.remove()


@pytest.fixture
def ana(qtbot: QtBot, open_desk: Callable[..., Desk], world: World) -> Workplace:
    """Ana at her own case of a client who can be reached."""
    desk = open_desk("ana", "operator", "coordinator")
    world.case(company=reachable_client(world), assigned_to=desk.login)
    place = Workplace(qtbot, desk)
    place.open(CaseList.MINE)
    place.wait_for(lambda: place.page.reader.card is not None)
    return place


@pytest.fixture
def write(ana: Workplace, keyboard: Keyboard) -> Write:
    """`write(Key.Key_M)`: press the letter and wait until one can write."""

    def begin(letter: Key) -> None:
        composer = ana.page.composer
        keyboard.press(letter)
        ana.wait_for(lambda: composer.isVisible() and composer.primary.isEnabled() and composer.templates.count())

    return begin


def case_of(ana: Workplace) -> int:
    card = ana.page.reader.card
    assert card is not None
    return card.id


def said(ana: Workplace, name: str) -> str:
    found = ana.page.composer.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def choices(ana: Workplace) -> list[str]:
    box = ana.page.composer.to
    return [box.itemText(row) for row in range(box.count())]


def back(ana: Workplace) -> None:
    """The offscreen platform leaves the keyboard to a list that is gone."""
    ana.page.activateWindow()
    ana.wait_for(ana.page.isActiveWindow)


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_mail_in_few_keys(gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard) -> None:
    """M, subject, text, Ctrl+Enter: in the outbox, counted as a contact; Ctrl+Z takes it back and keeps the text."""
    write(Key.Key_M)
    assert keyboard.focused() == "subject"
    keyboard.write("Su factura")
    keyboard.press(Key.Key_Tab)
    keyboard.write("Le recordamos su saldo")
    assert ana.page.composer.primary.text() == "Enviar  Ctrl+⏎"
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    assert ana.page.composer.isHidden()
    assert keyboard.focused() == "cases_mine"
    case = case_of(ana)
    (message,) = messages.messages(ana.desk.database, case, None)
    assert (message.address, message.subject, message.text) == (MAIL, "Su factura", "Le recordamos su saldo")
    assert message.state == "waiting"
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Anulaste el mensaje"))
    assert messages.messages(ana.desk.database, case, None)[0].state == "cancelled"
    write(Key.Key_M)
    assert ana.page.composer.text.toPlainText() == "Le recordamos su saldo"
    assert ana.page.composer.subject.text() == "Su factura"


def test_a_template_asks_for_what_nobody_knows(
    gateway: Gateway, world: World, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    """Ctrl+J, a part of the name, Enter; a small field for the missing variable; it does not go before that is told."""
    write(Key.Key_S)
    keyboard.press(Key.Key_J, CONTROL)
    keyboard.write("aviso de c")
    keyboard.press(Key.Key_Return)
    composer = ana.page.composer
    ana.wait_for(lambda: "{corte}" in composer.text.toPlainText())
    assert composer.text.toPlainText().count("$ 48.310,00") == 1
    back(ana)
    assert keyboard.focused() == "missing_corte"
    keyboard.save()
    assert said(ana, "message") == "Falta completar: corte"
    keyboard.write("25/11/2026")
    keyboard.press(Key.Key_Return)
    ana.wait_for(composer.missing.isHidden)
    assert "se va a cortar el 25/11/2026." in composer.text.toPlainText()
    assert keyboard.focused() == "text"
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    (message,) = messages.messages(ana.desk.database, case_of(ana), None)
    assert (message.channel, message.address) == ("sms", MOBILE)
    assert "{" not in message.text


def test_what_is_typed_in_a_missing_field_goes_with_ctrl_enter(
    gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    write(Key.Key_S)
    keyboard.write("Vence el {día}, señor {nombre raro}.")
    keyboard.save()
    assert keyboard.focused() == "missing_día"
    keyboard.write("lunes {")
    keyboard.press(Key.Key_Return)
    assert not ana.page.composer.missing.isHidden()
    keyboard.press(Key.Key_A, CONTROL)
    keyboard.write("lunes")
    keyboard.press(Key.Key_Return)
    assert keyboard.focused() == "missing_nombre raro"
    keyboard.write("Gil")
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    assert messages.messages(ana.desk.database, case_of(ana), None)[0].text == "Vence el lunes, señor Gil."


def test_a_template_never_goes_over_what_was_typed(
    gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    write(Key.Key_M)
    keyboard.write("Lo mío")
    keyboard.press(Key.Key_Tab)
    keyboard.write("Primero esto. ")
    keyboard.press(Key.Key_J, CONTROL)
    keyboard.write("recuper")
    keyboard.press(Key.Key_Return)
    composer = ana.page.composer
    ana.wait_for(lambda: "vuelva" in composer.text.toPlainText())
    assert composer.subject.text() == "Lo mío"
    assert composer.text.toPlainText().startswith("Primero esto. Estimado/a Ana:")


def test_text_messages_are_counted(gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard) -> None:
    """160 letters of the GSM alphabet, 70 with any other; accents can be taken out."""
    write(Key.Key_S)
    composer = ana.page.composer
    composer.text.setPlainText("a" * 160)
    assert said(ana, "counter") == "160 letras · 1 SMS · quedan 0"
    keyboard.press(Key.Key_End, CONTROL)
    keyboard.write("a")
    assert said(ana, "counter") == "161 letras · 2 SMS · quedan 145"
    composer.text.setPlainText("Venció " + "a" * 64)
    assert said(ana, "counter") == "71 letras · 2 SMS · quedan 63"
    assert composer.counter.toolTip() == "Por «ó» entran menos letras en cada SMS"
    assert composer.cheaper.isVisible()
    composer.cheaper.setFocus()
    keyboard.press(Key.Key_Space)
    assert said(ana, "counter") == "71 letras · 1 SMS · quedan 89"
    assert composer.text.toPlainText().startswith("Vencio ")


def test_nothing_typed_is_lost(
    qtbot: QtBot, gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard, world: World
) -> None:
    """Esc, another client, another channel, the program ended: it is there again."""
    other = world.case(company=reachable_client(world, surname="PAZ"), assigned_to=ana.desk.login)
    write(Key.Key_S)
    keyboard.write("A medio escribir")
    keyboard.press(Key.Key_Escape)
    assert ana.page.composer.isHidden()
    assert keyboard.focused() == "cases_mine"
    write(Key.Key_M)
    assert ana.page.composer.text.toPlainText() == ""
    keyboard.press(Key.Key_Escape)
    ana.wait_for(lambda: ana.row(other) is not None)
    first = case_of(ana)
    ana.page.frame.view.choose(other)
    ana.rest()
    write(Key.Key_S)
    assert ana.page.composer.text.toPlainText() == ""
    ana.page.frame.view.setFocus()
    ana.page.frame.view.choose(first)
    ana.wait_for(lambda: case_of(ana) == first)
    assert ana.page.composer.isHidden(), "another client's text is not shown beside this one"
    write(Key.Key_S)
    assert ana.page.composer.text.toPlainText() == "A medio escribir"
    card = ana.page.reader.card
    assert card is not None
    assert draft_of(ana.desk.drafts, card, "sms").values()["text"] == "A medio escribir"


def test_a_client_on_pause_takes_a_reason(
    gateway: Gateway, world: World, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    """What hinders is said first, with «Contactar igual…»; the reason goes with the message."""
    case = case_of(ana)
    for _ in range(5):
        log(ana.desk, case, "el cliente pidió")
    ana.wait_for(lambda: (found := ana.page.contacting.pressures.found.get("email")) and not found.allowed)
    keyboard.press(Key.Key_M)
    assert ana.page.composer.isHidden()
    assert ana.desk.notice.action is not None
    ana.desk.notice.action[1]()
    composer = ana.page.composer
    ana.wait_for(lambda: composer.isVisible() and composer.primary.isEnabled())
    assert said(ana, "composer_pause").startswith("⛔")
    composer.subject.setText("Hola")
    composer.text.setPlainText("Lo que pidió")
    keyboard.save()
    assert keyboard.focused() == "field_override_reason"
    keyboard.write("lo pidió él")
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text == "Mensaje para enviar")
    found = world.value("SELECT override_reason FROM iduo.attempt WHERE channel = 'email'")
    assert found == "lo pidió él"


def test_where_he_can_be_written_to(gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard) -> None:
    """Mobiles first for text messages; the arrows choose another."""
    write(Key.Key_S)
    assert choices(ana) == ["+54 9 341 612-4410", "+54 341 421-8890 · fijo"]
    ana.page.composer.to.setFocus()
    keyboard.press(Key.Key_Down)
    assert ana.page.composer.to.key() == FIXED


def test_unsafe_ones_are_seen_and_not_chosen(
    qtbot: QtBot, open_desk: Callable[..., Desk], world: World, gateway: Gateway, keyboard: Keyboard
) -> None:
    world.set_setting("part_helpline", True)
    desk = open_desk("ana", "operator")
    contact = person(desk.database, "Sosa", "Marta", "0341 15-612-4410", email="marta@ejemplo.com")
    case = attend(desk.database, contact)
    world.superuser.execute("UPDATE iduo.contact_phone SET safe = false")
    world.insert("contact_email", {"contact_id": contact, "address": "propia@ejemplo.com", "valid": True, "safe": True})
    place = Workplace(qtbot, desk)
    place.open(CaseList.MINE)
    place.wait_for(lambda: place.page.reader.card is not None and place.page.reader.card.id == case)
    keyboard.press(Key.Key_M)
    place.wait_for(lambda: place.page.composer.isVisible() and place.page.composer.to.count())
    assert choices(place)[0] == "propia@ejemplo.com · ✔ seguro"
    assert place.page.composer.to.key() == "propia@ejemplo.com"
    keyboard.press(Key.Key_Escape)
    keyboard.press(Key.Key_S)
    place.wait_for(lambda: place.page.composer.channel == "sms" and place.page.composer.isVisible())
    assert choices(place) == ["+54 9 341 612-4410 · ⛔ no seguro"]
    assert place.page.composer.to.key() is None
    assert said(place, "composer_remark").startswith("⛔ Lo que hay cargado figura como no seguro")
    assert not place.page.composer.primary.isEnabled()


def test_without_a_gateway_the_mail_program_opens(
    programs: Programs, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    """The text goes with the link; the strip asks for the result; only then the draft is gone."""
    write(Key.Key_M)
    assert ana.page.composer.primary.text().startswith("Abrir el programa de mail")
    keyboard.write("Su cuenta & más")
    keyboard.press(Key.Key_Tab)
    keyboard.write("¿Paga hoy? 100 %")
    keyboard.save()
    ana.wait_for(ana.page.strip.isVisible)
    (opened,) = programs.opened
    split = urlsplit(opened)
    assert (split.scheme, split.path) == ("mailto", MAIL)
    assert parse_qs(split.query) == {"subject": ["Su cuenta & más"], "body": ["¿Paga hoy? 100 %"]}
    assert (ana.page.strip.channel, ana.page.strip._address) == ("email", MAIL)
    case = case_of(ana)
    card = ana.page.reader.card
    assert card is not None
    assert draft_of(ana.desk.drafts, card, "email").values()
    keyboard.press(Key.Key_1)
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Mail a "))
    assert not draft_of(ana.desk.drafts, card, "email").values()
    assert messages.messages(ana.desk.database, case, None) == ()


def test_a_long_mail_is_copied(programs: Programs, ana: Workplace, write: Write, keyboard: Keyboard) -> None:
    write(Key.Key_M)
    ana.page.composer.subject.setText("Su cuenta")
    ana.page.composer.text.setPlainText("ñandú " * 400)
    keyboard.save()
    ana.wait_for(ana.page.strip.isVisible)
    assert ana.desk.notice.text.startswith("El texto es largo para pasarlo solo: lo copiamos.")
    assert clipboard() == ("ñandú " * 400).strip()
    assert programs.opened == [f"mailto:{MAIL}?subject=Su%20cuenta"]


def test_whatsapp_opens_with_the_templates_text(
    programs: Programs, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    write(Key.Key_W)
    keyboard.press(Key.Key_J, CONTROL)
    keyboard.write("recordatorio")
    keyboard.press(Key.Key_Return)
    ana.wait_for(lambda: "saldo pendiente" in ana.page.composer.text.toPlainText())
    back(ana)
    keyboard.save()
    ana.wait_for(ana.page.strip.isVisible)
    (opened,) = programs.opened
    split = urlsplit(opened)
    assert (split.netloc, split.path) == ("wa.me", "/5493416124410")
    assert parse_qs(split.query)["text"][0].startswith("Buenos días, Ana. Soy Ana")
    assert ana.page.strip.channel == "whatsapp"


def test_whatsapp_without_a_text(programs: Programs, ana: Workplace, write: Write, keyboard: Keyboard) -> None:
    write(Key.Key_W)
    keyboard.save()
    ana.wait_for(ana.page.strip.isVisible)
    assert programs.opened == ["https://wa.me/5493416124410"]


def test_a_text_message_by_the_pcs_program(
    programs: Programs, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    write(Key.Key_S)
    keyboard.write("Hola")
    keyboard.save()
    ana.wait_for(ana.page.strip.isVisible)
    assert programs.opened == [f"sms:{MOBILE}?body=Hola"]


@pytest.mark.parametrize(("way", "opened"), [("tel", f"tel:{FIXED}"), ("sip", f"sip:{FIXED}")])
def test_calling_by_the_softphone(
    way: str, opened: str, programs: Programs, ana: Workplace, keyboard: Keyboard
) -> None:
    """L dials and opens the strip with the medium chosen."""
    ana.page.contacting.writing.dial_with = lambda: way
    keyboard.press(Key.Key_L)
    ana.wait_for(ana.page.strip.isVisible)
    assert programs.opened == [opened]
    assert ana.page.strip.channel == "call"


def test_without_a_softphone_the_number_is_copied(programs: Programs, ana: Workplace, keyboard: Keyboard) -> None:
    ana.page.contacting.writing.dial_with = lambda: "copy"
    keyboard.press(Key.Key_L)
    ana.wait_for(ana.page.strip.isVisible)
    assert clipboard() == FIXED
    assert ana.desk.notice.text == "Copiamos +54 341 421-8890."
    assert programs.opened == []


def test_an_overdue_gateway_is_said(
    world: World, gateway: Gateway, ana: Workplace, write: Write, keyboard: Keyboard
) -> None:
    world.superuser.execute("UPDATE iduo.heartbeat SET beat_at = beat_at - interval '10 minutes'")
    write(Key.Key_M)
    assert said(ana, "composer_remark").startswith("⚠ Los envíos están demorados")


def test_the_window_behind_stays_usable(gateway: Gateway, ana: Workplace, write: Write) -> None:
    """It is no dialog, and leaves the list most of the page."""
    write(Key.Key_M)
    composer = ana.page.composer
    assert not composer.isWindow()
    assert composer.height() < ana.page.height() / 2
    assert ana.page.composer.findChild(QLineEdit, "subject") is not None
