"""The bottom line: what was done last and its undo, whether all is saved, and the server's clock."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.notice import Notice, NoticeBar
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.labels import label, say

IN_MEMORY = "Borradores solo en memoria"


class StatusLine(QWidget):
    """Fixed zones, always in the same place."""

    def __init__(self, notice: Notice, clock: Callable[[], datetime], parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("status_line")
        self._clock = clock
        self.saved = label("", "secondary", "saved", wraps=False)
        self.memory_only = label("", "secondary", "memory_only", wraps=False)
        self.memory_only.setToolTip(
            "Esta PC no tiene llavero: si el programa se cierra de golpe, lo escrito se pierde."
        )
        self.memory_only.hide()
        self.time = label("", "secondary", "server_time", wraps=False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(16)
        layout.addWidget(NoticeBar(notice), 1)
        for part in (self.memory_only, self.saved, self.time):
            layout.addWidget(part)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="bottom")
        ticks = QTimer(self, interval=1000)
        ticks.timeout.connect(self._tick)
        ticks.start()
        self._tick()

    def place(self, widget: QWidget) -> None:
        """One more fixed zone, before the clock."""
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.insertWidget(layout.count() - 1, widget)

    def show_saved(self, at: datetime) -> None:
        """Drafts are on disk since this moment."""
        self.saved.setText(f"Todo guardado {formats.here(at):%H:%M:%S}")

    def show_memory_only(self, on: bool) -> None:
        """Drafts live in memory only."""
        say(self.memory_only, IN_MEMORY if on else "")

    def _tick(self) -> None:
        now = self._clock()
        self.time.setText(formats.clock(now))
        self.time.setToolTip(f"Hora del servidor: {formats.exact(now)}")
