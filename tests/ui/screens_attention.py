"""«Nueva atención» in its states, and each of its parts alone in the quick and the full form."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from iduo_desktop import phones
from iduo_desktop.caller import Ring
from iduo_desktop.database.connection import Database
from iduo_desktop.database.errors import InDoubt
from iduo_desktop.services import attentions, calls, contacts
from iduo_desktop.services.attentions import Attention
from iduo_desktop.services.calls import CallCard, Incoming
from iduo_desktop.services.contacts import NewContact
from iduo_desktop.ui.attention.page import AttentionPage
from iduo_desktop.ui.attention.quick_dialog import QuickDialog
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.screens_cases import stage_focus
from tests.ui.stage import Stage, pause

PHONE = "0341 15-677-8899"
OTHER = "0341 15-600-0011"


def attention_empty(stage: Stage) -> QWidget:
    """Without a call."""
    return begun(stage, lambda page, _: page.begin())


def attention_call(stage: Stage) -> QWidget:
    """A call of somebody whom nobody knows."""
    return begun(stage, lambda page, database: page.begin(call=ring(database, OTHER)))


def attention_known(stage: Stage) -> QWidget:
    """A call of somebody who is known, with a case that is open."""

    def fill(page: AttentionPage, database: Database) -> None:
        known(database)
        page.begin(call=ring(database, PHONE))

    return begun(stage, fill)


def attention_typed(stage: Stage) -> QWidget:
    """All four steps of a new person, typed."""

    def fill(page: AttentionPage, database: Database) -> None:
        page.begin(call=ring(database, OTHER))
        stage.settle()
        write(page)

    return begun(stage, fill)


def attention_missing(stage: Stage) -> QWidget:
    """Saved without anything."""

    def fill(page: AttentionPage, _: Database) -> None:
        page.begin()
        page.form.follow_up.box.setChecked(True)
        page.form.route.box.setChecked(True)
        page.form.submit()

    return begun(stage, fill)


def attention_alike(stage: Stage) -> QWidget:
    """Somebody like who is typed is there already."""

    def fill(page: AttentionPage, database: Database) -> None:
        known(database)
        page.begin()
        stage.settle()
        page.form.contact.form.set_values({"surname": "Roldan", "names": "Nora", "document": "30.112.233"})
        pause(0.6)

    return begun(stage, fill)


def attention_hits(stage: Stage) -> QWidget:
    """Who may be meant, while one types."""

    def fill(page: AttentionPage, database: Database) -> None:
        known(database)
        page.begin()
        stage.settle()
        QTest.keyClicks(stage_focus(), "rold")
        pause(0.5)

    return begun(stage, fill)


def attention_sections(stage: Stage) -> QWidget:
    """A section unfolded, with «No dijo»."""

    def fill(page: AttentionPage, database: Database) -> None:
        page.begin(call=ring(database, OTHER))
        stage.settle()
        section = page.form.sections[0]
        section.fold.open(True)
        section.view.say_nothing()
        pause(0.1)
        page.form.area.ensureWidgetVisible(section.view, 0, 0)

    return begun(stage, fill)


def attention_network(stage: Stage) -> QWidget:
    """The support network, with one person."""

    def fill(page: AttentionPage, _: Database) -> None:
        page.begin()
        stage.settle()
        page.form.network_fold.open(True)
        page.form.network.add().set_values({"who": "Roldán, Elsa", "what": "Madre", "phone": "11 4321-5678"})
        pause(0.2)
        page.form.area.ensureWidgetVisible(page.form.network, 0, 0)

    return begun(stage, fill)


def attention_in_doubt(stage: Stage) -> QWidget:
    """It may have been saved."""

    def fill(page: AttentionPage, database: Database) -> None:
        page.begin(call=ring(database, OTHER))
        stage.settle()
        write(page)
        page.form.draft.keep(page.form.values())
        page.form.sending._failed(InDoubt())

    return begun(stage, fill)


def attention_card(stage: Stage) -> QWidget:
    """The card of a call where there are no messages to take."""
    window = helpline(stage, tickets=False)
    known(database_of(window))
    window.calls.arrivals.open_by_hand(Ring(PHONE))
    stage.wait(lambda: window.calls.arrivals.current is not None and window.calls.arrivals.current.card is not None)
    window.calls.card.take_keyboard()
    pause(0.2)
    return stage.shown(window)


def quick_call(stage: Stage) -> QWidget:
    """«Registrar llamada», with the case that was just made."""
    window = helpline(stage)
    known(database_of(window))
    window.attention.record_call()
    return stage.dialog()


def full_call(stage: Stage) -> QWidget:
    """«Registrar llamada», all of it."""
    window = helpline(stage)
    window.attention.record_call()
    dialog = stage.dialog_of(QuickDialog)
    dialog.toggle_full()
    pause(0.2)
    return dialog


def quick_plan(stage: Stage) -> QWidget:
    """«Programar llamada», all of it, with an unclear moment."""
    window = helpline(stage)
    known(database_of(window))
    window.attention.plan_call()
    dialog = stage.dialog_of(QuickDialog)
    dialog.toggle_full()
    dialog.submit()
    pause(0.2)
    return dialog


def quick_task(stage: Stage) -> QWidget:
    """«Nueva tarea»."""
    window = helpline(stage)
    known(database_of(window))
    window.attention.new_task()
    return stage.dialog()


def quick_case(stage: Stage) -> QWidget:
    """«Nuevo caso», all of it."""
    window = helpline(stage)
    window.attention.new_case()
    dialog = stage.dialog_of(QuickDialog)
    dialog.toggle_full()
    pause(0.2)
    return dialog


def begun(stage: Stage, fill: Callable[[AttentionPage, Database], object]) -> MainWindow:
    """The screen in somebody's window, after something was done there."""
    window = helpline(stage)
    page = window.attention.page
    window.rooms.show_over(page)
    stage.settle()
    fill(page, database_of(window))
    pause(0.4)
    window.agenda.cards.hide()
    return stage.shown(window)


