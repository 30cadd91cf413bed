"""What helps with the client of the moment: the sentence to say, what to offer, the surveys."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services import catalogues
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.catalogues import Script
from iduo_desktop.services.promotions import Offer
from iduo_desktop.services.staff import Me
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.cases.promise_box import PromiseBox
from iduo_desktop.ui.cases.promotion_box import PromotionBox
from iduo_desktop.ui.cases.rights import Verb, right
from iduo_desktop.ui.cases.survey_line import SurveyLine
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fold import Fold
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.script_strip import fill, first_name

_SITUATIONS = {
    ServiceStatus.DELINQUENT: "collection",
    ServiceStatus.SUSPENDED: "collection",
    ServiceStatus.WITHDRAWN: "recovery",
    ServiceStatus.ACTIVE: "promotion",
}


class CaseAids(QWidget):
    """Each part is there only while it has something to say; a closed case has none."""

    def __init__(self, operations: Operations, me: Me, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("case_aids")
        self._operations = operations
        self._me = me
        self._card: CaseCard | None = None
        self._texts: dict[str, str] = {}
        self.script = label("", "", "script_text")
        self.fold = Fold("Guion", self.script)
        self.fold.setObjectName("script_fold")
        self.fold.setToolTip(f"Mostrar u ocultar el guion ({shown('script')})")
        self.surveys = SurveyLine(clock, self.fold)
        self.promotions = PromotionBox(clock)
        self.promises = PromiseBox(clock)
        self._lay_out()
        self.fold.open(True)
        operations.changed.connect(self._hear)
        self._ask_scripts()

    def show_card(self, card: CaseCard) -> None:
        """Help with this case; what is read after it comes with `show_surveys` and `show_offers`."""
        other = self._card is None or card.id != self._card.id
        self._card = card
        if other or card.closed:
            self.surveys.show_surveys(())
            self.promotions.show_offers(())
            self.promises.show_promises(())
            self.promises.show_extensions(())
        given = right(Verb.CONTACT, card, self._me)
        self.surveys.allow(given)
        self.promotions.allow(given)
        self._say()

    def show_surveys(self, surveys: tuple[SurveyRow, ...]) -> None:
        """The surveys that can be filled with this client."""
        self.surveys.show_surveys(() if self._card is None or self._card.closed else surveys)

    def show_offers(self, offers: tuple[Offer, ...]) -> None:
        """What can be offered to this client."""
        self.promotions.show_offers(() if self._card is None or self._card.closed else offers)
        self._say()

    def toggle_script(self) -> None:
        """Fold the sentence away, or show it again."""
        self.fold.open(not self.fold.is_open)

    def _say(self) -> None:
        """The sentence for the client's list; without anything to offer, none about an offer."""
        card, offer = self._card, self.promotions.offer
        if card is None:
            return
        situation = "" if card.closed else _SITUATIONS[ServiceStatus(card.list)]
        if situation == "promotion" and offer is None:
            situation = ""
        blanks = {
            "operador": first_name(self._me.full_name),
            "organización": self._me.organisation,
            "cliente": f"{card.names} {card.surname}".strip() or card.client,
            "plan": card.plan or "su plan",
            "deuda": formats.money(card.debt) if card.debt else "",
            "corte": formats.day(card.cutoff_date) if card.cutoff_date else "",
            "promoción": offer.title if offer is not None else "",
        }
        text = fill(self._texts.get(situation, ""), blanks)
        self.script.setText(f"«{text}»")
        self.script.setAccessibleName(f"Guion: {text}")
        self.fold.setVisible(bool(text))
        self.script.setVisible(bool(text) and self.fold.is_open)

    def _hear(self, table: str, _id: object) -> None:
        if table == "script":
            self._ask_scripts()

    def _ask_scripts(self) -> None:
        self._operations.run(self, catalogues.scripts).then(self._take_scripts).failed(lambda _error: None)

    def _take_scripts(self, scripts: tuple[Script, ...]) -> None:
        self._texts = {script.situation: script.text for script in scripts}
        self._say()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.surveys, self.script, self.promises, self.promotions):
            column.addWidget(widget)
        self.fold.hide()
