"""The settings, page by page, with their dialogs."""

from datetime import timedelta
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from iduo_desktop.services import cases, pressure, promotions
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.audit import AuditPage
from iduo_desktop.ui.settings.edit_dialog import EditDialog
from iduo_desktop.ui.settings.erase_dialog import EraseDialog
from iduo_desktop.ui.settings.frame import PAGES, SettingsFrame
from iduo_desktop.ui.settings.list_page import ListPage
from iduo_desktop.ui.settings.no_contact import NoContactPage
from iduo_desktop.ui.settings.no_contact_load import LoadDialog
from iduo_desktop.ui.settings.password_shown import PasswordShown
from iduo_desktop.ui.settings.people import PeoplePage
from iduo_desktop.ui.settings.surveys import SurveysPage
from iduo_desktop.ui.settings.try_contact import TryContactPage
from iduo_desktop.ui.settings.typed_page import TypedPage
from tests.ui.stage import Stage

ADMINISTRATOR = "administrador"


def settings_people(stage: Stage) -> QWidget:
    """Who works here."""
    return opened(stage, "Personas").window()


def settings_guard(stage: Stage) -> QWidget:
    """Who works here, while the guard runs and had something to do."""
    with stage.superuser() as connection:
        connection.execute(
            """INSERT INTO iduo.heartbeat (service, pid, started_at, beat_at) VALUES ('guard', 1, '2026-11-02 11:00Z',
               clock_timestamp() + interval '1 hour') ON CONFLICT (service) DO NOTHING"""
        )
        connection.execute(
            """INSERT INTO iduo.guard_event (hour, kind, login, count)
               SELECT date_trunc('hour', clock_timestamp()), kind, login, 2
               FROM (VALUES ('query', (SELECT min(s.login) FROM iduo.staff s WHERE NOT s.service)), ('returned', ''))
                   AS v(kind, login)
               ON CONFLICT DO NOTHING"""
        )
    return opened(stage, "Personas").window()


def settings_add_person(stage: Stage) -> QWidget:
    """Somebody new, with what is missing said at the fields."""
    people_page(stage).add()
    dialog = stage.dialog_of(EditDialog)
    dialog.submit()
    return stage.shown(dialog)


def settings_change_person(stage: Stage) -> QWidget:
    """Somebody's roles, with the question before changes are lost."""
    people_page(stage).change()
    dialog = stage.dialog_of(EditDialog)
    dialog.form.rows[0].editor.set_value("Otro Nombre")
    dialog.reject()
    return stage.shown(dialog)


def settings_dismiss(stage: Stage) -> QWidget:
    """Somebody leaves and has cases."""
    page = people_page(stage)
    page.list.choose(next(person.login for person in page.found.people if person.open_cases))
    page.switch()
    return stage.dialog()


def settings_password(stage: Stage) -> QWidget:
    """A password that is shown once."""
    page = people_page(stage)
    page.open(PasswordShown("Núñez, Pía", "pnunez", "abcd-efgh-jkmn-pq23", page))
    return stage.dialog()


def settings_values(stage: Stage) -> QWidget:
    """The organisation's settings, one changed and one wrong."""
    frame = opened(stage, "Ajustes")
    page = frame.page
    assert isinstance(page, TypedPage)
    stage.wait(lambda: page.rows)
    page.rows["area_code"].editor.set_value("9")
    page.rows["reminder_minutes"].editor.set_value("15")
    page.save()
    return stage.shown(frame.window())


def settings_values_unsaved(stage: Stage) -> QWidget:
    """What was typed is asked about, and what IT fixed is at the end."""
    frame = opened(stage, "Ajustes")
    page = frame.page
    assert isinstance(page, TypedPage)
    stage.wait(lambda: page.rows)
    page.rows["reminder_minutes"].editor.set_value("25")
    frame.titles.setCurrentRow(0)
    page.area.verticalScrollBar().setValue(page.area.verticalScrollBar().maximum())
    return stage.shown(frame.window())


