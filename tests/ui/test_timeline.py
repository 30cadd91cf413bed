"""The history of a client: words for everything that happens, by day, older ones on demand, by keyboard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QListView, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop.services.cases import TimelineEntry
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.history_lines import short_name
from iduo_desktop.ui.widgets.timeline import PAGE, Timeline, describe

NOW = datetime(2026, 11, 21, 15, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


def entry(number: int, kind: str = "attempt", channel: str | None = "call", **values: Any) -> TimelineEntry:
    """Something that happened, an hour before the one with the next number."""
    given: dict[str, Any] = {"by": "jpaz", "by_name": "Juan Paz", "direction": "outbound" if channel else None}
    given |= {"text": "No contesta" if channel else "", "note": "", "undone": False, "case_id": 1} | values
    at = NOW - timedelta(hours=100 - number)
    return TimelineEntry(id=number, at=at, kind=kind, channel=channel, **given)


@pytest.fixture
def timeline(qtbot: QtBot) -> Timeline:
    """On the screen at three in the afternoon, for María."""
    made = Timeline("maria", lambda: formats.here(NOW))
    qtbot.addWidget(made)
    made.resize(340, 400)
    made.show()
    return made


def lines(timeline: Timeline) -> list[str]:
    """What a screen reader would read."""
    model = view(timeline).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def view(timeline: Timeline) -> QListView:
    found = timeline.findChild(QListView, "timeline")
    assert isinstance(found, QListView)
    return found


@pytest.mark.parametrize(
    ("happened", "sign", "words"),
    [
        (entry(1), "☎", "No contesta"),
        (entry(1, channel="email", direction="inbound", text="Consulta"), "✉", "Consulta (se comunicó el cliente)"),
        (entry(1, "taken", None), "●", "Tomado"),
        (entry(1, "moved", None, text="Activos → Morosos"), "→", "Movido: Activos → Morosos"),
        (entry(1, "closed", None, text="Regularizó el pago"), "✔", "Cerrado: Regularizó el pago"),
        (entry(1, "returned", None, text="sin movimiento"), "○", "Volvió a su lista: sin movimiento"),
        (entry(1, "something_new", None, text="Algo"), "·", "Algo"),
    ],
)
def test_everything_has_words(happened: TimelineEntry, sign: str, words: str) -> None:
    """An icon, what happened, and who did it."""
    line = describe(happened, "maria")
    assert (line.sign, line.text, line.by) == (sign, words, f"J.{NBSP}Paz")


def test_what_i_did_is_mine() -> None:
    """«vos», and a name of one word stays whole."""
    assert describe(entry(1, by="maria", by_name="María Sosa"), "maria").by == "vos"
    assert short_name("Prince") == "Prince"


def test_days_have_headings(timeline: Timeline) -> None:
    """Newest first; a heading for each day that cannot be chosen."""
    timeline.show_entries((entry(100), entry(99, note="Llamar mañana"), entry(80, undone=True), entry(30)))
    assert lines(timeline) == [
        "Hoy",
        f"hoy 12:00, Llamada, No contesta, J.{NBSP}Paz",
        f"hoy 11:00, Llamada, No contesta, Llamar mañana, J.{NBSP}Paz",
        "Ayer",
        f"ayer 16:00, Llamada, No contesta, J.{NBSP}Paz, deshecho",
        "mié 18/11/2026",
        f"18/11 14:00, Llamada, No contesta, J.{NBSP}Paz",
    ]
    listed = view(timeline)
    listed.setFocus()
    QTest.keyClick(listed, Qt.Key.Key_Home)
    for _ in range(2):
        QTest.keyClick(listed, Qt.Key.Key_Down)
    assert listed.currentIndex().row() == 4


def test_it_is_as_high_as_its_lines(timeline: Timeline) -> None:
    """Whatever it stands in scrolls; a narrow one is higher."""
    timeline.show_entries(tuple(entry(number, note="Una nota larga " * 8) for number in range(100, 90, -1)))
    QTest.qWait(20)
    wide = view(timeline).height()
    assert wide >= 10 * 40
    timeline.resize(220, 400)
    QTest.qWait(20)
    assert view(timeline).height() > wide


def test_older_ones_on_demand(timeline: Timeline, qtbot: QtBot) -> None:
    """A full page offers more; they go below, none twice; a short page was the last."""
    newest = tuple(entry(number) for number in range(100, 100 - PAGE, -1))
    timeline.show_entries(newest)
    more = timeline.findChild(QPushButton, "timeline_more")
    assert more is not None
    assert more.isVisible()
    with qtbot.waitSignal(timeline.more_asked) as asked:
        more.click()
    assert asked.args == [51]
    timeline.add_entries((entry(51), entry(50), entry(49)))
    assert timeline.count == PAGE + 2
    assert more.isHidden()


def test_contacts_alone(timeline: Timeline) -> None:
    """The filter shows contacts, or moves, or all."""
    timeline.show_entries((entry(100), entry(99, "taken", None)))
    which = timeline.findChild(QComboBox, "timeline_filter")
    assert which is not None
    which.setCurrentText("Contactos")
    assert [line for line in lines(timeline) if "Llamada" in line] == lines(timeline)[1:]
    which.setCurrentText("Movimientos")
    assert lines(timeline)[1:] == [f"hoy 11:00, Tomado, J.{NBSP}Paz"]


def test_nothing_happened_yet(timeline: Timeline) -> None:
    """Then it says so."""
    timeline.show_entries(())
    assert view(timeline).isHidden()
    assert not timeline._nothing.isHidden()
