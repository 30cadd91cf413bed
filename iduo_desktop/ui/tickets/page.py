"""The page of messages: four lists by state, one ticket with its answer, and the back office."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QShowEvent

from iduo_desktop.services import catalogues, tickets
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import Answered, Desk, StateCount, TicketCard, TicketFilter
from iduo_desktop.terms import Role, TicketState
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pace import Pace
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.tickets.commands import Commands
from iduo_desktop.ui.tickets.lists import TicketListFrame
from iduo_desktop.ui.tickets.many_dialog import ManyDialog
from iduo_desktop.ui.tickets.parts import NARROW, TicketsParts
from iduo_desktop.ui.tickets.reader import TicketReader
from iduo_desktop.ui.tickets.rights import Verb
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.widgets.ticket_words import LISTS

COUNT_MS, REST_MS = 300, 10_000


class TicketsPage(TicketsParts):
    """The ticket follows the list. One that is asked for by its id stands alone until one goes back to the list.

    `new_message_requested` brings the card of the person who has one more message, None for anybody.
    """

    counts_changed = Signal(object)
    state_changed = Signal(str)
    new_message_requested = Signal(object)
    company_requested = Signal(int)
    person_requested = Signal(int)

    def __init__(self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock):
        super().__init__(operations, me, drafts, clock)
        self._operations = operations
        self._me = me
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self._counts: dict[str, StateCount] = {}
        self._wanted: Callable[[], object] | None = None
        self._started = self._list_moves = self._counts_wanted = False
        self.reader = TicketReader(operations, self)
        self.commands = Commands(operations, notice, self)
        self._pace = Pace(operations, COUNT_MS, REST_MS, self)
        self._pace.due.connect(self._ask_counts)
        self._make_keys()
        self._connect_lists()
        self._connect_ticket()
        operations.changed.connect(self._note_change)
        self._show_list(TicketState.AWAITING_COMMUNICATION if works(me) else TicketState.OPEN)

    # What the window asks for

    def open_state(self, state: str) -> None:
        """Show one of the four lists."""
        self._begin()
        self._show_list(TicketState(state))
        self.stand_alone(alone=False)
        self.frame.begin()
        self.frame.view.setFocus()
        self._follow()
        self.state_changed.emit(state)

    def open_ticket(self, ticket_id: int) -> None:
        """Show a ticket, alone, ready to be read out."""
        self._begin()
        self.stand_alone(alone=True)
        self._wanted = self.panel.enter
        if self.reader.ticket_id == ticket_id and self.reader.card is not None:
            self._show_card(self.reader.card)
            self.reader.again()
        else:
            self.panel.show_nobody()
            self.panel.setFocus()
            self.reader.read(ticket_id, at_once=True)

    def resume(self) -> None:
        """Show the page as it was left; at first the list with the work to do."""
        if self._started:
            self.setFocus()
        else:
            self.open_state(self.frame.state.value)

    def refresh(self) -> None:
        """Ask for everything that is shown again."""
        for frame in self.frames.values():
            if frame.started:
                frame.model.reload()
        self.reader.again()
        self._ask_decisions()
        self._ask_counts()

    def count(self) -> None:
        """Say how many there are, and again whenever that changes, though nobody looks at the page yet."""
        self._counts_wanted = True
        self._ask_counts()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self.resume()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.alone:
            self.panel.enter()
        else:
            self.frame.view.setFocus()

    def _begin(self) -> None:
        """Nothing is asked before somebody looks at the page."""
        if not self._started:
            self._started = True
            self.count()
            self._ask_decisions()

    # Connections

    def _make_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "note": partial(self.do, Verb.NOTE),
            "send_back": partial(self.do, Verb.SEND_BACK),
            "copy_number": self._copy_number,
            "filter": self.filters.open,
            "panel": self.toggle_panel,
            "next_record": partial(self._step, 1),
            "previous_record": partial(self._step, -1),
        }
        if works(self._me):
            keys |= {"communicate": partial(self.do, Verb.COMMUNICATE), "insist": partial(self.do, Verb.INSIST)}
            keys |= {"assistants": self.panel.offer_assistants}
        if {Role.ANSWERER, Role.COORDINATOR} & set(self._me.roles):
            keys |= {"answer": self._answer, "take": partial(self.do, Verb.TAKE)}
        for name, act in keys.items():
            actions.make(self, name, act)
        for frame in self.frames.values():
            actions.make(frame.view, "open", self._enter_ticket)
            if frame.has_marks:
                actions.make(frame.view, "mark", frame.mark)
                actions.make(frame.view, "mark_all", frame.mark_all)

    def _connect_lists(self) -> None:
        self.together_asked.connect(self.answer_together)
        self.tabs.state_chosen.connect(lambda state: self.open_state(state.value))
        self.filters.narrowed.connect(self._narrow)
        self.filters.left_down.connect(self._to_list)
        for frame in self.frames.values():
            frame.view.current_changed.connect(lambda _id, frame=frame: self._follow() if frame is self.frame else None)
            frame.view.opened.connect(lambda _id: self._enter_ticket())
            frame.model.begun.connect(partial(self._begun, frame))
            frame.model.updating.connect(lambda: self._note_moves(moves=True))
            frame.model.updated.connect(lambda _moved: self._note_moves(moves=False))
            frame.filter_cleared.connect(self.filters.clear)
            frame.marks_changed.connect(lambda _count: self.show_marks(len(self.frame.marks)))
            frame.nowhere = partial(self._elsewhere, frame.state)

    def _connect_ticket(self) -> None:
        panel, head = self.panel, self.panel.head
        panel.left.connect(self._to_list)
        panel.answer.communicated.connect(self._communicate)
        panel.waiting.copied.connect(self.commands.copied)
        for verb, compose in panel.composes.items():
            compose.saved.connect(lambda card, _result, verb=verb: self._saved(verb, card))
        head.verb_asked.connect(self.do)
        head.copy_asked.connect(self._copy_number)
        head.list_asked.connect(self._to_list)
        head.alone_asked.connect(lambda: self.stand_alone(alone=True))
        head.more_asked.connect(self._ask_for_more)
        head.company_asked.connect(self._ask_for_company)
        head.person_asked.connect(self._ask_for_person)
        self.commands.looked_for.connect(self.reader.read)
        self.reader.card_read.connect(self._show_card)
        self.reader.failed.connect(panel.tell)

    # Which ticket is shown

    def _show_list(self, state: TicketState) -> None:
        self._stack.setCurrentWidget(self.frames[state])
        self.tabs.choose(state)
        self.frame.narrow(self.filters.chosen)
        self.show_marks(len(self.frame.marks))

    def _note_moves(self, *, moves: bool) -> None:
        self._list_moves = moves

    def _begun(self, frame: TicketListFrame) -> None:
        """Another list, another filter or another order is here."""
        if frame is self.frame and self._wanted is None:
            self._list_moves = False
            self._follow()

    def _follow(self) -> None:
        """Show what is chosen in the list. A ticket that left the list by itself is still being read: it stays."""
        row = self.frame.view.current_row()
        shown = self.reader.ticket_id
        if self.alone or (row.id if row is not None else 0) == shown:
            return
        if shown and self._list_moves and self.frame.model.number(shown) < 0 and self.panel.isVisible():
            return
        self._wanted = None
        self.reader.read(row.id if row is not None else 0)
        if row is None:
            self.panel.show_nobody()
        else:
            self.panel.expect(row)

    def _show_card(self, card: TicketCard) -> None:
        self.panel.show_card(card)
        if self.alone:
            self._show_list(TicketState(card.state))
        elif card.state != self.frame.state:
            self.panel.tell(f"Ya no está en esta lista: ahora está en «{LISTS[TicketState(card.state)]}».")
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted()

    def _enter_ticket(self) -> None:
        """Enter: go into the ticket that is chosen."""
        self._follow()
        if self.width() < NARROW:
            self.stand_alone(alone=True)
        elif self.panel.isHidden():
            self.toggle_panel()
        if self.reader.card is None:
            self._wanted = self.panel.enter
        else:
            self.panel.enter()

    def _to_list(self) -> None:
        """Esc: back to the list, with the ticket chosen in it."""
        shown, alone = self.reader.ticket_id, self.alone
        self.open_state(self.frame.state.value)
        if alone and shown:
            self.frame.view.choose(shown)

    def _step(self, by: int) -> None:
        if self.alone:
            self._to_list()
        self.frame.view.setFocus()
        self.frame.view.step(by)

    # What is done with it

    def do(self, verb: Verb) -> None:
        """Do something with the ticket that is shown; what needs its card waits for it."""
        card = self.reader.card
        if card is None or self.panel.ticket_id != card.id:
            self._wanted = partial(self.do, verb) if self.reader.ticket_id else None
            return
        right = self.panel.rights[verb]
        if not right.granted:
            self._notice.tell(right.reason or "No tenés permiso para hacer esto.")
            return
        if self.panel.isHidden():
            self.toggle_panel()
        if verb is Verb.COMMUNICATE:
            self.panel.answer.communicate()
        elif verb is Verb.TAKE:
            self.commands.take(card)
        else:
            self.panel.compose(verb)

    def answer_together(self) -> None:
        """One text for those that are marked."""
        rows = tuple(self.frame.marks.values())
        dialog = ManyDialog(self._operations, self._drafts, rows, self._clock, self.window())
        dialog.answered.connect(self._answered)
        dialog.open()

    def _answer(self) -> None:
        """Ctrl+Shift+R: those that are marked together, else the ticket that is shown."""
        if self.frame.marks and not self.alone:
            self.answer_together()
        else:
            self.do(Verb.ANSWER)

    def _answered(self, outcomes: tuple[Answered, ...]) -> None:
        self.frame.unmark(each.ticket_id for each in outcomes if each.outcome != "busy")
        self.commands.answered(outcomes)

    def _communicate(self, to: str) -> None:
        if self.reader.card is not None:
            self.commands.communicate(self.reader.card, to, self.panel.answer)

    def _saved(self, verb: Verb, card: TicketCard) -> None:
        """A text was saved: whoever answers goes on to the next, the others stay with the ticket."""
        self.commands.saved(verb, card)
        self.panel.composed(verb)
        if verb is Verb.ANSWER and not self.alone and card.id == self.reader.ticket_id:
            self.frame.view.choose_next(card.id)
            self._follow()
            self._wanted = self.panel.enter if self.reader.card is None else None

    def _copy_number(self) -> None:
        if self.reader.card is not None:
            self.commands.copy_number(self.reader.card)

    def _ask_for_more(self) -> None:
        if self.reader.card is not None:
            self.new_message_requested.emit(self.reader.card)

    def _ask_for_company(self) -> None:
        if self.reader.card is not None and self.reader.card.company_id is not None:
            self.company_requested.emit(self.reader.card.company_id)

    def _ask_for_person(self) -> None:
        if self.reader.card is not None and self.reader.card.contact_id is not None:
            self.person_requested.emit(self.reader.card.contact_id)

    # Filter, counts, what the organisation decided

    def _narrow(self, chosen: TicketFilter) -> None:
        self.frame.narrow(chosen)

    def _note_change(self, table: str, _id: object) -> None:
        if self._counts_wanted and table == "ticket":
            self._pace.note()
        elif self._started and table in {"setting", "script", "topic"}:
            self._ask_decisions()

    def _ask_counts(self) -> None:
        self._pace.begin()
        self._operations.refresh(self, tickets.counts).then(self._show_counts).failed(lambda _error: None)

    def _ask_decisions(self) -> None:
        self._operations.run(self, tickets.desk).then(self._know).failed(lambda _error: None)
        self._operations.run(self, catalogues.scripts).then(self.panel.offer).failed(lambda _error: None)
        self._operations.run(self, catalogues.topics).then(self.filters.offer).failed(lambda _error: None)

    def _know(self, desk: Desk) -> None:
        self.panel.know(desk)
        for frame in self.frames.values():
            frame.call_late(desk.late_days)
            frame.let_mark(office=desk.may_answer)

    def _show_counts(self, counts: tuple[StateCount, ...]) -> None:
        self._counts = {counted.state: counted for counted in counts}
        self.tabs.show_counts(counts)
        self.counts_changed.emit(counts)

    def _elsewhere(self, state: TicketState) -> tuple[Choice, ...]:
        """What to offer where a list is empty: another list with work in it, or the first message."""
        others = (self._counts[each] for each in TicketState if each is not state and each in self._counts)
        full = next((each for each in others if each.count and each.state != TicketState.COMMUNICATED), None)
        if full is None:
            return (("Nuevo mensaje", lambda: self.new_message_requested.emit(None)),) if works(self._me) else ()
        count = formats.count(full.count, capped=full.capped)
        return ((f"Ir a {LISTS[TicketState(full.state)]} ({count})", partial(self.open_state, full.state)),)
