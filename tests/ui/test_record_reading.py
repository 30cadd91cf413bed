"""A person's record where it is only read, where much stands in little room, and with a note that waits."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from iduo_desktop.services import contact_records
from tests.services.world import World
from tests.ui import looks
from tests.ui.desk import Desk, Keyboard
from tests.ui.reception import Reception, person

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
OpenDesk = Callable[..., Desk]
Key = Qt.Key


@pytest.fixture
def ana(qtbot: QtBot, open_desk: OpenDesk, world: World) -> Reception:
    """Ana at work, where the helpline is switched on."""
    world.set_setting("part_helpline", True)
    return Reception(qtbot, open_desk("ana", "operator"))


@pytest.fixture
def gomez(ana: Reception) -> int:
    """Ana Gómez, with a telephone."""
    return person(ana.desk.database, document="24118903")


def test_a_note_of_a_call_waits_as_a_draft(ana: Reception, gomez: int, keyboard: Keyboard) -> None:
    """Closed, another person in between, opened again: it is there until the call is kept."""
    other = person(ana.desk.database, "Sosa", "Marta", phone="341 555-1234")
    ana.open(gomez)
    ana.view.reach_by("call")
    ana.wait_for(lambda: keyboard.focused() == "reach_note")
    keyboard.write("Está mejor")
    keyboard.press(Key.Key_Escape)
    assert not ana.view.reach.isVisible()
    ana.open(other)
    ana.view.reach_by("call")
    ana.wait_for(lambda: keyboard.focused() == "reach_note")
    assert ana.text("reach_note") == ""
    ana.page.open_call(gomez)
    ana.wait_for(lambda: ana.text("reach_note") == "Está mejor")
    ana.click("reach_held")
    ana.wait_for(lambda: ana.record.calls == 1)
    assert ana.desk.drafts.find("contact_call", gomez) is None


def test_an_administrator_only_reads(
    ana: Reception, gomez: int, keyboard: Keyboard, open_desk: OpenDesk, qtbot: QtBot
) -> None:
    """What the database would refuse him is not offered."""
    contact_records.raise_flag(ana.desk.database, gomez, "Medida cautelar", None, uuid4())
    adela = Reception(qtbot, open_desk("adela", "admin"))
    adela.open(gomez)
    phone, flag = adela.record.phones[0].id, adela.record.flags[0].id
    for name in ("add_phone", "add_email", "flag_add", f"phone_{phone}_out", f"flag_{flag}_out", "record_call"):
        assert not adela.find(name).isVisible(), name
    assert not adela.find(f"phone_{phone}_safe").isEnabled()
    adela.focus("record_surname")
    keyboard.press(Key.Key_Return)
    assert keyboard.focused() == "record_surname"
    box = next(box for box in adela.view.sections if "Demografía" in box.fold.text())
    box.fold.open(True)
    adela.wait_for(lambda: box._form is not None)
    assert not adela.find("field_locality").isEnabled()
    assert not adela.find("section_save").isVisible()
    adela.view.network.open()
    assert not adela.find("network_add").isVisible()
    assert "la lee y la completa quien atiende" in adela.view.network._problem.text()


def test_many_duplicates_are_counted(ana: Reception, gomez: int) -> None:
    """Three are shown and the others counted; where there is no room the column scrolls."""
    for surname in ("Gamez", "Gomes", "Gomez", "Sosa", "Paz"):
        person(ana.desk.database, surname)
    ana.page.resize(1290, 480)
    ana.open(gomez)
    shown = len(ana.record.duplicates)
    assert shown > 3
    assert ana.text("same_more") == f"y {shown - 3} más"
    summary = ana.view.summary
    assert summary.findChild(QWidget, "same_4") is None
    assert summary.height() >= summary.heightForWidth(summary.width())
    ana.wait_for(lambda: not [*looks.cut_texts(ana.page)])
