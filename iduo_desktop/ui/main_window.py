"""The window: a list of pages and the connections between them and the frame."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from iduo_desktop.services.search import Wanted
from iduo_desktop.terms import CaseList
from iduo_desktop.ui import actions, formats
from iduo_desktop.ui.agenda_desk import AgendaDesk
from iduo_desktop.ui.attention_desk import AttentionDesk
from iduo_desktop.ui.awake import Awake
from iduo_desktop.ui.banner import Banner
from iduo_desktop.ui.batch_desk import BatchDesk, batch_desk
from iduo_desktop.ui.board_desk import BoardDesk, board_desk
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.cases.page import CasesPage
from iduo_desktop.ui.chats_desk import ChatsDesk
from iduo_desktop.ui.contact_desk import ContactDesk
from iduo_desktop.ui.curtain import Curtain, Hidden
from iduo_desktop.ui.desk import Kit
from iduo_desktop.ui.door import FREE, Entry, Rules
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.idle import IdleWatch
from iduo_desktop.ui.intake.arrival import Arrival
from iduo_desktop.ui.intake.call_card import lasted
from iduo_desktop.ui.keys_dialog import KeysDialog
from iduo_desktop.ui.lock_screen import IDLE, LockScreen
from iduo_desktop.ui.message_desk import MessageDesk
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.omnibox import Command, Omnibox
from iduo_desktop.ui.one_place import OnePlace
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.outbox_desk import OutboxDesk
from iduo_desktop.ui.password_dialog import PasswordDialog
from iduo_desktop.ui.pause_desk import PauseDesk
from iduo_desktop.ui.preferences import PreferencesFile, as_text
from iduo_desktop.ui.rail import Rail
from iduo_desktop.ui.recovery import Recovery
from iduo_desktop.ui.rooms import Rooms
from iduo_desktop.ui.settings.frame import SettingsFrame
from iduo_desktop.ui.shortcuts_dialog import ShortcutsDialog
from iduo_desktop.ui.status_line import StatusLine
from iduo_desktop.ui.theme import Theme
from iduo_desktop.ui.top_bar import TopBar
from iduo_desktop.ui.version_note import tell_version
from iduo_desktop.ui.widgets.badge import TEST
from iduo_desktop.ui.window_commands import NEW_MESSAGE, FrameVerbs, window_commands
from iduo_desktop.ui.window_place import place_of, put_at
from iduo_desktop.ui.zones import Zones

SMALL, LOW = 1100, 500


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the program gives to its window. `profile` and `program` name database and session."""

    operations: Operations
    entry: Entry
    theme: Theme
    preferences: PreferencesFile
    profile: str
    program: str
    rules: Rules = FREE


