"""Nothing that was typed is lost: drafts come back with their key, and without a server there is a code to dictate."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL, Desk
from tests.ui.intake_place import PHONE, SHIFT, IntakePlace, assistant, firm, ring

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
TEXT = "No recibió la factura de noviembre."


@pytest.fixture
def proxy(superuser: psycopg.Connection) -> Iterator[Proxy]:
    """The line to the server."""
    with Proxy(superuser.info.port) as line:
        yield line


@pytest.fixture
def on_two_lines(qtbot: QtBot, people: People, proxy: Proxy, world: World, tmp_path: Path) -> Iterator[IntakePlace]:
    """The same, with word of changes on a line of its own: nothing but what she asks goes over the other one."""
    firm(world, 1204)
    login = people.add("ana", "operator")
    conninfo = people.conninfo("ana")
    line = replace(conninfo, hosts=(("127.0.0.1", proxy.port),))
    desk = Desk(login, Database(line), Database(conninfo), tmp_path)
    yield IntakePlace(qtbot, desk)
    desk.close()


@pytest.fixture
def place(qtbot: QtBot, people: People, proxy: Proxy, world: World, tmp_path: Path) -> Iterator[IntakePlace]:
    """Ana, on a line that can be cut; there is a company 1204."""
    firm(world, 1204)
    login = people.add("ana", "operator")
    conninfo = replace(people.conninfo("ana"), hosts=(("127.0.0.1", proxy.port),))
    desk = Desk(login, Database(conninfo), Database(conninfo), tmp_path)
    yield IntakePlace(qtbot, desk)
    desk.close()


def typed(place: IntakePlace) -> None:
    """A message of company 1204, not sent yet."""
    place.page.begin(call=ring(place.desk, PHONE, company="1204"))
    place.page.form.fields.text.input.setFocus()
    place.keyboard.write(TEXT)
    place.rest()


def send(place: IntakePlace) -> None:
    """Ctrl+Enter, and wait for what comes of it."""
    place.command(Qt.Key.Key_Return, CONTROL)
    place.wait(lambda: not place.page.form.sending.running)


def test_without_a_server_the_caller_gets_a_code_that_stays_with_the_ticket(
    place: IntakePlace, proxy: Proxy, world: World
) -> None:
    typed(place)
    proxy.refusing = True
    proxy.cut()
    place.wait(lambda: not place.desk.operations.online)
    send(place)
    code = place.text("provisional_code")
    assert re.fullmatch(r"P-[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    assert "Tu texto está a salvo" in place.text("message")
    assert place.page.form.fields.text.value() == TEXT
    assert not place.page.number.isVisible()
    send(place)
    assert place.text("provisional_code") == code
    proxy.refusing = False
    place.wait(lambda: place.desk.operations.online)
    assert place.text("message") == "Volvió la conexión: ya podés registrarlo."
    place.register()
    assert world.value("SELECT provisional FROM iduo.ticket") == code
    assert code in place.text("number_remark")


def test_an_answer_that_never_came_is_asked_for_again_and_gives_one_ticket(
    on_two_lines: IntakePlace, proxy: Proxy, world: World
) -> None:
    place = on_two_lines
    typed(place)
    place.wait(lambda: not place.page.form.similar._pause.isActive())
    place.rest()
    proxy.cut_after_question = proxy.refusing = True
    send(place)
    assert not place.page.form.content.isEnabled()  # it may be registered as it is
    assert place.text("provisional_code") == ""
    send(place)  # a try that fails does not make it free to be changed
    assert not place.page.form.content.isEnabled()
    assert place.text("provisional_code") == ""
    proxy.refusing = False
    place.register()
    assert world.value("SELECT count(*) FROM iduo.ticket") == 1
    assert world.value("SELECT text FROM iduo.ticket") == TEXT


def test_a_company_that_could_not_be_looked_up_is_looked_up_with_the_message(
    place: IntakePlace, proxy: Proxy, world: World
) -> None:
    place.page.begin()
    proxy.refusing = True
    proxy.cut()
    place.keyboard.write("1204")
    place.wait(lambda: place.text("company_name"))
    place.command(Qt.Key.Key_Return)
    place.page.form.fields.phone.line.setText(PHONE)
    place.page.form.fields.text.input.setFocus()
    place.keyboard.write(TEXT)
    send(place)
    assert place.text("provisional_code")
    proxy.refusing = False
    place.wait(lambda: place.desk.operations.online)
    place.register()
    assert world.value("SELECT company_number FROM iduo.ticket") == 1204


def test_a_draft_comes_back_in_the_next_run_with_its_key(
    qtbot: QtBot, open_desk: OpenDesk, world: World, proxy: Proxy
) -> None:
    firm(world, 1204)
    first = IntakePlace(qtbot, open_desk())
    with qtbot.waitSignal(first.desk.drafts.saved, timeout=3000):
        typed(first)
    assert re.fullmatch(r"Borrador guardado \d\d:\d\d:\d\d", first.text("draft_saved"))
    key, call = first.page.form.draft.key, first.page.form.call_id
    first.page.hide()

    second = IntakePlace(qtbot, open_desk())
    qtbot.waitUntil(lambda: not second.desk.drafts.memory_only)
    second.page.begin()
    assert "Recuperamos lo que habías escrito" in second.text("restored")
    assert second.page.form.draft.key == key
    second.rest()
    second.register()
    assert world.value("SELECT key FROM iduo.ticket") == key
    assert world.value("SELECT call_id FROM iduo.ticket") == call
    assert world.value("SELECT company_number FROM iduo.ticket") == 1204


def test_esc_keeps_the_draft_of_each_call(place: IntakePlace) -> None:
    typed(place)
    with place.qtbot.waitSignal(place.page.closed):
        place.command(Qt.Key.Key_Escape)
    place.page.begin(call=ring(place.desk, "0341 421-8890"))
    assert place.page.form.fields.text.is_blank()
    assert place.text("restored") == ""
    with place.qtbot.waitSignal(place.page.closed):
        place.command(Qt.Key.Key_Escape)
    place.page.begin()
    assert place.page.form.fields.text.value() == TEXT


def test_what_was_not_typed_is_no_draft(place: IntakePlace) -> None:
    place.page.begin(call=ring(place.desk, PHONE, company="1204"))
    place.rest()
    place.command(Qt.Key.Key_Escape)
    place.page.begin()
    assert place.text("restored") == ""
    assert place.page.form.call_id is None


def test_descartar_begins_as_the_call_did(place: IntakePlace) -> None:
    typed(place)
    place.command(Qt.Key.Key_Escape)
    place.page.begin()
    before = place.page.form.draft.key
    place.page.form.forget()
    assert place.page.form.fields.text.is_blank()
    assert place.page.form.draft.key != before
    assert place.text("restored") == ""


def test_another_reason_after_a_lost_answer_is_another_question(
    on_two_lines: IntakePlace, proxy: Proxy, world: World
) -> None:
    place = on_two_lines
    assistant(world, world.value("SELECT id FROM iduo.company"), "functional", "Ana Luz")
    place.page.begin()
    place.keyboard.write("1204")
    place.wait(lambda: place.page.panel.company is not None)
    place.rest()
    box = place.page.panel.assistants
    place.command(Qt.Key.Key_D, CONTROL | SHIFT)
    proxy.cut_after_question = proxy.refusing = True
    place.command(Qt.Key.Key_1)
    place.wait(lambda: bool(place.text("assistants_problem")))
    assert not box.shown
    proxy.refusing = False
    place.wait(lambda: place.desk.operations.online)
    place.wait(box._reasons.isEnabled)
    place.command(Qt.Key.Key_2)
    place.wait(lambda: box.shown)
    assert place.text("assistants_problem") == ""
    reasons = world.superuser.execute("SELECT reason FROM iduo.disclosure ORDER BY id").fetchall()
    assert reasons == [("asked",), ("second_contact",)]
