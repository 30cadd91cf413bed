"""An input that finds while one types: after a short pause it is asked, and what comes hangs below the line."""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QTimer

from iduo_desktop.services.forms import Field
from iduo_desktop.ui.operations import Operation
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.editor import Editor
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.line_edits import LeavingLine
from iduo_desktop.ui.widgets.suggestions import Suggestions

FIRST = 2  # letters that are worth a question
PAUSE_MS = 80
Found = TypeVar("Found")


class FindingEditor(Editor):
    """A line, the list below it, and beside it what it means. A new question takes the place of the one before."""

    def __init__(self, field: Field, clock: Clock, hint: str, name: str, spoken: str, *, preselects: bool):
        super().__init__(field, clock)
        self._asked: Operation[Any] | None = None
        self.line = LeavingLine(maxLength=200)
        self.line.setObjectName(f"field_{field.key}")
        self.line.setPlaceholderText(hint)
        self.meaning = label("", "secondary", f"meaning_{field.key}")
        self._hold(self.line)
        self.aside = self.meaning
        self._list = Suggestions(self.line, name, spoken, preselects=preselects)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)

    def watch_keys(self) -> None:
        """Let the list take its keys before the form does; to be called when the form has the input."""
        self.line.removeEventFilter(self._list)
        self.line.installEventFilter(self)
        self.line.installEventFilter(self._list)

    def is_blank(self) -> bool:
        return not self.line.text().strip()

    def _follow(self, asked: Operation[tuple[Found, ...]], show: Callable[[tuple[Found, ...]], object]) -> None:
        """Show what is found; nothing where nobody answers."""

        def came(found: tuple[Found, ...]) -> None:
            self._asked = None
            show(found)

        self._asked = asked
        asked.then(came).failed(lambda _error: came(()))

    def _forget(self) -> None:
        """What was asked for is not wanted any more."""
        self._pause.stop()
        self._list.offer(())
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
