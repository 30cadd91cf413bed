"""«¿Puedo llamar ahora a …?»: a number or a client, a medium, a purpose and a moment; the answer in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.services import pressure
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.try_contact import TryContactPage
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Callable[[str], None], keyboard: Keyboard) -> TryContactPage:
    """The page."""
    go("¿Puedo llamar a…?")
    shown = frame.page
    assert isinstance(shown, TryContactPage)
    keyboard.reaches("field_party")
    return shown


def test_a_number_that_is_free(qtbot: QtBot, page: TryContactPage, keyboard: Keyboard) -> None:
    keyboard.write("0341 15 612-4410")
    assert page.party.meaning.text() == "✔ Por número: +54 9 341 612-4410"
    keyboard.save()
    qtbot.waitUntil(page.answer.isVisible)
    assert page.verdict.text() == "✔ Sí, se puede llamar."
    assert page.counts.text() == "Ningún contacto en la ventana"
    assert not page.next_at.isVisible()


def test_one_that_is_listed_and_after_that(
    qtbot: QtBot, page: TryContactPage, keyboard: Keyboard, desk: Desk, world: World
) -> None:
    until = world.now() + timedelta(days=2)
    pressure.add_no_contact(desk.database, "3416124410", "call", "", "Carta", until)
    keyboard.write("0341 15 612-4410")
    keyboard.save()
    qtbot.waitUntil(page.answer.isVisible)
    assert page.verdict.text() == "⛔ No se puede llamar sin un motivo."
    assert page.reason.text().startswith("No hay que contactarlo")
    assert page.next_at.text() == f"Próximo momento en que se puede: {formats.exact(until)}."
    page.form.rows[3].editor.input.setFocus()
    keyboard.write("+3d")
    assert not page.answer.isVisible()
    keyboard.save()
    qtbot.waitUntil(page.answer.isVisible)
    assert page.verdict.text() == "✔ Sí, se puede llamar."


def test_a_client_is_found_by_the_search(qtbot: QtBot, page: TryContactPage, keyboard: Keyboard, world: World) -> None:
    company = world.company(surname="Gómez", names="Ana")
    keyboard.write("gomez")
    qtbot.waitUntil(page.party._list.isVisible)
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Return)
    assert page.party.party == pressure.Party(company_id=company)
    assert page.party.meaning.text().startswith("✔ Por cliente o persona")
    keyboard.save()
    qtbot.waitUntil(page.answer.isVisible)
    assert page.verdict.text() == "✔ Sí, se puede llamar."


def test_nobody_is_asked_about_nobody(page: TryContactPage, keyboard: Keyboard) -> None:
    keyboard.save()
    assert page.form.rows[0].wrong
    keyboard.write("zz")
    keyboard.save()
    assert not page.answer.isVisible()
    assert page.form.rows[0].wrong
