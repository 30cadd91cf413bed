"""What every page of the settings has: a title, a body that scrolls, and word of what changed meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop.services.staff import Me
from iduo_desktop.terms import Role
from iduo_desktop.ui.drafts import Drafts
from iduo_desktop.ui.notice import Notice
from iduo_desktop.ui.operations import Operations
from iduo_desktop.ui.settings.unsaved_bar import UnsavedBar
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.zones import entrance

_GATHER_MS = 100


@dataclass(frozen=True, slots=True)
class Office:
    """What the window gives to every page."""

    operations: Operations
    me: Me
    notice: Notice
    drafts: Drafts
    clock: Clock


class Page(QWidget):
    """Loads when it is first shown and when one of its `tables` changes. A subclass fills `body`.

    `roles` are who has the page. A page on which one types and saves says in `is_dirty` whether something waits, and
    knows `save` and `discard`.
    """

    name = ""
    title = ""
    hint = ""
    tables: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset({Role.ADMIN})
    saved = Signal()

    def __init__(self, office: Office):
        super().__init__()
        self.office = office
        self.setObjectName(f"settings_{self.name}")
        self.setAccessibleName(self.title)
        self.head = FlowLayout()
        self.body = QVBoxLayout()
        self.unsaved = UnsavedBar()
        self._stale = True
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._load_if_seen)
        office.operations.changed.connect(self._hear)
        self._lay_out()

    def begin(self) -> None:
        """Take the keyboard."""
        first = entrance(self)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def load(self) -> None:
        """Ask the database for what the page shows; what is being typed stays."""
        raise NotImplementedError  # each page has its own

    def is_dirty(self) -> bool:
        """True while something was typed and not saved."""
        return False

    def save(self) -> None:
        """Save what was typed; `saved` follows, or what is wrong is said at its field."""

    def discard(self) -> None:
        """Show again what is kept."""

    def leave(self, go: Callable[[], object]) -> None:
        """Go when nothing typed would be lost; otherwise ask first."""
        if self.is_dirty():
            self.unsaved.ask(self, go)
        else:
            go()

    def refresh(self) -> None:
        """F5."""
        self.load()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load_if_seen()

    def _load_if_seen(self) -> None:
        if self._stale and self.isVisible():
            self._stale = False
            self.load()

    def _hear(self, table: str, _row: object) -> None:
        if table in self.tables:
            self._stale = True
            self._gather.start()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        title = label(self.title, "title", "settings_title", wraps=False)
        title.setContentsMargins(0, 0, 16, 0)
        self.head.addWidget(title)
        column.addLayout(self.head)
        column.addWidget(self.unsaved)
        if self.hint:
            column.addWidget(label(self.hint, "secondary", "settings_hint"))
        self.body.setSpacing(8)
        column.addLayout(self.body, 1)
