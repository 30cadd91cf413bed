"""The cases page on the real server, by keyboard: find work, take it, contact, close, undo; two people at once."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.terms import CaseList, Level
from iduo_desktop.ui.cases.rights import Verb
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.workplace import Workplace, log

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Key = Qt.Key


Arrive = Callable[..., Workplace]


@pytest.fixture
def arrive(qtbot: QtBot, open_desk: OpenDesk) -> Arrive:
    """`arrive("ana", "operator")`: that person sits down and looks at his cases."""
    return lambda name="ana", *roles: Workplace(qtbot, open_desk(name, *roles))


def test_the_next_case_is_taken_and_undone(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """F8: the first free case in work order is mine, chosen, and said; Ctrl+Z in the notice gives it back."""
    taken, first, second = world.cases(3)
    ana = arrive()
    cases.take(ana.desk.database, taken, uuid4())
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_F8)
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Tomaste a "))
    assert ana.page.frame.view.current_id == first
    keyboard.reaches("cases_delinquent")
    ana.wait_for(lambda: (row := ana.row(first)) and row.assigned_to == ana.desk.login)
    assert ana.desk.notice.undoable
    ana.desk.notice.undo()
    ana.wait_for(lambda: (row := ana.row(first)) and row.assigned_to is None)
    assert ana.desk.notice.text == "Deshiciste la toma del caso"
    assert ana.clients() == [taken, first, second]


def test_a_contact_takes_two_keys_and_goes_on(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """Ctrl+L, digit, Ctrl+Enter: counted, at the end of the list, and the next one is chosen."""
    first, second, third = world.cases(3)
    ana = arrive()
    cases.take(ana.desk.database, first, uuid4())
    ana.open(CaseList.DELINQUENT)
    assert ana.clients() == [first, second, third]
    keyboard.press(Key.Key_L, CONTROL)
    ana.wait_for(ana.page.strip.isVisible)
    keyboard.press(Key.Key_1)
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Llamada a "))
    assert ana.page.strip.isHidden()
    assert ana.page.frame.view.current_id == second
    keyboard.reaches("cases_delinquent")
    ana.wait_for(lambda: ana.clients() == [second, third, first])
    row = ana.row(first)
    assert row is not None
    assert (row.level, row.calls) == (Level.LOW, 1)
    assert ana.page.frame.view.current_id == second


def test_letters_act_on_the_chosen_case(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """A takes; W begins a WhatsApp; a free case says what comes first."""
    case = world.case()
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_W)
    assert ana.desk.notice.text == "Primero tomá el caso (Ctrl+T)."
    keyboard.press(Key.Key_A)
    ana.wait_for(lambda: (card := ana.page.reader.card) and card.assigned_to == ana.desk.login)
    keyboard.press(Key.Key_W)
    ana.wait_for(ana.page.composer.isVisible)
    assert ana.page.composer.channel == "whatsapp"
    keyboard.press(Key.Key_Escape)
    assert ana.page.composer.isHidden()
    assert keyboard.focused() == "cases_delinquent"
    assert ana.page.frame.view.current_id == case


def test_taking_and_releasing_with_one_key(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """Ctrl+T takes what is free and gives back what is mine; the list says whose it is."""
    case = world.case()
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_T, CONTROL)
    ana.wait_for(lambda: (row := ana.row(case)) and row.assigned_to == ana.desk.login)
    ana.rest()
    holder = ana.page.frame.model.columns[-1]
    row = ana.row(case)
    assert row is not None
    assert holder.text(row) == "vos"
    ana.wait_for(lambda: (card := ana.page.reader.card) and card.assigned_to)
    keyboard.press(Key.Key_T, CONTROL)
    ana.wait_for(lambda: (row := ana.row(case)) and row.assigned_to is None)
    assert ana.desk.notice.text.startswith("Liberaste a ")


def test_the_other_workstation_follows(arrive: Arrive, world: World) -> None:
    """What one does, the other sees within a poll, and stays where he is."""
    first, second, third = world.cases(3)
    juan = arrive("juan")
    juan.open(CaseList.DELINQUENT)
    juan.page.frame.view.choose(third)
    ana = arrive("ana")
    cases.take(ana.desk.database, first, uuid4())
    juan.wait_for(lambda: (row := juan.row(first)) and row.holder == "Ana")
    log(ana.desk, first)
    juan.wait_for(lambda: juan.clients() == [second, third, first])
    assert juan.page.frame.view.current_id == third


def test_somebody_elses_case(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """It says who has it since when; an operator may look, a coordinator may take it away with a reason."""
    case = world.case()
    ana = arrive("ana")
    cases.take(ana.desk.database, case, uuid4())
    juan = arrive("juan")
    juan.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_T, CONTROL)
    assert juan.desk.notice.text.startswith("Ana lo está atendiendo desde ")
    assert juan.desk.notice.action is not None
    assert juan.desk.notice.action[0] == "Ver sin tomar"
    assert juan.button("verb_take_over").isHidden()
    marta = arrive("marta", "coordinator")
    marta.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_T, CONTROL)
    assert marta.desk.notice.action is not None
    assert marta.desk.notice.action[0] == "Quitar a otro"
    marta.desk.notice.action[1]()
    marta.wait_for_field("reason")
    keyboard.write("Se fue")
    keyboard.save()
    marta.wait_for(lambda: (row := marta.row(case)) and row.assigned_to == marta.desk.login)


def test_closing_goes_to_the_next(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """F7, digit, Ctrl+Enter; the case is among the closed, where a coordinator reopens it."""
    first, second = world.cases(2)
    ana = arrive()
    cases.take(ana.desk.database, first, uuid4())
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_F7)
    ana.wait_for_field("reason")
    keyboard.press(Key.Key_1)
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Cerraste el caso de "))
    assert ana.page.frame.view.current_id == second
    ana.wait_for(lambda: ana.clients() == [second])
    ana.open(CaseList.CLOSED)
    assert ana.clients() == [first]
    assert not ana.button("verb_reopen").isEnabled()
    assert ana.button("verb_reopen").toolTip() == "Solo un coordinador puede reabrir casos."
    assert not ana.page.next.isEnabled()
    marta = arrive("marta", "coordinator")
    marta.open(CaseList.CLOSED)
    marta.page.do(Verb.REOPEN)
    marta.wait_for_field("reason")
    keyboard.write("Llamó de nuevo")
    keyboard.save()
    marta.wait_for(lambda: marta.clients() == [])


def test_typing_is_never_given_another_client(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """The case leaves the list while one types about it: strip and panel stay with it."""
    first, second = world.cases(2)
    ana = arrive()
    cases.take(ana.desk.database, first, uuid4())
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_L, CONTROL)
    ana.wait_for(ana.page.strip.isVisible)
    keyboard.press(Key.Key_1)
    keyboard.write("Quedamos en")
    marta = arrive("marta", "coordinator")
    ana.come_here()
    ana.button("save_contact").setFocus()
    cases.move(marta.desk.database, first, "suspended", "Espera", None, uuid4())
    ana.wait_for(lambda: ana.clients() == [second])
    assert ana.page.panel.case_id == first
    assert ana.page.panel.remark.text() == "Este caso ya no está en la lista que mirás."
    keyboard.press(Key.Key_Escape)
    ana.rest()
    assert ana.page.panel.case_id == second


def test_who_works_on_a_case_is_seen(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """An eye in the list while the strip is open on another workstation, and none after it."""
    case = world.case()
    juan = arrive("juan")
    juan.open(CaseList.DELINQUENT)
    ana = arrive("ana")
    cases.take(ana.desk.database, case, uuid4())
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_L, CONTROL)
    juan.wait_for(lambda: (row := juan.row(case)) and row.viewers == "Ana")
    keyboard.press(Key.Key_Escape)
    juan.wait_for(lambda: (row := juan.row(case)) and row.viewers == "")


def test_a_client_on_pause(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """The channels are closed; «Contactar igual…» opens the strip, which asks why."""
    case = world.case()
    ana = arrive()
    cases.take(ana.desk.database, case, uuid4())
    for _ in range(5):
        log(ana.desk, case, override_reason="Lo pidió")
    ana.open(CaseList.DELINQUENT)
    assert not ana.button("contact_call").isEnabled()
    assert ana.button("contact_call").toolTip().startswith("⛔ Pausa hasta ")
    ana.button("contact_anyway").click()
    ana.wait_for(ana.page.strip.isVisible)
    keyboard.press(Key.Key_1)
    keyboard.save()
    assert ana.page.strip.isVisible()
    assert ana.page.strip.isAncestorOf(keyboard.focus())
    keyboard.write("Lo pidió él")
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Llamada a "))


def test_lists_are_narrowed_while_one_types(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """Text and choices; each list remembers its own; nothing found offers to take the filter away."""
    gomez = world.case(company=world.company(surname="Gómez", plan="Fibra 300"))
    sosa = world.case(company=world.company(surname="Sosa", plan="Fibra 600"))
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    ana.page.filters.text.setFocus()
    keyboard.write("gomez")
    ana.wait_for(lambda: ana.clients() == [gomez])
    keyboard.press(Key.Key_Down)
    assert keyboard.focused() == "cases_delinquent"
    ana.open(CaseList.ACTIVE)
    assert ana.page.filters.text.text() == ""
    ana.open(CaseList.DELINQUENT)
    assert ana.page.filters.text.text() == "gomez"
    ana.page.filters.text.setFocus()
    keyboard.write("zzz")
    ana.wait_for(lambda: ana.page.frame.placeholder.sentence == "Ningún caso con esos filtros.")
    ana.page.frame.placeholder._buttons[0].click()
    ana.wait_for(lambda: len(ana.clients()) == 2)
    ana.page.filters.plan.set_key("Fibra 600")
    ana.wait_for(lambda: ana.clients() == [sosa])


def test_who_was_contacted_today(arrive: Arrive, world: World) -> None:
    """«Sin contactar hoy»; when all were, it says so and shows them."""
    first, second = world.cases(2)
    ana = arrive()
    cases.take(ana.desk.database, first, uuid4())
    log(ana.desk, first)
    ana.open(CaseList.DELINQUENT)
    ana.page.filters.fresh.click()
    ana.wait_for(lambda: ana.clients() == [second])
    cases.take(ana.desk.database, second, uuid4())
    log(ana.desk, second)
    ana.wait_for(lambda: ana.page.frame.placeholder.sentence == "No quedan morosos sin contactar hoy.")
    ana.page.frame.placeholder._buttons[0].click()
    ana.wait_for(lambda: len(ana.clients()) == 2)


def test_another_order_and_back(arrive: Arrive, world: World) -> None:
    """A header's first click is what people look for; the way back is a button; live changes keep the order."""
    small, large, none = (world.case(company=world.company(debt=debt)) for debt in (100, 900, None))
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    ana.page.frame.sort_by("debt")
    ana.wait_for(lambda: ana.clients() == [large, small, none])
    assert ana.page.frame._order_text.text() == "Lista ordenada por Deuda."
    assert ana.page.frame.model.headerData(2, Qt.Orientation.Horizontal) == "Deuda ▼"
    world.superuser.execute(
        "UPDATE iduo.company SET debt = 5000 WHERE id = (SELECT company_id FROM iduo.case WHERE id = %s)", [none]
    )
    ana.wait_for(lambda: ana.clients() == [none, large, small])
    ana.page.frame.sort_by("debt")
    ana.wait_for(lambda: ana.clients() == [small, large, none])
    ana.page.frame._back.click()
    ana.wait_for(lambda: "orden de trabajo" in ana.page.frame._order_text.text())
    assert ana.clients() == [small, large, none]


