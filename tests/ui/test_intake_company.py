"""The company that calls is found by its number; its assistants' data are given for a reason only."""

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop import phones
from iduo_desktop.terms import CallOutcome
from tests.services.world import World
from tests.ui.conftest import OpenDesk
from tests.ui.desk import CONTROL
from tests.ui.intake_place import SHIFT, IntakePlace, assistant, firm, ring

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
REACH = (phones.shown("+5493415550101"), "ana.luz@iduo.example")


@pytest.fixture
def place(qtbot: QtBot, open_desk: OpenDesk) -> IntakePlace:
    """Ana at the page where messages are taken."""
    return IntakePlace(qtbot, open_desk())


class Opened(QObject):
    """Takes what would open in other programs."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Another one."""
        self.urls.append(url.toString())


@pytest.fixture
def opened() -> Opened:
    """Links that were opened."""
    return Opened()


def said(place: IntakePlace) -> str:
    """All that can be read in the panel."""
    found = place.page.panel.findChildren(QLabel)
    return "\n".join(each.text() for each in found if each.isVisible()).replace("\N{ZERO WIDTH SPACE}", "")


def test_four_digits_bring_the_company(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204, plan="Pyme", tax_id="30712345678", note="Atender primero.", service_status="active")
    assistant(world, company, "functional", "Ana Luz")
    place.page.begin()
    assert place.keyboard.focused() == "field_company"
    place.keyboard.write("120")
    place.rest()
    assert place.page.panel.company is None
    place.keyboard.write("4")
    place.wait(lambda: place.page.panel.company is not None)
    text = said(place)
    for part in ("Panificadora Sur SRL", "Nro 1204", "CUIT 30-71234567-8", "Plan Pyme · Activo", "Atender primero."):
        assert part in text
    assert "Ana Luz" in text
    assert REACH[0] not in text
    assert REACH[1] not in text


def test_a_fifth_digit_is_another_company(place: IntakePlace, world: World) -> None:
    firm(world, 1204)
    other = firm(world, 12045, "Ferretería Norte")
    place.page.begin()
    place.keyboard.write("1204")
    place.wait(lambda: place.page.panel.company is not None)
    place.keyboard.write("5")
    place.wait(lambda: place.page.panel.company is not None and place.page.panel.company.company_id == other)
    assert place.page.form.fields.company.company_id == other
    place.keyboard.press(Qt.Key.Key_Backspace)
    place.keyboard.press(Qt.Key.Key_Backspace)
    place.rest()
    assert place.page.form.fields.company.company_id is None
    assert place.page.panel.company is None


def test_a_unit_with_several_companies_is_chosen_from(place: IntakePlace, world: World) -> None:
    firm(world, 1204, management_unit="UG-04")
    second = firm(world, 1300, "Ferretería Norte", management_unit="UG-04")
    place.page.begin()
    place.keyboard.write("4")
    place.command(Qt.Key.Key_Return)
    place.wait(place.page.form.fields.company._list.isVisible)
    assert place.text("error_company") == "Coinciden 2: elegí con ↓ y Enter"
    place.keyboard.reaches("field_company")
    place.command(Qt.Key.Key_Down)
    place.command(Qt.Key.Key_Return)
    assert place.page.form.fields.company.company_id == second
    assert place.keyboard.focused() == "field_topic"
    assert place.text("error_company") == ""


def test_nobody_is_called_back_who_went_on(place: IntakePlace, world: World) -> None:
    first = firm(world, 1204, management_unit="UG-04")
    firm(world, 1300, management_unit="UG-04")
    place.page.begin()
    place.keyboard.write("4")
    place.command(Qt.Key.Key_Tab)
    place.keyboard.write("Góm")
    place.wait(lambda: place.text("error_company"))
    place.keyboard.reaches("field_contact")
    assert place.page.form.fields.contact.value() == "Góm"
    place.command(Qt.Key.Key_Backtab, SHIFT)
    place.wait(place.page.form.fields.company._list.isVisible)
    place.command(Qt.Key.Key_Return)
    assert place.page.form.fields.company.company_id == first


def test_a_short_number_goes_on_once_it_is_found(place: IntakePlace, world: World) -> None:
    company = firm(world, 12)
    place.page.begin()
    place.keyboard.write("12")
    place.command(Qt.Key.Key_Return)
    place.wait(lambda: place.page.form.fields.company.company_id == company)
    place.keyboard.reaches("field_topic")


def test_what_is_no_company_is_said_when_one_leaves_it(place: IntakePlace) -> None:
    place.page.begin()
    place.keyboard.write("9999")
    place.rest()
    assert place.text("error_company") == ""
    place.command(Qt.Key.Key_Tab)
    place.wait(lambda: place.text("error_company"))
    assert place.text("error_company").startswith("No hay ninguna empresa así.")


