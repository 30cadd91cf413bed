"""A text about one ticket, typed in its place: a remark, a note, a reason, an answer. Its draft survives everything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services import Database
from iduo_desktop.services.tickets import TicketCard
from iduo_desktop.ui import actions
from iduo_desktop.ui.drafts import Drafts, FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.tickets.rights import Verb
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.sender import KEY, Sender
from iduo_desktop.ui.widgets.ticket_words import numbered

Command = Callable[[Database, int, str, UUID], Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What a text is for: `title` above it, `button` below, `missing` when it is empty; `limit` is in letters."""

    verb: Verb
    title: str
    hint: str
    button: str
    missing: str
    command: Command
    lines: int = 3
    limit: int = 2000


class Compose(QWidget):
    """One text for one ticket at a time. `saved` follows the command, `closed` Esc; what was typed stays as a draft."""

    saved = Signal(object, object)
    closed = Signal()

    def __init__(self, operations: Operations, drafts: Drafts, task: Task, parent: QWidget | None = None):
        super().__init__(parent)
        self.task = task
        self._operations = operations
        self._drafts = drafts
        self._card: TicketCard | None = None
        self._draft: FormDraft | None = None
        self._stopped = ""
        name = task.verb.value
        self.setObjectName(f"compose_{name}")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="card")
        self.text = QPlainTextEdit(tabChangesFocus=True)
        self.text.setObjectName(f"text_{name}")
        self.text.setAccessibleName(task.title)
        self.text.setPlaceholderText(task.hint)
        self._message = sentence("error", f"message_{name}")
        self._counter = label("", "secondary", f"counter_{name}", wraps=False)
        self._save = button(task.button, f"save_{name}", self.save, key=KEY, role="primary")
        self._cancel = button("Cancelar", f"cancel_{name}", self.leave, key="Esc")
        self._copy = button("Copiar el texto", f"copy_{name}", self._copy_text)
        self._drop = button("Descartar", f"drop_{name}", self.drop, role="link")
        self._lay_out()
        self._sender = Sender(self, [self.text], self._save, self._message, task.button)
        self._sender.done.connect(self._done)
        self._sender.refused.connect(lambda _error: self.text.setFocus())
        self.text.textChanged.connect(self._note_text)
        drafts.recovered.connect(lambda _drafts: self._recover())
        actions.make(self, "save", self.save).setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def written(self) -> bool:
        """True while there is a text that was not saved."""
        return bool(self.text.toPlainText().strip())

    @property
    def open(self) -> bool:
        """True while one can write here and send it."""
        return not self._stopped and not self._sender.running

    @property
    def running(self) -> bool:
        """True while it is being saved."""
        return self._sender.running

    def show_card(self, card: TicketCard) -> None:
        """Write about this ticket; what was written about it before and not saved comes back."""
        same = self._card is not None and self._card.id == card.id
        self._card = card
        if not same:
            self._take_draft(card)

    def stop(self, why: str) -> None:
        """Say why this cannot be sent any more; the text stays to be copied. "" lets it be sent again."""
        if why != self._stopped:
            self._stopped = why
            self._sender.say(why, "warning")
        self._save.setVisible(not why)
        self._cancel.setVisible(not why)
        self._copy.setVisible(bool(why))
        self._drop.setVisible(bool(why))

    def save(self) -> None:
        """Ctrl+Enter."""
        card, draft = self._card, self._draft
        if card is None or draft is None or self._sender.running or self._stopped:
            return
        problem = self._problem()
        if problem and not draft.sent:
            self._sender.say(problem)
            self.text.setFocus()
            return
        if not draft.sent:
            draft.keep({"text": self.text.toPlainText().strip()})
        self._sender.send(lambda: self._ask(card, draft))

    def leave(self) -> None:
        """Esc: the draft stays."""
        if not self._sender.running:
            self.closed.emit()

    def drop(self) -> None:
        """Forget what was typed."""
        if self._draft is not None:
            self._draft.discard()
        self.text.clear()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _problem(self) -> str:
        over = len(self.text.toPlainText().strip()) - self.task.limit
        return f"Sobran {over} letras" if over > 0 else "" if self.written else self.task.missing

    def _ask(self, card: TicketCard, draft: FormDraft) -> Operation[Any]:
        return self._operations.run(self, self.task.command, card.id, str(draft.values()["text"]), draft.key)

    def _done(self, result: object) -> None:
        card = self._card
        self.text.clear()
        self.saved.emit(card, result)

    def _note_text(self) -> None:
        if self._draft is None or self._sender.running or self._draft.sent:
            return
        counted = len(self.text.toPlainText().strip())
        say(self._counter, f"{counted}/{self.task.limit}" if counted > self.task.limit * 0.8 else "")
        if not self._stopped:
            self._sender.say("")
        text = self.text.toPlainText()
        self._draft.keep({"text": text} if text.strip() else {})

    def _take_draft(self, card: TicketCard) -> None:
        """The text of another ticket; that of the one before is kept already."""
        self._draft = None
        draft = FormDraft(self._drafts, f"ticket_{self.task.verb.value}", card.id, f"{self.task.title} — {_name(card)}")
        self.text.setPlainText(str(draft.values().get("text", "")))
        self._draft = draft
        self._stopped = ""
        self._sender.take(draft)
        self.stop("")

    def _recover(self) -> None:
        """What an earlier run left was read after this ticket had been shown."""
        if self._card is not None and not self.written and not self._sender.running:
            self._take_draft(self._card)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _lay_out(self) -> None:
        self.text.document().setDocumentMargin(6)
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * self.task.lines + 18)
        head = QHBoxLayout()
        head.addWidget(label(self.task.title, "heading", wraps=False), 1)
        head.addWidget(self._counter)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(self._message)
        column.addWidget(_row(self._save, self._cancel, self._copy, self._drop))


def _row(*buttons: QPushButton) -> QWidget:
    holder = QWidget()
    flow = FlowLayout(holder, 8)
    for each in buttons:
        flow.addWidget(each)
    return holder


def _name(card: TicketCard) -> str:
    return f"Ticket {numbered(card.number, card.check)}"
