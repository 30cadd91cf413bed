"""How a contact goes out from the cases page: the softphone, the composer, a program of this PC, then the strip."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from iduo_desktop import links
from iduo_desktop.links import Link
from iduo_desktop.phones import reading
from iduo_desktop.services import cases
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.messages import Outgoing, Sent
from iduo_desktop.services.pressure import Pressure
from iduo_desktop.terms import Channel
from iduo_desktop.ui.cases.composer import draft_of
from iduo_desktop.ui.cases.parts import CasesParts
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.conversation import WAITS

WRITTEN = {Channel.EMAIL, Channel.SMS, Channel.WHATSAPP}
COPY = "copy"
_LINKS: dict[str, Callable[[Outgoing], Link]] = {
    Channel.EMAIL: lambda message: links.mail(message.address, message.subject, message.text),
    Channel.SMS: lambda message: links.sms(message.address, message.text),
    Channel.WHATSAPP: lambda message: links.whatsapp(message.address, message.text),
}
_NO_PHONE = "No hay con qué marcar en esta PC: copiamos {}."
_NO_PROGRAM = "No hay con qué abrirlo en esta PC: copiamos el texto. Es para {}."
_TOO_LONG = "El texto es largo para pasarlo solo: lo copiamos. Pegalo con Ctrl+V."
_UNDONE = "Anulaste el mensaje: no sale. El texto queda como borrador."


class Writing(QObject):
    """`went` tells the case that was written about: one goes on with the next. `wanted`: the case and the channel."""

    went = Signal(int)
    wanted = Signal(int, str)

    def __init__(self, page: CasesParts, operations: Operations, notice: Notice, drafts: Drafts):
        super().__init__(page)
        self._page = page
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._opened = 0
        self.dial_with: Callable[[], str] = lambda: links.TEL
        page.composer.sent.connect(self._sent)
        page.composer.handed.connect(self._hand_over)

    def begin(self, card: CaseCard, channel: str, pressures: Mapping[str, Pressure]) -> None:
        """Write to the client of a case."""
        self._page.show_composer()
        self._page.composer.show_pressures(pressures)
        self._page.composer.begin(card, channel)

    def dial(self, number: str) -> None:
        """Let the softphone call; where there is none, the number is copied."""
        way = self.dial_with()
        link = links.dial(number, way) if way != COPY else Link("")
        if not (link.url and QDesktopServices.openUrl(QUrl(link.url))):
            QGuiApplication.clipboard().setText(number)
            shown = reading(number)
            self._notice.tell(f"Copiamos {shown}." if way == COPY else _NO_PHONE.format(shown))

    def registered(self, case_id: int) -> None:
        """A contact was registered: what another program was opened with is not needed as a draft any more."""
        if case_id == self._opened:
            self._opened = 0
            self._page.composer.finish()

    def _sent(self, sent: Sent) -> None:
        composer = self._page.composer
        card = composer.card
        if card is not None:
            undo = partial(self._take_back, sent.event, card, composer.channel, composer.last)
            self._notice.show(WAITS, undo=undo)
            self.went.emit(card.id)

    def _take_back(self, event: int, card: CaseCard, channel: str, values: Mapping[str, Any]) -> None:
        undone = self._operations.run(self, cases.undo, event)
        undone.then(lambda _undone: self._bring_back(card, channel, values))

    def _bring_back(self, card: CaseCard, channel: str, values: Mapping[str, Any]) -> None:
        """It does not go out: the text is a draft again."""
        draft_of(self._drafts, card, channel).keep(values)
        self._notice.tell(_UNDONE, ("Volver a escribirlo", partial(self.wanted.emit, card.id, channel)))

    def _hand_over(self, message: Outgoing) -> None:
        """Open the program of this PC, and ask what came of it."""
        card = self._page.composer.card
        if card is None:
            return
        link = _LINKS[message.channel](message)
        opened = bool(link.url) and QDesktopServices.openUrl(QUrl(link.url, QUrl.ParsingMode.StrictMode))
        if not (opened and link.whole):
            QGuiApplication.clipboard().setText(message.text or message.address)
            self._notice.tell(_TOO_LONG if opened else _NO_PROGRAM.format(reading(message.address)))
        self._opened = card.id
        self._page.strip.show_card(card)
        self._page.show_strip(shown=True)
        self._page.strip.begin(message.channel, message.address)
