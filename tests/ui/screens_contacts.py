"""Persons: the list, a record in its states, what is unsafe, sections, the network, a new one, and two that are one."""

from contextlib import closing
from datetime import timedelta
from uuid import uuid4

from PySide6.QtWidgets import QWidget

from iduo_desktop.admin import staff
from iduo_desktop.admin.passwords import new_password
from iduo_desktop.database.connection import Database
from iduo_desktop.services import attentions, contact_records, contacts, search
from iduo_desktop.services.attentions import Attention, FollowUp
from iduo_desktop.services.search import Wanted
from iduo_desktop.terms import CaseList, Role
from iduo_desktop.ui import formats
from iduo_desktop.ui.contacts.page import ContactsPage
from iduo_desktop.ui.contacts.section_box import SectionBox
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.reception import person
from tests.ui.stage import Stage

SURNAME, OTHER = "Villalba", "suplente"


def contacts_list(stage: Stage) -> QWidget:
    """By name."""
    return page_of(opened(stage)).window()


def contacts_export(stage: Stage) -> QWidget:
    """The list of a coordinator, who may take it out."""
    return stage.shown(opened(stage, "coordinador"))


def contacts_nobody(stage: Stage) -> QWidget:
    """Nobody is called so."""
    window = opened(stage)
    page_of(window).search.setText("xyz")
    page_of(window).search._tell()
    return stage.shown(window)


def contacts_record(stage: Stage) -> QWidget:
    """A person with all that a record may have."""
    return record(stage)


def contacts_record_history(stage: Stage) -> QWidget:
    """Further down: what happened."""
    window = record(stage)
    bar = page_of(window).record._scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    return stage.shown(window)


def contacts_record_cases(stage: Stage) -> QWidget:
    """The tab of her cases."""
    window = record(stage)
    page_of(window).record.tabs.setCurrentIndex(1)
    return stage.shown(window)


def contacts_record_editing(stage: Stage) -> QWidget:
    """A value being corrected, and it cannot be kept."""
    window = record(stage)
    data = page_of(window).record.data
    data.places["safe_words"].begin()
    data.places["birth_date"].begin("31/2")
    data.places["birth_date"]._submit()
    return stage.shown(window)


def contacts_call(stage: Stage) -> QWidget:
    """A call: the safe number is copied, and what to say is there."""
    window = record(stage)
    page_of(window).record.reach_by("call")
    return stage.shown(window)


def contacts_call_unsafe(stage: Stage) -> QWidget:
    """A number that is not safe asks first."""
    window = record(stage)
    view = page_of(window).record
    view.reach_by("call")
    unsafe = next(phone for phone in view.reach._record.phones if phone.safe is False) if view.reach._record else None
    assert unsafe is not None
    view.reach._choose(unsafe)
    return stage.shown(window)


def contacts_section(stage: Stage) -> QWidget:
    """A section with «No dijo»."""
    window = record(stage)
    section(window, "Demografía").fold.open(True)
    return stage.shown(window)


def contacts_section_reserved(stage: Stage) -> QWidget:
    """A reserved one asks why."""
    window = record(stage)
    section(window, "Antecedentes de salud").fold.open(True)
    return stage.shown(window)


def contacts_section_refused(stage: Stage) -> QWidget:
    """Who does not attend her cannot read it."""
    window = record(stage, another_operator(stage))
    section(window, "Antecedentes de salud").fold.open(True)
    return stage.shown(window)


def contacts_network(stage: Stage) -> QWidget:
    """The support network, opened, and somebody being added."""
    window = record(stage)
    box = page_of(window).record.network
    box.open()
    box.reason.text.setText("Seguimiento")
    box.reason._give()
    stage.shown(window)
    box.begin()
    return stage.shown(window)


def contacts_flag(stage: Stage) -> QWidget:
    """A flag being raised."""
    window = record(stage)
    box = page_of(window).record.flags
    box.begin("No dejar mensajes de voz")
    box.until.edit.setText("+7d")
    return stage.shown(window)


def contacts_new(stage: Stage) -> QWidget:
    """A new person who may be there already."""
    window = opened(stage)
    page_of(window).new_contact(f"{SURNAME} Rosa")
    return stage.dialog()


def contacts_merge(stage: Stage) -> QWidget:
    """Two records of one person, line by line."""
    window = record(stage)
    view = page_of(window).record
    assert view.record is not None
    page_of(window).compare(view.record.duplicates[0].contact_id)
    return stage.dialog()


def contacts_found(stage: Stage) -> QWidget:
    """The search finds her record."""
    window = opened(stage)
    window.omnibox.begin()
    window.omnibox.setText(SURNAME.lower())
    window.omnibox._ask()
    return stage.shown(window)