def settings_scales(stage: Stage) -> QWidget:
    """How often is too often, while it is changed."""
    frame = opened(stage, "Escala de contactos")
    page = frame.page
    assert isinstance(page, TypedPage)
    stage.wait(lambda: page.kept)
    page.rows["collection.limit_3"].editor.set_value("9")
    page.save()
    return stage.shown(frame.window())


def settings_quiet_hours(stage: Stage) -> QWidget:
    """When nobody is contacted, with a stretch that does not end."""
    frame = opened(stage, "Horarios no permitidos")
    page = frame.page
    assert isinstance(page, TypedPage)
    stage.wait(lambda: page.kept)
    page.rows["collection.2.1.ends"].editor.set_value(None)
    page.save()
    return stage.shown(frame.window())


def settings_no_contact(stage: Stage) -> QWidget:
    """Who is not contacted: an old list, a new one, single numbers."""
    page = no_contact_page(stage)
    return stage.shown(page.window())


def settings_no_contact_load(stage: Stage) -> QWidget:
    """A list that is to be brought in, before its file was chosen."""
    page = no_contact_page(stage)
    page.load_list()
    dialog = stage.dialog_of(LoadDialog)
    dialog.submit()
    return stage.shown(dialog)


def settings_no_contact_add(stage: Stage) -> QWidget:
    """One more number."""
    no_contact_page(stage).add_entry()
    dialog = stage.dialog_of(EditDialog)
    dialog.submit()
    return stage.shown(dialog)


def settings_no_contact_remove(stage: Stage) -> QWidget:
    """A list that holds no more."""
    no_contact_page(stage).remove_list()
    return stage.dialog()


def settings_try_contact(stage: Stage) -> QWidget:
    """Whether one may call a number that is listed."""
    leave_no_contacts(stage)
    frame = opened(stage, "¿Puedo llamar a…?")
    page = frame.page
    assert isinstance(page, TryContactPage)
    page.form.set_values({"party": "0341 15 555-0199", "channel": "call", "purpose": "collection"})
    page.ask()
    stage.wait(page.answer.isVisible)
    return stage.shown(frame.window())


def settings_results(stage: Stage) -> QWidget:
    """What a contact can end in."""
    return opened(stage, "Resultados").window()


def settings_result(stage: Stage) -> QWidget:
    """One of them."""
    page = opened(stage, "Resultados").page
    assert isinstance(page, ListPage)
    page.list.choose(3)
    page.change()
    return stage.dialog()


def settings_promotion(stage: Stage) -> QWidget:
    """A new promotion."""
    page = opened(stage, "Promociones").page
    assert isinstance(page, ListPage)
    page.add()
    return stage.dialog()


def settings_surveys(stage: Stage) -> QWidget:
    """How often each promotion was accepted, counted between two days."""
    who = stage.from_another_pc("operador")
    free = next(
        row.id for row in cases.page(who, "active") if row.holder is None and row.promotion and not row.attempts
    )
    cases.take(who, free, uuid4())
    for offer in promotions.of_case(who, free):
        for answer in ("offered", "accepted"):
            promotions.answer(who, free, offer.id, answer, "call", "outbound", uuid4())
    page = opened(stage, "Encuestas").page
    assert isinstance(page, SurveysPage)
    stage.wait(page.what.value)
    page.form.set_values({"what": "promotions"})
    page.count()
    stage.wait(lambda: page.found)
    return stage.shown(page.window())


def settings_topics(stage: Stage) -> QWidget:
    """What messages are about."""
    return opened(stage, "Temas").window()


def settings_routes(stage: Stage) -> QWidget:
    """Where somebody can be sent."""
    return opened(stage, "Rutas").window()


def settings_route(stage: Stage) -> QWidget:
    """A new one."""
    page = opened(stage, "Rutas").page
    assert isinstance(page, ListPage)
    page.add()
    return stage.dialog()


def settings_scripts(stage: Stage) -> QWidget:
    """What is said when."""
    return opened(stage, "Guion").window()


