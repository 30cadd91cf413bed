"""«3 Esta llamada»: told by the call itself; there is nothing to type."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.widgets.date_box import Clock
from iduo_desktop.ui.widgets.labels import label

HELD = "Entrante · Realizada"


class CallBlock(QWidget):
    """A call that no line told of begins when the screen opens, and may be left out."""

    changed = Signal()

    def __init__(self, clock: Clock):
        super().__init__()
        self._clock = clock
        self._call_id: int | None = None
        self._caller = ""
        self._since = clock()
        self.text = label("", "", "attention_call")
        self.without = QCheckBox("No hubo llamada: no registrarla")
        self.without.setObjectName("field_no_call")
        self._ticks = QTimer(self, interval=1000)
        self._ticks.timeout.connect(self.tick)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.without)
        self.without.toggled.connect(lambda _: self._follow())

    @property
    def call_id(self) -> int | None:
        """The call that came in; None for one that no line told of."""
        return self._call_id

    @property
    def since(self) -> datetime:
        """When it began."""
        return self._since

    def start(self, values: Mapping[str, Any]) -> None:
        """Begin with a call, or with none."""
        self._call_id = values.get("#call")
        self._caller = str(values.get("#caller", ""))
        since = values.get("#since")
        self._since = datetime.fromisoformat(str(since)) if since else self._clock()
        self.without.setChecked(bool(values.get("#no_call")))
        self.without.setVisible(self._call_id is None)
        self.tick()

    def values(self) -> dict[str, Any]:
        """What the draft and the command need of it."""
        found = {"#call": self._call_id, "#caller": self._caller, "#no_call": self.without.isChecked()}
        return {"#since": self._since.isoformat(), **{key: value for key, value in found.items() if value}}

    def tick(self) -> None:
        """How long it has lasted."""
        if self.without.isChecked() and self._call_id is None:
            self.text.setText("Sin llamada")
            return
        number = self._caller or ("número oculto" if self._call_id is not None else "")
        parts = (HELD, f"inicio {formats.clock(self._since)}", f"lleva {self.lasted()}", number)
        self.text.setText(" · ".join(filter(None, parts)))

    def lasted(self) -> str:
        """«06:12»."""
        seconds = max(0, int((self._clock() - self._since).total_seconds()))
        return f"{seconds // 60:02}:{seconds % 60:02}"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticks.start()
        self.tick()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticks.stop()

    def _follow(self) -> None:
        self.tick()
        self.changed.emit()