def helpline(stage: Stage, *, tickets: bool = True) -> MainWindow:
    """Somebody's window, where the helpline of the demo is attended, with or without messages."""
    with stage.superuser() as connection:
        switch = "UPDATE iduo.setting SET value = to_jsonb(%s::boolean) WHERE name = 'part_tickets'"
        connection.execute(switch, [tickets])
        window = stage.window()
        connection.execute(switch, [True])
    stage.settle()
    window.agenda.cards.hide()  # what rings in the demo has screens of its own
    return window


def database_of(window: MainWindow) -> Database:
    """The connection of whoever sits there."""
    database = window._operations._database
    assert isinstance(database, Database)
    return database


def known(database: Database) -> None:
    """Nora Roldán has called before, and has a case."""
    if contacts.find(database, "30112233"):
        return
    parsed = phones.parse(PHONE, "341")
    person = NewContact("Roldán", "Nora", "30112233", PHONE, parsed.e164, parsed.search_key, parsed.kind, parsed.valid)
    attention = Attention(contact=person, subject="Violencia en el hogar", priority="high", holds_call=False)
    attentions.attend(database, attention, uuid4())


def write(page: AttentionPage) -> None:
    """A new person's attention."""
    form = page.form
    form.contact.form.set_values({"surname": "Sosa", "names": "Marta", "document": "28.444.555", "phone": OTHER})
    form.case.set_values({"subject": "Violencia en el hogar", "priority": "high", "risk": "medium"})
    form.case.new.row("description").editor.set_value("Llama desde lo de una vecina. Tiene dos chicos en la escuela.")
    form.follow_up.set_values({"#follow": True})
    form.follow_up.at.box.edit.setText("lunes 10")
    form.route.set_values({"#route_on": True, "route": "1", "route_note": "Necesita atención hoy"})


def ring(database: Database, phone: str) -> CallCard:
    """A call of the demo's."""
    parsed = phones.parse(phone, "341")
    return calls.receive(database, Incoming(parsed.typed, parsed.e164, parsed.search_key), uuid4())


SCREENS = (
    attention_empty,
    attention_call,
    attention_known,
    attention_typed,
    attention_missing,
    attention_alike,
    attention_hits,
    attention_sections,
    attention_network,
    attention_in_doubt,
    quick_call,
    full_call,
    quick_plan,
    quick_task,
    quick_case,
)
