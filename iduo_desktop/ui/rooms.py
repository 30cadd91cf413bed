"""The pages of the window: those that somebody may see, and the ways from one to another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.contacts import ContactHit
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.terms import CaseList, Role, TicketState
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.drafts import Draft, Drafts
from iduo_desktop.ui.great_readers import GreatReaders
from iduo_desktop.ui.handed_work import HandedWork
from iduo_desktop.ui.intake.page import IntakePage
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import supervises, works
from iduo_desktop.ui.settings.frame import SettingsFrame, may_configure
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.tickets.page import TicketsPage
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.ticket_words import LISTS

# the parts that are one page each, in the order of the rail, as people call them
WORDS = {
    "home": "Inicio",
    "chats": "Chats",
    "contacts": "Personas",
    "agenda": "Agenda",
    "board": "Tablero",
    "batches": "Lotes",
}
NOTHING = "Tu organización no tiene encendida ninguna parte del programa que puedas usar. Hablá con tu administrador."


class Page(Protocol):
    """What every page can be asked for."""

    def refresh(self) -> None:
        """Ask for everything that is seen again."""

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through, in reading order."""


class Room(Page, Protocol):
    """A part of the program that is one page."""

    def begin(self) -> None:
        """It was opened: show what is new, and take the keyboard."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of the program somebody has: `takes` is registering messages, `helps` attending a helpline."""

    cases: bool
    tickets: bool
    takes: bool
    settings: bool
    helps: bool = False

    @property
    def calls(self) -> bool:
        """Whether calls are taken here."""
        return self.takes or self.helps


def parts_of(me: Me) -> Parts:
    """What the organisation has switched on, as far as one's roles go; an answerer has the messages alone."""
    cases, tickets, helpline = (part in me.parts for part in ("cases", "tickets", "helpline"))
    desk = works(me) or supervises(me)
    return Parts(cases and desk, tickets, tickets and works(me), may_configure(me), helpline and works(me))


