"""A dialog for one command: a form, its draft, and text that stays until the command is done."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.form import FormView, Values
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import sentence
from iduo_desktop.ui.widgets.restored_line import RestoredLine
from iduo_desktop.ui.widgets.sender import KEY, Sender

_MANY_ERRORS = 3


class FormDialog(QDialog):
    """Shows its body (forms and what goes with them), checks, sends, and closes when it is done.

    A subclass fills `body`, lists its `forms` and says in `ask` what is asked of the database. Esc keeps the draft.
    """

    saved = Signal(object)

    def __init__(self, operations: Operations, draft: FormDraft, title: str, verb: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.operations = operations
        self.draft = draft
        self.forms: list[FormView] = []
        self._verb = verb
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setSizeGripEnabled(True)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(16, 12, 16, 12)
        self.body.setSpacing(12)
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(16, 4, 16, 4)
        self._message = sentence("error", "message")
        self._restored = RestoredLine()
        self._restored.setContentsMargins(16, 8, 16, 0)
        self._restored.discard_asked.connect(self._forget)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self.fit)
        self.content.installEventFilter(self)
        self._lay_out()
        self.finished.connect(self.deleteLater)

    def ask(self) -> Operation[Any]:
        """Start the command with `draft.values()`, which are what was typed, and with `draft.key`."""
        raise NotImplementedError  # each form has its own command

    def values(self) -> Values:
        """What was typed, for the draft and the command."""
        return {key: value for form in self.forms for key, value in form.values().items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show what was typed before."""
        for form in self.forms:
            form.set_values(values)

    def check(self) -> bool:
        """Check what was typed; the first wrong field gets the focus."""
        wrong = [row for form in self.forms for row in form.check()]
        if wrong:
            self.scroll_to(wrong[0].editor.input)
        if len(wrong) > _MANY_ERRORS:
            self._sender.say(f"Faltan {len(wrong)} datos: " + ", ".join(row.field.label for row in wrong))
        return not wrong

    def show_field_error(self, field: str, problem: str) -> bool:
        """Show a refusal at its field; False when no field is called like that."""
        return any(form.show_error(field, problem) for form in self.forms)

    def show_form(self, form: FormView) -> None:
        """Ask nothing but this: the body is complete, and one begins in its first field."""
        self.forms = [form]
        self.body.addWidget(form)
        self.body.addStretch(1)
        self.ready()
        form.take_keyboard()

    def ready(self) -> None:
        """The body is complete: restore the draft, follow what is typed, take a fitting size."""
        if self.draft.restored_at is not None:
            self.set_values(self.draft.values())
            self._restored.tell(self.draft)
        width = max(form.label_width() for form in self.forms)
        for form in self.forms:
            form.align_labels(width)
            form.changed.connect(self.keep)
            form.finished.connect(lambda form=form: self._finish(form))
        self._sender.take(self.draft)

    def keep(self) -> None:
        """Something was typed: keep the draft."""
        self._sender.say("")
        self.draft.keep(self.values())

    def scroll_to(self, widget: QWidget) -> None:
        """Focus it and make sure that it can be seen, with what is said under it."""
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        rows = (row for form in self.forms for row in form.rows)
        seen = next((row.cell for row in rows if row.editor.input is widget), widget)
        # an error that was just written has its place only after the layout
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(seen, 0, 12))

    def fit(self) -> None:
        """As high as the body, but no higher than the screen."""
        screen = self.screen().availableGeometry()
        width = min(self.wanted_width(), screen.width() - 24)
        height = max(self.body.totalHeightForWidth(width), self.body.totalMinimumSize().height())
        self._column.activate()
        rest = self.height() - self._scroll.viewport().height()
        self.resize(width, min(height + rest, screen.height() - 48))
        below = self.frameGeometry().bottom() - screen.bottom()
        if self.isVisible() and below > 0:  # it grew after it was placed: its buttons stay on the screen
            self.move(self.x(), max(screen.top(), self.y() - below))

    def wanted_width(self) -> int:
        """How wide it would like to be."""
        return 640

    def submit(self) -> None:
        """Ctrl+Enter: check and send; once at a time."""
        if self._sender.running or not (self.draft.sent or self.check()):
            return
        if not self.draft.sent:
            self.draft.keep(self.values())
        self._sender.send(self.ask)

    def reject(self) -> None:
        """Esc: what was typed stays as a draft; while it is being saved, the dialog only gets out of the way."""
        if self._sender.running:
            self.hide()
        else:
            super().reject()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whatever changes in the body (a field more, an error under one) may need more room.

        Ctrl+Enter saves on «Cancelar» and its neighbour too, where Enter alone presses the button.
        """
        if watched is not self.content and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            saves = event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if saves:
                self.submit()
            return bool(saves)
        if watched is self.content and event.type() == QEvent.Type.LayoutRequest:
            self._fitting.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in ENTER:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        else:
            self.focusNextChild()

    def _lay_out(self) -> None:
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.content)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._restored)
        column.addWidget(self._scroll, 1)
        column.addLayout(self.foot)
        self._message.setContentsMargins(16, 4, 16, 4)
        column.addWidget(self._message)
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        self._cancel = button("Cancelar", "cancel", self.reject, key="Esc")
        self._cancel.installEventFilter(self)
        self._primary = button(self._verb, "submit", self.submit, key=KEY, role="primary")
        self._sender = Sender(self, [self.content], self._primary, self._message, self._verb)
        self._sender.done.connect(self._done)
        self._sender.refused.connect(self._refused)
        self._sender.failed.connect(self._failed)
        self._sender.put_off.connect(self.accept)
        self._sender.later.installEventFilter(self)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 12)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._sender.later)
        row.addWidget(self._primary)
        return row

    def _finish(self, form: FormView) -> None:
        """After the last field: the next form, else the button."""
        later = [each for each in self.forms[self.forms.index(form) + 1 :] if each.isVisible()]
        following = next((first for each in later if (first := each.first()) is not None), None)
        if following is None:
            self._primary.setFocus()
        else:
            self.scroll_to(following)

    def _forget(self) -> None:
        self.draft.discard()
        self.set_values({})
        self.draft.keep({})
        self._restored.hide()
        self._sender.take(self.draft)

    def _done(self, result: object) -> None:
        self.saved.emit(result)
        self.accept()

    def _refused(self, error: UserError) -> None:
        if self.isHidden():
            self._leave_with(error)
        elif error.field is not None and self.show_field_error(error.field, error.message):
            self._sender.say("")

    def _failed(self, error: OperationError) -> None:
        if self.isHidden():
            self._leave_with(error)

    def _leave_with(self, error: UserError | OperationError) -> None:
        """Nobody looks at the dialog any more: the window's notice says it, and the draft waits."""
        self.operations.refused.emit(error)
        super().reject()
