"""Whoever loses cases or gets them is told in the window, once, with the way there."""

from uuid import uuid4

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases, supervision
from iduo_desktop.services.supervision import Handed
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.handed_work import told
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.programs import Workstation


@pytest.fixture
def ana(open_program: OpenProgram, world: World, people: People) -> Workstation:
    """Ana at work, with three cases of her own."""
    world.cases(3, assigned_to=people.add("ana", "operator"))
    made = open_program("ana", "operator")
    made.log_in()
    return made


def said(station: Workstation) -> str:
    """What the notice says."""
    return station.find(QLabel, "notice_text").text()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Handed(1, "Sofía", "Ana", True, 12, None), "Sofía te pasó 12 casos"),
        (Handed(1, "Sofía", "Ana", True, 1, 7), "Sofía te pasó 1 caso"),
        (Handed(1, "Sofía", "Ana", False, 12, None), "Pasaron 12 de tus casos a Ana"),
        (Handed(1, "Sofía", "Ana", False, 1, 7), "Pasó 1 de tus casos a Ana"),
        (Handed(1, "Sofía", "Sofía", False, 1, 7), "Sofía tomó 1 de tus casos"),
        (Handed(1, "Sofía", "", False, 1, 7), "1 de tus casos volvió a su lista"),
        (Handed(1, "Sofía", "", False, 1200, None), "1.200 de tus casos volvieron a sus listas"),
    ],
)
def test_words(line: Handed, words: str) -> None:
    assert told(line) == words


def test_cases_that_go_and_come_are_told(qtbot: QtBot, ana: Workstation, world: World, people: People) -> None:
    marta = people.become("marta", "coordinator")
    luis = people.add("luis", "operator")
    mine = [int(case) for (case,) in world.superuser.execute("SELECT id FROM iduo.case ORDER BY id").fetchall()]
    supervision.reassign(marta, tuple(mine[:2]), luis, "Vacaciones", uuid4())
    qtbot.waitUntil(lambda: said(ana) == "Pasaron 2 de tus casos a Luis", timeout=8000)
    supervision.reassign(marta, tuple(mine[:2]), people.add("ana"), "Volvió", uuid4())
    qtbot.waitUntil(lambda: said(ana) == "Marta te pasó 2 casos", timeout=8000)
    ana.window.rooms.open_list(CaseList.DELINQUENT.value)
    ana.find(QPushButton, "notice_action").click()
    page = ana.window.rooms.cases
    assert page is not None
    assert page.frame is page.frames[CaseList.MINE]


def test_one_that_is_taken_is_told(qtbot: QtBot, ana: Workstation, world: World, people: People) -> None:
    marta = people.become("marta", "coordinator")
    (case, *_) = world.superuser.execute("SELECT id FROM iduo.case ORDER BY id").fetchone() or (0,)
    ana.window.rooms.open_list(CaseList.MINE.value)
    ana.settle()
    cases.take_over(marta, case, "Lo sigo yo", uuid4())
    qtbot.waitUntil(lambda: said(ana) == "Marta tomó 1 de tus casos", timeout=8000)