def test_tabs_count(arrive: Arrive, world: World) -> None:
    """Each tab says how many, and follows."""
    case = world.cases(3)[0]
    ana = arrive()
    ana.wait_for(lambda: ana.page.tabs.tabText(2) == "Morosos 3")
    cases.take(ana.desk.database, case, uuid4())
    ana.wait_for(lambda: ana.page.tabs.tabText(0) == "Mis asignados 1")


def test_the_panel_tells_all(arrive: Arrive, world: World) -> None:
    """Who, how he stands, cut-off date with its distance, and what happened, with me as «vos»."""
    company = world.company(surname="Gómez", names="Ana", debt="48310", plan="Fibra 300")
    case = world.case(company=company)
    ana = arrive()
    cases.take(ana.desk.database, case, uuid4())
    log(ana.desk, case)
    ana.open(CaseList.DELINQUENT)
    head = ana.page.panel.head
    assert head.title.text() == "GÓMEZ, Ana"
    assert "debe $\N{NO-BREAK SPACE}48.310,00" in head.status.text()
    assert head.holder.text().startswith("Es tuyo desde hoy ")
    assert head.chip.accessibleName() == "Contactos: nivel 1 de 5, bajo: 1 contacto, 1 llamada"
    ana.wait_for(lambda: ana.page.panel.timeline.count >= 2)
    assert ana.page.panel._facts["Plan"].text() == "Fibra 300"


