"""The line under the top bar while one is in a pause: why, since when, and the way back."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.services.supervision import Pause
from iduo_desktop.ui import formats
from iduo_desktop.ui.actions import shown
from iduo_desktop.ui.pauses import is_over, lasted
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import label

QUIET = "Nada suena en esta PC hasta que vuelvas."


class PauseStrip(QWidget):
    """Amber as soon as it lasts longer than it is meant to; `back_asked`."""

    back_asked = Signal()

    def __init__(self, clock: Callable[[], datetime], parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("pause_strip")
        self._clock = clock
        self._pause: Pause | None = None
        self.text = label("", "heading", "pause_text", wraps=False)
        self.more = ElidedLabel("pause_more")
        self.back = button("Volver", "pause_back", self.back_asked.emit, key=shown("pause"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(16)
        layout.addWidget(self.text)
        layout.addWidget(self.more, 1)
        layout.addWidget(self.back)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self._tick)
        self.hide()

    def show_pause(self, pause: Pause | None) -> None:
        """Show this one, or nothing."""
        self._pause = pause
        if pause is None:
            self._ticks.stop()
        else:
            self._ticks.start()
            self._tick()
        self.setVisible(pause is not None)

    def _tick(self) -> None:
        if self._pause is None:
            return
        now = self._clock()
        over = is_over(self._pause, now)
        of = f" de {self._pause.minutes} min" if self._pause.minutes is not None else ""
        time = formats.clocked(lasted(self._pause, now))
        self.text.setText(f"{'⚠ ' if over else ''}En pausa: {self._pause.label} {time}{of}")
        self.more.setText(f"Se pasó de los {self._pause.minutes} minutos. {QUIET}" if over else QUIET)
        for widget in (self, self.text, self.more):
            if widget.property("surface") != (surface := "notice" if over else "selection"):
                mark(widget, surface=surface)
