"""How to reach one assistant: WhatsApp and mail open with one key, another one copies it all."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from iduo_desktop import phones
from iduo_desktop.services.assistants import AssistantData
from iduo_desktop.ui.theme import mark
from iduo_desktop.ui.widgets.address_label import AddressLabel
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.flow_layout import FlowLayout
from iduo_desktop.ui.widgets.labels import label
from iduo_desktop.ui.widgets.reach_words import wrapping


class AssistantCard(QWidget):
    """W, M and C work while it has the keyboard; the same as its buttons."""

    def __init__(self, data: AssistantData, parent: QWidget | None = None):
        super().__init__(parent)
        self._data = data
        self.phone = phones.shown(data.e164) if data.e164 else data.whatsapp
        self.setObjectName(f"assistant_{data.assistant_id}")
        self.setAccessibleName(f"{data.role_label}: {data.name}. WhatsApp {self.phone}. Mail {data.email}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        mark(self, surface="card")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(2)
        column.addWidget(label(f"{data.role_label}: {data.name}", "heading", "assistant_name"))
        for text, name in ((self.phone, "assistant_phone"), (wrapping(data.email), "assistant_email")):
            if text:
                column.addWidget(AddressLabel(name, text))
        column.addSpacing(4)
        column.addWidget(self._buttons())

    def open_whatsapp(self) -> None:
        """Open the conversation with him."""
        if self._data.e164:
            QDesktopServices.openUrl(QUrl(phones.whatsapp_url(self._data.e164)))

    def open_mail(self) -> None:
        """Begin a mail to him."""
        if self._data.email:
            address = QUrl()
            address.setScheme("mailto")
            address.setPath(self._data.email)
            QDesktopServices.openUrl(address)

    def copy(self) -> None:
        """Name, telephone and mail, to be pasted into a chat."""
        parts = (f"{self._data.role_label}: {self._data.name}", self.phone, self._data.email)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {"w": self.open_whatsapp, "m": self.open_mail, "c": self.copy}
        act = keys.get(event.text().lower())
        if act is not None:
            act()
        else:
            super().keyPressEvent(event)

    def _buttons(self) -> QWidget:
        holder = QWidget()
        flow = FlowLayout(holder, 6)
        number = self._data.assistant_id
        offered = (
            ("WhatsApp", f"assistant_whatsapp_{number}", self.open_whatsapp, "W", bool(self._data.e164)),
            ("Mail", f"assistant_mail_{number}", self.open_mail, "M", bool(self._data.email)),
            ("Copiar", f"assistant_copy_{number}", self.copy, "C", True),
        )
        for text, name, act, key, there in offered:
            if there:
                made = button(text, name, act, key=key)
                made.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the card has the keyboard, and their keys
                made.setStyleSheet("padding: 3px 8px")
                flow.addWidget(made)
        return holder
