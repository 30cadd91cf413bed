"""A mail, a text message or a WhatsApp to the client of the case that is shown, written beside the list."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.services import messages
from iduo_desktop.services.cases import CaseCard
from iduo_desktop.services.messages import Filled, Outgoing, Sent, Template, Way
from iduo_desktop.services.pressure import Pressure
from iduo_desktop.terms import Channel
from iduo_desktop.ui import actions
from iduo_desktop.ui.cases.addresses import reachable
from iduo_desktop.ui.cases.composer_boxes import variables_in
from iduo_desktop.ui.cases.composer_parts import ComposerParts
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import say
from iduo_desktop.ui.widgets.pressure_words import hindrance
from iduo_desktop.ui.widgets.sender import Sender

KIND = "message"
GATEWAY = "gateway"
_TITLES = {Channel.EMAIL: "Escribir un mail", Channel.SMS: "Escribir un SMS", Channel.WHATSAPP: "Escribir por WhatsApp"}
_SENDS = "Enviar"
_OPENS = {
    Channel.EMAIL: "Abrir el programa de mail",
    Channel.SMS: "Abrir el programa de mensajes",
    Channel.WHATSAPP: "Abrir WhatsApp",
}
_LATE = "⚠ Los envíos están demorados: el mensaje queda por enviar y sale cuando se recuperen."
_NOWHERE = {
    Channel.EMAIL: "No hay ningún mail cargado. Agregalo en los datos del cliente.",
    Channel.SMS: "No hay ningún teléfono al que mandarle un SMS. Agregalo en los datos del cliente.",
    Channel.WHATSAPP: "No hay ningún teléfono con WhatsApp posible. Agregalo en los datos del cliente.",
}
_UNSAFE = "⛔ Lo que hay cargado figura como no seguro: puede leerlo otra persona. Mirá su ficha antes de escribirle."


class Composer(ComposerParts):
    """Keeps what is typed as a draft of the case and the channel.

    `sent` brings what the outbox took, `handed` what is to be opened in a program of this PC; `closed` follows Esc.
    """

    sent = Signal(object)
    handed = Signal(object)
    closed = Signal()

    def __init__(self, operations: Operations, drafts: Drafts, clock: Clock):
        super().__init__(clock)
        self._operations = operations
        self._drafts = drafts
        self.card: CaseCard | None = None
        self._channel = Channel.EMAIL
        self._draft: FormDraft | None = None
        self._ways: dict[str, Way] = {}
        self._pressures: Mapping[str, Pressure] = {}
        self._template: int | None = None
        self._needs_reason = self._restoring = False
        self.last: dict[str, Any] = {}  # what was sent, should it be taken back
        self._connect()
        self.hide()

    @property
    def channel(self) -> str:
        """By which channel one writes."""
        return self._channel.value

    def begin(self, card: CaseCard, channel: str) -> None:
        """Write to the client of this case; what was typed before and not sent comes back."""
        self.card, self._channel = card, Channel(channel)
        self._needs_reason = False
        self._template = None
        self.title.setText(_TITLES[self._channel])
        self.setAccessibleName(_TITLES[self._channel])
        self.show_channel(self._channel)
        self.to.set_choices(reachable(card, channel))
        self._take_draft(card)
        self._operations.run(self, messages.templates, channel).then(partial(self._offer, channel))
        self._operations.run(self, messages.ways).then(self._take_ways)
        self.show()
        self._adapt()
        self._first().setFocus()

    def show_card(self, card: CaseCard | None) -> None:
        """The case as it is now, whose addresses may be others; another case puts this away, its text kept."""
        if card is None or self.card is None or card.id != self.card.id:
            self.hide()
        else:
            self.card = card
            self.to.set_choices(reachable(card, self._channel))
            self._adapt()

    def show_pressures(self, found: Mapping[str, Pressure]) -> None:
        """By which channels the client may be contacted now."""
        self._pressures = found
        self._adapt()

    def submit(self) -> None:
        """Ctrl+Enter: send it, or open the program of this PC."""
        if self.card is None or self._draft is None or self._sender.running:
            return
        if self._draft.sent:
            self._sender.send(partial(self._ask, self.card.id, self._draft))
        elif self._check():
            self._draft.keep(self._values())
            if self._by_gateway():
                self._sender.send(partial(self._ask, self.card.id, self._draft))
            else:
                self.handed.emit(_outgoing(self._values()))

    def finish(self) -> None:
        """What was opened in another program went out there: the draft is not wanted any more."""
        if self._draft is not None and not self._draft.sent:
            self._draft.discard()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in ENTER:
            self.focusNextChild()
        else:
            super().keyPressEvent(event)

    def _connect(self) -> None:
        self._sender = Sender(self, [self.content], self.primary, self.message, _SENDS)
        self._sender.done.connect(self._done)
        self._sender.refused.connect(self._refused)
        self.primary.clicked.connect(lambda _checked: self.submit())
        self.close_button.clicked.connect(lambda _checked: self.closed.emit())
        self.changed.connect(self._changed)
        self.templates.picked.connect(self._fill)
        self._drafts.recovered.connect(self._recover)
        actions.make(self, "save", self.submit)
        actions.make(self, "templates", self.templates.begin)

    def _first(self) -> QWidget:
        if self._draft_sent():
            return self.primary
        blank = self._channel is Channel.EMAIL and not self.subject.text()
        return self.subject if blank else self.text

    def _by_gateway(self) -> bool:
        way = self._ways.get(self._channel)
        return way is not None and way.by == GATEWAY

    def _draft_sent(self) -> bool:
        return self._draft is not None and self._draft.sent

    def _take_ways(self, ways: tuple[Way, ...]) -> None:
        self._ways = {way.channel: way for way in ways}
        self._adapt()

    def _offer(self, channel: str, templates: tuple[Template, ...]) -> None:
        if channel == self._channel:
            self.templates.offer(templates)

    def _changed(self) -> None:
        """Something was typed or chosen: show what goes with it, and keep the draft."""
        self._adapt()
        if self._draft is not None and not self._restoring:
            self._sender.say("")
            self._draft.keep(self._values() if self._touched() else {})

    def _adapt(self) -> None:
        """Say what the address, the pressure and the way out ask for."""
        if self.card is None:
            return
        ways = reachable(self.card, self._channel)
        nowhere = _UNSAFE if ways else _NOWHERE[self._channel]
        safe = any(not way.unsafe for way in ways)
        pressure = self._pressures.get(self._channel)
        hindered = hindrance(pressure) if pressure is not None else ""
        self.ask_reason(bool(hindered or self._needs_reason))
        say(self.pause, hindered)
        way = self._ways.get(self._channel)
        late = _LATE if way is not None and way.by == GATEWAY and not way.healthy else ""
        say(self.remark, late if safe else nowhere)
        self.primary.setEnabled((safe or self._draft_sent()) and bool(self._ways) and not self._sender.running)
        if not self._draft_sent() and not self._sender.running:
            self.name_primary(_SENDS if self._by_gateway() else _OPENS[self._channel])
        self.count(self._channel)

    def _touched(self) -> bool:
        return bool(self.text.toPlainText().strip() or self.subject.text().strip())

    def _values(self) -> dict[str, Any]:
        return {
            "channel": self._channel.value,
            "address": self.to.key() or "",
            "subject": self.subject.text().strip() if self._channel is Channel.EMAIL else "",
            "text": self.text.toPlainText().strip(),
            "template": self._template,
            "reason": self.reason_text(),
        }

    def _set_values(self, values: Mapping[str, Any]) -> None:
        self._restoring = True
        if values.get("address"):
            self.to.choose(str(values["address"]))
        self.subject.setText(str(values.get("subject") or ""))
        self.text.setPlainText(str(values.get("text") or ""))
        self.set_reason(str(values.get("reason") or ""))
        self._template = values.get("template")
        self._restoring = False
        self.show_missing()

    def _check(self) -> bool:
        """Whether it can go; what is missing is said, and has the keyboard."""
        self.missing.settle()
        missing = variables_in(self.subject.text(), self.text.toPlainText())
        problem: str = ""
        where: QWidget = self.text
        if self.to.key() is None:
            problem, where = "Elegí a quién", self.to
        elif missing:
            self.show_missing()
            problem, where = f"Falta completar: {', '.join(missing)}", self.first_missing()
        elif not self.text.toPlainText().strip() and self._channel is not Channel.WHATSAPP:
            problem = "Escribí el mensaje"
        elif self._channel is Channel.EMAIL and not self.subject.text().strip():
            problem, where = "Escribí el asunto", self.subject
        self._sender.say(problem)
        if problem:
            where.setFocus()
        return not problem and self.check_reason()

    def _ask(self, case_id: int, draft: FormDraft) -> Operation[Sent]:
        return self._operations.run(self, messages.send, case_id, _outgoing(draft.values()), draft.key)

    def _done(self, sent: object) -> None:
        self.last = self._values()
        self._set_values({})
        self.sent.emit(sent)

    def _refused(self, error: UserError) -> None:
        # the client may have been reached by somebody else meanwhile
        self._needs_reason = self._needs_reason or error.field == "override_reason"
        self._adapt()
        if error.field == "override_reason":
            self._sender.say("")
            self.refuse_reason(error.message)
        else:
            {"address": self.to, "subject": self.subject}.get(error.field or "", self.text).setFocus()

    def _fill(self, template: Template) -> None:
        if self.card is not None:
            values = (template.id, self.card.id)
            self._operations.run(self, messages.fill, *values).then(partial(self._insert, template.id, self.card.id))

    def _insert(self, template_id: int, case_id: int, filled: Filled) -> None:
        """Put a template in where one writes; what was typed stays."""
        if self.card is None or case_id != self.card.id:
            return
        self._template = template_id
        if not self.subject.text().strip():
            self.subject.setText(filled.subject)
        if self.text.toPlainText().strip():
            self.text.insertPlainText(filled.text)
        else:
            self.text.setPlainText(filled.text)
        self.show_missing()
        self.first_missing().setFocus()

    def _take_draft(self, card: CaseCard) -> None:
        self._draft = draft_of(self._drafts, card, self._channel.value)
        self._set_values(self._draft.values())
        self._sender.take(self._draft)

    def _recover(self) -> None:
        """What an earlier run left was read after this was opened."""
        if self.card is not None and self.isVisible() and not self._touched() and not self._sender.running:
            self._take_draft(self.card)
            self._adapt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.breathe(self.window().height())


def draft_of(drafts: Drafts, card: CaseCard, channel: str) -> FormDraft:
    """What was typed to the client of a case, for this channel."""
    return FormDraft(drafts, f"{KIND}:{channel}", card.id, f"{_TITLES[Channel(channel)]} — {card.client}")


def _outgoing(values: Mapping[str, Any]) -> Outgoing:
    return Outgoing(
        channel=str(values["channel"]),
        address=str(values["address"]),
        subject=str(values["subject"]),
        text=str(values["text"]),
        template_id=values["template"],
        override_reason=str(values["reason"]),
    )
