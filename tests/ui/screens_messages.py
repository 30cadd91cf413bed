"""Writing to clients and what they answer: the composer by each channel, the conversation, texts and gateway."""

from functools import partial

from PySide6.QtWidgets import QWidget

from iduo_desktop.services.cases import CaseRow
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.templates import TemplateDialog
from iduo_desktop.ui.widgets.resend_dialog import ResendDialog
from tests.ui.screens_cases import choose, listed
from tests.ui.screens_settings import opened
from tests.ui.stage import Stage


def messages_mine(stage: Stage) -> QWidget:
    """Who answered, in one's own cases; nobody chosen among them."""
    return at_home(stage)


def messages_conversation(stage: Stage) -> QWidget:
    """Answers that nobody read."""
    window = at_home(stage)
    chosen(stage, window, "● ")
    stage.wait(lambda: window.cases.panel.tabs.talking)
    return stage.shown(window)


def messages_doubtful(stage: Stage) -> QWidget:
    """Nobody knows whether it went out."""
    window = at_home(stage)
    chosen(stage, window, "⚠ No sabemos")
    window.cases.panel.tabs.turn()
    return stage.shown(window)


def messages_failed(stage: Stage) -> QWidget:
    """It did not go out."""
    window = at_home(stage)
    chosen(stage, window, "⚠ No se pudo")
    window.cases.panel.tabs.turn()
    window.cases.panel.conversation.lines.setFocus()
    return stage.shown(window)


def messages_again(stage: Stage) -> QWidget:
    """One that failed, sent again to somebody who is not to be contacted by now."""
    window = at_home(stage)
    hindrance = "Está en pausa hasta mañana 09:00: ya lo contactamos muchas veces. Para seguir igual, escribí por qué."
    dialog = ResendDialog(window.cases._operations, 0, hindrance, window)
    dialog.open()
    return stage.shown(dialog)


def messages_mail(stage: Stage) -> QWidget:
    """From a template that leaves something open."""
    window = writing(stage, "email")
    window.cases.composer.subject.setText("Aviso de corte de su servicio")
    window.cases.composer.text.setPlainText("Estimada Ana:\n\nSu servicio se corta el {corte}, salvo {excepción}.")
    window.cases.composer.submit()
    return stage.shown(window)


def messages_sms(stage: Stage) -> QWidget:
    """Too long for one, by its accents."""
    window = writing(stage, "sms")
    text = "Fibra del Litoral: le recordamos que su última factura venció. ¿Cuándo puede pagarla?"
    window.cases.composer.text.setPlainText(text)
    return stage.shown(window)


def messages_whatsapp(stage: Stage) -> QWidget:
    """What opens in another program."""
    window = writing(stage, "whatsapp")
    window.cases.composer.text.setPlainText("Buenos días, Ana. Soy Marina, de Fibra del Litoral.")
    return stage.shown(window)


def messages_templates(stage: Stage) -> QWidget:
    """The texts."""
    return opened(stage, "Textos").window()


def messages_template(stage: Stage) -> QWidget:
    """One of them, with a variable that nobody knows."""
    page = opened(stage, "Textos").page
    assert isinstance(page, ListPage)
    stage.wait(page.list.row)
    page.change()
    dialog = stage.dialog_of(TemplateDialog)
    text = next(row.editor for row in dialog.form.rows if row.field.key == "text")
    text.set_value("Estimado/a {nombre}: debe {deuda} y {inventada}.")
    return stage.shown(dialog)


def messages_gateway(stage: Stage) -> QWidget:
    """How messages go out, and the day's batch by mail."""
    return opened(stage, "Mensajería").window()


def at_home(stage: Stage) -> MainWindow:
    """The operator's own cases, with what was written in them."""
    window = listed(stage, CaseList.MINE)
    stage.wait(window.cases.inbox.unread)
    if window.cases.panel.isHidden():
        window.cases.toggle_panel()
    return stage.shown(window)


def chosen(stage: Stage, window: MainWindow, begins: str) -> None:
    """Choose the first case whose last message begins so."""
    choose(stage, window.cases, partial(_begins, window, begins))
    stage.settle()


def writing(stage: Stage, channel: str) -> MainWindow:
    """The composer over the list."""
    window = at_home(stage)
    chosen(stage, window, "⚠ No sabemos")
    window.cases.contact(channel, anyway=True)
    stage.wait(window.cases.composer.isVisible)
    return stage.shown(window)


def _begins(window: MainWindow, begins: str, row: CaseRow) -> bool:
    return window.cases.inbox.words(row).startswith(begins)


SCREENS = (
    messages_mine,
    messages_conversation,
    messages_doubtful,
    messages_failed,
    messages_again,
    messages_mail,
    messages_sms,
    messages_whatsapp,
    messages_templates,
    messages_template,
    messages_gateway,
)
