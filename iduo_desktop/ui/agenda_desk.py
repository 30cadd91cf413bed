"""Where the agenda meets the window: its page, F9, reminders, routes, and what is told outside of the window."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from iduo_desktop.services import Database, agenda, catalogues, staff
from iduo_desktop.services.agenda import Activation, Item, Scheduled
from iduo_desktop.services.cases import CaseCard, CaseFilter
from iduo_desktop.services.catalogues import Holiday, WorkingHours
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Channel, Role
from iduo_desktop.ui import actions
from iduo_desktop.ui.agenda import words
from iduo_desktop.ui.agenda.about import About
from iduo_desktop.ui.agenda.announcer import Announcer
from iduo_desktop.ui.agenda.commands import Commands
from iduo_desktop.ui.agenda.page import AgendaPage
from iduo_desktop.ui.agenda.panel import seen
from iduo_desktop.ui.agenda.reminder_cards import ReminderCards
from iduo_desktop.ui.agenda.reminders import Pending, Reminders
from iduo_desktop.ui.agenda.route_alarm import RouteAlarm
from iduo_desktop.ui.agenda.schedule_dialog import KIND, TITLE, ScheduleDialog
from iduo_desktop.ui.agenda.sound import Sound
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.contact_desk import ContactDesk
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.drafts import Draft
from iduo_desktop.ui.home.extensions_dialog import ExtensionsDialog
from iduo_desktop.ui.home.page import HomePage
from iduo_desktop.ui.home.unattended_dialog import UnattendedDialog
from iduo_desktop.ui.rail import Rail
from iduo_desktop.ui.recovery import BY_ITSELF
from iduo_desktop.ui.rights import coordinates, works
from iduo_desktop.ui.widgets.shift import Shift

AGENDA, HOME = "agenda", "home"
Known = tuple[tuple[WorkingHours, ...], tuple[Holiday, ...]]


class AgendaDesk(Desk):
    """Pages for who works at the desk; routes for administrators too. Nothing is shown while it is held."""

    def __init__(self, kit: Kit, contacts: ContactDesk):
        super().__init__(kit)
        operations, me, clock, rooms = kit.operations, kit.me, kit.clock, kit.rooms
        self._contacts = contacts
        self._calls: CallDesk | None = None
        self._rail: Rail | None = None
        self._began = clock()
        self._pending: Pending | None = None
        self._told: set[tuple[int, str]] = set()
        self._missed: set[int] | None = None
        self._heard: dict[int, bool] = {}
        self._own: set[int] = set()
        self._held = self._locked = self._seen = False
        self._discreet = "helpline" in me.parts
        self.works = has_agenda(me)
        self.commands = Commands(operations, kit.notice, kit.drafts, clock, Shift(), rooms)
        self.page = AgendaPage(operations, me, self.commands, clock) if self.works else None
        self.home = HomePage(operations, me, clock) if self.works else None
        late = Role.ADMIN in me.roles and "helpline" in me.parts
        self.reminders = Reminders(operations, clock, self) if self.works or late else None
        if self.page is not None and self.home is not None:
            rooms.put(HOME, self.home)
            rooms.put(AGENDA, self.page)
            self._connect(self.page, self.home)

    def attach(self, calls: CallDesk, rail: Rail, frame: QWidget, window: QWidget) -> None:
        """The window is there: its cards, the alarm above everything, and the first look."""
        self._calls, self._rail = calls, rail
        self.cards = ReminderCards(self._clock, frame, discreet=self._discreet)
        self.alarm = RouteAlarm(self._clock, Sound(self._operations, self), window)
        self.announcer = Announcer(window)
        window.destroyed.connect(self.alarm.deleteLater)
        self.cards.asked.connect(self._act)
        self.cards.put_off.connect(self.commands.postpone)
        self.cards.all_asked.connect(partial(self.open_tab, "overdue"))
        self.alarm.taken.connect(self.commands.acknowledge)
        self.alarm.opened.connect(partial(self._open_case, show=True))
        self.announcer.chosen.connect(self._come_forward)
        if self.reminders is not None:
            self.reminders.found.connect(self._know)
            self.reminders.look()
        if self.works:
            self._operations.run(self, _hours).then(self._know_hours).failed(lambda _error: None)

    def make_keys(self, frame: QWidget) -> None:
        """F9, F10 and the two pages, from anywhere in the window."""
        if self.works:
            actions.make(frame, "schedule", self.schedule)
            actions.make(frame, HOME, partial(self._rooms.open_part, HOME))
            actions.make(frame, AGENDA, partial(self._rooms.open_part, AGENDA))
        if self.reminders is not None:
            actions.make(frame, "reminders", self.go)

    def look(self) -> None:
        """See what reminds now: the PC slept, and who knows for how long."""
        if self.reminders is not None:
            self.reminders.look()

    def schedule(self, about: About | None = None) -> None:
        """F9: put something into the agenda, about what is on the screen."""
        about = about or self._about()
        over = self._rooms.window()
        dialog = ScheduleDialog(self._operations, self._drafts, self._me, about, self.commands.shift, self._clock, over)
        dialog.saved.connect(partial(self._scheduled, dialog, about))
        if coordinates(self._me):
            self._operations.run(dialog, staff.people).then(dialog.offer).failed(lambda _error: None)
        dialog.open()

    def _resume(self, draft: Draft) -> None:
        """F9 was left half typed: about a case, about a person (below zero), or about nothing."""
        case, contact = (draft.target, None) if draft.target > 0 else (None, -draft.target or None)
        self.schedule(About(case, contact, draft.title.removeprefix(TITLE)) if draft.target else About())

    def _resume_later(self, draft: Draft) -> None:
        self._rooms.open_part(AGENDA)
        self._notice.tell(BY_ITSELF.format(draft.title))

    def schedule_contact(self, contact_id: int) -> None:
        """The same, about somebody whose record is read."""
        person = self._contacts.reading()
        text = f"{person.surname.upper()}, {person.names}".strip(", ") if person is not None else "la persona elegida"
        self.schedule(About(contact_id=contact_id, text=text))

    def go(self) -> None:
        """F10: to the alarm, else to the reminders."""
        if not (self.alarm.take_keyboard() or self.cards.take_keyboard()):
            self._notice.tell("No hay avisos ni recordatorios.")

    def hold(self, *, on: bool, locked: bool = False) -> None:
        """Hidden: nothing is seen or heard. Locked: a route is still heard, and says nothing of itself."""
        self._held, self._locked = on and not locked, on and locked
        self.announcer.hush(on=self._held)
        if self._held:
            self.alarm.put_away()
        self._show()

    def close(self) -> None:
        """The window goes."""
        self.alarm.put_away()
        self.announcer.close()

    # What is pending

    def _know(self, pending: Pending) -> None:
        self._pending = pending
        if self.page is not None:
            self.page.show_counts(pending.counts)
            if self._rail is not None:
                self._rail.parts[AGENDA].show_badge(pending.counts.overdue, "vencidos")
        if self._missed is None:
            self._missed = {words.number(item) for item in pending.ringing if item.due_at < self._began}
        self._follow_own(pending.routes)
        self._show()

    def _show(self) -> None:
        """Cards and alarm as things stand; what is new is told outside of the window too."""
        pending = self._pending
        if pending is None or self._held:
            return
        missed = self._missed or set()
        ringing = [item for item in pending.ringing if words.number(item) not in missed]
        left = 0 if self._seen else sum(words.number(item) in missed for item in pending.ringing)
        self.cards.show_items(ringing, left)
        self._tell_reminders(ringing)
        waiting = tuple(each for each in pending.routes if each.may_acknowledge)
        self.alarm.show_waiting(waiting, locked=self._locked)
        self._tell_routes(waiting)

    def _tell_reminders(self, ringing: list[Item]) -> None:
        rings = {(words.number(item), str(item.rings_at)): item for item in ringing}
        for ring in rings.keys() - self._told:
            item = rings[ring]
            discreet = self._discreet or self._locked
            self.announcer.tell(f"Recordatorio {words.when(item, self._clock())}", words.text(item, discreet=discreet))
        self._told = set(rings)

    def _tell_routes(self, waiting: tuple[Activation, ...]) -> None:
        """A new one, or one that is late by now: every coordinator again."""
        fresh = [each for each in waiting if self._heard.get(each.id) is not each.late]
        for each in fresh:
            text = "Hay una ruta sin tomar." if self._locked else each.route
            self.announcer.tell("Ruta activada", text, urgent=True)
        if fresh:
            self.alarm.again()
        self._heard = {each.id: each.late for each in waiting}

    def _follow_own(self, routes: tuple[Activation, ...]) -> None:
        """Whoever asked for a route sees who took it."""
        mine = {each.id for each in routes if each.activated_by == self._me.login}
        gone, self._own = self._own - mine, mine
        if gone:
            asked = self._operations.run(self, agenda.activations, False)
            asked.then(partial(self._say_seen, gone)).failed(lambda _error: None)

    def _say_seen(self, ids: set[int], activations: tuple[Activation, ...]) -> None:
        for each in activations:
            if each.id in ids and each.acknowledged_at is not None and not self._held:
                self._notice.tell(f"⚑ {each.route}: {seen(each)}")
        if self.page is not None:
            self.page.show_routes(activations)

    def _know_hours(self, known: Known) -> None:
        self.commands.shift = Shift(*known)

    # What is done

    def _connect(self, page: AgendaPage, home: HomePage) -> None:
        page.open_case.connect(self._open_case)
        page.open_contact.connect(self._contacts.open)
        page.schedule_asked.connect(self.schedule)
        page.tab_opened.connect(self._look_at)
        self.commands.case_called.connect(self._call_case)
        self._contacts.schedule_requested.connect(self.schedule_contact)
        self._rooms.resumes[KIND] = self._resume
        for kind in ("reschedule", "agenda_call"):
            self._rooms.resumes[kind] = self._resume_later
        home.list_asked.connect(self._open_list)
        home.tab_asked.connect(self.open_tab)
        home.state_asked.connect(self._rooms.open_state)
        home.item_opened.connect(page.open)
        home.extensions_asked.connect(partial(self._open_extensions, home))
        home.unattended_asked.connect(partial(self._open_unattended, home))
        home.chats_asked.connect(lambda: self._rooms.open_part("chats"))

    def _open_extensions(self, home: HomePage) -> None:
        ExtensionsDialog(self._operations, self._notice, self._clock, home).open()

    def _open_unattended(self, home: HomePage) -> None:
        UnattendedDialog(self._operations, self._notice, self._clock, home).open()

    def open_tab(self, tab: str) -> None:
        """A tab of the agenda."""
        if self.page is not None:
            self._rooms.enter(AGENDA)
            self.page.open_tab(tab)

    def _look_at(self, tab: str) -> None:
        """What was missed is looked at: its card has done its work. Of routes it is said who took them."""
        if tab == "overdue" and not self._seen:
            self._seen = True
            self._show()
        if tab == "routes" and self.page is not None:
            asked = self._operations.run(self, agenda.activations, False)
            asked.then(self.page.show_routes).failed(lambda _error: None)

    def _act(self, act: str, item: Item) -> None:
        ways = {"call": self.commands.call, "done": self.commands.finish}
        if act in ways:
            ways[act](item)
        elif self.page is not None and (item.case_id is not None or item.contact_id is not None):
            self.page.open(item)
        elif self.page is not None:
            self.open_tab("overdue" if words.is_overdue(item, self._clock()) else "today")
            self.page.frame.view.choose(words.number(item))

    def _scheduled(self, dialog: ScheduleDialog, about: About, done: Scheduled) -> None:
        what = "una llamada" if dialog.is_call else "una tarea"
        self.commands.scheduled(f"Agendaste {what}" + (f" ({about.text})" if dialog.related else ""), done)

    def _open_case(self, case_id: int, *, show: bool = False) -> None:
        if show:
            self._come_forward()
        if self._rooms.cases is not None:
            self._rooms.open_cases()
            self._rooms.cases.open_case(case_id)

    def _call_case(self, case_id: int) -> None:
        """The case with its strip open, ready for what becomes of the call."""
        page = self._rooms.cases
        self._open_case(case_id)
        if page is None:
            return
        if page.reader.card is not None and page.reader.card.id == case_id:
            page.contact(Channel.CALL.value)
        else:
            begin = partial(_begin_call, page, case_id)
            page.reader.card_read.connect(begin, Qt.ConnectionType.SingleShotConnection)

    def _open_list(self, name: str, untouched: bool) -> None:
        page = self._rooms.cases
        if page is not None:
            self._rooms.open_list(name)
            if untouched:
                page.filters.show_filter(CaseFilter(not_contacted_today=True))
                page.frame.narrow(CaseFilter(not_contacted_today=True))

    def _come_forward(self) -> None:
        window = self._rooms.window()
        if not (self._held or self._locked):
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()

    def _about(self) -> About:
        """What is on the screen, or who is on the line."""
        rooms, page = self._rooms, self._rooms.page
        person = self._contacts.reading()
        if rooms.cases is not None and page is rooms.cases and rooms.cases.reader.card is not None:
            return About(rooms.cases.reader.card.id, None, rooms.cases.reader.card.client)
        if person is not None:
            return About(None, person.contact_id, f"{person.surname.upper()}, {person.names}".strip(", "))
        ticket = rooms.ticket
        if ticket is not None and ticket.contact_id is not None:
            return About(None, ticket.contact_id, f"{ticket.surname.upper()}, {ticket.names}".strip(", "))
        item = self.page.item if self.page is not None and page is self.page else None
        if item is not None and (item.case_id is not None or item.contact_id is not None):
            return About(item.case_id, item.contact_id, item.person or item.title)
        return self._about_call()

    def _about_call(self) -> About:
        arrival = self._calls.arrivals.current if self._calls is not None else None
        callers = arrival.card.callers if arrival is not None and arrival.card is not None else ()
        if arrival is not None and len(callers) == 1 and callers[0].contact_id is not None:
            return About(None, callers[0].contact_id, arrival.who)
        return About()


def _begin_call(page: CasesPage, case_id: int, card: CaseCard) -> None:
    if card.id == case_id:
        page.contact(Channel.CALL.value)


def has_agenda(me: Me) -> bool:
    """Who works with cases or persons has something to plan."""
    return works(me) and bool({"cases", "helpline"} & set(me.parts))


def _hours(database: Database) -> Known:
    return catalogues.working_hours(database), catalogues.holidays(database)
