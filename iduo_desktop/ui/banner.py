"""The amber line under the top bar while there is no connection; what is on the screen stays readable."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from iduo_desktop.ui import formats
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label


class Banner(QWidget):
    """Says since when, how old what one reads is, and that nothing has to be done."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("banner")
        self._text = label(name="banner_text", wraps=False)
        self._more = label(name="banner_more", wraps=False)
        self._retry = button("Reintentar ahora", "banner_retry", self.retry_requested.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.addWidget(self._text)
        layout.addWidget(self._more)
        layout.addStretch(1)
        layout.addWidget(self._retry)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for widget in (self, self._text, self._more):
            mark(widget, surface="notice")
        self.hide()

    def lose(self, since: datetime) -> None:
        """The connection is gone since this moment."""
        at = formats.clock(since)
        self._text.setText(f"○ Sin conexión desde {at} — reintentamos solos.")
        self._more.setText(f"Podés leer las listas (datos de las {at}); lo que escribas no se pierde.")
        self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One line: what matters stays where there is little room."""
        super().resizeEvent(event)
        wanted = sum(widget.sizeHint().width() for widget in (self._text, self._more, self._retry))
        self._more.setVisible(self.width() > wanted + 48)
