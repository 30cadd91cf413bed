"""The login: on the screen before anything heavy is loaded; all that it asks goes through a door."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop import __version__
from iduo_desktop.database.errors import ConnectionLost, OperationError, TooManyConnections, UserError
from iduo_desktop.ui.door import DemoPerson, Door, Entry
from iduo_desktop.ui.login_pages import CredentialsPage, DemoPage, ElsewherePage, NewPasswordPage, Pages
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.badge import test_badge
from iduo_desktop.ui.widgets.labels import label, say

RETRY_SECONDS = 5
FORGOTTEN = "¿Olvidaste la contraseña? Pedila a tu coordinador."
NO_SERVER = "○ No hay conexión con el servidor."
MARGIN = 24


class LoginDialog(QDialog):
    """Lets one person in and then says `entered`; closed without that it is rejected."""

    entered = Signal(object)
    _reported = Signal(str)

    def __init__(self, operations: Operations, door: Door, last_login: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("login_dialog")
        self.setWindowTitle("iduo Desktop")
        self._operations = operations
        # what a label says now has no height before the event loop has been round
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._take_size)
        self._door = door
        self._entry: Entry | None = None
        self._again: Callable[[], object] = self._knock
        self._seconds = 0
        self._countdown = QTimer(self)
        self._countdown.setInterval(1000)
        self._countdown.timeout.connect(self._tick)
        self._reported.connect(self._show_state)
        self._build(last_login)
        self._connect()
        self._knock()
        self._operations.run_local(self, door.remembered, last_login).then(self.credentials.know)

    def explain(self, why: str) -> None:
        """Say why somebody stands here again."""
        self._say_error(why)

    def _build(self, last_login: str) -> None:
        self.credentials = CredentialsPage(last_login, self)
        self.credentials.setVisible(not self._door.demo_people)
        self.elsewhere = ElsewherePage()
        self.new_password = NewPasswordPage()
        self.demo = DemoPage(self._door.demo_people)
        self.first_page: QWidget = self.demo if self._door.demo_people else self.credentials
        self.pages = Pages(self.first_page, self.elsewhere, self.new_password)
        self.state = label(name="server_state")
        self.retry = QPushButton("Reintentar")
        self.retry.setObjectName("retry")
        self.retry.setAccessibleName("Reintentar la conexión")
        self.retry.setAutoDefault(False)
        mark(self.retry, role="link")
        self.retry.hide()
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 12, MARGIN, 8)
        layout.setSpacing(8)
        # Qt reckons the least height of wrapped text for a narrower window than this one
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        head = QHBoxLayout()
        head.addWidget(label("iduo Desktop", "title", "brand", wraps=False))
        head.addStretch()
        if self._door.test_database:
            head.addWidget(test_badge())
        layout.addLayout(head)
        layout.addWidget(self.pages)
        server = QHBoxLayout()
        server.addWidget(self.state, 1)
        server.addWidget(self.retry)
        layout.addLayout(server)
        foot = QHBoxLayout()
        foot.addWidget(label("" if self._door.demo_people else FORGOTTEN, "secondary", "forgotten"), 1)
        foot.addWidget(label(f"v{__version__}", "secondary", "version", wraps=False))
        layout.addLayout(foot)
        self.setFixedWidth(440)

    def _take_size(self) -> None:
        """As high as the page that is shown, so that it fits on a small screen at 200 %."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setFixedHeight(layout.totalHeightForWidth(self.width()))

    def _connect(self) -> None:
        self.credentials.submitted.connect(self._submit)
        self.demo.chosen.connect(self._enter_demo)
        self.elsewhere.ended.connect(self._end_elsewhere)
        self.elsewhere.cancelled.connect(self._leave)
        self.new_password.chosen.connect(self._change_password)
        self.new_password.cancelled.connect(self._leave)
        self.retry.clicked.connect(self._retry)
        self.credentials.take_focus()

    def _knock(self) -> None:
        self._stop_countdown()
        self._show_state("probando la conexión…", "○")
        knocking = self._operations.run_local(self, self._door.knock, self._reported.emit)
        knocking.then(lambda _: self._show_state("conectado", "●")).refused(self._refuse).failed(self._fail_to_knock)

    def _submit(self) -> None:
        login, password = self.credentials.login.text().strip(), self.credentials.password.text()
        self._again = self._submit
        self._enter(self._operations.run_local(self, self._door.enter, login, password), self.credentials)

    def _enter_demo(self, person: DemoPerson) -> None:
        self._again = lambda: self._enter_demo(person)
        self._enter(self._operations.run_local(self, self._door.enter_demo, person), self.demo)

    def _end_elsewhere(self) -> None:
        if self._entry is not None:
            self._enter(self._operations.run_local(self, self._entry.end_elsewhere), self.elsewhere)

    def _change_password(self, password: str) -> None:
        before = self._entry
        if before is not None:
            changing = self._operations.run_local(self, before.change_password, password)
            self._enter(changing.then(lambda _: self._hang_up(before)), self.new_password)

    def _enter(self, entering: Operation[Entry], page: QWidget) -> None:
        self._stop_countdown()
        self._say_error("")
        self._show_state("ingresando…", "●")
        entering.busy(page).then(self._let_in).refused(self._refuse).failed(self._fail)

    def _let_in(self, entry: Entry) -> None:
        self._entry = entry
        self._show_state("conectado", "●")
        if entry.elsewhere:
            self.elsewhere.show_sessions(entry.elsewhere)
            self.pages.show_page(self.elsewhere)
            self.elsewhere.end.setFocus()
        elif entry.me.must_change_password:
            self.pages.show_page(self.new_password)
            self.new_password.first.setFocus()
        else:
            self._finish(entry)

    def _finish(self, entry: Entry) -> None:
        self._entry = None
        if self.first_page is self.credentials and self.credentials.remember.isEnabled():
            self._remember(entry)
        self.entered.emit(entry)
        self.accept()

    def _remember(self, entry: Entry) -> None:
        typed = self.new_password.first.text() or self.credentials.password.text()
        kept = typed if self.credentials.remember.isChecked() else None
        self._operations.run_local(self._operations, self._door.remember, entry.me.login, kept)

    def _leave(self) -> None:
        entry, self._entry = self._entry, None
        self._hang_up(entry)
        self.pages.show_page(self.first_page)
        self.credentials.take_focus()

    def _hang_up(self, entry: Entry | None) -> None:
        if entry is not None:
            self._operations.run_local(self._operations, entry.leave)

    def _refuse(self, error: UserError) -> None:
        self._show_state("conectado", "●")
        if self.pages.shown is self.credentials:
            self.credentials.refuse(str(error))
        else:
            self._say_error(str(error))

    def _fail(self, error: OperationError) -> None:
        if isinstance(error, TooManyConnections):
            self._say_error(str(error))
            self._count_down("●")
        else:
            self._say_error("" if isinstance(error, ConnectionLost) else str(error))
            self._count_down(NO_SERVER)

    def _fail_to_knock(self, _error: OperationError) -> None:
        self._again = self._knock
        self._count_down(NO_SERVER)

    def _count_down(self, why: str) -> None:
        self._why = why
        self._seconds = RETRY_SECONDS
        self.retry.show()
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
        self.state.setText(f"{self._why} Reintentamos en {self._seconds} s.")

    def _stop_countdown(self) -> None:
        self._countdown.stop()
        self.retry.hide()

    def _show_state(self, what: str, sign: str = "○") -> None:
        self.state.setText(f"{sign} {self._door.server}: {what}")

    def _say_error(self, text: str) -> None:
        for where in (self.credentials.error, self.elsewhere.error, self.new_password.error, self.demo.error):
            say(where, text)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._fitting.start()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif isinstance(focused, QPushButton):
            focused.click()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._leave()
        super().closeEvent(event)
