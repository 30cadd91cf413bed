"""Puts the parts together: configuration, login, database, feed, window; one running instance."""

import argparse
import hmac
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QLockFile, QObject, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox

from iduo_desktop import __version__, config, credentials
from iduo_desktop.config import Profile
from iduo_desktop.credentials import Remembered
from iduo_desktop.database.errors import WRONG_PASSWORD, ConnectionLost, LoginRefused
from iduo_desktop.logs import LogFiles
from iduo_desktop.private_server import PrivateServer
from iduo_desktop.terms import Role
from iduo_desktop.ui.door import DemoPerson
from iduo_desktop.ui.errors import MistakeReporter, sort_error
from iduo_desktop.ui.login_dialog import LoginDialog
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.places import place, program_name, this_pc
from iduo_desktop.ui.preferences import PreferencesFile
from iduo_desktop.ui.theme import Theme
from iduo_desktop.ui.widgets.focus_ring import FocusRing

if TYPE_CHECKING:
    from iduo_desktop.database.connection import Database
    from iduo_desktop.database.conninfo import Conninfo
    from iduo_desktop.database.feed import Feed
    from iduo_desktop.services.staff import Me, Session
    from iduo_desktop.ui.main_window import MainWindow

KNOCK_SECONDS = 3
DEMO_ROLES = (Role.OPERATOR, Role.COORDINATOR, Role.ADMIN)
ALREADY_OPEN = "iduo Desktop ya está abierto en esta PC. Buscalo en la barra de tareas."


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who was let in, with his two connections, which connect when first asked. Used in workers."""

    me: "Me"
    elsewhere: "tuple[Session, ...]"
    conninfo: "Conninfo"
    database: "Database"
    feed: "Feed"

    def end_elsewhere(self) -> "Entered":
        """End his other sessions."""
        from iduo_desktop.services import staff

        for session in self.elsewhere:
            staff.end_session(self.database, session.pid)
        return replace(self, elsewhere=())

    def change_password(self, password: str) -> "Entered":
        """Only the verifier travels. The answer has connections of its own; this one's are still open."""
        from iduo_desktop.services import staff

        staff.change_password(self.database, self.database.verifier(self.me.login, password))
        me = replace(self.me, must_change_password=False)
        return _entered(me, (), replace(self.conninfo, password=password))

    def unlock(self, password: str) -> None:
        """Compare with what was used to enter, so that the lock opens without a connection too."""
        if not hmac.compare_digest(password.encode(), self.conninfo.password.encode()):
            raise LoginRefused(WRONG_PASSWORD)

    def leave(self) -> None:
        """Hang up."""
        self.feed.close()
        self.database.close()


class Gate:
    """The door of one profile. Its methods run in a worker and load the driver, which the login does without."""

    def __init__(self, profile: Profile, demo: bool):
        self._profile = profile
        self._demo = demo
        self._private = PrivateServer(profile.directory, fill=demo) if profile.directory is not None else None
        self.server = "Esta PC" if profile.directory is not None else f"Servidor {profile.hosts[0][0]}"
        self.test_database = profile.test
        self.demo_people = tuple(DemoPerson(role.label, role.label) for role in DEMO_ROLES) if demo else ()

    def knock(self, report: Callable[[str], object]) -> None:
        """Load the driver; start the private server, or see whether one of the central ones answers."""
        import iduo_desktop.database.feed
        import iduo_desktop.services.staff  # noqa: F401  # loaded here, while the password is typed

        if self._private is not None:
            self._private.start(report)
        elif not any(_answers(host, port) for host, port in self._profile.hosts):
            raise ConnectionLost

    def enter(self, login: str, password: str) -> Entered:
        """Let somebody in, and end what a program that died here left behind."""
        from iduo_desktop.database.connection import Database
        from iduo_desktop.services import staff

        conninfo = self._conninfo(login, password)
        database = Database(conninfo)
        try:
            me = staff.me(database, __version__)
            me = replace(me, test_database=me.test_database or self.test_database)
            elsewhere = () if self._demo else _elsewhere(database)
        finally:
            database.close()
        return _entered(me, elsewhere, replace(conninfo, program=program_name(me.server_time)))

    def enter_demo(self, person: DemoPerson) -> Entered:
        """Let somebody of the demo in; two windows of the same person may be open."""
        served = self._private.start(lambda _: None) if self._private is not None else None
        people = served.people if served is not None else ()
        login, password = next((login, password) for role, login, password in people if role == person.role)
        return self.enter(login, password)

    def remembered(self, login: str) -> Remembered:
        """What the keyring keeps; nothing where the demo needs none."""
        return Remembered(None, possible=False) if self._demo else credentials.remembered(self._profile.name, login)

    def remember(self, login: str, password: str | None) -> None:
        """Keep or wipe the password."""
        if password is None:
            credentials.forget(self._profile.name, login)
        else:
            credentials.remember(self._profile.name, login, password)

    def close(self) -> None:
        """Stop the private server, if any."""
        if self._private is not None:
            self._private.close()

    def _conninfo(self, login: str, password: str) -> "Conninfo":
        from iduo_desktop.database.conninfo import Conninfo

        profile = self._profile
        if self._private is None:
            return Conninfo(profile.hosts, profile.dbname, login, password, profile.sslrootcert)
        served = self._private.start(lambda _: None)
        return Conninfo(((served.host, served.port),), served.dbname, login, password)


