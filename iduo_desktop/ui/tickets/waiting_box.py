"""A ticket without an answer: how long it has waited, what to say, and what else can be offered."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.catalogues import Script
from iduo_desktop.services.tickets import Desk, TicketCard
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.tickets.lists import NEVER
from iduo_desktop.ui.tickets.other_ways import OtherWays
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.script_strip import fill

_OFFER = "Ofrecer otras vías"


class WaitingBox(QWidget):
    """`insist_asked` is a wish; `copied` tells what is in the clipboard now."""

    insist_asked = Signal()
    copied = Signal(str)

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self.setObjectName("waiting_box")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="card")
        self._scripts: dict[str, str] = {}
        self._ticket = 0
        self._late_days = NEVER
        self._waited = label("", "heading", "waited")
        self._say = label("", "secondary", wraps=False)
        self._say.setText("Decile")
        self._sentence = label("", "reading", "waiting_sentence")
        self._insisted = sentence("warning", "insisted")
        self.insist = button("Insistir: sumar reclamo", "insist_button", self.insist_asked.emit, key=shown("insist"))
        self.ways = OtherWays()
        self.ways.copied.connect(self.copied)
        self.more = Fold(_OFFER, self.ways)
        self.more.setObjectName("fold_other_ways")
        self.more.toggled_open.connect(self._enter_ways)
        self._lay_out()

    def offer(self, scripts: Iterable[Script]) -> None:
        """The organisation's sentences."""
        self._scripts = {script.situation: script.text for script in scripts}
        self.ways.say(self._scripts.get("other_ways", ""))
        self._ticket = 0

    def know(self, desk: Desk) -> None:
        """The organisation's other ways, and when it calls an answer late."""
        self._late_days = desk.late_days
        self.ways.show_ways(desk)
        self.more.setVisible(self.ways.any)

    def show_card(self, card: TicketCard, right: Right) -> None:
        """Say how long this one has waited."""
        days = card.waiting_days
        since = f"Ingresó hace {formats.plural(days, 'día hábil', 'días hábiles')}."
        if not days:
            today = formats.here(card.at).date() == self._clock().date()
            since = "Ingresó hoy." if today else "Ingresó hace menos de un día hábil."
        self._waited.setText(f"{'⚠ ' if days >= self._late_days else ''}Todavía no hay respuesta. {since}")
        mark(self._waited, role="heading")
        if card.id != self._ticket:
            self._ticket = card.id
            self.say("upset" if card.insisted else "waiting")
        times = formats.plural(card.insisted, "vez", "veces")
        say(self._insisted, f"↺ Ya insistió {times}" if card.insisted else "")
        self.insist.setVisible(right.offered)
        self.insist.setEnabled(right.granted)

    def say(self, situation: str) -> None:
        """Show what to say in this situation."""
        text = fill(self._scripts.get(situation, ""), {})
        self._sentence.setText(f"«{text}»")
        for widget in (self._say, self._sentence):
            widget.setVisible(bool(text))

    def _enter_ways(self, is_open: bool) -> None:
        if is_open and self.more.hasFocus():
            self.ways.enter()

    def _lay_out(self) -> None:
        buttons = QWidget()
        flow = FlowLayout(buttons, 8)
        flow.addWidget(self.insist)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        for widget in (self._waited, self._insisted, self._say, self._sentence, buttons):
            column.addWidget(widget)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.ways)
