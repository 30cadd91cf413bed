"""The cases page of one person in a test, and what is asked of it."""

from collections.abc import Callable
from uuid import uuid4

from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from iduo_desktop import __version__
from iduo_desktop.services import activities, policies, staff
from iduo_desktop.services.activities import Attempt
from iduo_desktop.services.cases import CaseRow
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.page import CasesPage
from tests.ui.desk import Desk


class Workplace:
    """A page on the screen, who sits there, and what he sees."""

    def __init__(self, qtbot: QtBot, desk: Desk) -> None:
        self.qtbot = qtbot
        self.desk = desk
        me = staff.me(desk.database, __version__)
        self.page = CasesPage(desk.operations, me, desk.notice, desk.drafts, formats.clock_of(me.server_time))
        qtbot.addWidget(self.page)
        self.page.resize(1290, 640)
        self.page.show()
        self.come_here()

    def come_here(self) -> None:
        """Its window has the keyboard."""
        self.page.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.activeWindow() is self.page)
        self.page.setFocus()

    def open(self, which: CaseList) -> None:
        """Look at a list and wait for it."""
        self.page.open_list(which.value)
        self.rest()

    def rest(self) -> None:
        """Wait until everything that was asked is answered."""
        self.qtbot.waitUntil(self._quiet)

    def _quiet(self) -> bool:
        page, model = self.page, self.page.frame.model
        waiting = model._asked or model._pace.waiting or page.reader._pause.isActive()
        unread = page.reader.case_id and page.panel.case_id != page.reader.case_id
        return bool(model.started and not waiting and not unread)

    def clients(self) -> list[int]:
        """The cases in the list, in its order."""
        return [row.id for row in self.page.frame.model.loaded()]

    def row(self, case: int) -> CaseRow | None:
        """A case's line in the list."""
        model = self.page.frame.model
        return model.row(model.number(case))

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Until something is so; a poll of the feed is in it."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=8000)

    def wait_for_field(self, name: str) -> None:
        """Until a dialog is there and this field of it has the keyboard."""
        self.wait_for(lambda: focused_in_dialog() == f"field_{name}")

    def button(self, name: str) -> QPushButton:
        """A button by its name."""
        found = self.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found


def focused_in_dialog() -> str:
    """The name of what has the keyboard in the dialog that is open, empty when none is."""
    dialog = QApplication.activeModalWidget()
    if dialog is not None and not dialog.isActiveWindow():
        dialog.activateWindow()  # the offscreen platform does not by itself
    focused = QApplication.focusWidget()
    return focused.objectName() if dialog is not None and focused is not None else ""


def log(desk: Desk, case: int, override_reason: str = "") -> None:
    """«No contesta», without the screen."""
    unanswered = next(each for each in policies.dispositions(desk.database) if each.digit == 1)
    activities.log_attempt(
        desk.database, case, Attempt("call", unanswered.id, override_reason=override_reason), uuid4()
    )
