"""Sends a form's command once at a time, and keeps its draft, its button and its message in step with the answers."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from iduo_desktop.database.errors import ConnectionLost, InDoubt, OperationError, UserError
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.labels import say

KEY = "Ctrl+⏎"
LATER = "Dejarlo por enviar"
LATER_MS = 2500
_SLOW = "El servidor tarda. Podés dejarlo por enviar y seguir: sale solo, una sola vez."
_MAYBE = "Puede que ya se haya guardado. Reintentá: si ya estaba, no se repite."


class Sender(QObject):
    """`contents` are what cannot be changed while it is being saved, or while it may have been saved already.

    `later` is the button that lets it go by itself when there is a line again; a form of that kind gives it a place. It
    is offered when there is no line, and when the answer is long in coming, which `waits` tells. `put_off`: it was
    pressed.
    """

    done = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    put_off = Signal()
    waits = Signal()

    def __init__(
        self,
        owner: QWidget,
        contents: Sequence[QWidget],
        primary: QPushButton,
        message: QLabel,
        verb: str,
        *,
        key: str = KEY,
    ):
        super().__init__(owner)
        self._key = key
        self.running = False
        self._in_doubt = False
        self._draft: FormDraft | None = None
        self._contents = contents
        self._primary = primary
        self._message = message
        self._verb = verb
        self._operation: Operation[Any] | None = None
        self.later = button(LATER, "put_off", self._put_off)
        self.later.setParent(owner)
        self.later.hide()
        self._long = QTimer(self, singleShot=True, interval=LATER_MS)
        self._long.timeout.connect(self._take_long)

    def take(self, draft: FormDraft) -> None:
        """Take the draft that is on the screen. One that may have been saved goes again before it can be changed."""
        self._draft = draft
        self.later.hide()
        for content in self._contents:
            content.setEnabled(not draft.sent)
        self.say(_MAYBE if draft.sent else "", "warning")
        name_button(self._primary, "Reintentar" if draft.sent else self._verb, self._key)
        if draft.sent:
            self._primary.setFocus()

    def say(self, text: str, role: str = "error") -> None:
        """Say something beside the button; nothing takes it away."""
        say(self._message, text, role)

    def send(self, ask: Callable[[], Operation[Any]]) -> None:
        """Send it; `done`, `refused` or `failed` follows."""
        if self.running or self._draft is None:
            return
        self._in_doubt = self._draft.sent
        if self._draft.offline and self._draft.may_wait and not self._in_doubt:
            self._failed(ConnectionLost())  # known already: nobody waits for it
            return
        self.running = True
        self.say("")
        self.later.hide()
        name_button(self._primary, "Guardando…")
        self._draft.mark_sent(True)
        self._long.start()
        self._operation = ask().busy(*self._contents, self._primary)
        self._operation.then(self._done).refused(self._refused).failed(self._failed)

    def _take_long(self) -> None:
        if self._offer_later():
            self.say(_SLOW, "warning")
            self.waits.emit()

    def _offer_later(self) -> bool:
        """The button is there, if this form can go by itself."""
        offered = self._draft is not None and self._draft.may_wait
        self.later.setVisible(offered)
        return offered

    def _put_off(self) -> None:
        """Out of the form, into the queue. If it is under way, that may have been done: it goes again with its key."""
        if self._draft is None:
            return
        operation, self._operation = self._operation, None
        if operation is not None:
            operation.cancel()
        self._long.stop()
        self.running = False
        self._draft.put_off()
        self.take(self._draft)
        self.put_off.emit()

    def _done(self, result: object) -> None:
        self.running = False
        self._long.stop()
        self._operation = None
        if self._draft is not None:
            self._draft.discard()
            self.take(self._draft)
        self.done.emit(result)

    def _refused(self, error: UserError) -> None:
        self._answered(in_doubt=False)
        self.say(error.message)
        self.refused.emit(error)

    def _failed(self, error: OperationError) -> None:
        # what may have been done by an earlier try is not undone by a later one that failed
        self._answered(in_doubt=self._in_doubt or isinstance(error, InDoubt))
        self.say(f"{error.message} Tu texto está a salvo en este equipo.")
        name_button(self._primary, "Reintentar", self._key)
        lost = isinstance(error, ConnectionLost | InDoubt)
        (self.later if lost and self._offer_later() else self._primary).setFocus()
        self.failed.emit(error)

    def _answered(self, *, in_doubt: bool) -> None:
        self.running = False
        self._long.stop()
        self._operation = None
        if self._draft is not None:
            self._draft.mark_sent(in_doubt)
            self.take(self._draft)
