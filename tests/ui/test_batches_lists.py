"""[Exportar] of a list on the screen: why is asked, what is filtered comes out whole, and it can be cancelled."""

from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from iduo_desktop.services import exports
from iduo_desktop.services.cases import CaseFilter
from iduo_desktop.terms import CaseList, TicketState
from iduo_desktop.ui.batches.list_dialog import ListDialog
from iduo_desktop.ui.contacts.page import ContactsPage
from iduo_desktop.ui.widgets.work import Stopped
from tests.people import People
from tests.services.persons import person
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.counter import Office
from tests.ui.programs import Workstation

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.fixture
def station(open_program: OpenProgram, world: World, people: People, tmp_path: Path) -> Workstation:
    """Marta at work, with three delinquent clients."""
    world.set_setting("part_tickets", True)
    for plan in ("Fibra 100", "Fibra 300", "Fibra 300"):
        world.case(company=world.company(plan=plan))
    made = open_program("marta", "coordinator")
    made.preferences.current = made.preferences.current._replace(export_folder=str(tmp_path / "salida"))
    made.log_in()
    return made


def opened(qtbot: QtBot) -> ListDialog:
    """The dialog that has just been opened."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ListDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, ListDialog)
    return found


def rows(folder: Path) -> list[list[object]]:
    """The only file's rows below its titles."""
    (path,) = folder.iterdir()
    page = openpyxl.load_workbook(path).worksheets[0]
    return [list(row) for row in page.iter_rows(min_row=3, values_only=True)]


def why(dialog: ListDialog, reason: str) -> None:
    """Type the reason."""
    dialog.form.set_values({"reason": reason})


def test_a_list_as_it_is_filtered(qtbot: QtBot, station: Workstation, world: World, tmp_path: Path) -> None:
    """A reason is needed; then all its rows and the columns that were chosen, and a trace with its count."""
    station.window.open_list(CaseList.DELINQUENT.value)
    station.window.cases.filters.show_filter(CaseFilter(plan="Fibra 300"))
    station.window.cases.frame.narrow(CaseFilter(plan="Fibra 300"))
    station.settle()
    station.window.cases.export.click()
    dialog = opened(qtbot)
    dialog.export()
    assert not dialog.meter.running
    why(dialog, "Auditoría de noviembre")
    for at in range(dialog.columns.list.count()):
        item = dialog.columns.list.item(at)
        item.setCheckState(Qt.CheckState.Checked if item.text() in {"Cliente", "Plan"} else Qt.CheckState.Unchecked)
    dialog.export()
    notice = station.window.notice
    qtbot.waitUntil(lambda: notice.text.startswith("Exportaste"), timeout=10_000)
    assert notice.text == "Exportaste 2 filas de casos: Morosos"
    assert notice.action is not None
    assert notice.action[0] == "Abrir"
    assert [row[1] for row in rows(tmp_path / "salida")] == ["Fibra 300"] * 2
    assert world.value("SELECT count(*) FROM iduo.receipt WHERE reason = 'Auditoría de noviembre · 2 filas'") == 1


@pytest.mark.parametrize("state", [*TicketState])
def test_messages_in_each_state(
    qtbot: QtBot, station: Workstation, people: People, state: TicketState, tmp_path: Path
) -> None:
    """Four lists of messages."""
    office = Office(people.become("pia", "operator"), people.become("rita", "answerer"))
    office.message()
    office.answered()
    assert station.window.batches is not None
    station.window.batches.export("tickets", state.value)
    dialog = opened(qtbot)
    why(dialog, "Control")
    dialog.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste"), timeout=10_000)
    wanted = {TicketState.OPEN: 1, TicketState.AWAITING_COMMUNICATION: 1}.get(state, 0)
    assert len(rows(tmp_path / "salida")) == wanted


def test_it_can_be_cancelled(qtbot: QtBot, station: Workstation, tmp_path: Path) -> None:
    """No file stays, and it can be asked again."""
    assert station.window.batches is not None
    station.window.batches.export("cases", CaseList.DELINQUENT.value)
    dialog = opened(qtbot)
    why(dialog, "Control")
    dialog.export()
    dialog.meter.cancel.click()
    qtbot.waitUntil(lambda: not dialog.meter.running, timeout=10_000)
    if dialog.isVisible():
        assert dialog.message.text() == Stopped().message
        assert not [*tmp_path.glob("salida/*")]


def test_a_choice_of_columns_is_kept(qtbot: QtBot, station: Workstation) -> None:
    """The next time it is there by itself."""
    assert station.window.batches is not None
    station.window.batches.export("cases", CaseList.MINE.value)
    dialog = opened(qtbot)
    dialog.columns.fold.open(True)
    for at in range(dialog.columns.list.count()):
        dialog.columns.list.item(at).setCheckState(Qt.CheckState.Checked if at < 2 else Qt.CheckState.Unchecked)
    dialog.columns.name.setText("Corta")
    dialog.columns._keep()
    qtbot.waitUntil(lambda: "Corta" in dialog.columns.said.text(), timeout=10_000)
    dialog.reject()
    station.settle()
    station.window.batches.export("cases", CaseList.CLOSED.value)
    again = opened(qtbot)
    qtbot.waitUntil(lambda: again.columns.box.currentText() == "Plantilla «Corta»", timeout=10_000)
    assert len(again.columns.keys()) == 2


def test_a_kept_choice_of_columns_is_forgotten(qtbot: QtBot, station: Workstation, people: People) -> None:
    """For everybody; what it was stays here, so that it can be kept again."""
    assert station.window.batches is not None
    pia = people.become("pia", "coordinator")
    exports.keep_profile(pia, "cases", "Corta", '["company_number", "client"]', default=True)
    station.window.batches.export("cases", CaseList.MINE.value)
    dialog = opened(qtbot)
    dialog.columns.fold.open(True)
    qtbot.waitUntil(dialog.columns.drop.isVisible, timeout=10_000)
    dialog.columns.drop.click()
    qtbot.waitUntil(lambda: dialog.columns.said.text().startswith("✔ Borrada «Corta»"), timeout=10_000)
    assert exports.profiles(pia, "cases") == ()
    assert dialog.columns.drop.isHidden()
    assert dialog.columns.name.text() == "Corta"
    assert len(dialog.columns.keys()) == 2
    dialog.columns._keep()
    qtbot.waitUntil(lambda: dialog.columns.box.currentText() == "Plantilla «Corta»", timeout=10_000)


def test_the_list_of_persons(qtbot: QtBot, station: Workstation, people: People, tmp_path: Path) -> None:
    """As it is narrowed; what is chosen of its columns is for once."""
    pia = people.become("pia", "operator")
    for surname in ("Gómez", "Gómez", "Sosa"):
        person(pia, surname)
    station.window.rooms.open_part("contacts")
    station.settle()
    page = station.find(ContactsPage, "contacts_page")
    page.list.narrow("gom", open_only=False)
    station.settle()
    page.export.click()
    dialog = opened(qtbot)
    assert dialog.windowTitle() == "Exportar personas"
    why(dialog, "Censo")
    dialog.export()
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Exportaste"), timeout=10_000)
    assert station.window.notice.text == "Exportaste 2 filas de personas"
    assert [row[0] for row in rows(tmp_path / "salida")] == ["Gómez"] * 2


def test_operators_export_no_persons(open_program: OpenProgram, world: World) -> None:
    world.set_setting("part_tickets", True)
    operator = open_program("pia", "operator")
    operator.log_in()
    operator.window.rooms.open_part("contacts")
    assert operator.find(ContactsPage, "contacts_page").export.isHidden()
