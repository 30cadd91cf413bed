"""What the form of a message is made of, and where on the screen it stands."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from iduo_desktop.services.assistants import DeskCompany
from iduo_desktop.services.forms import Form
from iduo_desktop.ui import actions
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.intake.code_box import CodeBox
from iduo_desktop.ui.intake.fields import MessageFields
from iduo_desktop.ui.intake.head import Head
from iduo_desktop.ui.intake.insisted_row import InsistedRow
from iduo_desktop.ui.intake.similar_box import SimilarBox
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.form import FormView
from iduo_desktop.ui.widgets.labels import sentence
from iduo_desktop.ui.widgets.restored_line import RestoredLine
from iduo_desktop.ui.widgets.script_strip import ScriptStrip
from iduo_desktop.ui.widgets.sender import KEY, Sender

KIND = "message"
VERB = "Registrar"
SIDE = 16
ONE_FIELD = 40  # pixels: what stays of the fields where all else has to be read


class FormParts(QWidget):
    """Head, script, the fields that scroll where there is little room, and the buttons.

    `submit_asked`: Ctrl+Enter. `left`: Esc.
    """

    submit_asked = Signal()
    left = Signal()

    def __init__(
        self, operations: Operations, drafts: Drafts, clock: Clock, area_code: str, parent: QWidget | None = None
    ):
        super().__init__(parent)
        self.setObjectName("message_form")
        self.operations = operations
        self.drafts = drafts
        self.clock = clock
        self.area_code = area_code
        self.draft = FormDraft(drafts, KIND, 0, "Mensaje a iduo")
        self.extra: FormView | None = None
        self.extra_form: Form | None = None
        self._sent: dict[str, Any] = {}
        self._about: dict[str, Any] = {}
        self._started: Mapping[str, Any] = {}
        self._extra_answers: dict[str, Any] = {}
        self._company: DeskCompany | None = None
        self._quiet = self._low = False
        self._beside = True
        self.head = Head(clock)
        self.restored = RestoredLine()
        self.script = ScriptStrip()
        self.fields = MessageFields(operations, clock, area_code)
        self.insisted_row = InsistedRow()
        self.similar = SimilarBox(operations, clock)
        self.code = CodeBox()
        self.note = self._make_note()
        self.saved_label = sentence("secondary", "draft_saved")
        self._message = sentence("error", "message")
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self.show_focus)
        self._lay_out()
        self.fields.text.input.installEventFilter(self)
        self.sending = Sender(self, [self.content], self.submit_button, self._message, VERB)
        self._row.insertWidget(self._row.count() - 1, self.sending.later)
        QWidget.setTabOrder(self.submit_button, self.sending.later)
        QWidget.setTabOrder(self.sending.later, self.cancel_button)
        actions.make(self, "save", self.submit_asked.emit)
        actions.make(self, "new_contact", self.fields.contact.keep_as_new)
        actions.make(self, "insist", self.similar.insist)

    @staticmethod
    def _make_note() -> QLabel:
        made = sentence("", "company_note_line")
        made.setContentsMargins(12, 4, 12, 4)
        mark(made, surface="notice")
        return made

    def dress(self, *, low: bool) -> None:
        """On a low screen the sentence to say scrolls with the fields, and the title makes room for them."""
        self.fields.fit(low=low)
        self.head.dress(low=low)
        if low is self._low:
            return
        self._low = low
        self.area.setMinimumHeight(ONE_FIELD if low else 0)
        if low:
            self._body.insertWidget(0, self.script)
        else:
            self._above.insertWidget(2, self.script)

    def show_focus(self) -> None:
        """Whatever changed its place: who types sees the whole of it, not the cursor alone."""
        focused: QWidget | None = self.focusWidget()
        if focused is not None and focused.hasFocus() and self.content.isAncestorOf(focused):
            place = QRect(focused.mapTo(self.content, QPoint()), focused.size())
            self.area.ensureVisible(0, place.bottom(), 0, 8)
            self.area.ensureVisible(0, place.top(), 0, 8)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn:
            self._settle.start()
        return super().eventFilter(watched, event)

    def copy_text(self) -> None:
        """«Copiar el texto»: into the clipboard, while it cannot be registered."""
        QGuiApplication.clipboard().setText(str(self.fields.text.value() or ""))

    def _align(self) -> None:
        """Labels as wide as the widest."""
        forms = [self.fields, *([self.extra] if self.extra is not None else [])]
        width = max(form.label_width() for form in forms)
        for form in forms:
            form.align_labels(width)
        self.insisted_row.align_label(width)

    def _lay_out(self) -> None:
        self.content = QWidget()
        self.content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.content.setMinimumWidth(1)  # what is too wide stands below; it is not cut at the right
        mark(self.content, surface="background")
        self.extra_place = QVBoxLayout()
        body = self._body = QVBoxLayout(self.content)
        body.setContentsMargins(SIDE, 4, SIDE, 4)
        body.setSpacing(8)
        body.addWidget(self.fields)
        body.addLayout(self.extra_place)
        body.addWidget(self.insisted_row)
        body.addWidget(self.similar)
        body.addStretch(1)
        self.area = FillingScroll(self.content)
        self.area.setObjectName("message_scroll")
        self.area.setAccessibleName("Datos del mensaje")
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._settle.start())
        self._above = QVBoxLayout()
        self._above.setContentsMargins(SIDE, 10, SIDE, 4)
        self._above.setSpacing(8)
        for widget in (self.head, self.restored, self.script, self.note):
            self._above.addWidget(widget)
        below = QVBoxLayout()
        below.setContentsMargins(SIDE, 4, SIDE, 10)
        below.setSpacing(6)
        below.addWidget(self.code)
        below.addLayout(self._remarks())
        below.addLayout(self._buttons())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._above)
        column.addWidget(self.area, 1)
        column.addLayout(below)

    def _remarks(self) -> QHBoxLayout:
        said = QHBoxLayout()
        said.setSpacing(8)
        said.addWidget(self._message, 1)
        self.copy_button = button("Copiar el texto", "copy_text", self.copy_text, role="link")
        self.copy_button.hide()
        said.addWidget(self.copy_button)
        return said

    def _buttons(self) -> QHBoxLayout:
        self.cancel_button = button("Cancelar", "cancel", self.left.emit, key="Esc")
        self.submit_button = button(VERB, "submit", self.submit_asked.emit, key=KEY, role="primary")
        row = self._row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.saved_label, 1)
        row.addStretch(0)
        for each in (self.cancel_button, self.submit_button):
            row.addWidget(each)
        return row
