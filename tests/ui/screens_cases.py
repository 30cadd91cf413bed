"""The cases page: each list, the panel in its states, the strip, the menu, and lists without lines."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from iduo_desktop.services import pressure
from iduo_desktop.services.cases import CaseFilter, CaseRow
from iduo_desktop.services.pressure import Party
from iduo_desktop.terms import CaseList, Channel, Level
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.cases.reaching import address
from iduo_desktop.ui.main_window import MainWindow
from tests.ui.stage import Stage, pause

SECOND = 1.2


def cases_mine(stage: Stage) -> QWidget:
    """One's own cases."""
    return listed(stage, CaseList.MINE)


def cases_suspended(stage: Stage) -> QWidget:
    """With why and until when."""
    return listed(stage, CaseList.SUSPENDED)


def cases_delinquent(stage: Stage) -> QWidget:
    """In work order."""
    return listed(stage, CaseList.DELINQUENT)


def cases_refused(stage: Stage) -> QWidget:
    """Of somebody who read as much as he may in this hour: the list stays."""
    window = listed(stage, CaseList.DELINQUENT)
    stage.superuser().execute("UPDATE iduo.setting SET value = '2' WHERE name = 'rows_per_hour'")
    window.cases.frame.model.reload()
    return stage.shown(window)


def cases_withdrawn(stage: Stage) -> QWidget:
    """With since when and why."""
    return listed(stage, CaseList.WITHDRAWN)


def cases_active(stage: Stage) -> QWidget:
    """With their plan."""
    return listed(stage, CaseList.ACTIVE)


def cases_closed(stage: Stage) -> QWidget:
    """With how they ended; a coordinator reopens."""
    return listed(stage, CaseList.CLOSED, "coordinador")


def cases_administrator(stage: Stage) -> QWidget:
    """Who does not work on cases only looks."""
    return listed(stage, CaseList.DELINQUENT, "administrador")


def cases_sorted(stage: Stage) -> QWidget:
    """In another order, with the way back."""
    window = listed(stage, CaseList.DELINQUENT)
    window.cases.frame.sort_by("debt")
    return stage.shown(window)


def cases_paused(stage: Stage) -> QWidget:
    """A client who was contacted too often."""
    window = listed(stage, CaseList.DELINQUENT, "coordinador")
    choose(stage, window.cases, lambda row: row.level == Level.PAUSED)
    return stage.shown(window)


def cases_listed(stage: Stage) -> QWidget:
    """A client whose telephone is on a list, while a colleague is writing to him."""
    window = listed(stage, CaseList.DELINQUENT, "coordinador")
    page = window.cases
    choose(stage, page, lambda row: row.level == Level.HIGH)
    card = page.reader.card
    assert card is not None
    root, other = stage.from_another_pc("administrador"), stage.from_another_pc("operador")
    number = address(card, Channel.CALL)
    pressure.add_no_contact(root, number, "call", "", "Lo pidió", formats.now() + timedelta(minutes=5))
    pressure.begin_talk(other, Party(card.company_id, card.contact_id, number), "whatsapp")
    stage.wait(lambda: page.panel.head.talk.text() and page.panel.head.pause.text())
    return stage.shown(window)


def cases_held(stage: Stage) -> QWidget:
    """Somebody else has it."""
    window = listed(stage, CaseList.DELINQUENT, "coordinador")
    choose(stage, window.cases, lambda row: row.holder is not None and row.assigned_to != "coordinador")
    window.cases._take_or_release()
    return stage.shown(window)


def cases_strip(stage: Stage) -> QWidget:
    """Registering a contact."""
    window = listed(stage, CaseList.MINE)
    window.cases.contact()
    stage.wait(window.cases.strip.isVisible)
    stage.settle()
    QTest.keyClicks(stage_focus(), "3")
    return stage.shown(window)


def cases_history(stage: Stage) -> QWidget:
    """Further down in the panel."""
    window = listed(stage, CaseList.MINE)
    window.cases.toggle_panel() if window.cases.panel.isHidden() else None
    stage.settle()
    bar = window.cases.panel._scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    return stage.shown(window)


def cases_menu(stage: Stage) -> QWidget:
    """Everything that can be done with a case."""
    window = listed(stage, CaseList.MINE)
    window.cases.pop_menu()
    pause(0.1)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def cases_without_result(stage: Stage) -> QWidget:
    """Nobody fits the filter."""
    window = listed(stage, CaseList.DELINQUENT)
    window.cases.filters.text.setFocus()
    QTest.keyClicks(window.cases.filters.text, "xyzzyw")
    stage.wait(lambda: window.cases.frame.placeholder.sentence)
    return stage.shown(window)


def cases_loading(stage: Stage) -> QWidget:
    """The server takes its time."""
    window = listed(stage, CaseList.DELINQUENT)
    window.cases._operations.run(window, partial(slow, SECOND))
    window.cases.frame.narrow(CaseFilter(text="gomez"))
    pause(SECOND - 0.1)
    return window


def slow(seconds: float, _database: object) -> None:
    """Keep the worker busy."""
    QTest.qSleep(round(seconds * 1000))


def listed(stage: Stage, which: CaseList, who: str = "operador") -> MainWindow:
    """The window with one of the lists, its second line chosen."""
    window = stage.window(who)
    window.open_list(which.value)
    stage.shown(window)
    window.cases.frame.view.step(1)
    return stage.shown(window)


def choose(stage: Stage, page: CasesPage, fits: Callable[[CaseRow], bool]) -> None:
    """Choose the first line like that; by the hour of the day it may be far down."""
    bar = page.frame.view.verticalScrollBar()
    while (found := next((row for row in page.frame.model.loaded() if fits(row)), None)) is None:
        assert bar.value() < bar.maximum(), "nobody is like that"
        bar.setValue(bar.maximum())
        stage.settle()
    page.frame.view.choose(found.id)
    stage.wait(lambda: page.reader.card is not None and page.reader.card.id == found.id)


def stage_focus() -> QWidget:
    """What has the focus."""
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


SCREENS = (
    cases_mine,
    cases_suspended,
    cases_delinquent,
    cases_refused,
    cases_withdrawn,
    cases_active,
    cases_closed,
    cases_administrator,
    cases_sorted,
    cases_paused,
    cases_listed,
    cases_held,
    cases_strip,
    cases_history,
    cases_menu,
    cases_without_result,
    cases_loading,
)
