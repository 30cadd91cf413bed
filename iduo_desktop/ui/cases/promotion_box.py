"""What to offer to the client of the moment, and what he says to it: one key each."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services.promotions import Offer
from iduo_desktop.terms import PromotionAnswer
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.widgets.buttons import button, name_button, small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence


class PromotionBox(QWidget):
    """Shows one promotion with its text; the others come one after the other. There only while there is any."""

    answered = Signal(object, str)

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("promotion_box")
        self._clock = clock
        self._offers: tuple[Offer, ...] = ()
        self._at = 0
        self._title = label("", "heading", "promotion_title")
        self._text = label("", "", "promotion_text")
        self._said = sentence("secondary", "promotion_said")
        self._other = button("Otra", "promotion_other", self._turn, role="link")
        self._other.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._buttons = {answer: self._button(answer) for answer in PromotionAnswer}
        self._lay_out()
        self.hide()

    @property
    def offer(self) -> Offer | None:
        """The promotion that is shown."""
        return self._offers[self._at] if self._offers else None

    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        """Show the first of these, or the one that was shown before if it is still open."""
        before = self.offer
        self._offers = offers
        same = next((at for at, offer in enumerate(offers) if before and offer.id == before.id and offer.open), 0)
        self._show(same)

    def allow(self, right: Right) -> None:
        """Say whether answers can be registered now, and why not."""
        for answer, made in self._buttons.items():
            made.setEnabled(right.granted)
            made.setToolTip(right.reason or f"Promoción {answer.label.lower()} ({shown(_key(answer))})")

    def _show(self, at: int) -> None:
        self._at = at
        offer = self.offer
        self.setVisible(offer is not None)
        if offer is None:
            return
        until = f" · hasta el {formats.day(offer.valid_until)}" if offer.valid_until else ""
        self._title.setText(f"Promoción: {offer.title}{until}")
        self._text.setText(offer.text)
        said = PromotionAnswer(offer.answer).label if offer.answer else ""
        say(self._said, f"{said} {formats.when(offer.answered_at, self._clock())}" if said else "")
        self._other.setVisible(len(self._offers) > 1)
        name_button(self._other, f"Otra ({self._at + 1} de {len(self._offers)})")

    def _turn(self) -> None:
        self._show((self._at + 1) % len(self._offers))

    def _answer(self, answer: PromotionAnswer) -> None:
        if self.offer is not None:
            self.answered.emit(self.offer, answer.value)

    def _button(self, answer: PromotionAnswer) -> QPushButton:
        made = small(answer.label, _key(answer), partial(self._answer, answer), key=shown(_key(answer)))
        made.setAccessibleName(f"Promoción {answer.label.lower()}")
        return made

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        head.addWidget(self._other, 0, Qt.AlignmentFlag.AlignTop)
        flow = FlowLayout(spacing=6)
        for made in self._buttons.values():
            flow.addWidget(made)
        flow.addWidget(self._said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text)
        column.addLayout(flow)


def _key(answer: PromotionAnswer) -> str:
    return f"promotion_{answer.value}"