class MainWindow(QMainWindow):
    """Everything one works in, from the login to the sign-out."""

    closed = Signal()
    signed_out = Signal(str)
    entry_renewed = Signal(object)

    def __init__(self, around: Surroundings):
        super().__init__()
        self.setObjectName("main_window")
        self._around = around
        self._operations = around.operations
        self._me = around.entry.me
        self._leaving = False
        self._ticks = QTimer(self, interval=1000)
        self.setWindowTitle(f"iduo Desktop — {TEST}" if self._me.test_database else "iduo Desktop")
        liked = around.preferences.current
        actions.adopt(liked.chosen_keys(), letters=liked.letters)
        self._make_parts()
        self._lay_out()
        around.theme.dress(self, self.agenda.alarm)
        self._make_actions()
        self._ticks.timeout.connect(lambda: self._show_call(self.calls.arrivals.current))
        self._connect_frame()
        self._connect_operations()
        self._connect_pages()
        self._restore()
        self.rooms.begin()
        tell_version(around.entry.newer, around.rules, self.top_bar, self.notice)

    def _make_parts(self) -> None:
        around, operations = self._around, self._operations
        self.clock = formats.clock_of(self._me.server_time)
        self.notice = Notice(self)
        self.drafts = Drafts(operations, around.profile, self._me.login, parent=self)
        self.rooms = Rooms(operations, self._me, self.notice, self.drafts, self.clock)
        kit = Kit(operations, self._me, self.notice, self.drafts, self.clock, self.rooms)
        self.contacts = ContactDesk(kit)
        self.agenda = AgendaDesk(kit, self.contacts)
        self.batches: BatchDesk | None = batch_desk(kit, around.preferences)
        self.board: BoardDesk | None = board_desk(kit, around.preferences)
        self.attention = AttentionDesk(kit)
        self.chats = ChatsDesk(kit, self.contacts)
        parts = self.rooms.parts
        desk, known = parts.cases or parts.takes, parts.takes or self.contacts.opens
        self.omnibox = Omnibox(operations, Wanted(tickets=parts.tickets, contacts=known, companies=desk))
        self.top_bar = TopBar(self.omnibox, self._me, calls=parts.calls)
        liked = (around.preferences, around.rules)
        self.messages = MessageDesk(operations, self._me, self.notice, self.rooms, *liked, self.top_bar)
        self.banner = Banner()
        self.rail = Rail(around.preferences.current.rail_expanded, parts, self.rooms.names)
        self.status_line = StatusLine(self.notice, self.clock)
        self.outbox = OutboxDesk(kit, self.status_line)
        self.pauses = PauseDesk(operations, self.notice, self.clock, self.omnibox, self)
        self.status_line.place(self.pauses.button)
        self.frame = QWidget()
        self.frame.setObjectName("frame")
        self.hidden = Hidden(actions.shown("hide_all"))
        self.lock_screen = LockScreen(operations, around.entry)
        self.curtain = Curtain(self.frame, self.hidden, self.lock_screen)
        self.one_place = OnePlace(operations, around.program, self)
        self.idle = IdleWatch(self._me.lock_after_minutes, self)
        self.awake = Awake(self)
        self.calls = CallDesk(operations, self._me, self.notice, self.clock, self.rooms, self.top_bar, self.frame)
        self.contacts.attach(self.calls)
        self.attention.attach(self.calls, self.contacts, self.frame)
        self.agenda.attach(self.calls, self.rail, self.frame, self)
        self.chats.attach(self.calls, self.pauses.pauses, self.rail, self.frame)
        self.recovery = Recovery(operations, self.drafts, self.notice, self.rooms, self)
        self.zones = Zones(self._zones)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        page = QVBoxLayout()
        page.setSpacing(0)
        page.addWidget(self.rooms, 1)
        for card in (*self.chats.zones, self.agenda.cards):
            page.addWidget(card)
        middle.addLayout(page, 1)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.banner)
        column.addWidget(self.pauses.strip)
        column.addLayout(middle, 1)
        column.addWidget(self.status_line)
        self.setCentralWidget(self.curtain)
        self.setMinimumSize(640, 360)

    def _make_actions(self) -> None:
        """The frame's own keys; pages make theirs. On the frame, so that nothing works behind the curtain."""
        frame = self.frame
        actions.make(frame, "help", self.show_keys)
        actions.make(frame, "search", self.omnibox.begin)
        actions.make(frame, "refresh", self.refresh)
        actions.make(frame, "next_zone", self.zones.go_on)
        actions.make(frame, "previous_zone", self.zones.go_back)
        actions.make(self, "hide_all", self.hide_all)
        self.undo = actions.make(frame, "undo", self.notice.undo)
        self.undo.setEnabled(False)
        if self.rooms.parts.cases:
            for kind in CaseList:
                actions.make(frame, f"list_{kind.value}", partial(self.rooms.open_list, kind.value))
        if self.rooms.parts.takes:
            actions.make(frame, "new_message", self.calls.new_message)
        if self.rooms.parts.calls:
            actions.make(frame, "call_card", self.calls.show)
            actions.make(frame, "add_number", self.calls.add_number)
        self.agenda.make_keys(frame)
        self.pauses.attach(self.calls, frame)
        if self.batches is not None:
            self.batches.make_actions(frame)
        self.omnibox.commands = self._commands()
        self.omnibox.for_contacts = "su ficha" if self.contacts.opens else self.omnibox.for_contacts
        self.omnibox.otherwise = tuple(each for each in self.omnibox.commands if each.text == NEW_MESSAGE)

    def _connect_frame(self) -> None:
        bar, rail = self.top_bar, self.rail
        bar.scheme_chosen.connect(lambda scheme: self._dress(scheme, self._around.theme.density))
        bar.density_chosen.connect(lambda density: self._dress(self._around.theme.scheme, density))
        bar.password_requested.connect(self.change_password)
        bar.lock_requested.connect(self.lock)
        bar.sign_out_requested.connect(self.sign_out)
        bar.show_chosen(self._around.theme.scheme, self._around.theme.density)
        bar.call_requested.connect(self.calls.show)
        rail.help_requested.connect(self.show_keys)
        rail.expanded_changed.connect(lambda on: self._prefer(rail_expanded=on))
        self.banner.retry_requested.connect(self._operations.poll_now)
        self.notice.undo_changed.connect(self.undo.setEnabled)
        self.one_place.superseded.connect(self.sign_out)
        self.idle.idle.connect(lambda: self.lock(IDLE))
        for wakes in (self.idle.look, self._operations.poll_now, self.agenda.look):  # locked before anything is told
            self.awake.woke.connect(wakes)
        self.lock_screen.unlocked.connect(self._unlock)
        self.lock_screen.left.connect(self.sign_out)
        self.omnibox.ticket_chosen.connect(lambda hit: self.rooms.open_ticket(hit.ticket_id))
        self.omnibox.contact_chosen.connect(self.contacts.take)
        self.omnibox.company_chosen.connect(self.rooms.open_company)
        self.calls.search_asked.connect(self.omnibox.begin)
        self.calls.current_changed.connect(self._show_call)

    def _connect_operations(self) -> None:
        operations = self._operations
        operations.refused.connect(self.notice.refuse)
        operations.failed.connect(self.notice.fail)
        operations.connection_changed.connect(self._show_connection)
        operations.ended.connect(lambda error: self.sign_out(str(error)))
        self.drafts.saved.connect(self.status_line.show_saved)
        self.drafts.memory_only_changed.connect(self.status_line.show_memory_only)
        self.drafts.load()

    def _connect_pages(self) -> None:
        rooms, rail = self.rooms, self.rail
        rail.list_requested.connect(rooms.open_list)
        rail.cases_requested.connect(rooms.open_cases)
        rail.state_requested.connect(rooms.open_state)
        rail.tickets_requested.connect(rooms.open_tickets)
        rail.settings_requested.connect(rooms.open_settings)
        rail.part_requested.connect(rooms.open_part)
        if rooms.cases is not None:
            rooms.cases.counts_changed.connect(rail.show_counts)
            rooms.cases.list_changed.connect(rail.show_list)
            rail.show_list(CaseList.MINE.value)
        if rooms.tickets is not None:
            rooms.tickets.counts_changed.connect(rail.show_states)
            rooms.tickets.state_changed.connect(rail.show_state)
        rooms.moved.connect(lambda: rail.show_part(rooms.part))

    @property
    def cases(self) -> CasesPage:
        """The cases; only for who has them."""
        if self.rooms.cases is None:
            raise LookupError("no cases here")
        return self.rooms.cases

    @property
    def settings(self) -> SettingsFrame | None:
        """The settings, for administrators."""
        return self.rooms.settings

    def open_list(self, name: str) -> None:
        """Show one of the six lists."""
        self.rooms.open_list(name)

    def open_settings(self) -> None:
        """What an administrator decides."""
        self.rooms.open_settings()

    def refresh(self) -> None:
        """F5: ask for everything on the screen again."""
        self._operations.poll_now()
        self.rooms.refresh()

    def show_keys(self) -> None:
        """F1: the keys of this screen."""
        dialog = ShortcutsDialog(actions.keys_here(self), self)
        dialog.change_requested.connect(self.change_keys)
        dialog.open()

    def change_keys(self) -> None:
        """Choose other keys; they are used from the next login on."""
        liked = self._around.preferences.current
        dialog = KeysDialog(liked.chosen_keys(), liked.letters, self)
        dialog.chosen.connect(lambda keys, letters: self._prefer(keys=as_text(keys), letters=letters))
        dialog.open()

    def hide_all(self) -> None:
        """F11: put everything away, and bring it back as it was. What is locked stays locked."""
        if self.curtain.face is self.hidden:
            self._show_again()
        elif self.curtain.face is None:
            self._hold()
            self.curtain.draw(self.hidden)

    def lock(self, why: str = "") -> None:
        """Ask for the password before anything is seen again."""
        self.drafts.flush()
        if self.curtain.face is not self.lock_screen:
            self.rooms.talks.hold(on=True)
            self.lock_screen.ask(why)
            self._hold(locked=True)
            self.curtain.draw(self.lock_screen)

    def change_password(self) -> None:
        """Ask for a new password and go on with it."""
        dialog = PasswordDialog(self._operations, self._around.entry, self)
        dialog.changed.connect(self._renew)
        dialog.open()

    def sign_out(self, why: str = "") -> None:
        """Leave; drafts stay on this PC for the next time. What was typed in the settings is asked about."""
        if not why and self.rooms.keep(self.sign_out):
            return
        if not self._leaving:
            self._leaving = True
            self._prefer(geometry=place_of(self))
            self.drafts.flush()
            self.rooms.talks.end()
            self.agenda.close()
            self.signed_out.emit(why)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a small screen at 200 % each line counts for the list."""
        super().resizeEvent(event)
        low = self.height() < LOW
        self.top_bar.setFixedHeight(44 if low else 52)
        self.status_line.setFixedHeight(34 if low else 36)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.rooms.keep(self.close):
            event.ignore()
            return
        self._prefer(geometry=place_of(self))
        self.drafts.flush()
        super().closeEvent(event)
        self.rooms.talks.end()
        self.agenda.close()
        self.hide()
        self.closed.emit()

    def _zones(self) -> tuple[QWidget, ...]:
        """In reading order; the card of a call is one too, while it is there."""
        cards = (self.pauses.strip, self.calls.card, *self.chats.zones, self.agenda.cards)
        return self.top_bar, *cards, self.rail, *self.rooms.zones(), self.status_line

    def _unlock(self) -> None:
        self.rooms.talks.hold(on=False)
        self.idle.restart()
        self._show_again()

    def _hold(self, *, locked: bool = False) -> None:
        self.calls.hold(on=True)
        self.agenda.hold(on=True, locked=locked)
        self.chats.hold(on=True)

    def _show_again(self) -> None:
        self.curtain.open()
        self.calls.hold(on=False)
        self.agenda.hold(on=False)
        self.chats.hold(on=False)

    def _show_call(self, arrival: Arrival | None) -> None:
        """The call one is in, with its time, at the top."""
        self._ticks.start() if arrival is not None else self._ticks.stop()
        since = "" if arrival is None else "terminó" if arrival.hung_up else lasted(arrival, self.clock)
        self.top_bar.show_call(arrival.who if arrival is not None else "", since)

    def _renew(self, entry: Entry) -> None:
        self._around = replace(self._around, entry=entry)
        self.entry_renewed.emit(entry)
        self.lock_screen.renew(entry)
        self.refresh()
        self.notice.show("Contraseña cambiada")

    def _show_connection(self, online: bool) -> None:
        if online:
            self.top_bar.show_online()
            self.banner.hide()
            self.notice.tell("Conexión recuperada.")
            self.rooms.refresh()
        else:
            since: datetime = self.clock()
            self.top_bar.show_offline(since)
            self.banner.lose(since)

    def _commands(self) -> tuple[Command, ...]:
        worn = self._around.theme
        desks = (self.attention, self.batches, self.board, self.chats, self.outbox)
        frame = FrameVerbs(
            *(lambda scheme: self._dress(scheme, worn.density), self.hide_all, self.lock, self.change_password),
            *(self.show_keys, self.change_keys, self.sign_out),
        )
        return window_commands(self.rooms, self.calls, desks, frame)

    def _dress(self, scheme: str, density: str) -> None:
        self._around.theme.choose(scheme, density)
        self.top_bar.show_chosen(scheme, density)
        self._prefer(scheme=scheme, density=density)

    def _prefer(self, **values: str | bool) -> None:
        self._around.preferences.change(self._operations, **values)

    def _restore(self) -> None:
        put_at(self, self._around.preferences.current.geometry)
        if self.screen().availableGeometry().width() < SMALL:
            self.rail.expand(False)
