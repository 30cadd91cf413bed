"""A small dialog of the agenda: a few rows, one command, and text that stays until the command is done."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.database.errors import UserError
from iduo_desktop.ui.drafts import FormDraft
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.date_box import DateBox
from iduo_desktop.ui.widgets.fitting_scroll import FillingScroll
from iduo_desktop.ui.widgets.keys import ENTER
from iduo_desktop.ui.widgets.labels import label, say, sentence
from iduo_desktop.ui.widgets.sender import Sender

SAFE, WIDTH = "safe_reason", 560


class AgendaDialog(QDialog):
    """Enter saves from every line. A subclass adds its rows, then says it is `ready`."""

    saved = Signal(object)

    def __init__(self, operations: Operations, draft: FormDraft, title: str, verb: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.operations = operations
        self.draft = draft
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.content = QWidget()
        self.message = sentence("error", "agenda_message")
        self.primary = button(verb, "submit", self.submit, key="⏎", role="primary")
        self.primary.setDefault(True)
        self.sending = Sender(self, [self.content], self.primary, self.message, verb, key="⏎")
        self._grid = QGridLayout(self.content)
        self._scroll = FillingScroll(self.content)
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self.fit)
        self.content.installEventFilter(self)
        self.safe = QLineEdit(maxLength=500, placeholderText="Fuera de su horario seguro: por qué")
        self.safe.setObjectName("agenda_safe_reason")
        self.safe.setAccessibleName("Por qué fuera de su horario seguro")
        self.safe.hide()
        self.safe.textEdited.connect(self.keep)
        self._lay_out()
        self.sending.done.connect(self._done)
        self.sending.refused.connect(self._refused)
        self.finished.connect(self.deleteLater)

    def ask(self) -> Operation[Any]:
        """Start the command with `draft.values()` and `draft.key`."""
        raise NotImplementedError  # each dialog has its own rows

    def values(self) -> Mapping[str, object]:
        """What was typed; nothing typed is no draft."""
        raise NotImplementedError  # each dialog has its own rows

    def set_values(self, values: Mapping[str, object]) -> None:
        """Show what was typed before."""
        raise NotImplementedError  # each dialog has its own rows

    def problem(self) -> tuple[str, QWidget] | None:
        """What is wrong, and where."""
        raise NotImplementedError  # each dialog has its own rows

    def field(self, name: str) -> QWidget | None:
        """Where a refusal of the database belongs."""
        raise NotImplementedError  # each dialog has its own rows

    def row(self, text: str, what: QWidget | QLayout, buddy: QWidget | None = None) -> None:
        """One more row: its name at the left."""
        at = self._grid.rowCount()
        name = label(text, "", "", wraps=False)
        target = buddy or (what if isinstance(what, QWidget) else None)
        if target is not None:
            name.setBuddy(target)
        name.setContentsMargins(0, 7, 0, 0)
        self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(what, QLabel) and what.property("role") != "title":
            what.setContentsMargins(0, 7, 0, 0)  # on one line with its name
        if isinstance(what, QWidget):
            self._grid.addWidget(what, at, 1)
        else:
            self._grid.addLayout(what, at, 1)

    def below(self, what: QWidget) -> None:
        """A line under the last row."""
        self._grid.addWidget(what, self._grid.rowCount(), 1)

    def ready(self) -> None:
        """All rows are there: restore the draft. Why a call is dangerous at that hour is asked for only then."""
        self.below(self.safe)
        if self.draft.restored_at is not None:
            self.set_values(self.draft.values())
        self.sending.take(self.draft)
        self.fit()

    def keep(self) -> None:
        """Something was typed: keep the draft."""
        if not self.sending.running and not self.draft.sent:
            say(self.message, "")
            self.draft.keep(self.values())

    def submit(self) -> None:
        """Check and send; once at a time."""
        wrong = None if self.draft.sent else self.problem()
        if self.sending.running:
            return
        if wrong is not None:
            wrong[1].setFocus()
            self.sending.say(wrong[0])  # a moment that is left is written out, which is no answer to this
            return
        if not self.draft.sent:
            self.draft.keep(self.values())
        self.sending.send(self.ask)

    def reject(self) -> None:
        """Esc: what was typed stays as a draft; while it is being saved one waits."""
        if not self.sending.running:
            super().reject()

    def fit(self) -> None:
        """As high as its rows, but no higher than the screen; then they scroll."""
        room = self.screen().availableGeometry()
        width = min(WIDTH, room.width() - 24)
        layout = self.layout()
        if layout is not None:
            layout.activate()
        wanted = max(self._grid.totalHeightForWidth(width - 32), self._grid.totalMinimumSize().height())
        rest = self.height() - self._scroll.viewport().height()
        self.resize(width, min(wanted + rest, room.height() - 48))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A line more or less needs another height."""
        if watched is self.content and event.type() == QEvent.Type.LayoutRequest:
            self._fitting.start()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves too, wherever one is."""
        if event.key() in ENTER:
            self.submit()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(2, 2, 2, 2)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        cancel = button("Cancelar", "cancel", self.reject, key="Esc")
        cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.primary)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.message)
        column.addLayout(buttons)

    def _done(self, result: object) -> None:
        self.saved.emit(result)
        self.accept()

    def _refused(self, error: UserError) -> None:
        target = self.safe if error.field == SAFE else self.field(error.field or "")
        if target is not None:
            target.show()
            target.setFocus()
            self.fit()
            # what was just shown has its place only after the layout
            QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(target, 0, 8))


def moment_problem(box: DateBox) -> tuple[str, QWidget] | None:
    """Why a moment cannot be taken."""
    if box.moment() is not None:
        return None
    return box.problem() or "Completá cuándo.", box.edit
