"""The agenda in all its tabs, F9, reminders and route alarms, and the first page."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from iduo_desktop.services.agenda import Item
from iduo_desktop.ui.agenda.call_dialog import CallDialog
from iduo_desktop.ui.agenda.page import AgendaPage
from iduo_desktop.ui.agenda.reschedule_dialog import RescheduleDialog
from iduo_desktop.ui.agenda.route_alarm import RouteAlarm
from iduo_desktop.ui.agenda.schedule_dialog import ScheduleDialog
from iduo_desktop.ui.home.extensions_dialog import ExtensionsDialog
from iduo_desktop.ui.home.unattended_dialog import UnattendedDialog
from iduo_desktop.ui.main_window import MainWindow
from tests.services.gateway import Gateway
from tests.services.world import World
from tests.ui.agenda_place import AgendaPlace
from tests.ui.message_desk import person
from tests.ui.stage import Stage

LATE = -timedelta(minutes=20)
SAFE = "Me equivoqué de número"


def agenda_home_operator(stage: Stage) -> QWidget:
    """The first page of somebody who has cases, messages and a helpline."""
    filled(stage)
    return entered(stage, "operador", home=True)


def agenda_home_coordinator(stage: Stage) -> QWidget:
    """Cases and messages alone."""
    return stage.shown(stage.window("coordinador", home=True))


def agenda_home_great_readers(stage: Stage) -> QWidget:
    """Two who read too much, one of them before, and one who nearly did."""
    stage.superuser().execute(
        "INSERT INTO iduo.read_excess (login, hour, rows, allowed, refused) SELECT s.login, date_trunc('hour', "
        "clock_timestamp()) - make_interval(hours => n::integer / 2), 30000 - 40 * n, 30000, 3 - n FROM (SELECT login, "
        "row_number() OVER (ORDER BY full_name DESC) AS n FROM iduo.staff WHERE NOT service LIMIT 3) s"
    )
    return stage.shown(stage.window("coordinador", home=True))


def extensions_to_decide(stage: Stage) -> QWidget:
    """What operators asked for their clients."""
    window = stage.window("coordinador", home=True)
    home = window.agenda.home
    assert home is not None
    stage.superuser().execute(
        "INSERT INTO iduo.extension (company_id, case_id, until_date, reason, by, state) "
        "SELECT c.company_id, c.id, iduo.today() + 6 + row_number() OVER ()::integer, "
        "'Cobra la semana que viene y quiere pagar todo junto', c.assigned_to, 'asked' FROM iduo.case c "
        "WHERE c.assigned_to IS NOT NULL AND c.company_id IS NOT NULL ORDER BY c.id LIMIT 3 ON CONFLICT DO NOTHING"
    )
    dialog = ExtensionsDialog(window._operations, window.notice, window.clock, window)
    dialog.open()
    stage.wait(lambda: len(dialog.list.texts()) == 3)
    return stage.shown(dialog)


def messages_without_a_case(stage: Stage) -> QWidget:
    """What strangers wrote, and a client who has no case."""
    window = stage.window("coordinador", home=True)
    letters = Gateway(stage.place.superuser)
    for text, sender in (
        ("Buenas tardes. Soy la hija de Rosa Sosa: cambió de mail y pide la factura acá.", "sosa@example.org"),
        ("Gracias, ya lo resolví.", "pepe@example.org"),
    ):
        letters.receive(text, sender=sender, subject="Consulta por la factura de noviembre")
    letters.close()
    dialog = UnattendedDialog(window._operations, window.notice, window.clock, window)
    dialog.open()
    stage.wait(lambda: len(dialog.list.texts()) >= 2)
    return stage.shown(dialog)


def agenda_today(stage: Stage) -> QWidget:
    """What is due today, one of it overdue; how to reach the person stands beside."""
    place = filled(stage)
    window = entered(stage)
    page = tab(stage, window, "overdue")
    number = next(n for n, row in enumerate(page.frame.model.loaded()) if row.item.contact_id == place.contact)
    page.frame.view._choose_number(number)
    stage.settle()
    return stage.shown(window)


def agenda_week(stage: Stage) -> QWidget:
    """Everybody's, as a coordinator sees it."""
    filled(stage)
    window = entered(stage, "coordinador")
    page = tab(stage, window, "week")
    page.everybody.click()
    stage.settle()
    away(stage, window)
    return stage.shown(window)


