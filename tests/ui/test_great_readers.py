"""Coordinators are told who reads too much; whoever is refused keeps his list, and it does not ask again and again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from iduo_desktop.services import cases
from iduo_desktop.services.supervision import GreatReader
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.great_readers import told
from tests.people import People
from tests.services.refusals import refusal
from tests.services.world import World
from tests.ui.conftest import OpenProgram

TODAY = formats.now().replace(hour=14, minute=0, second=0, microsecond=0)
ANA = GreatReader("ana", "Ana Paz", TODAY, 29_900, 30_000, 3)
WORDS = "Ana Paz llegó al máximo de lectura entre las 14 y las 15: leyó 29.900 filas y el programa no le mostró más."
NEARLY = "Ana Paz leyó 29.900 filas entre las 14 y las 15: casi el máximo, que es de 30.000."
GUARD = "SET SESSION AUTHORIZATION iduo_guard; SELECT api.guard_beat(clock_timestamp()); RESET SESSION AUTHORIZATION"


@pytest.mark.parametrize(
    ("readers", "words"),
    [
        ((), ""),
        ((ANA,), WORDS),
        ((replace(ANA, refused=0),), NEARLY),
        ((replace(ANA, hour=TODAY - timedelta(days=1)),), WORDS.replace("entre", "ayer entre")),
        ((ANA, ANA, ANA), f"{WORDS} {WORDS} Y 1 persona más."),
        ((ANA,) * 5, f"{WORDS} {WORDS} Y 3 personas más."),
    ],
)
def test_words(readers: tuple[GreatReader, ...], words: str) -> None:
    assert told(readers) == words


def test_coordinators_are_told_in_the_window_and_on_their_first_page(
    qtbot: QtBot, open_program: OpenProgram, world: World, people: People
) -> None:
    world.set_setting("rows_per_hour", 5)
    world.cases(6)
    marta = open_program("marta", "coordinator")
    marta.log_in(home=True)
    line = marta.find(QLabel, "home_reads")
    assert not line.isVisible()
    refusal(cases.page, people.become("ana", "operator"), "delinquent")
    world.superuser.execute(GUARD)
    qtbot.waitUntil(line.isVisible, timeout=8000)
    assert line.text().startswith("Ana llegó al máximo de lectura entre las ")
    assert line.text().endswith(": leyó 0 filas y el programa no le mostró más.")
    qtbot.waitUntil(lambda: marta.find(QLabel, "notice_text").text() == line.text(), timeout=8000)


def test_whoever_is_refused_keeps_the_list_and_is_left_alone(
    qtbot: QtBot, open_program: OpenProgram, world: World, people: People
) -> None:
    case, *_ = world.cases(6)
    station = open_program("ana", "operator")
    window = station.log_in()
    window.rooms.open_list(CaseList.DELINQUENT.value)
    station.settle()
    page = window.rooms.cases
    assert page is not None
    frame = page.frames[CaseList.DELINQUENT]
    assert frame.model.rowCount() == 6
    world.set_setting("rows_per_hour", 5)

    def touch() -> None:
        world.superuser.execute("UPDATE iduo.case SET version = version + 1 WHERE id = %s", [case])

    touch()
    qtbot.waitUntil(lambda: "Vas a poder seguir a las" in frame.age, timeout=8000)
    assert frame.age.startswith("No pudimos actualizar la lista; son datos de las ")
    assert frame.model.rowCount() == 6
    refused = "SELECT pg_sequence_last_value(iduo.counter_of(%s)) / 1000000000 %% 1000"
    before = world.value(refused, people.add("ana"))
    for _ in range(5):
        touch()
        qtbot.wait(300)
        station.operations.poll_now()
        station.settle()
    # the case that is looked at is read again, the list is not
    assert world.value(refused, people.add("ana")) - before <= 10
    assert frame.model._rest.isActive()
    world.set_setting("rows_per_hour", 5000)
    page.refresh()
    qtbot.waitUntil(lambda: frame.age == "", timeout=8000)
