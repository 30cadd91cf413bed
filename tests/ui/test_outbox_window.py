"""Through an outage in the window: finished forms go by themselves, numbers come, conflicts are settled, one leaves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.ui import drafts as drafts_module
from iduo_desktop.ui.letter_box import LetterBox
from iduo_desktop.ui.outbox import State
from iduo_desktop.ui.outbox_dialog import OutboxDialog
from tests.database.proxy import Proxy
from tests.people import People
from tests.services.world import World
from tests.test_credentials import MemoryKeyring
from tests.ui.conftest import OpenProgram
from tests.ui.desk import CONTROL
from tests.ui.post import hurry, kept_in
from tests.ui.programs import Workstation

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
TEXT = "No le llega la factura de noviembre"


@pytest.fixture
def line(superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Proxy]:
    """The line to the server; drafts go to a folder of the test."""
    hurry(monkeypatch)
    monkeypatch.setattr(drafts_module, "user_data_path", lambda *_: tmp_path / "data")
    with Proxy(superuser.info.port) as made:
        yield made


class Outage:
    """Ana's program on a line that can be cut."""

    def __init__(self, qtbot: QtBot, station: Workstation, line: Proxy, world: World) -> None:
        self.qtbot, self.station, self.line, self.world = qtbot, station, line, world

    @property
    def window(self) -> Any:
        """Her window."""
        return self.station.window

    @property
    def outbox(self) -> Any:
        """What waits in it."""
        return self.window.outbox.outbox

    @property
    def chip(self) -> str:
        """What the button at the bottom says; empty while it is not there."""
        button = self.window.outbox.button
        return str(button.text()) if button.isVisible() else ""

    def wait(self, condition: Any) -> None:
        """Until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def lose(self) -> None:
        """The line goes."""
        self.line.refusing = True
        self.line.cut()
        self.station.operations.poll_now()
        self.wait(lambda: not self.station.operations.online)

    def come_back(self) -> None:
        """It is there again, and what can go has gone."""
        self.line.refusing = False
        self.station.operations.poll_now()
        self.wait(lambda: self.station.operations.online)
        self.settle()

    def settle(self) -> None:
        """What can go has gone."""
        self.wait(lambda: not self.outbox.those(State.WAITING) and not self.outbox._timer.isActive())
        self.station.settle()

    def message(self, text: str = TEXT, **more: str) -> None:
        """F2, and a message of somebody."""
        self.window.rooms.new_message()
        fields = self.window.rooms.intake.form.fields
        given = {"channel": "phone", "caller_kind": "other", "phone": "0341 15-612-4410", "text": text, **more}
        fields.set_values(given)
        self.window.rooms.intake.form._edit()
        self.station.settle()

    def save(self) -> None:
        """Ctrl+Enter, and then Enter on what has the focus: «Dejarlo por enviar»."""
        self.station.press(Qt.Key.Key_Return, CONTROL)
        self.wait(lambda: self.focused() == "put_off")
        self.station.press(Qt.Key.Key_Return)

    @staticmethod
    def focused() -> str:
        """The name of what has the keyboard."""
        dialog = QApplication.activeModalWidget()
        if dialog is not None and not dialog.isActiveWindow():
            dialog.activateWindow()
        focused = QApplication.focusWidget()
        return focused.objectName() if focused is not None else ""

    def dialog(self, name: str) -> QWidget:
        """The dialog that is open."""
        self.wait(lambda: getattr(QApplication.activeModalWidget(), "objectName", str)() == name)
        found = QApplication.activeModalWidget()
        assert found is not None
        return found

    def press(self, name: str, inside: QWidget | None = None) -> None:
        """A button."""
        button = self.station.find(QPushButton, name, inside)
        assert button.isEnabled()
        button.click()

    def count(self, statement: str) -> Any:
        """What there is."""
        return self.world.value(statement)


@pytest.fixture
def outage(qtbot: QtBot, open_program: OpenProgram, world: World, people: People, line: Proxy) -> Outage:
    """Ana at work; two cases are hers."""
    keyring.set_keyring(MemoryKeyring())
    world.set_setting("part_tickets", True)
    world.set_setting("part_cases", True)
    login = people.add("ana", "operator")
    for _ in range(2):
        world.case(assigned_to=login)
    made = Outage(qtbot, open_program("ana", "operator", port=line.port), line, world)
    made.station.log_in()
    made.wait(lambda: not made.outbox.box.memory_only)
    return made


def test_a_message_goes_by_itself_and_its_number_comes(outage: Outage) -> None:
    outage.lose()
    outage.message()
    form = outage.window.rooms.intake.form
    form.fields.text.input.setFocus()
    outage.save()
    assert outage.chip == "1 por enviar"
    assert outage.window.rooms.currentWidget() is not outage.window.rooms.intake
    (letter,) = outage.outbox.letters
    assert f"({letter.code})" in outage.window.notice.text
    outage.window.rooms.new_message()
    assert form.fields.text.is_blank()
    assert outage.window.drafts.newest("message") is None
    outage.come_back()
    number = outage.count("SELECT number FROM iduo.ticket")
    assert outage.window.notice.text.startswith(f"{letter.code} ya tiene número: {number // 1000}")
    assert outage.chip == "1 número nuevo"
    outage.press("notice_action")
    outage.station.settle()
    assert outage.chip == ""
    assert outage.window.rooms.tickets.reader.ticket_id == outage.count("SELECT id FROM iduo.ticket")


def test_a_contact_and_a_closing_go_by_themselves_in_their_order(outage: Outage) -> None:
    page = outage.window.cases
    outage.wait(lambda: page.reader.card is not None and page.commands._forms)
    first = page.reader.case_id
    outage.lose()
    page.frame.view.setFocus()
    outage.station.press(Qt.Key.Key_L, CONTROL)
    outage.wait(page.strip.isVisible)
    outage.wait(lambda: outage.focused() == "result_1")
    outage.station.press(Qt.Key.Key_1)
    outage.save()
    assert not page.strip.isVisible()
    outage.wait(lambda: page.reader.case_id != first)
    page.frame.view.choose(first)
    outage.wait(lambda: page.reader.card is not None and page.reader.card.id == first)
    assert "son los datos de las" in page.panel.remark.text()
    outage.station.press(Qt.Key.Key_F7)
    outage.dialog("close_dialog")
    outage.wait(lambda: outage.focused() == "field_reason")
    outage.station.press(Qt.Key.Key_1)
    outage.save()
    outage.wait(lambda: outage.chip == "2 por enviar")
    assert [outage.outbox.noun(each) for each in outage.outbox.letters] == ["Contacto", "Cierre"]
    outage.come_back()
    assert outage.count("SELECT count(*) FROM iduo.attempt") == 1
    assert outage.count("SELECT state FROM iduo.case ORDER BY id LIMIT 1") == "closed"
    assert outage.chip == ""
    assert outage.window.notice.text == "Conexión recuperada. Se enviaron 2 registros."


def test_what_was_refused_is_corrected_in_its_form(outage: Outage) -> None:
    outage.lose()
    outage.message(contact="Paz, Juan", email="no es un mail")
    form = outage.window.rooms.intake.form
    form.draft.keep({**form.values(), "email": "nadie@en casa"})
    form.draft.put_off()
    outage.come_back()
    assert outage.chip == "1 por enviar · 1 para revisar"
    assert "Ese mail no está completo." in outage.window.notice.text
    outage.press("notice_action")
    dialog = outage.dialog("outbox_dialog")
    assert isinstance(dialog, OutboxDialog)
    assert dialog.windowTitle() == "Para revisar: queda 1"
    assert "Consulta: " + TEXT in outage.station.find(QLabel, "letter_typed", dialog).text()
    outage.press("letter_correct", dialog)
    outage.station.settle()
    assert outage.window.rooms.currentWidget() is outage.window.rooms.intake
    form.fields.email.set_value("ana@iduo.example")
    form._edit()
    form.submit()
    outage.wait(outage.window.rooms.intake.number.isVisible)
    assert outage.outbox.letters == ()
    assert outage.chip == ""


def test_in_the_list_one_looks_copies_and_throws_away(outage: Outage) -> None:
    outage.lose()
    outage.message()
    outage.window.rooms.intake.form.draft.put_off()
    outage.window.outbox.open()
    dialog = outage.dialog("outbox_dialog")
    (box,) = dialog.findChildren(LetterBox)
    typed = outage.station.find(QLabel, "letter_typed", dialog)
    assert not typed.isVisible()
    outage.press("letter_view", dialog)
    assert typed.isVisible()
    outage.press("letter_copy", dialog)
    assert TEXT in QApplication.clipboard().text()
    outage.press("letter_discard", dialog)
    outage.wait(lambda: outage.focused() == "letter_discard_not")
    outage.press("letter_discard_not", dialog)
    assert len(outage.outbox.letters) == 1
    outage.press("letter_discard", dialog)
    outage.press("letter_discard_sure", dialog)
    assert outage.outbox.letters == ()
    assert box.isHidden()


def test_while_a_frozen_server_lets_wait_one_goes_on_and_it_is_there_once(
    outage: Outage,
) -> None:
    outage.message()
    form = outage.window.rooms.intake.form
    form.sending._long.setInterval(50)
    outage.line.freeze()
    form.submit()
    outage.wait(form.sending.later.isVisible)
    assert "no tenemos número" in outage.station.find(QLabel, "provisional_what").text()
    outage.press("put_off", form)
    assert outage.chip == "1 por enviar"
    (letter,) = outage.outbox.letters
    assert letter.draft.sent
    outage.line.thaw()
    outage.settle()
    assert outage.count("SELECT count(*) FROM iduo.ticket") == 1
    assert outage.count("SELECT text FROM iduo.ticket") == TEXT


def test_who_leaves_is_asked_and_finds_it_again(outage: Outage, tmp_path: Path) -> None:
    outage.lose()
    outage.message()
    outage.window.rooms.intake.form.draft.put_off()
    outage.wait(lambda: kept_in(tmp_path))
    outage.window.sign_out()
    dialog = outage.dialog("leaving_dialog")
    assert "Quedan guardados en esta PC" in dialog.property("informativeText")
    outage.press("stay", dialog)
    outage.qtbot.wait(50)
    assert outage.station.program.window is not None
    outage.window.close()
    outage.press("stay", outage.dialog("leaving_dialog"))
    outage.window.lock()
    outage.window.lock_screen.left.emit()
    outage.qtbot.wait(50)
    assert outage.dialog("leaving_dialog").isVisible()
    outage.press("leave_unsent", outage.dialog("leaving_dialog"))
    outage.wait(lambda: outage.station.program.window is None)
    outage.line.refusing = False
    outage.wait(lambda: outage.station.program.login is not None)
    outage.wait(lambda: outage.station.program.operations is not None)
    outage.station.log_in()
    outage.wait(lambda: outage.outbox.letters)
    outage.settle()
    assert outage.count("SELECT count(*) FROM iduo.ticket") == 1
    assert outage.chip == "1 número nuevo"


def test_without_a_keyring_it_is_said_loudly(
    qtbot: QtBot, open_program: OpenProgram, world: World, line: Proxy, tmp_path: Path
) -> None:
    world.set_setting("part_tickets", True)
    outage = Outage(qtbot, open_program("ana", "operator", port=line.port), line, world)
    outage.station.log_in()
    outage.lose()
    outage.message()
    outage.window.rooms.intake.form.draft.put_off()
    assert outage.chip == "⚠ 1 por enviar"
    assert "solo en memoria" in outage.window.notice.text
    outage.window.close()
    dialog = outage.dialog("leaving_dialog")
    assert "se pierden" in dialog.property("informativeText")
    outage.press("stay", dialog)
    assert outage.window.isVisible()
    assert kept_in(tmp_path) == []
