"""What the login does: who is let in, who is not and why, one person in one place; all of it asked through a door."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.credentials import Remembered
from iduo_desktop.database.errors import ConnectionLost, OperationError, TooManyConnections, UserError
from iduo_desktop.ui.credentials_page import CredentialsPage, DemoPage, Page
from iduo_desktop.ui.door import Door, Entry
from iduo_desktop.ui.login_dialog import LoginDialog
from iduo_desktop.ui.login_pages import ElsewherePage, NewPasswordPage
from iduo_desktop.ui.operations import Operation, Operations

RETRY_SECONDS = 5
NO_SERVER = "○ No hay conexión con el servidor."
NOWHERE = "○ Esta PC no tiene un servidor con el que trabajar."
MORE = " Y {} más: iduo-desktop --print-config las dice todas."
LONGEST = 220


class LoginFlow(QObject):
    """Brings a login to life; `entered` says who came in. It belongs to the dialog and goes with it."""

    entered = Signal(object)
    _reported = Signal(str)

    def __init__(self, dialog: LoginDialog, operations: Operations, door: Door):
        super().__init__(dialog)
        self.dialog = dialog
        self.elsewhere = ElsewherePage()
        self.new_password = NewPasswordPage()
        self._operations = operations
        self._door = door
        self._entry: Entry | None = None
        self._again: Callable[[], object] = self._knock
        self._why = ""
        self._seconds = 0
        self._countdown = QTimer(self, interval=1000)
        self._countdown.timeout.connect(self._tick)
        dialog.badge.setVisible(door.test_database)
        for page in (self.elsewhere, self.new_password):
            dialog.pages.add_page(page)
        self._connect(dialog.first)
        self._knock()

    def _connect(self, first: Page) -> None:
        self._reported.connect(self._show_state)
        self.elsewhere.ended.connect(self._end_elsewhere)
        self.elsewhere.cancelled.connect(self._leave)
        self.new_password.chosen.connect(self._change_password)
        self.new_password.cancelled.connect(self._leave)
        self.dialog.retried.connect(self._retry)
        self.dialog.left.connect(self._hang_up)
        if isinstance(first, DemoPage):
            first.chosen.connect(self._enter_demo)
        elif isinstance(first, CredentialsPage):
            first.submitted.connect(self._submit)
            self._obey(first)
            if first.wanted:
                self._submit()  # somebody was faster than the program

    def _obey(self, first: CredentialsPage) -> None:
        """What was decided for this PC."""
        rules = self._door.rules
        if rules.keeps_passwords:
            self._operations.run_local(self, self._door.remembered, first.login.text()).then(self._know)
        else:
            first.forbid_remembering(rules.remember_why)
        if rules.problems:
            worst, others = rules.problems[0], len(rules.problems) - 1
            short = worst if len(worst) <= LONGEST else f"{worst[:LONGEST]}…"
            first.tell_it(short + (MORE.format(others) if others else ""))

    def _know(self, remembered: Remembered) -> None:
        first = self.dialog.first
        if isinstance(first, CredentialsPage):
            first.know(remembered.password, possible=remembered.possible)

    def _knock(self) -> None:
        self._stop_countdown()
        if self._door.rules.blocked:
            self._page().refuse(self._door.rules.addressed(self._door.rules.blocked))
            self.dialog.state.setText(NOWHERE)
            return
        self._show_state("probando la conexión…", "○")
        knocking = self._operations.run_local(self, self._door.knock, self._reported.emit)
        knocking.then(lambda _: self._show_state("conectado", "●")).refused(self._refuse).failed(self._fail_to_knock)

    def _submit(self) -> None:
        first = self.dialog.first
        if self._door.rules.blocked:
            self._knock()
        elif isinstance(first, CredentialsPage):
            login, password = first.login.text().strip(), first.password.text()
            self._again = self._submit
            self._enter(self._operations.run_local(self, self._door.enter, login, password))

    def _enter_demo(self, role: str) -> None:
        self._again = lambda: self._enter_demo(role)
        self._enter(self._operations.run_local(self, self._door.enter_demo, role))

    def _end_elsewhere(self) -> None:
        if self._entry is not None:
            self._enter(self._operations.run_local(self, self._entry.end_elsewhere))

    def _change_password(self, password: str) -> None:
        before = self._entry
        if before is not None:
            changing = self._operations.run_local(self, before.change_password, password)
            self._enter(changing.then(lambda _: self._operations.run_local(self._operations, before.leave)))

    def _enter(self, entering: Operation[Entry]) -> None:
        self._stop_countdown()
        self._page().refuse("")
        self._show_state("ingresando…", "●")
        entering.busy(self._page()).then(self._let_in).refused(self._refuse).failed(self._fail)

    def _let_in(self, entry: Entry) -> None:
        self._entry = entry
        self._show_state("conectado", "●")
        if entry.elsewhere:
            self.elsewhere.show_sessions(entry.elsewhere)
            self._show_page(self.elsewhere)
        elif entry.me.must_change_password:
            self._show_page(self.new_password)
        else:
            self._finish(entry)

    def _finish(self, entry: Entry) -> None:
        self._entry = None
        first = self.dialog.first
        forbidden = not self._door.rules.keeps_passwords  # then what was kept before is wiped
        if isinstance(first, CredentialsPage) and (first.remember.isEnabled() or forbidden):
            typed = self.new_password.first.text() or first.password.text()
            kept = typed if first.remember.isChecked() else None
            self._operations.run_local(self._operations, self._door.remember, entry.me.login, kept)
        self.entered.emit(entry)

    def _leave(self) -> None:
        self._hang_up()
        self._show_page(self.dialog.first)

    def _hang_up(self) -> None:
        entry, self._entry = self._entry, None
        if entry is not None:
            self._operations.run_local(self._operations, entry.leave)

    def _refuse(self, error: UserError) -> None:
        self._show_state("conectado", "●")
        self._page().refuse(self._door.rules.addressed(str(error)))

    def _fail(self, error: OperationError) -> None:
        if isinstance(error, TooManyConnections):
            self._page().refuse(str(error))
            self._count_down("●")
        else:
            self._page().refuse("" if isinstance(error, ConnectionLost) else str(error))
            self._count_down(NO_SERVER)

    def _fail_to_knock(self, _error: OperationError) -> None:
        self._again = self._knock
        self._count_down(NO_SERVER)

    def _count_down(self, why: str) -> None:
        self._why = why
        self._seconds = RETRY_SECONDS
        self.dialog.retry.show()
        self._countdown.start()
        self._tell_seconds()

    def _tick(self) -> None:
        self._seconds -= 1
        if self._seconds > 0:
            self._tell_seconds()
        else:
            self._retry()

    def _retry(self) -> None:
        self._stop_countdown()
        self._again()

    def _tell_seconds(self) -> None:
        self.dialog.state.setText(f"{self._why} Reintentamos en {self._seconds} s.")

    def _stop_countdown(self) -> None:
        self._countdown.stop()
        self.dialog.retry.hide()

    def _show_state(self, what: str, sign: str = "○") -> None:
        self.dialog.state.setText(f"{sign} {self._door.server}: {what}")

    def _page(self) -> Page:
        return self.dialog.pages.shown

    def _show_page(self, page: Page) -> None:
        self.dialog.pages.show_page(page)
        page.take_focus()
