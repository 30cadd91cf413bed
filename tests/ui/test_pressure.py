"""Whether one may contact somebody, on the cases page: buttons, reasons, and who is speaking with him, by keyboard."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.widgets.columns import BADGES
from iduo_desktop.ui.widgets.timeline import Timeline
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.workplace import Workplace, log

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing|QPlatformServices)", extend=True)
Key = Qt.Key
OpenDesk = Callable[..., Desk]
Arrive = Callable[..., Workplace]
PHONE = {"typed": "0341 15 612-4410", "e164": "+5493416124410", "search_key": "3416124410", "kind": "mobile"}


@pytest.fixture
def arrive(qtbot: QtBot, open_desk: OpenDesk) -> Arrive:
    """`arrive("ana", "operator")`: that person sits down and looks at his cases."""
    return lambda name="ana", *roles: Workplace(qtbot, open_desk(name, *roles))


@pytest.fixture
def case(world: World) -> int:
    """A free case of a client with a telephone and a mail."""
    made = world.case(company=world.company(surname="Gómez"))
    company = world.value("SELECT company_id FROM iduo.case WHERE id = %s", made)
    world.insert("company_phone", PHONE | {"company_id": company, "valid": True})
    world.insert("company_email", {"company_id": company, "address": "ana@example.org", "valid": True})
    return made


@pytest.fixture
def ana(arrive: Arrive, case: int) -> Workplace:
    """Ana looks at the case, which is hers."""
    made = arrive("ana")
    cases.take(made.desk.database, case, uuid4())
    made.open(CaseList.DELINQUENT)
    made.wait_for(lambda: made.page.contacting.pressures.found)
    return made


def said(place: Workplace, name: str) -> str:
    """What a sentence says that can be seen."""
    found = place.page.findChild(QLabel, name)
    assert found is not None
    return found.text() if found.isVisible() else ""


def wears(button: QPushButton, level: str) -> bool:
    """Whether a button has the colour of a level."""
    return bool(button.property("level") == level)


def quiet_now(world: World) -> None:
    """Nobody is contacted for a debt at any hour of any day."""
    world.superuser.execute("DELETE FROM iduo.quiet_hours")
    world.superuser.execute(
        "INSERT INTO iduo.quiet_hours (purpose, weekday, starts, ends)"
        " SELECT 'collection', d, 0, 1440 FROM generate_series(1, 6) d UNION ALL SELECT 'collection', 7, 0, 1439"
    )
    world.set_setting("quiet_hours_on", True)


def list_number(world: World, purpose: str = "") -> None:
    """His telephone is on a list."""
    made = world.insert(
        "no_contact_list", {"name": "Pedidos", "purpose": purpose, "as_of": world.now(), "by": "nobody"}
    )
    world.superuser.execute(
        "INSERT INTO iduo.no_contact_number (search_key, list_id) VALUES ('3416124410', %s)", [made]
    )


def test_the_level_is_on_the_buttons(ana: Workplace, case: int) -> None:
    call = ana.button("contact_call")
    assert (call.isEnabled(), call.property("level") or "") == (True, "")
    for level in ("1", "2", "3", "4"):
        log(ana.desk, case)
        ana.wait_for(partial(wears, call, level))
    assert call.isEnabled()
    assert call.accessibleDescription() == "nivel 4 de 5, muy alto"
    log(ana.desk, case)
    ana.wait_for(lambda: call.property("level") == "5" and not call.isEnabled())
    ana.wait_for(lambda: said(ana, "panel_pause").startswith("⛔ Pausa hasta "))


def test_quiet_hours_close_all_channels_and_a_reason_goes_on(ana: Workplace, world: World, keyboard: Keyboard) -> None:
    quiet_now(world)
    QGuiApplication.clipboard().clear()
    ana.page.contacting.pressures.again()
    call = ana.button("contact_call")
    ana.wait_for(lambda: not call.isEnabled())
    assert said(ana, "panel_pause").startswith("⛔ A esa hora no se contacta a nadie. Podés desde ")
    keyboard.press(Key.Key_L)
    keyboard.reaches("contact_anyway")
    assert ana.page.strip.isHidden()
    assert ana.desk.notice.text.startswith("⛔ A esa hora")
    keyboard.press(Key.Key_Space)
    ana.wait_for(ana.page.strip.isVisible)
    assert ana.page.strip.channel == "call"
    assert said(ana, "pause").startswith("⛔ A esa hora")
    keyboard.reaches("field_override_reason")
    keyboard.press(Key.Key_Return)  # without a reason nobody is called
    assert QGuiApplication.clipboard().text() != PHONE["e164"]
    ana.page.strip.ask_reason()
    keyboard.write("Lo pidió")
    keyboard.press(Key.Key_Return)
    assert QGuiApplication.clipboard().text() == PHONE["e164"]
    keyboard.press(Key.Key_1)
    keyboard.save()
    ana.wait_for(lambda: ana.desk.notice.text.startswith("Llamada a "))
    assert world.value("SELECT override_reason FROM iduo.attempt") == "Lo pidió"


def test_a_list_closes_what_goes_to_the_number_alone(ana: Workplace, world: World) -> None:
    list_number(world)
    ana.page.contacting.pressures.again()
    ana.wait_for(lambda: not ana.button("contact_call").isEnabled())
    assert not ana.button("contact_sms").isEnabled()
    assert ana.button("contact_email").isEnabled()
    assert said(ana, "panel_pause").endswith("(Llamada, WhatsApp, SMS)")
    assert ana.button("contact_anyway").isVisible()


def test_an_old_list_only_warns(ana: Workplace, world: World) -> None:
    list_number(world, "promotion")
    world.superuser.execute("UPDATE iduo.no_contact_list SET as_of = now() - interval '40 days'")
    world.set_setting("contact_purpose", "promotion")
    ana.page.contacting.pressures.again()
    ana.wait_for(lambda: "Está en una lista vieja" in said(ana, "panel_warnings"))
    assert ana.button("contact_call").isEnabled()
    assert said(ana, "panel_pause") == ""


def test_answers_about_another_case_are_dropped(ana: Workplace, world: World) -> None:
    list_number(world)
    other = world.case(assigned_to=ana.desk.login)
    ana.page.refresh()
    ana.wait_for(lambda: ana.row(other))
    ana.page.contacting.pressures.again()
    ana.page.frame.view.choose(other)
    ana.rest()
    ana.wait_for(lambda: ana.page.contacting.pressures.found)
    assert ana.button("contact_call").isEnabled()
    assert said(ana, "panel_pause") == ""


def test_a_colleague_is_speaking_with_him(
    arrive: Arrive, ana: Workplace, case: int, keyboard: Keyboard, qtbot: QtBot
) -> None:
    juan = arrive("juan")
    juan.open(CaseList.DELINQUENT)
    ana.come_here()
    keyboard.press(Key.Key_L)
    ana.wait_for(ana.page.strip.isVisible)
    juan.wait_for(lambda: said(juan, "panel_talk").startswith("☎ Ana está hablando con este número desde las "))
    model = juan.page.frame.model
    juan.wait_for(lambda: [badge.kind for badge in model.index(model.number(case), 0).data(BADGES)] == ["talk"])
    assert said(ana, "panel_talk") == ""
    keyboard.press(Key.Key_Escape)
    juan.wait_for(lambda: said(juan, "panel_talk") == "")
    juan.wait_for(lambda: not model.index(model.number(case), 0).data(BADGES))


def test_the_sign_ends_when_it_is_saved_and_when_another_case_is_shown(
    ana: Workplace, world: World, keyboard: Keyboard, case: int
) -> None:
    def speaking() -> int:
        return int(world.value("SELECT count(*) FROM iduo.talk WHERE until > now()"))

    keyboard.press(Key.Key_L, CONTROL)
    ana.wait_for(lambda: speaking() == 1)
    keyboard.press(Key.Key_1)
    keyboard.save()
    ana.wait_for(lambda: speaking() == 0)
    other = world.case(assigned_to=ana.desk.login)
    ana.page.refresh()
    ana.wait_for(lambda: ana.row(other))
    ana.page.frame.view.choose(case)
    ana.rest()
    ana.page.contact()
    ana.wait_for(lambda: speaking() == 1)
    ana.page.talks.hold(on=True)
    ana.wait_for(lambda: speaking() == 0)
    ana.page.talks.hold(on=False)
    ana.wait_for(lambda: speaking() == 1)
    ana.page.frame.view.setFocus()
    ana.page.frame.view.choose(other)
    ana.wait_for(lambda: speaking() == 0)


def test_writing_is_a_sign_too(arrive: Arrive, ana: Workplace, keyboard: Keyboard) -> None:
    juan = arrive("juan")
    juan.open(CaseList.DELINQUENT)
    ana.come_here()
    keyboard.press(Key.Key_M)
    ana.wait_for(ana.page.composer.isVisible)
    juan.wait_for(lambda: said(juan, "panel_talk").startswith("✎ Ana le está escribiendo por mail desde las "))
    keyboard.press(Key.Key_Escape)
    juan.wait_for(lambda: said(juan, "panel_talk") == "")


def test_a_coordinator_reads_why(arrive: Arrive, ana: Workplace, case: int) -> None:
    log(ana.desk, case, override_reason="Pidió que lo llamáramos")
    marta = arrive("marta", "coordinator")
    marta.open(CaseList.DELINQUENT)
    lines = marta.page.panel.timeline
    marta.wait_for(lambda: "contactado igual: Pidió que lo llamáramos" in " ".join(_texts(lines)))


def _texts(timeline: Timeline) -> list[str]:
    model = timeline._lines.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_who_only_looks_asks_nothing(arrive: Arrive, case: int) -> None:
    root = arrive("root", "admin")
    root.open(CaseList.DELINQUENT)
    assert not root.page.contacting.pressures.found
    assert all(not root.button(f"contact_{name}").isVisible() for name in ("call", "email"))
    assert isinstance(root.button("contact_anyway"), QPushButton)
    assert root.button("contact_anyway").isHidden()
