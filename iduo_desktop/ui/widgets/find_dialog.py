"""A dialog that looks for one of many: a few letters, ↑↓ and Enter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from iduo_desktop.services import Database
from iduo_desktop.ui.operations import Operation, Operations
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.hit_list import LINE, HitList, Line
from iduo_desktop.ui.widgets.keys import ENTER, STEPS
from iduo_desktop.ui.widgets.labels import label, say, sentence

PAUSE_MS, FIRST, LONGEST = 60, 2, 120
AROUND = 200  # pixels of the screen that are not for the list

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Words:
    """Its title, the question at its head, what is typed (whole, and as a hint), what the list is, its button."""

    title: str
    question: str
    typed: str
    hint: str
    list: str
    verb: str


class FindDialog(QDialog, Generic[Found]):
    """Asks while somebody types, a little after the last letter. The names of its parts begin with `name`.

    A worker asks `search`; `lines` are how that reads; `chosen` brings the data of the line that somebody took.
    """

    chosen = Signal(object)
    wanted_width, wanted_lines = 520, 6

    def __init__(
        self,
        operations: Operations,
        name: str,
        words: Words,
        search: Callable[[Database, str], Found],
        lines: Callable[[Found], Iterable[Line]],
        parent: QWidget | None = None,
    ):
        super().__init__(parent)
        self.operations = operations
        self._search, self._lines = search, lines
        self._asked: Operation[Found] | None = None
        self.setObjectName(f"{name}_dialog")
        self.setWindowTitle(words.title)
        self.setAccessibleName(words.title)
        self.box = QLineEdit(maxLength=LONGEST)
        self.box.setObjectName(f"{name}_search")
        self.box.setAccessibleName(words.typed)
        self.box.setPlaceholderText(words.hint)
        self.box.textChanged.connect(self._type)
        self.hits = HitList(f"{name}_hits", words.list, self)
        self.hits.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hits.chosen.connect(self.chosen)
        self.says = sentence("secondary", f"{name}_says")
        self.buttons = QHBoxLayout()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out(name, words)
        self.finished.connect(self.deleteLater)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The box has the keyboard; ↑↓ and Enter go to the list."""
        if event.key() in {*STEPS, *ENTER}:
            self.hits.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def _lay_out(self, name: str, words: Words) -> None:
        column = QVBoxLayout(self)
        column.addWidget(label(words.question, "heading", f"{name}_head"))
        column.addWidget(self.box)
        column.addWidget(self.hits)
        column.addWidget(self.says)
        cancel = button("Cancelar", f"{name}_cancel", self.reject, key="Esc")
        take = button(words.verb, f"{name}_take", self._take, key="⏎", role="primary")
        self.buttons.addStretch()
        for each in (cancel, take):
            each.setAutoDefault(False)
            self.buttons.addWidget(each)
        column.addLayout(self.buttons)
        screen = self.screen().availableGeometry()
        self.hits.setFixedHeight(min(self.wanted_lines * LINE, screen.height() - AROUND))
        self.setMinimumWidth(min(self.wanted_width, screen.width() - 24))

    def _take(self) -> None:
        self.chosen.emit(self.hits.current())

    def _type(self, text: str) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if len(text.strip()) < FIRST:
            self._pause.stop()
            self.hits.show_lines(())
            say(self.says, "")
        else:
            self._pause.start()

    def _ask(self) -> None:
        text = self.box.text().strip()
        self._asked = self.operations.run(self, self._search, text)
        self._asked.then(partial(self._show, text))

    def _show(self, text: str, found: Found) -> None:
        self._asked = None
        if text == self.box.text().strip():
            lines = tuple(self._lines(found))
            self.hits.show_lines(lines)
            say(self.says, "" if lines else f"No encontramos “{text}”. Probá con el documento o con menos letras.")
