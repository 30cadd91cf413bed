"""The coordinators' board by keyboard: what is behind its numbers, work that goes to other hands, its export."""

from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from iduo_desktop.services import supervision, tickets
from iduo_desktop.services.tickets import NewTicket
from iduo_desktop.terms import CaseList, TicketState
from iduo_desktop.ui.board.cases_dialog import CasesDialog
from iduo_desktop.ui.board.export_dialog import BoardExportDialog
from iduo_desktop.ui.board.moving import EndPauseDialog, MoveDialog, PassOnDialog
from iduo_desktop.ui.board.page import BoardPage
from iduo_desktop.ui.board.work_dialog import WorkDialog
from tests.people import People
from tests.services.world import World
from tests.ui.conftest import OpenProgram
from tests.ui.desk import Keyboard
from tests.ui.programs import Workstation

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
CONTROL = Qt.KeyboardModifier.ControlModifier
D = TypeVar("D", bound=QDialog)


@pytest.fixture
def station(open_program: OpenProgram, world: World, people: People, tmp_path: Path) -> Workstation:
    """Marta at her board. Luis has two old cases and took a message; one more case is free."""
    world.set_setting("part_tickets", True)
    luis = people.add("luis", "operator")
    people.add("rosa", "operator")
    for case in world.cases(2, assigned_to=luis):
        world.age("case", case, "assigned_at", days=30)
    world.case()
    taken = NewTicket("phone", "client", "No anda", surname="Paz", names="Ana", email="ana@ejemplo.com")
    tickets.create(people.become("luis"), taken, uuid4())
    made = open_program("marta", "coordinator")
    made.preferences.current = made.preferences.current._replace(export_folder=str(tmp_path / "salida"))
    made.log_in()
    made.window.rooms.open_part("board")
    made.settle()
    return made


def page(station: Workstation) -> BoardPage:
    """The board."""
    assert station.window.board is not None
    return station.window.board.page


def opened(qtbot: QtBot, kind: type[D]) -> D:
    """The dialog that has just been opened, with the keyboard in it."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind), timeout=8000)
    found = QApplication.activeModalWidget()
    assert isinstance(found, kind)
    found.activateWindow()
    qtbot.waitUntil(found.isActiveWindow)
    return found


def popped(qtbot: QtBot) -> QMenu:
    """The menu that has just popped up."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu)
    return found


def choose(qtbot: QtBot, name: str) -> None:
    """A line of the menu, by keyboard."""
    menu = popped(qtbot)
    steps = [action.objectName() for action in menu.actions()].index(name)
    for _ in range(steps):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)


def fill_move(qtbot: QtBot, keyboard: Keyboard, to: str) -> None:
    """To whom, by a part of the name, and why; then Ctrl+Enter."""
    keyboard.reaches("field_to")
    keyboard.write(to)
    keyboard.press(Qt.Key.Key_Return)
    keyboard.reaches("field_reason")
    keyboard.write("Vacaciones")
    keyboard.save()


def test_a_bar_opens_what_is_behind_it(qtbot: QtBot, station: Workstation) -> None:
    chart = page(station).plots["hours"].chart
    chart.setFocus()
    shown = [bar.group for bar in chart._bars if bar.series == "0800"]
    assert shown[shown.index("8 h") :][:3] == ["8 h", "9 h", "10 h"]
    bar = chart.current()
    assert bar is not None
    assert bar.value == 1
    assert chart.accessibleDescription() == f"{bar.group}, 0800: 1 ticket"
    station.press(Qt.Key.Key_Return)
    dialog = opened(qtbot, WorkDialog)
    qtbot.waitUntil(lambda: dialog.table.row() is not None)
    line = dialog.table.row()
    assert line is not None
    assert (line.client, line.who) == ("PAZ, Ana", "Luis")
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: station.window.rooms.ticket is not None)
    assert station.window.rooms.ticket is not None
    assert station.window.rooms.ticket.id == line.ticket_id


