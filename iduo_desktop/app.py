"""Puts the parts together: the login at once, then configuration, database, feed, window; one running instance."""

import argparse
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from iduo_desktop import dumps
from iduo_desktop.ui import desktop_session
from iduo_desktop.ui.application import new_application

if TYPE_CHECKING:
    from iduo_desktop.caller import Ring
    from iduo_desktop.gate import Entered, Gate
    from iduo_desktop.logs import Report
    from iduo_desktop.opening import Rest
    from iduo_desktop.ui.login_dialog import LoginDialog
    from iduo_desktop.ui.main_window import MainWindow
    from iduo_desktop.ui.one_instance import Listener
    from iduo_desktop.ui.operations import Operations
    from iduo_desktop.ui.preferences import PreferencesFile
    from iduo_desktop.ui.widgets.focus_ring import FocusRing

ALREADY_OPEN = "iduo Desktop ya está abierto en esta PC. Buscalo en la barra de tareas."
FOLDER = "iduo/Desktop" if sys.platform == "win32" else "iduo-desktop"
MOST_WAITING = 5
HAND_OVER_TRIES, HAND_OVER_PAUSE_MS = 30, 150


class Program(QObject):
    """From the login to the sign-out, and again, until the window is closed.

    `find_gate` takes its time and runs in a thread, after the login is on the screen; so does loading the rest.
    `find_address` knows where other processes hand calls over; nowhere if it is empty.
    """

    ended = Signal()
    _found = Signal()
    _loaded = Signal(str)
    _left = Signal(str)
    _finished = Signal()

    def __init__(
        self,
        application: QApplication,
        preferences: "PreferencesFile",
        demo: bool,
        find_gate: Callable[[], "Gate"],
        find_address: Callable[[], str] = str,
    ):
        from iduo_desktop.ui.collector import Collector
        from iduo_desktop.ui.theme import Theme

        super().__init__(application)
        self._application = application
        self._preferences = preferences
        self._demo = demo
        self._find_gate = find_gate
        self._find_address = find_address
        self._waiting: list[Ring] = []
        self._listener: Listener | None = None
        self._theme = Theme(application, preferences.current.scheme, preferences.current.density)
        self._ring: FocusRing | None = None
        self._collector = Collector(self)
        self._loader = threading.Thread(target=self._load, name="loader")
        self._leaving: list[threading.Thread] = []
        self._ending = False
        self.over = False
        self._gate: Gate | None = None
        self.operations: Operations | None = None
        self.window: MainWindow | None = None
        self.login: LoginDialog | None = None
        self._found.connect(self._begin)
        self._loaded.connect(self._listen)
        self._left.connect(self._come_out)
        self._finished.connect(self._end)

    def show_login(self, why: str = "", *, minimized: bool = False) -> None:
        """Ask who is there; `why` says why he stands before the door again."""
        from iduo_desktop.ui.login_dialog import LoginDialog

        self.login = LoginDialog(self._preferences.current.last_login, self._demo)
        self.login.left.connect(self.end)
        self._theme.dress(self.login)
        self.login.showMinimized() if minimized else self.login.show()
        if self._gate is None and minimized:  # nothing of it is painted
            QTimer.singleShot(0, self, self._go_on)
        elif self._gate is None:
            self.login.seen.connect(self._go_on)
        else:
            self._bring_to_life(self.login)
            self.login.first.refuse(why)

    def ring(self, ring: "Ring") -> None:
        """Show a call; who is not in yet sees it after the login."""
        if self.window is not None:
            self.window.calls.ring(ring)
        else:
            self._waiting = [*self._waiting, ring][-MOST_WAITING:]

    def come_forward(self) -> None:
        """Somebody started the program again: here it is, with whatever it asks just now in front."""
        window = self.window or self.login
        if window is not None:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            front = self._application.activeModalWidget() or window
            front.raise_()
            front.activateWindow()

    def end(self) -> None:
        """Everything under way is finished, then the connections and the private server end; `ended` says when.

        Whoever draws the screen does not wait for it: a server may be slow to answer, or not answer at all.
        """
        if self._ending:
            return
        self._ending = True
        if self._listener is not None:
            self._listener.close()
        if self.window is not None:
            self.window.drafts.close()
        if self.login is not None:
            self.login.hide()
        self._leave(self.operations)

    def _leave(self, operations: "Operations | None", why: str | None = None) -> None:
        """Finish with what this one has under way, in a thread; `why`: somebody stands before the door again."""
        if operations is not None:
            operations.stop()
        leaving = threading.Thread(target=self._finish, args=(operations, why), name="leaving")
        self._leaving.append(leaving)
        leaving.start()

    def _finish(self, operations: "Operations | None", why: str | None) -> None:
        if operations is not None:
            operations.finish_files()  # the keyring has forgotten the password before anybody looks there again
        if why is not None:
            self._left.emit(why)
        if operations is not None:
            operations.close()
        if why is None:
            self._finish_all()

    def _finish_all(self) -> None:
        try:
            for other in self._leaving[:-1]:
                other.join()
            if self._loader.ident is not None:
                self._loader.join()
            if self._gate is not None:
                self._gate.close()
        finally:
            self._finished.emit()

    def _come_out(self, why: str) -> None:
        if not self._ending:
            self.show_login(why)

    def _end(self) -> None:
        self._collector.release()
        self.over = True
        self.ended.emit()

    def _go_on(self) -> None:
        from iduo_desktop.ui.widgets.enter_presses import EnterPresses
        from iduo_desktop.ui.widgets.focus_ring import FocusRing

        self._ring = FocusRing(self._application)
        EnterPresses(self._application, self)
        self._loader.start()

    def _load(self) -> None:
        import iduo_desktop.ui.login_flow

        self._gate = self._find_gate()
        self._found.emit()
        import iduo_desktop.ui.main_window  # noqa: F401  # loaded while somebody types his password

        self._loaded.emit(self._find_address())

    def _begin(self) -> None:
        if self.login is not None and not self._ending:
            self._bring_to_life(self.login)

    def _listen(self, address: str) -> None:
        """Be told of calls; many demos may be open, and the first one is told."""
        if not address or self._ending:
            return
        from iduo_desktop.ui.one_instance import Listener

        self._listener = Listener(address, self)
        self._listener.rung.connect(self.ring)
        self._listener.called.connect(self.come_forward)
        self._listener.listen()

    def _bring_to_life(self, login: "LoginDialog") -> None:
        from iduo_desktop.ui.errors import sort_error
        from iduo_desktop.ui.icons import program_icon
        from iduo_desktop.ui.login_flow import LoginFlow
        from iduo_desktop.ui.operations import Operations

        if self._gate is not None:
            QApplication.setWindowIcon(program_icon())
            self.operations = Operations(sort_error, self)
            flow = LoginFlow(login, self.operations, self._gate)
            flow.entered.connect(self._work)

    def _work(self, entered: "Entered") -> None:
        from iduo_desktop.ui.main_window import MainWindow, Surroundings

        if self.operations is None or self._gate is None:
            return
        self.operations.open(entered.database, entered.feed, entered.feed.poll)
        self._preferences.change(self.operations, last_login=entered.me.login)
        around = (self._gate.profile, entered.conninfo.program, self._gate.rules)
        self.window = MainWindow(Surroundings(self.operations, entered, self._theme, self._preferences, *around))
        self.window.signed_out.connect(self._sign_out)
        self.window.entry_renewed.connect(self._renew)
        self.window.closed.connect(self.end)
        self.window.show()
        self._collector.settle()
        if self.login is not None:
            self.login.hide()
            self.login.deleteLater()
            self.login = None
        waiting, self._waiting = self._waiting, []
        for ring in waiting:
            self.ring(ring)

    def _renew(self, entered: "Entered") -> None:
        """Go on with a new password; the old connections would not come back after a cut."""
        if self.operations is not None:
            for connection in self.operations.open(entered.database, entered.feed, entered.feed.poll):
                self.operations.run_local(self, connection.close)

    def _sign_out(self, why: str) -> None:
        window, self.window = self.window, None
        if window is None or self.operations is None or self._gate is None:
            return
        window.hide()
        self.operations.run_local(self, self._gate.remember, self._preferences.current.last_login, None)
        window.drafts.close()
        window.deleteLater()
        before, self.operations = self.operations, None
        self._leave(before, why)


