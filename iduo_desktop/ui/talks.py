"""Who is speaking with whom: told to all workstations, heard from the feed, renewed while it lasts."""

from collections.abc import Callable, Iterable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import pressure
from iduo_desktop.services.pressure import Party, Talk
from iduo_desktop.terms import Channel
from iduo_desktop.ui import formats
from iduo_desktop.ui.operations import Operations

RENEW_MS = 60_000
FORGET_MS = 120_000
COLLECT_MS, GAP_MS = 50, 2_000
KEY_DIGITS = 10
_WRITING = {
    Channel.WHATSAPP: "por WhatsApp",
    Channel.EMAIL: "por mail",
    Channel.SMS: "por SMS",
    Channel.CHAT: "por chat",
}


class Talks(QObject):
    """One of a window. `changed`: somebody else began or ended.

    A program that died cannot say that it ended, so that while somebody is speaking the list is looked at again after
    the two minutes that a talk holds.
    """

    changed = Signal()

    def __init__(self, operations: Operations, parent: QObject | None = None):
        super().__init__(parent or operations)
        self._operations = operations
        self._talks: tuple[Talk, ...] = ()
        self._own: tuple[Party, str] | None = None
        self._held = False
        self._asked_at = monotonic()
        self._renew = QTimer(self, interval=RENEW_MS)
        self._renew.timeout.connect(self._say)
        self._collect = QTimer(self, singleShot=True)
        self._collect.timeout.connect(self._ask)
        self._forget = QTimer(self, singleShot=True, interval=FORGET_MS)
        self._forget.timeout.connect(self._ask)
        operations.changed.connect(self._hear)
        operations.connection_changed.connect(self._reconnect)
        self._collect.start(COLLECT_MS)

    @property
    def all(self) -> tuple[Talk, ...]:
        """Those of the colleagues."""
        return self._talks

    def about(self, company_id: int | None, contact_id: int | None, addresses: Iterable[str] = ()) -> Talk | None:
        """The colleague who is speaking with this client or person, or at one of these numbers or addresses."""
        keys = {key_of(address) for address in addresses} - {""}
        return next((talk for talk in self._talks if _concerns(talk, company_id, contact_id, keys)), None)

    def sentence(self, company_id: int | None, contact_id: int | None, addresses: Iterable[str] = ()) -> str:
        """«☎ Ana está hablando con este número desde las 14:03»; empty when nobody is."""
        reached = tuple(addresses)
        talk = self.about(company_id, contact_id, reached)
        if talk is None:
            return ""
        return words(talk, number=talk.search_key in {key_of(address) for address in reached} - {""})

    def name_of(self, company_id: int | None, contact_id: int | None) -> str:
        """The colleague's name; empty when nobody is."""
        talk = self.about(company_id, contact_id)
        return "" if talk is None else talk.who

    def begin(self, party: Party, channel: str) -> None:
        """One is speaking with somebody from now on; again while one is, it changes nothing."""
        if self._own != (party, channel):
            self._own = (party, channel)
            self._renew.start()
            self._say()

    def end(self) -> None:
        """It ended."""
        if self._own is not None:
            self._own = None
            self._renew.stop()
            if not self._held:
                self._run_quietly(pressure.end_talk)

    def hold(self, *, on: bool) -> None:
        """The window is locked: nobody speaks there; what goes on when it is opened again is said again."""
        if on and not self._held and self._own is not None:
            self._run_quietly(pressure.end_talk)
        self._held = on
        self._say()

    def _say(self) -> None:
        if self._own is not None and not self._held:
            self._run_quietly(pressure.begin_talk, *self._own)

    def _run_quietly(self, function: Callable[..., None], *values: object) -> None:
        """Nobody is told when it fails: the sign only informs, and ends by itself."""
        asked = self._operations.run(self, function, *values)
        asked.refused(lambda _error: None).failed(lambda _error: None)

    def _hear(self, table: str, _id: object) -> None:
        """At once; where many talk, each workstation asks every two seconds."""
        if table == "talk" and not self._collect.isActive():
            rest = GAP_MS - round((monotonic() - self._asked_at) * 1000)
            self._collect.start(max(COLLECT_MS, rest))

    def _reconnect(self, online: bool) -> None:
        if online:
            self._ask()

    def _ask(self) -> None:
        self._asked_at = monotonic()
        asked = self._operations.refresh(self, pressure.talks)
        asked.then(self._take).refused(lambda _error: None).failed(lambda _error: None)

    def _take(self, talks: tuple[Talk, ...]) -> None:
        if talks:
            self._forget.start()
        else:
            self._forget.stop()
        if talks != self._talks:
            self._talks = talks
            self.changed.emit()


def key_of(address: str) -> str:
    """By what a talk knows a number, its last ten digits, or a mail address."""
    if "@" in address:
        return address.strip().lower()
    digits = "".join(letter for letter in address if letter.isdecimal())
    return digits[-KEY_DIGITS:]


def words(talk: Talk, *, number: bool = True) -> str:
    """Who is speaking since when: with this number, or with him by another one."""
    since = f"desde las {formats.clock(talk.since)}"
    writing = _WRITING.get(Channel(talk.channel))
    if writing is not None:
        return f"✎ {talk.who} le está escribiendo {writing} {since}"
    return f"☎ {talk.who} está hablando con {'este número' if number else 'esta persona o cliente'} {since}"


def _concerns(talk: Talk, company_id: int | None, contact_id: int | None, keys: set[str]) -> bool:
    same_client = company_id is not None and talk.company_id == company_id
    same_person = contact_id is not None and talk.contact_id == contact_id
    return same_client or same_person or talk.search_key in keys