def settings_calendar(stage: Stage) -> QWidget:
    """When there is work, with an hour that does not fit."""
    frame = opened(stage, "Calendario")
    page = frame.page
    assert isinstance(page, TypedPage)
    stage.wait(lambda: page.kept)
    page.rows["closes_3"].editor.set_value("08:00")
    page.save()
    return stage.shown(frame.window())


def settings_audit(stage: Stage) -> QWidget:
    """Who did what."""
    return audit_page(stage).window()


def settings_audit_change(stage: Stage) -> QWidget:
    """One change, before and after."""
    page = audit_page(stage)
    page.list.choose(next(line.id for line in page.found if line.operation == "UPDATE"))
    page.open_change()
    return stage.dialog()


def settings_person_data(stage: Stage) -> QWidget:
    """All that is kept on a client, with what is missing."""
    frame = opened(stage, "Datos de una persona")
    frame.page.save()
    return stage.shown(frame.window())


def settings_erase_person(stage: Stage) -> QWidget:
    """What is lost, why, and the number once more."""
    page = opened(stage, "Datos de una persona").page
    hit = CompanyHit(1, 20314, "GÓMEZ, Ana María", "30123456", "Lanús", "withdrawn", None, None, "name")
    EraseDialog(page.office, hit, page).open()
    dialog = stage.dialog_of(EditDialog)
    dialog.submit()
    return stage.shown(dialog)


def audit_page(stage: Stage) -> AuditPage:
    """The audit log, after the reason."""
    page = opened(stage, "Auditoría").page
    assert isinstance(page, AuditPage)
    page.form.rows[0].editor.set_value("Revisión mensual")
    page.consult()
    stage.wait(lambda: page.found)
    stage.settle()
    return page


def opened(stage: Stage, title: str) -> SettingsFrame:
    """The settings at a page."""
    window = stage.window(ADMINISTRATOR)
    window.open_settings()
    assert window.settings is not None
    window.settings.titles.setCurrentRow([page.title for page in PAGES].index(title))
    stage.shown(window)
    return window.settings


def no_contact_page(stage: Stage) -> NoContactPage:
    """Who is not contacted, with something in each list."""
    leave_no_contacts(stage)
    page = opened(stage, "No contactar").page
    assert isinstance(page, NoContactPage)
    stage.wait(page.lists.topLevelItemCount)
    stage.wait(page.entries.topLevelItemCount)
    return page


def leave_no_contacts(stage: Stage) -> None:
    """An old list, a new one, and two numbers one by one."""
    root, at = stage.from_another_pc(ADMINISTRATOR), formats.now()
    old = at - timedelta(days=40)
    pressure.load_no_contact(root, "Registro Nacional No Llame", "promotion", old, ("1143215678",), True)
    pressure.load_no_contact(root, "Pedidos por carta", "", at, ("1143215678", "ana@ejemplo.com.ar"), True)
    pressure.add_no_contact(root, "0341 15 555-0199", "", "", "Lo pidió por teléfono", None)
    pressure.add_no_contact(root, "luis@ejemplo.com", "email", "", "Carta del 12/10", at + timedelta(days=90))


def people_page(stage: Stage) -> PeoplePage:
    """The page of the people, loaded."""
    page = opened(stage, "Personas").page
    assert isinstance(page, PeoplePage)
    stage.wait(lambda: page.found.people)
    return page


SCREENS = (
    settings_people,
    settings_guard,
    settings_add_person,
    settings_change_person,
    settings_dismiss,
    settings_password,
    settings_values,
    settings_values_unsaved,
    settings_scales,
    settings_quiet_hours,
    settings_no_contact,
    settings_no_contact_load,
    settings_no_contact_add,
    settings_no_contact_remove,
    settings_try_contact,
    settings_results,
    settings_result,
    settings_promotion,
    settings_surveys,
    settings_topics,
    settings_routes,
    settings_route,
    settings_scripts,
    settings_calendar,
    settings_audit,
    settings_audit_change,
    settings_person_data,
    settings_erase_person,
)
