"""Sends a form's command once at a time, and keeps its draft, its button and its message in step with the answers."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from iduo_desktop.database.errors import InDoubt, OperationError, UserError
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.widgets.buttons import name_button
from iduo_desktop.ui.widgets.labels import say

KEY = "Ctrl+⏎"
_MAYBE = "Puede que ya se haya guardado. Reintentá: si ya estaba, no se repite."


class Sender(QObject):
    """`contents` are what cannot be changed while it is being saved, or while it may have been saved already."""

    done = Signal(object)
    refused = Signal(object)
    failed = Signal(object)

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

    def take(self, draft: FormDraft) -> None:
        """Take the draft that is on the screen. One that may have been saved goes again before it can be changed."""
        self._draft = draft
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
        self.running = True
        self._in_doubt = self._draft.sent
        self.say("")
        name_button(self._primary, "Guardando…")
        self._draft.mark_sent(True)
        ask().busy(*self._contents, self._primary).then(self._done).refused(self._refused).failed(self._failed)

    def _done(self, result: object) -> None:
        self.running = False
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
        self._primary.setFocus()
        self.failed.emit(error)

    def _answered(self, *, in_doubt: bool) -> None:
        self.running = False
        if self._draft is not None:
            self._draft.mark_sent(in_doubt)
            self.take(self._draft)
