"""«Chats»: who waits at the left, one's own as tabs, and the company of whoever writes beside it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from iduo_desktop.services import assistants, catalogues, chats, messages
from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.chats import Chat, Colleague, Done
from iduo_desktop.services.messages import Filled, Template
from iduo_desktop.services.staff import Me
from iduo_desktop.ui import actions
from iduo_desktop.ui.chats.end_dialog import EndDialog
from iduo_desktop.ui.chats.hand_on_dialog import HandOnDialog
from iduo_desktop.ui.chats.identify_dialog import IdentifyDialog
from iduo_desktop.ui.chats.inbox import Inbox
from iduo_desktop.ui.chats.queue_list import QueueList
from iduo_desktop.ui.chats.tabs import ChatTabs
from iduo_desktop.ui.chats.talk import LOW, TalkView
from iduo_desktop.ui.chats.words import queue, transcript
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import coordinates
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import label, sentence
from iduo_desktop.ui.widgets.script_strip import first_name

BESIDE, WITH_QUEUE, PANEL = 980, 820, 350
PATIENCE_MS = 1000  # a message waits no longer for what was said
NOBODY = "No atendés ningún chat. Cuando alguien espere, suena acá abajo: lo tomás con {}."
STILL = "El chat del sitio no está funcionando: nadie puede escribir desde la página. Avisá a Informática."
_CATALOGUES = {"script", "template"}
_OF_COMPANY = {"company", "company_assistant", "assistant", "ticket"}
ShowCompany = Callable[[DeskCompany | None], object]


class ChatsPage(QWidget):
    """`ticket_asked` brings the chat and its transcript, `record_asked` a person's id."""

    ticket_asked = Signal(object, str)
    record_asked = Signal(int)

    def __init__(
        self,
        operations: Operations,
        me: Me,
        notice: Notice,
        drafts: Drafts,
        clock: Clock,
        inbox: Inbox,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("chats_page")
        self.setAccessibleName("Chats")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        self._operations = operations
        self._notice = notice
        self._drafts = drafts
        self._clock = clock
        self._coordinates = coordinates(me)
        self.inbox = inbox
        self.panel = QWidget()
        self._show_company: ShowCompany = lambda _company: None
        self._company_id: int | None = None
        self._wish: bool | None = None
        self._wanted: int | None = None
        self._strange = self._aside = False
        self.tabs = ChatTabs()
        self.waiting = QueueList(me.login)
        self.talk = TalkView()
        self.talk.script.know({"operador": first_name(me.full_name), "organización": me.organisation})
        self._told_of: int | None = None
        self._reads = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._reads.timeout.connect(self._begin_message)
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self._say_queue)
        self._lay_out()
        self._connect()
        self._make_keys()
        self._ask_catalogues()

    @property
    def chat(self) -> Chat | None:
        """The one that is shown."""
        return self.inbox.find(self.tabs.chat_id)

    def place_panel(self, panel: QWidget, show_company: ShowCompany) -> None:
        """What stands beside the chat: the company of whoever writes."""
        self._row.replaceWidget(self.panel, panel)
        self.panel.deleteLater()
        self.panel, self._show_company = panel, show_company
        panel.setFixedWidth(PANEL)
        self._fit()

    def begin(self) -> None:
        """It was opened."""
        self.inbox.look()
        self.setFocus()

    def refresh(self) -> None:
        """F5: ask for everything that is seen again."""
        self.inbox.look()
        self._ask_catalogues()
        self._read_company()

    def zones(self) -> tuple[QWidget, ...]:
        """What F6 goes through, in reading order."""
        return (self.waiting, self.tabs, self.talk, self.panel)

    def choose(self, chat_id: int) -> None:
        """Show one of one's own, as soon as it is there, and take the keyboard to it."""
        self._wanted = chat_id
        self._strange = False
        self._show()

    def toggle_panel(self) -> None:
        """F12: show or hide the company."""
        self._wish = self.panel.isHidden()
        self._fit()
        if not self._wish:
            self.setFocus()

    # What is done with the chat that is shown

    def ticket(self) -> bool:
        """A message of whoever writes, with what was said, as soon as that was read; False without a chat."""
        chat = self.chat
        if chat is None:
            return False
        self._told_of = chat.id
        if self.inbox.is_read(chat) or not self._operations.online:
            self._begin_message()
        else:
            self._reads.start()
        return True

    def _begin_message(self) -> None:
        chat = self.inbox.find(self._told_of)
        self._told_of = None
        self._reads.stop()
        if chat is not None:
            self.ticket_asked.emit(chat, transcript(self.inbox.lines(chat.id), chat.name))

    def identify(self) -> None:
        """Say who writes."""
        chat = self.chat
        if chat is not None:
            dialog = IdentifyDialog(self._operations, chat, self.window())
            dialog.identified.connect(self.inbox.look)
            dialog.open()

    def hand_on(self) -> None:
        """Pass it to somebody, once it is known who is in."""
        chat = self.chat
        if chat is not None and self.talk.hand_on.isEnabled():
            self._operations.run(self, chats.colleagues).then(partial(self._hand_on, chat))

    def end(self) -> None:
        """It is over, or the visitor ended it: say how."""
        chat = self.chat
        if chat is None:
            return
        given = (self._operations, self._drafts, chat, self._clock, self.window())
        dialog = EndDialog(*given, ticket=self.inbox.sayings(chat).ticket)
        dialog.saved.connect(partial(self._ended, chat, "Chat terminado"))
        dialog.open()

    def _hand_on(self, chat: Chat, colleagues: tuple[Colleague, ...]) -> None:
        given = (self._operations, self._drafts, chat, colleagues, self._clock, self.window())
        dialog = HandOnDialog(*given)
        dialog.saved.connect(partial(self._let_go_of, chat, "Pasaste el chat"))
        dialog.open()

    def _ended(self, chat: Chat, said: str, done: Done) -> None:
        self.inbox.sayings(chat).forget()
        self._let_go_of(chat, said, done)

    def _let_go_of(self, chat: Chat, said: str, _done: Done) -> None:
        """What was typed stays as a draft, should it come back."""
        self._notice.show(said)
        self.inbox.let_go(chat)

    # What is shown

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._aside:
            return
        if self.chat is not None:
            self.talk.take_keyboard()
        elif self.waiting.list.isVisible():
            self.waiting.list.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticks.start()
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._mark_read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show(self) -> None:
        """All as it stands."""
        if not self.isVisible():
            self._ticks.stop()
            return
        held, typed = self._holds_keyboard(), self.talk.box.hasFocus()
        wanted = self.inbox.find(self._wanted)
        before = self.tabs.chat_id
        taken_away = before is not None and self.inbox.find(before) is None and not self.inbox.gave(before)
        self._strange = self._strange or taken_away  # nobody chose the one that is shown now
        self.tabs.show_chats(self.inbox.own, wanted.id if wanted is not None else before)
        self.waiting.show_chats(self.inbox.all)
        self._say_queue()
        self._show_talk()
        if wanted is not None:
            self._wanted = None
            self.talk.take_keyboard()
        elif taken_away and typed:
            self._stand_aside()
        elif held and (self.tabs.chat_id != before or not self._holds_keyboard()):
            self.setFocus()  # what had the keyboard is gone

    def _come_back(self) -> None:
        """From a dialog, a message or the lock: what one goes on typing is not for whoever stands there now."""
        if self._strange and not self._aside:
            self._stand_aside()

    def _stand_aside(self) -> None:
        """The rest of a sentence is for nobody else, and its Enter takes no other chat."""
        if self.tabs.isVisible():
            self.tabs.setFocus()
        else:
            self._aside = True
            self.setFocus()
            self._aside = False

    def _holds_keyboard(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused) and focused.isVisible()

    def _show_talk(self) -> None:
        chat = self.chat
        self.tabs.setVisible(bool(self.inbox.own))
        self._middle.setCurrentWidget(self.talk if chat is not None else self._nobody)
        if chat is None:
            self.talk.forget()
        else:
            self.talk.show_chat(chat, self.inbox.lines(chat.id), self.inbox.sayings(chat), self._clock())
        self._read(chat.company_id if chat is not None else None)
        self._mark_read()
        self._fit()

    def _switch(self, _chat_id: int) -> None:
        self._strange = False
        self._show_talk()
        if not self.tabs.hasFocus():
            self.talk.take_keyboard()

    def _step(self, by: int) -> None:
        """Ctrl+Tab: the next chat, ready to write in it."""
        self._strange = False
        self.tabs.step(by)
        self.setFocus()

    def _take_lines(self, chat_id: int) -> None:
        chat = self.inbox.find(self._told_of)
        if chat is not None and chat.id == chat_id and self.inbox.is_read(chat):
            self._begin_message()
        if self.isVisible() and chat_id == self.tabs.chat_id:
            self._show_talk()

    def _mark_read(self) -> None:
        if (chat := self.chat) and self.isVisible() and self.isActiveWindow():
            self.inbox.read(chat)

    def _say_queue(self) -> None:
        if (found := self.inbox.queue) is not None:
            self.queue_line.setText(queue(found, self._clock(), whole=self._coordinates))
            self.still.setVisible(not found.running)

    def _fit(self) -> None:
        beside = self.width() >= BESIDE if self._wish is None else self._wish
        self.panel.setVisible(beside and self.chat is not None)
        self.queue_line.setVisible(self.chat is None or self.window().height() >= LOW)
        shown = self.waiting.isVisible()
        room = self.width() - (PANEL if self.panel.isVisible() else 0)
        self.waiting.setVisible(room >= WITH_QUEUE or self.chat is None)
        if shown and self.waiting.isHidden() and self.focusWidget() is self.waiting.list:
            self.setFocus()

    # What is asked of the database

    def _ask_catalogues(self) -> None:
        refresh = self._operations.refresh
        refresh(self, catalogues.scripts).then(self.talk.script.offer).failed(lambda _: None)
        refresh(self, messages.templates, "chat").then(self.talk.box.offer).failed(lambda _: None)

    def _fill(self, template: Template) -> None:
        chat = self.chat
        if chat is not None:
            asked = self._operations.run(self, chats.fill, template.id, chat.id)
            asked.then(partial(self._put_in, chat.id))

    def _offer_answers(self) -> None:
        if self.chat is not None:
            self.talk.box.begin_answers()

    def _put_in(self, chat_id: int, filled: Filled) -> None:
        if chat_id == self.tabs.chat_id:
            self.talk.put_in(filled)

    def _read(self, company_id: int | None) -> None:
        if company_id != self._company_id:
            self._company_id = company_id
            self._show_company(None)
            self._read_company()

    def _read_company(self) -> None:
        if self._company_id is not None:
            asked = self._operations.refresh(self, assistants.company, self._company_id)
            asked.then(self._take_company).refused(lambda _: None).failed(lambda _: None)

    def _take_company(self, company: DeskCompany) -> None:
        if company.company_id == self._company_id:
            self._show_company(company)

    def _hear(self, table: str, _id: int | None) -> None:
        if table in _CATALOGUES:
            self._ask_catalogues()
        elif table in _OF_COMPANY and self.isVisible():
            self._read_company()

    def _connect(self) -> None:
        talk = self.talk
        self.inbox.changed.connect(self._show)
        self.inbox.written.connect(self._take_lines)
        self.waiting.take_asked.connect(self.inbox.take)
        self.tabs.tab_chosen.connect(self._switch)
        talk.ticket_asked.connect(self.ticket)
        talk.identify_asked.connect(self.identify)
        talk.record_asked.connect(self.record_asked)
        talk.hand_on_asked.connect(self.hand_on)
        talk.end_asked.connect(self.end)
        talk.box.picked.connect(self._fill)
        talk.box.returned.connect(self._come_back)
        self._operations.changed.connect(self._hear)

    def _make_keys(self) -> None:
        actions.make(self, "templates", self._offer_answers)
        actions.make(self, "identify", self.identify)
        actions.make(self, "hand_on", self.hand_on)
        actions.make(self, "end_chat", self.end)
        actions.make(self, "next_chat", partial(self._step, 1))
        actions.make(self, "previous_chat", partial(self._step, -1))
        actions.make(self, "panel", self.toggle_panel)

    def _lay_out(self) -> None:
        self.queue_line = ElidedLabel("chat_queue_line")
        mark(self.queue_line, role="secondary")
        self.still = sentence("warning", "chat_still")
        self.still.setText(STILL)
        self._nobody = label(NOBODY.format(actions.shown("take_chat")), "secondary", "chat_nobody")
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setFocusProxy(self)  # also where the last talk goes behind a dialog
        self._middle = QStackedWidget()
        self._middle.addWidget(self._nobody)
        self._middle.addWidget(self.talk)
        talks = QVBoxLayout()
        talks.setSpacing(0)
        talks.addWidget(self.tabs)
        talks.addWidget(self._middle, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addWidget(self.waiting)
        self._row.addLayout(talks, 1)
        self._row.addWidget(self.panel)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self.queue_line)
        head.addWidget(self.still)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._row, 1)
