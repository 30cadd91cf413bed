"""The form of a message: what is asked, what is offered meanwhile, and the draft that is always kept."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from iduo_desktop.database.errors import ConnectionLost, OperationError, UserError
from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.catalogues import Topic
from iduo_desktop.services.forms import Form
from iduo_desktop.services.tickets import Created, Done, Similar
from iduo_desktop.terms import CallerKind, TicketChannel
from iduo_desktop.ui import formats
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.intake import message
from iduo_desktop.ui.intake.form_parts import FormParts
from iduo_desktop.ui.intake.message import provisional_code
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import say

LOW = 440
_USUAL = {"channel": TicketChannel.PHONE.value, "caller_kind": CallerKind.CLIENT.value}
_ABOUT = ("#call", "#chat", "#told", "#ivr", "#head", "#since", "#provisional")
Values = Mapping[str, Any]


class MessageForm(FormParts):
    """`registered` brings what was created, `insisted` what was added to a ticket, each with the form's answers.

    `put_off`: it goes by itself when there is a line again. `company_changed` tells the company's id, None for none.
    """

    registered = Signal(object, object)
    insisted = Signal(object, object)
    put_off = Signal()
    company_changed = Signal(object)
    ticket_requested = Signal(int)

    def __init__(self, *given: Any):
        super().__init__(*given)
        self._connect()

    def start(self, draft: FormDraft, preset: Values) -> None:
        """Begin with a draft: what was typed before, else what is known already."""
        self.draft = draft
        self._started = preset
        self._show(draft.values() if draft.restored_at is not None else preset)
        self.restored.tell(draft)
        self.sending.take(draft)
        if not draft.sent:
            self.fields.missing().setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def call_id(self) -> int | None:
        """The call that the message is of."""
        found = self._about.get("#call")
        return int(found) if found is not None else None

    @property
    def of_chat(self) -> bool:
        """Whether the call is a chat's, which goes on."""
        return "#chat" in self._about

    @property
    def caller(self) -> str:
        """Who leaves it, as far as one knows."""
        name = self.fields.contact.value()
        return str(name) if name else ""

    def submit(self) -> None:
        """Ctrl+Enter: check and send; once at a time."""
        if self.sending.running or not (self.draft.sent or self.check()):
            return
        if not self.draft.sent:
            self._keep({"#similar": None})
        self.sending.send(self._ask)

    def insist(self, similar: Similar) -> None:
        """Add the text to a ticket that waits already."""
        if self.sending.running or self.draft.sent:
            return
        self._keep({"#similar": [similar.ticket_id, similar.number, similar.check]})
        self.sending.send(self._ask)

    def check(self) -> bool:
        """Check what was typed; the first wrong field gets the focus."""
        wrong = [row for form in self.forms() for row in form.check()]
        if wrong:
            self.scroll_to(wrong[0].cell, wrong[0].editor.input)
        return not wrong

    def values(self) -> dict[str, Any]:
        """All that the draft and the command need."""
        fields = self.fields
        extra = self.extra.values() if self.extra is not None else {}
        found: dict[str, Any] = {
            **fields.values(),
            **self._about,
            "#contact": fields.contact.contact_id,
            "#new": fields.contact.new,
            "#company": fields.company.unasked,
            "#number": fields.company.line.text().strip(),
            "#name": fields.company.name.text(),
            "#insisted": self.insisted_row.text(),
            "#form": self.extra_form.version if self.extra_form is not None else None,
            "#extra": json.dumps(extra),
        }
        return {key: value for key, value in found.items() if value not in (None, "", False)}

    def show_person(self, contact_id: int, name: str, document: str, phone: str, email: str) -> None:
        """Fill in what is known of a person, over nothing that is there already."""
        with self._filling():
            fields = self.fields
            fields.contact.show_person(contact_id, name)
            for editor, value in ((fields.document, document), (fields.phone, phone), (fields.email, email)):
                if editor.is_blank() and value:
                    editor.set_value(value)
        self._follow()

    def show_company(self, company: DeskCompany | None) -> None:
        """The company has been read."""
        if company is not None and company.company_id == self.fields.company.company_id:
            with self._filling():
                self.fields.company.show_company(company.company_id, str(company.number), company.name)
        self._company = company
        self.show_note()
        self.offer_reasons()
        self._speak()

    def show_note(self, *, beside: bool | None = None) -> None:
        """What was noted of the company, unless it is to be read `beside` the form."""
        self._beside = self._beside if beside is None else beside
        say(self.note, "" if self._beside or self._company is None else self._company.note)

    def offer_reasons(self, *, told: bool = False) -> None:
        """Once his assistants were offered to the caller, it is asked why he would not speak to them."""
        offered = told or (self._company is not None and self._company.offer)
        self.insisted_row.setVisible(offered or not self.insisted_row.isHidden())

    def offer_topics(self, topics: tuple[Topic, ...]) -> None:
        """What a message can be about."""
        with self._filling():
            self.fields.topic.offer(topics)

    def show_extra(self, form: Form | None) -> None:
        """What the organisation asks besides; what was answered already stays."""
        answered = self.extra.values() if self.extra is not None else self._extra_answers
        if self.extra is not None:
            self.extra_place.removeWidget(self.extra)
            self.extra.hide()
            self.extra.deleteLater()
        self.extra_form, self.extra = form, None
        if form is not None and form.fields:
            self.extra = FormView(form.fields, self.clock)
            self.extra.set_values(answered)
            self.extra.changed.connect(self._edit)
            self.extra_place.addWidget(self.extra)
        self._align()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.dress(low=self.height() < LOW)

    def _connect(self) -> None:
        """What follows what."""
        self.submit_asked.connect(self.submit)
        self.restored.discard_asked.connect(self.forget)
        self.fields.changed.connect(self._edit)
        self.fields.company.chosen.connect(self.company_changed)
        self.company_changed.connect(self.fields.contact.belong)
        self.fields.contact.chosen.connect(self._take_person)
        self.fields.finished.connect(self._finish)
        self.insisted_row.changed.connect(self._edit)
        self.similar.insist_requested.connect(self.insist)
        self.similar.ticket_requested.connect(self.ticket_requested)
        self.sending.done.connect(self._done)
        self.sending.refused.connect(self._refused)
        self.sending.failed.connect(self._failed)
        self.sending.put_off.connect(self._put_off)
        self.sending.waits.connect(self.code.show_waiting)
        self.drafts.saved.connect(self._say_saved)
        self.operations.connection_changed.connect(self._back)

    def forget(self) -> None:
        """«Descartar»: begin as if nothing had been typed."""
        self.draft.discard()
        self.restored.hide()
        self._show(self._started)
        self.sending.take(self.draft)
        self.fields.missing().setFocus(Qt.FocusReason.OtherFocusReason)

    def forms(self) -> list[FormView]:
        """Ours, and the organisation's."""
        return [self.fields, *([self.extra] if self.extra is not None else [])]

    def _ask(self) -> Operation[Any]:
        self._sent = self.draft.values()
        return self.operations.run(self, message.send, self._sent, self.area_code, self.draft.key)

    def _done(self, result: Created | Done) -> None:
        self.similar.clear()
        self.copy_button.hide()
        self._show_code()
        (self.registered if isinstance(result, Created) else self.insisted).emit(result, self._sent)

    def _put_off(self) -> None:
        self.similar.clear()
        self.copy_button.hide()
        self.put_off.emit()

    def _refused(self, error: UserError) -> None:
        self._show_code()
        field = {"surname": "contact", "names": "contact"}.get(error.field or "", error.field or "")
        if any(form.show_error(field, error.message) for form in self.forms()):
            self.sending.say("")

    def _failed(self, error: OperationError) -> None:
        """Without a server the caller gets a code that finds his message for ever; never an invented number."""
        if isinstance(error, ConnectionLost) and not self.draft.sent:
            similar = self.draft.values().get("#similar")  # that one has a number
            if similar is None:
                self._about.setdefault("#provisional", provisional_code())
            self._keep({"#similar": similar})
        self.copy_button.show()
        self._show_code()
        if self.draft.sent:
            self.code.show_waiting()

    def _back(self, online: bool) -> None:
        if online and self._about.get("#provisional") and not self.sending.running:
            self.sending.say("Volvió la conexión: ya podés registrarlo.", "ok")

    def _show_code(self) -> None:
        self.code.show_code(str(self._about.get("#provisional", "")))

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """What changes now was not typed."""
        before, self._quiet = self._quiet, True
        yield
        self._quiet = before

    def _show(self, values: Values) -> None:
        with self._filling():
            fields = self.fields
            fields.set_values({**_USUAL, **values})
            company = values.get("company")
            number, name = str(values.get("#number", "")), str(values.get("#name", ""))
            fields.company.show_company(int(company) if company else None, number, name)
            if values.get("#company"):
                fields.company.settle()  # it was typed while nobody could be asked
            contact = values.get("#contact")
            fields.contact.show_person(contact, str(values.get("contact", "")), new=bool(values.get("#new")))
            self.insisted_row.set_text(str(values.get("#insisted", "")))
            self.insisted_row.setVisible(bool(values.get("#insisted")))
            self._about = {key: values[key] for key in _ABOUT if key in values}
            self._extra_answers = json.loads(str(values.get("#extra", "{}")))
            if self.extra is not None:
                self.extra.set_values(self._extra_answers)
        for form in self.forms():
            for row in form.rows:
                row.show_error("")
        since = self._about.get("#since")
        self.head.show_call(str(self._about.get("#head", "")), datetime.fromisoformat(since) if since else None)
        self._show_code()
        say(self.saved_label, "")
        self._company = None
        self.copy_button.hide()
        self.show_note()
        self.company_changed.emit(fields.company.company_id)
        self._follow()

    def _edit(self) -> None:
        """Something was typed: keep it, and look for what it may repeat."""
        if not self._quiet:
            self._keep({})
            self.sending.say("")
            self._follow()

    def _keep(self, more: Values) -> None:
        if self.drafts.memory_only:
            say(self.saved_label, "Borrador solo en memoria")
        self.draft.keep({**self.values(), **{key: value for key, value in more.items() if value is not None}})

    def _follow(self) -> None:
        fields = self.fields
        parsed = fields.phone.parsed()
        text = str(fields.text.value() or "")
        document = fields.document.plain()
        self.similar.look_for(fields.company.company_id, fields.contact.contact_id, document, parsed.search_key, text)
        self._speak()

    def _speak(self) -> None:
        offers = self._company is not None and self._company.offer
        self.script.know({"cliente": self.caller or "usted"})
        self.script.say("assistants" if offers and self.fields.text.is_blank() else "greeting")

    def _take_person(self, hit: Any) -> None:
        if hit is not None:
            name = str(self.fields.contact.value() or "")
            self.show_person(hit.contact_id, name, hit.document, hit.phone, hit.email)
            if self.fields.company.is_blank() and hit.company_id is not None:
                self.fields.company.show_company(hit.company_id, str(hit.company_number or ""), hit.company)
                self.fields.company.chosen.emit(hit.company_id)
            self._edit()

    def _finish(self) -> None:
        self.submit_button.setFocus()

    def _say_saved(self, at: datetime) -> None:
        if self.isVisible() and self.draft.values():
            say(self.saved_label, f"Borrador guardado {formats.here(at):%H:%M:%S}")

    def scroll_to(self, cell: QWidget, target: QWidget) -> None:
        """Focus it and make sure that it can be seen, with what is said under it."""
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(cell, 0, 12))
