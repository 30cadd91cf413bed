"""A contact with the client of the panel: whether one may, who else is speaking with him, and that one is oneself."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from iduo_desktop.services.cases import CaseCard
from iduo_desktop.terms import Channel
from iduo_desktop.ui.cases.parts import CasesParts
from iduo_desktop.ui.cases.pressure_reader import PressureReader, Pressures, party_of
from iduo_desktop.ui.cases.reaching import address, danger
from iduo_desktop.ui.cases.writing import WRITTEN, Writing
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.pressure_words import ANYWAY, hindrance


class Contacting(QObject):
    """Follows the card that is shown. The strip is opened here, and so one's own sign begins and ends here.

    `contact_asked` begins a contact again, by a medium: now that it is known what hinders it, or though it does.
    """

    contact_asked = Signal(str, bool)

    def __init__(
        self, page: CasesParts, operations: Operations, notice: Notice, drafts: Drafts, clock: Clock, *, works: bool
    ):
        super().__init__(page)
        self._page = page
        self.writing = Writing(page, operations, notice, drafts)
        self._notice = notice
        self._works = works
        self._talks = page.talks
        self._card: CaseCard | None = None
        self._again: tuple[str, bool] | None = None
        self._waits = ""  # the number that is dialled when there is a reason to
        self.pressures = PressureReader(operations, clock, self)
        self.pressures.read.connect(self._take)
        self._talks.changed.connect(self._show_talks)
        page.strip.channel_changed.connect(self._speak)
        page.strip.reason_given.connect(self._dial)

    def show_card(self, card: CaseCard | None) -> None:
        """Another case is looked at, or the same as it is now."""
        if card is None or self._card is None or card.id != self._card.id:
            self._again, self._waits = None, ""
            self._talks.end()
        self._card = card
        self._page.composer.show_card(card)
        self.pressures.show(card if self._works else None)
        self._show_talks()

    def begin(self, card: CaseCard, channel: str, *, anyway: bool) -> None:
        """Get ready for a contact by this medium; what hinders it is said first, with the way on."""
        if self._card is None or card.id != self._card.id:
            self.show_card(card)
        if self.pressures.stale:
            self.pressures.again()
        if channel and not anyway and self.pressures.waiting:
            self._again = (channel, anyway)
        elif channel and not anyway and self.hindrance(channel):
            self._object(channel)
        else:
            self._open(card, channel)

    def hindrance(self, channel: str) -> str:
        """Why the client that is shown is not to be contacted so; empty when nothing is known against it."""
        found = self.pressures.found.get(channel)
        return "" if found is None else hindrance(found)

    def _open(self, card: CaseCard, channel: str) -> None:
        if channel in WRITTEN:
            self.writing.begin(card, channel, self.pressures.found)
            self._talks.begin(party_of(card, channel), channel)
            return
        page, to = self._page, address(card, channel)
        page.strip.show_card(card)
        page.show_strip(shown=True)
        page.strip.begin(channel, to)
        if danger(card, channel):
            page.panel.tell(danger(card, channel))
        self._waits = to if channel == Channel.CALL else ""
        if self._waits and self.hindrance(channel):
            page.strip.ask_reason()
        else:
            self._dial()
        self._speak()

    def _dial(self) -> None:
        """Nothing is in the way, or a reason was given."""
        number, self._waits = self._waits, ""
        if number:
            self.writing.dial(number)

    def _object(self, channel: str) -> None:
        """Say why not, and put the keyboard where one goes on nevertheless."""
        anyway = self._page.panel.head.anyway
        self._page.panel.head.choose_anyway(channel)
        self._notice.tell(self.hindrance(channel), (ANYWAY, partial(self.contact_asked.emit, channel, True)))
        if anyway.isVisible():
            anyway.setFocus()

    def _speak(self) -> None:
        """The strip is open for this medium."""
        card, page = self._card, self._page
        if card is not None and page.strip.isVisible() and page.strip.isEnabled():
            self._talks.begin(party_of(card, page.strip.channel), page.strip.channel)

    def _take(self, found: Pressures) -> None:
        self._page.panel.head.show_pressures(found)
        self._page.strip.show_pressures(found)
        self._page.composer.show_pressures(found)
        again, self._again = self._again, None
        if again is not None:
            self.contact_asked.emit(*again)

    def _show_talks(self) -> None:
        card, said = self._card, ""
        if card is not None:
            reached = (
                *(each.e164 or each.typed for each in card.phones),
                *(each.address for each in card.emails_of_client),
            )
            said = self._talks.sentence(card.company_id, card.contact_id, reached)
        self._page.panel.head.show_talk(said)
