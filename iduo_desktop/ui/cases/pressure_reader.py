"""Asks for the case that is looked at whether its client may be contacted now, by each channel."""

from collections.abc import Mapping
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from iduo_desktop.services import Database, pressure
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.pressure import Party, Pressure
from iduo_desktop.terms import Channel
from iduo_desktop.ui.cases.reaching import address
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock

CHANNELS = (Channel.CALL, Channel.WHATSAPP, Channel.EMAIL, Channel.SMS)
COLLECT_MS = 60
FRESH = timedelta(minutes=1)
_DECIDED = {"contact_policy", "quiet_hours", "holiday", "no_contact", "no_contact_list", "setting"}

Parties = tuple[tuple[str, Party], ...]
Pressures = Mapping[str, Pressure]


class PressureReader(QObject):
    """`read` brings what is known by channel. Answers about another case, or of before, are dropped."""

    read = Signal(object)

    def __init__(self, operations: Operations, clock: Clock, parent: QObject):
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._parties: Parties = ()
        self._case = 0
        self._asked: Operation[Pressures] | None = None
        self._at = clock()
        self.found: Pressures = {}
        self._collect = QTimer(self, singleShot=True, interval=COLLECT_MS)
        self._collect.timeout.connect(self._ask)
        operations.changed.connect(self._hear)

    @property
    def waiting(self) -> bool:
        """True while the answer is on its way."""
        return self._asked is not None

    @property
    def stale(self) -> bool:
        """True when what is known is of before: with time an hour begins at which one does not call."""
        return bool(self._parties) and not self.waiting and self._clock() - self._at > FRESH

    def show(self, card: CaseCard | None) -> None:
        """Look at this case; None, or one that is closed: at none."""
        case = card.id if card is not None and not card.closed else 0
        if case != self._case:
            self._case, self.found = case, {}
        self._parties = tuple((each.value, party_of(card, each)) for each in CHANNELS) if card and case else ()
        self._ask()

    def again(self) -> None:
        """Ask the same once more."""
        self._ask()

    def _ask(self) -> None:
        self._collect.stop()
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        if self._parties:
            self._asked = self._operations.run(self, _by_channel, self._parties)
            # without an answer nothing hinders: who records a contact decides
            self._asked.then(self._take).refused(lambda _: self._take({})).failed(lambda _: self._take({}))

    def _take(self, found: Pressures) -> None:
        self._asked = None
        self.found, self._at = found, self._clock()
        self.read.emit(found)

    def _hear(self, table: str, _id: object) -> None:
        if table in _DECIDED and self._parties and not self._collect.isActive():
            self._collect.start()


def party_of(card: CaseCard, channel: str) -> Party:
    """Whom a contact by this channel would reach."""
    return Party(card.company_id, card.contact_id, address(card, channel))


def _by_channel(database: Database, parties: Parties) -> Pressures:
    return {channel: pressure.pressure(database, party, channel) for channel, party in parties}
