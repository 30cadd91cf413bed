"""The top of a ticket: its number and state, who it is from, how it came, and a button for all one may do."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services.tickets import TicketCard, TicketRow
from iduo_desktop.terms import CallerKind, TicketChannel, TicketKind, TicketState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.rights import Right
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.tickets.rights import Verb
from iduo_desktop.ui.widgets.buttons import small
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import flow
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.ticket_words import numbered, stated

_VERBS = (
    (Verb.TAKE, "Tomar", "take"),
    (Verb.ANSWER, "Responder", "answer"),
    (Verb.SEND_BACK, "Devolver…", "send_back"),
)


class TicketHead(QWidget):
    """Shows a card, or at once what the line of the list tells of it."""

    verb_asked = Signal(object)
    copy_asked = Signal()
    company_asked = Signal()
    person_asked = Signal()
    more_asked = Signal()
    list_asked = Signal()
    alone_asked = Signal()

    def __init__(self, clock: Clock, *, attends: bool, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._attends = attends
        self.open_persons = False
        self.setObjectName("ticket_head")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="top")
        self.number = label("", "title", "ticket_number", wraps=False)
        self.state = label("", "", "ticket_state", wraps=False)
        self.person = label("", "heading", "ticket_person")
        self.reach = sentence("", "ticket_reach")
        self.came = sentence("secondary", "ticket_came")
        self.held = sentence("secondary", "ticket_held")
        for text in (self.number, self.person, self.reach):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = small("Copiar", "copy_number_button", self.copy_asked.emit, "link")
        self.copy.setToolTip(f"Copiar el número ({shown('copy_number')})")
        self.back = small("← Volver a la lista", "back_to_list", self.list_asked.emit, key="Esc")
        self.alone = small("Ampliar", "stand_alone", self.alone_asked.emit, "link")
        self.company = small("", "ticket_company", self.company_asked.emit, "link")
        self.record = small("Ver ficha", "ticket_record", self.person_asked.emit, "link")
        self.more = small("Nuevo mensaje del mismo contacto", "same_contact", self.more_asked.emit)
        self.verbs = {verb: self._verb(verb, text, key) for verb, text, key in _VERBS}
        self._lay_out()
        self.stand(alone=False)

    def show_row(self, row: TicketRow) -> None:
        """What the line of the list tells, while the card is on its way."""
        self._show_number(row.number, row.check, row.state)
        self.person.setText(row.person or row.phone or formats.NOTHING)
        for text in (self.reach, self.came, self.held):
            say(text, "")
        self.company.hide()
        self.record.hide()

    def show_card(self, card: TicketCard, rights: dict[Verb, Right]) -> None:
        """Show who it is from, how it came, and what may be done."""
        self._show_number(card.number, card.check, card.state)
        self.person.setText(_name(card))
        say(self.reach, " · ".join(_ways_to_reach(card)))
        say(self.came, self._how_it_came(card))
        say(self.held, self._holder(card))
        self.record.setVisible(self.open_persons and card.contact_id is not None)
        self.company.setVisible(card.company_id is not None)
        self.company.setText(f"{card.company} ({card.company_number})")
        self.company.setAccessibleName(f"Empresa {card.company}")
        self.more.setVisible(self._attends)
        for verb, _text, key in _VERBS:
            right, made = rights[verb], self.verbs[verb]
            made.setVisible(right.granted and (self._attends or verb is not Verb.ANSWER))
            made.setToolTip(f"{made.accessibleName()} ({shown(key)})")

    def stand(self, *, alone: bool) -> None:
        """Alone, there is a way back to the list; beside it, a way to have more room."""
        self.back.setVisible(alone)
        self.alone.setVisible(not alone)

    def _show_number(self, number: int, check: str, state: str) -> None:
        self.number.setText(f"Ticket {numbered(number, check)}")
        self.state.setText(stated(state))
        work = state == TicketState.AWAITING_COMMUNICATION
        mark(self.state, role="heading" if work else "")

    def _how_it_came(self, card: TicketCard) -> str:
        about = TicketKind(card.kind).label + (f": {card.topic}" if card.topic else "")
        option = f", opción {card.ivr_option}" if card.ivr_option is not None else ""
        code = f"código provisorio {card.provisional}" if card.provisional else ""
        by = f" por {card.taken_by}" if card.taken_by else ""
        came = f"Ingresó {formats.when(card.at, self._clock())}{by}"
        channel = f"{TicketChannel(card.channel).label}{option}"
        return " · ".join(part for part in (about, came, channel, CallerKind(card.caller_kind).label, code) if part)

    def _holder(self, card: TicketCard) -> str:
        """Who in the back office took it, while it waits for an answer."""
        taken = next((event for event in reversed(card.events) if event.kind == "taken" and not event.undone), None)
        if taken is None or card.state != TicketState.AWAITING_ANSWER:
            return ""
        return f"Lo tomó {taken.by_name} para responder, {formats.when(taken.at, self._clock())}"

    def _verb(self, verb: Verb, text: str, key: str) -> QPushButton:
        return small(text, f"verb_{verb.value}", partial(self.verb_asked.emit, verb), key=shown(key))

    def _lay_out(self) -> None:
        self.person.setWordWrap(False)
        top = flow((self.back, self.number, self.copy, self.state), 10)
        who = flow((self.person, self.record, self.company))
        acts = flow((*self.verbs.values(), self.more, self.alone))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(4)
        for widget in (top, who, self.reach, self.came, self.held, acts):
            column.addWidget(widget)


def _name(card: TicketCard) -> str:
    """«GÓMEZ, Ana», as operators look for people."""
    parts = (card.surname.upper(), card.names)
    return ", ".join(part for part in parts if part) or card.phone or formats.NOTHING


def _ways_to_reach(card: TicketCard) -> tuple[str, ...]:
    document = f"Doc. {formats.document(card.document)}" if card.document else ""
    phone = phones.shown(card.phone_e164) if card.phone_e164 else card.phone
    return tuple(part for part in (document, phone, card.email) if part)