def test_a_level_opens_its_list_and_the_filter_can_be_taken_away(qtbot: QtBot, station: Workstation) -> None:
    chart = page(station).plots["levels"].chart
    chart.setFocus()
    assert chart.accessibleDescription() == "0 Sin contactos: 3 casos"
    station.press(Qt.Key.Key_Return)
    cases = station.window.cases
    assert cases.frame.which is CaseList.DELINQUENT
    assert cases.frame.filter.level == 0
    assert "nivel 0" in cases.filters.brought.text()
    qtbot.waitUntil(lambda: cases.frame.model.rowCount() == 3)
    cases.filters.text.setFocus()
    cases.filters.plan.set_key(None)
    cases.filters.fresh.toggle()
    qtbot.waitUntil(lambda: cases.frame.filter.not_contacted_today)
    assert cases.frame.filter.level == 0
    cases.filters.brought.click()
    assert cases.frame.filter.level is None
    assert cases.filters.brought.isHidden()


def test_tiles_open_their_lists(qtbot: QtBot, station: Workstation) -> None:
    tiles = page(station).tiles
    assert {name: tile.number.text() for name, tile in tiles.items()} == {
        "calls": "0",
        "new_tickets": "1",
        "contacts": "0",
        "closed_cases": "0",
        "to_communicate": "0",
        "not_contacted": "3",
        "doubtful_messages": "0",
    }
    tiles["not_contacted"].setFocus()
    station.press(Qt.Key.Key_Return)
    assert station.window.cases.frame.which is CaseList.SUSPENDED
    assert station.window.cases.frames[CaseList.DELINQUENT].filter.never_contacted
    station.window.rooms.open_part("board")
    tiles["to_communicate"].click()
    assert station.window.rooms.tickets is not None
    assert station.window.rooms.tickets.frame.state is TicketState.AWAITING_COMMUNICATION


def test_cases_that_nobody_follows_go_to_somebody_and_back(
    qtbot: QtBot, station: Workstation, world: World, people: People, keyboard: Keyboard
) -> None:
    page(station).orphans.click()
    dialog = opened(qtbot, CasesDialog)
    qtbot.waitUntil(lambda: len(dialog.table.lines.rows) == 2)
    QTest.keyClick(dialog.table, Qt.Key.Key_A, CONTROL)
    assert dialog.said.text().startswith("2 elegidos de 2 casos")
    QTest.keyClick(dialog.table.window().windowHandle(), Qt.Key.Key_Return, CONTROL)
    opened(qtbot, MoveDialog)
    fill_move(qtbot, keyboard, "rosa")
    notice = station.window.notice
    qtbot.waitUntil(lambda: notice.text == "Pasaste 2 casos a Rosa", timeout=8000)
    holders = "SELECT count(*) FROM iduo.case WHERE assigned_to = %s"
    assert world.value(holders, people.add("rosa")) == 2
    qtbot.waitUntil(lambda: not dialog.table.lines.rows, timeout=8000)
    notice.undo()
    qtbot.waitUntil(lambda: notice.text == "Volvieron 2", timeout=8000)
    assert world.value(holders, people.add("luis")) == 2
    qtbot.waitUntil(lambda: len(dialog.table.lines.rows) == 2, timeout=8000)