class Program(QObject):
    """From the login to the sign-out, and again, until the window is closed."""

    def __init__(self, application: QApplication, profile: Profile, demo: bool, preferences: PreferencesFile):
        super().__init__(application)
        self._application = application
        self._profile = profile
        self._gate = Gate(profile, demo)
        self._preferences = preferences
        self._theme = Theme(application, preferences.current.scheme, preferences.current.density)
        self._ring = FocusRing(application)
        self._operations = Operations(sort_error, self)
        self._window: MainWindow | None = None
        self._login: LoginDialog | None = None

    def ask_who(self, why: str = "") -> None:
        """Show the login."""
        self._operations = Operations(sort_error, self)
        self._login = LoginDialog(self._operations, self._gate, self._preferences.current.last_login)
        self._login.explain(why)
        self._login.entered.connect(self._work)
        self._login.rejected.connect(self._end)
        self._login.show()
        self._operations.run_local(self, _load_window)

    def _work(self, entered: Entered) -> None:
        from iduo_desktop.ui.main_window import MainWindow, Surroundings

        operations = self._operations
        operations.open(entered.database, entered.feed, entered.feed.poll)
        self._preferences.change(operations, last_login=entered.me.login)
        program = entered.conninfo.program
        around = Surroundings(operations, entered, self._theme, self._preferences, self._profile.name, program)
        self._window = MainWindow(around)
        self._window.signed_out.connect(self._sign_out)
        self._window.entry_renewed.connect(self._renew)
        self._window.closed.connect(self._end)
        self._window.show()
        self._forget_login()

    def _renew(self, entered: Entered) -> None:
        """Go on with a new password; the old connections would not come back after a cut."""
        for connection in self._operations.open(entered.database, entered.feed, entered.feed.poll):
            self._operations.run_local(self, connection.close)

    def _sign_out(self, why: str) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.hide()
            login = self._preferences.current.last_login
            self._operations.run_local(self, self._gate.remember, login, None)
            self._operations.close()
            window.deleteLater()
            self.ask_who(why)

    def _forget_login(self) -> None:
        if self._login is not None:
            self._login.deleteLater()
            self._login = None

    def _end(self) -> None:
        self._operations.close()
        self._gate.close()
        self._application.quit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and answer with its exit code."""
    options = _options(arguments)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("iduo Desktop")
    application.setQuitOnLastWindowClosed(False)
    translator = _speak_spanish(application)
    known = config.load()
    profile = config.demo_profile() if options.demo else _profile(known, options.profile)
    reporter = MistakeReporter(application)
    logs = LogFiles(config.log_folder(), reporter.report)
    lock = QLockFile(str(config.data_folder() / "open.lock"))
    if options.demo or _alone(lock):
        preferences = PreferencesFile(config.user_file().with_name("window.json"))
        program = Program(application, profile, options.demo, preferences)
        program.ask_who()
    else:
        refusal = _already_open()
        refusal.open()
    code = application.exec()
    application.removeTranslator(translator)
    lock.unlock()
    logs.close()
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("iduo-desktop", description="La estación de trabajo de los operadores de iduo.")
    parser.add_argument("--version", action="version", version=f"iduo Desktop {__version__}")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--profile", metavar="NOMBRE", help="con qué base trabajar")
    choice.add_argument("--demo", action="store_true", help="una base de prueba en esta PC, para mirar")
    return parser.parse_args(arguments)


def _profile(known: config.Config, name: str | None) -> Profile:
    return next((one for one in known.profiles if one.name == name), known.profile)


def _speak_spanish(application: QApplication) -> QTranslator:
    QLocale.setDefault(QLocale("es_AR"))
    translator = QTranslator(application)
    if translator.load("qtbase_es", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    return translator


def _alone(lock: QLockFile) -> bool:
    Path(lock.fileName()).parent.mkdir(parents=True, exist_ok=True)
    lock.setStaleLockTime(0)
    return lock.tryLock(0)


def _already_open() -> QMessageBox:
    box = QMessageBox(QMessageBox.Icon.Information, "iduo Desktop", ALREADY_OPEN)
    box.finished.connect(lambda: QApplication.exit(1))
    return box


def _load_window() -> None:
    """Load in a worker, while somebody types, what the window will need."""
    import iduo_desktop.ui.main_window  # noqa: F401


def _entered(me: "Me", elsewhere: "tuple[Session, ...]", conninfo: "Conninfo") -> Entered:
    from iduo_desktop.database.connection import Database
    from iduo_desktop.database.feed import Feed

    feed = Feed(Database(conninfo))
    if not me.must_change_password:
        feed.poll()  # before any list is read: what changes from here on is told
    return Entered(me, elsewhere, conninfo, Database(conninfo), feed)


def _elsewhere(database: "Database") -> "tuple[Session, ...]":
    """One's sessions on other PCs; what a program that died on this one left behind is ended."""
    from iduo_desktop.services import staff

    sessions = staff.sessions(database)
    for session in sessions:
        if place(session) == this_pc():
            staff.end_session(database, session.pid)
    return tuple(session for session in sessions if place(session) != this_pc())


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), KNOCK_SECONDS):
        return True
    return False
