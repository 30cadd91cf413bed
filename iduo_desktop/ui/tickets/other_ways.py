"""Mail, web form and office: other ways to reach the organisation, each with a digit that copies it."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from iduo_desktop.services.tickets import Desk
from iduo_desktop.ui.widgets.buttons import button
from iduo_desktop.ui.widgets.labels import label, say, sentence

_WAYS = ("Mail", "Formulario web", "Oficina")


class OtherWays(QWidget):
    """`copied` tells what is in the clipboard now. A way that the organisation does not have is not offered."""

    copied = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("other_ways")
        self._sentence = sentence("", "other_ways_sentence")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._sentence)
        self._ways: list[tuple[QWidget, QLabel, QPushButton]] = []
        for number, title in enumerate(_WAYS, 1):
            self._ways.append(self._way(number, title))
            column.addWidget(self._ways[-1][0])

    @property
    def any(self) -> bool:
        """True when there is another way."""
        return any(text.text() for _row, text, _copy in self._ways)

    def say(self, text: str) -> None:
        """What to say when offering them."""
        say(self._sentence, f"«{text}»" if text else "")

    def show_ways(self, desk: Desk) -> None:
        """Show where the organisation can be reached."""
        places = (desk.contact_mail, desk.contact_web, desk.contact_office)
        for (row, text, _copy), place in zip(self._ways, places, strict=True):
            text.setText(place)
            row.setVisible(bool(place))

    def enter(self) -> None:
        """Give the keyboard to the first way: Enter copies it, and so does its digit."""
        first = next((copy for _row, text, copy in self._ways if text.text()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = int(event.text()) if event.text().isdecimal() else 0
        if 1 <= digit <= len(self._ways) and self._ways[digit - 1][1].text():
            self._copy(digit)
        else:
            super().keyPressEvent(event)

    def _way(self, number: int, title: str) -> tuple[QWidget, QLabel, QPushButton]:
        row = QWidget()
        text = label("", "", f"way_{number}")
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = button("Copiar", f"copy_way_{number}", partial(self._copy, number), key=str(number))
        copy.setAccessibleName(f"Copiar: {title}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        title_label = label(title, "secondary", wraps=False)
        title_label.setFixedWidth(100)
        line.addWidget(title_label)
        line.addWidget(text, 1)
        line.addWidget(copy)
        return row, text, copy

    def _copy(self, number: int) -> None:
        place = self._ways[number - 1][1].text()
        QGuiApplication.clipboard().setText(place)
        self.copied.emit(place)
