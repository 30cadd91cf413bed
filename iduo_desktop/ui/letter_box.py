"""One letter of the outbox on the screen: what it is, how it stands, what was typed, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.letter_words import standing, titled, typed
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say

_SURE = "¿Descartarlo? Lo que escribiste se pierde."
_MAYBE = "¿Descartarlo? Puede que ya se haya guardado: entonces queda guardado."
_DONE = "Ver el ticket"


class LetterBox(QWidget):
    """`correct_asked`, `note_asked`, `discard_asked`, `seen` and `ticket_asked` bring the letter."""

    correct_asked = Signal(object)
    note_asked = Signal(object)
    discard_asked = Signal(object)
    seen = Signal(object)
    ticket_asked = Signal(object)

    def __init__(self, outbox: Outbox, letter: Letter, clock: Clock, *, open_: bool = False):
        super().__init__()
        self.letter = letter
        self._outbox = outbox
        self._clock = clock
        self.setObjectName("letter")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="background")
        self._title = ElidedLabel("letter_title")
        mark(self._title, role="heading")
        self._code = label("", "", "letter_code", wraps=False)
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._at = label("", "secondary", "letter_at", wraps=False)
        self._standing = label("", "secondary", "letter_standing")
        self._typed = label("", "", "letter_typed")
        self._typed.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._make_buttons()
        self._lay_out()
        self._unfold(open_)
        self._ask(sure=False)

    def show_letter(self, letter: Letter, *, online: bool) -> None:
        """As it is now."""
        self.letter = letter
        self._title.setText(titled(self._outbox, letter))
        self.setAccessibleName(self._title.text())
        self._code.setText(letter.code)
        self._code.setVisible(bool(letter.code))
        self._at.setText(formats.when(letter.written_at, self._clock()))
        say(self._standing, *standing(self._outbox, letter, online=online))
        self._typed.setText(typed(letter))
        done, going = letter.state is State.DONE, self._outbox.is_going(letter)
        doubtful = letter.draft.sent and letter.state is State.WAITING
        self.correct.setVisible(not done)
        self.correct.setEnabled(not going and not doubtful)
        self.correct.setToolTip("Primero hay que saber si ya se guardó." if doubtful else "")
        self.discard.setVisible(not done)
        self.discard.setEnabled(not going)
        self.note.setVisible(letter.state is State.REFUSED and self._outbox.may_note(letter))
        self.ticket.setVisible(done)
        self.ready.setVisible(done)
        self._sure.setText(_MAYBE if doubtful else _SURE)

    def take_focus(self) -> None:
        """To the first thing that can be done."""
        for each in (self.ready, self.correct, self.view):
            if not each.isHidden() and each.isEnabled():
                each.setFocus()
                return

    def copy(self) -> None:
        """What was typed, into the clipboard."""
        QGuiApplication.clipboard().setText(typed(self.letter))
        name_button(self._copy, "Copiado ✔")

    def _make_buttons(self) -> None:
        self.view = button("Ver", "letter_view", lambda: self._unfold(self._typed.isHidden()))
        self.correct = button("Corregir", "letter_correct", lambda: self.correct_asked.emit(self.letter))
        self.note = button("Guardar como nota", "letter_note", lambda: self.note_asked.emit(self.letter))
        self._copy = button("Copiar el texto", "letter_copy", self.copy)
        self.ticket = button(_DONE, "letter_ticket", lambda: self.ticket_asked.emit(self.letter))
        self.ready = button("Listo", "letter_seen", lambda: self.seen.emit(self.letter), role="primary")
        self.discard = button("Descartar…", "letter_discard", lambda: self._ask(sure=True), role="link")
        self._sure = label(_SURE, "warning", "letter_sure")
        self._yes = button("Descartar", "letter_discard_sure", lambda: self.discard_asked.emit(self.letter))
        self._no = button("No", "letter_discard_not", lambda: self._ask(sure=False))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        head.addWidget(self._code)
        head.addWidget(self._at)
        self._verbs = QWidget()
        flow = FlowLayout(self._verbs)
        for each in (self.view, self.correct, self.note, self._copy, self.ticket, self.ready, self.discard):
            flow.addWidget(each)
        self._question = QWidget()
        asked = QHBoxLayout(self._question)
        asked.setContentsMargins(0, 0, 0, 0)
        asked.addWidget(self._sure, 1)
        asked.addWidget(self._yes)
        asked.addWidget(self._no)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(head)
        for widget in (self._standing, self._typed, self._verbs, self._question):
            column.addWidget(widget)

    def _unfold(self, shown: bool) -> None:
        self._typed.setVisible(shown)
        name_button(self.view, "Ocultar" if shown else "Ver")

    def _ask(self, *, sure: bool) -> None:
        self._question.setVisible(sure)
        self._verbs.setVisible(not sure)
        if sure:
            self._no.setFocus()