def contacts_case(stage: Stage) -> QWidget:
    """A case of a person who is no client."""
    window = record(stage)
    view = page_of(window).record
    assert view.record is not None
    case = next(case for case in view.record.cases if not case.closed)
    page_of(window).case_requested.emit(case.id)
    stage.shown(window)
    assert window.rooms.cases is not None
    assert window.rooms.cases.frame.which in {CaseList.MINE, CaseList.ACTIVE}
    return window


def another_operator(stage: Stage) -> str:
    """Somebody who does not attend her."""
    stage.place.people.setdefault(OTHER, new_password())
    with stage.superuser() as connection:
        staff.enrol(connection, OTHER, "Olga Ortiz", Role.OPERATOR.value, stage.place.people[OTHER])
    return OTHER


def opened(stage: Stage, who: str = "operador") -> MainWindow:
    """The page of persons, with the helpline switched on."""
    prepare(stage)
    window = stage.window(who)
    window.agenda.cards.hide()  # what rings in the demo has nothing to do with this
    window.rooms.open_part("contacts")
    return stage.shown(window)


def record(stage: Stage, who: str = "operador") -> MainWindow:
    """The record that has everything."""
    window = opened(stage, who)
    found = prepare(stage)
    page_of(window).open_contact(found)
    return stage.shown(window)


def page_of(window: MainWindow) -> ContactsPage:
    """The page of persons in this window."""
    assert window.contacts.page is not None
    return window.contacts.page


def section(window: MainWindow, title: str) -> SectionBox:
    """A section by its title."""
    return next(box for box in page_of(window).record.sections if title in box.fold.text())


def prepare(stage: Stage) -> int:
    """Persons of a helpline, the first time; the id of the one who has everything."""
    with stage.superuser() as connection:
        connection.execute("UPDATE iduo.setting SET value = 'true' WHERE name = 'part_helpline'")
    with closing(stage.from_another_pc("operador")) as database:
        there = search.everything(database, f"{SURNAME} Ana", Wanted(tickets=False, companies=False)).contacts
        return there[0].contact_id if there else _fill(database)


def _fill(database: Database) -> int:
    ana = person(database, SURNAME, "Ana María", document="30411222", email="ana.villalba@ejemplo.com.ar")
    rosa = person(database, SURNAME, "Rosa", "0341 15 555-1234")
    person(database, SURNAME, "A.", "", document="30411222")
    contacts.add_phone(database, ana, "0341 421-8890", "+543414218890", "3414218890", "fixed", True, uuid4())
    known = contact_records.record(database, ana)
    for phone, safe in zip(known.phones, (True, False), strict=True):
        contact_records.mark_phone(database, ana, phone.id, safe, False, uuid4())
    _say(database, ana)
    monday = formats.now() + timedelta(days=7 - formats.now().weekday())
    follow = FollowUp(at=monday.replace(hour=10, minute=0))
    attended = attentions.attend(
        database, Attention(contact_id=ana, subject="Pide acompañamiento", priority="high", follow_up=follow), uuid4()
    )
    assert attended.case_new
    contact_records.relate(database, ana, rosa, "Madre", "Sabe lo que pasa", uuid4())
    health = next(each for each in known.sections if each.reserved)
    forms = {form.title: form.version for form in contact_records.section_forms(database)}
    contact_records.save_section(database, ana, forms[health.title], '{"treatment": "__unsaid__"}', uuid4())
    said = '{"gender": "woman", "locality": "Rosario", "dependents": "__unsaid__"}'
    contact_records.save_section(database, ana, forms["Demografía"], said, uuid4())
    until = formats.now().date() + timedelta(days=30)
    contact_records.raise_flag(database, ana, "Medida cautelar vigente", until, uuid4())
    return ana


def _say(database: Database, ana: int) -> None:
    said = {
        "birth_date": "1975-05-03",
        "safe_when": "De lunes a viernes de 9 a 12",
        "safe_where": "Solo al celular",
        "safe_words": "Decí que es por una encuesta de la biblioteca, y cortá.",
        "note": "Prefiere que la atienda siempre la misma persona.",
    }
    for field, value in said.items():
        version = contact_records.record(database, ana).version
        contact_records.change(database, ana, field, value, version, uuid4())


SCREENS = (
    contacts_list,
    contacts_export,
    contacts_nobody,
    contacts_record,
    contacts_record_history,
    contacts_record_cases,
    contacts_record_editing,
    contacts_call,
    contacts_call_unsafe,
    contacts_section,
    contacts_section_reserved,
    contacts_section_refused,
    contacts_network,
    contacts_flag,
    contacts_new,
    contacts_merge,
    contacts_found,
    contacts_case,
)
