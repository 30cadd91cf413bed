"""The form of an attention: one draft that is always kept, one check, one command."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.services import attentions
from iduo_desktop.services.attentions import Attended, Route
from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.services.forms import Form
from iduo_desktop.ui import formats
from iduo_desktop.ui.attention.answers import attention_of
from iduo_desktop.ui.attention.chain import go_to
from iduo_desktop.ui.attention.form_parts import AttentionParts
from iduo_desktop.ui.attention.known_card import safe_words
from iduo_desktop.ui.attention.people_box import Maybe
from iduo_desktop.ui.attention.section_fold import SectionFold
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.labels import say

Values = Mapping[str, Any]
_OF_ITSELF = {"#since", "#person"}  # what nobody types


class AttentionForm(AttentionParts):
    """`attended` brings what was made, and the answers that made it. `put_off`: it goes by itself later."""

    attended = Signal(object, object)
    put_off = Signal()

    def __init__(self, *given: Any):
        super().__init__(*given)
        self._quiet = False
        self._started: Values = {}
        self._callers: tuple[Maybe, ...] = ()
        self._record: ContactRecord | None = None
        self._section_answers: dict[str, Any] = {}
        self._called = False
        self._began: Values = {}
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self._tick)
        self._connect()
        self.place_sections()

    def start(self, draft: FormDraft, preset: Values, callers: Iterable[Maybe] = ()) -> None:
        """Begin with a draft: what was typed before, else what is known already."""
        self.draft = draft
        self._started, self._callers = preset, tuple(callers)
        self._show(draft.values() if draft.restored_at is not None else preset)
        self.restored.tell(draft)
        self.sending.take(draft)
        if not draft.sent:
            self.focus_missing()

    def focus_missing(self) -> None:
        """What to ask first: who it is, else what it is about."""
        go_to(self.contact.missing() or self.case.missing())

    def submit(self) -> None:
        """Ctrl+Enter: check and send; once at a time."""
        for form in self.forms():
            for row in form.rows:
                if row.editor.input.hasFocus():
                    row.editor.settle()
        if self.sending.running or not (self.draft.sent or self.check()):
            return
        if not self.draft.sent:
            self.draft.keep(self.values())
        self.sending.send(self._ask)

    def check(self) -> bool:
        """Check what was typed; the first wrong field gets the focus."""
        wrong: list[FieldRow] = [*self.contact.check(), *self.case.check()]
        wrong += [*self.follow_up.check(), *self.route.check()]
        wrong += [row for section in self.sections for row in section.check()]
        wrong += self.network.check()
        if wrong:
            self.scroll_to(wrong[0].cell, wrong[0].editor.input)
        return not wrong

    def values(self) -> dict[str, Any]:
        """All that the draft and the command need."""
        sections = {**self._section_answers, **{str(each.version): each.values() for each in self.sections}}
        typed = {**self.contact.values(), **self.case.values(), **self.follow_up.values(), **self.route.values()}
        more = {
            "#sections": {version: said for version, said in sections.items() if said},
            "#network": self.network.values(),
            "#called": self._called or None,
        }
        found = {**typed, **self.call.values(), **more}
        return {key: value for key, value in found.items() if value not in (None, "", {}, [])}

    def offer_sections(self, forms: tuple[Form, ...]) -> None:
        """Take the sections that administrators made; what was typed into those that stay is not lost."""
        if [form.version for form in forms] == [each.version for each in self.sections]:
            return
        with self._filling():
            self._section_answers |= {str(each.version): each.values() for each in self.sections}
            self.network.setParent(None)
            for old in self.sections:
                old.hide()
                old.deleteLater()
            self.sections = [SectionFold(form, self.clock) for form in forms if form.fields]
            for each in self.sections:
                each.changed.connect(self._edit)
                each.finished.connect(self.submit_button.setFocus)
            self.place_sections()
            self._fill_sections()

    def offer_routes(self, routes: tuple[Route, ...]) -> None:
        """Take the routes."""
        with self._filling():
            self.route.offer(routes)

    def forget(self) -> None:
        """«Descartar»: begin as if nothing had been typed."""
        self.draft.discard()
        self.restored.hide()
        self._show(self._started)
        self.sending.take(self.draft)
        self.focus_missing()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticks.start()
        self._tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticks.stop()

    def _connect(self) -> None:
        self.submit_asked.connect(self.submit)
        self.restored.discard_asked.connect(self.forget)
        contact, case = self.contact, self.case
        for part in (contact, case, self.call, self.follow_up, self.route, self.network):
            part.changed.connect(self._edit)
        contact.known.connect(self._know)
        contact.finished.connect(case.focus_first)
        case.finished.connect(self.follow_up.box.setFocus)
        self.follow_up.finished.connect(self.route.box.setFocus)
        self.route.finished.connect(self.submit_button.setFocus)
        self.network.finished.connect(self.submit_button.setFocus)
        self.sending.done.connect(self._done)
        self.sending.refused.connect(self._refused)
        self.sending.failed.connect(self._failed)
        self.sending.put_off.connect(self.put_off)
        self.drafts.saved.connect(self._say_saved)

    def _ask(self) -> Operation[Any]:
        self.sent = self.draft.values()
        return self.operations.run(self, attentions.attend, attention_of(self.sent, self.area_code), self.draft.key)

    def _done(self, result: Attended) -> None:
        self.copy_button.hide()
        self.attended.emit(result, self.sent)

    def _refused(self, error: UserError) -> None:
        part, _, field = (error.field or "").partition(".")
        if self._show_refusal(part, field, error.message):
            self.sending.say("")

    def _show_refusal(self, part: str, field: str, message: str) -> bool:
        """Show what the database refused at its field; False when there is no such field on the screen."""
        if part == "contact":
            return self.contact.form.show_error(field or "surname", message)
        if part == "follow_up":
            return self.follow_up.show_refusal(field, message)
        if part == "network":
            number, _, key = field.partition(".")
            return self.network.show_refusal(int(number), key, message)
        if part == "sections":
            version, _, key = field.partition(".")
            folds = [each for each in self.sections if str(each.version) == version]
            return any(each.show_refusal(key, message) for each in folds)
        forms = (*self.case.forms(), self.route.form)
        return any(form.isVisible() and form.show_error(part, message) for form in forms)

    def _failed(self, _error: OperationError) -> None:
        self.copy_button.show()

    @contextmanager
    def _filling(self) -> Iterator[None]:
        """What changes now was not typed."""
        before, self._quiet = self._quiet, True
        yield
        self._quiet = before

    def _show(self, values: Values) -> None:
        with self._filling():
            self._called = bool(values.get("#called"))
            self.case.show_cases(())
            self.case.set_values(values)
            self.call.start(values)
            self.follow_up.set_values(values)
            self.route.set_values(values)
            self.contact.start(values, self._callers)
            self._section_answers = dict(values.get("#sections", {}))
            self._fill_sections()
            self.network.set_values(values.get("#network", ()))
            self.network_fold.open(bool(values.get("#network")))
            self._began = {} if self.draft.restored_at is not None else _plain(self.values())
        say(self.saved_label, "")
        self.copy_button.hide()
        self._tick()

    def _fill_sections(self) -> None:
        for each in self.sections:
            each.set_values(self._section_answers.pop(str(each.version), {}))
        self._know_sections()

    def _know(self, record: ContactRecord | None) -> None:
        """Somebody was chosen, or nobody any more."""
        self._record = record
        with self._filling():
            self.case.show_cases(record.cases if record is not None else ())
        self.follow_up.say(safe_words(record) if record is not None else "", "warning")
        self._know_sections()

    def _know_sections(self) -> None:
        there = {each.title: each for each in self._record.sections} if self._record is not None else {}
        for each in self.sections:
            each.know(there.get(each.title))

    def _edit(self) -> None:
        """Something was typed: keep it."""
        if self._quiet:
            return
        typed = self.values()
        kept = bool(self.draft.values()) or _plain(typed) != self._began
        self.draft.keep(typed if _plain(typed) != self._began else {})
        if kept:
            self.sending.say("")
            say(self.saved_label, "Borrador solo en memoria" if self.drafts.memory_only else self.saved_label.text())

    def _say_saved(self, at: datetime) -> None:
        if self.isVisible() and self.draft.values():
            say(self.saved_label, f"Borrador guardado {formats.here(at):%H:%M:%S}")

    def _tick(self) -> None:
        in_call = self.call.call_id is not None
        self.time.setText(f"⏱ llamada en curso {self.call.lasted()}" if in_call else "")


def _plain(values: Values) -> Values:
    return {key: value for key, value in values.items() if key not in _OF_ITSELF}
