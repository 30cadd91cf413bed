"""What the composer is made of: to whom, a template, the text with what is missing in it, and why in spite of all."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from iduo_desktop import sms
from iduo_desktop.terms import Channel, FieldKind
from iduo_desktop.ui import formats
from iduo_desktop.ui.cases.composer_boxes import AddressBox, MissingBox, TemplateBox, put_in, variables_in
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fields import TextEditor, fixed_field
from iduo_desktop.ui.widgets.fitting_scroll import FittingScroll
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.form import FieldRow
from iduo_desktop.ui.widgets.labels import label, sentence
from iduo_desktop.ui.widgets.sender import KEY

LINES, LOW, LEAST = 4, 600, 104


class ComposerParts(QWidget):
    """Lays the parts out and keeps them in step; `changed` when something was typed or chosen."""

    changed = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self.setObjectName("composer")
        self.title = label("", "heading", "composer_title", wraps=False)
        self.to = AddressBox()
        self.templates = TemplateBox()
        self.subject = QLineEdit(maxLength=200)
        self.subject.setObjectName("subject")
        self.subject.setAccessibleName("Asunto")
        self.subject.setPlaceholderText("Asunto")
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setObjectName("text")
        self.text.setAccessibleName("Mensaje")
        self.text.setPlaceholderText("Mensaje")
        self.text.document().setDocumentMargin(6)
        self.missing = MissingBox()
        override = fixed_field("override_reason", "Motivo para contactar igual", FieldKind.TEXT, required=True)
        self._reason = FieldRow(override, TextEditor(override, clock), self)
        self._reason_line = QWidget()
        self.pause = sentence("warning", "composer_pause")
        self.remark = sentence("warning", "composer_remark")
        self.counter = label("", "secondary", "counter")
        self.cheaper = button("Sacar los acentos", "cheaper", self._cheapen, role="link")
        self.message = sentence("error", "message")
        self.close_button = button("Cerrar", "close_composer", lambda: None, key="Esc")
        self.primary = button("Enviar", "send_message", lambda: None, key=KEY, role="primary")
        self._lay_out()
        self._follow()

    def show_channel(self, channel: Channel) -> None:
        """What this channel has: only mails have a subject, only text messages are counted."""
        self.subject.setVisible(channel is Channel.EMAIL)
        self.counter.setVisible(channel is not Channel.EMAIL)
        self.templates.offer(())

    def name_primary(self, text: str) -> None:
        """What Ctrl+Enter does."""
        name_button(self.primary, text, KEY)

    def count(self, channel: Channel) -> None:
        """«152 letras · 1 SMS · quedan 8»."""
        text = self.text.toPlainText().strip()
        if channel is not Channel.SMS:
            self.counter.setText(formats.plural(len(text), "letra", "letras"))
            self.cheaper.hide()
            return
        counted = sms.length(text)
        parts = f"{counted.parts} SMS · quedan {counted.left}"
        self.counter.setText(f"{formats.plural(len(text), 'letra', 'letras')} · {parts}")
        self.counter.setToolTip("" if counted.plain else f"Por «{counted.other}» entran menos letras en cada SMS")
        self.cheaper.setVisible(not counted.plain and sms.unaccented(text) != text)
        mark(self.counter, role="warning" if counted.parts > 1 else "secondary")

    def show_missing(self) -> None:
        """Ask for what still stands in braces."""
        self.missing.ask(variables_in(self.subject.text(), self.text.toPlainText()))
        # what is new has its place only after the layout
        QTimer.singleShot(0, self, self._bring)

    def _bring(self) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.content.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 0, 4)

    def first_missing(self) -> QWidget:
        """What is to be completed first, else the text."""
        return next(iter(self.missing.inputs()), self.text)

    def ask_reason(self, wanted: bool) -> None:
        """Ask why in spite of what hinders it."""
        self._reason_line.setVisible(wanted)

    def reason_text(self) -> str:
        """The reason, where one is asked for."""
        return "" if self._reason_line.isHidden() else str(self._reason.editor.value() or "")

    def set_reason(self, text: str) -> None:
        """Show a reason that was typed before."""
        self._reason.editor.set_value(text)
        self._reason.show_error("")

    def check_reason(self) -> bool:
        """Whether it is there, if it is asked for."""
        if self._reason_line.isHidden() or not self._reason.check():
            return True
        self._reason.editor.input.setFocus()
        return False

    def refuse_reason(self, problem: str) -> None:
        """Say what the database wants to know."""
        self._reason.show_error(problem)
        self._reason.editor.input.setFocus()

    def breathe(self, window_height: int) -> None:
        """Less air, and fewer lines of text, on a low screen, so that the list keeps a line."""
        low = window_height < LOW
        space = 3 if low else 6
        self._whole.setContentsMargins(12, space + 1, 12, space + 1)
        for layout in (self._whole, self._column):
            layout.setSpacing(space)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * (2 if low else LINES) + 18)

    def _lay_out(self) -> None:
        top = FlowLayout(spacing=12)
        top.addWidget(self.title)
        top.addWidget(label("Para", wraps=False))
        top.addWidget(self.to)
        top.addWidget(self.templates)
        reason = QHBoxLayout(self._reason_line)
        reason.setContentsMargins(0, 0, 0, 0)
        reason.addWidget(self._reason.label)
        reason.addWidget(self._reason.cell, 1)
        self.content = QWidget()
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(top)
        for widget in (self.subject, self.text, self.missing, self.pause, self._reason_line):
            self._column.addWidget(widget)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self.counter, 1)
        bottom.addWidget(self.cheaper)
        bottom.addWidget(self.message, 1)
        bottom.addStretch(0)
        bottom.addWidget(self.close_button)
        bottom.addWidget(self.primary)
        self._whole = QVBoxLayout(self)
        self._scroll = FittingScroll(self.content, LEAST)
        self._whole.addWidget(self._scroll)
        self._whole.addWidget(self.remark)  # seen, however low the screen
        self._whole.addLayout(bottom)
        self.missing.hide()
        self._reason_line.hide()
        self.cheaper.hide()

    def _follow(self) -> None:
        self.to.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.subject.textChanged.connect(self._typed)
        self.text.textChanged.connect(self._typed)
        self._reason.editor.changed.connect(self.changed)
        self.missing.filled.connect(self._put_in)

    def _typed(self) -> None:
        if not self.missing.isHidden():
            self.show_missing()
        self.changed.emit()

    def _put_in(self, name: str, value: str) -> None:
        """A variable was told: it goes into the text, and its field away."""
        self.subject.setText(put_in(self.subject.text(), name, value))
        text = put_in(self.text.toPlainText(), name, value)
        if text != self.text.toPlainText():
            cursor = self.text.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
        self.show_missing()
        self.first_missing().setFocus()

    def _cheapen(self) -> None:
        cursor = self.text.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(sms.unaccented(self.text.toPlainText()))
        self.text.setFocus()