def test_several_cases_of_a_list(
    qtbot: QtBot, station: Workstation, world: World, people: People, keyboard: Keyboard
) -> None:
    station.window.open_list("delinquent")
    station.settle()
    station.window.cases.pop_menu()
    menu = popped(qtbot)
    assert [action.objectName() for action in menu.actions()].count("menu_several") == 1
    menu.close()
    station.window.cases.several_asked.emit()
    dialog = opened(qtbot, CasesDialog)
    qtbot.waitUntil(lambda: len(dialog.table.lines.rows) == 3)
    QTest.keyClick(dialog.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert len(dialog.table.selected()) == 2
    dialog.move_them.click()
    opened(qtbot, MoveDialog)
    fill_move(qtbot, keyboard, "devol")
    notice = station.window.notice
    qtbot.waitUntil(lambda: "la lista" in notice.text, timeout=8000)
    assert world.value("SELECT count(*) FROM iduo.case WHERE assigned_to = %s", people.add("luis")) < 2


def test_all_work_of_somebody_who_is_out(
    qtbot: QtBot, station: Workstation, world: World, people: People, keyboard: Keyboard
) -> None:
    table = page(station).operators
    table.choose([line.name for line in table.lines.rows].index("Luis"))
    table.setFocus()
    station.press(Qt.Key.Key_Return)
    choose(qtbot, "menu_pass_on")
    opened(qtbot, PassOnDialog)
    fill_move(qtbot, keyboard, "rosa")
    qtbot.waitUntil(lambda: station.window.notice.text.startswith("Pasaste 2"), timeout=8000)
    assert world.value("SELECT count(*) FROM iduo.case WHERE assigned_to = %s", people.add("rosa")) == 2


def test_what_somebody_did_by_kind(qtbot: QtBot, station: Workstation) -> None:
    table = page(station).operators
    table.choose([line.name for line in table.lines.rows].index("Luis"))
    table.setFocus()
    station.press(Qt.Key.Key_Return)
    choose(qtbot, "menu_work")
    dialog = opened(qtbot, WorkDialog)
    qtbot.waitUntil(lambda: dialog.said.text() == "No hay nada en este período.")
    dialog.choose("tickets")
    qtbot.waitUntil(lambda: dialog.said.text() == "1 línea")


def test_the_pause_of_somebody_is_ended_with_a_reason(
    qtbot: QtBot, station: Workstation, world: World, people: People, keyboard: Keyboard
) -> None:
    luis = people.become("luis")
    supervision.begin_pause(luis, supervision.pause_reasons(luis)[0].id)
    page(station).refresh()
    table = page(station).people
    qtbot.waitUntil(lambda: any(person.state == "pause" for person in table.lines.rows))
    table.choose([person.name for person in table.lines.rows].index("Luis"))
    table.setFocus()
    station.press(Qt.Key.Key_Return)
    choose(qtbot, "menu_end_pause")
    opened(qtbot, EndPauseDialog)
    keyboard.reaches("field_reason")
    keyboard.write("Hay cola")
    keyboard.save()
    qtbot.waitUntil(lambda: station.window.notice.text == "Terminaste la pausa de Luis", timeout=8000)
    assert world.value("SELECT end_reason FROM iduo.pause WHERE ended_at IS NOT NULL") == "Hay cola"


def test_it_goes_into_a_sheet(qtbot: QtBot, station: Workstation, world: World, tmp_path: Path) -> None:
    page(station).export.click()
    dialog = opened(qtbot, BoardExportDialog)
    dialog.export()
    assert not dialog.meter.running  # why is missing
    dialog.form.set_values({"reason": "Reunión del lunes"})
    dialog.export()
    qtbot.waitUntil(lambda: station.window.notice.text == "Exportaste el tablero", timeout=15_000)
    (path,) = (tmp_path / "salida").iterdir()
    assert "Operadores" in openpyxl.load_workbook(path).sheetnames
    assert world.value("SELECT count(*) FROM iduo.receipt WHERE starts_with(subject, 'board')") == 1


def test_from_one_day_to_another(qtbot: QtBot, station: Workstation, keyboard: Keyboard) -> None:
    span = page(station).span
    span.days.setCurrentIndex(span.days.findData("range"))
    keyboard.reaches("board_first")
    keyboard.write("01/11/2026")
    span.last.edit.setFocus()
    span.last.edit.selectAll()
    keyboard.write("15/11/2026")
    qtbot.waitUntil(lambda: span.words == "del 01/11/2026 al 15/11/2026")
    qtbot.waitUntil(lambda: page(station).tiles["new_tickets"].number.text() == "0")
    span.last.edit.selectAll()
    keyboard.write("15/10/2026")
    qtbot.waitUntil(lambda: "antes" in span.meaning.text())
    assert span.words == "del 01/11/2026 al 15/11/2026"


def test_without_a_line_it_says_how_old_it_is(qtbot: QtBot, station: Workstation) -> None:
    board = page(station)
    qtbot.waitUntil(lambda: board.age.text().startswith("actualizado"))
    station.operations.connection_changed.emit(False)
    assert board.problem.text().startswith("Sin conexión. Los números son de las ")
    station.operations.connection_changed.emit(True)
    qtbot.waitUntil(board.problem.isHidden)


def test_operators_have_none(station: Workstation, open_program: OpenProgram) -> None:
    rosa = open_program("rosa")
    window = rosa.log_in()
    assert window.board is None
    assert "board" not in window.rooms.names