def test_a_case_found_by_the_search(arrive: Arrive, world: World) -> None:
    """It is shown in its list; one's own among one's own; far down, the list is narrowed to that client."""
    world.cases(450)
    far = world.case()
    mine = world.case("active")
    ana = arrive()
    cases.take(ana.desk.database, mine, uuid4())
    ana.page.open_case(mine)
    ana.wait_for(lambda: ana.page.frame.which is CaseList.MINE and ana.page.panel.case_id == mine)
    ana.page.open_case(far)
    ana.wait_for(lambda: ana.page.panel.case_id == far)
    assert ana.page.frame.which is CaseList.DELINQUENT
    assert ana.clients() == [far]
    assert ana.page.filters.text.text() != ""


def test_nothing_left_is_said(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """F8 without a free case; an empty list offers another one with work in it."""
    world.case("active")
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    ana.wait_for(lambda: ana.page.frame.placeholder.sentence == "No quedan morosos.")
    keyboard.press(Key.Key_F8)
    ana.wait_for(lambda: ana.desk.notice.text == "No quedan casos libres en Morosos.")
    ana.page.frame.narrow(CaseFilter(plan="Otro"))
    ana.page.take_next()
    ana.wait_for(lambda: ana.desk.notice.text == "No quedan casos libres en Morosos con esos filtros.")


def test_due_callbacks_come_first(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """One's own due callback is what F8 gives, wherever it is."""
    world.cases(2)
    ana = arrive()
    due = world.case("suspended", assigned_to=ana.desk.login, next_action_at=world.now())
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_F8)
    ana.wait_for(lambda: ana.page.frame.which is CaseList.MINE and ana.page.panel.case_id == due)
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Quedaste en llamar a "))


def test_who_only_looks(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """An administrator has the lists and no commands."""
    world.case()
    admin = arrive("admin", "admin")
    admin.wait_for(lambda: "operadores y coordinadores" in admin.page.frames[CaseList.MINE]._say_empty()[0])
    admin.open(CaseList.DELINQUENT)
    assert admin.page.next.isHidden()
    assert all(button.isHidden() for button in admin.page.panel.head.verbs.values())
    keyboard.press(Key.Key_L, CONTROL)
    assert admin.desk.notice.text == "No tenés permiso para hacer esto."


def test_the_panel_folds(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """F12 hides and shows it; a narrow window begins without it; Enter goes into it, Esc back."""
    world.case()
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    keyboard.press(Key.Key_Return)
    assert ana.page.panel.isAncestorOf(keyboard.focus())
    keyboard.press(Key.Key_Escape)
    assert keyboard.focused() == "cases_delinquent"
    ana.page.resize(850, 500)
    assert ana.page.panel.isHidden()
    keyboard.press(Key.Key_F12)
    assert ana.page.panel.isVisible()
    keyboard.press(Key.Key_F12)
    assert ana.page.panel.isHidden()


def test_ctrl_page_down_goes_on(arrive: Arrive, world: World, keyboard: Keyboard) -> None:
    """To the next client and back, wherever the keyboard is."""
    first, second = world.cases(2)
    ana = arrive()
    ana.open(CaseList.DELINQUENT)
    ana.page.filters.text.setFocus()
    keyboard.press(Key.Key_PageDown, CONTROL)
    assert ana.page.frame.view.current_id == second
    keyboard.press(Key.Key_PageUp, CONTROL)
    assert ana.page.frame.view.current_id == first
    ana.rest()
    assert ana.page.panel.case_id == first
