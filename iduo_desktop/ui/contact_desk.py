"""Where the records of persons meet the window: from a search, a call, a ticket or a case, and back to those."""

from PySide6.QtCore import Signal

from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.contacts.new_dialog import KIND as NEW
from iduo_desktop.ui.contacts.page import ContactsPage
from iduo_desktop.ui.contacts.reach_box import KIND as CALL
from iduo_desktop.ui.contacts.section_box import KIND as SECTION
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.rights import supervises, works

NAME = "contacts"


class ContactDesk(Desk):
    """The page is there where the organisation has the helpline or the messages, for who takes care of people.

    `attention_requested` and `schedule_requested` bring a person's id; other parts of the window do those.
    """

    attention_requested = Signal(int)
    schedule_requested = Signal(int)

    def __init__(self, kit: Kit):
        super().__init__(kit)
        self._calls: CallDesk | None = None
        self._first = "helpline" in kit.me.parts
        self._page: ContactsPage | None = None
        self.has = has_contacts(kit.me)
        if self.has:
            rooms = kit.rooms
            rooms.add(NAME, lambda: self.page)
            rooms.resumes |= {NEW: self._resume_new, SECTION: self._resume_section, CALL: self._resume_call}
            self._connect_others()

    @property
    def page(self) -> ContactsPage:
        """The page, made when it is first wanted."""
        if self._page is None:
            given = (self._operations, self._me, self._notice, self._drafts, self._clock)
            self._page = ContactsPage(*given, self._rooms.talks)
            self._connect(self._page)
        return self._page

    def attach(self, calls: CallDesk) -> None:
        """Let a call's person be looked at, and a message be taken for whose record is open."""
        self._calls = calls
        if self.has:
            calls.card.offer_record(self.open)
            calls.reading = self.reading

    @property
    def opens(self) -> bool:
        """Whether a person who was found is shown by her record; else one takes her message."""
        return self.has and self._first

    def reading(self) -> ContactHit | None:
        """Whose record is being read."""
        page = self._page
        return page.person if page is not None and self._rooms.currentWidget() is page else None

    def open(self, contact_id: int, person: str = "") -> None:
        """Show somebody's record."""
        if self.has:
            self._rooms.enter(NAME)
            self.page.open_contact(contact_id, person)

    def take(self, hit: ContactHit) -> None:
        """A person was found: she is who calls, if nobody knew that yet; else her record, or her message."""
        arrival = self._calls.arrivals.current if self._calls is not None else None
        unknown = arrival is not None and arrival.card is not None and not arrival.card.callers
        if self._calls is not None and not self.opens:
            self._calls.take_contact(hit)
            return
        if self._calls is not None and unknown:
            self._calls.arrivals.identify(hit)
        self.open(hit.contact_id)

    def _connect(self, page: ContactsPage) -> None:
        page.attention_requested.connect(self.attention_requested)
        page.schedule_requested.connect(self.schedule_requested)
        page.message_requested.connect(lambda _: self._rooms.new_message(contact=self.reading()))
        page.case_requested.connect(self._open_case)
        page.ticket_requested.connect(self._rooms.open_ticket)
        page.export_asked.connect(lambda: self._rooms.persons_asked.emit(page.list))

    def _connect_others(self) -> None:
        if self._rooms.tickets is not None:
            self._rooms.tickets.person_requested.connect(self.open)
            self._rooms.tickets.panel.head.open_persons = True
        if self._rooms.cases is not None:
            self._rooms.cases.person_requested.connect(self.open)

    def _resume_new(self, _draft: Draft) -> None:
        self._rooms.open_part(NAME)
        self.page.new_contact()

    def _resume_section(self, draft: Draft) -> None:
        self._rooms.enter(NAME)
        self.page.open_section(draft.target, int(draft.kind.partition(":")[2]))

    def _resume_call(self, draft: Draft) -> None:
        self._rooms.enter(NAME)
        self.page.open_call(draft.target)

    def _open_case(self, case_id: int) -> None:
        if self._rooms.cases is not None:
            self._rooms.open_cases()
            self._rooms.cases.open_case(case_id)


def has_contacts(me: Me) -> bool:
    """Whether somebody has records to look at."""
    return (works(me) or supervises(me)) and bool({"helpline", "tickets"} & set(me.parts))
