"""Columns on a small screen: what matters is seen without scrolling sideways, and what is cut is told."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from iduo_desktop.services.supervision import OperatorLine
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.board.tables import operators_table
from iduo_desktop.ui.cases.columns import case_columns
from iduo_desktop.ui.cases.inbox import Inbox
from iduo_desktop.ui.errors import sort_error
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.badges import BadgedCells, ProseCells
from iduo_desktop.ui.widgets.columns import Column, shared
from iduo_desktop.ui.widgets.table import View
from iduo_desktop.ui.widgets.table_model import TableModel
from tests.ui.shelf import Book

SMALL = 805  # what 1366 pixels at 150 % leave a list of cases
Role = Qt.ItemDataRole


def plain(name: str, width: int, least: int = 0, *, stretch: bool = False) -> Column[Book]:
    """A column of nothing."""
    return Column(name, name, width, lambda _book: "", least=least, stretch=stretch)


def test_what_is_missing_comes_off_those_that_may_be_less() -> None:
    columns = (plain("a", 200, 100, stretch=True), plain("b", 100), plain("c", 200, 150))
    widths = [column.width for column in columns]
    assert shared(columns, widths, 600) == [300, 100, 200]
    assert shared(columns, widths, 500) == [200, 100, 200]
    assert shared(columns, widths, 440) == [160, 100, 180]
    assert shared(columns, widths, 350) == [100, 100, 150]
    assert shared(columns, widths, 300) == [100, 100, 150]  # now one has to scroll
    assert shared(columns, [200, 100, 260], 500) == [140, 100, 260]  # somebody chose the last one's width


@pytest.mark.parametrize("which", list(CaseList))
def test_a_list_of_cases_fits_a_small_screen(qtbot: QtBot, which: CaseList) -> None:
    operations = Operations(sort_error)
    columns = case_columns(which, formats.now, "ana", inbox=Inbox(operations))
    view = View(TableModel(operations, columns, "case"))
    qtbot.addWidget(view)
    view.show()
    view.resize(SMALL + view.width() - view.viewport().width(), 300)
    qtbot.waitUntil(lambda: view.viewport().width() == SMALL)
    assert sum(view.columnWidth(number) for number in range(len(columns))) == SMALL
    assert view.horizontalScrollBar().maximum() == 0
    header = view.horizontalHeader()
    header.resizeSection(1, 300)
    view.resize(view.width() + 1, 300)
    qtbot.waitUntil(lambda: view.viewport().width() == SMALL + 1)
    assert header.sectionSize(1) == 300
    titles = [view.lines.headerData(number, Qt.Orientation.Horizontal, Role.ToolTipRole) for number in range(2)]
    assert titles == [column.about or column.title for column in columns[:2]]


def test_texts_end_before_their_marks_and_prose_at_its_end(qtbot: QtBot) -> None:
    operations = Operations(sort_error)
    view = View(TableModel(operations, case_columns(CaseList.ACTIVE, formats.now, "ana"), "case"))
    qtbot.addWidget(view)
    keys = [column.key for column in view.lines.columns]
    prose = view.itemDelegateForColumn(keys.index("promotion"))
    assert isinstance(prose, ProseCells)
    option = QStyleOptionViewItem()
    prose.initStyleOption(option, view.lines.index(0, 3))
    assert option.textElideMode is Qt.TextElideMode.ElideRight
    assert isinstance(view.itemDelegateForColumn(keys.index("client")), BadgedCells)


def test_what_has_no_room_is_told_by_the_name(qtbot: QtBot) -> None:
    table = operators_table()
    qtbot.addWidget(table)
    table.show_rows([OperatorLine("ana", "Ana Gil", "Norte", *[7] * 9)])
    table.show()
    table.resize(720, 220)
    qtbot.waitUntil(lambda: table.width() == 720)
    assert table.horizontalScrollBar().maximum() == 0
    name = table.lines.index(0, 0)
    told = name.data(Role.ToolTipRole).split("\n")
    assert told == ["Ana Gil", "Cumplidas: 7", "Cerrados: 7", "Tickets: 7", "Comunicados: 7", "Equipo: Norte"]
    assert "Tickets: 7" in name.data(Role.AccessibleTextRole)
    table.resize(1400, 220)
    qtbot.waitUntil(lambda: table.width() == 1400)
    assert name.data(Role.ToolTipRole) == "Ana Gil"
