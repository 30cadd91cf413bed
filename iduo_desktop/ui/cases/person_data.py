"""The person of a case that is no client's: how she is reached and whether that is safe, and the way to her record."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services.cases import CaseCard, Email, Phone
from iduo_desktop.terms import Priority, Risk
from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.address_label import AddressLabel
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.reach_words import SAFETY, wrapping

_LABEL_WIDTH = 76
_TITLES = ("Asunto", "Prioridad", "Riesgo", "Teléfonos", "Mails", "Nota")


class PersonData(QWidget):
    """Read here, corrected in the record. `asked` brings the person's id; `rate_asked`: another priority or risk."""

    asked = Signal(int)
    rate_asked = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("person_data")
        self._contact = 0
        self._facts = {title: AddressLabel(f"person_fact_{at}") for at, title in enumerate(_TITLES)}
        self.record = button("Ver ficha", "person_record", lambda: self.asked.emit(self._contact))
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        for title, fact in self._facts.items():
            name = label(title, "secondary", wraps=False)
            name.setFixedWidth(_LABEL_WIDTH)
            fact.setContentsMargins(4, 0, 0, 0)
            form.addRow(name, fact)
        self.rate = button("Cambiar prioridad o riesgo…", "person_rate", self.rate_asked.emit, role="link")
        form.addRow(self.record)
        form.addRow(self.rate)
        self.hide()

    def show_card(self, card: CaseCard, *, may_rate: bool) -> None:
        """Show whom the case is about; a client's case has nothing here but the way to the person, if there is one."""
        self._contact = card.contact_id or 0
        self.setVisible(card.contact_id is not None)
        texts = {
            "Asunto": card.subject,
            "Prioridad": Priority(card.priority).label,
            "Riesgo": Risk(card.risk).label,
            "Teléfonos": "\n".join(_phone(phone) for phone in card.phones),
            "Mails": "\n".join(_email(email) for email in card.emails_of_client),
            "Nota": card.note,
        }
        self.rate.setVisible(may_rate and not card.closed)
        form = self.layout()
        for title, fact in self._facts.items():
            fact.setText(texts[title] or formats.NOTHING)
            fact.setAccessibleName(f"{title}: {texts[title] or 'sin dato'}")
            if isinstance(form, QFormLayout):
                form.setRowVisible(fact, card.company_id is None)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where the panel is low it scrolls: no fact gives up a line."""
        for fact in self._facts.values():
            fact.setMinimumHeight(max(0, fact.heightForWidth(fact.width())))


def _phone(phone: Phone) -> str:
    return (phones.shown(phone.e164) if phone.e164 else f"{phone.typed} ⚠") + SAFETY[phone.safe]


def _email(email: Email) -> str:
    return wrapping(email.address) + SAFETY[email.safe]
