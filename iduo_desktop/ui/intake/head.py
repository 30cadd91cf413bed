"""The top of the message form: which call it is of, and how long it has lasted."""

from datetime import datetime

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services.calls import CallCard
from iduo_desktop.terms import CallerKind
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.elided_label import ElidedLabel
from iduo_desktop.ui.widgets.labels import label

TITLE = "Nuevo mensaje a iduo"
KINDS = {1: CallerKind.CLIENT, 2: CallerKind.PROSPECT, 3: CallerKind.OTHER}
_MEANT = {1: "ya es usuario", 2: "interesado", 3: "otras consultas"}


class Head(QWidget):
    """Title, the call in one line, and its clock."""

    def __init__(self, clock: Clock, parent: QWidget | None = None):
        super().__init__(parent)
        self._clock = clock
        self._since: datetime | None = None
        self._low = False
        self._title = label(TITLE, "title", "intake_title", wraps=False)
        self._call = ElidedLabel("intake_call")
        mark(self._call, role="secondary")
        self._time = label("", "secondary", "intake_time", wraps=False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addWidget(self._call, 1)
        row.addWidget(self._time)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_time)

    def show_call(self, text: str, since: datetime | None) -> None:
        """Show a call's line and how long it has lasted; without one, neither."""
        self._call.setText(text)
        self._call.setAccessibleName(f"Llamada: {text}" if text else "")
        self._since = since
        self.dress(low=self._low)
        self._show_time()

    def dress(self, *, low: bool) -> None:
        """On a low screen the title is there only where there is no call to speak of."""
        self._low = low
        self._title.setVisible(not (low and self._call.text()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()
        self._show_time()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _show_time(self) -> None:
        seconds = max(0, int((self._clock() - self._since).total_seconds())) if self._since else 0
        self._time.setText(f"⏱ {seconds // 60:02}:{seconds % 60:02}" if self._since else "")


def described(call: CallCard) -> str:
    """«☎ +54 9 341 612-4410 · opción 1 (ya es usuario) · empresa marcada 1204»."""
    number = phones.shown(call.e164) if call.e164 else call.caller
    keyed = f"empresa marcada {call.company}" if call.company else ""
    return "☎ " + " · ".join(part for part in (number or "número oculto", option_text(call.ivr_option), keyed) if part)


def option_text(option: int | None) -> str:
    """What was pressed in the IVR: «opción 1 (ya es usuario)»."""
    if not option:
        return ""
    return f"opción {option} ({_MEANT[option]})" if option in _MEANT else f"opción {option}"
