"""The message form in its states, the number to read out, and the company beside it."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iduo_desktop import phones
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import ConnectionLost, InDoubt
from iduo_desktop.services import calls
from iduo_desktop.services.calls import CallCard, Incoming
from iduo_desktop.ui.intake.page import IntakePage
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.screens_cases import stage_focus
from tests.ui.stage import Stage, pause

TEXT = "Hace dos meses que no le llega la factura por mail. Pide que se la manden a la administración y le confirmen."
CONTROL = Qt.KeyboardModifier.ControlModifier


def intake_empty(stage: Stage) -> QWidget:
    """Without a call."""
    return begun(stage, lambda page: page.begin())


def intake_call(stage: Stage) -> QWidget:
    """A call of a company that keyed its number in."""
    return begun(stage, in_call)


def intake_typed(stage: Stage) -> QWidget:
    """All that is asked, and a ticket that it may repeat."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        write(stage, page)

    return begun(stage, fill)


def intake_missing(stage: Stage) -> QWidget:
    """Sent without anything."""

    def fill(page: IntakePage) -> None:
        page.begin()
        page.form.submit()

    return begun(stage, fill)


def intake_companies(stage: Stage) -> QWidget:
    """More than one company fits."""

    def fill(page: IntakePage) -> None:
        page.begin()
        QTest.keyClicks(stage_focus(), "sur")
        pause(0.5)

    return begun(stage, fill)


def intake_contacts(stage: Stage) -> QWidget:
    """Who it may be."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        page.form.fields.contact.line.setFocus()
        page.form.fields.contact.line.clear()
        QTest.keyClicks(stage_focus(), "go")
        pause(0.5)

    return begun(stage, fill)


def intake_reasons(stage: Stage) -> QWidget:
    """Why the assistants' data are given."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        stage.settle()
        page.show_assistants()

    return begun(stage, fill)


def intake_assistants(stage: Stage) -> QWidget:
    """The assistants' data."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        stage.settle()
        page.show_assistants()
        QTest.keyClick(stage_focus(), Qt.Key.Key_1)

    return begun(stage, fill)


def intake_without_server(stage: Stage) -> QWidget:
    """A code instead of a number."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        write(stage, page)
        page.form._keep({})
        page.form.sending._failed(ConnectionLost())

    return begun(stage, fill)


def intake_in_doubt(stage: Stage) -> QWidget:
    """It may have been registered."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        write(stage, page)
        page.form._keep({})
        page.form.sending._failed(InDoubt())

    return begun(stage, fill)


def intake_number(stage: Stage) -> QWidget:
    """The number to read out."""

    def fill(page: IntakePage) -> None:
        in_call(page)
        write(stage, page)
        QTest.keyClick(stage_focus(), Qt.Key.Key_Return, CONTROL)
        stage.wait(page.number.isVisible)

    return begun(stage, fill)


def begun(stage: Stage, fill: Callable[[IntakePage], object]) -> MainWindow:
    """The page in somebody's window, after something was done there."""
    window = stage.window()
    page = window.rooms.intake
    assert page is not None
    page.setProperty("company", company_with_assistants(stage))
    window.rooms.new_message()
    stage.settle()
    fill(page)
    pause(0.5)
    return stage.shown(window)


def in_call(page: IntakePage) -> None:
    """A call comes in from a company that has assistants."""
    page.begin(call=ring(page))


def company_with_assistants(stage: Stage) -> int:
    """The number of one whose assistants were entered."""
    with stage.superuser() as connection:
        found = connection.execute(
            "SELECT o.number FROM iduo.company o JOIN iduo.company_assistant a ON a.company_id = o.id "
            "GROUP BY o.id ORDER BY count(*) DESC, o.note <> '' DESC, o.number LIMIT 1"
        ).fetchone()
    assert found is not None
    return int(found[0])


def write(stage: Stage, page: IntakePage) -> None:
    """What the caller wants."""
    stage.settle()
    page.form.fields.topic.box.setEditText("Factura o pago")
    page.form.fields.text.input.setFocus()
    page.form.fields.text.text.insertPlainText(TEXT)
    pause(0.6)


def ring(page: IntakePage) -> CallCard:
    """A call of the demo's."""
    database = page._operations._database
    assert isinstance(database, Database)
    parsed = phones.parse("0341 15-612-4410", "341")
    number = str(page.property("company"))
    return calls.receive(database, Incoming(parsed.typed, parsed.e164, parsed.search_key, 1, number), uuid4())


SCREENS = (
    intake_empty,
    intake_call,
    intake_typed,
    intake_missing,
    intake_companies,
    intake_contacts,
    intake_reasons,
    intake_assistants,
    intake_without_server,
    intake_in_doubt,
    intake_number,
)
