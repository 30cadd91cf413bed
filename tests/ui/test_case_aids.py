"""What helps with a client, by keyboard on the real server: the sentence, the promotion, the surveys, an old form."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.database.connection import Database
from iduo_desktop.services import cases, catalogues, form_builder, forms, promotions, surveys
from iduo_desktop.services.catalogues import Promotion
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.cases.filled_dialog import FilledDialog
from iduo_desktop.ui.cases.survey_dialog import SurveyDialog
from tests.services.surveys import QUESTION
from tests.services.world import World
from tests.ui.desk import CONTROL, Desk, Keyboard
from tests.ui.workplace import Workplace

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def ana(qtbot: QtBot, open_desk: OpenDesk) -> Workplace:
    """Ana sits down."""
    return Workplace(qtbot, open_desk("ana", "operator"))


@pytest.fixture
def case(world: World, ana: Workplace) -> int:
    """An active client of Ana's."""
    values = {"surname": "Gómez", "names": "Ana", "plan": "Fibra 300"}
    company = world.company(service_status="active", **values)
    return world.case("active", company, assigned_to=ana.desk.login)


@pytest.fixture
def promotion(admin: Database) -> int:
    """Something to offer."""
    return catalogues.save_promotion(
        admin, Promotion(None, "Sumá TV", "Tres meses de TV sin cargo.", None, None, (), ("active",), True)
    ).id


def publish_survey(admin: Database, title: str = "Satisfacción") -> int:
    """A survey with one question."""
    made = form_builder.create(admin, "survey", title, uuid4())
    draft = form_builder.definition(admin, made.form_id)
    saved = form_builder.save_draft(admin, made.form_id, draft.version, json.dumps({"fields": [QUESTION]}))
    form_builder.publish(admin, made.form_id, saved.version)
    return made.form_id


def said(ana: Workplace, name: str) -> str:
    """What a label of the page says, nothing while it is not there."""
    found = ana.page.findChild(QLabel, name)
    return found.text() if isinstance(found, QLabel) and found.isVisible() else ""


def dialog() -> SurveyDialog | None:
    """The survey that is open."""
    found = QApplication.activeModalWidget()
    return found if isinstance(found, SurveyDialog) else None


def test_data_verified_with_one_key_and_taken_back(ana: Workplace, case: int, keyboard: Keyboard) -> None:
    ana.open(CaseList.ACTIVE)
    assert said(ana, "verified_said") == ""
    keyboard.press(Key.Key_V)
    ana.wait_for(lambda: said(ana, "verified_said").startswith("Datos verificados hoy · "))
    assert ana.desk.notice.text.endswith(" verificados")
    keyboard.reaches("cases_active")
    ana.desk.notice.undo()
    ana.wait_for(lambda: said(ana, "verified_said") == "")
    assert ana.desk.notice.text == "Deshiciste la encuesta"
    keyboard.press(Key.Key_V, CONTROL | SHIFT)
    ana.wait_for(lambda: said(ana, "verified_said"))


def test_it_asks_for_what_an_administrator_asks_for(
    ana: Workplace, admin: Database, case: int, keyboard: Keyboard
) -> None:
    shipped = surveys.surveys(ana.desk.database, case)[0]
    definition = form_builder.definition(admin, shipped.form_id)
    asked = json.dumps({"fields": [QUESTION]})
    saved = form_builder.save_draft(admin, shipped.form_id, definition.version, asked)
    form_builder.publish(admin, shipped.form_id, saved.version)
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: ana.page.panel.aids.surveys.verification)
    keyboard.press(Key.Key_V)
    ana.wait_for_field("how")
    keyboard.write("bien")
    keyboard.press(Key.Key_Tab)
    keyboard.save()
    ana.wait_for(lambda: said(ana, "verified_said"))


def test_a_survey_is_filled_from_the_list(ana: Workplace, admin: Database, case: int, keyboard: Keyboard) -> None:
    form = publish_survey(admin)
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: ana.button("surveys").isVisible())
    keyboard.press(Key.Key_E)
    ana.wait_for(QApplication.activePopupWidget)
    keyboard.press(Key.Key_Return)
    ana.wait_for_field("how")
    keyboard.save()
    assert dialog() is not None  # the answer is needed
    keyboard.write("bien")
    keyboard.press(Key.Key_Tab)
    keyboard.save()
    ana.wait_for(lambda: dialog() is None)
    assert ana.desk.notice.text.startswith("«Satisfacción» guardada para ")
    (answered,) = (one for one in surveys.surveys(ana.desk.database, case) if one.form_id == form)
    assert answered.answered_at is not None
    ana.desk.notice.undo()
    ana.wait_for(lambda: ana.desk.notice.text == "Deshiciste la encuesta")


def test_what_was_typed_in_a_survey_comes_back(ana: Workplace, admin: Database, case: int, keyboard: Keyboard) -> None:
    publish_survey(admin)
    ana.open(CaseList.ACTIVE)
    (survey,) = (one for one in surveys.surveys(ana.desk.database, case) if not one.verification)
    ana.page._fill_survey(survey)
    ana.wait_for_field("how")
    keyboard.write("mal")
    keyboard.press(Key.Key_Tab)
    keyboard.press(Key.Key_Escape)
    ana.wait_for(lambda: dialog() is None)
    ana.page._fill_survey(survey)
    ana.wait_for_field("how")
    again = dialog()
    assert again is not None
    assert again.values()["how"] == "bad"
    keyboard.press(Key.Key_Escape)


