"""«Textos» and «Mensajería»: templates with a preview, variables from a list, and how the gateway is."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import messages, settings
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.settings.template_example import example, unknown
from iduo_desktop.ui.settings.templates import TemplateDialog, TemplatesPage
from tests.services.gateway import Gateway
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import dialog

Key = Qt.Key
Go = Callable[[str], None]


@pytest.fixture
def gateway(superuser_conninfo: str, world: World) -> Iterator[Gateway]:
    """It runs, with mail alone."""
    made = Gateway(superuser_conninfo)
    made.beat("email", complaint="El servidor de correo rechazó la contraseña.")
    yield made
    made.close()


@pytest.fixture
def page(qtbot: QtBot, frame: SettingsFrame, go: Go) -> TemplatesPage:
    """«Textos», loaded."""
    go("Textos")
    assert isinstance(frame.page, TemplatesPage)
    found = frame.page
    qtbot.waitUntil(lambda: found.list.row() is not None, timeout=8000)
    return found


def opened(qtbot: QtBot) -> TemplateDialog:
    """The dialog, with its list of variables."""
    found = dialog(qtbot, "template_dialog")
    assert isinstance(found, TemplateDialog)
    qtbot.waitUntil(found.variables.isEnabled, timeout=8000)
    return found


def back(qtbot: QtBot, form: TemplateDialog) -> None:
    """The offscreen platform leaves the keyboard to a list that is gone."""
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)


def said(inside: QWidget, name: str) -> str:
    found = inside.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found.text() if found.isVisible() else ""


def editor_of(form: TemplateDialog, key: str) -> QWidget:
    return next(row.editor.input for row in form.form.rows if row.field.key == key)


def test_the_buttons_stay_on_the_screen_when_the_dialog_grows(
    qtbot: QtBot, page: TemplatesPage, keyboard: Keyboard
) -> None:
    page.list.setFocus()
    keyboard.press(Key.Key_Return)
    form = opened(qtbot)
    screen = form.screen().availableGeometry()
    form.move(form.x(), screen.bottom() - 100)
    form.fit()
    assert form.frameGeometry().bottom() <= screen.bottom()
    keyboard.press(Key.Key_Escape)


def test_a_text_is_written_with_variables_from_the_list(
    qtbot: QtBot, page: TemplatesPage, keyboard: Keyboard, desk: Desk
) -> None:
    """By keyboard: a new SMS, a variable chosen by a part of what it means, seen as a client would get it."""
    page.add()
    form = opened(qtbot)
    keyboard.write("Aviso de prueba")
    keyboard.press(Key.Key_Return)
    keyboard.write("SMS")
    keyboard.press(Key.Key_Return)
    back(qtbot, form)
    editor_of(form, "text").setFocus()
    keyboard.write("Hola ")
    form.variables.setFocus()
    keyboard.write("{plan}")
    keyboard.press(Key.Key_Return)
    text = editor_of(form, "text")
    assert isinstance(text, QPlainTextEdit)
    qtbot.waitUntil(lambda: text.toPlainText() == "Hola {plan}", timeout=8000)
    assert said(form, "template_preview") == "Hola Fibra 300"
    assert said(form, "template_length") == "14 letras · 1 SMS"
    form.submit()
    qtbot.waitUntil(lambda: any(each.name == "Aviso de prueba" for each in messages.templates(desk.database, "sms")))
    found = next(each for each in messages.templates(desk.database, "sms") if each.name == "Aviso de prueba")
    assert (found.text, found.purpose, found.active) == ("Hola {plan}", "", True)


def test_an_unknown_variable_is_refused_by_its_name(
    qtbot: QtBot, page: TemplatesPage, keyboard: Keyboard, desk: Desk
) -> None:
    """Said while one types, and by the database when one saves all the same."""
    before = messages.all_templates(desk.database)
    page.change()
    form = opened(qtbot)
    text = editor_of(form, "text")
    text.setFocus()
    keyboard.write("{importe} ")
    qtbot.waitUntil(lambda: "{importe}" in said(form, "unknown_variables"), timeout=8000)
    keyboard.save()
    qtbot.waitUntil(lambda: "{importe}" in said(form, "error_text"), timeout=8000)
    assert messages.all_templates(desk.database) == before


def test_what_is_switched_off_is_offered_no_more(qtbot: QtBot, page: TemplatesPage, desk: Desk) -> None:
    chosen = page.list.row()
    assert chosen is not None
    page.change()
    form = opened(qtbot)
    next(row.editor for row in form.form.rows if row.field.key == "active").set_value(False)
    form.submit()
    qtbot.waitUntil(
        lambda: chosen.id not in {each.id for each in messages.templates(desk.database, chosen.channel)}, timeout=8000
    )


def test_the_example() -> None:
    assert example("Sr/a {Apellido}: {DEUDA}, {organizacion}. {otra}") == (
        "Sr/a Gómez: $ 48.310,00, Fibra del Litoral. {otra}"
    )
    assert unknown("{plan} {otra} {otra} {Órganización}", ["plan", "organización"]) == ("otra",)


def test_every_variable_has_an_example(desk: Desk) -> None:
    for variable in messages.variables(desk.database):
        assert example(f"{{{variable.name}}}") != f"{{{variable.name}}}"


def test_how_the_gateway_is(qtbot: QtBot, gateway: Gateway, frame: SettingsFrame, go: Go) -> None:
    go("Mensajería")
    qtbot.waitUntil(lambda: said(frame.page, "gateway_state") == "● Funciona: Mail", timeout=8000)
    assert said(frame.page, "gateway_counts") == "0 mensajes por enviar · 0 dudosos · 0 no se pudieron enviar hoy"
    assert said(frame.page, "gateway_complaint").endswith("El servidor de correo rechazó la contraseña.")


def test_without_a_gateway(qtbot: QtBot, frame: SettingsFrame, go: Go) -> None:
    go("Mensajería")
    qtbot.waitUntil(lambda: said(frame.page, "gateway_state").startswith("○ La pasarela no está instalada"))


def test_the_batch_by_mail_is_decided_there_and_only_there(
    qtbot: QtBot, frame: SettingsFrame, go: Go, keyboard: Keyboard, desk: Desk
) -> None:
    go("Mensajería")
    page = frame.page
    qtbot.waitUntil(lambda: bool(page.rows), timeout=8000)  # type: ignore[attr-defined]  # a page of values has rows
    assert {*page.rows} == {"batch_mail_on", "batch_mail_at", "batch_mail_to"}  # type: ignore[attr-defined]  # a page of values has rows
    page.rows["batch_mail_to"].editor.input.setFocus()  # type: ignore[attr-defined]  # a page of values has rows
    keyboard.write("cobranzas@ejemplo.com")
    keyboard.save()
    qtbot.waitUntil(lambda: desk.notice.text == "Cambios guardados", timeout=8000)
    kept = {each.name: each.value for each in settings.settings(desk.database)}
    assert kept["batch_mail_to"] == "cobranzas@ejemplo.com"
    go("Ajustes")
    qtbot.waitUntil(lambda: bool(frame.page.rows), timeout=8000)  # type: ignore[attr-defined]  # a page of values has rows
    assert "batch_mail_to" not in frame.page.rows  # type: ignore[attr-defined]  # a page of values has rows