class Rooms(QStackedWidget):
    """One page is seen; a message that is taken stands over the page one came from. `moved`: another page is seen.

    `persons_asked`: the list of persons, as it is narrowed, is to be exported.
    """

    moved = Signal()
    persons_asked = Signal(object)

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__()
        parts = self.parts = parts_of(me)
        given = (operations, me, notice, drafts, clock)
        self.talks = Talks(operations, self)
        self.cases = CasesPage(*given, self.talks) if parts.cases else None
        self.tickets = TicketsPage(*given) if parts.tickets else None
        self.intake = IntakePage(*given) if parts.takes else None
        self.settings = SettingsFrame(*given) if parts.settings else None
        self.handed = HandedWork(operations, notice, self._show_mine, self._is_mine, self)
        self.great_readers = GreatReaders(operations, me, notice, self)
        for page in filter(None, (self.cases, self.tickets, self.intake, self.settings)):
            self.addWidget(page)
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._rooms: dict[str, QWidget] = {}
        self.resumes: dict[str, Callable[[Draft], object]] = {}  # ways back to a form, by its kind of draft
        self.keepers: list[Callable[[Callable[[], object]], bool]] = []  # what else may keep the window: see `keep`
        if not self.count():
            self.addWidget(self._nothing())
        self._before: QWidget | None = None
        self._over: list[QWidget] = [self.intake] if self.intake is not None else []
        self.currentChanged.connect(lambda _: self.moved.emit())
        self._answers_first = Role.ANSWERER in me.roles
        if self.intake is not None:
            self.intake.closed.connect(self.leave_message)
            self.intake.ticket_requested.connect(self.open_ticket)
        if self.tickets is not None:
            self.tickets.company_requested.connect(lambda company: self.new_message(company_id=company))

    def add(self, name: str, make: Callable[[], QWidget]) -> None:
        """One more part of the program, by its name in the rail; its page is made when it is first seen."""
        self._makers[name] = make

    def put(self, name: str, page: QWidget) -> None:
        """The same, of a page that is there already."""
        self.add(name, lambda: page)
        self._rooms[name] = page
        self.addWidget(page)

    def enter(self, name: str) -> None:
        """Show the page of one of the parts that are one page, as it was left."""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = self._makers[name]()
            self.addWidget(room)
        self.setCurrentWidget(room)

    @property
    def names(self) -> tuple[str, ...]:
        """The parts that are one page each, as they stand in the rail."""
        return tuple(self._makers)

    @property
    def page(self) -> Page | None:
        """What is seen; None where somebody may see nothing."""
        seen = self.currentWidget()
        over = (cast(Page, page) for page in self._over)
        rooms = (cast(Page, room) for room in self._rooms.values())
        pages = (self.cases, self.tickets, self.settings, *rooms, *over)
        return next((page for page in pages if id(page) == id(seen)), None)

    @property
    def part(self) -> str:
        """What is seen, by its name in the rail."""
        seen = {id(self.cases): "cases", id(self.settings): "settings"}
        seen |= {id(room): name for name, room in self._rooms.items()}
        own = self.currentWidget() in self._over and self.currentWidget() is not self.intake
        return seen.get(id(self._before if own else self.currentWidget()), "tickets")

    def begin(self) -> None:
        """What one sees after the login."""
        if self.cases is not None:
            self.handed.begin()
        if self.tickets is not None:
            self.tickets.count()
        if "home" in self._makers:
            self.open_part("home")
        elif self.cases is not None:
            self.open_cases()
        elif self.tickets is not None:
            state = TicketState.OPEN if self._answers_first else TicketState.AWAITING_COMMUNICATION
            self.open_state(state.value)
        else:
            self.open_settings()
        self.moved.emit()

    def open_part(self, name: str) -> None:
        """Show one of the parts that are one page."""
        self.enter(name)
        cast(Room, self._rooms[name]).begin()

    def open_list(self, name: str) -> None:
        """Show one of the six lists."""
        if self.cases is not None:
            self.setCurrentWidget(self.cases)
            self.cases.open_list(name)

    def _is_mine(self, case_id: int) -> bool:
        return self.cases is not None and self.cases.frames[CaseList.MINE].model.number(case_id) >= 0

    def _show_mine(self, case_id: int | None) -> None:
        self.open_list(CaseList.MINE.value)
        if self.cases is not None and case_id is not None:
            self.cases.open_case(case_id)

    def open_cases(self) -> None:
        """The cases, as they were left."""
        if self.cases is not None:
            self.setCurrentWidget(self.cases)
            self.cases.setFocus()

    def open_company(self, hit: CompanyHit) -> None:
        """A client that was found: his case, a new one where he has none, or his message where there are no cases."""
        if self.cases is None:
            self.new_message(company_id=hit.company_id)
            return
        self.setCurrentWidget(self.cases)
        if hit.case_id is not None:
            self.cases.open_case(hit.case_id)
        else:
            self.cases.create_case(hit)

    def open_tickets(self) -> None:
        """The messages, as they were left."""
        if self.tickets is not None:
            self.setCurrentWidget(self.tickets)
            self.tickets.resume()

    def open_state(self, state: str) -> None:
        """Show the messages in one of the four states."""
        if self.tickets is not None:
            self.setCurrentWidget(self.tickets)
            self.tickets.open_state(state)

    def open_ticket(self, ticket_id: int) -> None:
        """Show a ticket by itself."""
        if self.tickets is not None:
            self.setCurrentWidget(self.tickets)
            self.tickets.open_ticket(ticket_id)

    @property
    def ticket(self) -> TicketCard | None:
        """The ticket that is being read, alone."""
        page = self.page
        return page.reader.card if isinstance(page, TicketsPage) and page.alone else None

    def new_message(
        self,
        call: CallCard | None = None,
        company_id: int | None = None,
        contact: Caller | ContactHit | None = None,
        ticket: TicketCard | None = None,
        known: Mapping[str, object] | None = None,
    ) -> None:
        """Take a message, over whatever is seen now; `known` are answers that one has already."""
        if self.intake is None:
            return
        self.show_over(self.intake)
        self.intake.begin(call=call, company_id=company_id, contact=contact, ticket=ticket, known=known)

    def show_over(self, page: QWidget) -> None:
        """Show a page over whatever is seen now; one comes back there from it."""
        if page not in self._over:
            self._over.append(page)
            self.addWidget(page)
        if self.currentWidget() not in self._over:
            self._before = self.currentWidget()
        self.setCurrentWidget(page)

    def leave_message(self) -> None:
        """Back to where one was."""
        before = self._before
        if before is not None and self.currentWidget() in self._over:
            self._before = None
            self.setCurrentWidget(before)
            before.setFocus()

    def open_settings(self) -> None:
        """What an administrator decides."""
        if self.settings is not None:
            self.setCurrentWidget(self.settings)
            self.settings.begin()

    def keep(self, go: Callable[[], object]) -> bool:
        """Whether something typed in the settings, or not sent yet, keeps the window; it asks, and then may `go`."""
        if self.settings is None or not self.settings.page.is_dirty():
            return any(keeps(go) for keeps in self.keepers)
        self.open_settings()
        self.settings.leave(go)
        return True

    def refresh(self) -> None:
        """Ask for everything that is seen again."""
        if self.page is not None:
            self.page.refresh()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through."""
        return tuple(self.page.zones()) if self.page is not None else ()

    def ways(self) -> dict[str, tuple[Callable[[], None], str]]:
        """Every list by what a command calls it: how to go there, and the key for it."""
        found: dict[str, tuple[Callable[[], None], str]] = {}
        if self.cases is not None:
            for kind in CaseList:
                found[kind.label] = partial(self.open_list, kind.value), shown(f"list_{kind.value}")
        if self.tickets is not None:
            for state in TicketState:
                found[f"Mensajes: {LISTS[state]}"] = partial(self.open_state, state.value), ""
        for name in self._makers:
            found[WORDS[name]] = partial(self.open_part, name), ""
        return found

    def _nothing(self) -> QWidget:
        made = label(NOTHING, "secondary", "nothing_to_see")
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return made
