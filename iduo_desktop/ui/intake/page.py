"""«Mensaje a iduo»: what a caller says goes in, and the number that is read to him comes out."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from iduo_desktop.services import assistants, calls, catalogues, contacts, intake
from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import Created, Done, TicketCard
from iduo_desktop.terms import CallOutcome
from iduo_desktop.ui import actions
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.intake.company_panel import WIDTH, CompanyPanel
from iduo_desktop.ui.intake.form import MessageForm
from iduo_desktop.ui.intake.number_screen import NumberScreen
from iduo_desktop.ui.intake.preset import Target, preset, target
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.script_strip import first_name
from iduo_desktop.ui.widgets.ticket_words import numbered

NARROW = 900  # from here on the company stands beside the form by itself
FOR_BOTH = 700
READ_MS = 300
_OF_THE_COMPANY = {"company", "company_assistant", "assistant", "ticket"}
_CATALOGUES = {"topic", "script", "form", "form_version", "form_field"}


class IntakePage(QWidget):
    """The form with the company beside it, then the number in its place.

    `closed`: done, or left with the draft kept. `ticket_requested`: a ticket is to be opened, by its id.
    `call_ended`: this call, by its id, is over by what was done here, and the database knows it.
    """

    closed = Signal()
    ticket_requested = Signal(int)
    call_ended = Signal(int)

    def __init__(
        self,
        operations: Operations,
        me: Me,
        notice: Notice,
        drafts: Drafts,
        clock: Clock,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("intake_page")
        self.setAccessibleName("Mensaje a iduo")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        self._operations = operations
        self._me = me
        self._notice = notice
        self._drafts = drafts
        self._company_id: int | None = None
        self._asked: Operation[DeskCompany] | None = None
        self._wish: bool | None = None
        self._call_to_end: tuple[int, CallOutcome] | None = None
        self._scripts: dict[str, str] = {}
        self.form = MessageForm(operations, drafts, clock, me.area_code)
        self.number = NumberScreen()
        self.panel = CompanyPanel(operations, clock, lambda: self.form.caller, self._about)
        self._again = QTimer(self, singleShot=True, interval=READ_MS)
        self._again.timeout.connect(self._read_company)
        self._lay_out()
        self._connect()
        self.form.script.know({"operador": first_name(me.full_name), "organización": me.organisation})
        self._ask_catalogues()

    def begin(
        self,
        call: CallCard | None = None,
        company_id: int | None = None,
        contact: Caller | ContactHit | None = None,
        ticket: TicketCard | None = None,
        known: Mapping[str, object] | None = None,
    ) -> None:
        """Start a message: of this call, of this company, from this person, from who left this ticket.

        Without any, the newest draft comes back. While one is being saved, it stays.
        """
        self._stack.setCurrentWidget(self.form)
        if self.form.sending.running:
            self._notice.tell("Se está guardando el mensaje anterior.")
            return
        if self._call_to_end is not None and (call is None or call.id != self._call_to_end[0]):
            self._end_call()  # its number was left without «Listo»
        found = target(call, company_id, contact, ticket)
        if found == Target():
            left = self._drafts.newest(*Target.kinds())
            found = Target(left.kind, left.target) if left is not None else found
        if call is None or call.id != self.form.call_id:
            self._company_id = None
            self.panel.show_company(None)  # what was told to one caller is not there for the next
        draft = FormDraft(self._drafts, found.kind, found.about, "Mensaje a iduo")
        self.form.start(draft, preset(call, company_id, contact, ticket) | dict(known or {}))
        self.panel.assistants.allow_acceptance(on=self.form.call_id is not None and not self.form.of_chat)
        if isinstance(contact, Caller) and draft.restored_at is None:
            self._look_up(contact)

    def refresh(self) -> None:
        """F5: ask for what is shown again."""
        self._ask_catalogues()
        self._read_company()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through, in reading order."""
        return (self._stack, self.panel)

    def toggle_panel(self) -> None:
        """F12: show or hide the company; where there is no room for both, it takes the form's place."""
        self._wish = self.panel.isHidden()
        self._fit()
        if not self._wish:
            self.form.fields.missing().setFocus()

    def show_assistants(self) -> None:
        """Ctrl+Shift+D: ask why their data are given."""
        if self.panel.company is None:
            self._notice.tell("Primero elegí la empresa.")
            return
        if self.panel.isHidden():
            self.toggle_panel()
        self.panel.assistants.ask()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        shown = self._stack.currentWidget()
        last = shown.focusWidget() if shown is not None else None
        (last or self.form.fields.missing()).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        wanted = self.width() >= NARROW if self._wish is None else self._wish
        alone = self.width() < FOR_BOTH
        shown = wanted and self._stack.currentWidget() is not self.number
        self.panel.setVisible(shown)
        self.panel.setFixedWidth(max(self.width(), 1) if alone else WIDTH)
        self._stack.setVisible(not (alone and shown))
        self.form.show_note(beside=shown)

    def _about(self) -> tuple[int | None, int | None]:
        return None, self.form.call_id

    # What is asked of the database

    def _ask_catalogues(self) -> None:
        run = self._operations.run
        run(self, catalogues.topics).then(self.form.offer_topics).failed(lambda _: None)
        run(self, catalogues.scripts).then(self._take_scripts).failed(lambda _: None)
        run(self, intake.extra_fields).then(self.form.show_extra).failed(lambda _: None)

    def _take_scripts(self, scripts: tuple[catalogues.Script, ...]) -> None:
        self._scripts = {script.situation: script.text for script in scripts}
        self.form.script.offer(scripts)

    def _read(self, company_id: int | None) -> None:
        if company_id != self._company_id:
            self.panel.show_company(None)
        self._company_id = company_id
        self._read_company()

    def _read_company(self) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if self._company_id is not None:
            self._asked = self._operations.run(self, assistants.company, self._company_id)
            self._asked.then(self._show_company).failed(lambda _: None)

    def _show_company(self, company: DeskCompany) -> None:
        self._asked = None
        if company.company_id == self._company_id:
            self.panel.show_company(company)
            self.form.show_company(company)

    def _look_up(self, caller: Caller) -> None:
        """What else is known of who calls."""
        if caller.contact_id is not None:
            text = caller.document or caller.name
            asked = self._operations.run(self, contacts.find, text, caller.company_id)
            asked.then(partial(self._found, caller.contact_id)).failed(lambda _: None)

    def _found(self, contact_id: int, hits: tuple[ContactHit, ...]) -> None:
        hit = next((hit for hit in hits if hit.contact_id == contact_id), None)
        contact = self.form.fields.contact
        if hit is not None and contact.contact_id == contact_id:
            self.form.show_person(contact_id, str(contact.value()), hit.document, hit.phone, hit.email)

    # What becomes of the message

    def _registered(self, created: Created, answers: dict[str, Any]) -> None:
        code = answers.get("#provisional")
        remark = f"El código provisorio {code} también sirve para buscarlo." if code else ""
        self._finish(answers, CallOutcome.MESSAGE)
        self._show_number("Ticket", created.ticket_id, created.number, created.check, "registered", remark)

    def _insisted(self, done: Done, answers: dict[str, Any]) -> None:
        _, number, check = answers["#similar"]
        self._finish(answers, CallOutcome.INSISTED)
        remark = "Se agregó lo que dijo ahora; el ticket pasa adelante."
        self._show_number("Agregado al ticket", done.ticket_id, int(number), str(check), "waiting", remark)

    def _finish(self, answers: dict[str, Any], outcome: CallOutcome) -> None:
        call = answers.get("#call") if "#chat" not in answers else None  # a chat goes on after its message
        self._call_to_end = (int(call), outcome) if call is not None else None

    def _show_number(self, head: str, ticket_id: int, number: int, check: str, situation: str, remark: str) -> None:
        if not self.isVisible():
            go = ("Ver", partial(self.ticket_requested.emit, ticket_id))
            self._notice.show(f"{head} {numbered(number, check)} registrado", action=go)
            self._end_call()
            return
        self.number.show_number(head, number, check, self.form.script.filled(self._scripts.get(situation, "")), remark)
        self._stack.setCurrentWidget(self.number)
        self._fit()
        self.number.setFocus()

    def _read_out(self) -> None:
        """The number was read."""
        self._end_call()
        self.closed.emit()

    def _end_call(self) -> None:
        ended, self._call_to_end = self._call_to_end, None
        if ended is not None:
            call_id, outcome = ended
            asked = self._operations.run(self, calls.end, call_id, outcome.value, "", uuid4())
            asked.then(lambda _: self.call_ended.emit(call_id)).refused(lambda _: self.call_ended.emit(call_id))

    def _accept(self) -> None:
        """The caller goes to his assistant: the call ends without a ticket; what was typed is its note."""
        call_id = self.form.call_id
        if call_id is None or self.form.sending.running:
            return
        note = str(self.form.fields.text.value() or "")[:2000]
        asked = self._operations.run(self, calls.end, call_id, CallOutcome.ASSISTANT.value, note, uuid4())
        asked.busy(self.panel.assistants).then(partial(self._accepted, call_id))

    def _accepted(self, call_id: int, _ended: object) -> None:
        self.form.draft.discard()
        self._notice.show("Llamada terminada: aceptó contactar a su asistente")
        self.call_ended.emit(call_id)
        self.closed.emit()

    def _put_off(self) -> None:
        """It goes by itself later, and the call ends with it; one takes the next."""
        call_id = self.form.call_id
        if call_id is not None and not self.form.of_chat:
            self.call_ended.emit(call_id)
        self.closed.emit()

    def _leave(self) -> None:
        """Esc: the draft stays; from the number it is as good as «Listo»."""
        if self._stack.currentWidget() is self.number:
            self._read_out()
        elif self._stack.isHidden():
            self.toggle_panel()
        else:
            self._drafts.flush()
            self.closed.emit()

    def _leave_panel(self) -> None:
        """Esc in the assistants: where the company hides the form, the form comes back."""
        if self._stack.isHidden():
            self.toggle_panel()

    def _take_change(self, table: str, changed: int | None) -> None:
        if table in _CATALOGUES:
            self._ask_catalogues()
        elif table in _OF_THE_COMPANY and self._company_id is not None and self.isVisible():
            self._again.start()

    def _connect(self) -> None:
        form, panel = self.form, self.panel
        form.company_changed.connect(self._read)
        form.registered.connect(self._registered)
        form.insisted.connect(self._insisted)
        form.put_off.connect(self._put_off)
        form.left.connect(self._leave)
        form.ticket_requested.connect(self.ticket_requested)
        panel.ticket_requested.connect(self.ticket_requested)
        panel.assistants.accepted.connect(self._accept)
        panel.assistants.left.connect(self._leave_panel)
        panel.assistants.disclosed.connect(lambda _reason: form.offer_reasons(told=True))
        self.number.done.connect(self._read_out)
        self._operations.changed.connect(self._take_change)
        actions.make(self, "assistants", self.show_assistants)
        actions.make(self, "panel", self.toggle_panel)

    def _lay_out(self) -> None:
        self._stack = QStackedWidget()
        self._stack.setObjectName("intake_stack")
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.number)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._stack, 1)
        row.addWidget(self.panel)
