"""F12: all about the case that is chosen in the list. Reading is never a dialog."""

from datetime import date
from functools import partial

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.services.cases import CaseCard, CaseRow, TimelineEntry
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import ServiceStatus
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.aids import CaseAids
from iduo_desktop.ui.cases.client_data import ClientData
from iduo_desktop.ui.cases.panel_head import PanelHead
from iduo_desktop.ui.cases.panel_tabs import PanelTabs
from iduo_desktop.ui.cases.person_data import PersonData
from iduo_desktop.ui.cases.rights import Verb, right
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import coordinates
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.conversation import Conversation
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.timeline import Timeline

WIDTH = 380
LOW = 460
COMING_MS = 120
_LABEL_WIDTH = 76
_FACTS = ("Plan", "Corte", "Prórroga", "Servicio", "Motivo")


class Panel(QWidget):
    """Head, data that are corrected in place, and the history. Where it is low, the head scrolls with the rest."""

    left = Signal()

    def __init__(self, operations: Operations, me: Me, notice: Notice, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName("Datos del cliente")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="panel")
        self._me = me
        self._clock = clock
        self._low = False
        self._shown = 0
        self._coming: CaseRow | None = None
        self.head = PanelHead(me, clock)
        self.aids = CaseAids(operations, me, clock)
        self.data = ClientData(operations, notice, me.area_code)
        self.person = PersonData()
        self.tabs = PanelTabs()
        self.tabs.turned.connect(self._turn)
        self.conversation = Conversation(operations, notice, me.full_name, clock)
        self.conversation.unread_changed.connect(self.tabs.show_unread)
        self.conversation.line_chosen.connect(partial(self._scroll_to, self.conversation))
        self.timeline = Timeline(me.login, clock)
        self.timeline.line_chosen.connect(partial(self._scroll_to, self.timeline))
        self.remark = sentence("warning", "panel_remark")
        self._nobody = label("Elegí un caso de la lista para ver sus datos.", "secondary", "panel_nobody")
        self._facts = {title: label("", "", f"fact_{number}") for number, title in enumerate(_FACTS)}
        self._wait = QTimer(self, singleShot=True, interval=COMING_MS)
        self._wait.timeout.connect(self._show_coming)
        self._lay_out()
        self.show_nobody()

    @property
    def case_id(self) -> int:
        """The case whose data are on the screen, 0 when none are."""
        return self._shown

    def show_nobody(self) -> None:
        """The list has no chosen line."""
        self._wait.stop()
        self._shown = 0
        self.conversation.show_case(0, mine=False, may_write=False)
        self._dress(head=False, body=False)
        say(self.remark, "")

    def expect(self, row: CaseRow) -> None:
        """A card is on its way; if it is late, show what the line tells."""
        self._coming = row
        if row.id == self._shown:
            self.head.show_case(row)
        else:
            self._wait.start()

    def show_card(self, card: CaseCard) -> None:
        """Show all about a case."""
        self._wait.stop()
        other = card.id != self._shown
        self._shown = card.id
        self.head.show_case(card)
        self.aids.show_card(card)
        self.data.show_card(card)
        self.person.show_card(card, may_rate=coordinates(self._me) or card.assigned_to == self._me.login)
        self._show_facts(card)
        if other:
            self.tabs.begin()
        mine = card.assigned_to == self._me.login and not card.closed
        self.conversation.show_case(card.id, mine=mine, may_write=right(Verb.CONTACT, card, self._me).granted)
        self._dress(head=True, body=True)
        say(self.remark, "")
        if other:
            self._scroll.verticalScrollBar().setValue(0)
            self.timeline.hide()

    def show_entries(self, entries: tuple[TimelineEntry, ...]) -> None:
        """Show the newest of the history."""
        self.timeline.show_entries(entries)
        self.timeline.show()

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
        low = self.height() < LOW
        if low != self._low:
            self._low = low
            (self._column if low else self._whole).insertWidget(0, self.head)
            (self._column if low else self._whole).insertWidget(1 if low else 2, self.tabs)

    def _show_coming(self) -> None:
        if self._coming is not None:
            self._shown = 0
            self.head.show_case(self._coming)
            self._dress(head=True, body=False)

    def _dress(self, *, head: bool, body: bool) -> None:
        self.head.setVisible(head)
        self.tabs.setVisible(body)
        self._body.setVisible(body and not self.tabs.talking)
        self._talk.setVisible(body and self.tabs.talking)
        self._scroll.setVisible(body or (head and self._low))
        self._nobody.setVisible(not head)

    def _turn(self) -> None:
        self._dress(head=not self.head.isHidden(), body=not self.tabs.isHidden())
        # where the head scrolls too, the conversation begins at its tab, once it has its height
        QTimer.singleShot(0, self, self._scroll_to_side)

    def _scroll_to_side(self) -> None:
        self._scroll.verticalScrollBar().setValue(self.tabs.y() if self._low and self.tabs.talking else 0)

    def _show_facts(self, card: CaseCard) -> None:
        today = self._clock().date()
        extended = card.extended_until is not None and card.extended_until >= today
        reason = f", {card.extension_reason}" if card.extension_reason else ""
        until = f" hasta el {formats.day(card.move_until)}" if card.move_until else ""
        texts = {
            "Plan": card.plan,
            "Corte": _cutoff(card, today),
            "Prórroga": f"Hasta el {formats.day_and_distance(card.extended_until, today)}{reason}"
            if extended
            else "No",
            "Servicio": ServiceStatus(card.service_status).label if card.service_status != card.list else "",
            "Motivo": f"{card.move_reason}{until}" if card.move_reason and not card.closed else "",
        }
        for title, fact in self._facts.items():
            fact.setText(texts[title] or formats.NOTHING)
            fact.setAccessibleName(f"{title}: {texts[title] or 'sin dato'}")
        for title in ("Plan", "Corte", "Prórroga"):
            self._form.setRowVisible(self._facts[title], card.company_id is not None)
        for title in ("Servicio", "Motivo"):
            self._form.setRowVisible(self._facts[title], bool(texts[title]))

    def _lay_out(self) -> None:
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(4)
        for title, fact in self._facts.items():
            fact.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            fact.setContentsMargins(4, 0, 0, 0)  # below each other with what is corrected in place
            self._form.addRow(_title(title), fact)
        column.addWidget(self.aids)
        column.addLayout(self._form)
        for widget in (self.data, self.person, self.timeline):
            column.addWidget(widget)
        column.addStretch(1)
        self._talk = _page(self.conversation)
        self._content = QWidget()
        self._content.setMinimumWidth(1)  # what is too wide wraps; it does not widen the rest
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._body, 1)
        self._column.addWidget(self._talk, 1)
        self._scroll = _scrolled(self._content)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self._nobody.setContentsMargins(16, 24, 16, 24)
        self.remark.setContentsMargins(12, 4, 12, 4)
        whole.addWidget(self.head)
        whole.addWidget(self.remark)
        whole.addWidget(self.tabs)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._nobody)
        whole.addStretch(0)

    def _scroll_to(self, part: QWidget, place: QRect) -> None:
        top = part.mapTo(self._content, place.topLeft())
        self._scroll.ensureVisible(0, top.y() + place.height() // 2, 0, place.height())


def _scrolled(content: QWidget) -> QScrollArea:
    """What is too high for the panel."""
    made = QScrollArea()
    made.setObjectName("panel_scroll")
    made.setAccessibleName("Datos e historial")
    made.setWidgetResizable(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(content)
    return made


def _page(content: QWidget) -> QWidget:
    """One of the two sides of the panel."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(12, 8, 12, 12)
    column.addWidget(content)
    column.addStretch(1)
    return made


def _title(text: str) -> QLabel:
    made = label(text, "secondary", wraps=False)
    made.setFixedWidth(_LABEL_WIDTH)
    return made


def _cutoff(card: CaseCard, today: date) -> str:
    """The day on which the service is really cut, and which one it was before an extension."""
    cutoff, extended = card.cutoff_date, card.extended_until
    if cutoff is None or extended is None or extended <= cutoff:
        return formats.day_and_distance(cutoff, today)
    return f"{formats.day_and_distance(extended, today)}; era el {formats.day(cutoff)}"
