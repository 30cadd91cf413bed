"""The web chat as a whole: visitors in Chromium, the gateway, the server, and operators' windows without a mouse."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.ui.chats.end_dialog import EndDialog
from iduo_desktop.ui.chats.hand_on_dialog import HandOnDialog
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.widgets.ticket_words import numbered
from tests.chat.browsing import Chromium, Guest
from tests.chat.conftest import Entrance, Site
from tests.chat.test_box import IN_CHROMIUM, PHONE
from tests.people import People
from tests.services.visitors import ChatService
from tests.ui import conftest as ui
from tests.ui.chat_place import BOTH, CONTROL, ChatPlace
from tests.ui.message_desk import set_up

pytestmark = [
    *IN_CHROMIUM,
    pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True),
]
# as tests of the window have them
no_keyring, open_program, rubbish = ui.no_keyring, ui.open_program, ui._rubbish_goes_on_this_thread

Key = Qt.Key
Visit = Callable[..., Guest]
TRICK = "<img src=x onerror=\"document.title='lost'\"><script>document.title='lost'</script> &copy; <b>gratis</b>"
WAIT_MS = 20_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """One for all tests."""
    made = Chromium()
    yield made
    made.close()


@pytest.fixture
def visit(qtbot: QtBot, chromium: Chromium, site: Site, entrance: Entrance) -> Iterator[Visit]:
    """Somebody new opens the site and the box; whatever goes wrong in his page fails the test."""
    entrance.origins = [site.origin]
    gateway = entrance.start(behind_proxy=False)
    opened, wrong = [], []

    def go(**how: Any) -> Guest:
        def come() -> Guest:
            usual: dict[str, Any] = {"viewport": {"width": 1100, "height": 720}, "locale": "es-AR"}
            context = chromium.browser.new_context(**usual | how)
            opened.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.goto(site.page(gateway))
            page.get_by_role("button", name="Chat").click()
            return Guest(qtbot, chromium, page)

        return chromium.do(qtbot, come)

    yield go
    for context in opened:
        chromium.do(qtbot, context.close)
    assert wrong == []


@pytest.fixture
def place(
    qtbot: QtBot,
    superuser_conninfo: str,
    superuser: psycopg.Connection,
    people: People,
    entrance: Entrance,
    open_program: ui.OpenProgram,
) -> Iterator[ChatPlace]:
    """Ana at work, on the list of cases."""
    desk = set_up(entrance.world, people)
    service = ChatService(superuser_conninfo)
    station = open_program("ana", "operator")
    station.log_in()
    yield ChatPlace(qtbot, service, station, desk)
    service.connection.close()


def wait(place: ChatPlace, condition: Callable[[], object]) -> None:
    """Through a browser, a gateway and a server it takes a moment more."""
    place.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)


def send(place: ChatPlace, *texts: str) -> None:
    """The operator writes lines."""
    for text in texts:
        place.write(text)
        place.press(Key.Key_Return)


def answer(place: ChatPlace, name: str) -> None:
    """A canned answer, by the beginning of its name; it is sent as it was filled in."""
    place.write(f"/{name}")
    place.press(Key.Key_Return)
    wait(place, lambda: place.page.talk.box.text and not place.page.talk.box.text.startswith("/"))
    place.press(Key.Key_Return)


def reads(place: ChatPlace, *texts: str) -> None:
    """The operator sees these lines, last of all."""
    wait(place, lambda: tuple(place.texts()[-len(texts) :]) == texts)


def test_a_card_rings_and_keys_do_all_the_rest(place: ChatPlace, visit: Visit) -> None:
    place.press(Key.Key_F3)
    typed_into = QApplication.focusWidget()
    rosa = visit()
    rosa.begin("Rosa Díaz")
    rosa.write("Buenas, no me anda internet")
    wait(place, lambda: place.card.isVisible() and place.card.says.text() == "Buenas, no me anda internet")
    assert QApplication.focusWidget() is typed_into
    place.press(Key.Key_Escape)
    place.take()
    rosa.sees("Le atiende Ana.")
    answer(place, "salu")
    rosa.sees("Buenos días, soy Ana. ¿En qué puedo ayudarle?")
    rosa.write("Desde ayer", "Soy de la 1204")
    reads(place, "Desde ayer", "Soy de la 1204")

    juan = visit(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    juan.begin("<b>Juan</b> & Cía")
    juan.write(TRICK)
    wait(place, lambda: place.card.isVisible() and place.card.says.text() == TRICK)
    assert "<b>Juan</b> & Cía" in place.card.head.text()
    while not place.card.take.hasFocus():
        place.press(Key.Key_F6)
    place.press(Key.Key_Return)
    reads(place, TRICK, "Le atiende Ana.")
    juan.sees("Le atiende Ana.")
    labels = [each for each in place.window.findChildren(QLabel) if "<" in each.text()]
    assert {each.textFormat() for each in labels} <= {Qt.TextFormat.PlainText}
    assert juan.lines()[0] == TRICK
    assert juan.do(lambda page: page.title()) == "iduo"

    place.press(Key.Key_Tab, CONTROL)
    wait(place, lambda: place.page.chat is not None and place.page.chat.name == "Rosa Díaz")
    juan.write("¿Hola?", "¿Me lee?")
    wait(place, lambda: place.page.tabs.tabText(1).endswith("(2)"))
    send(place, "Ya lo miro")
    rosa.sees("Ya lo miro")
    assert juan.lines() == [TRICK, "Le atiende Ana.", "¿Hola?", "¿Me lee?"]
    place.press(Key.Key_Tab, CONTROL)
    wait(place, lambda: "(2)" not in place.page.tabs.tabText(1))


def test_a_reload_and_a_lost_line_lose_nothing(place: ChatPlace, visit: Visit) -> None:
    rosa, juan = visit(), visit(viewport=PHONE, has_touch=True, is_mobile=True)
    for guest, name in ((rosa, "Rosa Díaz"), (juan, "Juan Paz")):
        guest.begin(name)
        guest.write(f"Soy {name}")
        wait(place, place.card.isVisible)
        place.take(name)
    reads(place, "Soy Juan Paz", "Le atiende Ana.")

    juan.cut()
    juan.write("sin línea 1", "sin línea 2")
    send(place, "¿Me lee?")
    place.press(Key.Key_Tab, CONTROL)
    rosa.sees("Le atiende Ana.")
    rosa.do(lambda page: page.reload())
    send(place, "¿Sigue ahí?")
    rosa.do(lambda page: page.get_by_role("button", name="Chat, 1 mensaje nuevo").click())
    rosa.sees("¿Sigue ahí?")
    rosa.write("Sí, sigo")
    reads(place, "¿Sigue ahí?", "Sí, sigo")
    assert rosa.lines() == ["Soy Rosa Díaz", "Le atiende Ana.", "¿Sigue ahí?", "Sí, sigo"]

    juan.mend()
    place.press(Key.Key_Tab, CONTROL)
    reads(place, "¿Me lee?", "sin línea 1", "sin línea 2")
    juan.sees("¿Me lee?")
    assert juan.lines() == place.texts()


def test_from_a_message_to_the_end(place: ChatPlace, visit: Visit, open_program: ui.OpenProgram) -> None:
    there = colleague(place, open_program)
    rosa = visit()
    rosa.begin("Rosa Díaz", "1204")
    rosa.write("No me llegó la factura", "¿Me la mandan?")
    wait(place, place.card.isVisible)
    place.take()
    reads(place, "¿Me la mandan?", "Le atiende Ana.")
    number = leave_message(place)
    wait(place, place.page.talk.box.hasFocus)
    answer(place, "ingresado")
    rosa.sees(re.compile(f"El número de ticket es {number}: anótelo"))

    hand_on(place, "Quiere la factura por mail")
    rosa.sees("Le pasamos con otra persona")
    wait(there, lambda: "Quiere la factura por mail" in there.card.says.text())
    sit_down_at(there)
    there.take()
    assert place.card.isHidden()
    rosa.sees("Le atiende Berta.")
    reads(there, "Le pasamos con otra persona, un momento por favor.", "Le atiende Berta.")
    rosa.write("Gracias")
    reads(there, "Gracias")
    send(there, "De nada")

    end(there, "informed")
    rosa.sees("La conversación terminó. Gracias por comunicarse.")
    rosa.press("Empezar otra conversación")
    wait(there, lambda: there.page.chat is None)
    assert place.desk.calls("outcome") == ["handed_on", "informed"]


def colleague(place: ChatPlace, open_program: ui.OpenProgram) -> ChatPlace:
    """Berta comes in; Ana goes on working."""
    berta = open_program("berta", "operator")
    berta.log_in()
    sit_down_at(place)
    return ChatPlace(place.qtbot, place.service, berta, place.desk)


def sit_down_at(place: ChatPlace) -> None:
    """The keyboard is this window's."""
    place.window.activateWindow()
    wait(place, place.window.isActiveWindow)


