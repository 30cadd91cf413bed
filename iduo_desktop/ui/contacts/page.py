"""The page of persons: the list with its search box, and over it the record of the one that is opened."""

from collections.abc import Callable
from functools import partial
from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services import contact_records
from iduo_desktop.services.contact_records import ContactRecord, Merged
from iduo_desktop.services.contacts import ContactHit, Kept
from iduo_desktop.services.pressure import Party
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Channel
from iduo_desktop.ui import actions
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.contacts.contact_list import ContactList
from iduo_desktop.ui.contacts.merge_dialog import MergeDialog
from iduo_desktop.ui.contacts.new_dialog import NewContactDialog
from iduo_desktop.ui.contacts.reader import ContactReader
from iduo_desktop.ui.contacts.record_view import RecordView
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import supervises, works
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.filter_box import FilterBox
from iduo_desktop.ui.widgets.transcript_dialog import TranscriptDialog

NARROW = 700
SEARCH, LEAST = 196, 182


class ContactsPage(QWidget):
    """Asks the window for what other parts do, with the person's id: an attention, something in the agenda, a message.

    `case_requested` and `ticket_requested` bring what somebody wants to see there.
    """

    attention_requested = Signal(int)
    schedule_requested = Signal(int)
    message_requested = Signal(int)
    case_requested = Signal(int)
    ticket_requested = Signal(int)
    person_changed = Signal()
    export_asked = Signal()

    def __init__(
        self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock, talks: Talks | None = None
    ):
        super().__init__()
        self.setObjectName("contacts_page")
        self._talks = talks or Talks(operations, self)
        self._operations = operations
        self._me = me
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self._works = works(me)
        self.reader = ContactReader(operations, self)
        self.list = ContactList(operations, clock)
        self.search = FilterBox("contact_search", "Apellido y nombre…")
        self.search.setMinimumWidth(SEARCH)
        self.open_only = QCheckBox("Solo con casos abiertos")
        self.open_only.setObjectName("contacts_open_only")
        self.new = button("Contacto nuevo", "new_contact_button", self.new_contact, key=shown("new_contact"))
        if not self._works:
            self.new.hide()
        self.export = button("Exportar…", "export_contacts", self.export_asked.emit)
        if not supervises(me):
            self.export.hide()
        self.record = RecordView(operations, me, notice, drafts, clock)
        self._stack = QStackedWidget()
        self._go_on: Callable[[], None] | None = None
        self._lay_out()
        self._make_keys()
        self._connect()

    @property
    def contact_id(self) -> int:
        """The person whose record is open, 0 when the list is seen."""
        return self.reader.contact_id if self._stack.currentWidget() is self.record else 0

    @property
    def person(self) -> ContactHit | None:
        """The same, as a search would have found her."""
        record = self.reader.record
        return _hit(record) if record is not None and self.contact_id else None

    def begin(self) -> None:
        """It was opened: the list, or the record as it was left."""
        if self.contact_id:
            self.record.enter()
        else:
            self.list.begin()
            self.list.view.setFocus()

    def refresh(self) -> None:
        """Ask for everything that is shown again."""
        if self.list.started:
            self.list.model.reload()
        self.reader.again()

    def zones(self) -> tuple[QWidget, ...]:
        """For F6, in their order on the screen."""
        if self.contact_id:
            return (self.record.head, self.record.tabs, self.record.data, self.record.summary)
        return (self.search, self.list)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.begin()

    def open_contact(self, contact_id: int, person: str = "", then: Callable[[], None] | None = None) -> None:
        """Show somebody's record; `then` it goes on with something in it."""
        self._go_on = then
        if contact_id != self.reader.contact_id or self.reader.record is None:
            self.record.expect(person)
        self._stack.setCurrentWidget(self.record)
        self.reader.read(contact_id)
        self.record.setFocus()
        self.person_changed.emit()

    def open_section(self, contact_id: int, form_id: int) -> None:
        """Go on with a section that was left half typed."""
        self.open_contact(contact_id, then=partial(self.record.open_section, form_id))

    def open_call(self, contact_id: int) -> None:
        """Go on with the note of a call."""
        self.open_contact(contact_id, then=partial(self.record.reach_by, Channel.CALL.value))

    def show_list(self) -> None:
        """Esc: back to the list, with the person chosen in it."""
        shown_id = self.reader.contact_id
        self._stack.setCurrentWidget(self._listed)
        self.list.begin()
        self.list.view.choose(shown_id)
        self.list.view.setFocus()
        self.person_changed.emit()

    def new_contact(self, typed: str = "") -> None:
        """Ctrl+Shift+N: somebody whom nobody took down yet."""
        if self._works:
            dialog = self._dialog(typed or ("" if self.contact_id else self.search.text().strip()))
            dialog.saved.connect(self._added)
            dialog.found.connect(self.open_contact)
            dialog.open()

    def compare(self, other: int) -> None:
        """«Comparar y unir» with this other person."""
        if self.contact_id:
            dialog = MergeDialog(self._operations, self.contact_id, other, self.window())
            dialog.merged.connect(self._merged)
            dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = event.size().width() >= NARROW
        tight = not wide and not self.export.isHidden()
        name_button(self.new, "Nuevo" if tight else "Contacto nuevo", shown("new_contact") if wide else "")
        self.new.setAccessibleName("Contacto nuevo")
        self.open_only.setText("Con casos abiertos" if tight else "Solo con casos abiertos")
        self.search.setMinimumWidth(LEAST if tight else SEARCH)

    def _dialog(self, typed: str) -> NewContactDialog:
        return NewContactDialog(self._operations, self._drafts, self._clock, self._me.area_code, typed, self.window())

    def _added(self, kept: Kept) -> None:
        self._notice.show("Contacto guardado")
        self.open_contact(kept.contact_id)

    def _new_supporter(self, typed: str) -> None:
        """Somebody of a support network who has no record yet."""
        dialog = self._dialog(typed)
        dialog.saved.connect(lambda kept: self._take_supporter(kept.contact_id, typed))
        dialog.found.connect(lambda contact: self._take_supporter(contact, typed))
        dialog.open()

    def _take_supporter(self, contact: int, typed: str) -> None:
        asked = self._operations.run(self, contact_records.record, contact)
        asked.then(lambda record: self.record.network.take_person(contact, record.person or typed))

    def _merged(self, merged: Merged) -> None:
        self._notice.show("Las dos fichas son una", undo=partial(self._unmerge, merged))
        self.open_contact(merged.contact_id)

    def _unmerge(self, merged: Merged) -> None:
        asked = self._operations.run(self, contact_records.unmerge, merged.merge, uuid4())
        asked.then(lambda _: self._notice.tell("Las dos fichas volvieron a ser dos."))

    def _show_record(self, record: ContactRecord) -> None:
        if record.merged_into is not None:
            self._notice.tell(f"La ficha de {record.person} se unió a otra: es esta.")
            self.open_contact(record.merged_into, then=self._go_on)
            return
        self.record.show_record(record)
        self._show_talk()
        go_on, self._go_on = self._go_on, None
        if go_on is not None:
            go_on()
        self.person_changed.emit()

    def _show_talk(self) -> None:
        """Which colleague is speaking with whose record is open."""
        record = self.reader.record
        if record is not None:
            reached = (*(each.e164 or each.typed for each in record.phones), *(each.address for each in record.emails))
            self.record.head.show_talk(self._talks.sentence(None, record.id, reached))

    def _speak(self, channel: str, address: str) -> None:
        self._talks.begin(Party(contact_id=self.reader.contact_id, address=address), channel)

    def _narrow(self) -> None:
        self.list.narrow(self.search.text().strip(), open_only=self.open_only.isChecked())

    def _clear(self) -> None:
        self.open_only.setChecked(False)
        self.search.clear()

    def _step(self, by: int) -> None:
        """The next or previous person of the list, with her record if one is open."""
        self.list.view.step(by)
        row = self.list.view.current_row()
        if self.contact_id and row is not None and row.id != self.contact_id:
            self.open_contact(row.id, row.person)

    def _open_chosen(self) -> None:
        row = self.list.view.current_row()
        if row is not None:
            self.open_contact(row.id, row.person)

    def _make_keys(self) -> None:
        actions.make(self, "new_contact", self.new_contact)
        actions.make(self, "next_record", partial(self._step, 1))
        actions.make(self, "previous_record", partial(self._step, -1))
        actions.make(self.list.view, "open", self._open_chosen)

    def _connect(self) -> None:
        record, head = self.record, self.record.head
        self.search.filtered.connect(lambda _: self._narrow())
        self.search.left_down.connect(self.list.view.setFocus)
        self.open_only.toggled.connect(lambda _: self._narrow())
        self.list.view.opened.connect(lambda _: self._open_chosen())
        self.list.filter_cleared.connect(self._clear)
        self.list.new_asked.connect(self.new_contact)
        self.reader.record_read.connect(self._show_record)
        self.reader.failed.connect(record.tell)
        record.left.connect(self.show_list)
        record.reach.using.connect(self._speak)
        record.reach.ended.connect(self._talks.end)
        record.left.connect(self._talks.end)
        self._talks.changed.connect(self._show_talk)
        record.summary.compare_asked.connect(self.compare)
        record.network.person_asked.connect(self.open_contact)
        record.network.new_asked.connect(self._new_supporter)
        for case_asked in (record.summary.case_asked, record.cases.case_asked, record.story.case_asked):
            case_asked.connect(self.case_requested)
        record.story.ticket_asked.connect(self.ticket_requested)
        record.story.chat_asked.connect(self._show_chat)
        head.attention_asked.connect(lambda: self.attention_requested.emit(self.contact_id))
        head.schedule_asked.connect(lambda: self.schedule_requested.emit(self.contact_id))
        head.message_asked.connect(lambda: self.message_requested.emit(self.contact_id))

    def _show_chat(self, chat_id: int) -> None:
        TranscriptDialog(self._operations, self._clock, chat_id, self.window()).open()

    def _lay_out(self) -> None:
        self._listed = QWidget()
        self.search.setMaximumWidth(320)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        row.addWidget(self.open_only)
        row.addStretch(1)
        row.addWidget(self.export)
        row.addWidget(self.new)
        listed = QVBoxLayout(self._listed)
        listed.setContentsMargins(0, 0, 0, 0)
        listed.setSpacing(0)
        listed.addLayout(row)
        listed.addWidget(self.list, 1)
        self._stack.addWidget(self._listed)
        self._stack.addWidget(self.record)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)


def _hit(record: ContactRecord) -> ContactHit:
    phone, email = next(iter(record.phones), None), next(iter(record.emails), None)
    return ContactHit(
        record.id,
        record.surname,
        record.names,
        record.document,
        phone.typed if phone is not None else "",
        email.address if email is not None else "",
        record.company_id,
        record.company_number,
        record.company,
        "",
    )