@pytest.mark.parametrize(("key", "answer"), [(Key.Key_O, "offered"), (Key.Key_C, "accepted"), (Key.Key_R, "declined")])
def test_what_he_said_to_a_promotion_takes_one_key(
    ana: Workplace, case: int, promotion: int, keyboard: Keyboard, key: Qt.Key, answer: str
) -> None:
    ana.open(CaseList.ACTIVE)
    row = ana.row(case)
    assert row is not None
    assert row.promotion == "Sumá TV"
    ana.wait_for(lambda: said(ana, "promotion_text") == "Tres meses de TV sin cargo.")
    keyboard.press(key)
    ana.wait_for(lambda: (row := ana.row(case)) and row.attempts == 1)
    (offer,) = promotions.of_case(ana.desk.database, case)
    assert offer.answer == answer
    ana.wait_for(lambda: said(ana, "promotion_said"))
    ana.desk.notice.undo()
    ana.wait_for(lambda: (row := ana.row(case)) and row.attempts == 0)


def test_it_is_registered_by_the_medium_of_the_contact(
    ana: Workplace, case: int, promotion: int, keyboard: Keyboard
) -> None:
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: said(ana, "promotion_text"))
    keyboard.press(Key.Key_W)
    ana.wait_for(ana.page.composer.isVisible)
    ana.button("promotion_offered").click()
    ana.wait_for(lambda: (card := ana.page.reader.card) and card.whatsapps == 1)
    assert ana.page.composer.isVisible()


def test_several_promotions_come_one_after_the_other(
    ana: Workplace, admin: Database, case: int, promotion: int
) -> None:
    other = Promotion(None, "Más megas", "El doble por tres meses.", None, None, ("Fibra 300",), (), True)
    catalogues.save_promotion(admin, other)
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: said(ana, "promotion_title") == "Promoción: Más megas")
    assert ana.button("promotion_other").text() == "Otra (1 de 2)"
    ana.button("promotion_other").click()
    assert said(ana, "promotion_title") == "Promoción: Sumá TV"
    ana.button("promotion_other").click()
    assert said(ana, "promotion_title") == "Promoción: Más megas"


def test_a_case_that_is_not_mine_is_only_looked_at(
    ana: Workplace, world: World, promotion: int, keyboard: Keyboard
) -> None:
    case = world.case("active", world.company(service_status="active"))
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: said(ana, "promotion_text"))
    assert not ana.button("promotion_offered").isEnabled()
    assert not ana.button("verify").isEnabled()
    for key in (Key.Key_V, Key.Key_O):
        keyboard.press(key)
        assert ana.desk.notice.text == "Primero tomá el caso (Ctrl+T)."
    assert cases.card(ana.desk.database, case).attempts == 0


def test_the_sentence_of_the_situation(ana: Workplace, world: World, promotion: int, keyboard: Keyboard) -> None:
    world.superuser.execute("UPDATE iduo.script SET text = text || ' Debe {deuda}. {promoción}.' WHERE part = 'Casos'")
    for place in ("delinquent", "withdrawn", "active"):
        company = world.company(service_status=place, surname="Gómez", names="Ana")
        world.case(place, company)
    ana.open(CaseList.DELINQUENT)
    ana.wait_for(lambda: "¿hablo con Ana Gómez?" in said(ana, "script_text"))
    assert "por el servicio de su plan" in said(ana, "script_text")
    ana.open(CaseList.WITHDRAWN)
    ana.wait_for(lambda: "por qué dejó el servicio" in said(ana, "script_text"))
    ana.open(CaseList.ACTIVE)
    ana.wait_for(lambda: "Tenemos una promoción" in said(ana, "script_text"))
    assert "Sumá TV" in said(ana, "script_text")
    assert not {*"{}"} & {*said(ana, "script_text")}
    keyboard.press(Key.Key_J, CONTROL | SHIFT)
    assert said(ana, "script_text") == ""
    ana.open(CaseList.DELINQUENT)
    assert said(ana, "script_text") == ""
    ana.page.panel.aids.fold.click()
    assert said(ana, "script_text")


def test_an_old_closing_is_shown_with_the_form_of_its_time(
    ana: Workplace, admin: Database, world: World, case: int, keyboard: Keyboard
) -> None:
    form = forms.closing_form(ana.desk.database, case)
    filled = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó hoy."}
    cases.close(ana.desk.database, case, form.version, json.dumps(filled), uuid4())
    definition = form_builder.definition(admin, 1)
    saved = form_builder.save_draft(admin, 1, definition.version, json.dumps({"fields": [QUESTION]}))
    form_builder.publish(admin, 1, saved.version)
    ana.open(CaseList.CLOSED)
    lines = ana.page.panel.timeline._lines
    ana.wait_for(lambda: lines.model().rowCount() > 1)
    lines.setFocus()
    lines.setCurrentIndex(lines.model().index(1, 0))
    QTest.keyClick(lines, Key.Key_Return)
    ana.wait_for(lambda: isinstance(QApplication.activeModalWidget(), FilledDialog))
    shown = QApplication.activeModalWidget()
    assert isinstance(shown, FilledDialog)
    found = {label.objectName(): label.text() for label in shown.findChildren(QLabel)}
    assert (found["filled_reason"], found["filled_description"]) == ("Regularizó el pago", "Pagó hoy.")
    assert found["filled_by"].startswith("Ana · ")
    QTest.keyClick(shown, Key.Key_Escape)
    ana.wait_for(lambda: QApplication.activeModalWidget() is None)