class Later:
    """What is loaded and opened after the login is on the screen."""

    def __init__(self, options: argparse.Namespace, report: "Report"):
        self._options = options
        self._report = report
        self._rest: Rest | None = None

    def open(self) -> "Gate":
        """Reads files: not for the UI thread."""
        from iduo_desktop.opening import Rest

        self._rest = Rest(self._options.profile, demo=self._options.demo, report=self._report)
        return self._rest.open()

    def close(self) -> None:
        """Close the log."""
        if self._rest is not None:
            self._rest.close()


class Mistakes(QObject):
    """Hands what nobody caught, in whichever thread, to the dialog for it, which is loaded when it is needed."""

    _raised = Signal(object, object, object)

    def __init__(self, parent: QObject):
        super().__init__(parent)
        self._raised.connect(self._show)

    def report(self, kind: object, error: object, trace: object) -> None:
        """As sys.excepthook is called."""
        self._raised.emit(kind, error, trace)

    def _show(self, kind: type[BaseException], _error: object, trace: TracebackType | None) -> None:
        from iduo_desktop.ui.errors import show_mistake

        show_mistake(kind, trace)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and answer with its exit code."""
    options = _options(arguments)
    dumps.forbid()
    application = new_application()
    from iduo_desktop.ui.preferences import PreferencesFile

    lock = QLockFile(f"{_folder(QStandardPaths.StandardLocation.GenericDataLocation)}/{_lock_name()}")
    lock.setStaleLockTime(0)
    rest = Later(options, Mistakes(application).report)
    kept = PreferencesFile(f"{_folder(QStandardPaths.StandardLocation.GenericConfigLocation)}/window.ini")
    find_address = partial(_address, demo=options.demo)
    if options.ring is not None and _hand_over(find_address(), options.ring, tries=1):
        return 0
    alone = options.demo or _take(lock)
    if not alone and _hand_over(find_address(), options.ring, HAND_OVER_TRIES):
        return 0
    if not alone and options.ring is not None:
        return 1
    program = Program(application, kept, options.demo, rest.open, find_address)
    program.ended.connect(application.exit)  # unlike quit, asks no window whether it may
    if options.ring is not None:
        program.ring(options.ring)
    if alone:
        program.show_login(minimized=options.minimized)
    else:
        _say_already_open(application)
    code = run(application)
    lock.unlock()
    rest.close()
    return code if alone else 1


def run(application: QApplication) -> int:
    """The one event loop, until somebody quits."""
    return application.exec()  # the one loop of the program: none is nested in it


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    given = sys.argv[1:] if arguments is None else [*arguments]
    if not given:  # making a parser takes longer than it should, and hardly anybody says anything
        return argparse.Namespace(profile=None, demo=False, ring=None, minimized=False)
    from iduo_desktop import command_line

    return command_line.read(given)


def _address(*, demo: bool) -> str:
    """Where the window of this person is told of calls; that of the demo at another place."""
    from iduo_desktop.ui.one_instance import address

    # Windows has no such folder, and Qt names the home itself: nothing of ours is made there
    windows = sys.platform == "win32"
    places = QStandardPaths.StandardLocation
    where = _folder(places.GenericDataLocation if windows else places.RuntimeLocation)
    return address(where, "demo" if demo else "calls")


def _lock_name() -> str:
    """Another one in each session: the person's folders are the same in all of them."""
    number = desktop_session.session()
    return f"open-{number}.lock" if number else "open.lock"


def _take(lock: QLockFile) -> bool:
    """True when no other window of this session has it; where nothing can be written nobody can have it."""
    there = Path(lock.fileName()).parent.is_dir()
    return not there or lock.tryLock(0) or lock.error() is not QLockFile.LockError.LockFailedError


def _hand_over(address: str, ring: "Ring | None", tries: int) -> bool:
    """Give the call to the window that is open, or is just opening; without a call, bring it forward."""
    from PySide6.QtCore import QThread

    from iduo_desktop.ui.one_instance import hand_over

    for left in reversed(range(tries)):
        if hand_over(address, ring):
            return True
        if left:
            QThread.msleep(HAND_OVER_PAUSE_MS)
    return False


def _folder(which: QStandardPaths.StandardLocation) -> str:
    """Where this person's files of that kind are; made if missing."""
    folder = f"{QStandardPaths.writableLocation(which)}/{FOLDER}"
    with suppress(OSError):  # what is kept there is not kept then; the login says so
        Path(folder).mkdir(parents=True, exist_ok=True)
    return folder


def _say_already_open(application: QApplication) -> None:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Information, "iduo Desktop", ALREADY_OPEN, parent=application.activeWindow())
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.finished.connect(application.quit)
    box.open()
