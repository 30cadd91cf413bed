"""«Nueva atención»: one screen for who calls, why, what comes next and who has to know; saved whole or not at all."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services import attentions, catalogues, contact_records
from iduo_desktop.services.attentions import Attended
from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.catalogues import Holiday, WorkingHours
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.ui.attention.answers import created
from iduo_desktop.ui.attention.form import AttentionForm
from iduo_desktop.ui.attention.form_parts import KIND, TITLE
from iduo_desktop.ui.attention.people_box import maybe_caller
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.person_editor import name_of
from iduo_desktop.ui.widgets.shift import Shift

KINDS = (KIND, f"{KIND}_call", f"{KIND}_person", f"{KIND}_case")
UNDONE = "La atención se deshizo. Lo que habías escrito sigue acá."
_CATALOGUES = {"route", "form", "form_version", "form_field", "setting"}
Person = Caller | ContactHit


@dataclass(frozen=True, slots=True)
class Target:
    """What a draft is about: the call it belongs to, else where one came from. Drafts of different ones never mix."""

    kind: str = KIND
    about: int = 0


class AttentionPage(QWidget):
    """`closed`: saved, or left with the draft kept. `attended` brings what was made.

    `call_ended`: this call, by its id, is over, and the database knows it.
    """

    closed = Signal()
    attended = Signal(object)
    call_ended = Signal(int)

    def __init__(
        self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock, talks: Talks | None = None
    ):
        super().__init__()
        self.setObjectName("attention_page")
        self._talks = talks or Talks(operations, self)
        self.talk = sentence("warning", "attention_talk")
        self.talk.setContentsMargins(12, 6, 12, 0)
        self.setAccessibleName(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._shift = Shift()
        self._hours: tuple[WorkingHours, ...] = ()
        self._target = Target()
        self.form = AttentionForm(operations, drafts, clock, me.area_code, self.warn)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.talk)
        column.addWidget(self.form)
        self.form.left.connect(self._leave)
        self.form.attended.connect(self._attended)
        self.form.put_off.connect(self._put_off)
        self._talks.changed.connect(self._show_talk)
        self.form.contact.changed.connect(self._show_talk)
        operations.changed.connect(self._take_change)
        self._ask_catalogues()

    def begin(
        self,
        contact_id: int | None = None,
        call: CallCard | None = None,
        person: Person | None = None,
        case_id: int | None = None,
        name: str = "",
    ) -> None:
        """Start an attention: of this person (called `name`), of this call, of this case of a person's.

        Without any, the newest draft comes back. While one is being saved, it stays.
        """
        if self.form.sending.running:
            self._notice.tell("Se está guardando la atención anterior.")
            return
        if contact_id is None and person is not None:
            contact_id = person.contact_id
        self._target = self._find_target(contact_id, call, case_id)
        draft = FormDraft(self._drafts, self._target.kind, self._target.about, TITLE)
        known = _preset(contact_id, call, person, case_id)
        self.form.start(draft, known | ({"#person": name} if name else {}), _callers(call))
        self._show_talk()

    def refresh(self) -> None:
        """F5: ask for what is offered again."""
        self._ask_catalogues()
        self.form.contact.read_again()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through: part by part."""
        return self.form.parts()

    def warn(self, at: datetime) -> str:
        """Why nobody works at that moment; empty when somebody does."""
        return self._shift.warning(at)

    def undo(self, done: Attended) -> None:
        """Take an attention back of which nothing typed is left here."""
        asked = self._operations.run(self, attentions.undo, done.event, uuid4())
        asked.then(lambda _: self._notice.tell("Se deshizo."))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        last = self.form.focusWidget()
        if last is not None:
            last.setFocus()
        else:
            self.form.focus_missing()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _show_talk(self) -> None:
        """Which colleague is speaking with this person, or with the number that was typed."""
        contact = self.form.contact
        numbers = (str(self.form.values().get("#caller", "")), contact.phone.parsed().search_key)
        say(self.talk, self._talks.sentence(None, contact.contact_id, numbers))

    def _find_target(self, contact_id: int | None, call: CallCard | None, case_id: int | None) -> Target:
        if call is not None:
            return Target(KINDS[1], call.id)
        if case_id is not None:
            return Target(KINDS[3], case_id)
        if contact_id is not None:
            return Target(KINDS[2], contact_id)
        left = self._drafts.newest(*KINDS)
        return Target(left.kind, left.target) if left is not None else Target()

    def _ask_catalogues(self) -> None:
        run, form = self._operations.run, self.form
        run(self, contact_records.section_forms).then(form.offer_sections).failed(lambda _: None)
        run(self, attentions.routes).then(form.offer_routes).failed(lambda _: None)
        run(self, attentions.desk).then(form.follow_up.decide).failed(lambda _: None)
        run(self, catalogues.working_hours).then(self._take_hours).failed(lambda _: None)

    def _take_hours(self, hours: tuple[WorkingHours, ...]) -> None:
        self._hours = hours
        self._operations.run(self, catalogues.holidays).then(self._take_holidays).failed(lambda _: None)

    def _take_holidays(self, holidays: tuple[Holiday, ...]) -> None:
        self._shift = Shift(self._hours, holidays)
        self.form.follow_up.at.box.read_again()

    def _attended(self, done: Attended, answers: dict[str, Any]) -> None:
        undo = partial(self._undo, done, answers, self._target)
        self._notice.show(created(done), undo=undo)
        call = answers.get("#call")
        if call is not None:
            self.call_ended.emit(int(call))
        self.attended.emit(done)
        if self.isVisible():
            self.closed.emit()

    def _undo(self, done: Attended, answers: dict[str, Any], target: Target) -> None:
        asked = self._operations.run(self, attentions.undo, done.event, uuid4())
        asked.then(lambda _: self._undone(answers, target))

    def _undone(self, answers: dict[str, Any], target: Target) -> None:
        """What was typed is a draft again, under a key of its own."""
        FormDraft(self._drafts, target.kind, target.about, TITLE).keep(answers)
        self._notice.tell(UNDONE)

    def _put_off(self) -> None:
        """It goes by itself later, and the call ends with it; one takes the next."""
        call_id = self.form.call.call_id
        if call_id is not None:
            self.call_ended.emit(call_id)
        self.closed.emit()

    def _leave(self) -> None:
        """Esc: the draft stays."""
        self._drafts.flush()
        self.closed.emit()

    def _take_change(self, table: str, changed: object) -> None:
        if table in _CATALOGUES:
            self._ask_catalogues()
        elif table == "contact" and changed == self.form.contact.contact_id and self.isVisible():
            self.form.contact.read_again()


def _callers(call: CallCard | None) -> tuple[Any, ...]:
    """Those who may be calling, where it may be more than one person."""
    people = [each for each in call.callers if each.contact_id is not None] if call is not None else []
    return tuple(maybe_caller(each) for each in people) if len(people) > 1 else ()


def _preset(
    contact_id: int | None, call: CallCard | None, person: Person | None, case_id: int | None
) -> dict[str, Any]:
    """The answers that are known before anything is typed."""
    known: dict[str, Any] = {}
    if call is not None:
        number = phones.shown(call.e164) if call.e164 else call.caller
        known = {"#call": call.id, "#since": call.at.isoformat(), "#caller": number, "phone": number}
        known["#called"] = bool(number)
        people = [each for each in call.callers if each.contact_id is not None]
        if contact_id is None and len(people) == 1:
            contact_id, person = people[0].contact_id, people[0]
    if contact_id is not None:
        name = "" if person is None else name_of(person) if isinstance(person, ContactHit) else person.name
        known |= {"#contact": contact_id, "#person": name}
    if case_id is not None:
        known["case"] = str(case_id)
    return known
