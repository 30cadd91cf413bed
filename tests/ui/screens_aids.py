"""What helps beside the client: sentence, promotion, surveys; a survey that is filled, and an old form."""

import json
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from iduo_desktop.services import cases, forms
from iduo_desktop.terms import CaseList
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.cases.rights import Verb
from iduo_desktop.ui.main_window import MainWindow
from iduo_desktop.ui.widgets.form_dialog import FormDialog
from tests.ui.stage import Stage

FILLED = {"reason": "paid", "contact_reason": "collection", "status": "solved", "description": "Pagó en la sucursal."}


def aids_active(stage: Stage) -> QWidget:
    """A case of one's own with something to offer, its data verified and the promotion offered."""
    page = working(stage).cases
    assert page is not None
    press(page, Qt.Key.Key_V)
    stage.wait(lambda: not page.panel.aids.surveys._said.isHidden())
    press(page, Qt.Key.Key_O)
    stage.wait(lambda: not page.panel.aids.promotions._said.isHidden())
    return stage.shown(page.window())


def aids_not_mine(stage: Stage) -> QWidget:
    """Somebody else's case: what could be done is there, and why not now."""
    window = stage.window()
    window.open_list(CaseList.ACTIVE.value)
    stage.shown(window)
    assert window.cases is not None
    return stage.shown(window)


def aids_survey_menu(stage: Stage) -> QWidget:
    """Which surveys there are."""
    page = working(stage).cases
    assert page is not None
    press(page, Qt.Key.Key_E)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def aids_survey(stage: Stage) -> QWidget:
    """A survey, with what is missing said at its field."""
    page = working(stage).cases
    assert page is not None
    page._fill_survey(next(each for each in page.panel.aids.surveys._surveys if not each.verification))
    dialog = stage.dialog_of(FormDialog)
    stage.wait(lambda: dialog.forms)
    dialog.submit()
    return stage.shown(dialog)


def aids_old_form(stage: Stage) -> QWidget:
    """A closing, as it was filled."""
    page = working(stage).cases
    assert page is not None
    who = stage.from_another_pc("operador")
    case = next(row.id for row in cases.page(who, "delinquent") if row.holder is None)
    cases.take(who, case, uuid4())
    form = forms.closing_form(who, case)
    done = cases.close(who, case, form.version, json.dumps(FILLED), uuid4())
    page.commands.show_form(done.event)
    return stage.dialog()


def working(stage: Stage) -> MainWindow:
    """The window at an active case of one's own."""
    window = stage.window()
    window.open_list(CaseList.ACTIVE.value)
    stage.shown(window)
    page = window.cases
    assert page is not None
    free = next(row for row in page.frame.model.loaded() if row.holder is None and row.promotion and not row.viewers)
    page.frame.view.choose(free.id)
    stage.wait(lambda: page.reader.card is not None and page.reader.card.id == free.id)
    if page.panel.isHidden():
        page.toggle_panel()
    page.do(Verb.TAKE)
    stage.wait(lambda: page.reader.card is not None and page.reader.card.assigned_to == "operador")
    stage.wait(lambda: page.panel.aids.promotions.offer)
    stage.wait(lambda: page.panel.aids.surveys.verification)
    return stage.shown(window)


def press(page: CasesPage, key: Qt.Key) -> None:
    """A key in the list."""
    page.frame.view.setFocus()
    QTest.keyClick(page.frame.view, key)


SCREENS = (aids_active, aids_not_mine, aids_survey_menu, aids_survey, aids_old_form)
