"""One ticket: what was taken, its answer to read out, and what can be done with it. Reading is never a dialog."""

from collections.abc import Iterable

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.services.catalogues import Script
from iduo_desktop.services.staff import Me
from iduo_desktop.services.tickets import Desk, TicketCard, TicketRow
from iduo_desktop.terms import Role, TicketState
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import Right, works
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.tickets.answer_box import AnswerBox, person_of
from iduo_desktop.ui.tickets.compose import Compose
from iduo_desktop.ui.tickets.head import TicketHead
from iduo_desktop.ui.tickets.offer_box import OfferBox
from iduo_desktop.ui.tickets.rights import UNANSWERED, Verb, right
from iduo_desktop.ui.tickets.story import Story
from iduo_desktop.ui.tickets.tasks import TASKS
from iduo_desktop.ui.tickets.waiting_box import WaitingBox
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence

LOW = 460
COMING_MS = 120
WIDE = 1000
OVERLAP = 24
FIRST_READ = "Leé la respuesta hasta el final y después marcala (Ctrl+M)."


class TicketPanel(QWidget):
    """Shows a card, or at once what the line of the list tells of it. `left`: Esc.

    A text that was begun opens by itself; one that cannot be sent any more says why and stays to be copied.
    """

    left = Signal()

    def __init__(self, operations: Operations, me: Me, drafts: Drafts, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("ticket_panel")
        self.setAccessibleName("Datos del ticket")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self._me = me
        self._office = Role.ANSWERER in me.roles
        self._low = self._wide = False
        self._card: TicketCard | None = None
        self._coming: TicketRow | None = None
        self.rights: dict[Verb, Right] = {}
        self.head = TicketHead(clock, attends=works(me))
        self.remark = sentence("warning", "ticket_remark")
        self.message = label("", "", "ticket_text")
        self.extras = sentence("", "ticket_extras")
        self.answer = AnswerBox(clock, me.login)
        self.waiting = WaitingBox(clock)
        self.assistants = OfferBox(operations, self._hearer)
        self.composes = {task.verb: Compose(operations, drafts, task) for task in TASKS}
        self.story = Story(clock, me.login)
        self._nobody = label("Elegí un mensaje de la lista para verlo.", "secondary", "ticket_nobody")
        self._wait = QTimer(self, singleShot=True, interval=COMING_MS)
        self._wait.timeout.connect(self._show_coming)
        self._lay_out()
        self._connect()
        self.show_nobody()

    @property
    def ticket_id(self) -> int:
        """The ticket that is on the screen, 0 when none is."""
        return self._card.id if self._card is not None else 0

    def offer(self, scripts: Iterable[Script]) -> None:
        """The organisation's sentences."""
        scripts = tuple(scripts)
        self.answer.offer(scripts)
        self.waiting.offer(scripts)
        self.assistants.offer(scripts)
        if self._card is not None:
            self.show_card(self._card)

    def know(self, desk: Desk) -> None:
        """What the organisation decided about the desk."""
        self._office = desk.may_answer
        self.waiting.know(desk)
        if self._card is not None:
            self.show_card(self._card)

    def show_nobody(self) -> None:
        """The list has no chosen line."""
        self._wait.stop()
        self._card = None
        self._dress(head=False, body=False)
        say(self.remark, "")

    def expect(self, row: TicketRow) -> None:
        """A card is on its way; if it is late, show what the line tells."""
        self._coming = row
        if row.id == self.ticket_id:
            self._wait.stop()
        else:
            self._wait.start()

    def show_card(self, card: TicketCard) -> None:
        """Show all about a ticket."""
        self._wait.stop()
        other = card.id != self.ticket_id
        self._card = card
        self.rights = {verb: right(verb, card, self._me, office=self._office) for verb in Verb}
        self.head.show_card(card, self.rights)
        self.message.setText(card.text)
        say(self.extras, "\n".join(f"{extra.label}: {extra.value}" for extra in card.extras))
        unanswered = card.state in UNANSWERED
        self.answer.setVisible(not unanswered)
        if not unanswered:
            self.answer.show_card(card, self.rights[Verb.COMMUNICATE])
        self.waiting.setVisible(unanswered and works(self._me))
        self.waiting.show_card(card, self.rights[Verb.INSIST])
        self.assistants.setVisible(card.company_id is not None and works(self._me))
        self.assistants.show_card(card)
        self.story.show_card(card)
        for verb, compose in self.composes.items():
            self._show_compose(compose, self.rights[verb], card, other=other)
        self._dress(head=True, body=True)
        say(self.remark, "")
        if other:
            self._scroll.verticalScrollBar().setValue(0)

    def compose(self, verb: Verb) -> None:
        """Write a text about this ticket."""
        if self.rights.get(verb, Right(offered=False)).granted:
            chosen = self.composes[verb]
            for each in self.composes.values():
                if each is not chosen and not each.written and not self._always(each):
                    each.hide()
            chosen.show()
            chosen.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.bring(chosen)

    def offer_assistants(self) -> None:
        """Ctrl+Shift+D: their data, for a reason."""
        if self.assistants.isVisible():
            self.assistants.ask()

    def composed(self, verb: Verb) -> None:
        """A text was saved: its place closes, and what comes next has the keyboard."""
        compose = self.composes[verb]
        compose.setVisible(self._always(compose))
        if verb is Verb.INSIST:
            self.waiting.say("insisted")
        if verb is not Verb.ANSWER:
            self.enter()

    def enter(self) -> None:
        """Give the keyboard to what one most likely wants here: the answer to read, the text to write."""
        open_ones = [each for each in self.composes.values() if each.isVisibleTo(self) and each.open]
        writing = next((each for each in open_ones if each.written), open_ones[0] if open_ones else None)
        if self._card is None:
            self.setFocus()
        elif self.answer.isVisibleTo(self) and (writing is None or not writing.written):
            self.answer.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.bring(self.answer.text)
        elif writing is not None:
            writing.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.bring(writing)
        else:
            self.waiting.insist.setFocus(Qt.FocusReason.OtherFocusReason)

    def bring(self, widget: QWidget) -> None:
        """Scroll to it, as soon as it has its place."""
        QTimer.singleShot(0, self, lambda: self._bring_now(widget))

    def _bring_now(self, widget: QWidget) -> None:
        if not isValid(widget):
            return
        room = self._scroll.viewport().height()
        if widget is self.answer.text and self.answer.height() <= room:
            widget = self.answer  # with whom it is read to
        if widget.height() > room:
            top = widget.mapTo(self._content, widget.rect().topLeft()).y()
            self._scroll.verticalScrollBar().setValue(top - OVERLAP)
        else:
            self._scroll.ensureWidgetVisible(widget, 0, 12)

    def tell(self, text: str) -> None:
        """Say something about what is shown."""
        say(self.remark, text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._part(wide=self.width() >= WIDE)
        low = self.height() < LOW
        if low != self._low:
            self._low = low
            (self._column if low else self._whole).insertWidget(0, self.head)

    def _part(self, *, wide: bool) -> None:
        """Where there is room, the history stands beside what is read."""
        if wide != self._wide:
            self._wide = wide
            (self._side if wide else self._main).addWidget(self.story)
            self._beside.setStretch(1, 2 if wide else 0)
            self._beside.setSpacing(24 if wide else 0)

    def _show_compose(self, compose: Compose, right: Right, card: TicketCard, *, other: bool) -> None:
        compose.show_card(card)
        if right.granted:
            compose.stop("")
            shown = compose.written or self._always(compose) or (not other and compose.isVisibleTo(self))
        else:
            shown = compose.written
            compose.stop(_why_stopped(compose.task.verb, right, card) if shown else "")
        compose.setVisible(shown)

    def _always(self, compose: Compose) -> bool:
        """Who only answers has the text for the answer before him."""
        return compose.task.verb is Verb.ANSWER and not works(self._me) and self.rights[Verb.ANSWER].granted

    def _shut(self, compose: Compose) -> None:
        if self._always(compose):
            self.left.emit()
        else:
            compose.hide()
            self.enter()

    def _show_coming(self) -> None:
        if self._coming is not None:
            self._card = None
            self.head.show_row(self._coming)
            self._dress(head=True, body=False)

    def _dress(self, *, head: bool, body: bool) -> None:
        self.head.setVisible(head)
        self._body.setVisible(body)
        self._scroll.setVisible(body or (head and self._low))
        self._nobody.setVisible(not head)

    def _connect(self) -> None:
        self.waiting.insist_asked.connect(lambda: self.compose(Verb.INSIST))
        self.story.note_asked.connect(lambda: self.compose(Verb.NOTE))
        self.story.line_chosen.connect(self._scroll_to)
        self.assistants.grown.connect(lambda: self.bring(self.assistants))
        self.answer.unread.connect(self._read_on)
        self.answer.text.seen_whole.connect(self._note_read)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        for compose in self.composes.values():
            compose.closed.connect(lambda compose=compose: self._shut(compose))

    def _read_on(self) -> None:
        """Show more of an answer that is longer than the screen."""
        text = self.answer.text
        top = text.mapTo(self._content, text.rect().topLeft()).y()
        self._scroll.verticalScrollBar().setValue(top + text.seen_to - OVERLAP)
        self.tell(FIRST_READ)

    def _note_read(self) -> None:
        if self.remark.text() == FIRST_READ:
            self.tell("")

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """What has the keyboard is seen; an answer may be longer than the screen, and is read from its beginning."""
        if new is not None and new is not self.answer.text and self._content.isAncestorOf(new):
            self.bring(new)

    def _hearer(self) -> str:
        """Who is told the assistants' data."""
        return self.answer.to.text().strip() or (person_of(self._card) if self._card is not None else "")

    def _scroll_to(self, place: QRect) -> None:
        top = self.story.mapTo(self._content, place.topLeft())
        self._scroll.ensureVisible(0, top.y() + place.height() // 2, 0, place.height())

    def _lay_out(self) -> None:
        self._body = QWidget()
        beside = self._beside = QHBoxLayout(self._body)
        beside.setContentsMargins(12, 8, 12, 12)
        beside.setSpacing(0)
        column = self._main = _column(beside, 3)
        self._side = _column(beside, 0)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label("Consulta", "secondary", wraps=False))
        column.addWidget(self.message)
        column.addWidget(self.extras)
        of = self.composes
        above = (self.answer, of[Verb.SEND_BACK], self.waiting, of[Verb.INSIST])
        for widget in (*above, self.assistants, of[Verb.ANSWER], of[Verb.NOTE], self.story):
            column.addWidget(widget)
        self._content = QWidget()
        self._content.setMinimumWidth(1)  # what is too wide wraps; it does not widen the rest
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._body, 1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("ticket_scroll")
        self._scroll.setAccessibleName("Ticket")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._nobody.setContentsMargins(16, 24, 16, 24)
        self.remark.setContentsMargins(12, 4, 12, 4)
        whole.addWidget(self.head)
        whole.addWidget(self.remark)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._nobody)
        whole.addStretch(0)


def _column(beside: QHBoxLayout, stretch: int) -> QVBoxLayout:
    """Things below each other, at the top."""
    around = QVBoxLayout()
    column = QVBoxLayout()
    column.setSpacing(8)
    around.addLayout(column)
    around.addStretch(1)
    beside.addLayout(around, stretch)
    return column


def _why_stopped(verb: Verb, right: Right, card: TicketCard) -> str:
    """Why a text that was begun cannot be sent any more."""
    if verb is Verb.ANSWER and card.state == TicketState.AWAITING_COMMUNICATION:
        return f"{card.answered_by or 'Otra persona'} ya respondió este mensaje. Tu texto sigue acá."
    return f"{right.reason or 'Ya no se puede enviar.'} Tu texto sigue acá."
