"""What was just done, at the bottom of the window, with its undo; refusals and failures are told here too."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.database.errors import OperationError, UserError
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button, name_button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel

SHOWN_SECONDS = 10
UNDO_SECONDS = 300

Do = Callable[[], object]
UNDO = "Deshacer"


class Notice(QObject):
    """`show` what was done; `tell` what somebody should know. Ctrl+Z undoes until the next action, for 5 minutes."""

    changed = Signal()
    undo_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self.text = ""
        self.sign = ""
        self.action: tuple[str, Do] | None = None
        self.other: tuple[str, Do] | None = None
        self.third: tuple[str, Do] | None = None
        self.stays = False
        self._undo: Do | None = None
        self._until = 0.0
        self._fades = QTimer(self, singleShot=True, interval=SHOWN_SECONDS * 1000)
        self._fades.timeout.connect(self.clear)
        self._expires = QTimer(self, singleShot=True, interval=UNDO_SECONDS * 1000)
        self._expires.timeout.connect(self.forget_undo)

    def show(
        self,
        text: str,
        undo: Do | None = None,
        action: tuple[str, Do] | None = None,
        beside: tuple[tuple[str, Do], ...] = (),
        undo_text: str = UNDO,
    ) -> None:
        """Something was done: «Llamada a Gómez registrada». `undo` takes it back; without, the last undo is gone.

        `beside` are one or two more things to do with what was done; then it stays until something else is said.
        """
        self._undo = undo
        self._until = monotonic() + UNDO_SECONDS
        self._expires.start()
        self.undo_changed.emit(undo is not None)
        verbs = [*beside, (undo_text, self.undo) if undo is not None else action]
        self._say("✔", text, *(verb for verb in verbs if verb is not None))
        self.stays = bool(beside)

    def tell(self, text: str, action: tuple[str, Do] | None = None, other: tuple[str, Do] | None = None) -> None:
        """Something happened that is nobody's action; the last undo stays. With two things to do, it waits for one."""
        self._say("", text, action, other)

    def refuse(self, error: UserError) -> None:
        """Say why something was not done."""
        self._say("⚠", str(error), None)

    def fail(self, error: OperationError, operation: Operation[object]) -> None:
        """Say what did not work, and offer to ask again with the same values."""
        self._say("⚠", str(error), ("Reintentar", operation.retry))

    @property
    def undoable(self) -> bool:
        """True while there is an action to take back."""
        return self._undo is not None and monotonic() < self._until

    def undo(self) -> None:
        """Take back the last action; once."""
        undo = self._undo if self.undoable else None
        self.forget_undo()
        if undo is None:
            self.tell("No hay nada para deshacer.")
        else:
            self.clear()
            undo()

    def forget_undo(self) -> None:
        """What was done last can no longer be taken back."""
        self._undo = None
        self._expires.stop()
        self.undo_changed.emit(False)
        kept = [verb for verb in (self.action, self.other, self.third) if verb is None or verb[1] != self.undo]
        if len(kept) < 3:
            self.action, self.other, self.third = [*kept, None]
            self.changed.emit()

    def clear(self) -> None:
        """Say nothing."""
        self._fades.stop()
        self.text, self.sign, self.action, self.other, self.third = "", "", None, None, None
        self.changed.emit()

    def _say(
        self,
        sign: str,
        text: str,
        action: tuple[str, Do] | None = None,
        other: tuple[str, Do] | None = None,
        third: tuple[str, Do] | None = None,
    ) -> None:
        self.sign, self.text, self.action, self.other, self.third = sign, text, action, other, third
        self.stays = False
        if (sign == "⚠" and action is not None) or other is not None:
            self._fades.stop()  # somebody has to decide; it stays until something else is said
        else:
            self._fades.start()
        self.changed.emit()


class NoticeBar(QWidget):
    """Shows a notice in the status line and reads it to those who do not see it."""

    def __init__(self, notice: Notice, parent: QWidget | None = None):
        super().__init__(parent)
        self._notice = notice
        self._text = ElidedLabel("notice_text")
        self._button = button("Deshacer", "notice_action", lambda: self._act(self._notice.action), role="link")
        self._other = button("", "notice_other", lambda: self._act(self._notice.other), role="link")
        self._third = button("", "notice_third", lambda: self._act(self._notice.third), role="link")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._text)
        layout.addWidget(self._button)
        layout.addWidget(self._other)
        layout.addWidget(self._third)
        layout.addStretch()
        notice.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        notice = self._notice
        self._text.setText(f"{notice.sign} {notice.text}".strip())
        mark(self._text, role={"✔": "ok", "⚠": "error"}.get(notice.sign, "secondary"))
        verbs = {self._button: notice.action, self._other: notice.other, self._third: notice.third}
        for made, verb in verbs.items():
            made.setVisible(verb is not None)
            if verb is not None:
                name_button(made, verb[0], "Ctrl+Z" if verb[1] == notice.undo else "")
        if notice.text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, notice.text))

    def _act(self, action: tuple[str, Do] | None) -> None:
        if action is not None:
            _what, do = action
            if do != self._notice.undo and not self._notice.stays:
                self._notice.clear()
            do()
