"""One chat: who writes, what was said, where one answers, and what can be done with it."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from iduo_desktop.services.chats import Chat, Line
from iduo_desktop.services.messages import Filled
from iduo_desktop.terms import ChatState
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.chats.sayings import Sayings
from iduo_desktop.ui.chats.words import about, handed, name_of, stands, still_open
from iduo_desktop.ui.chats.writing_box import MOST, WritingBox
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import say, sentence
from iduo_desktop.ui.widgets.script_strip import ScriptStrip
from iduo_desktop.ui.widgets.talk_lines import TalkLines, Unsent

LOW, LINES, LINES_LOW = 420, 3, 1
_OVER = "El chat terminó: esto no se envió. Podés copiarlo."
_NO_ANSWER = "No hay ninguna respuesta así. Para escribirlo tal cual, sacá la barra del comienzo."


class TalkView(QWidget):
    """Decides nothing but whether a text can go."""

    ticket_asked = Signal()
    identify_asked = Signal()
    record_asked = Signal(int)
    hand_on_asked = Signal()
    end_asked = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("chat_talk")
        self.setAccessibleName("Chat")
        self._chat: Chat | None = None
        self._sayings: Sayings | None = None
        self._missing: tuple[str, ...] = ()
        self._make_parts()
        self._lay_out()
        self._connect()

    def show_chat(self, chat: Chat, lines: tuple[Line, ...], sayings: Sayings, now: datetime) -> None:
        """Show it as it stands; what was typed in it before comes with it."""
        other = self._chat is None or self._chat.id != chat.id
        self._chat, self._sayings = chat, sayings
        name = name_of(chat)
        self.head.setText(name)
        self.setAccessibleName(f"Chat con {name}")
        self.facts.setText(_facts(chat))
        say(self.stands, stands(chat), "warning")
        self.handed.setText(handed(chat))
        self.handed_short.setText(handed(chat))
        self.record.setVisible(chat.contact_id is not None)
        over = chat.state == ChatState.ENDED
        self.box.close_to_writing(closed=over)
        self.hand_on.setEnabled(not over)
        self.hand_on.setVisible(not over)
        name_button(self.end, "Decir cómo terminó" if over else "Terminar", shown("end_chat"))
        if other:
            self._missing = ()
            say(self.problem, "")
        if other or not (self.box.hasFocus() and self.box.toPlainText()):
            self.box.show_text(sayings.text)
        today = formats.here(now).date()
        unsent = tuple(Unsent(each.text, each.trouble, each.refused, sayings.waits(each)) for each in sayings.open)
        self.lines.show_talk(chat.id, name, lines, unsent, chat.read, today)
        self.script.know({"cliente": name})
        answered = any(line.side == "operator" for line in lines)
        self.script.say("" if answered or over else "greeting")
        self._fit()

    def forget(self) -> None:
        """No chat is shown."""
        self._chat = self._sayings = None
        self.lines.clear()
        self.box.show_text("")

    def take_keyboard(self) -> None:
        """Go where one writes, else to what is left to do."""
        (self.end if self.box.isReadOnly() else self.box).setFocus()

    def put_in(self, filled: Filled) -> None:
        """A canned answer, filled in."""
        self._missing = filled.missing
        self.box.put_in(filled.text)
        self._say_missing()

    def submit(self) -> None:
        """Enter: send it, if it can go."""
        text, sayings = self.box.text, self._sayings
        if sayings is None or not text:
            return
        if self.box.isReadOnly():
            say(self.problem, _OVER, "warning")
        elif self.box.nothing_fits:
            say(self.problem, _NO_ANSWER, "error")
        elif len(text) > MOST:
            say(self.problem, f"Tiene {formats.count(len(text))} caracteres; entran {formats.count(MOST)}.", "error")
        elif still_open(text, self._missing):
            self._say_missing("error")
        else:
            self._missing = ()
            say(self.problem, "")
            self.box.show_text("")
            self.lines.go_to_end()
            sayings.say(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """On a low screen each line counts for what is said."""
        low = self.window().height() < LOW
        self.box.show_rows(LINES_LOW if low else LINES)
        told = bool(self.handed.text())
        self.handed.setVisible(told and not low)
        self.handed_short.setVisible(told and low)
        if low:
            self.script.hide()

    def _type(self) -> None:
        if self._sayings is not None:
            self._sayings.keep(self.box.toPlainText())
        self._say_missing()

    def _say_missing(self, role: str = "warning") -> None:
        left = still_open(self.box.text, self._missing)
        say(self.problem, f"Falta completar: {', '.join(left)}." if left else "", role)

    def _retry(self) -> None:
        if self._sayings is not None:
            self._sayings.retry()

    def _rewrite(self, place: int) -> None:
        """What was refused goes back into the box, below what is there."""
        found = self._sayings.open[place : place + 1] if self._sayings is not None else []
        if self._sayings is not None and found and found[0].refused:
            text = self._sayings.take_back(found[0])
            self.box.setPlainText("\n".join(filter(None, (self.box.text, text))))
            self.box.setFocus()

    def _make_parts(self) -> None:
        self.head = ElidedLabel("chat_name")
        mark(self.head, role="heading")
        self.facts = ElidedLabel("chat_facts")
        mark(self.facts, role="secondary")
        self.stands = sentence("warning", "chat_stands")
        self.handed = sentence("secondary", "chat_handed")
        self.handed_short = ElidedLabel("chat_handed_short")
        mark(self.handed_short, role="secondary")
        self.script = ScriptStrip()
        self.lines = TalkLines()
        self.problem = sentence("error", "chat_problem")
        self.box = WritingBox()
        self.identify = button("Quién es", "chat_identify", self.identify_asked.emit, key=shown("identify"))
        self.record = button("Ver ficha", "chat_record", self._show_record)
        self.ticket = button("Mensaje a iduo", "chat_ticket", self.ticket_asked.emit, key=shown("new_message"))
        self.hand_on = button("Pasar", "chat_hand_on", self.hand_on_asked.emit, key=shown("hand_on"))
        self.hand_on.setAccessibleName("Pasar a otra persona")
        self.end = button("Terminar", "chat_end", self.end_asked.emit, key=shown("end_chat"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.head)
        head.addWidget(self.facts, 1)
        verbs = FlowLayout(spacing=6)
        for each in (self.identify, self.record):
            each.setAutoDefault(True)
            head.addWidget(each)
        for each in (self.ticket, self.hand_on, self.end):
            each.setAutoDefault(True)
            verbs.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.stands, self.handed, self.handed_short, self.script):
            column.addWidget(widget)
        column.addWidget(self.lines, 1)
        column.addWidget(self.problem)
        column.addWidget(self.box)
        column.addLayout(verbs)

    def _connect(self) -> None:
        self.box.entered.connect(self.submit)
        self.box.typed.connect(self._type)
        self.lines.retry_asked.connect(self._retry)
        self.lines.rewrite_asked.connect(self._rewrite)

    def _show_record(self) -> None:
        if self._chat is not None and self._chat.contact_id is not None:
            self.record_asked.emit(self._chat.contact_id)


def _facts(chat: Chat) -> str:
    """«Panificadora Sur SRL · dice ser de la empresa 1204 · desde las 14:03»."""
    company = chat.company if chat.company and (chat.person or chat.name) else ""
    return " · ".join(filter(None, (company, about(chat), f"llegó {formats.clock(chat.at)}")))
