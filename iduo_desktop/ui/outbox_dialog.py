"""«Por enviar»: what waits for a line, what the server refused, one at a time, and the numbers that came."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.ui.letter_box import LetterBox
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.outbox import Letter, Outbox, State
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.labels import label, say, sentence

TITLE, REVIEW = "Por enviar", "Para revisar"
WIDTH, HEIGHT = 720, 520
MEMORY = "Solo en memoria: esta PC no tiene llavero. Si el programa se cierra, lo que no se envió se pierde."
_NONE = "No queda nada por enviar."
_WAYS = "Se envía solo, en el orden en que se escribió y una sola vez. Cada número aparece acá hasta que lo veas."


class OutboxDialog(QDialog):
    """`one_by_one`: only what was refused, and of that the oldest; the next one follows when it is settled."""

    ticket_asked = Signal(int)

    def __init__(
        self, operations: Operations, outbox: Outbox, clock: Clock, parent: QWidget, *, one_by_one: bool = False
    ):
        super().__init__(parent)
        self.setObjectName("outbox_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self._operations = operations
        self._outbox = outbox
        self._clock = clock
        self._one_by_one = one_by_one
        self._boxes: dict[UUID, LetterBox] = {}
        self.title = label("", "title", "outbox_title")
        self.memory = sentence("warning", "outbox_memory")
        self.message = sentence("error", "outbox_message")
        self._lay_out()
        outbox.changed.connect(self._show)
        operations.connection_changed.connect(self._show)
        self._show()
        if self._boxes:
            next(iter(self._boxes.values())).take_focus()

    def _lay_out(self) -> None:
        content = QWidget()
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        self._none = label(_NONE, "secondary", "outbox_none")
        self._list.addWidget(self._none)
        self._list.addStretch(1)
        self.now = button("Enviar ahora", "outbox_now", self._outbox.send_now)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.now)
        row.addWidget(button("Después" if self._one_by_one else "Cerrar", "outbox_close", self.reject, key="Esc"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.title)
        if not self._one_by_one:
            column.addWidget(label(_WAYS, "secondary", "outbox_ways"))
        column.addWidget(self.memory)
        column.addWidget(FillingScroll(content), 1)
        column.addWidget(self.message)
        column.addLayout(row)
        screen = self.screen().availableGeometry()
        height = HEIGHT * 3 // 4 if self._one_by_one else HEIGHT
        self.resize(min(WIDTH, screen.width() - 24), min(height, screen.height() - 48))

    def _wanted(self) -> tuple[Letter, ...]:
        return self._outbox.those(State.REFUSED)[:1] if self._one_by_one else self._outbox.letters

    def _show(self) -> None:
        """Only what changed is touched, so that the keyboard stays where it is."""
        letters = self._wanted()
        if self._one_by_one and not letters:
            self.accept()
            return
        there = {letter.key for letter in letters}
        for key in [key for key in self._boxes if key not in there]:
            gone = self._boxes.pop(key)
            gone.hide()
            gone.deleteLater()
        for place, letter in enumerate(letters):
            if letter.key not in self._boxes:
                self._boxes[letter.key] = self._make(letter)
                self._list.insertWidget(place, self._boxes[letter.key])
            self._boxes[letter.key].show_letter(letter, online=self._operations.online)
        self._none.setVisible(not letters)
        waiting = self._outbox.those(State.WAITING)
        self.now.setVisible(bool(waiting) and not self._one_by_one)
        say(self.memory, MEMORY if self._outbox.box.memory_only and self._outbox.unsent else "")
        self._name()

    def _name(self) -> None:
        refused = len(self._outbox.those(State.REFUSED))
        review = f"{REVIEW}: queda 1" if refused == 1 else f"{REVIEW}: quedan {refused}"
        said = review if self._one_by_one else TITLE
        self.title.setText(said)
        self.setWindowTitle(said)
        self.setAccessibleName(said)

    def _make(self, letter: Letter) -> LetterBox:
        made = LetterBox(self._outbox, letter, self._clock, open_=self._one_by_one)
        made.correct_asked.connect(self._correct)
        made.note_asked.connect(self._note)
        made.discard_asked.connect(self._outbox.discard)
        made.seen.connect(self._outbox.discard)
        made.ticket_asked.connect(self._go_to)
        return made

    def _correct(self, letter: Letter) -> None:
        """Its form is behind this dialog."""
        self.accept()
        self._outbox.correct(letter)

    def _note(self, letter: Letter) -> None:
        asked = self._outbox.save_note(letter)
        if asked is not None:
            asked.busy(self).refused(lambda error: say(self.message, error.message))
            asked.failed(lambda error: say(self.message, error.message))

    def _go_to(self, letter: Letter) -> None:
        if letter.outcome is not None:
            self.accept()
            self.ticket_asked.emit(letter.outcome.ticket_id)
            self._outbox.discard(letter)
