"""Messages that belong to no case: a coordinator passes them on by keyboard, or puts them away."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import messages
from iduo_desktop.ui import formats
from iduo_desktop.ui.home.unattended_dialog import CHOOSE, NOTHING, UnattendedDialog
from tests.services.gateway import Gateway
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]


@pytest.fixture
def gateway(superuser_conninfo: str) -> Iterator[Gateway]:
    """What brings messages in."""
    running = Gateway(superuser_conninfo)
    running.beat("email", "sms")
    yield running
    running.close()


@pytest.fixture
def dialog(qtbot: QtBot, open_desk: OpenDesk, gateway: Gateway, window: QWidget) -> UnattendedDialog:
    """A stranger wrote twice by mail and another by text message; a coordinator looks."""
    gateway.receive("Soy Ana Gómez, pagué ayer.", sender="ana@example.org", subject="Pago")
    gateway.receive("¿Lo vieron?", sender="ana@example.org", subject="Re: Pago")
    gateway.receive("<b>GANASTE</b>\u202e", channel="sms", sender="PREMIOS", subject="")
    marta = open_desk("marta", "coordinator")
    made = UnattendedDialog(marta.operations, marta.notice, formats.now, window)
    made.open()
    made.activateWindow()
    qtbot.waitUntil(lambda: len(made.list.texts()) == 3)
    return made


def test_passed_on_and_put_away(
    qtbot: QtBot, dialog: UnattendedDialog, world: World, open_desk: OpenDesk, keyboard: Keyboard
) -> None:
    case = world.case(company=world.company(surname="Gómez", names="Ana"))
    assert dialog.list.texts()[0] == "PREMIOS · <b>GANASTE</b>"
    assert dialog.about.text() == "SMS de PREMIOS: no sabemos de quién es."
    assert dialog.text.toPlainText() == "<b>GANASTE</b>"
    keyboard.press(Qt.Key.Key_D, CONTROL)
    qtbot.waitUntil(lambda: len(dialog.list.texts()) == 2)
    qtbot.waitUntil(dialog.attend.isEnabled)
    assert dialog.text.toPlainText() == "Re: Pago\n¿Lo vieron?"
    keyboard.press(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: dialog.problem.text() == CHOOSE)
    assert keyboard.focused() == "field_destination"
    keyboard.write("gomez")
    qtbot.waitUntil(dialog.case._list.isVisible)
    keyboard.press(Qt.Key.Key_Return)
    assert dialog.case.meaning.text() == f"Caso C-{case}"
    keyboard.press(Qt.Key.Key_Return, CONTROL)
    # both of hers
    qtbot.waitUntil(lambda: dialog.list.texts() == (NOTHING,))
    marta = open_desk("marta", "coordinator")
    assert [found.unread for found in messages.conversations(marta.database, (case,))] == [2]
    assert not dialog.attend.isEnabled()


def test_it_follows_what_comes_in(qtbot: QtBot, dialog: UnattendedDialog, gateway: Gateway) -> None:
    chosen = dialog.list.current()
    gateway.receive("Hola", sender="otro@example.org", subject="Consulta")
    qtbot.waitUntil(lambda: len(dialog.list.texts()) == 4)
    assert dialog.list.texts()[0] == "otro@example.org · Consulta"
    assert dialog.list.current() == chosen
