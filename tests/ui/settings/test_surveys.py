"""Surveys counted by option between two days, by coordinators and administrators, and kept in files."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__
from iduo_desktop.database.connection import Database
from iduo_desktop.services import catalogues, promotions, staff, surveys
from iduo_desktop.services.catalogues import Promotion
from iduo_desktop.services.surveys import AnswerInWords, OptionCount, SurveyAnswer
from iduo_desktop.ui import formats
from iduo_desktop.ui.settings.frame import SettingsFrame, may_configure
from iduo_desktop.ui.settings.surveys import SurveysPage, shares, table
from tests.people import People
from tests.services.world import World
from tests.ui.desk import Desk, Keyboard
from tests.ui.settings.hands import PATIENCE_MS

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]


@pytest.fixture
def page(qtbot: QtBot, open_desk: OpenDesk) -> SurveysPage:
    """What a coordinator has of the settings: this page alone."""
    desk = open_desk("marta", "coordinator")
    me = staff.me(desk.database, __version__)
    assert may_configure(me)
    frame = SettingsFrame(desk.operations, me, desk.notice, desk.drafts, formats.now)
    qtbot.addWidget(frame)
    assert [frame.titles.item(row).text() for row in range(frame.titles.count())] == ["Encuestas"]
    frame.resize(1298, 690)
    frame.show()
    frame.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is frame)
    assert isinstance(frame.page, SurveysPage)
    frame.page.begin()
    return frame.page


@pytest.fixture
def cases_of_ana(world: World, people: People) -> list[int]:
    """Three of them."""
    return [world.case("active", assigned_to=people.add("ana")) for _ in range(3)]


def lines(page: SurveysPage) -> list[tuple[str, str, int, int]]:
    """What is counted."""
    return [(line.label, line.option, line.count, line.share) for line in page.found]


def test_counted_by_keyboard_and_kept_in_files(
    qtbot: QtBot,
    page: SurveysPage,
    become: Callable[..., Database],
    cases_of_ana: list[int],
    keyboard: Keyboard,
    tmp_path: Path,
) -> None:
    ana = become("ana", "operator")
    for case in cases_of_ana:
        surveys.verify_data(ana, case, uuid4())
    qtbot.waitUntil(lambda: page.what.value() is not None, timeout=PATIENCE_MS)
    keyboard.press(Qt.Key.Key_Tab)
    keyboard.write("ayer")
    keyboard.save()
    qtbot.waitUntil(lambda: bool(page.found), timeout=PATIENCE_MS)
    assert lines(page) == [("Los datos son correctos", "Sí", 3, 100)]
    assert page.said.text() == "3 respuestas"
    page.write_counts(str(tmp_path / "cuentas.csv"))
    page.write_answers(str(tmp_path / "respuestas.csv"))
    qtbot.waitUntil((tmp_path / "respuestas.csv").exists, timeout=PATIENCE_MS)
    written = (tmp_path / "respuestas.csv").read_text("utf-8-sig").splitlines()
    assert written[0] == "Cuándo;Quién;Número;Cliente;Los datos son correctos"
    assert [line.split(";")[1] for line in written[1:]] == ["Ana"] * 3
    assert (tmp_path / "cuentas.csv").read_text("utf-8-sig").splitlines()[1] == "Los datos son correctos;Sí;3;100"


def test_promotions_are_counted_too(
    qtbot: QtBot, page: SurveysPage, admin: Database, become: Callable[..., Database], cases_of_ana: list[int]
) -> None:
    plain = Promotion(None, "Sumá TV", "Tres meses sin cargo.", None, None, (), (), True)
    promotion, ana = catalogues.save_promotion(admin, plain).id, become("ana", "operator")
    for case, answer in zip(cases_of_ana, ("offered", "offered", "accepted"), strict=True):
        promotions.answer(ana, case, promotion, answer, "call", "outbound", uuid4())
    qtbot.waitUntil(lambda: page.what.value() is not None, timeout=PATIENCE_MS)
    page.form.set_values({"what": "promotions"})
    page.count()
    qtbot.waitUntil(lambda: bool(page.found), timeout=PATIENCE_MS)
    assert lines(page) == [("Sumá TV", "ofrecida", 2, 67), ("Sumá TV", "aceptada", 1, 33)]
    assert not page.taker.isEnabled()
    page.form.set_values({"what": "promotions", "last": "2020-01-01"})
    page.count()
    qtbot.waitUntil(lambda: page.said.text() == "Nadie respondió en esos días.", timeout=PATIENCE_MS)


def test_parts_are_of_each_question() -> None:
    counts = [OptionCount(key, key.upper(), "x", "X", count) for key, count in (("a", 1), ("a", 2), ("b", 5))]
    assert [line.share for line in shares(counts)] == [33, 67, 100]


def test_questions_of_every_version_have_a_column() -> None:
    at = formats.now()
    old = SurveyAnswer(1, at, "Ana", 7, "GIL, Ana", (AnswerInWords("¿Antes?", "Sí"),))
    new = SurveyAnswer(2, at, "Ana", 8, "PAZ, Luis", (AnswerInWords("¿Ahora?", "No"),))
    titles, rows = table((new, old))
    assert titles[4:] == ["¿Ahora?", "¿Antes?"]
    assert [row[4:] for row in rows] == [["No", ""], ["", "Sí"]]