def test_a_client_is_found_by_name_and_a_prospect_needs_no_company(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    place.page.begin()
    place.keyboard.write("panif")
    place.wait(place.page.form.fields.company._list.isVisible)
    place.command(Qt.Key.Key_Return)
    assert place.page.form.fields.company.company_id == company
    place.page.begin(call=ring(place.desk, ivr=2))
    place.page.form.submit()
    assert place.text("error_company") == ""
    assert place.text("error_text") == "Completá la consulta."


def test_assistants_are_told_for_a_reason_that_is_kept(place: IntakePlace, world: World) -> None:
    company = firm(world, 1204)
    someone = assistant(world, company, "functional", "Ana Luz")
    call = ring(place.desk, company="1204")
    place.page.begin(call=call)
    place.wait(lambda: place.page.panel.company is not None)
    place.page.form.fields.contact.line.setText("Gómez, Ana")
    place.command(Qt.Key.Key_D, CONTROL | SHIFT)
    assert "¿Por qué se los das?" in said(place)
    assert world.value("SELECT count(*) FROM iduo.disclosure") == 0
    place.command(Qt.Key.Key_1)
    place.wait(lambda: place.page.panel.assistants.shown)
    place.wait(lambda: all(part in said(place) for part in REACH))
    found = world.value("SELECT to_jsonb(d) FROM iduo.disclosure d")
    assert (found["reason"], found["told_to"], found["call_id"]) == ("asked", "Gómez, Ana", call.id)
    assert found["assistants"] == [someone]
    assert place.keyboard.focused() == f"assistant_{someone}"
    place.command(Qt.Key.Key_Escape)
    assert place.keyboard.focused() == "field_topic"
    place.page.begin(call=call)
    assert REACH[0] in said(place)
    place.page.begin(call=ring(place.desk, "0341 421-8890", company="1204"))
    place.wait(lambda: place.page.panel.company is not None)
    assert "Ana Luz" in said(place)
    assert REACH[0] not in said(place)


def test_whatsapp_mail_and_copy_are_one_key_each(place: IntakePlace, world: World, opened: Opened) -> None:
    assistant(world, firm(world, 1204), "functional", "Ana Luz")
    for scheme in ("https", "mailto"):
        QDesktopServices.setUrlHandler(scheme, opened, "take")  # type: ignore[arg-type]  # it takes text
    place.page.begin(call=ring(place.desk, company="1204"))
    place.wait(lambda: place.page.panel.company is not None)
    place.command(Qt.Key.Key_D, CONTROL | SHIFT)
    place.command(Qt.Key.Key_3)
    place.wait(lambda: place.page.panel.assistants.shown)
    for key in (Qt.Key.Key_W, Qt.Key.Key_M, Qt.Key.Key_C):
        place.command(key)
    for scheme in ("https", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)
    assert opened.urls == ["https://wa.me/5493415550101", "mailto:ana.luz@iduo.example"]
    assert QGuiApplication.clipboard().text().splitlines()[-1] == REACH[1]


def test_who_goes_to_his_assistant_leaves_no_ticket(place: IntakePlace, world: World) -> None:
    assistant(world, firm(world, 1204), "functional", "Ana Luz")
    call = ring(place.desk, company="1204")
    place.page.begin(call=call)
    place.wait(lambda: place.page.panel.company is not None)
    place.command(Qt.Key.Key_D, CONTROL | SHIFT)
    place.command(Qt.Key.Key_1)
    place.wait(lambda: place.page.panel.assistants.shown)
    with place.qtbot.waitSignal(place.page.call_ended) as ended:
        place.command(Qt.Key.Key_A)
    assert ended.args == [call.id]
    assert world.value("SELECT outcome FROM iduo.call WHERE id = %s", call.id) == CallOutcome.ASSISTANT
    assert world.value("SELECT count(*) FROM iduo.ticket") == 0


def test_why_he_insists_is_kept(place: IntakePlace, world: World) -> None:
    assistant(world, firm(world, 1204), "functional", "Ana Luz")
    place.page.begin(call=ring(place.desk, company="1204"))
    place.wait(lambda: place.page.panel.company is not None)
    assert not place.page.form.insisted_row.isVisible()
    place.command(Qt.Key.Key_D, CONTROL | SHIFT)
    place.command(Qt.Key.Key_1)
    place.wait(place.page.form.insisted_row.isVisible)
    place.page.form.insisted_row.set_text("Su asistente no responde")
    place.page.form.fields.text.input.setFocus()
    place.keyboard.write("Pide que lo llamen.")
    place.register()
    assert world.value("SELECT insisted_reason FROM iduo.ticket") == "Su asistente no responde"


def test_where_the_policy_says_so_they_are_offered_first(place: IntakePlace, world: World) -> None:
    world.set_setting("disclosure_policy", "refer_first")
    assistant(world, firm(world, 1204), "functional", "Ana Luz")
    place.page.begin(call=ring(place.desk, company="1204"))
    place.wait(lambda: place.text("script_text").startswith("«Le doy la opción"))
    assert "Primero ofrecé los datos" in said(place)