def agenda_routes(stage: Stage) -> QWidget:
    """A route that nobody has taken."""
    place = filled(stage)
    window = entered(stage, "coordinador")
    rung(stage, window, place)
    away(stage, window)
    tab(stage, window, "routes")
    return stage.shown(window)


def agenda_empty(stage: Stage) -> QWidget:
    """Nothing is left; something else is."""
    window = entered(stage, "operador")
    tab(stage, window, "routes")
    return stage.shown(window)


def agenda_postponed(stage: Stage) -> QWidget:
    """The menu of P."""
    filled(stage)
    window = entered(stage)
    page = tab(stage, window, "overdue")
    page.do("postpone")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def agenda_schedule_task(stage: Stage) -> QWidget:
    """F9 with nothing on the screen, on a Sunday."""
    window = entered(stage, "operador", home=True)
    return scheduled(stage, window, "domingo 10")


def agenda_schedule_call(stage: Stage) -> QWidget:
    """F9 over a case, for a coordinator; what was typed may mean two days."""
    window = entered(stage, "coordinador")
    window.open_list("delinquent")
    stage.settle()
    return scheduled(stage, window, "fin de semana")


def agenda_schedule_unsafe(stage: Stage) -> QWidget:
    """At an hour at which the person must not be called."""
    place = filled(stage)
    window = entered(stage)
    tab(stage, window, "overdue")
    window.agenda.schedule_contact(place.contact)
    dialog = stage.dialog()
    assert isinstance(dialog, ScheduleDialog)
    dialog.when.edit.setText("mañana 18")
    dialog.submit()
    stage.wait(dialog.safe.isVisible)
    return stage.shown(dialog)


def agenda_reschedule(stage: Stage) -> QWidget:
    """Another time, but why?"""
    window, item = chosen(stage)
    window.agenda.commands.reschedule(item)
    dialog = stage.dialog()
    assert isinstance(dialog, RescheduleDialog)
    dialog.when.edit.setText("mañana 11")
    dialog.submit()
    return stage.shown(dialog)


def agenda_call(stage: Stage) -> QWidget:
    """L: how to reach the person, at which number, and what became of it."""
    window, item = chosen(stage)
    window.agenda.commands.call(item)
    dialog = stage.dialog()
    assert isinstance(dialog, CallDialog)
    return stage.shown(dialog)


def agenda_reminders(stage: Stage) -> QWidget:
    """Several remind, one has the keyboard, and something was missed."""
    place = filled(stage)
    for number in range(4):
        place.task(f"Pedir turno {number}", due=timedelta(minutes=5))
    window = entered(stage, home=True)
    stage.wait(lambda: window.agenda.cards.cards)
    window.agenda.go()
    return stage.shown(window)


def agenda_alarm(stage: Stage) -> QWidget:
    """Above all other windows."""
    place = filled(stage)
    window = entered(stage, "coordinador")
    place.route("Violencia")
    return stage.shown(rung(stage, window, place))


def agenda_alarm_late(stage: Stage) -> QWidget:
    """Nobody took it in time."""
    place = filled(stage)
    window = entered(stage, "coordinador")
    alarm = rung(stage, window, place)
    assert alarm.activation is not None
    place.world.age("route_activation", alarm.activation.id, "activated_at", minutes=30)
    assert window.agenda.reminders is not None
    window.agenda.reminders.look()
    stage.wait(alarm.late.isVisible)
    return stage.shown(alarm)


