"""Where chats meet the window: the card that rings, their page, taking one, and a message of what was said."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from iduo_desktop.services.calls import CallCard, Caller
from iduo_desktop.services.chats import Chat
from iduo_desktop.services.tickets import Created
from iduo_desktop.terms import TicketChannel
from iduo_desktop.ui import actions
from iduo_desktop.ui.call_desk import CallDesk
from iduo_desktop.ui.chats.end_dialog import KIND as END
from iduo_desktop.ui.chats.hand_on_dialog import KIND as HAND_ON
from iduo_desktop.ui.chats.inbox import Inbox
from iduo_desktop.ui.chats.page import ChatsPage
from iduo_desktop.ui.chats.ring_card import RingCard
from iduo_desktop.ui.chats.sayings import KIND as SAYING
from iduo_desktop.ui.chats.words import lost, name_of, pausing, unread
from iduo_desktop.ui.contact_desk import ContactDesk
from iduo_desktop.ui.desk import Desk, Kit
from iduo_desktop.ui.drafts import Draft, FormDraft
from iduo_desktop.ui.intake.company_panel import CompanyPanel
from iduo_desktop.ui.intake.preset import Target, target
from iduo_desktop.ui.omnibox import Command
from iduo_desktop.ui.pauses import Pauses
from iduo_desktop.ui.rail import Rail

NAME = "chats"
TOLD = "#told"


class ChatsDesk(Desk):
    """There for who takes messages. The page is made when it is first wanted, and then kept."""

    def __init__(self, kit: Kit, contacts: ContactDesk):
        super().__init__(kit)
        self._contacts = contacts
        self._rail: Rail | None = None
        self._page: ChatsPage | None = None
        self._discreet = "helpline" in kit.me.parts
        self._pauses: Pauses | None = None
        self._held = self._rested = False
        self._late: list[str] = []
        self.card: RingCard | None = None
        self.inbox: Inbox | None = None
        if kit.rooms.parts.takes:
            self.inbox = Inbox(kit.operations, kit.drafts, kit.me, self)
            kit.rooms.add(NAME, lambda: self.page)
            kit.rooms.resumes |= dict.fromkeys((SAYING, HAND_ON, END), self._resume)

    @property
    def page(self) -> ChatsPage:
        """The page."""
        if self.inbox is None:
            raise LookupError("no chats here")
        if self._page is None:
            given = (self._operations, self._me, self._notice, self._drafts, self._clock)
            self._page = ChatsPage(*given, self.inbox)
            self._connect(self._page)
        return self._page

    @property
    def zones(self) -> tuple[QWidget, ...]:
        """The card, where there is one."""
        return (self.card,) if self.card is not None else ()

    def attach(self, calls: CallDesk, pauses: Pauses, rail: Rail, frame: QWidget) -> None:
        """The window is there: its card, its keys, and the first look."""
        if self.inbox is None:
            return
        self._rail, self._pauses = rail, pauses
        self.card = RingCard(self._clock, frame, discreet=self._discreet)
        self.card.take_asked.connect(self.inbox.take)
        self.card.all_asked.connect(partial(self._rooms.open_part, NAME))
        self.inbox.changed.connect(self._show)
        self._operations.connection_changed.connect(self._show)
        pauses.changed.connect(self._pause)
        self.inbox.rang.connect(self._ring)
        self.inbox.lost.connect(self._lose)
        self.inbox.taken.connect(self._open)
        calls.chatting = self._take_message
        if self._rooms.intake is not None:
            self._rooms.intake.form.registered.connect(self._note_ticket)
        actions.make(frame, "take_chat", self.take_next)
        actions.make(frame, NAME, partial(self._rooms.open_part, NAME))
        self.inbox.look()

    def take_next(self) -> None:
        """Ctrl+Shift+T: attend whoever has waited longest."""
        if self.inbox is not None and self.inbox.waiting:
            self.inbox.take(self.inbox.waiting[0])
        else:
            self._notice.tell("No espera ningún chat.")

    def hold(self, *, on: bool) -> None:
        """Nobody is there to see it: nothing is shown nor said of who writes; what was to be told is told then."""
        self._held = on
        self._show()
        if self._late and not on:
            self._notice.tell(self._late[-1])
            self._late = []

    def commands(self) -> Iterator[Command]:
        """What the search offers of it."""
        if self.inbox is not None:
            yield Command("Tomar el chat que espera", self.take_next, actions.shown("take_chat"))

    @property
    def _quiet(self) -> bool:
        """In a pause nothing rings."""
        return self._pauses is not None and self._pauses.pause is not None

    def _pause(self) -> None:
        """One begins or ends: what rings, and what becomes of the open ones."""
        self._show()
        begins, self._rested = self._quiet and not self._rested, self._quiet
        told = pausing(self.inbox.own) if self.inbox is not None and begins else ""
        if told:
            self._notice.tell(told)

    def _ring(self, _chat: Chat) -> None:
        """In the taskbar, too."""
        if self.card is not None and not self._quiet:
            QApplication.alert(self.card.window())

    def _lose(self, gone: tuple[Chat, ...], typed: bool) -> None:
        """They were given to others, wherever one works meanwhile."""
        waiting = {each.id for each in self.inbox.waiting} if self.inbox is not None else set()
        waits = all(each.id in waiting for each in gone)
        told = lost(gone, wait_again=waits, typed=typed, discreet=self._discreet)
        if self._held:
            self._late.append(told)
        else:
            self._notice.tell(told)

    def _show(self, _online: bool = True) -> None:
        if self.inbox is None or self.card is None or self._held:
            return
        rings = self._operations.online and not self._quiet  # without a line nobody can take it
        self.card.show_chats(self.inbox.waiting if rings else ())
        if self._rail is not None:
            answered = sum(unread(chat) > 0 for chat in self.inbox.own)
            waiting = 0 if self._quiet else len(self.inbox.waiting)
            self._rail.parts[NAME].show_badge(waiting + answered, "por atender")

    def _open(self, chat_id: int) -> None:
        """It is one's own now."""
        self._rooms.open_part(NAME)
        self.page.choose(chat_id)

    def _take_message(self) -> bool:
        """F2 while a chat is on the screen: a message of whoever writes."""
        return self._page is not None and self._rooms.currentWidget() is self._page and self._page.ticket()

    def _message(self, chat: Chat, transcript: str) -> None:
        call = CallCard(chat.call_id or 0, chat.at, "", None, None, "", (), (), replayed=False)
        person: Caller | None = None
        if chat.contact_id is not None:
            name, company = chat.person or "", chat.company or ""
            person = Caller("contact", chat.contact_id, chat.company_id, None, name, company, "", "")
        known: dict[str, Any] = {
            "channel": TicketChannel.CHAT.value,
            "text": transcript,
            "#chat": chat.id,
            "#head": f"✎ Chat con {name_of(chat)}",
            TOLD: transcript,
        }
        self._tell_more(target(call, None, None, None), transcript)
        if person is None and chat.name:
            known["contact"] = name_of(chat)
        self._rooms.new_message(call=call, company_id=chat.company_id, contact=person, known=known)

    def _tell_more(self, found: Target, transcript: str) -> None:
        """A message that one left half written has what was said until then: what was said since comes in, too."""
        draft = FormDraft(self._drafts, found.kind, found.about, "Mensaje a iduo")
        answers = draft.values()
        before, text = str(answers.get(TOLD, "")), str(answers.get("text", ""))
        if before and before in text and not draft.sent:
            draft.keep(answers | {"text": text.replace(before, transcript, 1), TOLD: transcript})

    def _note_ticket(self, _created: Created, answers: dict[str, Any]) -> None:
        """How it ended is known already."""
        chat = self.inbox.find(answers.get("#chat")) if self.inbox is not None else None
        if chat is not None and self.inbox is not None:
            self.inbox.sayings(chat).ticket = True

    def _resume(self, draft: Draft) -> None:
        """What was typed comes back with its chat, if it is still one's own."""
        chat = self.inbox.find(draft.target) if self.inbox is not None else None
        self._rooms.open_part(NAME)
        if chat is None:
            self._notice.tell("Ese chat ya no lo atendés; lo que habías escrito queda guardado una semana.")
        else:
            ways = {END: self.page.end, HAND_ON: self.page.hand_on}
            self.page.choose(chat.id)
            ways.get(draft.kind, self.page.refresh)()

    def _connect(self, page: ChatsPage) -> None:
        panel = CompanyPanel(self._operations, self._clock, self._writer, self._about)
        panel.ticket_requested.connect(self._rooms.open_ticket)
        page.place_panel(panel, panel.show_company)
        page.ticket_asked.connect(self._message)
        page.record_asked.connect(self._contacts.open)

    def _writer(self) -> str:
        """To whom data of assistants are told."""
        chat = self.page.chat
        return "" if chat is None else chat.person or name_of(chat)

    def _about(self) -> tuple[int | None, int | None]:
        chat = self.page.chat
        return None, chat.call_id if chat is not None else None
