"""Plots of bars: parts that add up and stay in their place, colours that are seen, keys that reach every bar."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from iduo_desktop.services.supervision import Bar
from iduo_desktop.ui.board.bar_chart import NOTHING, Way
from iduo_desktop.ui.board.bar_places import groups_of, places, series_of, ticks
from iduo_desktop.ui.board.plot_card import AS_PLOT, PlotCard
from iduo_desktop.ui.theme import DARK, LIGHT, Tokens
from tests.ui.desk import Keyboard
from tests.ui.test_theme import contrast

NEAR = 1e-6
AREA = QRectF(40, 20, 500, 180)
VALUES = st.lists(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=5), min_size=1, max_size=31)


def bars_of(values: list[list[int]]) -> tuple[Bar, ...]:
    """A group for each list, a series for each place in it."""
    return tuple(
        Bar(f"g{group}", str(group), f"s{part}", str(part), value, late=False)
        for group, parts in enumerate(values)
        for part, value in enumerate(parts)
    )


@given(VALUES, st.booleans())
def test_parts_add_up_beside_each_other_and_inside(values: list[list[int]], upright: bool) -> None:
    bars = bars_of(values)
    groups = groups_of(bars)
    scale = ticks(max(group.total for group in groups))
    made = places(groups, AREA, scale[-1], upright=upright)
    assert [place.bar for place in made] == [*bars]
    long = AREA.height() if upright else AREA.width()
    room = AREA.adjusted(-NEAR, -NEAR, NEAR, NEAR)
    for place in made:
        assert room.contains(place.rect.normalized()) or place.rect.isEmpty()
        length = place.rect.height() if upright else place.rect.width()
        assert length == pytest.approx(long * place.bar.value / scale[-1], abs=NEAR)
    for number, group in enumerate(groups):
        mine = [place.rect for place in made if place.group == number]
        lengths = sum(rect.height() if upright else rect.width() for rect in mine)
        assert lengths == pytest.approx(long * group.total / scale[-1], abs=1e-4)
    for one, other in combinations([place.rect for place in made if not place.rect.isEmpty()], 2):
        shared = one.intersected(other)
        assert shared.width() < 1e-4 or shared.height() < 1e-4


@given(st.integers(0, 10**9))
def test_the_scale_is_round_and_reaches_the_top(most: int) -> None:
    scale = ticks(most)
    step = scale[1] - scale[0]
    assert scale[0] == 0
    assert scale[-1] >= most > scale[-1] - step or most == 0
    assert 2 <= len(scale) <= 6
    assert str(step).rstrip("0") in {"1", "2", "5"}


@pytest.mark.parametrize("worn", [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")])
def test_bars_stand_out_from_their_ground(worn: Tokens) -> None:
    for colour in (*worn.series, *(level.bar for level in worn.levels)):
        for ground in (worn.background, worn.panel):
            assert contrast(colour, ground) >= 3, (colour, ground)


def card(qtbot: QtBot, bars: tuple[Bar, ...], way: Way = Way.UPRIGHT) -> PlotCard:
    """A plot on the screen."""
    made = PlotCard("tried", "Tickets por hora", ("ticket", "tickets"), "Hora", way, parts="Canal")
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_bars(bars)
    made.chart.setFocus()
    return made


@pytest.mark.parametrize("way", [Way.UPRIGHT, Way.LYING])
def test_keys_reach_every_bar(qtbot: QtBot, keyboard: Keyboard, way: Way) -> None:
    bars = bars_of([[1, 2, 0], [0, 5, 1], [4, 0, 9]])
    chart = card(qtbot, bars, way).chart
    further, back = (Qt.Key.Key_Up, Qt.Key.Key_Down) if way is Way.UPRIGHT else (Qt.Key.Key_Right, Qt.Key.Key_Left)
    along, home = (Qt.Key.Key_Right, Qt.Key.Key_Left) if way is Way.UPRIGHT else (Qt.Key.Key_Down, Qt.Key.Key_Up)
    seen = {chart.current()}
    for _ in range(3):
        for _ in range(2):
            keyboard.press(further)
            seen.add(chart.current())
        for _ in range(2):
            keyboard.press(back)
        keyboard.press(along)
        seen.add(chart.current())
    assert seen == set(bars)
    for _ in range(5):
        keyboard.press(home)
    assert chart.current() == bars[0]
    keyboard.press(Qt.Key.Key_End)
    assert chart.current() == bars[-1]
    assert chart.accessibleDescription() == "g2, s2: 9 tickets"


def test_enter_chooses_what_is_not_empty(qtbot: QtBot, keyboard: Keyboard) -> None:
    made = card(qtbot, bars_of([[0, 3]]))
    found: list[Bar] = []
    made.chosen.connect(found.append)
    keyboard.press(Qt.Key.Key_Return)
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Return)
    assert [bar.value for bar in found] == [3]


def test_the_bar_one_stands_on_stays(qtbot: QtBot, keyboard: Keyboard) -> None:
    made = card(qtbot, bars_of([[1], [2], [3]]))
    keyboard.press(Qt.Key.Key_Right)
    made.show_bars(bars_of([[1], [7], [3]]))
    assert made.chart.accessibleDescription() == "g1, s0: 7 tickets"


def test_the_same_as_a_table(qtbot: QtBot, keyboard: Keyboard) -> None:
    made = card(qtbot, bars_of([[1, 2], [0, 4]]))
    found: list[Bar] = []
    made.chosen.connect(found.append)
    made.turn.click()
    assert made.turn.text() == AS_PLOT
    assert [bar.value for bar in made.table.lines.rows] == [1, 2, 4]
    keyboard.press(Qt.Key.Key_Down)
    keyboard.press(Qt.Key.Key_Return)
    assert [bar.value for bar in found] == [2]


def test_an_empty_plot_says_so(qtbot: QtBot) -> None:
    made = card(qtbot, bars_of([[0, 0]]))
    assert made.chart.empty
    made.turn.click()
    assert made.said.text() == NOTHING
    assert series_of(()) == ()