def agenda_alarm_locked(stage: Stage) -> QWidget:
    """Nobody is there to see which."""
    place = filled(stage)
    window = entered(stage, "coordinador")
    alarm = rung(stage, window, place)
    window.lock()
    return alarm


def entered(stage: Stage, who: str = "operador", *, home: bool = False) -> MainWindow:
    """Somebody's window where a helpline is attended; the others' stay as they are."""
    with stage.superuser() as connection:
        Known(connection).set_setting("part_helpline", True)
    window = stage.window(who, home=home)
    with stage.superuser() as connection:
        Known(connection).set_setting("part_helpline", False)
    return window


def filled(stage: Stage) -> AgendaPlace:
    """Somebody to call, a call that is late, one to come, tasks; nothing that another screen left."""
    connection = stage.superuser()
    for table in ("call_contact", "agenda_event", "call", "task", "route_activation"):
        connection.execute(f"SET session_replication_role = replica; DELETE FROM iduo.{table}".encode())
    connection.execute("SET session_replication_role = origin")
    world = Known(connection)
    berta = stage.from_another_pc("coordinador")
    contact = person(berta, "Sosa", "Bruno", phone="+54 9 341 612-4410")
    berta.close()
    connection.execute(
        "UPDATE iduo.contact SET safe_when = 'de 10 a 12', safe_words = %s WHERE id = %s", [SAFE, contact]
    )
    given: dict[str, object] = {
        "contact_id": contact,
        "subject": "Seguimiento",
        "list": "active",
        "opened_by": "operador",
    }
    case = world.insert("case", {**given, "assigned_to": "operador", "assigned_at": world.now()})
    place = AgendaPlace(world, berta, "operador", contact, case)
    place.call(LATE, remind=0, note="Ver si fue al turno")
    place.task("Reunión de turno", due=timedelta(hours=1))
    place.call(timedelta(days=2), anybody=True)
    return place


class Known(World):
    """A database where somebody was before."""

    def __init__(self, superuser: psycopg.Connection) -> None:
        self.superuser = superuser


def tab(stage: Stage, window: MainWindow, name: str) -> AgendaPage:
    """The agenda with one of its tabs."""
    window.agenda.open_tab(name)
    stage.settle()
    page = window.agenda.page
    assert page is not None
    return page


def chosen(stage: Stage) -> tuple[MainWindow, Item]:
    """The call that is late."""
    place = filled(stage)
    window = entered(stage)
    page = tab(stage, window, "overdue")
    found = next(row.item for row in page.frame.model.loaded() if row.item.contact_id == place.contact)
    return window, found


def scheduled(stage: Stage, window: MainWindow, text: str) -> QWidget:
    """The box of F9 with something typed."""
    window.agenda.schedule()
    dialog = stage.dialog()
    assert isinstance(dialog, ScheduleDialog)
    dialog.when.edit.setText(text)
    stage.settle()
    return stage.shown(dialog)


def rung(stage: Stage, window: MainWindow, place: AgendaPlace) -> RouteAlarm:
    """Wait for the alarm."""
    place.route()
    stage.wait(window.agenda.alarm.isVisible)
    stage.settle()
    return window.agenda.alarm


def away(stage: Stage, window: MainWindow) -> None:
    """The alarm has a screen of its own."""
    window.agenda.alarm.put_away()
    window.activateWindow()
    stage.settle()


SCREENS: tuple[Callable[[Stage], QWidget], ...] = (
    agenda_home_operator,
    agenda_home_coordinator,
    agenda_home_great_readers,
    extensions_to_decide,
    messages_without_a_case,
    agenda_today,
    agenda_week,
    agenda_routes,
    agenda_empty,
    agenda_postponed,
    agenda_schedule_task,
    agenda_schedule_call,
    agenda_schedule_unsafe,
    agenda_reschedule,
    agenda_call,
    agenda_reminders,
    agenda_alarm,
    agenda_alarm_late,
    agenda_alarm_locked,
)
