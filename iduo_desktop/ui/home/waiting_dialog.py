"""A dialog of what waits for somebody's decision: one line each, what is said of it below, and two ways on."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services import Database
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.widgets.hit_list import HitList, Line
from iduo_desktop.ui.widgets.labels import label, say, sentence


class Waits(Protocol):
    """Whatever waits."""

    @property
    def id(self) -> int:
        """By which it is known again when the list is read anew."""


T = TypeVar("T", bound=Waits)


class WaitingDialog(QDialog):
    """The list follows the feed: what a colleague decides goes away by itself. `told` brings what is chosen, or None.

    A subclass lays itself out, connects `told`, and then begins to `follow`.
    """

    told = Signal(object)

    def __init__(self, name: str, title: str, nothing: str, operations: Operations, parent: QWidget):
        super().__init__(parent)
        self.operations = operations
        self._nothing = nothing
        self._chosen: object = None
        self._showing = False
        self._acts: Sequence[QWidget] = ()
        self._tables: Collection[str] = ()
        self._look: Callable[[], object] = lambda: None
        self.setObjectName(f"{name}_dialog")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.list = HitList(f"{name}_list", title)
        self.list.selectionModel().currentChanged.connect(lambda *_: None if self._showing else self._tell())
        self.about = label("", "", f"{name}_about")
        self.problem = sentence("error", f"{name}_problem")
        self.finished.connect(self.deleteLater)

    def follow(
        self,
        tables: Collection[str],
        ask: Callable[[Database], Sequence[T]],
        line: Callable[[T], Line],
    ) -> None:
        """Ask what waits, now and whenever one of these tables changed."""
        self._tables = tables
        self._look = lambda: self.operations.run(self, ask).then(lambda waiting: self._show(waiting, line))
        self.operations.changed.connect(self._hear)
        self._look()

    def lay_out(self, parts: Sequence[tuple[QWidget, int]], aside: QPushButton, main: QPushButton, most: QSize) -> None:
        """The list, what is said of a line and these parts with their stretch, and the two ways on at the foot.

        `aside` and `main` are the less and the more usual way; `most` is how big it is where there is room.
        """
        self._acts = (aside, main, *(part for part, _ in parts if not isinstance(part, QLabel)))
        foot = QHBoxLayout()
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget, stretch in ((self.list, 3), (self.about, 0), *parts, (self.problem, 0)):
            column.addWidget(widget, stretch)
        for made in (aside, main):
            made.setAutoDefault(False)
            foot.addWidget(made)
        column.addLayout(foot)
        room = self.screen().availableGeometry().size()
        self.resize(most.boundedTo(room - QSize(24, 48)))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def complain(self, text: str, where: QWidget) -> None:
        """Say what is wrong, and go there."""
        say(self.problem, text)
        where.setFocus()

    def _hear(self, table: str, _id: object) -> None:
        if table in self._tables:
            self._look()

    def _show(self, waiting: Sequence[T], line: Callable[[T], Line]) -> None:
        """Show these; what was chosen stays so."""
        chosen, self._showing = self._chosen, True
        self.list.show_lines([line(each) for each in waiting] or [Line(self._nothing)])
        same = [each for each in waiting if getattr(chosen, "id", None) == each.id]
        while same and self.list.current() != same[0]:
            self.list.move_by(1)
        for widget in self._acts:
            widget.setEnabled(bool(waiting))
        self._showing = False
        self._tell()

    def _tell(self) -> None:
        chosen = self.list.current()
        if chosen != self._chosen:
            self._chosen = chosen
            say(self.problem, "")
        self.told.emit(chosen)
