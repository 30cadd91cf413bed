"""The cases page: six lists, the panel of one client, and the strip where contacts are registered."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from iduo_desktop.services import cases
from iduo_desktop.services.activities import Logged
from iduo_desktop.services.cases import CaseCard, CaseFilter, ListCount
from iduo_desktop.services.companies import CompanyHit
from iduo_desktop.services.promotions import Offer
from iduo_desktop.services.staff import Me
from iduo_desktop.services.surveys import SurveyRow
from iduo_desktop.terms import CaseList, Channel, PromotionAnswer
from iduo_desktop.ui import actions
from iduo_desktop.ui.cases.case_menu import case_menu
from iduo_desktop.ui.cases.commands import Commands
from iduo_desktop.ui.cases.contacting import Contacting
from iduo_desktop.ui.cases.lists import CaseListFrame, way_to_work
from iduo_desktop.ui.cases.parts import CasesParts
from iduo_desktop.ui.cases.reader import CaseReader
from iduo_desktop.ui.cases.rights import Case, Verb
from iduo_desktop.ui.cases.watch import Watch
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.pace import Pace
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.talks import Talks
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.placeholder import Choice
from iduo_desktop.ui.zones import entrance

COUNT_MS, REST_MS = 300, 10_000
MINUTE_MS = 60_000
_LETTERS = {"call": Channel.CALL, "whatsapp": Channel.WHATSAPP, "email": Channel.EMAIL, "sms": Channel.SMS}


class CasesPage(CasesParts):
    """The panel follows the list, except while somebody works in the strip or in the panel."""

    counts_changed = Signal(object)
    list_changed = Signal(str)
    person_requested = Signal(int)

    def __init__(
        self, operations: Operations, me: Me, notice: Notice, drafts: Drafts, clock: Clock, talks: Talks | None = None
    ):
        super().__init__(operations, me, notice, drafts, clock, talks or Talks(operations))
        self._operations = operations
        self._me = me
        self._counts: dict[str, ListCount] = {}
        self._wanted: Callable[[], object] | None = None
        self._stays = 0
        self.reader = CaseReader(operations, self)
        self.watch = Watch(operations, self)
        self.commands = Commands(operations, me, notice, drafts, clock, self)
        self.contacting = Contacting(self, operations, notice, drafts, clock, works=works(me))
        self.contacting.contact_asked.connect(lambda channel, anyway: self.contact(channel, anyway=anyway))
        self._pace = Pace(operations, COUNT_MS, REST_MS, self)
        self._pace.due.connect(self._ask_counts)
        self._minutes = QTimer(self, interval=MINUTE_MS)
        self._minutes.timeout.connect(self._turn_minute)
        self._minutes.start()
        self._make_keys()
        self._connect_parts()
        self._connect_work()
        self.open_list(CaseList.MINE.value)
        self._ask_counts()
        self._ask_choices()

    # What the window asks for

    def open_list(self, name: str) -> None:
        """Show one of the six lists."""
        frame = self.frames[CaseList(name)]
        self._stack.setCurrentWidget(frame)
        self.tabs.choose(frame.which)
        self.filters.show_filter(frame.filter)
        self.next.setEnabled(frame.which is not CaseList.CLOSED)
        frame.begin()
        frame.view.setFocus()
        self._follow()
        self.list_changed.emit(name)

    def open_case(self, case_id: int) -> None:
        """Show a case in the list where it stands."""
        self._operations.run(self, cases.card, case_id).then(self._open_card)

    def create_case(self, hit: CompanyHit | None = None) -> None:
        """A new case, for this client if one was found."""
        self.commands.create(hit)

    def take_next(self) -> None:
        """F8: one's own due callback, else the first free case of this list."""
        self.commands.take_next(self.frame.which, self.frame.filter, self.next)

    def refresh(self) -> None:
        """Ask for everything that is shown again."""
        for frame in self.frames.values():
            if frame.started:
                frame.model.reload()
        self.reader.again()
        self._ask_counts()
        self._ask_choices()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.frame.view.setFocus()

    # Connections

    def _make_keys(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "close_case": partial(self.do, Verb.CLOSE),
            "panel": self.toggle_panel,
            "script": self.panel.aids.toggle_script,
            "conversation": self.turn_panel,
            "verify": self.verify,
            "surveys": self.panel.aids.surveys.pop,
            "log_contact": self.contact,
            "take": self._take_or_release,
            "next_record": partial(self._step, 1),
            "previous_record": partial(self._step, -1),
        }
        if works(self._me):
            keys["take_next"] = self.take_next
        for name, act in keys.items():
            actions.make(self, name, act)
        for frame in self.frames.values():
            for name, channel in _LETTERS.items():
                actions.make(frame.view, name, partial(self.contact, channel.value))
            actions.make(frame.view, "take_selected", partial(self.do, Verb.TAKE))
            actions.make(frame.view, "verify_selected", self.verify)
            actions.make(frame.view, "surveys_selected", self.panel.aids.surveys.pop)
            for answer in PromotionAnswer:
                actions.make(frame.view, f"promotion_{answer.value}", partial(self.promote, None, answer.value))
            actions.make(frame.view, "open", self._enter_panel)

    def _connect_parts(self) -> None:
        self.next_asked.connect(self.take_next)
        self.menu_asked.connect(self.pop_menu)
        self.tabs.list_chosen.connect(lambda which: self.open_list(which.value))
        self.filters.narrowed.connect(self._narrow)
        self.filters.left_down.connect(self._to_list)
        for frame in self.frames.values():
            self._connect_frame(frame)
        self.panel.timeline.more_asked.connect(self.reader.read_older)
        self.panel.head.contact_asked.connect(self.contact)
        self.panel.head.anyway_asked.connect(partial(self.contact, anyway=True))
        self.panel.head.verb_asked.connect(self.do)
        self.panel.left.connect(self._to_list)
        self.panel.person.asked.connect(self.person_requested)
        self.panel.person.rate_asked.connect(lambda: self.commands.rate(self.reader.card) if self.reader.card else None)
        self.panel.timeline.form_asked.connect(self.commands.show_form)
        self.panel.timeline.chat_asked.connect(self.commands.show_chat)
        self.panel.aids.surveys.verify_asked.connect(self.verify)
        self.panel.aids.surveys.survey_asked.connect(self._fill_survey)
        self.panel.aids.promotions.answered.connect(self.promote)
        self.strip.logged.connect(self._logged)
        self.strip.put_off.connect(self._go_on)
        self.strip.closed.connect(self._shut_strip)
        self.composer.closed.connect(self._shut_strip)
        self.contacting.writing.went.connect(self._go_on)

    def _connect_frame(self, frame: CaseListFrame) -> None:
        frame.view.current_changed.connect(lambda _id: self._follow() if frame is self.frame else None)
        frame.view.opened.connect(lambda _id: self._enter_panel())
        frame.filter_cleared.connect(self.filters.clear)
        frame.nowhere = partial(self._elsewhere, frame.which)
        frame.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        frame.view.customContextMenuRequested.connect(lambda place: self._pop(frame.view.viewport().mapToGlobal(place)))

    def _connect_work(self) -> None:
        self.reader.card_read.connect(self._show_card)
        self.reader.entries_read.connect(self.panel.show_entries)
        self.reader.older_read.connect(self.panel.timeline.add_entries)
        self.reader.surveys_read.connect(self.panel.aids.show_surveys)
        self.reader.offers_read.connect(self.panel.aids.show_offers)
        self.reader.promises_read.connect(self.panel.aids.promises.show_promises)
        self.reader.extensions_read.connect(self.panel.aids.promises.show_extensions)
        self.reader.failed.connect(self.panel.tell)
        self.commands.taken.connect(self._show_taken)
        self.commands.left.connect(self._choose_next)
        self.commands.created.connect(self.open_case)
        self.commands.looked_for.connect(self._choose)
        self.commands.busy_changed.connect(lambda _busy: self._note_work())
        self._operations.changed.connect(self._note_change)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._note_focus)

    # What is asked of the list that is shown by then

    def _to_list(self) -> None:
        self.frame.view.setFocus()

    def _narrow(self, chosen: CaseFilter) -> None:
        self.frame.narrow(chosen)

    def _choose(self, case_id: int) -> None:
        self.frame.view.choose(case_id)

    def _choose_next(self, case_id: int) -> None:
        self.frame.view.choose_next(case_id)

    def _turn_minute(self) -> None:
        self.frame.model.reload_top()

    # Which case is shown

    def _case(self) -> Case | None:
        """The case that the panel shows; its line in the list while the card is not here yet."""
        if self.reader.card is not None:
            return self.reader.card
        row = self.frame.view.current_row()
        return row if row is not None and row.id == self.reader.case_id else None

    def _follow(self) -> None:
        """Show in the panel what is chosen in the list, unless somebody is at work on what it shows."""
        row = self.frame.view.current_row()
        if (row.id if row is not None else 0) == self.reader.case_id:
            return
        stays, self._stays = self._stays, 0
        left = stays == self.reader.case_id and self.frame.model.number(stays) < 0
        if self.reader.case_id and (left or self.has(QApplication.focusWidget())):
            self.panel.tell("Este caso ya no está en la lista que mirás.")
            return
        self._wanted = None
        self.reader.read(row.id if row is not None else 0)
        if row is None:
            self.panel.show_nobody()
            self.strip.show_card(None)
            self.contacting.show_card(None)
            self.show_strip(shown=False)
        else:
            self.panel.expect(row)

    def _step(self, by: int) -> None:
        self.frame.view.setFocus()
        self.frame.view.step(by)

    def _show_card(self, card: CaseCard) -> None:
        self.panel.show_card(card)
        self.strip.show_card(card)
        self.contacting.show_card(card)
        self.commands.know_form(card)
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted()

    def _open_card(self, card: CaseCard) -> None:
        which = CaseList.CLOSED if card.closed else CaseList(card.list)
        if card.assigned_to == self._me.login and not card.closed:
            which = CaseList.MINE
        self._show_in(which, card)

    def _show_in(self, which: CaseList, card: CaseCard) -> None:
        """Choose a case in its list; where it is too far down, the list is narrowed to that client."""
        self.open_list(which.value)
        frame = self.frame
        if not frame.view.choose(card.id) and which is not CaseList.MINE:
            narrowed = CaseFilter(text=str(card.company_number or card.client))
            self.filters.show_filter(narrowed)
            frame.narrow(narrowed)

    def _show_taken(self, case_id: int) -> None:
        """It stays in its list, and is in «Mis asignados» too: go there only if it cannot be seen here."""
        self.frame.view.setFocus()
        if self.frame.model.number(case_id) < 0:
            self.open_list(CaseList.MINE.value)
        self.frame.view.choose(case_id)

    def _enter_panel(self) -> None:
        if self.panel.isHidden():
            self.toggle_panel()
        target = entrance(self.panel)
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    # What is done with it

    def contact(self, channel: str = "", *, anyway: bool = False) -> None:
        """Ctrl+L or a letter: get ready to register a contact of the case that is shown."""
        card = self.reader.card
        if card is None:
            self._wanted = partial(self.contact, channel, anyway=anyway) if self.reader.case_id else None
        elif not self.commands.refuse(Verb.CONTACT, card):
            self.contacting.begin(card, channel, anyway=anyway)
            self._note_work()

    def do(self, verb: Verb) -> None:
        """Do something with the case that is shown; what needs its card waits for it."""
        case = self._case()
        commands = self.commands
        if verb is Verb.CONTACT:
            self.contact()
        elif verb is Verb.TAKE and case is not None:
            commands.take(case)
        elif verb is Verb.RELEASE and case is not None:
            commands.release(case)
        elif self.reader.card is None:
            self._wanted = partial(self.do, verb) if self.reader.case_id else None
        else:
            commands.ask(verb, self.reader.card)

    def verify(self) -> None:
        """«Datos verificados hoy»."""
        card, survey = self.reader.card, self.panel.aids.surveys.verification
        if card is None:
            self._wanted = self.verify if self.reader.case_id else None
        else:
            self.commands.verify(card, survey)

    def promote(self, offer: Offer | None, answer: str) -> None:
        """Register what the client said to the promotion that is shown, by the medium of the contact."""
        card, offer = self.reader.card, offer or self.panel.aids.promotions.offer
        if card is not None and offer is not None:
            self._stays = card.id  # one goes on talking with him, though his line goes to the end
            self.commands.promote(card, offer, answer, *self.medium)

    def _fill_survey(self, survey: SurveyRow) -> None:
        if self.reader.card is not None:
            self.commands.fill_survey(self.reader.card, survey)

    def _take_or_release(self) -> None:
        case = self._case()
        if case is not None:
            self.commands.take_or_release(case)

    def _logged(self, logged: Logged) -> None:
        card = self.reader.card
        if card is not None and card.id == logged.case_id:
            self.commands.logged(card, self.strip.channel, logged)
        self.contacting.writing.registered(logged.case_id)
        self._go_on(logged.case_id)

    def _go_on(self, case_id: int) -> None:
        """Somebody was contacted: the next one."""
        self.show_strip(shown=False)
        self.frame.view.setFocus()
        self.frame.view.choose_next(case_id)
        self._follow()

    def _shut_strip(self) -> None:
        self.show_strip(shown=False)
        self.frame.view.setFocus()
        self._follow()

    # Who works on what

    def _note_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is self.frame.view:
            self._follow()
        self._note_work()

    def _note_work(self) -> None:
        """Tell the others while one types about a case."""
        focused = QApplication.focusWidget()
        typing = isinstance(focused, QLineEdit | QPlainTextEdit) and self.panel.isAncestorOf(focused)
        at_work = self.below or typing
        self.watch.hold(self.commands.dialog_case or (self.reader.case_id if at_work else 0))

    # Counts and choices

    def _note_change(self, table: str, _id: object) -> None:
        if table == "case":
            self._pace.note()

    def _ask_counts(self) -> None:
        self._pace.begin()
        self._operations.refresh(self, cases.counts).then(self._show_counts).failed(lambda _error: None)

    def _show_counts(self, counts: tuple[ListCount, ...]) -> None:
        self._counts = {counted.list: counted for counted in counts}
        self.tabs.show_counts(counts)
        self.counts_changed.emit(counts)

    def _ask_choices(self) -> None:
        self._operations.run(self, cases.filter_choices).then(self.filters.offer).failed(lambda _error: None)

    def _elsewhere(self, which: CaseList) -> tuple[Choice, ...]:
        """What to offer where a list is empty: another list with work in it, and a new case."""
        choices: tuple[Choice, ...] = (("Nuevo caso", self.create_case),) if works(self._me) else ()
        return (*way_to_work(which, self._counts, self.open_list), *choices)

    # The menu

    def pop_menu(self) -> None:
        """Everything that can be done here, below its button."""
        self._pop(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _pop(self, place: QPoint) -> None:
        case_menu(self, self._me, self._case(), self.do, self.create_case, self.frame.order_by).popup(place)