def hand_on(place: ChatPlace, note: str) -> None:
    """To Berta."""
    place.press(Key.Key_W, BOTH)
    wait(place, lambda: isinstance(QApplication.activeModalWidget(), HandOnDialog))
    place.station.settle()
    place.write("B")
    place.press(Key.Key_Tab)
    place.write(note)
    place.press(Key.Key_Return, CONTROL)


def end(place: ChatPlace, outcome: str) -> None:
    """How it ended."""
    place.press(Key.Key_X, BOTH)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, EndDialog)
    while dialog.values().get("outcome") != outcome:
        place.press(Key.Key_Down)
    place.press(Key.Key_Return, CONTROL)


def leave_message(place: ChatPlace) -> str:
    """F2: what was said is there; only where to answer is missing. The ticket's number, as one says it."""
    place.press(Key.Key_F2)
    intake = place.window.rooms.intake
    assert intake is not None
    wait(place, lambda: place.window.rooms.currentWidget() is intake)
    place.station.settle()
    assert "Rosa Díaz: No me llegó la factura" in intake.form.values()["text"]
    place.press(Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    place.write("rosa@example.org")
    place.press(Key.Key_Return, CONTROL)
    wait(place, intake.number.isVisible)
    place.press(Key.Key_Return)
    wait(place, lambda: place.window.rooms.part == "chats")
    number = place.desk.world.value("SELECT number FROM iduo.ticket WHERE channel = 'chat'")
    assert str(number) in intake.number._copied
    return str(place.desk.world.value("SELECT iduo.spoken_number(%s, iduo.check_digit(%s))", number, number))


def test_after_hours_a_message_becomes_a_ticket_in_the_list(
    place: ChatPlace, visit: Visit, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE iduo.working_hours SET opens = '00:00', closes = '00:00:01'")
    juan = visit(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    juan.sees(re.compile(r"El chat está cerrado\. Abre el \w+ \d+/\d+ a las 0+:00\. Déjenos un mensaje"))
    for field, value in (
        ("Nombre y apellido", "Juan Paz"),
        ("Mail", "juan@example.org"),
        ("Mensaje", "Quiero el plan"),
    ):
        juan.fill(field, value)
    juan.press("Enviar el mensaje")
    told = juan.do(lambda page: page.get_by_text(re.compile("Anote el número de ticket")).inner_text())
    assert not place.card.isVisible()

    place.press(Key.Key_F3)
    place.write("mensajes abiertos")
    wait(place, lambda: isinstance(place.window.omnibox.results.current(), Command))
    place.press(Key.Key_Return)
    tickets = place.window.rooms.tickets
    assert tickets is not None
    wait(place, lambda: "Quiero el plan" in {row.text for row in tickets.frame.model.loaded()})
    (row,) = (row for row in tickets.frame.model.loaded() if row.text == "Quiero el plan")
    assert row.person == "JUAN PAZ"
    assert numbered(row.number, row.check) in told.replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")

    opens = place.desk.world.value("SELECT opens_at FROM iduo.chat_hours(clock_timestamp())")
    juan.do(lambda page: page.clock.set_fixed_time(opens + timedelta(hours=10)))
    juan.do(lambda page: page.reload())
    juan.press("Chat")
    juan.sees(re.compile(r"Abre hoy a las 0+:00\."))
