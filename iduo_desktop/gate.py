"""The way in: how the login and the lock reach server and keyring. Loads the driver; the login's looks come first."""

import hmac
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from iduo_desktop import __version__, credentials, identity
from iduo_desktop.config import Profile
from iduo_desktop.credentials import Remembered
from iduo_desktop.database.connection import Database
from iduo_desktop.database.conninfo import Conninfo
from iduo_desktop.database.errors import WRONG_PASSWORD, ConnectionLost, LoginRefused, UserError
from iduo_desktop.database.feed import Feed
from iduo_desktop.database.servers import Servers
from iduo_desktop.private_server import PrivateServer
from iduo_desktop.services import staff
from iduo_desktop.services.staff import Me, Session
from iduo_desktop.ui.door import FREE, Rules
from iduo_desktop.ui.places import place, program_name, this_pc

KNOCK_SECONDS = 3
# The feed asks every two seconds; with its answer awaited no longer, a frozen server is noticed in less than five.
FEED_SECONDS = 2.5
OLD_DATABASE = "La base es más vieja que este programa, y así no se puede trabajar. Avisá a Informática."


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who was let in, with his two connections, which connect when first asked. Used in workers."""

    me: Me
    elsewhere: tuple[Session, ...]
    conninfo: Conninfo
    database: Database
    feed: Feed
    newer: str = ""

    def end_elsewhere(self) -> "Entered":
        """End his other sessions."""
        for session in self.elsewhere:
            staff.end_session(self.database, session.pid)
        return replace(self, elsewhere=())

    def change_password(self, password: str) -> "Entered":
        """Only the verifier travels. The answer has connections of its own; this one's are still open."""
        staff.change_password(self.database, self.database.verifier(self.me.login, password))
        me = replace(self.me, must_change_password=False)
        return _entered(me, (), replace(self.conninfo, password=password), self.newer)

    def unlock(self, password: str) -> None:
        """Compare with what was used to enter, so that the lock opens without a connection too."""
        if not hmac.compare_digest(password.encode(), self.conninfo.password.encode()):
            raise LoginRefused(WRONG_PASSWORD)

    def leave(self) -> None:
        """Hang up."""
        self.feed.close()
        self.database.close()


class Gate:
    """The door of one profile; everything but the properties runs in a worker."""

    def __init__(self, profile: Profile, demo: bool, rules: Rules = FREE, servers: Servers | None = None):
        self.rules = rules
        self._profile = profile
        self._demo = demo
        self._servers = servers
        self._private = PrivateServer(profile.directory, fill=demo) if profile.directory is not None else None
        self.server = "Esta PC" if profile.directory is not None else f"Servidor {profile.hosts[0][0]}"
        self.profile = profile.name
        self.test_database = profile.test

    def knock(self, report: Callable[[str], object]) -> None:
        """Start the private server, or see whether one of the central ones answers."""
        if self.rules.blocked:
            raise UserError(self.rules.blocked)
        if self._private is not None:
            self._private.start(report)
        elif not any(_answers(host, port) for host, port in self._profile.hosts):
            raise ConnectionLost

    def enter(self, login: str, password: str) -> Entered:
        """Let somebody in, and end what a program that died here left behind."""
        if self.rules.blocked:
            raise UserError(self.rules.blocked)
        conninfo = self._conninfo(login, password)
        database = Database(conninfo)
        try:
            me = staff.me(database, __version__)
            if me.schema_version < identity.SCHEMA:
                raise UserError(OLD_DATABASE)
            newer = _newer(staff.versions(database).recommended)
            me = replace(me, test_database=me.test_database or self.test_database)
            elsewhere = () if self._demo else _elsewhere(database)
        finally:
            database.close()
        return _entered(me, elsewhere, replace(conninfo, program=program_name(me.server_time)), newer)

    def enter_demo(self, role: str) -> Entered:
        """Let somebody of the demo in; two windows of the same person may be open."""
        served = self._private.start(lambda _: None) if self._private is not None else None
        people = served.people if served is not None else ()
        login, password = next((login, password) for of, login, password in people if of == role)
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

    def _conninfo(self, login: str, password: str) -> Conninfo:
        profile = self._profile
        if self._private is None:
            way = (profile.hosts, profile.dbname, login, password, profile.sslrootcert)
            return Conninfo(*way, servers=self._servers)
        served = self._private.start(lambda _: None)
        return Conninfo(((served.host, served.port),), served.dbname, login, password)


def _newer(recommended: str) -> str:
    """The version that IT recommends, if it is newer than this one."""
    ours, theirs = (tuple(map(int, version.split("."))) for version in (__version__, recommended))
    return recommended if theirs > ours else ""


def _entered(me: Me, elsewhere: tuple[Session, ...], conninfo: Conninfo, newer: str) -> Entered:
    feed = Feed(Database(conninfo, FEED_SECONDS))
    if not me.must_change_password:
        feed.poll()  # before any list is read: what changes from here on is told
    return Entered(me, elsewhere, conninfo, Database(conninfo), feed, newer)


def _elsewhere(database: Database) -> tuple[Session, ...]:
    """One's sessions on other PCs; what a program that died on this one left behind is ended."""
    sessions = staff.sessions(database)
    for session in sessions:
        if place(session) == this_pc():
            staff.end_session(database, session.pid)
    return tuple(session for session in sessions if place(session) != this_pc())


def _answers(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), KNOCK_SECONDS):
        return True
    return False
