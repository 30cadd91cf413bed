"""The record of one person: head, what she can be reached by, sections, network, cases, history, and the summary."""

from functools import partial

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from iduo_desktop.services.contact_records import ContactRecord
from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Channel
from iduo_desktop.ui import actions
from iduo_desktop.ui.contacts.cases_box import CasesBox
from iduo_desktop.ui.contacts.data import RecordData
from iduo_desktop.ui.contacts.flags_box import FlagsBox
from iduo_desktop.ui.contacts.head import CHANNELS, RecordHead
from iduo_desktop.ui.contacts.network_box import NetworkBox
from iduo_desktop.ui.contacts.reach_box import ReachBox
from iduo_desktop.ui.contacts.record_tabs import CONVERSATION, DATA, RecordTabs
from iduo_desktop.ui.contacts.section_box import SectionBox
from iduo_desktop.ui.contacts.story import Story
from iduo_desktop.ui.contacts.summary import Summary
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.rights import works
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.conversation import Conversation
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.labels import label, say, sentence

SIDE, NARROW, LOW = 280, 900, 460
BELOW_DATA = 2


class RecordView(QWidget):
    """Where it is narrow the summary stands below the data; where it is low the head scrolls with it."""

    left = Signal()

    def __init__(
        self,
        operations: Operations,
        me: Me,
        notice: Notice,
        drafts: Drafts,
        clock: Clock,
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.setObjectName("record")
        self.setAccessibleName("Ficha de la persona")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        self._given = (operations, notice, drafts, clock)
        self._record: ContactRecord | None = None
        self._works = works(me)
        self._cases = "cases" in me.parts or "helpline" in me.parts
        helpline, tickets = "helpline" in me.parts, "tickets" in me.parts
        self.head = RecordHead(clock, attends=self._works, helpline=helpline, tickets=tickets)
        self.remark = sentence("warning", "record_remark")
        self.tabs = RecordTabs()
        self.reach = ReachBox(operations, notice, drafts, clock)
        self.data = RecordData(operations, notice, clock, me.area_code, works=self._works)
        self.flags = FlagsBox(operations, notice, clock, works=self._works)
        self.sections: list[SectionBox] = []
        self.network = NetworkBox(operations, notice, clock, works=self._works)
        self.cases = CasesBox(clock)
        self.conversation = Conversation(operations, notice, me.full_name, clock)
        self.story = Story(operations, clock, me.full_name)
        self.summary = Summary(clock)
        self._wide = self._low = False
        self._lay_out()
        self._connect()

    @property
    def record(self) -> ContactRecord | None:
        """What is shown."""
        return self._record

    def expect(self, person: str) -> None:
        """Somebody's record is on its way."""
        self._record = None
        self.head.title.setText(person)
        self._scroll.hide()
        say(self.remark, "")

    def show_record(self, record: ContactRecord) -> None:
        """Show this person; what is being typed for the same one stays."""
        other = self._record is None or self._record.id != record.id
        self._record = record
        for part in (self.head, self.tabs, self.reach, self.data, self.flags, self.network, self.cases):
            part.show_record(record)
        self._show_sections(record)
        self.summary.show_record(record, may_merge=self._works, may_see_cases=self._cases)
        self._scroll.show()
        say(self.remark, "")
        self.story.show_person(record.id)
        newest = record.cases[0].id if record.cases else 0
        self.conversation.show_case(newest, mine=False, may_write=self._works)
        if other:
            self.tabs.setCurrentIndex(0)
            self._scroll.verticalScrollBar().setValue(0)
            self.enter()

    def enter(self) -> None:
        """Give the keyboard to the first value."""
        first = self.head.back if self._low else self.data.first()  # where it is low, one sees first who it is
        if first is not None and self._record is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.setFocus()

    def reach_by(self, channel: str) -> None:
        """L, W, M or S: before somebody is called, whether it is safe."""
        if self._record is not None and self._works:
            self.reach.begin(self._record, Channel(channel))

    def open_section(self, form_id: int) -> None:
        """Unfold a section."""
        for box in self.sections:
            if box.form_id == form_id and box.isVisibleTo(self):
                box.fold.open(True)
                self.bring(box)

    def tell(self, text: str) -> None:
        """Say something about what is shown."""
        say(self.remark, text)

    def bring(self, widget: QWidget) -> None:
        """Scroll to it, as soon as it has its place."""
        QTimer.singleShot(0, self, lambda: self._bring_now(widget))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= NARROW
        if wide != self._wide:
            self._wide = wide
            (self._side if wide else self._main).insertWidget(0 if wide else BELOW_DATA, self.summary)
            self._beside_scroll.setVisible(wide)
            self.summary.setVisible(wide or self.tabs.kind == DATA)
        low = self.height() < LOW
        if low != self._low:
            self._low = low
            (self._column if low else self._whole).insertWidget(0, self.head)

    def _show_sections(self, record: ContactRecord) -> None:
        for _ in range(len(self.sections), len(record.sections)):
            box = SectionBox(*self._given, works=self._works)
            box.grown.connect(partial(self.bring, box))
            self.sections.append(box)
            self._sections.addWidget(box)
        for number, box in enumerate(self.sections):
            box.setVisible(number < len(record.sections))
            if number < len(record.sections):
                box.show_section(record.id, record.person, record.sections[number])

    def _turn(self, kind: str) -> None:
        """Another tab: the data, or one kind of what happened."""
        for part in self._of_data:
            part.setVisible(kind == DATA)
        self.summary.setVisible(self._wide or kind == DATA)
        self.cases.setVisible(kind == "case")
        self.conversation.setVisible(kind == CONVERSATION)
        self.story.setVisible(kind != CONVERSATION)
        if kind != CONVERSATION:
            self.story.choose(kind)
        self._scroll.verticalScrollBar().setValue(0)

    def _connect(self) -> None:
        self.tabs.chosen.connect(self._turn)
        self.head.channel_asked.connect(self.reach_by)
        self.head.list_asked.connect(self.left)
        self.reach.left.connect(self.enter)
        self.reach.grown.connect(partial(self.bring, self.reach))
        self.network.grown.connect(partial(self.bring, self.network))
        self.summary.network_asked.connect(self._open_network)
        self.story.line_chosen.connect(partial(self._scroll_to, self.story))
        self.conversation.line_chosen.connect(partial(self._scroll_to, self.conversation))
        for channel, _text, key in CHANNELS:
            actions.make(self, key, partial(self.reach_by, channel.value))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def _open_network(self) -> None:
        self.tabs.setCurrentIndex(0)
        self.network.open()

    def _follow_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if (
            new is not None
            and new not in {self.story.lines, self.conversation.lines}
            and self._content.isAncestorOf(new)
        ):
            self.bring(new)

    def _bring_now(self, widget: QWidget) -> None:
        if not isValid(widget) or not widget.isVisibleTo(self._content):
            return
        if widget.height() > self._scroll.viewport().height():
            top = widget.mapTo(self._content, widget.rect().topLeft()).y()
            self._scroll.verticalScrollBar().setValue(top - 8)
        else:
            self._scroll.ensureWidgetVisible(widget, 0, 8)

    def _scroll_to(self, part: QWidget, place: QRect) -> None:
        top = part.mapTo(self._content, place.topLeft())
        self._scroll.ensureVisible(0, top.y() + place.height() // 2, 0, place.height())

    def _lay_out(self) -> None:
        self._of_data: list[QWidget] = []
        self._main = QVBoxLayout()
        self._main.setContentsMargins(12, 8, 12, 12)
        self._main.setSpacing(8)
        self._main.addWidget(self.reach)
        self._sections = QVBoxLayout()
        self._sections.setSpacing(2)
        holder = QWidget()
        holder.setLayout(self._sections)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._part(self.data)
        self._part(label("Avisos", "heading", "record_flags_title", wraps=False), self.flags)
        self._part(label("Secciones", "heading", "record_sections_title", wraps=False), holder, self.network)
        self._main.addWidget(self.cases)
        self.cases.hide()
        self._main.addWidget(self.conversation)
        self.conversation.hide()
        self._main.addWidget(self.story)
        self._main.addStretch(1)
        self._content = QWidget()
        self._content.setMinimumWidth(1)  # what is too wide wraps; it does not widen the rest
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._main, 1)
        self._lay_out_frame()

    def _part(self, *widgets: QWidget) -> None:
        for widget in widgets:
            self._of_data.append(widget)
            self._main.addWidget(widget)

    def _lay_out_frame(self) -> None:
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setObjectName("record_scroll")
        self._scroll.setAccessibleName("Ficha")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._content)
        self.summary.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self.summary, surface="panel")
        self.summary.setMinimumWidth(1)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._scroll, 1)
        beside.addWidget(self._make_side())
        self._main.insertWidget(BELOW_DATA, self.summary)
        self.remark.setContentsMargins(12, 4, 12, 4)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for widget in (self.head, self.remark, self.tabs):
            whole.addWidget(widget)
        whole.addLayout(beside, 1)

    def _make_side(self) -> QWidget:
        """Where the summary stands while it is wide: with much to tell it scrolls."""
        content = QWidget()
        content.setMinimumWidth(1)
        self._side = QVBoxLayout(content)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._beside_scroll = FillingScroll(content)
        self._beside_scroll.setObjectName("summary_scroll")
        self._beside_scroll.setAccessibleName("Resumen")
        self._beside_scroll.setFixedWidth(SIDE)
        self._beside_scroll.hide()
        return self._beside_scroll
